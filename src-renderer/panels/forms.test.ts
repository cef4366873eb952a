// The smaller forms of the panels: exports and their picture, a training, and the map that grows.
import { beforeEach, expect, test, vi } from "vitest";
import type { PartialMap } from "../../src-shared/domain/map-product.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type FakeProgram, mounted, settle } from "../client/fake-program.fixture.ts";
import { EditHistory } from "../state/history.svelte.ts";
import { Jobs } from "../state/jobs.svelte.ts";
import { Layers } from "../state/layers.svelte.ts";
import { Maps } from "../state/maps.svelte.ts";
import type { Notifier } from "../state/notify.ts";
import { job, newProgram, newWindow, some } from "../state/state.fixture.ts";
import { Exporting } from "./export/exporting.svelte.ts";
import { PictureForm } from "./export/picture/picture.svelte.ts";
import { Growing } from "./maps/growing.svelte.ts";
import { TrainingForm } from "./train/training-form.svelte.ts";

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("jobs.list", [])
    .on("layers.list", [])
    .on("layers.display", [])
    .on("maps.list", [])
    .on("maps.comparisons", [])
    .on("models.list", []);
});

function exports() {
  const window = newWindow(program);
  const jobs = new Jobs({ ...window, notifier: some<Notifier>({ notify: () => undefined }) });
  const show = vi.fn();
  return { ...window, jobs, show, exporting: new Exporting({ ...window, jobs, show }) };
}
const exists = (path: string) => new AppError("file-exists", { path });

test("an export that was asked for elsewhere opens the panel with its subject, which goes with the project", async () => {
  const { exporting, show, enter, renamed, leave } = exports();
  await enter();
  exporting.open("model", { model: 4 });
  expect([exporting.kind, exporting.of, show.mock.calls.length]).toEqual(["model", { model: 4 }, 1]);
  exporting.wrote({ path: "/out/a.tif", bytes: 1, polygons: null });
  await renamed("Other name");
  expect(exporting.of).toEqual({ model: 4 });
  await leave();
  await enter("/projects/b");
  expect([exporting.of, exporting.done]).toEqual([{}, []]);
});

test("a file that is there is replaced only when the person says so", async () => {
  const { exporting } = exports();
  const tries: boolean[] = [];
  const work = async (overwrite: boolean) => {
    tries.push(overwrite);
    if (!overwrite) throw exists("/out/a.tif");
    return "written";
  };
  const no = exporting.run(work);
  await settle();
  expect(exporting.replacing).toBe("/out/a.tif");
  exporting.answer(false);
  expect(await no).toBeNull();
  const yes = exporting.run(work);
  await settle();
  exporting.answer(true);
  expect([await yes, exporting.replacing, tries]).toEqual(["written", null, [false, false, true]]);
  await expect(exporting.run(() => Promise.reject(new Error("full")))).rejects.toThrow("full");
});

test("a second question about replacing, or another project, means no to the first", async () => {
  const { exporting, enter, leave } = exports();
  await enter();
  const work = (path: string) => (overwrite: boolean) =>
    overwrite ? Promise.resolve("replaced") : Promise.reject(exists(path));
  const first = exporting.run(work("/out/a.tif"));
  await settle();
  const second = exporting.run(work("/out/b.tif"));
  await settle();
  expect([await first, exporting.replacing]).toEqual([null, "/out/b.tif"]);
  await leave();
  expect([await second, exporting.replacing]).toEqual([null, null]);
});

test("written files stand newest first, each once, and not for ever", () => {
  const { exporting } = exports();
  for (let n = 0; n < 12; n++) exporting.wrote({ path: `/out/${n % 10}.tif`, bytes: n, polygons: null });
  expect(exporting.done.map(({ path }) => path)).toEqual([1, 0, 9, 8, 7, 6, 5, 4].map((n) => `/out/${n}.tif`));
  expect(exporting.done[0]!.bytes).toBe(11);
});

test("an export is followed to its end, tells how far it is, and its end is said in the panel alone", async () => {
  const { exporting, jobs } = exports();
  const stop = await mounted(() => jobs.follow());
  const late = program.late("jobs.wait");
  const told: number[] = [];
  const result = exporting.followed<{ path: string }>(7, (fraction) => told.push(fraction));
  await settle();
  const phase = (id: number, fraction: number) =>
    program.announce("job.event", { id, event: { type: "phase", name: "Writing", fraction } });
  phase(7, 0.5);
  phase(8, 0.9);
  await late.answer({ result: { path: "/out/a.tif" } } as never);
  expect([await result, told]).toEqual([{ path: "/out/a.tif" }, [0.5]]);
  phase(7, 1);
  expect(told).toEqual([0.5]);
  stop();
  program.refuse("jobs.wait", new Error("the job failed"));
  await expect(exporting.followed(9, () => undefined)).rejects.toThrow("the job failed");
  expect(program.listenersOf("job.event")).toBe(0);
});

