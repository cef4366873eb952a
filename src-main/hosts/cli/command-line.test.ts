import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import { appVersion } from "../app-version.ts";
import { type Command, command } from "./command.ts";
import { commands } from "./commands/index.ts";
import { commandLine, jsonLines as lines } from "./fixtures/command-line.ts";

const root = join(import.meta.dirname, "../../..");
const sample = join(root, "resources/sample/flanders-crops-2019");
const room = mkdtempSync(join(tmpdir(), "omnisat-cli-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const omnisat = (args: readonly string[], more: readonly Command[] = [], signal?: AbortSignal) =>
  commandLine(args, { more, ...(signal ? { signal } : {}) });

test("every command explains itself, with examples that begin with its own words", async () => {
  for (const { name, examples, positionals } of commands) {
    const { code, out, err } = await omnisat([...name.split(" "), "--help"]);
    expect([name, code, err]).toEqual([name, 0, ""]);
    expect(out.startsWith(`Usage: omnisat ${name} `)).toBe(true);
    expect(out).toContain("--json");
    for (const { name: word } of positionals) expect(out).toContain(`  ${word}`);
    expect(examples.length).toBeGreaterThan(0);
    for (const [line] of examples) {
      expect(line).toMatch(new RegExp(`^(omnisat|npm run --silent omnisat --|npm run) ?${name}`));
      expect(out).toContain(`  ${line}`);
    }
  }
});

test("the options of every example are options of its command", async () => {
  for (const { name, options, examples } of commands) {
    const known = [...Object.keys(options), "json", "help"];
    for (const [line] of examples) {
      const own = line.slice(line.indexOf(name));
      for (const [, option] of own.matchAll(/ --([a-z-]+)/g))
        expect([name, known]).toEqual([name, expect.arrayContaining([option])]);
    }
  }
});

test("the overview names every command that the handbook promises, and help works from both ends", async () => {
  const { code, out } = await omnisat(["--help"]);
  expect(code).toBe(0);
  const promised =
    "info, convert, warp, project create, project import, project list, labels import, split, pretrain, finetune, evaluate, map, model list, model export, doctor, parity";
  for (const name of promised.split(", ")) expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
  expect((await omnisat(["help", "project", "create"])).out).toContain("Usage: omnisat project create");
  expect((await omnisat(["project", "--help"])).out).toContain("project import");
  expect((await omnisat(["--version"])).out).toBe(`${appVersion}\n`);
});

test("a wrong word is a usage error with exit code 2, and the nearest right one is named", async () => {
  const wrong = async (...args: string[]) => {
    const { code, out, err } = await omnisat(args);
    expect([args, code, out]).toEqual([args, 2, ""]);
    return err;
  };
  expect(await wrong()).toContain("Usage: omnisat COMMAND");
  expect(await wrong("inof", "a.tif")).toContain("Did you mean “info”?");
  expect(await wrong("project", "creat", "x")).toContain("Did you mean “project create”?");
  expect(await wrong("project")).toContain("needs one of: create, import, list");
  expect(await wrong("--json")).toContain("A command comes before the options");
  expect(await wrong("info", "a.tif", "--stat")).toContain("Did you mean --stats?");
  expect(await wrong("info")).toContain("omnisat info needs FILE");
  expect(await wrong("info", "a.tif", "b.tif")).toContain("“b.tif” is one word too many");
  expect(await wrong("warp", "a", "b", "--method", "bilinar")).toContain("Did you mean bilinear?");
  expect(await wrong("warp", "a", "b", "--method")).toContain("--method needs a value");
  expect(await wrong("warp", "a", "b", "--crs", "--json")).toContain("--crs needs a value");
  expect(await wrong("convert", "a", "b", "--nodata", "none")).toContain("needs a number, not “none”");
  expect(await wrong("split", "p", "--seed", "1.5")).toContain("needs a whole number");
  expect(await wrong("info", "a", "--stats=yes")).toContain("takes no value");
  expect(await wrong("pretrain", "p", "m", "--set", "stepz=3")).toContain("no setting “stepz”");
  expect(await wrong("finetune", "p", "m", "--season", "2020")).toContain("name it with --from");
  expect(await wrong("finetune", "p", "m", "--from", "e", "--task", "tiles", "--shift-days", "3")).toContain("belong to networks for patches"); // biome-ignore format: one line
  expect(await wrong("project", "create", "p", "--bounds", "1,2,3")).toContain("four numbers");
  expect(await wrong("warp", "a", "b", "--like", "c", "--crs", "EPSG:3857")).toContain("--like gives the whole grid");
});

test("a value that a command cannot take is named by its option, with exit code 2", async () => {
  const project = join(room, "options");
  expect((await commandLine(["project", "create", project, "--crs", "EPSG:32631", "--bounds", "480000,5600000,480100,5600100"])).code).toBe(0); // biome-ignore format: one command
  const { code, err } = await commandLine(["numbers", "train", project, "height", "--level", "2"]);
  expect([code, err]).toEqual([2, "--level: at most 0.99 is possible. See `omnisat numbers train --help`.\n"]);
  const day = await commandLine(["change", project, "--before", "2018-02-30..2018-03-01", "--after", "2019-01-01..2019-02-01"]); // biome-ignore format: one command
  expect([day.code, day.err]).toEqual([2, expect.stringContaining("not “2018-02-30..2018-03-01”")]);
});

test("what goes wrong is one sentence on the error stream with exit code 1, in JSON with its code", async () => {
  const readme = join(sample, "README.md");
  const text = await omnisat(["info", readme]);
  expect([text.code, text.out]).toEqual([1, ""]);
  expect(text.err.trim().split("\n")).toHaveLength(1);
  expect(text.err).toContain("is no image that can be read here");
  const json = await omnisat(["info", readme, "--json"]);
  expect([json.code, json.out]).toEqual([1, ""]);
  expect(lines(json.err)).toMatchObject([{ type: "error", code: "raster-unknown-format", details: { path: readme } }]);
});

test("an unexpected error is reported as one, and a full disk as a full disk", async () => {
  const failing = (error: Error) =>
    command({
      name: "fail",
      summary: "x",
      positionals: [],
      options: {},
      examples: [],
      run: () => Promise.reject(error),
    });
  const inside = await omnisat(["fail"], [failing(new Error("MatMul: [2,3] x [4,5]"))]);
  expect([inside.code, inside.err]).toEqual([
    1,
    expect.stringContaining("occurred in the program: MatMul: [2,3] x [4,5]"),
  ]);
  const full = Object.assign(new Error("write"), { code: "ENOSPC", path: "/data/map.tif" });
  expect((await omnisat(["fail"], [failing(full)])).err).toContain(
    "no space left on the disk to write “/data/map.tif”",
  );
});

test("a script is told a code, a sentence and plain details, and never a stack", async () => {
  const trace = `Invalid array length\n    at widen (${import.meta.url}:3:7)\n    at async file:///b.ts:1:2`;
  const throwing = (thrown: unknown) =>
    command({
      name: "fail",
      summary: "x",
      positionals: [],
      options: {},
      examples: [],
      run: () => Promise.reject(thrown),
    });
  const places = /\bat (?:async|widen|Object)|\.ts:\d+:\d+|stack/;
  for (const thrown of [
    new RangeError(trace),
    new AppError("folder-unreadable", { path: "/a", detail: trace }),
    new AppError("folder-unreadable", { path: "/a", detail: new Error(trace) as unknown as string }),
    trace,
    undefined,
    Object.create(null),
  ]) {
    const { code, out, err } = await omnisat(["fail", "--json"], [throwing(thrown)]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).not.toMatch(places);
    expect(lines(err)).toMatchObject([
      { type: "error", code: thrown instanceof AppError ? "folder-unreadable" : "internal" },
    ]);
  }
  // Uncaught errors: a real process in which a callback throws.
  const script = `
    import { reportUncaught } from ${JSON.stringify(new URL("./command-line.ts", import.meta.url).href)};
    process.on("uncaughtException", (error) => process.exit(reportUncaught(error, ["--json"], process.stderr)));
    setTimeout(() => Promise.reject(new RangeError("forgotten")), 1);`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect([child.status, lines(child.stderr)]).toMatchObject([
    1,
    [{ code: "internal", details: { problem: "forgotten." } }],
  ]);
});

test("an interrupted command ends with 130", async () => {
  const stop = new AbortController();
  const waiting = command({
    name: "wait",
    summary: "x",
    positionals: [],
    options: {},
    examples: [],
    run: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  });
  const answer = omnisat(["wait"], [waiting], stop.signal);
  setTimeout(() => stop.abort(new DOMException("Interrupted", "AbortError")), 20);
  expect(await answer).toMatchObject({ code: 130, err: expect.stringContaining("Stopped.") });
});

test("from images and polygons to a split: every step answers in text and in JSON", async () => {
  const project = join(room, "flanders");
  const like = join(sample, "S2_L2A_10m/S2_L2A_10m_20190416T105658.tif");
  const created = await omnisat(["project", "create", project, "--like", like, "--name", "Flanders", "--json"]);
  expect(created.code).toBe(0);
  expect(lines(created.out)).toMatchObject([{ type: "result", command: "project create", name: "Flanders" }]);
  expect((await omnisat(["project", "create", project, "--like", like])).err).toContain("already holds a project");

  const images = join(room, "images");
  for (const folder of ["S2_L2A_10m", "S1_GRD_ASC_20m"]) {
    const names = readdirSync(join(sample, folder)).slice(0, 2);
    for (const name of names) cpSync(join(sample, folder, name), join(images, name));
  }
  const imported = await omnisat(["project", "import", project, images]);
  expect(imported.code).toBe(0);
  expect(imported.out).toContain("Imported 4 images as 4 acquisitions");

  const parcels = join(sample, "parcels.gpkg");
  const map = "winter wheat=wheat,maize=maize,permanent grass=grass";
  const labels = ["labels", "import", project, parcels, "--field", "class_name", "--map", map];
  expect(await omnisat(labels)).toMatchObject({ code: 1, err: expect.stringContaining("Map each of them to a class") });
  const accepted = await omnisat([...labels, "--unmapped", "ignore"]);
  expect(accepted.out).toContain("48 polygons came in, 15 are used.");

  const table = join(room, "classes.csv");
  writeFileSync(table, "value,class\nwinter wheat,wheat\nmaize,ignore\n");
  const fromTable = await omnisat([
    ...labels.slice(0, 6),
    "--classes",
    table,
    "--unmapped",
    "ignore",
    "--replace",
    "--json",
  ]);
  expect(lines(fromTable.out).filter(({ type }) => type === "result")).toMatchObject([
    { report: { total: 48, used: 4 } },
  ]);
  expect((await omnisat([...labels, "--unmapped", "ignore", "--replace"])).code).toBe(0);

  const blocks = await omnisat(["split", project, "--json"]);
  expect([blocks.code, lines(blocks.out || blocks.err)[0]!.type]).toEqual([0, "result"]);
  const random = await omnisat(["split", project, "--method", "random"]);
  expect(random.err).toContain("Patches were split at random");

  const listed = await omnisat(["project", "list", project, "--rasters"]);
  expect(listed.out).toContain("Split: random (optimistic");
  expect(listed.out).toMatch(/s1-asc +series +2/);
  expect(await omnisat(["map", project, "nothing"])).toMatchObject({
    code: 1,
    err: expect.stringContaining("no model “nothing”"),
  });
  expect(await omnisat(["pretrain", project, "--resume"])).toMatchObject({
    code: 1,
    err: expect.stringContaining("no interrupted pretrain job"),
  });
  expect((await omnisat(["model", "list", project])).out).toMatch(/^No models yet\.\n\nComes with the program/);
}, 60_000);

test("an image is converted and warped in one piece, and not over another file unless told so", {
  tags: ["gdal"],
}, async () => {
  const from = join(sample, "S2_L2A_10m/S2_L2A_10m_20190416T105658.tif");
  const to = join(room, "warped.tif");
  const warp = ["warp", from, to, "--crs", "EPSG:3857", "--resolution", "20", "--method", "bilinear"];
  expect(await omnisat(warp)).toMatchObject({ code: 0, out: expect.stringContaining("EPSG:3857") });
  expect(await omnisat(warp)).toMatchObject({ code: 1, err: expect.stringContaining("exists already") });
  expect((await omnisat([...warp, "--overwrite"])).code).toBe(0);
  const witness = spawnSync("gdalinfo", ["-json", to], { encoding: "utf8" });
  const seen = JSON.parse(witness.stdout) as { size: number[]; geoTransform: number[] };
  const [told] = lines((await omnisat(["info", to, "--json"])).out) as { width: number; height: number }[];
  expect([told!.width, told!.height]).toEqual(seen.size);
  expect(seen.geoTransform[1]).toBe(20);
  const converted = join(room, "converted.tif");
  expect((await omnisat(["convert", from, converted, "--bands", "3,2,1"])).code).toBe(0);
  expect(lines((await omnisat(["info", converted, "--json"])).out)[0]!.bands).toHaveLength(3);
  expect(readdirSync(room).filter((name) => name.includes("tmp"))).toEqual([]);
});

test("the program itself: exit codes, a closed pipe, and a sentence for an old Node", () => {
  const bin = join(import.meta.dirname, "bin.js");
  const run = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });
  expect(run("--version")).toMatchObject({ status: 0, stdout: `${appVersion}\n`, stderr: "" });
  expect(run("inof").status).toBe(2);
  expect(run("info", join(sample, "README.md")).status).toBe(1);
  const piped = spawnSync("bash", ["-c", `set -o pipefail; "$0" "$1" --help | head -1`, process.execPath, bin], {
    encoding: "utf8",
  });
  expect([piped.status, piped.stderr]).toEqual([0, ""]);

  const old = `Object.defineProperty(process.versions, "node", { value: "20.20.2" }); await import(${JSON.stringify(bin)});`;
  const refused = spawnSync(process.execPath, ["--input-type=module", "--eval", old], { encoding: "utf8" });
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain("needs Node.js 22.18 or newer; this is 20.20.2");
});

test("the program in a checkout that is not built says what to do", () => {
  const folder = join(room, "unbuilt/src-main/hosts/cli");
  mkdirSync(folder, { recursive: true });
  cpSync(join(import.meta.dirname, "bin.js"), join(folder, "bin.mjs"));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, "bin.mjs"), "--version"], {
    encoding: "utf8",
  });
  expect([status, stdout, stderr]).toEqual([
    1,
    "",
    expect.stringMatching(/^omnisat is not built here\. .*npm run build.*\n$/),
  ]);
});
