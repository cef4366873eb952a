import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { tableNames } from "../../src-shared/domain/tables.ts";
import type { Acquisition } from "../../src-shared/eo/acquisition.ts";
import type { Modality } from "../../src-shared/eo/modality.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import { networkFileSystem } from "./file-system.ts";
import {
  createCatalog,
  currentFormat,
  lockFileName,
  openCatalog,
  ownIdentity,
  projectFileName,
  type RasterHeader,
  specFileName,
} from "./index.ts";
import { applicationId, migrations } from "./migrations.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-catalog-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

let count = 0;
const fresh = (): string => join(room, `project-${++count}`);
const options = { purpose: "a test", appVersion: "0.1.0" };
const settings = {
  name: "Flanders",
  grid: {
    geobox: { crs: "EPSG:32631", affine: northUp(574680, 5622440, 10, 10), width: 64, height: 64 },
    patchMeters: 10,
    tilePatches: 8,
  },
};
const header: RasterHeader = {
  width: 64,
  height: 64,
  bands: 2,
  dataType: "uint16",
  crs: "EPSG:32631",
  affine: northUp(574680, 5622440, 10, 10),
};

function codeOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown");
}

/** Runs a module in another Node process; `work` is its source, `folder` its first argument. */
function otherProcess(work: string, folder: string) {
  const index = JSON.stringify(join(import.meta.dirname, "index.ts"));
  const source = `import * as catalog from ${index}; const folder = process.argv[1]; ${work}`;
  return spawn(process.execPath, ["--input-type=module", "--eval", source, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Waits for the other process to print `word`. */
async function says(child: ReturnType<typeof otherProcess>, word: string): Promise<void> {
  let text = "";
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.includes(word)) return;
  }
  throw new Error(`The other process ended after “${text}”`);
}

const acquisition = (path: string, quality: string): Acquisition => {
  const file = {
    radiometry: {
      quantity: "reflectance",
      scale: 0.0001,
      offset: 0,
      decidedBy: { code: "written", text: "scale in the file" },
      warnings: [],
    },
    facts: { level: "L2A", time: "10:50:32", tile: "31UFS" },
    evidence: [{ field: "date", source: { code: "name", name: "a.tif" } }],
    grid: { crs: header.crs!, affine: header.affine!, width: header.width, height: header.height },
  } as const;
  return {
    id: "sentinel-2/2019-04-10T10:50:32",
    sensor: "sentinel-2",
    level: "L2A",
    date: "2019-04-10",
    time: "10:50:32",
    pieces: [
      {
        files: [
          {
            ...file,
            path,
            bands: [
              { name: "B02", bandIndex: 1, scale: 0.0001, offset: 0, nodata: 0 },
              { name: "B03", bandIndex: 2, scale: 0.0001, offset: 0 },
            ],
          },
          { ...file, path: quality, bands: [], quality: { kind: "scl", bandIndex: 1 } },
        ],
      },
    ],
    shift: { dx: 1.5, dy: -0.25 },
  };
};

const modality = (id: string): Modality => ({
  name: "s2",
  kind: "series",
  sensor: "sentinel-2",
  bands: ["B02", "B03"],
  resolutionMeters: 10,
  patchPixels: 1,
  acquisitions: [id],
  duplicateDates: "merge",
  resampling: "bilinear",
  clearClasses: [4, 5, 6, 7],
});

test("a new project holds its name and grid, and is one file after closing", () => {
  const folder = fresh();
  const made = createCatalog(folder, settings, options);
  expect(made.project.get()).toMatchObject({ ...settings, appVersion: "0.1.0" });
  made.close();
  expect(readdirSync(folder).sort()).toEqual(["maps", "models", projectFileName, "runs"]);
  const read = openCatalog(folder, { ...options, readOnly: true });
  expect(read.project.get().name).toBe("Flanders");
  expect(codeOf(() => read.project.rename("Other")).code).toBe("project-read-only");
  read.close();
  expect(readdirSync(folder).sort()).toEqual(["maps", "models", projectFileName, "runs"]);
  expect(codeOf(() => createCatalog(folder, settings, options)).code).toBe("project-exists");
  expect(codeOf(() => openCatalog(fresh(), options)).code).toBe("project-not-found");
});

test("acquisitions, modalities, legends, labels and splits come back as they were put in", () => {
  const folder = fresh();
  const catalog = createCatalog(folder, settings, options);
  const inside = join(folder, "a.tif");
  const outside = join(room, "scl.tif");
  for (const path of [inside, outside]) writeFileSync(path, "pixels");
  catalog.rasters.add(inside, header);
  catalog.rasters.add(outside, { ...header, bands: 1 });
  const one = acquisition(catalog.rasters.list()[0]!.path, catalog.rasters.list()[1]!.path);
  catalog.acquisitions.put(one);
  catalog.acquisitions.put(one);
  expect(catalog.acquisitions.list()).toEqual([one]);
  catalog.modalities.put(modality(one.id));
  expect(catalog.modalities.list()).toEqual([modality(one.id)]);

  const classes = [
    { code: 1, name: "wheat", color: "#edc948" },
    { code: 2, name: "maize", color: "#59a14f" },
  ];
  const legendId = catalog.legends.put("crops", classes);
  expect(catalog.legends.list()).toEqual([{ id: legendId, name: "crops", classes }]);
  const report = { polygons: 2, used: 2 };
  const importId = catalog.labels.addImport({ path: inside, classField: "crop", legendId, report });
  const square = [[[[0, 0], [0, 1], [1, 1], [0, 0]]]] as const; // biome-ignore format: a triangle in one line
  const ids = catalog.labels.add(
    [1, 2].map((classCode) => ({
      legendId,
      classCode,
      coordinates: square,
      x: 0.5,
      y: 0.7,
      patches: 3,
      importId,
      feature: String(classCode),
      properties: { split: "train" },
    })),
  );
  expect(catalog.labels.list(legendId).map(({ id, coordinates }) => ({ id, coordinates }))).toEqual(
    ids.map((id) => ({ id, coordinates: square })),
  );
  const split = catalog.splits.add(
    { legendId, method: "blocks", parameters: { blockMeters: 320 }, optimistic: false, report: {} },
    new Map([
      [ids[0]!, { part: "train", patches: null }],
      [ids[1]!, { part: "unused", patches: ["train", "validation", "test"] }],
    ]),
  );
  expect([...catalog.splits.parts(split)]).toEqual([
    [ids[0], { part: "train", patches: null }],
    [ids[1], { part: "unused", patches: ["train", "validation", "test"] }],
  ]);
  catalog.labels.removeImport(importId);
  expect(catalog.labels.count()).toBe(0);
  expect(catalog.splits.parts(split).size).toBe(0);
  catalog.close();
});

test("a label of a class that its legend lacks is refused", () => {
  const catalog = createCatalog(fresh(), settings, options);
  const legendId = catalog.legends.put("crops", [{ code: 1, name: "wheat", color: "#edc948" }]);
  const place = { coordinates: [], x: 0, y: 0, patches: 1 };
  const label = { legendId, classCode: 9, ...place, importId: null, feature: null, properties: {} };
  expect(() => catalog.labels.add([label])).toThrow(/FOREIGN KEY/);
  catalog.close();
});

test("a project folder can be moved, and its rasters with it", () => {
  const folder = fresh();
  const catalog = createCatalog(folder, settings, options);
  mkdirSync(join(folder, "imagery"));
  const inside = join(folder, "imagery", "a.tif");
  const outside = join(room, "outside.tif");
  for (const path of [inside, outside]) writeFileSync(path, "pixels");
  catalog.rasters.add(inside, header);
  catalog.rasters.add(outside, header);
  catalog.close();

  const moved = fresh();
  renameSync(folder, moved);
  const again = openCatalog(moved, options);
  const [first, second] = again.rasters.list();
  expect(first).toMatchObject({ state: "present" });
  expect(first!.path.endsWith(join(moved, "imagery", "a.tif"))).toBe(true);
  expect(second).toMatchObject({ state: "present" });
  again.close();
});

test("a raster that has gone is reported, and re-linked only to one of the same header", () => {
  const folder = fresh();
  const catalog = createCatalog(folder, settings, options);
  const path = join(folder, "a.tif");
  writeFileSync(path, "pixels");
  const id = catalog.rasters.add(path, header);
  const elsewhere = join(room, "moved-a.tif");
  renameSync(path, elsewhere);
  expect(catalog.rasters.missing().map((raster) => raster.id)).toEqual([id]);

  const other = { ...header, width: 32, bands: 3, crs: "EPSG:32632" };
  const refusal = codeOf(() => catalog.rasters.relink(id, elsewhere, other));
  expect(refusal.code).toBe("raster-relink-differs");
  expect(refusal.message).toContain("32 × 64 pixels instead of 64 × 64; 3 bands instead of 2");
  expect(refusal.message).toContain("EPSG:32632 instead of EPSG:32631");
  const shifted = { ...header, affine: northUp(574690, 5622440, 10, 10) };
  expect(codeOf(() => catalog.rasters.relink(id, elsewhere, shifted)).message).toContain("another place on Earth");
  expect(catalog.rasters.missing()).toHaveLength(1);

  catalog.rasters.relink(id, elsewhere, header);
  expect(catalog.rasters.get(id)).toMatchObject({ state: "present" });
  writeFileSync(elsewhere, "other pixels");
  expect(catalog.rasters.get(id)).toMatchObject({ state: "changed" });
  catalog.close();
});

test("a second process that wants to write is told who holds the project, and may read it", async () => {
  const folder = fresh();
  createCatalog(folder, settings, options).close();
  const holder = otherProcess(
    `catalog.openCatalog(folder, { purpose: "omnisat map", appVersion: "0.1.0" }); console.log("open"); setInterval(() => {}, 1000);`,
    folder,
  );
  await says(holder, "open");
  const refusal = codeOf(() => openCatalog(folder, options));
  expect(refusal.code).toBe("project-in-use");
  expect(refusal.message).toContain("“omnisat map”");
  expect(refusal.message).toContain(`process ${holder.pid} on ${hostname()}`);
  const reading = openCatalog(folder, { ...options, readOnly: true });
  expect(reading.project.get().name).toBe("Flanders");
  expect(codeOf(() => reading.project.rename("Other")).code).toBe("project-read-only");
  reading.close();

  holder.kill("SIGKILL");
  await once(holder, "exit");
  const taken = openCatalog(folder, options);
  expect(taken.project.get().name).toBe("Flanders");
  taken.close();
});

test("a lock is stale when its process id belongs to a younger process, and held when it belongs to another computer", () => {
  const folder = fresh();
  createCatalog(folder, settings, options).close();
  const path = join(folder, lockFileName);
  const holder = { ...ownIdentity(), purpose: "an old session", since: "2026-01-01T00:00:00.000Z" };

  writeFileSync(path, JSON.stringify({ ...holder, host: "elsewhere" }));
  const refusal = codeOf(() => openCatalog(folder, options));
  expect(refusal.message).toContain(`delete “${path}”`);

  writeFileSync(path, JSON.stringify(holder));
  expect(codeOf(() => openCatalog(folder, options)).code).toBe("project-in-use");

  const reused = { ...holder, started: process.platform === "linux" ? "another-boot:1" : "2001-01-01T00:00:00.000Z" };
  writeFileSync(path, JSON.stringify(reused));
  openCatalog(folder, options).close();
  expect(existsSync(path)).toBe(false);
});

test("a lock from the future, of an absurd process or of no sense is taken over by rule, or refused in a sentence", () => {
  const folder = fresh();
  createCatalog(folder, settings, options).close();
  const path = join(folder, lockFileName);
  const own = ownIdentity();
  const future = new Date(Date.now() + 365 * 86_400_000).toISOString();
  const lock = { ...own, purpose: "x", since: future };
  const old = () => utimesSync(path, new Date(), new Date(Date.now() - 60_000));
  const opens = (text: string | Buffer, before: () => void = () => {}) => {
    writeFileSync(path, text);
    before();
    openCatalog(folder, options).close();
    expect(existsSync(path)).toBe(false);
  };
  // The process lives, began when the lock says, and only its clock was wrong: it holds the project.
  writeFileSync(path, JSON.stringify(lock));
  expect(codeOf(() => openCatalog(folder, options)).code).toBe("project-in-use");
  // Nobody can have written this: a living process without its start, a year from now.
  opens(JSON.stringify({ ...lock, started: null }));
  for (const pid of [0, -1, 1.5, 2 ** 60, 4_000_000_000]) opens(JSON.stringify({ ...lock, pid }), old);
  for (const since of ["NaN-01-01T00:00:00Z", "yesterday", ""])
    opens(JSON.stringify({ ...lock, host: "elsewhere", since }), old);
  for (const text of ["", "{", "null", "[]", '{"pid":"1"}', "\0\0\0", Buffer.alloc(1 << 20, 32)]) opens(text, old);
  // Unreadable, and its file is dated in the future.
  opens("garbage", () => utimesSync(path, new Date(), new Date(Date.now() + 1e9)));
  rmSync(path, { force: true });
  if (process.platform !== "win32") {
    execFileSync("mkfifo", [path]);
    old();
    openCatalog(folder, options).close();
    symlinkSync("/etc/hostname", path);
    expect(codeOf(() => openCatalog(folder, options)).code).toBe("project-in-use");
    rmSync(path);
  }
  mkdirSync(path);
  expect(codeOf(() => openCatalog(folder, options)).code).toBe("project-unreadable");
  rmSync(path, { recursive: true });
  const loud = { ...lock, host: "else\u0007where", purpose: "y".repeat(50_000) };
  writeFileSync(path, JSON.stringify(loud));
  const { message } = codeOf(() => openCatalog(folder, options));
  expect(message.length).toBeLessThan(1000);
  expect(message).toContain("else where");
  rmSync(path);
});

test("of many processes that find the same dead lock, one gets the project", async () => {
  const folder = fresh();
  createCatalog(folder, settings, options).close();
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  writeFileSync(
    join(folder, lockFileName),
    JSON.stringify({ ...ownIdentity(), pid: dead, purpose: "gone", since: "2026-01-01T00:00:00.000Z" }),
  );
  const work = `
    try { catalog.openCatalog(folder, { purpose: "race", appVersion: "0.1.0" }); console.log("won"); setTimeout(() => process.exit(), 3000); }
    catch (error) { console.log(error.code); }`;
  const answers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = otherProcess(work, folder);
      const [line] = (await once(child.stdout!, "data")) as [Buffer];
      return { child, line: String(line).trim() };
    }),
  );
  expect(answers.map(({ line }) => line).sort()).toEqual(["project-in-use", "project-in-use", "project-in-use", "won"]);
  for (const { child } of answers) child.kill("SIGKILL");
}, 30_000);

