import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { AreaEstimate } from "../../../src-shared/ipc/areas.ts";
import { type Catalog, createCatalog, openCatalog } from "../../catalog/index.ts";
import { writeClassMap } from "../../jobs/fixtures/class-map.ts";
import { estimateAreas } from "../../learning/metrics/estimated-areas.ts";
import { services } from "../services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-areas-"));
const geobox = { crs: "EPSG:32631", affine: northUp(574_680, 5_622_440, 10, 10), width: 100, height: 80 };
const legend = [
  { code: 1, name: "=forest", color: "#006600" },
  { code: 2, name: "field", color: "#cccc00" },
  { code: 7, name: "water", color: "#0000ff" },
];
/** A tenth of the columns has no map; water is rare. */
const mapped = (col: number, row: number) => (col >= 90 ? 0 : col < 6 && row < 20 ? 7 : col < 60 ? 2 : 1);
/** What is truly there: the border between field and forest lies five columns further west. */
const truth = (col: number, row: number) => (col < 6 && row < 20 ? 7 : col < 55 ? 2 : 1);

let catalog: Catalog;
let all: ReturnType<typeof services>;

async function addMap(
  name: string,
  classOf: (col: number, row: number) => number,
  box = geobox,
  classes = legend,
): Promise<number> {
  const folder = join(catalog.folder, "maps", name);
  mkdirSync(folder, { recursive: true });
  const files = await writeClassMap(join(folder, name), box, classes, classOf);
  const pixels: Record<string, number> = {};
  for (let row = 0; row < box.height; row++)
    for (let col = 0; col < box.width; col++) {
      const code = classOf(col, row);
      if (code > 0) pixels[code] = (pixels[code] ?? 0) + 1;
    }
  return catalog.maps.add({ name, modelId: null, jobId: null, modalities: ["s2"], area: box, files: { ...files, probabilitiesPath: null, qmlPath: join(folder, "a.qml"), sldPath: join(folder, "a.sld"), sidecarPaths: [], tiles: 1, seconds: 1, pixels } }); // biome-ignore format: one row
}

