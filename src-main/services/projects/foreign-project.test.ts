// A project as an attacker could send it: every path in its database points outside, links lie in its folders. Every command
// of the contract is asked with it; the folder outside must be the same to the byte afterwards, and nothing of it served.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { Sql } from "../../catalog/sql.ts";
import { Application, type WindowSession } from "../app/application.ts";
import { receiveUpload } from "../app/uploads.ts";
import type { JobRunner } from "../deps.ts";
import { services } from "../services.ts";
import { projectFolders } from "./projects.ts";
import { TrustedFolders } from "./trusted-folders.ts";

const appVersion = "0.1.0";
const room = mkdtempSync(join(tmpdir(), "omnisat-foreign-"));
const sample = resolve(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const outside = join(room, "outside");
/** In every file outside: what is served is searched for it. */
const secret = "a secret of somebody else 8d1f";
const asked: unknown[] = [];
const runJob: JobRunner = async (spec) => {
  asked.push(spec);
  throw new Error("no job runs here");
};

beforeAll(() => mkdirSync(outside));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const raster = (folder: string) =>
  join(sample, folder, readdirSync(join(sample, folder)).find((name) => name.endsWith(".tif"))!);

/** Every file below a folder with its bytes' hash, its links and its mode. */
function fingerprint(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const stats = lstatSync(path);
      const what = stats.isSymbolicLink()
        ? `→ ${readlinkSync(path)}`
        : stats.isFile()
          ? createHash("sha256").update(readFileSync(path)).digest("hex")
          : "folder";
      return `${path} ${stats.mode} ${what}`;
    })
    .sort();
}

/** What lies outside: an image, parcels, a model, a job, a map, texts. */
function fillOutside(): void {
  for (const name of ["runs/1-pretrain", "runs/2-finetune", "models/m", "maps/m", "deep/er"])
    mkdirSync(join(outside, name), { recursive: true });
  cpSync(raster("S2_L2A_10m"), join(outside, "image.tif"));
  cpSync(join(sample, "parcels.gpkg"), join(outside, "parcels.gpkg"));
  for (const name of [
    "secret.txt",
    "log.txt",
    "runs/1-pretrain/spec.json",
    "runs/1-pretrain/log.txt",
    "runs/2-finetune/log.txt",
    "models/m/model.json",
    "models/m/LICENSE",
    "models/m/weights.safetensors",
    "maps/m/class.tif",
    "maps/m/class.qml",
    "maps/m/class.sld",
    "maps/m/confidence.tif",
    "maps/m/class.tif.aux.xml",
    "deep/er/notes.txt",
  ])
    writeFileSync(join(outside, name), JSON.stringify({ secret }));
}

