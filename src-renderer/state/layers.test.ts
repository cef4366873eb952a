import { beforeEach, expect, test } from "vitest";
import type { LayerRow } from "../../src-shared/domain/display.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { notices } from "../ui/notices.svelte.ts";
import { EditHistory } from "./history.svelte.ts";
import { Layers } from "./layers.svelte.ts";
import { layer, newProgram, newWindow } from "./state.fixture.ts";

const row = (id: string, more: Partial<LayerRow> = {}): LayerRow => ({
  id,
  position: 1,
  visible: true,
  opacity: 1,
  style: {},
  ...more,
});
const s2 = (id: string, date: string, more = {}) =>
  layer(`acquisition:${id}`, { kind: "acquisition", sensor: "sentinel-2", date, ...more });

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("layers.list", [
      s2("a", "2019-04-01"),
      s2("b", "2019-04-02"),
      layer("map:1", { kind: "map", name: "Crops", bounds: { minX: 0, minY: 0, maxX: 10, maxY: 10 } }),
      layer("vector:2", { kind: "vector", bounds: { minX: 5, minY: -5, maxX: 20, maxY: 5 } }),
    ])
    .on("layers.display", [row("map:1", { opacity: 0.5, style: { hidden: [2] } })])
    .on("layers.setDisplay", undefined);
});

async function begin() {
  const window = newWindow(program);
  const layers = new Layers({ ...window, history: new EditHistory(window.client) });
  await window.enter();
  return { ...window, layers };
}
const opacityOf = (layers: Layers, id: string) => layers.slot(id)?.opacity;

test("a change is seen at once, with all that is known of the layer, and is one step", async () => {
  const { layers } = await begin();
  const late = program.late("layers.setDisplay");
  void layers.change([
    { id: "map:1", style: { ramp: "grey" } },
    { id: "vector:2", visible: false },
  ]);
  await settle();
  expect([layers.slot("map:1")?.opacity, layers.slot("vector:2")?.visible]).toEqual([0.5, false]);
  expect(layers.rows.get("map:1")?.style).toEqual({ hidden: [2], ramp: "grey" });
  expect(late.waiting).toHaveLength(1);
  // What nobody set is not sent: hiding a layer gives it no place.
  expect(late.waiting[0]!.layers).toEqual([
    { id: "map:1", style: { hidden: [2], ramp: "grey" } },
    { id: "vector:2", visible: false },
  ]);
  await layers.change([]);
  expect(late.waiting).toHaveLength(1);
});

test("a result that the list of layers does not hold yet is shown without a place, and comes above what covers it", async () => {
  const { layers } = await begin();
  await layers.present([{ id: "map:2", visible: true }]);
  expect(program.requests("layers.setDisplay")[0]!.layers).toEqual([{ id: "map:2", visible: true }]);
  program.on("layers.list", [
    layer("map:1", { kind: "map" }),
    layer("map:2", { kind: "map" }),
    layer("basemap", { kind: "basemap" }),
  ]);
  program.on("layers.display", [row("map:2", { position: null, opacity: null }), row("map:1", { position: 560 })]);
  await program.changed("maps", "layers");
  expect(layers.drawn.map(({ id }) => id)).toEqual(["basemap", "map:2", "map:1"]);
  await layers.present([{ id: "map:2", visible: true }]);
  expect(layers.drawn.map(({ id }) => id)).toEqual(["basemap", "map:1", "map:2"]);
});

test("an answer from before the latest change does not put a layer back for a moment", async () => {
  const { layers } = await begin();
  const late = program.late("layers.setDisplay");
  void layers.change([{ id: "map:1", opacity: 0.4 }]);
  void layers.change([{ id: "map:1", opacity: 0.3 }]);
  await settle();
  await late.answer(undefined);
  program.on("layers.display", [row("map:1", { opacity: 0.4 })]);
  await program.changed("layers");
  expect(opacityOf(layers, "map:1")).toBe(0.3);
  await late.answer(undefined);
  program.on("layers.display", [row("map:1", { opacity: 0.3 })]);
  await program.changed("layers");
  // Afterwards the program is believed again, such as after an undo.
  program.on("layers.display", [row("map:1", { opacity: 1 })]);
  await program.changed("layers");
  expect(opacityOf(layers, "map:1")).toBe(1);
});