beforeAll(async () => {
  catalog = createCatalog(
    join(room, "project"),
    { name: "areas", grid: { geobox, patchMeters: 10, tilePatches: 4 } },
    { purpose: "a test", appVersion: "0" },
  );
  all = services({ catalog, appVersion: "0", runJob: () => Promise.reject(new Error("no job")), announce: () => {} });
  await addMap("first", mapped);
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

/** Answers every place with what is truly there, but leaves those that `skip` names. */
function answerTruly(id: number, skip: (position: number) => boolean = () => false): void {
  catalog.transaction(() => {
    for (const { position, col, row } of catalog.areaSamples.units(id))
      if (!skip(position)) catalog.areaSamples.answer(id, position, truth(col, row));
  });
}

test("a stratified sample has the wanted places of each class, none where the map has no class, and the same again with its seed", async () => {
  const wish = { map: 1, units: 200, minimum: 40 } as const;
  const planned = await all["areas.plan"](wish);
  expect(planned.classes.map(({ units }) => units)).toEqual([54, 106, 40]);
  expect(planned.classes.map(({ hectares }) => hectares.toFixed(1))).toEqual(["24.0", "46.8", "1.2"]);
  const one = await all["areas.draw"]({ ...wish, seed: 5 });
  const units = catalog.areaSamples.units(one.id);
  expect(units.length).toBe(200);
  expect(new Set(units.map(({ col, row }) => `${col} ${row}`)).size).toBe(200);
  for (const { col, row, stratum } of units) expect(mapped(col, row)).toBe(stratum);
  expect(legend.map(({ code }) => units.filter(({ stratum }) => stratum === code).length)).toEqual([54, 106, 40]);
  const again = await all["areas.draw"]({ ...wish, seed: 5 });
  expect(catalog.areaSamples.units(again.id)).toEqual(units);
  const other = await all["areas.draw"]({ ...wish, seed: 6 });
  expect(catalog.areaSamples.units(other.id)).not.toEqual(units);
  for (const { id } of [again, other]) await all["areas.remove"]({ id });
  // What is shown to the person holds no word of the map.
  const { places } = await all["areas.places"]({ id: one.id });
  expect(Object.keys(places[0]!).sort()).toEqual(["answer", "position", "x", "y"]);
  expect(places[3]).toMatchObject({
    x: 574_680 + 10 * (units[3]!.col + 0.5),
    y: 5_622_440 - 10 * (units[3]!.row + 0.5),
  });
});

test("each pixel of a class is drawn equally often, by every method", async () => {
  for (const method of ["simple", "stratified", "systematic"] as const) {
    const columns = new Array<number>(10).fill(0);
    let drawn = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const { id } = await all["areas.draw"]({ map: 1, method, units: 90, minimum: 0, seed });
      for (const { col } of catalog.areaSamples.units(id)) columns[Math.floor(col / 10)]! += 1;
      drawn += catalog.areaSamples.units(id).length;
      await all["areas.remove"]({ id });
    }
    expect(columns[9]).toBe(0);
    // A ninth of the places each, five standard deviations at most.
    const share = drawn / 9;
    for (const count of columns.slice(0, 9)) expect(Math.abs(count - share)).toBeLessThan(5 * Math.sqrt(share));
  }
});

test("a grid has about as many places as were asked for, also where its spacing is no whole number", async () => {
  for (const units of [2500, 3000, 700]) {
    const { id, places, design } = await all["areas.draw"]({ map: 1, method: "systematic", units, seed: 3 });
    expect(Math.abs(places / units - 1)).toBeLessThan(0.05);
    expect(design.spacing).toBeCloseTo(Math.sqrt(7200 / units), 9);
    await all["areas.remove"]({ id });
  }
});

test("a grid that meets no pixel, a sample beyond all answering and a name that is taken are one sentence each, before the map is read", async () => {
  const few = await addMap("few", (col, row) => (col % 11 === 5 && row === col ? 2 : 0));
  const codes = new Set<string>();
  for (let seed = 1; seed <= 12; seed++)
    await all["areas.draw"]({ map: few, method: "systematic", units: 1, seed }).then(
      () => codes.add("drawn"),
      (error: { code: string }) => codes.add(error.code),
    );
  expect([...codes].sort()).toEqual(["drawn", "sample-missed-map"]);
  const huge = { ...geobox, affine: northUp(574_680, 5_622_440, 1, 1), width: 1200, height: 1000 };
  const large = await addMap("large", () => 2, huge);
  await expect(all["areas.draw"]({ map: large, error: 0.001 })).rejects.toMatchObject({
    code: "sample-too-large",
    details: { most: 100_000 },
  });
  await expect(all["areas.draw"]({ map: 1, name: "first" })).rejects.toMatchObject({ code: "sample-exists" });
  for (const sample of await all["areas.list"]({}))
    if (sample.name !== "first") await all["areas.remove"]({ id: sample.id });
});

test("the estimate is that of Olofsson et al. 2014, and its interval holds the truth that the map misses", async () => {
  const sample = catalog.areaSamples.list()[0]!;
  const { id } = sample;
  answerTruly(id, (position) => position % 10 === 0);
  for (let position = 10; position <= 200; position += 10) await all["areas.answer"]({ id, position, answer: -1 });
  const found = await all["areas.estimate"]({ id });
  expect(found).toMatchObject({ used: 180, missing: [], another: false, sample: { answered: 200, cannotTell: 20 } });
  const counts = found.matrix.slice(0, 3).map((row) => [...row]);
  const paper = estimateAreas(
    counts,
    sample.design.strata.map(({ pixels }) => pixels),
    found.hectares,
  );
  if (!("classes" in paper)) throw new Error("nothing estimated");
  found.classes.forEach(({ hectares }, k) => {
    expect(hectares!.value).toBeCloseTo(paper.classes[k]!.area, 9);
    // Narrower by the share of the class that was sampled.
    expect(hectares!.error).toBeLessThanOrEqual(paper.classes[k]!.error + 1e-9);
  });
  // A class of which no answer differs: its ± 0 is no interval.
  for (const [k, { usersAccuracy, noErrorIn }] of found.classes.slice(0, 3).entries()) {
    const places = counts[k]!.reduce((sum, count) => sum + count, 0);
    expect(noErrorIn).toBe(usersAccuracy!.value === 1 ? places : null);
  }
  expect(found.classes.map(({ noErrorIn }) => noErrorIn !== null)).toContain(true);
  const forest = found.classes[0]!;
  expect(forest.mappedHectares).toBeCloseTo(24, 1);
  expect(Math.abs(forest.hectares!.value - 28)).toBeLessThan(forest.hectares!.error);
  const { corrected } = await all["maps.describe"]({ id: 1 });
  expect(corrected).toMatchObject({
    runId: null,
    samples: 180,
    sample: { name: "first", places: 200, cannotTell: 20, open: 0 },
  });
  expect(corrected!.classes[0]!.hectares).toBeCloseTo(forest.hectares!.value, 9);
});

test("answers teach nothing: they are in no list of labels, and in no input of a training", async () => {
  expect(await all["labels.list"]({})).toMatchObject({ labels: [] });
  await expect(all["labels.input"]({})).rejects.toMatchObject({ code: "no-labels" });
});

test("a class of the map that nobody can tell is left out in words, and the others are estimated", async () => {
  const { id } = await all["areas.draw"]({ map: 1, units: 120, minimum: 20, seed: 9 });
  const [, , rare] = catalog.areaSamples.get(id).design.strata;
  answerTruly(id);
  const rares = catalog.areaSamples.units(id).filter(({ stratum }) => stratum === rare!.code);
  catalog.transaction(() => {
    for (const { position } of rares) catalog.areaSamples.answer(id, position, -1);
    // While one of them is open, an answer may come.
    catalog.areaSamples.answer(id, rares[0]!.position, null);
  });
  expect(await all["areas.estimate"]({ id })).toMatchObject({ missing: [rare!.name], untold: [] });
  await all["areas.answer"]({ id, position: rares[0]!.position, answer: -1 });
  const { untold, missing, hectares, overallAccuracy, classes } = await all["areas.estimate"]({ id });
  expect(missing).toEqual([]);
  expect(untold).toEqual([{ name: rare!.name, hectares: expect.closeTo(1.2, 1) }]);
  expect(hectares).toBeCloseTo(70.8, 1);
  expect(classes.reduce((sum, own) => sum + own.hectares!.value, 0)).toBeCloseTo(hectares, 6);
  expect(overallAccuracy!.value).toBeGreaterThan(0.5);
  expect((await all["maps.describe"]({ id: 1 })).corrected?.sample?.name).not.toBe(catalog.areaSamples.get(id).name);
  await all["areas.remove"]({ id });
});

test("places of a simple and of a systematic sample are divided by the map's classes afterwards", async () => {
  for (const method of ["simple", "systematic"] as const) {
    const { id, places } = await all["areas.draw"]({ map: 1, method, units: 400, seed: 2 });
    answerTruly(id);
    const found = await all["areas.estimate"]({ id });
    expect(found.used).toBe(places);
    expect(found.missing).toEqual([]);
    const forest = found.classes[0]!;
    expect(Math.abs(forest.hectares!.value - 28)).toBeLessThan(1.5 * forest.hectares!.error);
    // With few answers no class can be a stratum of its own: all of the map is one then.
    catalog.transaction(() => {
      for (const { position } of catalog.areaSamples.units(id).slice(12))
        catalog.areaSamples.answer(id, position, null);
    });
    const few = await all["areas.estimate"]({ id });
    expect([few.used, few.missing]).toEqual([12, []]);
    await all["areas.remove"]({ id });
  }
});

test("another map is assessed with the same places by Stehman 2014, with classes matched by name", async () => {
  const { id } = catalog.areaSamples.list()[0]!;
  // Half as large, on a grid that is finer, with another code for water and a class of its own.
  const finer = { ...geobox, affine: northUp(574_680, 5_622_440, 5, 5), width: 100, height: 160 };
  const classes = [
    { code: 3, name: "Water", color: "#0000ff" },
    { code: 4, name: "field", color: "#cccc00" },
    { code: 5, name: "road", color: "#333333" },
  ];
  const other = await addMap(
    "second",
    (col, row) => (col < 12 && row < 40 ? 3 : row % 50 === 0 ? 5 : 4),
    finer,
    classes,
  );
  const found: AreaEstimate = await all["areas.estimate"]({ id, map: other });
  const units = catalog.areaSamples.units(id).filter(({ answer }) => answer !== -1);
  expect(found).toMatchObject({ another: true, used: 180, map: { name: "second" } });
  expect(found.unmapped).toBe(units.filter(({ col }) => col >= 50).length);
  expect(found.classes[2]).toMatchObject({
    name: "water",
    noErrorIn: null,
    usersAccuracy: { value: 1, error: 0 },
    producersAccuracy: { value: 1 },
  });
  expect(found.classes[0]).toMatchObject({ usersAccuracy: null, producersAccuracy: null });
  expect(found.classes[0]!.hectares!.value).toBeCloseTo(
    (await all["areas.estimate"]({ id })).classes[0]!.hectares!.value,
    9,
  );
  const far = await addMap("far", () => 4, { ...finer, affine: northUp(0, 0, 5, 5) }, classes);
  await expect(all["areas.estimate"]({ id, map: far })).rejects.toMatchObject({ code: "sample-apart-from-map" });
});

test("a colleague answers elsewhere: the file holds no word of the map, and comes back", {
  tags: ["gdal"],
}, async () => {
  const { id } = catalog.areaSamples.list()[0]!;
  for (const end of ["gpkg", "csv"]) {
    const path = join(room, `places.${end}`);
    await all["areas.export"]({ id, to: path });
    const info = execFileSync("ogrinfo", ["-al", "-so", path], { encoding: "utf8" });
    expect(info).toMatch(/Feature Count: 200/);
    const columns = [...info.matchAll(/^(\w+): (?:String|Integer|Real)/gm)].map(([, name]) => name).toSorted();
    const shown = ["answer", "choices", "latitude", "longitude", "place", "sample"];
    expect(columns).toEqual(end === "csv" ? [...shown, "x", "y"] : shown);
    const before = catalog.areaSamples.units(id);
    expect(await all["areas.import"]({ id, path })).toEqual({ answered: 0, same: 200, kept: 0, open: 0 });
    for (const position of [1, 2, 3]) await all["areas.answer"]({ id, position, answer: position === 3 ? 0 : null });
    expect(await all["areas.import"]({ id, path })).toEqual({ answered: 2, same: 197, kept: 1, open: 0 });
    expect(await all["areas.import"]({ id, path, replace: true })).toMatchObject({ answered: 1 });
    expect(catalog.areaSamples.units(id)).toEqual(before);
  }
});

test("points without an extension become a GeoPackage, which replaces nothing that was not named", async () => {
  const { id } = catalog.areaSamples.list()[0]!;
  const to = join(room, "points");
  expect(await all["areas.export"]({ id, to, overwrite: true })).toMatchObject({ path: `${to}.gpkg` });
  await expect(all["areas.export"]({ id, to, overwrite: true })).rejects.toMatchObject({ code: "file-exists" });
});

test("answers come back also where a class is called “other” or looks like a formula, and the sample's mark is no number", async () => {
  const classes = [
    { code: 1, name: "Other", color: "#006600" },
    { code: 2, name: "cannot tell", color: "#cccc00" },
    { code: 7, name: "=07", color: "#0000ff" },
  ];
  const map = await addMap("odd names", mapped, geobox, classes);
  const { id } = await all["areas.draw"]({ map, units: 12 });
  for (const [position, answer] of [0, -1, 1, 2, 7].entries())
    await all["areas.answer"]({ id, position: position + 1, answer });
  const before = catalog.areaSamples.units(id);
  for (const end of ["gpkg", "csv"]) {
    const path = join(room, `odd.${end}`);
    await all["areas.export"]({ id, to: path });
    expect(await all["areas.import"]({ id, path })).toMatchObject({ answered: 0, same: 5, kept: 0 });
  }
  expect(catalog.areaSamples.units(id)).toEqual(before);
  // 00123456 and 12e45678 would come back from a spreadsheet as other numbers.
  expect(readFileSync(join(room, "odd.csv"), "utf8").split("\r\n")[1]).toMatch(/^s[0-9a-f]{8},/);
  await all["areas.remove"]({ id });
});

test("answers of another sample, of unknown classes and without columns are one sentence each, and change nothing", async () => {
  const { id } = catalog.areaSamples.list()[0]!;
  const before = catalog.areaSamples.units(id);
  const text = readFileSync(join(room, "places.csv"), "utf8");
  const changed = (name: string, to: string): string => {
    const path = join(room, name);
    writeFileSync(path, to);
    return path;
  };
  const other = await all["areas.draw"]({ map: 1, units: 10, minimum: 2, name: "other one" });
  for (const [path, code, of] of [
    [changed("unknown.csv", text.replace(/,field,/, ",feild,")), "answers-unknown", id],
    [changed("columns.csv", text.replace("answer", "note")), "answers-without-columns", id],
    [changed("place.csv", text.replace(/\r\n(\w+),\d+,/, "\r\n$1,900,")), "answers-of-another-sample", id],
    [join(room, "places.csv"), "answers-of-another-sample", other.id],
    [changed("text.csv", "hello"), undefined, id],
    [join(room, "nothing.gpkg"), undefined, id],
  ] as const) {
    const error = await all["areas.import"]({ id: of, path }).then(() => undefined, (thrown: Error) => thrown); // biome-ignore format: one line
    expect(error).toMatchObject({ name: "AppError", ...(code ? { code } : {}) });
  }
  expect(catalog.areaSamples.units(id)).toEqual(before);
  for (const [request, code] of [
    [{ id, position: 1, answer: 4 }, "sample-answer-unknown"],
    [{ id, position: 201, answer: 1 }, "sample-place-not-found"],
    [{ id: 99, position: 1, answer: 1 }, "sample-not-found"],
  ] as const)
    await expect(all["areas.answer"](request)).rejects.toMatchObject({ code });
  await expect(all["areas.draw"]({ map: 1, name: "other one" })).rejects.toMatchObject({ code: "sample-exists" });
  const empty = await addMap("empty", () => 0);
  await expect(all["areas.draw"]({ map: empty })).rejects.toMatchObject({ code: "sample-of-empty-map" });
});

test("answers outlive the map and the program", async () => {
  const { id } = catalog.areaSamples.list()[0]!;
  const before = await all["areas.estimate"]({ id });
  await all["maps.remove"]({ id: 1 });
  expect(await all["areas.estimate"]({ id })).toEqual({ ...before, map: { id: null, name: "first" }, sample: { ...before.sample, mapId: null } }); // biome-ignore format: one line
  catalog.close();
  catalog = openCatalog(join(room, "project"), { purpose: "a test", appVersion: "0" });
  all = services({ catalog, appVersion: "0", runJob: () => Promise.reject(new Error("no job")), announce: () => {} });
  expect((await all["areas.estimate"]({ id })).overallAccuracy).toEqual(before.overallAccuracy);
});