/** A project of one image of its own, made elsewhere, then changed by somebody who wants to do harm. */
async function hostile(name: string, how: "absolute" | "dots" | "links"): Promise<string> {
  const folder = join(room, name);
  const catalog = await projectFolders({ appVersion })["project.create"]({
    folder,
    area: { like: raster("S2_L2A_10m") },
  });
  mkdirSync(join(folder, "imagery"));
  for (const kind of ["S2_L2A_10m", "S2_SCL_20m"]) {
    const files = readdirSync(join(sample, kind)).slice(0, 2);
    for (const file of files) cpSync(join(sample, kind, file), join(folder, "imagery", file));
  }
  cpSync(join(sample, "parcels.gpkg"), join(folder, "imagery/parcels.gpkg"));
  const all = services({ catalog, appVersion, runJob, announce: () => {} });
  await all["rasters.import"]({ paths: [join(folder, "imagery")] });
  await all["labels.import"]({
    path: join(folder, "imagery/parcels.gpkg"),
    field: "class_code",
    nameField: "class_name",
  });
  await all["vectors.add"]({ path: join(folder, "imagery/parcels.gpkg") });
  await all["labels.split"]({ method: "field", field: "split" });
  for (const id of [1, 2]) {
    const started = await all["runs.pretrain"]({ name: `n${id}`, recipe: { steps: 5 } });
    await all["jobs.wait"]({ id: started.id }).catch(() => {});
  }
  const { geobox } = catalog.project.get().grid;
  const files = (at: string) => ({
    classPath: `${at}/class.tif`,
    confidencePath: `${at}/confidence.tif`,
    probabilitiesPath: null,
    qmlPath: `${at}/class.qml`,
    sldPath: `${at}/class.sld`,
    sidecarPaths: [`${at}/class.tif.aux.xml`, "/etc/passwd", 7 as unknown as string],
    tiles: 1,
    seconds: 1,
    pixels: { 1: 10 },
  });
  mkdirSync(join(folder, "maps/m"), { recursive: true });
  catalog.maps.add({ name: "m", modelId: null, jobId: null, modalities: [], area: geobox, files: { ...files(join(folder, "maps/m")), sidecarPaths: [] } }); // biome-ignore format: one call
  catalog.models.add({ name: "m", kind: "finetuned", folder: join(folder, "models/m"), parentId: null, jobId: 1, modalities: ["s2"], summary: { architecture: "tiny", steps: 1, seconds: 1, provider: "cpu", metrics: {}, classes: [] } }); // biome-ignore format: one call
  catalog.comparisons.add({ name: "c", fromMap: 1, toMap: 1, jobId: null, result: { path: join(folder, "maps/m/class.tif"), qmlPath: join(folder, "maps/m/class.qml"), sldPath: join(folder, "maps/m/class.sld"), sidecarPaths: [], area: geobox, from: [], to: [], counts: [], squareMetersPerPixel: 100, onlyFrom: 0, onlyTo: 0, classes: [] } as never }); // biome-ignore format: one call
  catalog.close();

  const out = how === "dots" ? "../outside" : how === "links" ? "way/outside" : outside;
  if (how === "links") symlinkSync(room, join(folder, "way"));
  const sql = Sql.open(join(folder, "project.omniproj"), { readOnly: false });
  sql.pragma("foreign_keys = OFF");
  const triggers = sql.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'trigger'");
  for (const trigger of triggers) sql.script(`DROP TRIGGER IF EXISTS "${trigger.name}"`);
  sql.script(`UPDATE rasters SET path = '${out}/image.tif' WHERE id = 1;
    UPDATE rasters SET path = '${out}/parcels.gpkg' WHERE id = 2;
    UPDATE vectors SET path = '${out}/parcels.gpkg';
    UPDATE label_imports SET path = '${out}/parcels.gpkg';
    UPDATE models SET folder = '${out}/models/m';
    UPDATE jobs SET folder = '${out}/runs/1-pretrain', state = 'resumable' WHERE id = 1;
    UPDATE jobs SET folder = '${out}/runs/2-finetune', state = 'failed' WHERE id = 2;
    UPDATE runs SET model_id = 1;`);
  sql.run("UPDATE maps SET files = ?", JSON.stringify(files(`${out}/maps/m`)));
  const paths = [`${out}/maps/m/class.tif`, `${out}/secret.txt`];
  sql.run("UPDATE comparisons SET result = json_set(result, '$.path', ?, '$.qmlPath', ?)", ...paths);
  sql.close();
  return folder;
}

/** Links in the places where the program itself writes, reads and deletes. */
function plantLinks(folder: string): void {
  for (const own of ["runs", "models", "maps", "imports", "exports", "cache"]) {
    rmSync(join(folder, own), { recursive: true, force: true });
    symlinkSync(own === "runs" || own === "models" || own === "maps" ? join(outside, own) : outside, join(folder, own));
  }
}

const foreignApplication = (name: string) =>
  new Application({
    kind: "web",
    appVersion,
    settingsFolder: join(room, `settings of ${name}`),
    sampleFolder: null,
    runJob,
    device: () => Promise.reject(new Error("nobody asks")),
    roots: [room],
  });

