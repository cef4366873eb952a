/** What the pixels of an input say against the meaning that was decided for them, and the change that would make them fit. */
import { type Acquisition, type Modality, measuredPieces } from "../../src-shared/eo/index.ts";
import type { Repair, RepairFigures, RepairKind } from "../../src-shared/ipc/radiometry.ts";
import { thumbnailGrid } from "./import-files.ts";
import { membersOf } from "./modalities.ts";
import { percentile } from "./radiometry.ts";
import type { Reader } from "./reader.ts";

/** So many dates are looked at, spread over the series. */
const mostDates = 12;

interface Looked {
  /** as they are read now, ascending; linear backscatter as it is stored times scale, not in decibels */
  readonly values: Float64Array;
  readonly scale: number;
  readonly offset: number;
}

/** What +1000 in stored integers is as reflectance: 0.1 at the usual scale; 0.1 too where reflectance itself is stored. */
export const storedOffset = (scale: number): number => (scale < 0.01 ? 1000 * scale : 0.1);

/**
 * The repair that an input's pixels ask for, with figures of a few dates before and after; `undefined` when they fit.
 *
 * +1000 still in: no pixel of any date is darker than about 0.1, while water, shadow and forest are under 0.05 (ESA, baseline
 * 04.00 note). Taken off twice: the darkest are well below 0. Never divided: reflectances far above 1. Decibels are negative as a
 * rule and linear power never is.
 */
export async function repairOf(
  reader: Reader,
  modality: Modality,
  acquisitions: readonly Acquisition[],
  signal?: AbortSignal,
): Promise<Repair | undefined> {
  const members = membersOf(modality, acquisitions);
  const step = Math.max(1, Math.ceil(members.length / mostDates));
  const looked: Looked[] = [];
  const quantities = new Set<string>();
  for (const acquisition of members.filter((_, n) => n % step === 0)) {
    signal?.throwIfAborted();
    const file = measuredPieces(acquisition)[0]?.files.find(({ bands }) =>
      bands.some(({ name }) => name === modality.bands[0]),
    );
    const band = file?.bands.find(({ name }) => name === modality.bands[0]);
    if (!file || !band) continue;
    quantities.add(file.radiometry.quantity);
    const grid = file.grid ?? (await reader.facts(file.path, file.crs)).geobox;
    const request = {
      path: file.path,
      bands: [band.bandIndex],
      target: thumbnailGrid(grid, 96),
      method: "nearest" as const,
    };
    const block = await reader.warp(file.crs ? { ...request, crs: file.crs } : request, signal);
    const values: number[] = [];
    Array.from(block.bands[0]!).forEach((stored, at) => {
      if (block.valid[0]?.[at] === 0 || stored === band.nodata || !Number.isFinite(stored)) return;
      if (modality.sensor === "sentinel-1" && stored === 0) return;
      values.push(stored * band.scale + band.offset);
    });
    if (values.length >= 20)
      looked.push({ values: Float64Array.from(values).sort(), scale: band.scale, offset: band.offset });
  }
  if (looked.length === 0 || quantities.size !== 1) return undefined;
  const found = judged([...quantities][0]!, modality.sensor, looked);
  if (!found) return undefined;
  const before = figuresOf(looked.map(({ values }) => values));
  const after = figuresOf(looked.map(({ values }) => values.map(found.change)));
  return { kind: found.kind, modality: modality.name, dates: looked.length, acquisitions: members.map(({ id }) => id), before, after }; // biome-ignore format: one value
}

function judged(
  quantity: string,
  sensor: Modality["sensor"],
  looked: readonly Looked[],
): { readonly kind: RepairKind; readonly change: (value: number) => number } | undefined {
  const ofEach = (share: number) => looked.map(({ values }) => percentile(values, share)).sort((p, q) => p - q);
  const middle = percentile(ofEach(0.5), 0.5);
  if (quantity === "reflectance") {
    if (middle > 20) return { kind: "not-divided", change: (value) => value * 1e-4 };
    if (sensor !== "sentinel-2") return undefined;
    const darkest = ofEach(0.001);
    const amount = storedOffset(looked[0]!.scale);
    // A scene may be bright: what was taken off once is not taken off again.
    const untouched = looked.every(({ offset }) => offset > -amount / 2);
    if (untouched && percentile(darkest, 0.1) >= 0.95 * amount && middle < 20 * amount)
      return { kind: "offset-still-in", change: (value) => value - amount };
    if (percentile(darkest, 0.5) <= -0.4 * amount)
      return { kind: "offset-taken-twice", change: (value) => value + amount };
    return undefined;
  }
  if (quantity === "backscatter-linear" && percentile(ofEach(0.5), 0.5) < -1)
    return { kind: "decibels-not-linear", change: (value) => value };
  if (quantity === "backscatter-db" && percentile(ofEach(0.001), 0.1) >= 0 && middle < 2)
    return { kind: "linear-not-decibels", change: (value) => (value > 0 ? 10 * Math.log10(value) : Number.NaN) };
  return undefined;
}

/** Of all pixels that were looked at: the middle of the dates' darkest, middle and brightest values. */
function figuresOf(dates: readonly ArrayLike<number>[]): RepairFigures {
  const of = (share: number) => {
    const each = dates
      .map((values) => Float64Array.from(Array.from(values).filter(Number.isFinite)).sort())
      .filter(({ length }) => length > 0)
      .map((values) => percentile(values, share))
      .sort((p, q) => p - q);
    return each.length === 0 ? null : Number(percentile(each, 0.5).toPrecision(6));
  };
  return { darkest: of(0.001), middle: of(0.5), brightest: of(0.99) };
}
