// A displacement that differs from place to place: tie points on a grid of windows, and the smooth field through those that agree. As
// with a common shift the moving image is read again at what was found, until hardly anything is left.
import type { AlignModel, MeasureRefusal } from "../../src-shared/domain/alignment.ts";
import type { Shift } from "../../src-shared/eo/index.ts";
import { apply } from "../../src-shared/geo/affine.ts";
import { type Bend, type BendLattice, bendAt } from "../../src-shared/geo/bend.ts";
import { boundsOf, type GeoBox, geoboxOfWindow } from "../../src-shared/geo/geobox.ts";
import { fitBend, type Stiffness, type TiePoint } from "./fit-bend.ts";
import { type MeasuredShift, measureShift, type ShiftSpec } from "./measure-shift.ts";
import { clearShare, leastClear } from "./patch.ts";
import { crossPower, peakOf } from "./phase-correlation.ts";
import { windowsOver } from "./windows.ts";

export interface MeasuredBend extends MeasuredShift {
  readonly bend: Bend | undefined;
  /** root mean square of the whole displacement over the tie points, in pixels */
  readonly off: number;
}

const mostEachWay = 15;
const rounds = 4;
/** A smooth field needs so many tie points that agree, an affine one so many. */
const fewestTies = { affine: 8, local: 20 } as const;
/** A tie point whose second peak is so high may be the wrong one of two. */
const highestRival = 0.75;

/**
 * The correction of an image that is displaced differently from place to place, in units of the grid's CRS. Starts from the common shift.
 * @see Scheffler et al. 2017, AROSICS: tie points on a grid by phase correlation
 */
export async function measureBend(spec: ShiftSpec, model: Exclude<AlignModel, "shift">): Promise<MeasuredBend> {
  const { grid, read, edges, signal } = spec;
  const common = await measureShift(spec);
  const refused = (reason: MeasureRefusal): MeasuredBend => ({ ...common, refused: reason, bend: undefined, off: 0 });
  // Parts that disagree are what this is for.
  if (common.refused !== null && common.refused !== "inconsistent") return refused(common.refused);
  const size = tieSize(grid);
  if (size === undefined) return refused("overlap");
  const boxes = windowsOver(grid, size, mostEachWay, size / 2).map((window) => geoboxOfWindow(grid, window));
  const lattice = latticeOf(grid, size, model);
  const pixel = Math.abs(grid.affine.b);
  const stiffness: Stiffness =
    model === "affine"
      ? { bending: 0, cross: 1e6, exact: 0.1 * pixel }
      : { bending: 0.05, cross: 0.05, exact: 0.1 * pixel };
  let correction: Shift = { dx: common.dx, dy: common.dy };
  let [ties, kept, residual]: [readonly TiePoint[], number, number] = [[], 0, 0];
  for (let round = 0; round < rounds; round++) {
    const found: TiePoint[] = [];
    for (const box of boxes) {
      signal?.throwIfAborted();
      const reference = await read("reference", box, { dx: 0, dy: 0 });
      const moving = await read("moving", box, correction);
      if (clearShare(reference, moving) < leastClear) continue;
      const power = crossPower(reference, moving, size, edges);
      if (!power) continue;
      const peak = peakOf(power, Math.floor(size / 4));
      if (peak.atRim || peak.rival > highestRival) continue;
      const [x, y] = apply(box.affine, size / 2, size / 2);
      found.push({ x, y, dx: peak.col * grid.affine.b, dy: peak.row * grid.affine.f, weight: 1 - peak.rival });
      await new Promise((resolve) => setImmediate(resolve));
    }
    ties = found;
    if (ties.length < fewestTies[model]) return refused(common.clear < leastClear ? "clouds" : "texture");
    const fit = fitBend(lattice, ties, stiffness);
    kept = fit.weights.filter((weight) => weight > 0).length;
    residual = fit.residual / pixel;
    if (kept < Math.max(fewestTies[model], ties.length / 2)) return refused("inconsistent");
    correction = { ...correction, bend: sum(lattice, correction.bend, fit) };
    const largest = Math.max(...fit.dx.map((dx, i) => Math.hypot(dx, fit.dy[i]!))) / pixel;
    if (largest < 0.03) break;
  }
  const { dx, dy, bend } = correction;
  const squares = ties.map(({ x, y }) => {
    const [bx, by] = bend ? bendAt(bend, x, y) : [0, 0];
    return (dx + bx) ** 2 + (dy + by) ** 2;
  });
  // Windows overlap by half: each counts as a quarter of a measurement.
  const freedom = Math.min(model === "affine" ? 3 : lattice.columns * lattice.rows, kept / 4);
  const error = residual * Math.sqrt(freedom / (kept / 4));
  if (error > 0.5) return refused("inconsistent");
  return {
    ...common,
    dx,
    dy,
    bend,
    off: Math.sqrt(squares.reduce((all, square) => all + square, 0) / squares.length) / pixel,
    windows: { used: kept, all: boxes.length },
    residual,
    error,
    refused: null,
  };
}

/** Windows small enough to see a displacement change, large enough to measure it. */
function tieSize({ width, height }: GeoBox): number | undefined {
  const side = Math.min(width, height);
  if (side >= 1024) return 128;
  return side >= 96 ? (side >= 160 ? 64 : 32) : undefined;
}

function latticeOf(grid: GeoBox, size: number, model: Exclude<AlignModel, "shift">): BendLattice {
  const along = (length: number) => (model === "affine" ? 2 : Math.max(3, Math.min(13, Math.round(length / size) + 1)));
  return { bounds: boundsOf(grid), columns: along(grid.width), rows: along(grid.height) };
}

const sum = (
  lattice: BendLattice,
  bend: Bend | undefined,
  more: { dx: readonly number[]; dy: readonly number[] },
): Bend => ({
  ...lattice,
  dx: more.dx.map((value, i) => value + (bend?.dx[i] ?? 0)),
  dy: more.dy.map((value, i) => value + (bend?.dy[i] ?? 0)),
});
