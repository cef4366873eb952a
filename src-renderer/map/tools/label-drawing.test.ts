import "../dom.fixture.ts";
import Feature from "ol/Feature.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { settle } from "../../client/fake-program.fixture.ts";
import { labelDrawing, labels, selection } from "../../state/index.ts";
import { windowListeners } from "../dom.fixture.ts";
import { openLabels, ringOf } from "../labels.fixture.ts";
import type { LabelFeature, LabelLayer } from "../layers/labels.ts";
import { key, MapUnderTest } from "../map.fixture.ts";
import { program } from "../program.fixture.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
let layer: LabelLayer;
let close: () => void;
beforeEach(async () => {
  vi.useFakeTimers();
  program.on("labels.add", { ids: [9] } as never);
  map = new MapUnderTest();
  ({ layer, stop: close } = await openLabels());
  map.lent.labels = layer;
});
afterEach(() => {
  close();
  map.dispose();
});

/** Far from all labels. */
const corners = [
  [400, 400],
  [480, 400],
  [480, 500],
] as const;
const clickCorners = () => {
  for (const [x, y] of corners) map.click(x, y);
};
const triangle = [[[...corners, corners[0]]]];
const added = () => program.requests("labels.add");

test("a double click on the last corner, or a click on the first, ends a polygon of the class in hand", async () => {
  map.take("labels.polygon");
  clickCorners();
  map.click(480, 500);
  await settle();
  clickCorners();
  map.click(400, 400);
  await settle();
  const label = { legendId: 1, labels: [{ classCode: 1, coordinates: triangle, drawn: "polygon" }] };
  expect(added()).toEqual([label, label]);
  expect(labelDrawing.rejected).toBeNull();
});

test("Enter and the right button end a polygon, and the right button opens no menu", async () => {
  map.take("labels.polygon");
  clickCorners();
  expect(key("Enter")).toBe(true);
  clickCorners();
  expect(map.click(700, 100, "right")).toBe(false);
  await settle();
  expect(added()).toHaveLength(2);
  expect(added()[1]).toMatchObject({ labels: [{ coordinates: triangle }] });
  expect(map.click(700, 100, "right")).toBe(false);
  expect(key("Enter")).toBe(false);
});

test("two corners are no polygon: Enter waits for a third", async () => {
  map.take("labels.polygon");
  map.click(400, 400);
  map.click(480, 400);
  map.move(480, 500);
  expect(key("Enter")).toBe(true);
  await settle();
  expect(added()).toEqual([]);
  map.click(480, 500);
  key("Enter");
  await settle();
  expect(added()).toHaveLength(1);
});

test("Backspace and Ctrl+Z take corners back; without a sketch Ctrl+Z is the project's", async () => {
  map.take("labels.polygon");
  clickCorners();
  map.click(700, 550);
  expect(key("z", { ctrlKey: true })).toBe(true);
  key("Enter");
  await settle();
  expect(added()).toMatchObject([{ labels: [{ coordinates: triangle }] }]);
  map.click(400, 400);
  expect(key("Backspace")).toBe(true);
  expect(key("Backspace")).toBe(false);
  expect(key("z", { ctrlKey: true })).toBe(false);
});

test("Esc gives the sketch up and leaves the tool in hand", async () => {
  map.take("labels.polygon");
  clickCorners();
  expect(key("Escape")).toBe(true);
  expect(key("Escape")).toBe(false);
  clickCorners();
  key("Enter");
  await settle();
  expect(added()).toHaveLength(1);
});

test("a corner is caught by the corner and the edge of a label near it, unless snapping is off", async () => {
  map.take("labels.polygon");
  map.click(304, 297);
  map.click(400, 297);
  map.click(306, 150);
  key("Enter");
  await settle();
  expect(added()).toMatchObject([
    {
      labels: [
        {
          coordinates: [
            [
              [
                [300, 300],
                [400, 297],
                [300, 150],
                [300, 300],
              ],
            ],
          ],
        },
      ],
    },
  ]);
  labelDrawing.toggleSnapping();
  flushSync();
  map.click(304, 297);
  map.click(400, 297);
  map.click(306, 150);
  key("Enter");
  await settle();
  expect(added()[1]).toMatchObject({
    labels: [
      {
        coordinates: [
          [
            [
              [304, 297],
              [400, 297],
              [306, 150],
              [304, 297],
            ],
          ],
        ],
      },
    ],
  });
  labelDrawing.toggleSnapping();
});