/** Requests that fit a schema: paths outside wherever one is taken, the first of every list of words, numbers of rows. */
function* requests(schema: z.ZodType, project: string): Generator<unknown> {
  const at = [
    join(outside, "image.tif"),
    join(outside, "deep"),
    join(project, "exports", "x.csv"),
    join(project, "maps/m/class.tif"),
  ];
  for (const path of at) for (const id of [1, 2]) yield sampleOf(schema, { path, id });
}

function sampleOf(schema: z.core.$ZodType, given: { readonly path: string; readonly id: number }): unknown {
  const { def } = schema._zod as unknown as { def: Record<string, never> & { type: string } };
  const inner = def as unknown as {
    type: string;
    shape: Record<string, z.core.$ZodType>;
    element: z.core.$ZodType;
    innerType: z.core.$ZodType;
    options: z.core.$ZodType[];
    items: z.core.$ZodType[];
    in: z.core.$ZodType;
    left: z.core.$ZodType;
    getter: () => z.core.$ZodType;
    values: unknown[];
    entries: Record<string, unknown>;
  };
  switch (inner.type) {
    case "string":
      return (schema as z.ZodType).meta()?.filePath === true ? given.path : words[Number(given.id) % words.length];
    case "number":
      return given.id;
    case "boolean":
      return true;
    case "array":
      return [sampleOf(inner.element, given)];
    case "tuple":
      return inner.items.map((item) => sampleOf(item, given));
    case "object":
      return Object.fromEntries(Object.entries(inner.shape).map(([key, field]) => [key, sampleOf(field, given)]));
    case "union":
      return sampleOf(inner.options[given.id % inner.options.length]!, given);
    case "literal":
      return inner.values[0];
    case "enum":
      return Object.values(inner.entries)[given.id % Object.keys(inner.entries).length];
    case "lazy":
      return sampleOf(inner.getter(), given);
    case "pipe":
      return sampleOf(inner.in, given);
    case "intersection":
      return sampleOf(inner.left, given);
    case "nullable":
    case "optional":
    case "default":
    case "prefault":
    case "readonly":
    case "catch":
      return sampleOf(inner.innerType, given);
    default:
      return {};
  }
}
const words = ["m", "raster:1", "map:1", "difference:1", "vector:1"];

/** Asks everything, and returns all that was answered, errors included, as one text. */
async function askEverything(session: WindowSession, project: string): Promise<string> {
  const heard: string[] = [];
  // What deletes comes last, so that the others find their rows.
  const rank = (name: string) =>
    /delete|remove|discard|cancel|forget/i.test(name) ? 2 : /resume|retry|draw/i.test(name) ? 1 : 0;
  const left = new Set([
    "project.close",
    "project.open",
    "project.create",
    "project.sample",
    "project.allow",
    "files.reveal",
  ]);
  const names = Object.keys(session.commands).filter((name) => !left.has(name));
  for (const name of names.sort((p, q) => rank(p) - rank(q))) {
    const { schema } = session.commands[name] as { schema: z.ZodType };
    for (const request of requests(schema, project)) {
      // Files that the request itself names are the person's choice, not the project's.
      if (JSON.stringify(request).includes(JSON.stringify(outside).slice(1, -1))) continue;
      const answer = await session.invoke(name, request).catch((error: Error) => `${error.name}: ${error.message}`);
      heard.push(`${name} ${JSON.stringify(answer) ?? ""}`);
    }
  }
  for (const path of [
    "/file/1/class.tif",
    "/file/1/passwd",
    "/file/1/class.tif.aux.xml",
    "/export/secret.txt",
    "/export/log.txt",
    ...["raster:1", "raster:2", "map:1", "difference:1", "confidence:1"].map((layer) => `/tile/${layer}/0/0/0?v=`),
    "/vector/vector:1?v=",
  ]) {
    const answer = await session.pixels(path, new AbortController().signal).catch((error: Error) => error);
    if (answer instanceof Error) heard.push(`${path} ${answer.message}`);
    else
      heard.push(
        `${path} ${Buffer.from(answer.body instanceof Uint8Array ? answer.body : await answer.body.file.readFile()).toString("latin1")}`,
      );
  }
  return heard.join("\n");
}

