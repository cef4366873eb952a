import { beforeEach, expect, test } from "vitest";
import type { ImagePreview, ImportPreview, PlannedModality } from "../../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../../client/fake-program.fixture.ts";
import type { Dropped } from "../../client/upload.ts";
import { EditHistory } from "../../state/history.svelte.ts";
import { newProgram, some } from "../../state/state.fixture.ts";
import { notices } from "../../ui/notices.svelte.ts";
import { ImportForm } from "./import-form.svelte.ts";

const image = (path: string, more: Partial<ImagePreview> = {}): ImagePreview =>
  some<ImagePreview>({ path, known: false, copyOf: null, problems: [], warnings: [], ...more });
const preview = (files: readonly ImagePreview[], more: Partial<ImportPreview> = {}): ImportPreview => ({
  files,
  modalities: [],
  problems: [],
  unused: [],
  questions: [],
  products: [],
  ...more,
});
const stopped = () => Object.assign(new Error("stopped"), { name: "AbortError" });

let program: FakeProgram;
let form: ImportForm;
let vectors: string[];
let send: (signal: AbortSignal | undefined) => Promise<string[]>;
beforeEach(() => {
  program = newProgram()
    .on("rasters.preview", ({ paths }) => preview(paths.map((path) => image(path))))
    .on("rasters.stop", undefined);
  vectors = [];
  send = async () => [];
  form = new ImportForm({
    client: program.client,
    history: new EditHistory(program.client),
    addVectors: async (paths) => vectors.push(...paths),
    send: async (_, { signal } = {}) => send(signal),
  });
});
const pathsOf = (files: readonly ImagePreview[]) => files.map(({ path }) => path);
const dropped: readonly Dropped[] = [some<Dropped>({ name: "a.tif" })];

test("images are looked at once each; vector files are shown at once and are no part of the import", async () => {
  await form.add(["/d/a.tif", "/d/fields.gpkg"]);
  await form.add(["/d/a.tif", "/d/b.tif"]);
  expect(vectors).toEqual(["/d/fields.gpkg"]);
  expect([notices.list.length, form.paths]).toEqual([1, ["/d/a.tif", "/d/b.tif"]]);
  expect(pathsOf(form.usable)).toEqual(["/d/a.tif", "/d/b.tif"]);
  expect(form.ready).toBe(true);
});

test("only the newest look counts", async () => {
  const late = program.late("rasters.preview");
  void form.add(["/d/a.tif"]);
  void form.add(["/d/b.tif"]);
  await settle();
  await late.answer(preview([image("/d/a.tif"), image("/d/b.tif")]), 1);
  await late.answer(preview([image("/d/a.tif")]));
  expect([pathsOf(form.files), form.work]).toEqual([["/d/a.tif", "/d/b.tif"], null]);
});

test("what cannot even be looked at is said, and does not stand in the way of the rest", async () => {
  await form.add(["/d/a.tif"]);
  program.refuse("rasters.preview", new Error("no such folder"));
  await form.add(["/gone"]);
  expect([form.error, form.paths]).toEqual([new Error("no such folder"), ["/d/a.tif"]]);
  program.on("rasters.preview", ({ paths }) => preview(paths.map((path) => image(path))));
  await form.look();
  expect([form.error, pathsOf(form.usable)]).toEqual([undefined, ["/d/a.tif"]]);
});

test("a file with a problem of its own or with others is not added; nor a copy, nor one that is there undecided", async () => {
  const error = some<ImagePreview["problems"][number]>({});
  const files = [
    image("/d/good.tif"),
    image("/d/broken.tif", { problems: [error] }),
    image("/d/clash.tif"),
    image("/d/copy.tif", { copyOf: "/d/good.tif" }),
    image("/d/known.tif", { known: true }),
  ];
  program.on("rasters.preview", preview(files, { problems: [{ paths: ["/d/clash.tif"], error }] }));
  await form.add(["/d"]);
  expect(pathsOf(form.blocked)).toEqual(["/d/broken.tif", "/d/clash.tif"]);
  expect(pathsOf(form.usable)).toEqual(["/d/good.tif"]);
  await form.decide(["/d/known.tif"], { crs: "EPSG:32631" });
  expect(pathsOf(form.usable)).toEqual(["/d/good.tif", "/d/known.tif"]);
  expect(program.requests("rasters.preview").at(-1)?.choices).toEqual([{ path: "/d/known.tif", crs: "EPSG:32631" }]);
  await form.decide(["/d/known.tif"], { crs: undefined } as never);
  expect([form.decisions.size, pathsOf(form.usable)]).toEqual([0, ["/d/good.tif"]]);
});

