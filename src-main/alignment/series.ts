// How the dates of a series lie beside a reference: one image, or the median of several dates. Each window of the reference is read
// once and kept; memory holds these, and while a median is made every date of it on one window.
import type { AlignedDate, AlignModel } from "../../src-shared/domain/alignment.ts";
import { type Acquisition, bandNamesOf, indicesFor, type Shift } from "../../src-shared/eo/index.ts";
import { bendAt, bendNodes } from "../../src-shared/geo/bend.ts";
import { alignedGeobox, boundsOf, type GeoBox } from "../../src-shared/geo/geobox.ts";
import { pixelSizeIn, type Reader } from "../imagery/index.ts";
import { type MeasuredBend, measureBend } from "./measure-bend.ts";
import { boxesToCompare, measureShift, type ShiftSpec } from "./measure-shift.ts";
import { type MeasuredPatch, patchOf } from "./patch.ts";
import type { Edges } from "./phase-correlation.ts";
import { datesForMedian, medianPatch } from "./reference.ts";

export interface SeriesSpec {
  /** the project's area; its CRS counts in metres */
  readonly area: GeoBox;
  /** in order of time */
  readonly dates: readonly Acquisition[];
  /** one image, or several whose median is the reference */
  readonly reference: readonly Acquisition[];
  readonly model: AlignModel;
  /** dates that were measured before an interruption */
  readonly known?: readonly AlignedDate[] | undefined;
  readonly signal: AbortSignal;
  readonly onReference?: ((fraction: number) => void) | undefined;
  readonly onDate?: ((measured: readonly AlignedDate[], count: number) => void) | undefined;
}

export interface MeasuredSeries {
  readonly bands: { readonly moving: string; readonly reference: string };
  /** metres per pixel */
  readonly resolution: number;
  readonly dates: readonly AlignedDate[];
}

/**
 * Measures every date of `dates` that is not the reference itself. Reads windows, never a whole image; changes nothing.
 * @throws what reading images throws, and the signal's reason
 */
export async function measureSeries(reader: Reader, spec: SeriesSpec): Promise<MeasuredSeries> {
  const { area, reference, model, signal } = spec;
  const [only, ...others] = reference;
  const moving = spec.dates.filter(({ id }) => others.length > 0 || id !== only?.id);
  if (!only || !moving[0]) throw new Error(`Series of ${spec.dates.length} dates against ${reference.length} images`);
  const bands = { moving: bandToCompare(moving[0]), reference: bandToCompare(only) };
  const resolution = Math.max(
    await resolutionIn(reader, moving[0], bands.moving, area),
    await resolutionIn(reader, only, bands.reference, area),
  );
  const grid = onPixelsOf(
    await gridOfBand(reader, only, bands.reference),
    alignedGeobox(area.crs, boundsOf(area), resolution),
  );
  const referencePatch = keptPatches((box) =>
    others.length > 0
      ? medianPatch(reader, datesForMedian(reference), bands.reference, box, signal)
      : patchOf(reader, only, bands.reference, box, signal),
  );
  const boxes = boxesToCompare(grid);
  for (const [i, box] of boxes.entries()) {
    signal.throwIfAborted();
    await referencePatch(box);
    spec.onReference?.((i + 1) / boxes.length);
  }
  const known = new Map((spec.known ?? []).map((date) => [date.acquisition, date]));
  const dates: AlignedDate[] = [];
  for (const acquisition of moving) {
    const before = known.get(acquisition.id);
    dates.push(before ?? (await measured(acquisition)));
    spec.onDate?.(dates, moving.length);
  }
  return { bands, resolution, dates };

  async function measured(acquisition: Acquisition): Promise<AlignedDate> {
    const own = acquisition.shift;
    const asked: ShiftSpec = {
      grid,
      edges: edgesBetween(acquisition, only!),
      read: (image, box, further) =>
        image === "reference"
          ? referencePatch(box)
          : patchOf(reader, { ...acquisition, shift: together(own, further) }, bands.moving, box, signal),
      signal,
    };
    if (model !== "shift") return alignedDate(acquisition, await measureBend(asked, model));
    const found = await measureShift(asked);
    return alignedDate(acquisition, { ...found, bend: undefined, off: Math.hypot(found.dx, found.dy) / resolution });
  }
}