test("of so many labels in view that the pointer would be slow, none catches a corner", async () => {
  map.take("labels.polygon");
  const addLabels = async (count: number, from: number) => {
    layer.source.addFeatures(
      Array.from({ length: count }, (_, i) => {
        const feature: LabelFeature = new Feature(
          new MultiPolygon([[ringOf([700, 500 + (i % 50), 701, 501 + (i % 50)])]]),
        );
        feature.setId(from + i);
        return feature;
      }),
    );
    await vi.advanceTimersByTimeAsync(100);
  };
  const firstCorner = async () => {
    for (const [x, y] of [[304, 297], [400, 297], [306, 150]] as const) map.click(x, y); // biome-ignore format: one line
    key("Enter");
    await settle();
    return (added().at(-1) as unknown as { labels: { coordinates: number[][][][] }[] }).labels[0]!
      .coordinates[0]![0]![0];
  };
  // 1200 in view, with the three that are there.
  await addLabels(1197, 1000);
  expect(await firstCorner()).toEqual([300, 300]);
  await addLabels(1, 5000);
  expect(await firstCorner()).toEqual([304, 297]);
});

test("a point is one click, a rectangle two", async () => {
  let putAway = map.take("labels.point");
  map.click(400, 450);
  await settle();
  putAway();
  putAway = map.take("labels.rectangle");
  map.click(400, 400);
  map.move(450, 420);
  expect(added()).toHaveLength(1);
  map.click(480, 500);
  await settle();
  putAway();
  expect(added()).toEqual([
    { legendId: 1, labels: [{ classCode: 1, point: [400, 450] }] },
    { legendId: 1, labels: [{ classCode: 1, coordinates: [[expect.any(Array)]], drawn: "rectangle" }] },
  ]);
  const [outline = []] = added()[1]!.labels[0]!.coordinates ?? [];
  expect(new Set(outline[0]!.map(String))).toEqual(new Set(ringOf([400, 400, 480, 500]).map(String)));
});

test("a freehand outline follows the left button; the middle one pans and the right one draws nothing", async () => {
  map.take("labels.freehand");
  map.press(400, 400);
  const drawn = [
    ...Array.from({ length: 8 }, (_, step) => [410 + 10 * step, 400] as const),
    ...Array.from({ length: 10 }, (_, step) => [480, 410 + 10 * step] as const),
    ...Array.from({ length: 8 }, (_, step) => [470 - 10 * step, 500] as const),
  ];
  for (const [x, y] of drawn) map.move(x, y, { buttons: 1 });
  map.release(400, 500);
  await settle();
  expect(added()).toMatchObject([{ labels: [{ drawn: "freehand", classCode: 1 }] }]);
  // What lies on the line between others is left out, and what turns is where the hand was.
  expect(added()[0]!.labels[0]!.coordinates).toEqual([[ringOf([400, 400, 480, 500])]]);
  map.drag([400, 300], [500, 350], "middle");
  expect(map.map.getView().getCenter()![0]).toBeLessThan(320);
  map.drag([400, 300], [500, 350], "right");
  await settle();
  expect(added()).toHaveLength(1);
});

test("the middle button pans while a polygon is drawn", async () => {
  map.take("labels.polygon");
  clickCorners();
  map.drag([600, 300], [650, 300], "middle");
  expect(map.map.getView().getCenter()![0]).toBeLessThan(360);
  key("Enter");
  await settle();
  expect(added()).toMatchObject([{ labels: [{ coordinates: triangle }] }]);
});