test("a file of a folder that is left out stays in the table, and is neither read nor decided about", async () => {
  program.on("rasters.preview", ({ paths }) =>
    preview((paths.includes("/d") ? ["/d/a.tif", "/d/b.tif"] : paths).map((path) => image(path))),
  );
  await form.add(["/d"]);
  await form.decide(["/d/b.tif"], { crs: "EPSG:32631" });
  await form.take(["/d/b.tif"], false);
  const asked = program.requests("rasters.preview").at(-1)!;
  expect([asked.paths, asked.choices]).toEqual([["/d/a.tif"], []]);
  expect([pathsOf(form.files), pathsOf(form.taken)]).toEqual([["/d/a.tif", "/d/b.tif"], ["/d/a.tif"]]);
  await form.take(["/d/b.tif"], true);
  expect(pathsOf(form.usable)).toEqual(["/d/a.tif", "/d/b.tif"]);
});

test("what several images say of one place has to be decided first", async () => {
  const modality = some<PlannedModality>({ duplicates: [some({} as never)], incomplete: [] });
  program.on("rasters.preview", preview([image("/d/a.tif")], { modalities: [modality] }));
  await form.add(["/d/a.tif"]);
  expect(form.ready).toBe(false);
  form.duplicates = "keep";
  expect(form.ready).toBe(true);
});

test("an import says how much was added, with the button that takes it back, and begins anew", async () => {
  await form.add(["/d/a.tif", "/d/b.tif"]);
  await form.decide(["/d/a.tif"], { crs: "EPSG:32631" });
  form.duplicates = "keep";
  let edits: unknown[] = [];
  program.on("edits.list", () => ({ undo: null, redo: null, edits }) as never);
  program.on("rasters.import", () => {
    edits = [{ id: 1 }];
    return { rasters: 2, warnings: [], unused: [] } as never;
  });
  expect(await form.run()).toBe(true);
  expect(program.requests("rasters.import")).toMatchObject([
    { paths: ["/d/a.tif", "/d/b.tif"], choices: [{ path: "/d/a.tif", crs: "EPSG:32631" }], duplicates: "keep" },
  ]);
  expect([notices.list[0]?.tone, notices.list[0]?.action !== undefined]).toEqual(["success", true]);
  expect([form.paths, form.files, form.work, form.duplicates]).toEqual([[], [], null, null]);
});

test("warnings and unused files of an import stay to be read", async () => {
  await form.add(["/d/a.tif"]);
  program.on("rasters.import", { rasters: 1, warnings: ["no date"], unused: [] } as never);
  expect(await form.run()).toBe(false);
  expect([form.warnings, form.files]).toEqual([["no date"], []]);
});

test("an import that fails keeps everything that was decided; one that is stopped is no error", async () => {
  await form.add(["/d/a.tif"]);
  await form.decide(["/d/a.tif"], { crs: "EPSG:32631" });
  program.refuse("rasters.import", new Error("the disk is full"));
  expect(await form.run()).toBe(false);
  expect([form.error, form.decisions.size, form.work]).toEqual([new Error("the disk is full"), 1, null]);
  program.refuse("rasters.import", stopped());
  await form.run();
  expect([form.error, form.ready, notices.list.at(-1)?.tone]).toEqual([undefined, true, "info"]);
});

test("progress is that of the work under way, and stopping stops this work", async () => {
  const late = program.late("rasters.preview");
  void form.add(["/d/a.tif"]);
  await settle();
  const { task } = late.waiting[0]!;
  program.announce("work", { name: "something else", fraction: 0.9 });
  expect(form.fraction).toBeNull();
  program.announce("work", { name: task!, fraction: 0.5 });
  expect(form.fraction).toBe(0.5);
  form.stop();
  expect(program.requests("rasters.stop")).toEqual([{ task }]);
  await late.fail(stopped());
  expect([form.work, form.error]).toEqual([null, undefined]);
});

