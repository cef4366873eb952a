import { flushSync } from "svelte";
import { expect } from "vitest";
import type { Label } from "../../src-shared/domain/label.ts";
import { settle } from "../client/fake-program.fixture.ts";
import { labelDrawing, labels, selection, session } from "../state/index.ts";
import type { LabelLayer } from "./layers/labels.ts";
import { labelsOnMap } from "./map-effects.fixture.svelte.ts";
import { program } from "./program.fixture.ts";

type Box = readonly [minX: number, minY: number, maxX: number, maxY: number];

export const ringOf = ([minX, minY, maxX, maxY]: Box): [number, number][] => [
  [minX, minY],
  [maxX, minY],
  [maxX, maxY],
  [minX, maxY],
  [minX, minY],
];

const label = (id: number, classCode: number, box: Box): Label => ({
  id,
  legendId: 1,
  classCode,
  coordinates: [[ringOf(box)]],
  cells: null,
  x: (box[0] + box[2]) / 2,
  y: (box[1] + box[3]) / 2,
  patches: 1,
  importId: null,
  feature: null,
  properties: {},
  validFrom: null,
  validTo: null,
  hectares: 1,
});

/** Two on each other, and one beside them. */
export const sampleLabels: readonly Label[] = [
  label(1, 1, [100, 100, 300, 300]),
  label(2, 2, [200, 200, 260, 260]),
  label(3, 1, [500, 100, 600, 200]),
];

const legend = {
  id: 1,
  name: "crops",
  classes: [
    { code: 1, name: "wheat", color: "#e69f00", parent: null },
    { code: 2, name: "maize", color: "#56b4e9", parent: null },
  ],
};

/** Opens a project whose labels are the sample's. Needs `vi.useFakeTimers()`. */
export async function openLabels(): Promise<{ readonly layer: LabelLayer; readonly stop: () => void }> {
  program.asked.length = 0;
  program
    .on("legends.list", { active: 1, legends: [legend] } as never)
    .on("labels.list", { labels: sampleLabels, total: sampleLabels.length, version: 1 } as never)
    .on("labels.parts", {} as never)
    .on("labels.splitState", { split: null, blocks: [] } as never)
    .on("labels.summary", null as never);
  const geobox = { crs: "EPSG:32631", affine: { a: 10, b: 0, c: 0, d: 0, e: -10, f: 600 }, width: 80, height: 60 };
  session.project = { folder: "/p", grid: { geobox } } as never;
  const { layer, stop } = labelsOnMap();
  await settle();
  expect([labels.byId.size, labelDrawing.code]).toEqual([sampleLabels.length, 1]);
  return {
    layer,
    stop() {
      stop();
      session.project = null;
      selection.labels = new Set();
      labels.forgetFailure();
      flushSync();
    },
  };
}