test("a name is proposed for what is exported", async () => {
  program.on("exports.propose", ({ subject, extension }) => ({ path: `/out/${subject}.${extension}` }) as never);
  expect(await exports().exporting.proposed("class", "tif", 3)).toBe("/out/class.tif");
  expect(program.requests("exports.propose")).toEqual([{ subject: "class", extension: "tif", id: 3 }]);
});

test("the words on a picture are of one project; its layout is the person's", async () => {
  const { session, enter, leave } = newWindow(program);
  const picture = new PictureForm(session);
  await enter();
  Object.assign(picture, {
    content: "map:3",
    title: "North",
    subtitle: "2019",
    sources: "IGN",
    page: "a3-portrait",
    dpi: 300,
  });
  await leave();
  await enter("/projects/b");
  expect([picture.content, picture.title, picture.subtitle, picture.sources]).toEqual([null, null, null, null]);
  expect([picture.page, picture.dpi]).toEqual(["a3-portrait", 300]);
});

test("a training asks for what its preset says and what differs from it, and nothing that the labels decide", () => {
  const form = new TrainingForm(newWindow(program).session);
  const request = form.request("fields");
  expect(request).toMatchObject({ kind: "finetune", name: "fields", provider: "auto", seed: 0, size: "small" });
  expect(request.recipe).not.toHaveProperty("steps");
  expect(request.recipe).not.toHaveProperty("learningRate");
  expect([request, form.changed]).not.toHaveProperty("from");
  form.set("steps", 250);
  form.from = "Base";
  form.modalities = ["s2"];
  // From nothing, whatever the program would start from.
  form.from = "";
  expect(form.request("fields")).toMatchObject({ from: null });
  form.from = "Base";
  expect(form.request("fields")).toMatchObject({ from: "Base", modalities: ["s2"], recipe: { steps: 250 } });
  expect(form.changed).toBe(true);
  form.set("steps", form.presetValue("steps"));
  expect(form.changed).toBe(false);
});

test("a method beside the network is asked for by its name, seed and sensors, and of classes alone", () => {
  const form = new TrainingForm(newWindow(program).session);
  expect([form.ofNetwork, form.methodRequest("n")]).toEqual([true, null]);
  form.method = "random-forest";
  form.seed = 4;
  form.from = "Base";
  expect(form.ofNetwork).toBe(false);
  expect(form.methodRequest("forest")).toEqual({ name: "forest", method: "random-forest", seed: 4 });
  form.modalities = ["s2"];
  expect(form.methodRequest("forest")).toMatchObject({ modalities: ["s2"] });
  form.features = "both";
  expect(form.methodRequest("forest")).toMatchObject({ features: "both", from: "Base" });
  // Imagery and tiles are learned by networks.
  for (const kind of ["pretrain", "tiles"] as const) {
    form.chooseKind(kind);
    expect([form.ofNetwork, form.methodRequest("n")]).toEqual([true, null]);
  }
});

test("another kind or preset begins with its own numbers, and a preset of tiles is one of tiles only", () => {
  const form = new TrainingForm(newWindow(program).session);
  form.chooseKind("tiles");
  form.choose("treesat");
  form.set("seed" as never, 3);
  form.size = "tiny";
  expect(form.request("t")).toMatchObject({ kind: "tiles", size: "tiny" });
  form.chooseKind("pretrain");
  expect([form.preset, form.changed, form.size]).toEqual(["balanced", false, form.presetSize]);
  form.from = "Base";
  expect(form.request("t")).not.toHaveProperty("from");
});

test("other projects are asked for by pre-training alone, each once, and not in the next project", async () => {
  const { session, enter, leave } = newWindow(program);
  const form = new TrainingForm(session);
  await enter();
  form.chooseKind("pretrain");
  expect(form.request("p")).not.toHaveProperty("also");
  for (const [folder, on] of [["/a", true], ["/b", true], ["/a", true], ["/b", false]] as const) form.learnFrom(folder, on); // biome-ignore format: one line
  expect(form.request("p")).toMatchObject({ kind: "pretrain", also: ["/a"] });
  form.chooseKind("finetune");
  expect(form.request("f")).not.toHaveProperty("also");
  await leave();
  await enter("/projects/b");
  expect(form.also).toEqual([]);
});

