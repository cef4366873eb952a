import { beforeEach, expect, test } from "vitest";
import type { TileMap } from "../../src-shared/domain/tile-label.ts";
import type { ListedTile, TileAnswer, TileSummary } from "../../src-shared/ipc/index.ts";
import type { FakeProgram } from "../client/fake-program.fixture.ts";
import { legendClass, newProgram, newWindow, some } from "./state.fixture.ts";
import { Tiles } from "./tiles.svelte.ts";

const oak = { ...legendClass(1, "Oak"), tiles: 2, present: 2 };
const pine = { ...legendClass(4, "Pine"), tiles: 1, present: 1 };
const tile = (key: string, shares: ListedTile["shares"]): ListedTile => some<ListedTile>({ key, x: 1, y: 2, shares });

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("tiles.summary", some<TileSummary>({ classes: [oak, pine], sideMeters: 60 }))
    .on("tiles.list", [tile("a", { 1: 0.9, 4: 0.05 }), tile("b", { 4: 0.1 })])
    .on("tiles.maps", [
      some<TileMap>({ id: 1, files: some<TileMap["files"]>({ legend: [oak], sideMeters: 60 }) }),
      some<TileMap>({ id: 2, files: some<TileMap["files"]>({ legend: [pine, oak], sideMeters: 120 }) }),
    ])
    .on("tiles.answers", [
      some<TileAnswer>({ key: "a", x: 1, y: 2, probabilities: [0.2, 0.7], present: [1], reference: [4] }),
    ]);
});

async function begin() {
  const window = newWindow(program);
  const tiles = new Tiles(window);
  await window.enter();
  return { ...window, tiles };
}

test("labelled tiles show the classes that cover more than the share that counts", async () => {
  const { tiles } = await begin();
  expect(tiles.tiles.map(({ key, present }) => [key, present])).toEqual([
    ["a", [1]],
    ["b", [4]],
  ]);
  tiles.shareThreshold = 0.2;
  expect(tiles.tiles.map(({ present }) => present)).toEqual([[1], []]);
  await program.changed();
  expect(program.requests("tiles.summary").map(({ shareThreshold }) => shareThreshold)).toEqual([0.07, 0.2]);
  expect([tiles.legend.map(({ name }) => name), tiles.sideMeters]).toEqual([["Oak", "Pine"], 60]);
});

test("answers of a model show its probabilities by the classes of its own legend, whatever their order", async () => {
  const { tiles } = await begin();
  expect(program.requests("tiles.answers")).toEqual([]);
  tiles.shown = 2;
  await program.changed();
  expect(program.requests("tiles.answers")).toEqual([{ id: 2 }]);
  expect(tiles.tiles).toEqual([{ key: "a", x: 1, y: 2, values: { 4: 0.2, 1: 0.7 }, present: [1], reference: [4] }]);
  expect([tiles.legend.map(({ name }) => name), tiles.sideMeters]).toEqual([["Pine", "Oak"], 120]);
});

test("answers that were deleted give way to the labels", async () => {
  const { tiles } = await begin();
  tiles.shown = 2;
  await program.changed();
  program.on("tiles.maps", []);
  await program.changed("tile_maps");
  expect(tiles.tiles.map(({ key }) => key)).toEqual(["a", "b"]);
  expect(tiles.shownMap).toBeUndefined();
});

test("what is shown stays when the project is renamed, and goes with the project", async () => {
  const { tiles, renamed, leave, enter } = await begin();
  tiles.shown = 2;
  tiles.chosen = "a";
  tiles.colorBy = 4;
  await renamed("Other name");
  expect([tiles.shown, tiles.chosen, tiles.colorBy]).toEqual([2, "a", 4]);
  await leave();
  expect([tiles.summary, tiles.tiles]).toEqual([undefined, []]);
  await enter("/projects/b");
  expect([tiles.shown, tiles.chosen, tiles.colorBy]).toEqual([null, null, null]);
});

test("a project without labelled tiles is told from one that was not asked yet, and an error from both", async () => {
  const late = program.late("tiles.summary");
  const { tiles } = await begin();
  expect(tiles.summary).toBeUndefined();
  await late.answer(null);
  expect([tiles.summary, tiles.error]).toEqual([null, undefined]);
  program.refuse("tiles.summary", new Error("locked"));
  await tiles.refresh();
  expect(tiles.error).toEqual(new Error("locked"));
});
