import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { remove, removeSync } from "./remove.ts";
import { renameOver, renameOverSync } from "./rename.ts";
import { system } from "./system.ts";
import {
  placeFolderSync,
  placeTogetherSync,
  replaceWhole,
  replaceWholeSync,
  temporaryBeside,
  writeWhole,
  writeWholeSync,
} from "./whole.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-whole-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const real = { ...system };
afterEach(() => void Object.assign(system, real));

let folders = 0;
function fresh(files: Readonly<Record<string, string>> = {}): string {
  const folder = join(room, String(++folders));
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
const fault = (code: string) => Object.assign(new Error(`${code}: faked`), { code });

/** The system's calls in order; the one with number `failAt` fails, and so does every later one when the machine died there. */
function watch({ failAt = -1, code = "EIO", died = false } = {}): string[] {
  const calls: string[] = [];
  const step = (name: string) => {
    calls.push(name);
    const at = calls.length - 1;
    if (at === failAt || (died && at > failAt && failAt >= 0)) throw fault(code);
  };
  const role = (path: unknown) =>
    String(path).includes(".partial") ? "temporary" : statSync(String(path), { throwIfNoEntry: false })?.isDirectory() ? "folder" : "target"; // biome-ignore format: one line
  const opened = new Map<number, string>();
  Object.assign(system, {
    open: async (path: string, flags: string) => {
      step(`open ${role(path)}`);
      const file = await real.open(path, flags);
      const { write, sync } = { write: file.write.bind(file), sync: file.sync.bind(file) };
      Object.assign(file, {
        write: async (...words: Parameters<typeof write>) => {
          step("write");
          return write(...words);
        },
        sync: async () => {
          step(`sync ${role(path)}`);
          await sync();
        },
      });
      return file;
    },
    rename: async (from: string, to: string) => {
      step("rename");
      await real.rename(from, to);
    },
    rm: async (path: string, options: object) => {
      if (died) throw fault(code);
      await real.rm(path, options);
    },
    openSync: (path: string, flags: string) => {
      step(`open ${role(path)}`);
      const file = real.openSync(path, flags);
      opened.set(file, role(path));
      return file;
    },
    writeSync: (file: number, bytes: Uint8Array, offset: number, length: number) => {
      step("write");
      return real.writeSync(file, bytes, offset, length);
    },
    fsyncSync: (file: number) => {
      step(`sync ${opened.get(file)}`);
      real.fsyncSync(file);
    },
    renameSync: (from: string, to: string) => {
      step("rename");
      real.renameSync(from, to);
    },
    rmSync: (path: string, options: object) => {
      if (died) throw fault(code);
      real.rmSync(path, options);
    },
  });
  return calls;
}

const ways = [
  ["waiting", (path: string, text: string) => writeWhole(path, text)],
  ["at once", async (path: string, text: string) => writeWholeSync(path, text)],
] as const;
const steps = [
  "open temporary",
  "write",
  "open temporary",
  "sync temporary",
  "rename",
  ...(process.platform === "win32" ? [] : ["open folder", "sync folder"]),
];

test.for(ways)("%s: written, flushed, renamed, and the folder flushed, in this order", async ([, write]) => {
  const folder = fresh({ "a.txt": "old" });
  const calls = watch();
  await write(join(folder, "a.txt"), "new");
  expect(calls).toEqual(steps);
  expect(contents(folder)).toEqual({ "a.txt": "new" });
});

test.for(ways)(
  "%s: when the machine dies between any two steps the file is the old one or the new one",
  async ([, write]) => {
    for (let failAt = 0; failAt < steps.length; failAt++) {
      const folder = fresh({ "a.txt": "the old text" });
      watch({ failAt, died: true });
      await write(join(folder, "a.txt"), "the new and longer text").catch(() => {});
      const after = readFileSync(join(folder, "a.txt"), "utf8");
      expect(after).toBe(failAt <= steps.indexOf("rename") ? "the old text" : "the new and longer text");
    }
  },
);

test.for(ways)(
  "%s: a full disk at any step is one sentence, leaves the old file and nothing beside it",
  async ([, write]) => {
    for (const code of ["ENOSPC", "EDQUOT", "EFBIG"])
      for (let failAt = 0; failAt <= steps.indexOf("rename"); failAt++) {
        const folder = fresh({ "a.txt": "old" });
        watch({ failAt, code });
        const path = join(folder, "a.txt");
        await expect(write(path, "new")).rejects.toMatchObject({ code: "no-disk-space", details: { path } });
        expect(contents(folder)).toEqual({ "a.txt": "old" });
      }
  },
);

test("what else the system refuses is its own error, or the caller's with the reason in words", async () => {
  const folder = fresh();
  const nowhere = join(folder, "none", "a.txt");
  await expect(writeWhole(nowhere, "x")).rejects.toMatchObject({ code: "ENOENT" });
  const options = { unwritable: "export-unwritable" } as const;
  await expect(writeWhole(nowhere, "x", options)).rejects.toMatchObject({
    code: "export-unwritable",
    details: { path: nowhere, reason: { code: "no-such-folder" } },
  });
  mkdirSync(join(folder, "taken"));
  expect(() => writeWholeSync(join(folder, "taken"), "x", options)).toThrow(/a folder has that name|not permitted/);
  expect(readdirSync(folder)).toEqual(["taken"]);
  const own = new Error("the source failed");
  await expect(replaceWhole(join(folder, "a"), () => Promise.reject(own), options)).rejects.toBe(own);
  expect(() => replaceWholeSync(join(folder, "a"), () => { throw own; }, options)).toThrow(own); // biome-ignore format: one line
  expect(readdirSync(folder)).toEqual(["taken"]);
});

test("a short write goes on where it stopped", async () => {
  const folder = fresh();
  const text = "0123456789é".repeat(50);
  Object.assign(system, {
    writeSync: (file: number, bytes: Uint8Array, offset: number, length: number) =>
      real.writeSync(file, bytes, offset, Math.min(7, length)),
  });
  writeWholeSync(join(folder, "a"), text);
  expect(contents(folder)).toEqual({ a: text });
});

test("folders that cannot be flushed do not fail the write; a failing disk does", async () => {
  for (const [code, passes] of [
    ["EINVAL", true],
    ["ENOTSUP", true],
    ["EACCES", true],
    ["EIO", false],
  ] as const) {
    if (process.platform === "win32") break;
    const folder = fresh();
    watch({ failAt: steps.length - 1, code });
    const written = await writeWhole(join(folder, "a"), "x").then(() => true, () => false); // biome-ignore format: one line
    expect([code, written]).toEqual([code, passes]);
    expect(contents(folder)).toEqual({ a: "x" });
  }
});

test("Windows: a file that another program has open is replaced a moment later; elsewhere a refusal is one", async () => {
  const folder = fresh({ from: "new", to: "old" });
  let refusals = 3;
  let asked = 0;
  const refuse = () => {
    asked++;
    if (refusals-- > 0) throw fault("EPERM");
  };
  Object.assign(system, {
    platform: "win32",
    rename: async (from: string, to: string) => {
      refuse();
      await real.rename(from, to);
    },
    renameSync: (from: string, to: string) => {
      refuse();
      real.renameSync(from, to);
    },
  });
  await renameOver(join(folder, "from"), join(folder, "to"));
  expect([asked, contents(folder)]).toEqual([4, { to: "new" }]);
  writeFileSync(join(folder, "from"), "newer");
  refusals = 2;
  renameOverSync(join(folder, "from"), join(folder, "to"));
  expect([asked, contents(folder)]).toEqual([7, { to: "newer" }]);
  // Windows opens no folder: nothing is asked of it.
  const calls: string[] = [];
  Object.assign(system, { openSync: (path: string, flags: string) => calls.push(basename(path)) && real.openSync(path, flags) }); // biome-ignore format: one line
  writeWholeSync(join(folder, "b"), "x");
  expect(calls.some((name) => name === basename(folder))).toBe(false);
  system.platform = "linux";
  refusals = 1;
  expect(() => renameOverSync(join(folder, "to"), join(folder, "c"))).toThrow("EPERM");
});

test("Windows: what another program has open is deleted a moment later; elsewhere a refusal is one", async () => {
  const folder = fresh({ a: "x", b: "y" });
  let refusals = 2;
  const refuse = () => {
    if (refusals-- > 0) throw fault("EBUSY");
  };
  Object.assign(system, {
    platform: "win32",
    rm: async (...given: Parameters<typeof real.rm>) => {
      refuse();
      await real.rm(...given);
    },
    rmSync: (...given: Parameters<typeof real.rmSync>) => {
      refuse();
      real.rmSync(...given);
    },
  });
  await remove(join(folder, "a"));
  expect(contents(folder)).toEqual({ b: "y" });
  refusals = 1;
  removeSync(join(folder, "b"));
  removeSync(join(folder, "not there"));
  expect(contents(folder)).toEqual({});
  system.platform = "linux";
  refusals = 1;
  expect(() => removeSync(folder)).toThrow("EBUSY");
});

test("files that belong together: the main one is placed last, and old ones come back when one is refused", () => {
  const names = ["map.shx", "map.dbf", "map.shp"];
  const set = (word: string) => Object.fromEntries(names.map((name) => [name, `${word} ${name}`]));
  const placements = (folder: string) =>
    names.map((name) => {
      const temporary = temporaryBeside(join(folder, name));
      writeFileSync(temporary, `new ${name}`);
      return [temporary, join(folder, name)] as const;
    });
  const whole = fresh(set("old"));
  placeTogetherSync(placements(whole));
  expect(contents(whole)).toEqual(set("new"));
  const count = watch().length;
  for (let failAt = count; failAt < 30; failAt++) {
    const [died, failed] = [fresh(set("old")), fresh(set("old"))];
    const [ofDied, ofFailed] = [placements(died), placements(failed)];
    watch({ failAt, died: true });
    try {
      placeTogetherSync(ofDied);
    } catch {
      // The machine died.
    }
    // Whenever there is a main file, what lies beside it is of the same writing.
    const word = existsSync(join(died, "map.shp"))
      ? readFileSync(join(died, "map.shp"), "utf8").slice(0, 3)
      : undefined;
    if (word) for (const name of names) expect(contents(died)[name]).toBe(`${word} ${name}`);
    const calls = watch({ failAt });
    let refused = false;
    try {
      placeTogetherSync(ofFailed);
    } catch {
      refused = true;
    }
    const { "map.shp": main, "map.dbf": table, "map.shx": index } = contents(failed);
    const renamed = !refused || /folder/.test(calls.at(-1)!);
    expect([main, table, index]).toEqual([...names].reverse().map((name) => `${renamed ? "new" : "old"} ${name}`));
    Object.assign(system, real);
  }
});

test("a folder is replaced as a whole, and comes back when the new one cannot be placed", () => {
  const folder = fresh();
  const [temporary, path] = [join(folder, ".new"), join(folder, "model")];
  const make = (place: string, text: string) => {
    mkdirSync(join(place, "deep"), { recursive: true });
    writeFileSync(join(place, "deep", "a"), text);
  };
  make(temporary, "1");
  placeFolderSync(temporary, path, { overwrite: false });
  make(temporary, "2");
  placeFolderSync(temporary, path, { overwrite: true });
  expect(readFileSync(join(path, "deep", "a"), "utf8")).toBe("2");
  make(temporary, "3");
  const calls = watch();
  let renames = 0;
  const counted = system.renameSync;
  Object.assign(system, {
    renameSync: (from: string, to: string) => {
      if (++renames === 2) throw fault("EIO");
      counted(from, to);
    },
  });
  expect(() => placeFolderSync(temporary, path, { overwrite: true })).toThrow("EIO");
  expect(calls.filter((call) => call.startsWith("sync"))).toHaveLength(1);
  expect(readFileSync(join(path, "deep", "a"), "utf8")).toBe("2");
  expect(readdirSync(folder).sort()).toEqual([".new", "model"]);
});

test("temporary names lie beside the target, differ each time and fit where 255 bytes do", () => {
  const path = join(room, `${"é".repeat(120)}.geojson`);
  const names = new Set(Array.from({ length: 50 }, () => temporaryBeside(path)));
  expect(names.size).toBe(50);
  for (const name of names) {
    expect(dirname(name)).toBe(room);
    expect(basename(name)).toMatch(/^\..*\.partial\.geojson$/);
    expect(Buffer.byteLength(basename(name))).toBeLessThan(200);
  }
});

test("a JSON file makes its folder, and one that cannot be read is none", () => {
  const folder = fresh();
  const path = join(folder, "deep/er/settings.json");
  writeJsonFile(path, { a: [1, "é"] });
  expect(readJsonFile(path)).toEqual({ a: [1, "é"] });
  writeFileSync(path, "{ half");
  expect(readJsonFile(path)).toBeUndefined();
  expect(readJsonFile(join(folder, "none"))).toBeUndefined();
});

test("a process that is killed while it writes over and over leaves a whole file each time", async () => {
  const folder = fresh();
  const path = join(folder, "state.json");
  const program = `
    import { writeWholeSync } from ${JSON.stringify(new URL("./whole.ts", import.meta.url).href)};
    for (let n = 0; ; n++) { writeWholeSync(${JSON.stringify(path)}, JSON.stringify({ n, text: String(n % 10).repeat(200_000) })); if (n === 0) console.log("begun"); }`;
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
    await new Promise((begun) => child.stdout.once("data", begun));
    await new Promise((later) => setTimeout(later, 7 * round));
    child.kill("SIGKILL");
    await new Promise((gone) => child.once("close", gone));
    const { n, text } = JSON.parse(readFileSync(path, "utf8")) as { n: number; text: string };
    expect(text).toBe(String(n % 10).repeat(200_000));
  }
});

test.runIf(process.platform !== "win32" && process.geteuid?.() !== 0)(
  "a folder without the right to write is told",
  async () => {
    const folder = fresh();
    chmodSync(folder, 0o500);
    await expect(writeWhole(join(folder, "a"), "x", { unwritable: "report-unwritable" })).rejects.toThrow(
      /not permitted/,
    );
    chmodSync(folder, 0o700);
  },
);
