import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { AppError } from "../../../src-shared/errors/index.ts";
import { type Catalog, createCatalog, openCatalog } from "../../catalog/index.ts";
import { services } from "../services.ts";
import { readClassTable } from "./classes.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-labels-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const appVersion = "0.0.0";

// 100 x 100 patches of 10 m, in UTM 31N.
const [west, north] = [500_000, 5_650_000];
const settings = {
  name: "labels",
  grid: {
    geobox: { crs: "EPSG:32631", width: 100, height: 100, affine: { a: west, b: 10, c: 0, d: north, e: 0, f: -10 } },
    patchMeters: 10,
    tilePatches: 6,
  },
};
const box = (col: number, row: number, width = 4, height = width): [number, number][][][] => {
  const [x, y] = [west + 10 * col, north - 10 * row];
  const [right, low] = [x + 10 * width, y - 10 * height];
  return [
    [
      [
        [x, y],
        [x, low],
        [right, low],
        [right, y],
        [x, y],
      ],
    ],
  ];
};

let catalog: Catalog;
let all: ReturnType<typeof services>;
let legend: number;
const open = () =>
  services({ catalog, appVersion, announce: () => {}, runJob: () => Promise.reject(new Error("no jobs")) });

beforeEach(async () => {
  const folder = mkdtempSync(join(room, "project-"));
  rmSync(folder, { recursive: true });
  catalog = createCatalog(folder, settings, { purpose: "a test", appVersion });
  all = open();
  const classes = [
    { code: 1, name: "wheat", color: "#edc948" },
    { code: 2, name: "maize", color: "#f28e2b" },
  ];
  legend = (await all["legends.create"]({ name: "crops", classes })).id;
});

const draw = async (classCode: number, ...shapes: [number, number][][][][]) =>
  (await all["labels.add"]({ labels: shapes.map((coordinates) => ({ classCode, coordinates })) })).ids;
const labels = async () => (await all["labels.list"]({})).labels;
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: AppError) => error.message,
  );

test("a drawn label knows its patches and hectares, undo takes it back, also after reopening", async () => {
  const [id] = await draw(1, box(10, 10, 4, 3));
  expect(await labels()).toMatchObject([{ id, classCode: 1, patches: 12, hectares: 0.12 }]);
  const { folder } = catalog;
  catalog.close();
  catalog = openCatalog(folder, { purpose: "a test", appVersion });
  all = open();
  expect(await all["edits.undo"]({})).toMatchObject({ name: { key: "labels.add", params: { count: 1 } } });
  expect(await labels()).toEqual([]);
  await all["edits.redo"]({});
  expect(await labels()).toMatchObject([{ id, patches: 12 }]);
  catalog.close();
});

test("a point labels the patch it lies in", async () => {
  await all["labels.add"]({ labels: [{ classCode: 2, point: [west + 57, north - 23] }] });
  const [label] = await labels();
  expect(label).toMatchObject({ patches: 1, hectares: 0.01, properties: { drawn: "point" } });
  expect(label!.coordinates[0]![0]).toContainEqual([west + 50, north - 20]);
});