test("kill -9 in the middle of a transaction loses nothing that was committed, and leaves nothing of the rest", async () => {
  const folder = fresh();
  createCatalog(folder, settings, options).close();
  const victim = otherProcess(
    `const project = catalog.openCatalog(folder, { purpose: "victim", appVersion: "0.1.0" });
     for (let i = 1; i <= 50; i++) project.legends.put("committed " + i, [{ code: 1, name: "x", color: "#000000" }]);
     const job = project.jobs.add("pretrain"); project.jobs.start(job.id);
     project.transaction(() => {
       for (let i = 0; i < 5000; i++) project.legends.put("lost " + i, [{ code: 1, name: "x", color: "#000000" }]);
       console.log("inside");
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000);
     });`,
    folder,
  );
  await says(victim, "inside");
  victim.kill("SIGKILL");
  await once(victim, "exit");
  const catalog = openCatalog(folder, options);
  const names = catalog.legends.list().map(({ name }) => name);
  expect(names).toEqual(Array.from({ length: 50 }, (_, i) => `committed ${i + 1}`));
  catalog.close();
});

test("after a crash a job with its spec is resumable, one without has failed with a reason", async () => {
  const folder = fresh();
  createCatalog(folder, settings, options).close();
  const victim = otherProcess(
    `import { mkdirSync, writeFileSync } from "node:fs";
     const project = catalog.openCatalog(folder, { purpose: "victim", appVersion: "0.1.0" });
     const one = project.jobs.add("pretrain"), two = project.jobs.add("map"), three = project.jobs.add("evaluate");
     mkdirSync(one.folder, { recursive: true }); writeFileSync(one.folder + "/${specFileName}", "{}");
     project.jobs.start(one.id); project.jobs.progress(one.id, "training", 0.42);
     project.jobs.start(two.id); project.jobs.start(three.id); project.jobs.finish(three.id);
     console.log("started"); setInterval(() => {}, 1000);`,
    folder,
  );
  await says(victim, "started");
  victim.kill("SIGKILL");
  await once(victim, "exit");
  const reader = openCatalog(folder, { ...options, readOnly: true });
  expect(reader.jobs.get(1)).toMatchObject({ state: "resumable", reason: expect.stringContaining(String(victim.pid)) });
  reader.close();
  const catalog = openCatalog(folder, options);
  const [one, two, three] = catalog.jobs.list();
  expect(one).toMatchObject({ state: "resumable", owner: null });
  expect(one!.reason).toContain(`Process ${victim.pid}`);
  expect(one!.reason).toContain("“training” at 42 %");
  expect(two).toMatchObject({ state: "failed" });
  expect(two!.reason).toContain("before the job could start");
  expect(three).toMatchObject({ state: "finished", fraction: 1, reason: null });
  catalog.close();
});

