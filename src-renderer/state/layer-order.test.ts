import { expect, test } from "vitest";
import type { LayerRow } from "../../src-shared/domain/display.ts";
import type { LayerFacts } from "../../src-shared/ipc/index.ts";
import { drawnOf, positionBetween, positionsOnTop, slotsOf } from "./layer-order.ts";
import { layer as plainLayer } from "./state.fixture.ts";

const layer = (id: string, kind: LayerFacts["kind"], more: Partial<LayerFacts> = {}): LayerFacts =>
  plainLayer(id, { kind, ...more });
const date = (id: string, sensor: LayerFacts["sensor"], day: string) =>
  layer(`acquisition:${id}`, "acquisition", { sensor, date: day });
const facts = [
  date("a", "sentinel-1", "2019-01-01"),
  date("b", "sentinel-2", "2019-02-01"),
  date("c", "sentinel-2", "2019-03-01"),
  layer("map:1", "map"),
  layer("confidence:1", "confidence"),
  layer("labels:1", "labels"),
  layer("basemap", "basemap"),
];
const rows = (...list: Partial<LayerRow>[]) =>
  new Map(list.map((row) => [row.id!, { position: 0, visible: true, opacity: 1, style: {}, ...row } as LayerRow]));
const latest = (_: unknown, members: readonly LayerFacts[]) => members[0]?.id ?? null;

test("labels lie above maps, maps above images, images above the basemap, and the finest sensor is seen first", () => {
  const slots = slotsOf(facts, new Map());
  expect(slots.map(({ id }) => id)).toEqual([
    "labels:1",
    "confidence:1",
    "map:1",
    "group:sentinel-2",
    "group:sentinel-1",
    "basemap",
  ]);
  expect(drawnOf(slots, new Map(), latest).map(({ id }) => id)).toEqual([
    "basemap",
    "acquisition:c",
    "map:1",
    "labels:1",
  ]);
});

test("a series shows the slider's date; pinned dates stay, and the sensor's style lies under the date's own", () => {
  const display = rows(
    { id: "group:sentinel-2", position: 300, opacity: 0.5, style: { preset: "natural", gamma: 1 } },
    { id: "acquisition:c", opacity: 0.5, style: { pinned: true, gamma: 2 } },
  );
  const drawn = drawnOf(slotsOf(facts, display), display, () => "acquisition:b").filter(
    ({ sensor }) => sensor === "sentinel-2",
  );
  expect(drawn).toEqual([
    {
      id: "acquisition:b",
      opacity: 0.5,
      style: { preset: "natural", gamma: 1 },
      date: "2019-02-01",
      sensor: "sentinel-2",
    },
    {
      id: "acquisition:c",
      opacity: 0.25,
      style: { preset: "natural", gamma: 2, pinned: true },
      date: "2019-03-01",
      sensor: "sentinel-2",
    },
  ]);
});

test("what is hidden or has lost its files is not drawn", () => {
  const gone = facts.map((entry) => (entry.id === "map:1" ? { ...entry, state: "missing" as const } : entry));
  const display = rows({ id: "labels:1", position: 800, visible: false });
  expect(drawnOf(slotsOf(gone, display), display, latest).map(({ id }) => id)).toEqual(["basemap", "acquisition:c"]);
});

test("a moved layer takes a place between its new neighbours, also at the ends", () => {
  const slots = slotsOf(facts, new Map());
  const moved = (id: string, target: string, place: "before" | "after") => {
    const display = rows({ id, position: positionBetween(slots, id, target, place) });
    return slotsOf(facts, display).map((slot) => slot.id);
  };
  expect(moved("basemap", "labels:1", "before")[0]).toBe("basemap");
  expect(moved("labels:1", "basemap", "after").at(-1)).toBe("labels:1");
  expect(moved("group:sentinel-1", "group:sentinel-2", "before").slice(3, 5)).toEqual([
    "group:sentinel-1",
    "group:sentinel-2",
  ]);
});

test("what is uncertain lies over its own map and under the next one; possible classes are off at first", () => {
  const kinds = ["map", "confidence", "set-size", "uncertain"] as const;
  const maps = [1, 2].flatMap((id) => kinds.map((kind) => layer(`${kind}:${id}`, kind)));
  const slots = slotsOf(maps, new Map());
  expect(drawnOf(slots, new Map(), latest).map(({ id }) => id)).toEqual([
    "map:1",
    "uncertain:1",
    "map:2",
    "uncertain:2",
  ]);
  expect(slots.find(({ id }) => id === "uncertain:1")!.opacity).toBeLessThan(1);
});

test("a row without a place of its own lies where its kind lies, the newer map above the older, however many dates there are", () => {
  const unset = { position: null, visible: null, opacity: null };
  const maps = [layer("map:9", "map"), layer("map:10", "map")];
  const display = rows({ id: "map:10", ...unset, visible: true }, { id: "map:9", ...unset, opacity: 0.5 });
  const dates = Array.from({ length: 2000 }, (_, i) => date(`d${i}`, "sentinel-2", "2019-04-01"));
  for (const facts of [maps, [...dates, ...maps]]) {
    const slots = slotsOf([...facts, layer("basemap", "basemap")], display);
    expect(slots.map(({ id }) => id).filter((id) => !id.startsWith("group"))).toEqual(["map:10", "map:9", "basemap"]);
    expect(slots.find(({ id }) => id === "map:9")).toMatchObject({ visible: true, opacity: 0.5 });
  }
});

test("a new result comes above the pictures that a person raised, in its own order, and stays under labels", () => {
  const facts = [
    layer("map:1", "map"),
    layer("confidence:1", "confidence"),
    layer("map:2", "map"),
    layer("confidence:2", "confidence"),
    layer("labels:1", "labels"),
  ];
  const own = ["map:2", "confidence:2"];
  const at = (...display: Parameters<typeof rows>) => slotsOf(facts, rows(...display));
  expect(positionsOnTop(at(), own)).toEqual(new Map());
  // A hidden layer covers nothing.
  expect(positionsOnTop(at({ id: "map:1", position: 600, visible: false }), own)).toEqual(new Map());
  const raised = at({ id: "map:1", position: 600 });
  const positions = positionsOnTop(raised, own);
  const after = at({ id: "map:1", position: 600 }, ...[...positions].map(([id, position]) => ({ id, position })));
  expect(after.map(({ id }) => id)).toEqual(["labels:1", "confidence:2", "map:2", "map:1", "confidence:1"]);
  expect(positionsOnTop(at({ id: "map:1", position: 900 }), own).get("map:2")).toBeGreaterThan(900);
});