function alignedDate({ id, date, shift }: Acquisition, found: MeasuredBend): AlignedDate {
  const { dx, dy, bend, off, confidence, windows, clear, reach, residual, error, refused } = found;
  const told = refused === null;
  return {
    acquisition: id,
    date,
    before: shift ?? null,
    correction: told ? roundedShift(together(shift, { dx, dy, bend })) : null,
    off: told ? off : null,
    error: told ? error : null,
    residual: told ? residual : null,
    confidence,
    windows,
    clear,
    reach,
    refused,
  };
}

/** Two corrections one after the other. Bends change by far less than themselves over a shift: they are added where they are. */
function together(first: Shift | undefined, { dx, dy, bend }: Shift): Shift {
  const shift = { dx: (first?.dx ?? 0) + dx, dy: (first?.dy ?? 0) + dy };
  if (!first?.bend || !bend) return { ...shift, ...(bend || first?.bend ? { bend: bend ?? first?.bend } : {}) };
  const before = first.bend;
  const own = bendNodes(bend).map(([x, y]) => bendAt(before, x, y));
  const sum = (values: readonly number[], axis: 0 | 1) => values.map((value, i) => value + own[i]![axis]);
  return { ...shift, bend: { ...bend, dx: sum(bend.dx, 0), dy: sum(bend.dy, 1) } };
}

/** A tenth of a millimetre is finer than any correction. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
const roundedShift = ({ dx, dy, bend }: Shift): Shift => ({
  dx: rounded(dx),
  dy: rounded(dy),
  ...(bend ? { bend: { ...bend, dx: bend.dx.map(rounded), dy: bend.dy.map(rounded) } } : {}),
});

/** Radar and light agree on where edges are, not on which side is bright. */
export const edgesBetween = (p: Pick<Acquisition, "sensor">, q: Pick<Acquisition, "sensor">): Edges =>
  (p.sensor === "sentinel-1") === (q.sensor === "sentinel-1") ? "signed" : "unsigned";

/** Near infrared shows fields, hedges and water best and changes little from date to date; else the first band. */
export function bandToCompare(acquisition: Acquisition): string {
  const names = bandNamesOf(acquisition);
  const [ndvi] = indicesFor(acquisition.sensor, names).filter(({ name }) => name === "NDVI");
  return names.find((name) => name === ndvi?.bands[0]) ?? names[0]!;
}

/** Pixel size of the first piece that has the band, in units of the project's CRS. */
export const resolutionIn = async (
  reader: Reader,
  acquisition: Acquisition,
  band: string,
  { crs }: Pick<GeoBox, "crs">,
): Promise<number> => pixelSizeIn(await gridOfBand(reader, acquisition, band), crs).side;

/** The grid of the first piece that has the band. */
async function gridOfBand(reader: Reader, { pieces }: Acquisition, band: string): Promise<GeoBox> {
  const files = pieces.flatMap((piece) => piece.files);
  const { path, crs, grid } = files.find(({ bands }) => bands.some(({ name }) => name === band))!;
  return grid ?? (await reader.facts(path, crs)).geobox;
}

/** `grid` moved by part of a pixel, so that its pixels are the image's where both have one size: what is not resampled keeps its edges. */
function onPixelsOf(image: GeoBox, grid: GeoBox): GeoBox {
  const [p, q] = [image.affine, grid.affine];
  if (image.crs !== grid.crs || p.b !== q.b || p.f !== q.f || p.c !== 0 || p.e !== 0) return grid;
  const [col, row] = [(p.a - q.a) / q.b, (p.d - q.d) / q.f];
  return { ...grid, affine: { ...q, a: q.a + (col - Math.round(col)) * q.b, d: q.d + (row - Math.round(row)) * q.f } };
}

/** Asks once for each box. */
function keptPatches(read: (box: GeoBox) => Promise<MeasuredPatch>): (box: GeoBox) => Promise<MeasuredPatch> {
  const kept = new Map<string, Promise<MeasuredPatch>>();
  return (box) => {
    const key = JSON.stringify([Object.values(box.affine), box.width, box.height]);
    const found = kept.get(key) ?? read(box);
    kept.set(key, found);
    return found;
  };
}