test("every earlier project format is brought to the current one, with what it holds", () => {
  const schema = (path: string) => {
    const database = new Database(path, { readonly: true });
    const rows = database.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all();
    database.close();
    return rows;
  };
  const newest = fresh();
  createCatalog(newest, settings, options).close();
  for (let format = 1; format < currentFormat; format++) {
    const folder = fresh();
    mkdirSync(folder);
    const path = join(folder, projectFileName);
    const database = new Database(path);
    for (const step of migrations.slice(0, format)) database.exec(step);
    database.pragma(`user_version = ${format}`);
    database.pragma(`application_id = ${applicationId}`);
    database
      .prepare(
        `INSERT INTO project (id, name, geobox, patch_meters, tile_patches, created_at, app_version)
         VALUES (1, 'Old', ?, 10, 8, '2026-01-01T00:00:00Z', '0.0.1')`,
      )
      .run(JSON.stringify(settings.grid.geobox));
    database.close();
    expect(codeOf(() => openCatalog(folder, { ...options, readOnly: true })).code).toBe("project-older-read-only");
    const catalog = openCatalog(folder, options);
    expect(catalog.project.get()).toMatchObject({ name: "Old", grid: settings.grid, appVersion: "0.1.0" });
    catalog.close();
    expect(schema(path)).toEqual(schema(join(newest, projectFileName)));
  }
});