test("models and modalities of one project are not asked for in the next; numbers that were set are", async () => {
  const { session, enter, leave } = newWindow(program);
  const form = new TrainingForm(session);
  await enter();
  Object.assign(form, { name: "fields", from: "Base", modalities: ["s2"] });
  form.set("steps", 250);
  await leave();
  await enter("/projects/b");
  expect([form.name, form.from, form.modalities, form.recipe.steps]).toEqual(["", null, null, 250]);
});

function growingMap() {
  const window = newWindow(program);
  const layers = new Layers({ ...window, history: new EditHistory(window.client) });
  const jobs = new Jobs({ ...window, notifier: some<Notifier>({ notify: () => undefined }) });
  const maps = new Maps({ ...window, jobs, layers, uncover: () => {}, tests: () => false });
  const drawn: string[] = [];
  let load!: () => void;
  const loaded = new Promise<void>((resolve) => (load = resolve));
  const growing = new Growing({
    ...window,
    maps,
    load: async () => {
      await loaded;
      return (crs) => {
        drawn.push(`begin ${crs}`);
        return {
          update: ({ rowsDone }) => void drawn.push(`rows ${rowsDone}`),
          remove: () => void drawn.push("remove"),
        };
      };
    },
  });
  return { ...window, jobs, growing, drawn, load };
}
const phase = async (id: number) => {
  program.announce("job.event", { id, event: { type: "phase", name: "Tiles", fraction: 0.1 } });
  await vi.advanceTimersByTimeAsync(0);
  await settle();
};
const partial = (rowsDone: number): PartialMap => some<PartialMap>({ rowsDone, legend: [] });

test("a map that ended before its first picture could be drawn is not drawn over the finished one", async () => {
  program.on("jobs.list", [job(5)]);
  const { enter, jobs, growing, drawn, load } = growingMap();
  await enter();
  const stops = [await mounted(() => jobs.follow()), await mounted(() => growing.follow())];
  program.on("maps.partial", partial(1));
  await phase(5);
  program.announce("job.state", { id: 5, state: "finished", reason: null });
  load();
  await vi.advanceTimersByTimeAsync(2000);
  await settle();
  expect(drawn).toEqual([]);
  for (const stop of stops) stop();
});

test("a map that is drawn is shown as it grows, and gives way to the finished one", async () => {
  program.on("jobs.list", [job(5), job(6, { kind: "compare" }), job(7, { kind: "finetune" })]);
  const { enter, jobs, growing, drawn, load } = growingMap();
  load();
  await enter();
  const stops = [await mounted(() => jobs.follow()), await mounted(() => growing.follow())];
  program.on("maps.partial", partial(1));
  await phase(6);
  await phase(7);
  expect(program.requests("maps.partial")).toEqual([]);
  await phase(5);
  expect(drawn).toEqual(["begin EPSG:32631", "rows 1"]);
  program.on("maps.partial", partial(2));
  for (let n = 0; n < 20; n++) await phase(5);
  await vi.advanceTimersByTimeAsync(1500);
  expect(drawn.slice(2)).toEqual(["rows 2"]);
  program.announce("job.state", { id: 5, state: "finished", reason: null });
  await vi.advanceTimersByTimeAsync(1000);
  expect(drawn).not.toContain("remove");
  await vi.advanceTimersByTimeAsync(500);
  expect(drawn.at(-1)).toBe("remove");
  for (const stop of stops) stop();
  expect(program.listenersOf("job.event")).toBe(0);
});

test("a person who hides the growing map sees no more of it, and asks the program nothing", async () => {
  program.on("jobs.list", [job(5)]).on("maps.partial", partial(1));
  const { enter, jobs, growing, drawn, load } = growingMap();
  load();
  await enter();
  const stops = [await mounted(() => jobs.follow()), await mounted(() => growing.follow())];
  await phase(5);
  growing.shown = false;
  await settle();
  expect(drawn.at(-1)).toBe("remove");
  await vi.advanceTimersByTimeAsync(1000);
  await phase(5);
  expect(program.requests("maps.partial")).toHaveLength(1);
  for (const stop of stops) stop();
});

test("a growing map whose picture comes when its project was left is not drawn over the next one", async () => {
  program.on("jobs.list", [job(5)]).on("maps.partial", partial(1));
  const { enter, leave, jobs, growing, drawn, load } = growingMap();
  await enter();
  const stops = [await mounted(() => jobs.follow()), await mounted(() => growing.follow())];
  await phase(5);
  for (const stop of stops) stop();
  await leave();
  await enter("/projects/b");
  load();
  await settle();
  expect(drawn).toEqual([]);
});