for (const how of ["absolute", "dots", "links"] as const) {
  for (const linked of [false, true]) {
    test(`a foreign project whose paths lead outside (${how}${linked ? ", own folders linked" : ""}) reaches nothing there`, async () => {
      rmSync(outside, { recursive: true, force: true });
      mkdirSync(outside);
      fillOutside();
      const folder = await hostile(`${how}-${linked}`, how);
      if (linked) plantLinks(folder);
      const before = fingerprint(outside);
      const application = foreignApplication(`${how}-${linked}`);
      const session = application.openSession(() => {});
      await session.open(folder, false);
      asked.length = 0;
      const withheld = (await session.invoke("project.withheld", {})) as { folder: string }[];
      expect(withheld.map((entry) => entry.folder)).toContain(outside);
      const said = await askEverything(session, folder);
      for (let id = 1; id <= 40; id++) await session.invoke("jobs.wait", { id }).catch(() => {});
      expect(said).not.toContain(secret);
      expect(said).not.toContain("root:x:0");
      expect(JSON.stringify(asked)).not.toContain(outside);
      await receiveUpload(
        { folder, readOnly: false },
        { batch: "b", name: "x.tif", content: Readable.from(["II*"]) },
      ).then(
        () => expect(linked).toBe(false),
        (error: unknown) => expect([linked, error]).toMatchObject([true, { code: "project-link-outside" }]),
      );
      await application.close();
      expect(fingerprint(outside)).toEqual(before);
      expect(existsSync("/etc/passwd")).toBe(true);
    });
  }
}

test("an own project reaches what was imported, a copy and another person's installation ask once", async () => {
  const images = join(room, "images");
  mkdirSync(images);
  for (const name of readdirSync(join(sample, "S2_L2A_10m")).slice(0, 2))
    cpSync(join(sample, "S2_L2A_10m", name), join(images, name));
  const mine = join(room, "mine");
  const settings = join(room, "settings of mine");
  const openWith = async (folder: string, from: string) => {
    const outsideOf = new TrustedFolders(from);
    return projectFolders({ appVersion, outside: outsideOf })["project.open"]({ folder, purpose: "a test" });
  };
  const first = await projectFolders({ appVersion, outside: new TrustedFolders(settings) })["project.create"]({
    folder: mine,
    area: { like: join(images, readdirSync(images)[0]!) },
  });
  await services({ catalog: first, appVersion, runJob, announce: () => {} })["rasters.import"]({ paths: [images] });
  expect(first.withheld()).toEqual([]);
  first.close();

  const again = await openWith(mine, settings);
  expect(again.withheld()).toEqual([]);
  expect(again.rasters.list().map(({ state }) => state)).toEqual(["present", "present"]);
  again.close();

  const copy = join(room, "a copy of mine");
  cpSync(mine, copy, { recursive: true });
  for (const [folder, from] of [
    [copy, settings],
    [mine, join(room, "settings of another")],
  ] as const) {
    const foreign = await openWith(folder, from);
    expect(foreign.withheld()).toEqual([{ folder: images, files: 2, names: expect.any(Array) }]);
    expect(foreign.rasters.list().map(({ state }) => state)).toEqual(["missing", "missing"]);
    // What is withheld goes back into the catalog as it was.
    const [acquisition] = foreign.acquisitions.list();
    foreign.acquisitions.put(acquisition!);
    foreign.allowOutside(images);
    expect(foreign.withheld()).toEqual([]);
    foreign.close();
    const later = await openWith(folder, from);
    expect(later.rasters.list().map(({ state }) => state)).toEqual(["present", "present"]);
    later.close();
  }
});

