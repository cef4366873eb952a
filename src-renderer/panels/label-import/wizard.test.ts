import { beforeEach, expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { AnswerOf, ImportReport, LabelFile, ValueCount } from "../../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../../client/fake-program.fixture.ts";
import { Labels } from "../../state/labels.svelte.ts";
import { Selection } from "../../state/selection.svelte.ts";
import { label, legendClass, newProgram, newWindow, some } from "../../state/state.fixture.ts";
import { Wizard } from "./wizard.svelte.ts";

const file = (more: Partial<LabelFile> = {}): LabelFile =>
  some<LabelFile>({
    layer: "fields",
    crs: "EPSG:2154",
    raster: false,
    fields: [some({ name: "crop" } as never), some({ name: "code" } as never)],
    suggestedField: "crop",
    ...more,
  });
const value = (text: string, more: Partial<ValueCount> = {}): ValueCount => ({
  value: text,
  count: 3,
  spellings: [text],
  ...more,
});

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("legends.list", {
      active: 1,
      legends: [
        {
          id: 1,
          name: "Crops",
          labels: 1,
          classes: [legendClass(1, "Wheat"), legendClass(2, "Maize", { source: "1110, s12", parent: "Cereals" })],
        },
        { id: 2, name: "Trees", labels: 0, classes: [legendClass(7, "Oak")] },
      ],
    })
    .on("labels.summary", some<AnswerOf<"labels.summary">>({}))
    .on("labels.splitState", some<AnswerOf<"labels.splitState">>({}))
    .on("labels.parts", some<AnswerOf<"labels.parts">>({}))
    .on("labels.list", { legendId: 1, version: 1, total: 1, labels: [label(1)] })
    .on("labels.inspect", file())
    .on("labels.values", [value("wheat "), value("1110"), value("Barley")]);
});

async function begin(): Promise<Wizard> {
  const window = newWindow(program);
  const labels = new Labels({ ...window, selection: new Selection(window.session) });
  await window.enter();
  return new Wizard({ client: program.client, labels });
}

test("a file is read as it says itself, and with what somebody said where it does not", async () => {
  const wizard = await begin();
  program.on("labels.inspect", file({ crs: null }));
  await wizard.open("/d/Fields 2019.shp");
  expect([wizard.newLegend, wizard.layer, wizard.field, wizard.needsCrs]).toEqual([
    "Fields 2019",
    "fields",
    "crop",
    true,
  ]);
  wizard.crs = "EPSG:2154";
  await wizard.inspect();
  expect(program.requests("labels.inspect").at(-1)).toEqual({
    path: "/d/Fields 2019.shp",
    layer: "fields",
    crs: "EPSG:2154",
  });
  expect(wizard.needsCrs).toBe(false);
});

test("a table that does not say which columns hold the position is read by those that are chosen", async () => {
  const wizard = await begin();
  const path = "/d/flights.csv";
  const choices = [{ x: "start_lon", y: "start_lat" }, { wkt: "line" }];
  program.refuse("labels.inspect", new AppError("table-ambiguous", { path, choices }));
  await wizard.open(path);
  expect([wizard.file, wizard.openColumns]).toEqual([null, { likely: choices, any: [] }]);
  program.on("labels.inspect", file());
  await wizard.readPositionsFrom(choices[0]!);
  expect(program.requests("labels.inspect").at(-1)).toEqual({ path, x: "start_lon", y: "start_lat" });
  await wizard.readPositionsFrom(choices[1]!);
  expect(program.requests("labels.inspect").at(-1)).toMatchObject({ path, wkt: "line" });
  expect(program.requests("labels.inspect").at(-1)).not.toHaveProperty("x");
  expect(wizard.openColumns).toEqual({ likely: [], any: [] });
  program.refuse("labels.inspect", new AppError("table-without-coordinates", { path, columns: ["a", "b"] }));
  await wizard.open(path);
  expect(wizard.openColumns).toEqual({ likely: [], any: ["a", "b"] });
  const exchanged = { path, x: "lat", y: "lon", values: [4, 150] as const, exchanged: true };
  program.refuse("labels.inspect", new AppError("table-not-degrees", exchanged));
  await wizard.open(path);
  expect(wizard.openColumns.likely).toEqual([{ x: "lon", y: "lat" }]);
});

test("where nothing lies in the project, what would fit is offered, and the check goes on with it", async () => {
  const wizard = await begin();
  const path = "/d/a.geojson";
  await wizard.open(path);
  await wizard.gather();
  const hint = { kind: "fits", crs: "EPSG:32631", swap: true, inside: 30, of: 32 } as const;
  program.refuse("labels.previewImport", new AppError("labels-outside", { path, count: 32, hint }));
  await wizard.check();
  expect(wizard.betterReading).toEqual(hint);
  program.on("labels.previewImport", some<ImportReport>({ used: 30 } as never));
  await wizard.takeBetterReading();
  expect(program.requests("labels.inspect").at(-1)).toMatchObject({ path, crs: "EPSG:32631" });
  expect(program.requests("labels.previewImport").at(-1)).toMatchObject({ path, crs: "EPSG:32631", swap: true });
  expect([wizard.page, wizard.preview, wizard.betterReading]).toEqual(["check", { used: 30 }, null]);
  // Another file is read as it says itself.
  await wizard.open("/d/b.geojson");
  expect(wizard.request()).not.toHaveProperty("swap");
  expect(program.requests("labels.inspect").at(-1)).toEqual({ path: "/d/b.geojson" });
});

