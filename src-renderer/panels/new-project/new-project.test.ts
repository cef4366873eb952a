import { beforeEach, expect, test } from "vitest";
import { projectPresets } from "../../../src-shared/domain/preset.ts";
import type { AreaOfFile, ProjectPlan, RequestOf } from "../../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../../client/fake-program.fixture.ts";
import { ProjectSession } from "../../state/session.svelte.ts";
import { memoryStorage, newProgram, project, some } from "../../state/state.fixture.ts";
import { WorkDialogs } from "../../state/work-dialogs.svelte.ts";
import { NewProject } from "./new-project.svelte.ts";

const box = (minX: number, minY: number, maxX: number, maxY: number) => ({ minX, minY, maxX, maxY });
const file = (path: string, crs: string, more: Partial<AreaOfFile> = {}): AreaOfFile => ({
  path,
  kind: "raster",
  crs,
  crsName: crs,
  bounds: box(500000, 5300000, 501000, 5301000),
  lonLat: box(3, 47, 3.1, 47.1),
  resolution: 10,
  ...more,
});
const plan = (crs: string, more: Partial<ProjectPlan> = {}): ProjectPlan =>
  some<ProjectPlan>({ crs, bounds: box(0, 0, 1, 1), columns: 30, rows: 30, tileColumns: 3, tileRows: 3, ...more });

/** The program's answer for an area of so many metres: whole tiles of it, as `planProject` counts them. */
const planOf =
  (meters: number) =>
  ({ crs, patchMeters, tilePatches }: RequestOf<"project.plan">) => {
    const columns = Math.ceil(meters / patchMeters);
    const tiles = Math.floor(columns / tilePatches);
    return plan(crs ?? "EPSG:32631", { columns, rows: columns, tileColumns: tiles, tileRows: tiles });
  };

let program: FakeProgram;
let session: ProjectSession;
let dialogs: WorkDialogs;
let form: NewProject;
beforeEach(() => {
  program = newProgram().on("project.plan", ({ crs }) => plan(crs ?? "EPSG:32631"));
  session = new ProjectSession({ client: program.client, storage: memoryStorage() });
  dialogs = new WorkDialogs();
  form = new NewProject({ client: program.client, session, dialogs });
});

test("the area is the frame around all files: in their CRS when they share one, else as longitudes and latitudes", async () => {
  form.way = "file";
  expect(form.area).toBeNull();
  const east = file("b.tif", "EPSG:32631", { bounds: box(501000, 5299000, 502000, 5301000) });
  program.on("project.areaOf", [file("a.tif", "EPSG:32631"), east]);
  await form.readFiles(["a.tif", "b.tif"]);
  expect(form.area).toEqual({ crs: "EPSG:32631", bounds: box(500000, 5299000, 502000, 5301000) });
  expect(form.wantedCrs).toBe("EPSG:32631");
  program.on("project.areaOf", [
    file("a.tif", "EPSG:32631"),
    file("b.tif", "EPSG:2154", { lonLat: box(2, 46, 3.05, 47.05) }),
  ]);
  await form.readFiles(["a.tif", "b.tif"]);
  expect(form.area).toEqual({ crs: "EPSG:4326", bounds: box(2, 46, 3.1, 47.1) });
  expect([form.wantedCrs, form.lonLat]).toEqual([null, box(2, 46, 3.1, 47.1)]);
});

test("files in degrees do not make a project in degrees, and a CRS chosen by hand wins", async () => {
  form.way = "file";
  program.on("project.areaOf", [file("a.tif", "EPSG:4326", { bounds: box(3, 47, 3.1, 47.1) })]);
  await form.readFiles(["a.tif"]);
  expect(form.wantedCrs).toBeNull();
  form.crs = "EPSG:2154";
  await form.replan();
  expect(program.requests("project.plan").at(-1)).toMatchObject({ crs: "EPSG:2154", patchMeters: 10, tilePatches: 8 });
});