test("a refused outline stays until it is mended: Enter tries again, once", async () => {
  program.refuse("labels.add", new Error("crosses itself"));
  map.take("labels.polygon");
  clickCorners();
  key("Enter");
  await settle();
  expect(labelDrawing.rejected?.error).toEqual(new Error("crosses itself"));
  // Nothing new is drawn meanwhile, and a corner of it can be dragged.
  map.drag([480, 500], [440, 520]);
  expect(added()).toHaveLength(1);
  program.on("labels.add", { ids: [9] } as never);
  expect(key("Enter")).toBe(true);
  expect(key("Enter")).toBe(true);
  await settle();
  expect(added()).toHaveLength(2);
  expect(added()[1]).toMatchObject({
    labels: [
      {
        coordinates: [
          [
            [
              [400, 400],
              [480, 400],
              [440, 520],
              [400, 400],
            ],
          ],
        ],
      },
    ],
  });
  expect(labelDrawing.rejected).toBeNull();
});

test("Esc discards a refused outline, and drawing goes on", async () => {
  program.refuse("labels.add", new Error("crosses itself"));
  map.take("labels.polygon");
  clickCorners();
  key("Enter");
  await settle();
  expect(key("Escape")).toBe(true);
  expect(labelDrawing.rejected).toBeNull();
  program.on("labels.add", { ids: [9] } as never);
  clickCorners();
  key("Enter");
  await settle();
  expect(added()).toHaveLength(2);
});

test("of two refused outlines none is forgotten, nor when a later one is taken first", async () => {
  const answers = program.late("labels.add");
  map.take("labels.point");
  for (const x of [400, 420, 440]) map.click(x, 450);
  await settle();
  await answers.fail(new Error("first"));
  await answers.fail(new Error("second"));
  await answers.answer({ ids: [9] } as never);
  expect(labelDrawing.rejected?.error).toEqual(new Error("first"));
  key("Escape");
  expect(labelDrawing.rejected?.error).toEqual(new Error("second"));
  key("Escape");
  expect(labelDrawing.rejected).toBeNull();
});

test("an outline that is refused after its tool was put away is spoken of", async () => {
  const answers = program.late("labels.add");
  const putAway = map.take("labels.polygon");
  clickCorners();
  key("Enter");
  await settle();
  putAway();
  await answers.fail(new Error("outside of the project"));
  expect(labels.failed).toEqual(new Error("outside of the project"));
  expect(labelDrawing.rejected).toBeNull();
});

test("a line divides the selected labels it touches, else all of them, and selects the pieces", async () => {
  program.on("labels.divide", { ids: [1, 7] } as never);
  map.take("labels.divide");
  const across = () => {
    map.click(80, 190);
    map.click(340, 190);
    key("Enter");
  };
  across();
  await settle();
  expect(program.requests("labels.divide")).toEqual([
    {
      ids: [1],
      line: [
        [80, 190],
        [340, 190],
      ],
    },
  ]);
  expect([...selection.labels]).toEqual([1, 7]);
  labels.select([3]);
  flushSync();
  across();
  await settle();
  // The selected label lies beside the line: that is said, and the program is not bothered.
  expect(program.requests("labels.divide")).toHaveLength(1);
  expect(labelDrawing.rejected?.error).toMatchObject({ code: "labels-not-divided" });
});

test("a hole is cut out of the labels under it, and one beside all labels is refused in words", async () => {
  program.on("labels.cut", null as never);
  map.take("labels.cut");
  for (const [x, y] of [
    [520, 120],
    [560, 120],
    [560, 160],
  ] as const)
    map.click(x, y);
  key("Enter");
  await settle();
  expect(program.requests("labels.cut")).toMatchObject([{ ids: [3] }]);
  clickCorners();
  key("Enter");
  await settle();
  expect(program.requests("labels.cut")).toHaveLength(1);
  expect(labelDrawing.rejected?.error).toMatchObject({ code: "labels-cut-beside" });
});

test("putting the tool away leaves nothing behind", async () => {
  const state = () => [
    windowListeners(),
    map.map.getInteractions().getLength(),
    map.map.getLayers().getLength(),
    map.map.getViewport()!.className,
  ];
  const before = state();
  for (const mode of [
    "labels.polygon",
    "labels.freehand",
    "labels.divide",
    "labels.select",
    "labels.vertices",
  ] as const) {
    const putAway = map.take(mode);
    map.click(400, 400);
    putAway();
  }
  expect(state()).toEqual(before);
});