test("a project that this installation opened before it asked keeps what it names, and no more", async () => {
  const images = join(room, "older images");
  mkdirSync(images);
  const image = join(images, "S2_L2A_10m_20190401T105703.tif");
  cpSync(raster("S2_L2A_10m"), image);
  const folder = join(room, "older");
  const made = await projectFolders({ appVersion })["project.create"]({ folder, area: { like: image } });
  await services({ catalog: made, appVersion, runJob, announce: () => {} })["rasters.import"]({ paths: [images] });
  made.close();
  const settings = join(room, "older settings");
  mkdirSync(settings);
  writeFileSync(join(settings, "recent-projects.json"), JSON.stringify([{ folder, name: "older", openedAt: "" }]));
  const open = () =>
    projectFolders({ appVersion, outside: new TrustedFolders(settings) })["project.open"]({
      folder,
      purpose: "a test",
    });
  const first = await open();
  expect(first.withheld()).toEqual([]);
  first.close();
  const sql = Sql.open(join(folder, "project.omniproj"), { readOnly: false });
  sql.run("INSERT INTO vectors (path, name, added_at) VALUES (?, 'x', '')", join(outside, "parcels.gpkg"));
  sql.close();
  const second = await open();
  expect(second.withheld().map((entry) => entry.folder)).toEqual([outside]);
  second.close();
});

test("the specification of a resumed job is untrusted: paths outside, links and names that climb are refused", async () => {
  rmSync(outside, { recursive: true, force: true });
  mkdirSync(outside);
  fillOutside();
  const folder = await hostile("specs", "absolute");
  const sql = Sql.open(join(folder, "project.omniproj"), { readOnly: false });
  sql.run("UPDATE jobs SET folder = 'runs/1-pretrain', kind = 'map' WHERE id = 1");
  sql.close();
  const before = fingerprint(outside);
  const catalog = await projectFolders({ appVersion, outside: new TrustedFolders(join(room, "settings of specs")) })[
    "project.open"
  ]({ folder, purpose: "a test" });
  const all = services({ catalog, appVersion, runJob, announce: () => {} });
  const own = join(folder, "runs/1-pretrain");
  const spec = { kind: "map", folder: own, baseName: "m", modelFolder: own, imagery: { acquisitions: [] }, area: {} };
  asked.length = 0;
  const resumed = async (wrong: object, notes: Readonly<Record<string, string>> = {}) => {
    writeFileSync(join(own, "spec.json"), JSON.stringify({ ...spec, ...wrong }));
    rmSync(join(own, "inputs.json"), { force: true });
    for (const [name, text] of Object.entries(notes)) writeFileSync(join(own, name), text);
    catalog.jobs.interrupt(1, "again", { kind: "paused" });
    await all["jobs.resume"]({ id: 1 });
    return all["jobs.wait"]({ id: 1 }).then(
      () => "ran",
      (error: { code?: string; message: string }) => error.code ?? error.message,
    );
  };
  expect(await resumed({})).toBe("no job runs here");
  expect(await resumed({ modelFolder: join(outside, "models/m") })).toBe("path-withheld");
  expect(await resumed({ modelFolder: "../../outside/models/m" })).toBe("job-spec-damaged");
  expect(await resumed({ imagery: { acquisitions: [{ bands: [{ path: join(outside, "image.tif") }] }] } })).toBe(
    "path-withheld",
  );
  expect(await resumed({ imagery: { acquisitions: [{ bands: [{ path: join(own, "image.tif") }] }] } })).toBe(
    "job-spec-damaged",
  );
  expect(await resumed({ baseName: "../../../outside/maps/m/x" })).toBe("job-spec-damaged");
  expect(await resumed({ outputPath: join(outside, "secret.txt") })).toBe("path-withheld");
  expect(await resumed({ kind: "pretrain" })).toBe("job-spec-damaged");
  // The notes about its inputs come from the attacker too.
  for (const notes of ["[", "{}", "[1]", "[]", '[{"bytes":"x"}]', "[null,null]"])
    expect(await resumed({}, { "inputs.json": notes })).toBe("job-spec-damaged");
  symlinkSync(join(outside, "log.txt"), join(own, "checkpoint.safetensors"));
  expect(await resumed({})).toBe("project-link-outside");
  expect(asked).toHaveLength(1);
  catalog.close();
  expect(fingerprint(outside)).toEqual(before);
});