test("another project begins with an empty form, whatever is still on its way for the one before", async () => {
  await form.add(["/d/a.tif"]);
  const looked = program.late("rasters.preview");
  void form.look();
  form.clear();
  await looked.answer(preview([image("/d/a.tif")]));
  expect([form.files, form.work]).toEqual([[], null]);

  program.on("rasters.preview", preview([image("/d/a.tif")]));
  await form.add(["/d/a.tif"]);
  const read = program.late("rasters.import");
  const run = form.run();
  await settle();
  form.clear();
  program.on("rasters.preview", preview([image("/e/b.tif")]));
  await form.add(["/e/b.tif"]);
  await read.answer({ rasters: 1, warnings: ["of the project before"], unused: [] } as never);
  expect(await run).toBe(false);
  expect([pathsOf(form.files), form.warnings]).toEqual([["/e/b.tif"], []]);
});

test("dropped files are added by their paths, without what only accompanies them", async () => {
  send = async () => ["/i/a.tif", "/i/a.tfw", "/i/a.tif.aux.xml", "/i/b.jp2"];
  await form.addDropped(dropped);
  expect(form.paths).toEqual(["/i/a.tif", "/i/b.jp2"]);
});

test("files that are still being sent when the project is left are not added to the next; nor are those that were stopped", async () => {
  let arrive!: (paths: string[]) => void;
  send = () => new Promise((resolve) => (arrive = resolve));
  const first = form.addDropped(dropped);
  expect(form.work).toBe("sending");
  form.clear();
  arrive(["/i/a.tif"]);
  await first;
  expect([form.paths, form.work]).toEqual([[], null]);
  send = (signal) => new Promise((_, reject) => signal?.addEventListener("abort", () => reject(stopped())));
  const second = form.addDropped(dropped);
  form.stop();
  await second;
  expect([form.paths, form.work, form.error]).toEqual([[], null, undefined]);
  send = () => Promise.reject(new Error("the connection was lost"));
  await form.addDropped(dropped);
  expect(form.error).toEqual(new Error("the connection was lost"));
});

test("an archive or a JSON without an image is offered as shapes; one with a product is not", async () => {
  const format = (path: string, kind: string) =>
    some<ImportPreview["unused"][number]>({ path, error: { name: "AppError", message: "", code: "import-format", details: { path, kind } } }); // biome-ignore format: one value
  program.on("rasters.preview", ({ paths }) =>
    preview(
      paths.filter((path) => path.includes("S2A")).map((path) => image(`${path}/B02.jp2`)),
      {
        unused: paths.flatMap((path) =>
          path.includes("S2A") ? [] : [format(path, path.includes("far") ? "remoteStac" : "archive")],
        ),
      },
    ),
  );
  await form.add(["/d/S2A.zip", "/d/parcels.zip", "/d/far.json"]);
  expect(vectors).toEqual(["/d/parcels.zip"]);
  expect(form.paths).toEqual(["/d/S2A.zip", "/d/far.json"]);
});

test("a product can be left out and taken again; its picture is asked for once, and one after the other", async () => {
  const product = (name: string) =>
    some<ImportPreview["products"][number]>({ path: "/d", name, files: [`/d/${name}.tif`], problem: null });
  const asked: string[] = [];
  program
    .on("rasters.preview", ({ paths }) => {
      const names = paths.includes("/d") ? ["a", "b"] : paths.map((path) => path.slice(3, -4));
      return preview(
        names.map((name) => image(`/d/${name}.tif`)),
        { products: names.map(product) },
      );
    })
    .on("rasters.quickLook", ({ paths }) => {
      asked.push(...paths);
      return { picture: "data:image/png;base64,AA==" };
    });
  await form.add(["/d"]);
  await form.take(["/d/b.tif"], false);
  expect([pathsOf(form.usable), form.products.map(({ name }) => name)]).toEqual([["/d/a.tif"], ["a", "b"]]);
  await Promise.all([form.quickLook(product("a")), form.quickLook(product("b")), form.quickLook(product("a"))]);
  expect([asked, form.pictures.size]).toEqual([["/d/a.tif", "/d/b.tif"], 2]);
  await form.take(["/d/b.tif"], true);
  expect(form.products.map(({ name }) => name).sort()).toEqual(["a", "b"]);
  form.clear();
  expect([form.products, form.pictures.size]).toEqual([[], 0]);
});