test("a change that is refused is taken back and said; another one under way stays", async () => {
  const { layers } = await begin();
  const late = program.late("layers.setDisplay");
  void layers.change([{ id: "map:1", opacity: 0.1 }]);
  void layers.change([{ id: "vector:2", opacity: 0.2 }]);
  await settle();
  await late.fail(new Error("read-only"));
  expect([opacityOf(layers, "map:1"), opacityOf(layers, "vector:2")]).toEqual([0.5, 0.2]);
  expect(notices.list.map(({ error }) => error)).toEqual([new Error("read-only")]);
});

test("a sensor shows the date of the time bar; none before it is known, and the latest where it has nothing to say", async () => {
  const { layers } = await begin();
  const drawn = () => layers.drawn.map(({ id }) => id).filter((id) => id.startsWith("acquisition"));
  expect(drawn()).toEqual(["acquisition:b"]);
  layers.followTime(() => "a");
  expect(drawn()).toEqual(["acquisition:a"]);
  layers.followTime(() => null);
  expect(drawn()).toEqual([]);
  layers.followTime(() => "removed meanwhile");
  expect(drawn()).toEqual(["acquisition:b"]);
});

test("what can be removed, and where layers lie, is told of groups as of single layers", async () => {
  const { layers } = await begin();
  expect(layers.removable(["group:sentinel-2", "map:1", "vector:2"]).toSorted()).toEqual([
    "acquisition:a",
    "acquisition:b",
    "vector:2",
  ]);
  expect(layers.boundsOf(["map:1", "vector:2"])).toEqual({ minX: 0, minY: -5, maxX: 20, maxY: 10 });
  expect(layers.boundsOf(["group:sentinel-2"])).toBeNull();
  expect(layers.slotOf("acquisition:a")?.id).toBe("group:sentinel-2");
});

test("removing says how many layers went, with the button that takes it back", async () => {
  const { layers } = await begin();
  const edit = { id: 4, name: { key: "layers.remove" }, undone: false, madeAt: "" };
  let edits = [] as (typeof edit)[];
  program.on("edits.list", () => ({ undo: null, redo: null, edits }));
  program.on("layers.remove", ({ ids }) => {
    edits = [edit];
    return { removed: ids.length };
  });
  program.on("edits.undo", edit);
  await layers.remove(["acquisition:a", "vector:2"]);
  const [notice] = notices.list;
  expect([notice?.tone, notice?.text.includes("2")]).toEqual(["success", true]);
  notice!.action!.run();
  await settle();
  expect(program.requests("edits.undo")).toEqual([{ edit: 4 }]);
});

test("a name is given to what it belongs to, an empty one takes it away, and an unchanged one asks nothing", async () => {
  const { layers } = await begin();
  program.on("maps.rename", undefined).on("layers.rename", undefined);
  await layers.rename("map:1", " Crops ");
  await layers.rename("map:1", "Crops 2019");
  await layers.rename("vector:2", "Fields");
  await layers.rename("acquisition:a", "");
  expect(program.requests("maps.rename")).toEqual([{ id: 1, name: "Crops 2019" }]);
  expect(program.requests("layers.rename")).toEqual([{ id: "vector:2", name: "Fields" }]);
  program.refuse("layers.rename", new Error("read-only"));
  await layers.rename("vector:2", "Roads");
  expect(notices.list.map(({ error }) => error)).toEqual([new Error("read-only")]);
  expect([layers.canRename("map:1"), layers.canRename("group:sentinel-2")]).toEqual([true, false]);
});

test("the dialog of a layer closes with its project", async () => {
  const { layers, leave, enter, renamed } = await begin();
  layers.properties = "map:1";
  layers.renaming = "vector:2";
  await renamed("Other name");
  expect([layers.properties, layers.renaming]).toEqual(["map:1", "vector:2"]);
  await leave();
  await enter("/projects/b");
  expect([layers.properties, layers.renaming]).toEqual([null, null]);
});
