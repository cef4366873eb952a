import type { LabelInput, LabelPolygon, ProjectGrid } from "../../../src-shared/domain/job.ts";
import { packCells } from "../../../src-shared/domain/patch-cells.ts";
import { patchGrid, projectArea } from "../../jobs/imagery.ts";
import { heldBackLabels } from "../../jobs/instant-lesson.ts";
import { LabelPatches } from "../../jobs/label-patches.ts";

/**
 * Labels that teach without the patches on which a label for validation or test lies: the instant map leaves them out by itself, and a network
 * that is compared with it must not learn from them either.
 */
export function labelsOfChain(labels: LabelInput, grid: ProjectGrid): LabelInput {
  const held = heldBackLabels(labels, grid);
  if (held.length === 0) return labels;
  const codes = labels.legend.map(({ code }) => code);
  const train = new LabelPatches(labels, "train", codes, patchGrid(grid), projectArea(grid));
  return {
    ...labels,
    polygons: labels.polygons.flatMap((polygon) =>
      polygon.part === "train" ? without(polygon, train, held) : polygon,
    ),
  };
}

function without(
  polygon: LabelPolygon,
  train: Pick<LabelPatches, "patchesOf">,
  held: readonly Pick<LabelPatches, "has">[],
): LabelPolygon[] {
  const patches = train
    .patchesOf(polygon.id)
    .flatMap(({ col, row, width }) => Array.from({ length: width }, (_, i) => ({ col: col + i, row })));
  const free = patches.filter(({ col, row }) => !held.some((own) => own.has(col, row)));
  if (free.length === patches.length) return [polygon];
  if (free.length === 0) return [];
  const [left, top] = [Math.min(...free.map(({ col }) => col)), Math.min(...free.map(({ row }) => row))];
  const width = Math.max(...free.map(({ col }) => col)) + 1 - left;
  const height = Math.max(...free.map(({ row }) => row)) + 1 - top;
  const kept = new Set(free.map(({ col, row }) => (row - top) * width + col - left));
  const cells = packCells({ col: left, row: top, width, height }, (index) => kept.has(index));
  return cells ? [{ ...polygon, coordinates: [], cells }] : [];
}