test("an outline that crosses itself, or lies outside, is refused with its sentence and changes nothing", async () => {
  const bow: [number, number][][][] = [
    [
      [
        [west, north],
        [west + 50, north - 50],
        [west + 50, north],
        [west, north - 50],
        [west, north],
      ],
    ],
  ];
  expect(await refusal(draw(1, bow))).toMatch(/cannot be used: its outline crosses itself near/);
  expect(await refusal(draw(1, box(-50, -50)))).toMatch(/outside of the project's area/);
  expect(await refusal(draw(9, box(1, 1)))).toMatch(/no class 9/);
  expect(await labels()).toEqual([]);
  expect((await all["edits.list"]({})).undo?.name.key).toBe("legends.create");
});

test("polygons are reshaped, moved, divided, merged and cut, each as one step", async () => {
  const [id] = await draw(1, box(10, 10));
  await all["labels.update"]({ labels: [{ id: id!, coordinates: box(10, 10, 6) }] });
  await all["labels.move"]({ ids: [id!], dx: 100, dy: 0 });
  const line: [number, number][] = [
    [west + 230, north],
    [west + 230, north - 500],
  ];
  const { ids } = await all["labels.divide"]({ ids: [id!], line });
  expect((await labels()).map(({ patches }) => patches)).toEqual([18, 18]);
  await all["labels.merge"]({ ids });
  expect((await labels()).map(({ patches }) => patches)).toEqual([36]);
  await all["labels.cut"]({ ids: [id!], coordinates: box(22, 12, 2) });
  expect((await labels()).map(({ patches, hectares }) => [patches, hectares])).toEqual([[32, 0.32]]);
  for (const patches of [[36], [18, 18], [36], [36], [16], []]) {
    await all["edits.undo"]({});
    expect((await labels()).map((label) => label.patches)).toEqual(patches);
  }
  expect(await refusal(all["labels.divide"]({ ids: [id!], line }))).toMatch(/removed meanwhile/);
});

test("a window learns what changed, whoever changed it, also by undo", async () => {
  const [first, second] = await draw(1, box(0, 0), box(20, 0));
  const { version } = await all["labels.list"]({});
  await all["labels.setClass"]({ ids: [first!], classCode: 2 });
  await all["labels.remove"]({ ids: [second!] });
  const changes = await all["labels.changes"]({ legendId: legend, since: version });
  expect(changes).toMatchObject({ labels: [{ id: first, classCode: 2 }], removed: [second] });
  await all["edits.undo"]({});
  const later = await all["labels.changes"]({ legendId: legend, since: changes!.version });
  expect(later).toMatchObject({ labels: [{ id: second }], removed: [] });
});

test("what is the matter is listed: overlaps of classes, doubles, tiny ones, half outside, out of season", async () => {
  const [wheat, maize] = [await draw(1, box(10, 10), box(12, 12)), await draw(2, box(13, 10))];
  const [tiny] = await draw(1, [
    [
      [
        [west + 501, north - 501],
        [west + 501, north - 504],
        [west + 504, north - 504],
        [west + 501, north - 501],
      ],
    ],
  ]);
  const [edge] = await draw(2, box(98, 50));
  const problems = await all["labels.problems"]({});
  const told = problems.map(({ label, kind, other, hectares }) => [kind, label, other, hectares]);
  expect(told).toContainEqual(["overlap", wheat[0], maize[0], 0.04]);
  expect(told).toContainEqual(["overlap", wheat[1], maize[0], 0.06]);
  expect(told).toContainEqual(["double", wheat[0], wheat[1], 0.04]);
  expect(told.map(([kind, label]) => [kind, label])).toContainEqual(["tiny", tiny]);
  expect(told.map(([kind, label]) => [kind, label])).toContainEqual(["partly-outside", edge]);
  expect(problems).toHaveLength(5);
});

test("what is drawn after a split joins it: the set of its block, or one drawn for a new block", async () => {
  for (let col = 0; col < 96; col += 12) await draw(1 + ((col / 12) % 2), box(col, 0), box(col, 48));
  const report = await all["labels.split"]({ blockMeters: 120 });
  expect(report.missing.filter(({ part }) => part !== "validation")).toEqual([]);
  const { blocks } = await all["labels.splitState"]({});
  expect(blocks).toHaveLength(16);
  const before = await all["labels.parts"]({});
  const [near] = await draw(1, box(1, 1, 2));
  const own = (sets: typeof before, id: number) => Object.entries(sets).find(([, ids]) => ids.includes(id))?.[0];
  const after = await all["labels.parts"]({});
  const [first] = await labels();
  expect(own(after, near!)).toBe(own(before, first!.id));
  const [far] = await draw(1, box(40, 90));
  expect(["train", "validation", "test"]).toContain(own(await all["labels.parts"]({}), far!));
  expect((await all["labels.splitState"]({})).unassigned).toBe(0);
  // Another split takes the place of one that no run was made with, and undo brings the first back.
  await all["labels.split"]({ blockMeters: 240, seed: 3 });
  expect(catalog.splits.list()).toHaveLength(1);
  await all["edits.undo"]({});
  expect((await all["labels.splitState"]({})).blockMeters).toBe(120);
});

test("cross-validation: each label tests in one fold, the split says so, and what is drawn later joins by the folds' shares", async () => {
  for (let col = 0; col < 48; col += 4) await draw(1 + ((col / 4) % 2), box(col, 0, 3));
  const tested: number[] = [];
  for (const fold of [1, 2, 3]) {
    const split = await all["labels.split"]({ method: "polygons", folds: 3, fold });
    expect(split.parameters).toMatchObject({ folds: 3, fold, shares: { train: 1 / 3, test: 1 / 3 } });
    tested.push(...((await all["labels.parts"]({})).test ?? []));
  }
  expect(tested.toSorted((p, q) => p - q)).toEqual((await labels()).map(({ id }) => id).toSorted((p, q) => p - q));
  expect((await all["labels.splitState"]({})).split?.parameters).toMatchObject({ folds: 3, fold: 3 });
  await draw(1, box(0, 20));
  expect((await all["labels.splitState"]({})).unassigned).toBe(0);
  expect(await refusal(all["labels.split"]({ method: "random", folds: 3 }))).toMatch(/folds need blocks or polygons/);
  expect(await refusal(all["labels.split"]({ folds: 3, fold: 4 }))).toMatch(/fold is larger than folds/);
});

test("labels that are true at no date of the imagery do not train, and are counted", async () => {
  catalog.acquisitions.put({
    id: "a",
    sensor: "sentinel-2",
    date: "2019-04-01",
    pieces: [],
  });
  for (let col = 0; col < 48; col += 4) await draw(1 + ((col / 4) % 2), box(col, 0, 3));
  const list = await labels();
  await all["labels.setValidity"]({ ids: [list[0]!.id, list[1]!.id], validFrom: null, validTo: "2018-12-31" });
  await all["labels.setValidity"]({ ids: [list[2]!.id], validFrom: "2019-01-01", validTo: "2019-12-31" });
  await all["labels.split"]({ method: "polygons" });
  expect((await all["labels.input"]({})).polygons).toHaveLength(10);
  expect(await all["labels.summary"]({})).toMatchObject({
    labels: 12,
    patches: 108,
    outOfSeason: 2,
    season: { from: "2019-04-01" },
  });
  const wrong = all["labels.setValidity"]({ ids: [list[0]!.id], validFrom: "2020-01-01", validTo: "2019-01-01" });
  expect(await refusal(wrong)).toMatch(/Swap the two dates/);
});

test("an import is looked at first, then done in one step with colours, groups and dates", {
  tags: ["gdal"],
}, async () => {
  const path = join(sample, "parcels.gpkg");
  const project = mkdtempSync(join(room, "flanders-"));
  rmSync(project, { recursive: true });
  const { geobox } = JSON.parse(gridOf(join(sample, "labels_10m.tif"))) as { geobox: typeof settings.grid.geobox };
  catalog = createCatalog(
    project,
    { ...settings, grid: { ...settings.grid, geobox } },
    { purpose: "a test", appVersion },
  );
  all = open();
  const file = await all["labels.inspect"]({ path });
  expect(file).toMatchObject({ shapes: 48, polygons: 48, crs: "EPSG:32631", suggestedField: "class_name" });
  const request = {
    path,
    field: "class_name",
    classes: { "winter wheat": "Wheat", maize: "Maize", "permanent grass": null },
    unmapped: "ignore" as const,
    looks: { Wheat: { color: "#e0b13a", parent: "Cereals" }, Maize: { color: "#f28e2b", parent: "Cereals" } },
    legend: "Flanders",
    validFrom: "2018-10-01",
    validTo: "2019-09-30",
  };
  const preview = await all["labels.previewImport"](request);
  expect(preview.used + preview.dropped.length).toBe(48);
  expect((await labels()).length).toBe(0);
  const { report, legendId } = await all["labels.import"](request);
  expect(report).toEqual(preview);
  const { active, legends } = await all["legends.list"]({});
  expect(active).toBe(legendId);
  expect(legends.find(({ id }) => id === legendId)).toMatchObject({
    labels: report.used,
    classes: [{ name: "Wheat", color: "#e0b13a", parent: "Cereals" }, { name: "Maize" }],
  });
  expect((await labels())[0]).toMatchObject({ validFrom: "2018-10-01", validTo: "2019-09-30" });
  await all["edits.undo"]({});
  expect((await all["legends.list"]({})).legends).toEqual([]);
});

test("classes are renamed, renumbered with their labels, and removed only when their labels go elsewhere", async () => {
  const [id] = await draw(1, box(3, 3));
  await all["legends.updateClass"]({ id: legend, code: 1, newCode: 7, name: "winter wheat", parent: "cereals" });
  expect((await labels())[0]).toMatchObject({ id, classCode: 7 });
  await all["edits.undo"]({});
  expect((await labels())[0]!.classCode).toBe(1);
  expect(await refusal(all["legends.addClass"]({ id: legend, name: "Maize" }))).toMatch(/already a class “maize”/);
  expect(await refusal(all["legends.removeClass"]({ id: legend, code: 1 }))).toMatch(/1 label has the class “wheat”/);
  await all["legends.removeClass"]({ id: legend, code: 1, moveTo: 2 });
  expect((await labels())[0]!.classCode).toBe(2);
  await all["legends.remove"]({ id: legend });
  expect(await labels()).toEqual([]);
  await all["edits.undo"]({});
  expect((await labels())[0]).toMatchObject({ id, classCode: 2 });
});

test("what a field keeps for training alone trains, is named, and is missed in no set; the field is proposed and its words are kept", async () => {
  for (let i = 0; i < 6; i++) await draw(1, box(4 + 16 * i, 10));
  await draw(2, box(4, 60), box(40, 60));
  for (const { id, classCode } of await labels()) {
    const word = classCode === 2 ? "train_only" : id % 2 === 0 ? "test" : "zone A";
    await all["labels.setProperties"]({ ids: [id], properties: { parcel_id: id, split: word } });
  }
  expect(await all["labels.splitState"]({})).toMatchObject({ splitField: "split", fields: ["split", "parcel_id"] });
  expect(await refusal(all["labels.split"]({ method: "field", field: "split" }))).toMatch(/zone A/);
  const parts = { "zone A": "train" } as const;
  const split = await all["labels.split"]({ method: "field", field: "split", parts });
  expect(split.notes).toContainEqual({ kind: "train-only", labels: 2, classCodes: [2] });
  expect(split.missing).toEqual([]);
  expect(split.counts.filter(({ classCode }) => classCode === 2)).toMatchObject([{ part: "train", items: 2 }]);
  expect((await all["labels.splitState"]({})).split).toMatchObject({ missing: [], parameters: { parts } });
  // Told that they train like any others, the class is missed where it does not test.
  const told = await all["labels.split"]({ method: "field", field: "split", parts: { ...parts, train_only: "train" } });
  expect(told.missing).toContainEqual({ classCode: 2, part: "test" });
  await all["labels.split"]({ method: "field", field: "split", parts: { "zone A": "train-only" } });
  expect((await all["labels.splitState"]({})).split?.parameters.parts).toEqual({ "zone A": "train-only" });
});

test("each legend has a split of its own: a second one inherits none, and making its own leaves the first one's alone", async () => {
  for (let i = 0; i < 6; i++) await draw(1 + (i % 2), box(4 + 16 * i, 10));
  for (const { id, classCode } of await labels())
    await all["labels.setProperties"]({ ids: [id], properties: { set: id % 3 === 0 ? "test" : "train", classCode } });
  const first = await all["labels.split"]({ method: "field", field: "set" });
  const second = (await all["legends.create"]({ name: "trees", classes: [{ code: 1, name: "oak", color: "#008800" }] }))
    .id;
  const [oak] = await draw(1, box(10, 40));
  await draw(1, box(40, 40), box(70, 40), box(70, 70));
  expect(await all["labels.splitState"]({})).toMatchObject({ split: null, unassigned: 0, fields: [] });
  expect((await all["project.describe"]({})).split).toBeNull();
  const parts = await all["labels.parts"]({});
  expect(Object.values(parts).flat()).toEqual([]);
  expect(catalog.splits.parts(first.id).has(oak!)).toBe(false);
  const own = await all["labels.split"]({ method: "polygons", tooFew: "train" });
  await all["legends.activate"]({ id: legend });
  expect((await all["labels.splitState"]({})).split).toMatchObject({ id: first.id, method: "field" });
  await all["legends.activate"]({ id: second });
  expect((await all["labels.splitState"]({})).split).toMatchObject({ id: own.id, method: "polygons" });
  // A label of the first legend still joins its own split while the second one is active.
  await all["labels.add"]({
    legendId: legend,
    labels: [{ classCode: 1, coordinates: box(90, 90), properties: { set: "test" } }],
  });
  await all["legends.activate"]({ id: legend });
  expect((await all["labels.splitState"]({})).unassigned).toBe(0);
  catalog.close();
});

test("legends go to files and come back, and others' files are understood", async () => {
  for (const ending of ["csv", "json", "qml", "sld"]) {
    const path = join(room, `legend.${ending}`);
    await all["legends.updateClass"]({ id: legend, code: 1, parent: "a, b", source: "1110" });
    await all["legends.export"]({ id: legend, path });
    const made = await all["legends.import"]({ path });
    const read = (await all["legends.list"]({})).legends.find(({ id }) => id === made.id)!;
    expect(read.classes.map(({ code, name, color }) => [code, name, color])).toEqual([
      [1, "wheat", "#edc948"],
      [2, "maize", "#f28e2b"],
    ]);
    if (ending === "csv" || ending === "json")
      expect(read.classes[0]).toMatchObject({ parent: "a, b", source: "1110" });
  }
  const table = join(room, "table.csv");
  writeFileSync(table, "\uFEFFvaleur;nom;couleur\r\n900;Colza;#D4C400\r\n3;Orge;\r\n");
  const { id } = await all["legends.import"]({ path: table });
  const { classes } = (await all["legends.list"]({})).legends.find((one) => one.id === id)!;
  expect(classes).toMatchObject([
    { code: 1, name: "Colza", color: "#d4c400" },
    { code: 3, name: "Orge" },
  ]);
  writeFileSync(table, "a,b\n1,2\n");
  expect(await refusal(all["legends.import"]({ path: table }))).toMatch(/needs a heading/);
});

test("a table of classes is read as every other table: quotes, any separator and letters, with a heading or without", () => {
  const read = (name: string, content: string | Buffer) => {
    writeFileSync(join(room, name), content);
    return readClassTable(join(room, name));
  };
  expect(read("commas.csv", 'value,class\n1,"Wheat, winter"\n2,ignore\n3,\n')).toEqual({
    1: "Wheat, winter",
    2: null,
    3: null,
  });
  expect(read("western.txt", Buffer.from("10;Forêt\n20;Blé, d’hiver\n".replace("’", "'"), "latin1"))).toEqual({
    10: "Forêt",
    20: "Blé, d'hiver",
  });
  expect(read("bars.csv", "1|oak\n2|pine\n")).toEqual({ 1: "oak", 2: "pine" });
  expect(() => readClassTable(room)).toThrow(expect.objectContaining({ code: "file-missing" }));
});

test("the ready legends are complete in both languages, their codes are bytes", async () => {
  const ready = await all["legends.ready"]({});
  expect(ready.map(({ id, classes }) => [id, classes.length])).toEqual([
    ["crops", 18],
    ["trees", 18],
    ["corine", 44],
    ["worldcover", 11],
    ["flair", 19],
  ]);
  for (const { classes } of ready) {
    for (const language of ["en", "fr"] as const)
      expect(new Set(classes.map(({ name }) => name[language])).size).toBe(classes.length);
    for (const { code, color } of classes) {
      expect(code).toBeGreaterThan(0);
      expect(code).toBeLessThan(255);
      expect(color).toMatch(/^#[0-9a-f]{6}$/);
    }
  }
  const corine = ready.find(({ id }) => id === "corine")!.classes;
  expect(corine.find(({ official }) => official === "512")).toMatchObject({ code: 41, color: "#80f2e6" });
});

/** The grid of a raster as GDAL sees it. */
function gridOf(path: string): string {
  const { size, geoTransform } = JSON.parse(execFileSync("gdalinfo", ["-json", path]).toString()) as {
    size: number[];
    geoTransform: number[];
  };
  const [a, b, , d, , f] = geoTransform;
  return JSON.stringify({
    geobox: { crs: "EPSG:32631", width: size[0], height: size[1], affine: { a, b, c: 0, d, e: 0, f } },
  });
}