test("of files that are read anew only the newest answer counts", async () => {
  form.way = "file";
  const late = program.late("project.areaOf");
  void form.readFiles(["a.tif"]);
  void form.readFiles(["b.tif"]);
  await settle();
  await late.answer([file("b.tif", "EPSG:2154")], 1);
  expect(form.reading).toBe(false);
  await late.answer([file("a.tif", "EPSG:32631")]);
  expect(form.files.map(({ path }) => path)).toEqual(["b.tif"]);
  void form.readFiles(["c.tif"]);
  await form.readFiles([]);
  await late.fail(new Error("late"));
  expect([form.files, form.fileError, form.reading]).toEqual([[], undefined, false]);
});

test("files without a CRS are said, and read again in the one that is given", async () => {
  program.refuse("project.areaOf", new Error("no CRS"));
  await form.readFiles(["a.tif"]);
  expect([form.fileError, form.reading, form.files]).toEqual([new Error("no CRS"), false, []]);
  program.on("project.areaOf", [file("a.tif", "EPSG:2154")]);
  form.fileCrs = "EPSG:2154";
  await form.readFiles(["a.tif"]);
  expect(program.requests("project.areaOf").at(-1)).toEqual({ paths: ["a.tif"], crs: "EPSG:2154" });
  expect(form.fileError).toBeUndefined();
});

test("the plan follows the newest area; without an area or a size there is none", async () => {
  form.drawn = box(3, 47, 3.1, 47.1);
  const late = program.late("project.plan");
  void form.replan();
  form.crs = "EPSG:2154";
  void form.replan();
  await settle();
  await late.answer(plan("EPSG:2154"), 1);
  await late.fail(new Error("late"));
  expect([form.plan?.crs, form.planError]).toEqual(["EPSG:2154", undefined]);
  form.patch = null;
  await form.replan();
  expect([form.plan, form.ready("grid")]).toEqual([null, false]);
});

test("no preset refuses the area of one small image: its tiles are as large as there is room for, and said", async () => {
  form.way = "file";
  program.on("project.areaOf", [file("tile.tif", "EPSG:25832", { bounds: box(500000, 5300000, 500060, 5300060) })]);
  program.on("project.plan", planOf(60));
  await form.readFiles(["tile.tif"]);
  await form.replan();
  expect([form.preset, form.tile, form.tooSmall, form.wantedTile]).toEqual(["crops", 6, false, 8]);
  for (const { id } of projectPresets) {
    form.choosePreset(id);
    await form.replan();
    expect([id, form.tooSmall, form.ready("area"), form.ready("grid")]).toEqual([id, false, true, true]);
    expect((form.patch ?? 0) * (form.tile ?? 0)).toBeLessThanOrEqual(60);
  }
  // In a larger area the preset has its own size again.
  program.on("project.plan", planOf(5000));
  form.choosePreset("crops");
  program.on("project.plan", planOf(60));
  await form.replan();
  program.on("project.plan", planOf(5000));
  await form.replan();
  expect([form.preset, form.tile, form.wantedTile]).toEqual(["crops", 8, null]);
  // What a person typed is kept, and refused where it is typed, not before.
  form.tile = 900;
  form.sizesChanged();
  await form.replan();
  expect([form.tile, form.tooSmall, form.ready("area"), form.ready("grid")]).toEqual([900, true, true, false]);
});

test("an area that cannot be planned or holds no tile goes no further", async () => {
  form.drawn = box(3, 47, 3.1, 47.1);
  await form.replan();
  expect([form.ready("area"), form.ready("grid")]).toEqual([true, true]);
  program.on("project.plan", plan("EPSG:32631", { tileRows: 0 }));
  await form.replan();
  expect([form.tooSmall, form.ready("grid")]).toEqual([true, false]);
  program.refuse("project.plan", new Error("it crosses the date line"));
  await form.replan();
  expect([form.planError, form.ready("area")]).toEqual([new Error("it crosses the date line"), false]);
});