test("a project from a newer version is left alone, and both versions are named", () => {
  const folder = fresh();
  createCatalog(folder, settings, { ...options, appVersion: "0.9.0" }).close();
  const path = join(folder, projectFileName);
  const database = new Database(path);
  database.pragma(`user_version = ${currentFormat + 4}`);
  database.close();
  const before = readFileSync(path);
  for (const readOnly of [false, true]) {
    const refusal = codeOf(() => openCatalog(folder, { ...options, readOnly }));
    expect(refusal.code).toBe("project-newer");
    expect(refusal.message).toContain(`OmniSat Desktop 0.9.0 (project format ${currentFormat + 4})`);
    expect(refusal.message).toContain(`this is version 0.1.0, which reads formats up to ${currentFormat}`);
  }
  expect(readdirSync(folder)).not.toContain(lockFileName);
  expect(readFileSync(path).subarray(60, 64)).toEqual(before.subarray(60, 64));
});

test("a damaged project database is a sentence, whatever is damaged", () => {
  const folder = fresh();
  const catalog = createCatalog(folder, settings, options);
  for (let i = 0; i < 200; i++) catalog.legends.put(`legend ${i} ${"x".repeat(200)}`, []);
  catalog.close();
  const path = join(folder, projectFileName);
  const whole = readFileSync(path);
  const scribbled = Buffer.from(whole);
  scribbled.fill(0xa5, 4096 * 3, 4096 * 8);
  const other = new Database(join(room, "other.sqlite"));
  other.exec("CREATE TABLE t (x)");
  other.close();
  const damages = [
    Buffer.from("this is no database, only words ".repeat(100)),
    whole.subarray(0, Math.floor(whole.length / 2)),
    scribbled,
    readFileSync(join(room, "other.sqlite")),
  ];
  for (const damage of damages) {
    writeFileSync(path, damage);
    const refusal = codeOf(() => openCatalog(folder, options));
    expect(refusal.code).toBe("project-damaged");
    expect(refusal.message).toContain(path);
    expect(existsSync(join(folder, lockFileName))).toBe(false);
    expect(codeOf(() => openCatalog(folder, { ...options, readOnly: true })).code).toBe("project-damaged");
  }
});