test("another file is read without what was said of the one before; a late answer for that one is not taken", async () => {
  const wizard = await begin();
  await wizard.open("/d/a.shp");
  wizard.crs = "EPSG:2154";
  const late = program.late("labels.inspect");
  void wizard.open("/d/b.csv");
  void wizard.open("/d/c.csv");
  await settle();
  expect(late.waiting).toEqual([{ path: "/d/b.csv" }, { path: "/d/c.csv" }]);
  await late.answer(file({ layer: "c", suggestedField: "code" }), 1);
  await late.answer(file({ layer: "b" }));
  expect([wizard.layer, wizard.field, wizard.busy]).toEqual(["c", "code", false]);
});

test("values are guessed to be the class of that name, source or code; a value that says nothing is ignored", async () => {
  const wizard = await begin();
  program.on("labels.values", [
    value("wheat "),
    value("s12"),
    value("2"),
    value("9", { name: "Maize", color: "#123456" }),
    value("0", { name: "No data" }),
    value("Barley"),
  ]);
  await wizard.open("/d/a.shp");
  await wizard.gather();
  expect(wizard.page).toBe("classes");
  expect(wizard.mappings.map(({ target }) => target)).toEqual([1, 2, 2, 2, "ignore", "new"]);
  expect(wizard.mappings.map(({ name }) => name)).toEqual(["Wheat", "Maize", "Maize", "Maize", "No data", "Barley"]);
  // A new class gets a colour that no class of the legend has.
  expect(["#008000"]).not.toContain(wizard.mappings[5]!.color);
  expect(wizard.groups).toEqual(["Cereals"]);
});

test("into another legend the classes are guessed again, and what is typed or ignored stays", async () => {
  const wizard = await begin();
  await wizard.open("/d/a.shp");
  await wizard.gather();
  wizard.mappings[0]!.target = "ignore";
  wizard.mappings[2]!.name = "oak";
  wizard.intoLegend(2);
  expect(wizard.mappings.map(({ target, name }) => [target, name])).toEqual([
    ["ignore", "Wheat"],
    ["new", "Maize"],
    [7, "oak"],
  ]);
  wizard.intoLegend(null);
  expect([wizard.legendName, wizard.mappings[2]!.target]).toEqual(["a", "new"]);
});

test("the request names every value: a class, a new class with its look, or nothing", async () => {
  const wizard = await begin();
  await wizard.open("/d/a.shp");
  await wizard.gather();
  Object.assign(wizard.mappings[2]!, { name: " Spring barley ", color: "#aa0000", parent: " Cereals " });
  wizard.mappings[1]!.target = "ignore";
  wizard.radius = 15;
  expect(wizard.request()).toMatchObject({
    path: "/d/a.shp",
    field: "crop",
    radius: 15,
    classes: { "wheat ": "Wheat", "1110": null, Barley: "Spring barley" },
    looks: { "Spring barley": { color: "#aa0000", parent: "Cereals" } },
    legend: "Crops",
    unmapped: "ignore",
    replace: false,
  });
  expect(wizard.request()).not.toHaveProperty("purity");
  Object.assign(wizard, { validity: "dates", validFrom: "2019-01-01", validTo: "", fromField: "from" });
  expect(wizard.request()).toMatchObject({ validFrom: "2019-01-01" });
  expect(Object.keys(wizard.request())).not.toContain("validTo");
  wizard.validity = "fields";
  expect(wizard.request()).toMatchObject({ validFromField: "from" });
  expect(wizard.request()).not.toHaveProperty("validFrom");
});

test("of a class raster the share of a patch counts, and no distance around a point", async () => {
  const wizard = await begin();
  program.on("labels.inspect", file({ raster: true }));
  await wizard.open("/d/classes.tif");
  wizard.purity = 70;
  expect([wizard.layer, wizard.request().purity]).toEqual([null, 0.7]);
  expect(wizard.request()).not.toHaveProperty("radius");
});

test("a page that fails says why and stays; going back a page clears the error and keeps the rest", async () => {
  const wizard = await begin();
  await wizard.open("/d/a.shp");
  program.refuse("labels.values", new Error("damaged"));
  await wizard.gather();
  expect([wizard.page, wizard.error, wizard.busy]).toEqual(["file", new Error("damaged"), false]);
  program.on("labels.values", [value("Barley")]);
  await wizard.gather();
  program.refuse("labels.previewImport", new Error("no place"));
  await wizard.check();
  expect([wizard.page, wizard.preview, wizard.error]).toEqual(["check", null, new Error("no place")]);
  wizard.back();
  expect([wizard.page, wizard.error, wizard.mappings.length]).toEqual(["classes", null, 1]);
});

test("what the check found is what the import is asked for, and the report of the import is shown", async () => {
  const wizard = await begin();
  await wizard.open("/d/a.shp");
  await wizard.gather();
  program.on("labels.previewImport", some<ImportReport>({ imported: 3 } as never));
  await wizard.check();
  expect(wizard.preview).toMatchObject({ imported: 3 });
  program.on("labels.import", { report: some<ImportReport>({ imported: 3 } as never) } as never);
  await wizard.run();
  expect(wizard.page).toBe("done");
  expect(program.requests("labels.import")[0]).toEqual(program.requests("labels.previewImport")[0]);
  expect(wizard.result).toMatchObject({ imported: 3 });
});
