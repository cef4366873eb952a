import type { LabelInput, ProjectGrid } from "../../src-shared/domain/job.ts";
import type { LabelledTable } from "../classifiers/index.ts";
import { planBlend } from "../cube/index.ts";
import { type FeatureLayer, instantRows } from "../features/index.ts";
import { patchGrid, projectArea } from "./imagery.ts";
import { LabelPatches } from "./label-patches.ts";
import { chosenPatches } from "./method-table.ts";

/** The parts that never teach the instant map: patches that their labels hold are left out even where another label lies on them. */
const heldBack = ["validation", "test"] as const;

/** The labels that hold patches of the parts held back. */
export const heldBackLabels = (labels: LabelInput, grid: ProjectGrid): LabelPatches[] => {
  const codes = labels.legend.map(({ code }) => code);
  return heldBack.flatMap((part) =>
    labels.polygons.some((polygon) => polygon.part === part)
      ? [new LabelPatches(labels, part, codes, patchGrid(grid), projectArea(grid))]
      : [],
  );
};

/** What the instant map learns from. */
export interface InstantLesson {
  /** standardised values of the layer; classes as positions in `codes` */
  readonly table: LabelledTable;
  /** [rows] the label of each row */
  readonly groups: Int32Array;
  /** the legend's codes */
  readonly codes: readonly number[];
  /** labels of the training part that hold a patch which an input sees, and the other ones */
  readonly labels: number;
  readonly outside: number;
  /** by class code: patches that are learned from */
  readonly patches: Readonly<Record<number, number>>;
}

/**
 * The rows of a feature layer that labels teach: the same patches that a model made of them learns from (`finetuneMethod`), read from the layer.
 * @param seed chooses patches of labels that are too large
 */
export function instantLesson(layer: FeatureLayer, labels: LabelInput, grid: ProjectGrid, seed: number): InstantLesson {
  const codes = labels.legend.map(({ code }) => code);
  const area = projectArea(grid);
  const train = new LabelPatches(labels, "train", codes, patchGrid(grid), area);
  const { columns, factors, side } = layer;
  const rows: Float32Array[] = [];
  const classes: number[] = [];
  const groups: number[] = [];
  const reached = new Set<number>();
  const tiles = train.tilesAround(planBlend(area, side, 0).tiles);
  for (const { tile, told, wanted } of chosenPatches(train, tiles, instantRows, seed, heldBackLabels(labels, grid))) {
    const block = layer.blockAt(tile.col, tile.row);
    if (!block) continue;
    for (let p = 0; p < wanted.length; p++) {
      if (wanted[p] !== 1 || block.seen[p] !== 1) continue;
      rows.push(Float32Array.from({ length: columns }, (_, j) => block.values[p * columns + j]! * factors[j]!));
      classes.push(told.classes[p]!);
      groups.push(told.polygons[p]!);
      reached.add(told.polygons[p]!);
    }
  }
  const values = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) values.set(row, i * columns);
  const patches: Record<number, number> = {};
  for (const position of classes) patches[codes[position]!] = (patches[codes[position]!] ?? 0) + 1;
  const teaching = new Set(labels.polygons.flatMap(({ id, part }) => (part === "train" ? [id] : [])));
  return {
    table: { values, rows: rows.length, columns, classes: Int32Array.from(classes), classCount: codes.length },
    groups: Int32Array.from(groups),
    codes,
    labels: reached.size,
    outside: teaching.size - reached.size,
    patches,
  };
}