test("when the disk is full, the sentence says so and the transaction leaves nothing", () => {
  const folder = fresh();
  const catalog = createCatalog(folder, settings, options);
  catalog.legends.put("before", [{ code: 1, name: "x", color: "#000000" }]);
  catalog.limitPages(40);
  const refusal = codeOf(() =>
    catalog.transaction(() => {
      for (let i = 0; i < 5000; i++) catalog.legends.put(`legend ${i} ${"x".repeat(500)}`, []);
    }),
  );
  expect(refusal.code).toBe("no-disk-space");
  expect(catalog.legends.list().map(({ name }) => name)).toEqual(["before"]);
  catalog.close();
});

test.runIf(process.platform === "linux")(
  "a project that cannot be made for lack of space leaves nothing behind",
  () => {
    const folder = fresh();
    const source = `
    import { createCatalog } from ${JSON.stringify(join(import.meta.dirname, "index.ts"))};
    try { createCatalog(process.argv[1], ${JSON.stringify(settings)}, ${JSON.stringify(options)}); console.log("made"); }
    catch (error) { console.log(error.code + ": " + error.message); }`;
    // The shell's limit on file size stands in for the end of the disk: 16 blocks of 1,024 bytes.
    const { stdout } = spawnSync(
      "bash",
      ["-c", 'ulimit -f 16; exec "$0" --input-type=module --eval "$1" "$2"', process.execPath, source, folder],
      { encoding: "utf8" },
    );
    expect(stdout).toMatch(/^no-disk-space: There is no space left/);
    expect(existsSync(folder)).toBe(false);
  },
);