test("sizes set by hand are the preset that has them, or none", () => {
  form.choosePreset("forest");
  expect([form.patch, form.tile]).toEqual([10, 6]);
  form.tile = 8;
  form.sizesChanged();
  expect(form.preset).toBe("crops");
  form.patch = 7;
  form.sizesChanged();
  expect(form.preset).toBe("custom");
});

test("the folder follows the name until it is chosen, whichever suggestion comes last", async () => {
  const late = program.late("project.suggestFolder");
  form.name = "Fie";
  void form.suggestFolder();
  form.name = "Fields";
  void form.suggestFolder();
  await settle();
  await late.answer({ folder: "/p/Fields" }, 1);
  await late.answer({ folder: "/p/Fie" });
  expect(form.folder).toBe("/p/Fields");
  void form.suggestFolder();
  await settle();
  form.folderChosen = true;
  form.folder = "/mine";
  await late.answer({ folder: "/p/Other" });
  expect(form.folder).toBe("/mine");
});

const filled = async () => {
  form.way = "file";
  program.on("project.areaOf", [file("a.tif", "EPSG:32631"), file("area.gpkg", "EPSG:32631", { kind: "vector" })]);
  await form.readFiles(["a.tif", "area.gpkg"]);
  await form.replan();
  form.name = " Fields ";
  form.folder = "/p/Fields";
};

test("a project is made of what was typed, is entered, and offers its images to the import", async () => {
  await filled();
  program.on("project.create", ({ folder }) => project(folder));
  await form.create();
  expect(program.requests("project.create")).toMatchObject([
    {
      folder: "/p/Fields",
      name: "Fields",
      area: { crs: "EPSG:32631", within: ["a.tif", "area.gpkg"] },
      patchMeters: 10,
      tilePatches: 8,
      preset: "crops",
    },
  ]);
  expect([session.folder, dialogs.importOpen, dialogs.importPaths]).toEqual(["/p/Fields", true, ["a.tif"]]);
  expect([form.name, form.files, form.step, form.creating]).toEqual(["", [], "area", false]);
});

test("a project of a folder is called as it, unless a name was typed, and its images are added with what lies beside them", async () => {
  form.way = "file";
  program.on("project.areaOf", [file("/data/Fields 2019/S2/a.tif", "EPSG:32631")]);
  program.on("project.suggestFolder", ({ name }) => ({ folder: `/p/${name}` }));
  await form.readFiles(["/data/Fields 2019"]);
  await settle();
  expect([form.name, form.folder]).toEqual(["Fields 2019", "/p/Fields 2019"]);
  program.on("project.areaOf", [file("/data/other/b.tif", "EPSG:32631")]);
  await form.readFiles(["/data/other/b.tif"]);
  expect(form.name).toBe("other");
  form.name = "Mine";
  await form.readFiles(["/data/Fields 2019"]);
  expect(form.name).toBe("Mine");
  await form.replan();
  program.on("project.create", ({ folder }) => project(folder));
  await form.create();
  expect(dialogs.importPaths).toEqual(["/data/Fields 2019"]);
});

test("a project that cannot be made keeps everything that was typed", async () => {
  await filled();
  program.refuse("project.create", new Error("the folder is not empty"));
  await form.create();
  expect([form.createError, form.creating, form.name, form.files.length]).toEqual([
    new Error("the folder is not empty"),
    false,
    " Fields ",
    2,
  ]);
  expect(session.project).toBeNull();
});

test("what was asked for a form that was left does not fill the next one", async () => {
  form.way = "file";
  const areas = program.late("project.areaOf");
  const folders = program.late("project.suggestFolder");
  form.name = "Fields";
  void form.suggestFolder();
  void form.readFiles(["a.tif"]);
  form.reset();
  await areas.answer([file("a.tif", "EPSG:32631")]);
  await folders.answer({ folder: "/p/Fields" });
  expect([form.files, form.folder, form.reading]).toEqual([[], "", false]);
});