/** Does `work` as somebody to whom file permissions apply: root may write anywhere, so root becomes “nobody” meanwhile. */
function withoutPrivileges(work: () => void): void {
  const privileged = process.geteuid?.() === 0;
  if (privileged) process.seteuid?.(65_534);
  try {
    work();
  } finally {
    if (privileged) process.seteuid?.(0);
  }
}

// Windows has no such permissions on folders.
test.runIf(process.platform !== "win32")("a project in a folder that may not be written to can be read", () => {
  const folder = fresh();
  createCatalog(folder, settings, options).close();
  const copy = fresh();
  cpSync(folder, copy, { recursive: true });
  spawnSync("chmod", ["755", room]);
  spawnSync("chmod", ["-R", "a-w,a+rX", copy]);
  withoutPrivileges(() => {
    const catalog = openCatalog(copy, { ...options, readOnly: true });
    expect(catalog.project.get().name).toBe("Flanders");
    catalog.close();
    expect(codeOf(() => openCatalog(copy, options)).code).toBe("project-read-only");
  });
  spawnSync("chmod", ["-R", "u+w", copy]);
});

test("a project on a local disk keeps a write-ahead log, which network file systems cannot", () => {
  const folder = fresh();
  const catalog = createCatalog(folder, settings, options);
  catalog.project.rename("Logged");
  expect(networkFileSystem(folder)).toBeUndefined();
  expect(existsSync(join(folder, `${projectFileName}-wal`))).toBe(true);
  catalog.close();
});

test("the curve of a run keeps every step, also one that is measured again", () => {
  const folder = fresh();
  const catalog = createCatalog(folder, settings, options);
  const job = catalog.jobs.add("pretrain");
  const run = catalog.runs.add({ jobId: job.id, kind: "pretrain", modelId: null, splitId: null });
  catalog.runs.addMetrics(run, [
    { step: 1, values: { loss: 3, rate: 0.1 } },
    { step: 2, values: { loss: 2 } },
  ]);
  catalog.runs.addMetrics(run, [{ step: 2, values: { loss: Number.NaN } }]);
  expect(catalog.runs.metrics(run)).toEqual([
    { step: 1, values: { loss: 3, rate: 0.1 } },
    { step: 2, values: { loss: Number.NaN } },
  ]);
  catalog.close();
});

test("the list of table names is the database's", () => {
  const folder = fresh();
  createCatalog(folder, settings, options).close();
  const database = new Database(join(folder, projectFileName), { readonly: true });
  const names = database
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .pluck()
    .all();
  database.close();
  expect(names).toEqual([...tableNames]);
});
