/** Finds inputs whose pixels contradict the meaning that was decided for them, and the change that makes them fit. */
import { type Acquisition, type Modality, measuredPieces } from "../../src-shared/eo/index.ts";
import type { Repair, RepairFigures, RepairKind } from "../../src-shared/ipc/radiometry.ts";
import { physicalOf, type Reader, readPart } from "../imagery/index.ts";
import { membersOf } from "./modalities.ts";
import { percentile } from "./radiometry.ts";
import { thumbnailGrid } from "./thumbnail.ts";

/** So many dates are looked at, spread over the series. */
const mostDates = 12;

/** Since this day Sentinel-2 products hold +1000 (ESA, processing baseline 04.00): the dates before and after are judged apart. */
const offsetSince = "2022-01-25";

interface Judgement {
  readonly kind: RepairKind;
  readonly change: (value: number) => number;
}

interface Looked {
  readonly id: string;
  /** as they are read now, ascending; linear backscatter as it is stored times scale, not in decibels */
  readonly values: Float64Array;
  readonly quantity: string;
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
 * rule and linear power never is. The dates
 * before and since baseline 04.00 are judged apart, and a date that +1000 cannot be in is left as it is.
 */
export async function repairOf(
  reader: Reader,
  modality: Modality,
  acquisitions: readonly Acquisition[],
  signal?: AbortSignal,
): Promise<Repair | undefined> {
  const members = membersOf(modality, acquisitions);
  let meant: Looked[] = [];
  let ids: string[] = [];
  let found: Judgement | undefined;
  for (const group of [
    members.filter(({ date }) => date < offsetSince),
    members.filter(({ date }) => date >= offsetSince),
  ]) {
    const step = Math.max(1, Math.ceil(group.length / mostDates));
    const sample = group.filter((_, n) => n % step === 0);
    const looked = await lookAt(reader, modality, sample, signal);
    const quantities = new Set(looked.map(({ quantity }) => quantity));
    if (looked.length === 0 || quantities.size !== 1) continue;
    const own = judged([...quantities][0]!, modality.sensor, looked);
    if (!own || (found && found.kind !== own.kind)) continue;
    found = own;
    if (own.kind === "offset-still-in") {
      const rest = group.filter((one) => !sample.includes(one));
      looked.push(...(await lookAt(reader, modality, rest, signal)));
      const held = looked.filter(holdsOffset);
      meant.push(...held);
      ids.push(...held.map(({ id }) => id));
    } else {
      meant.push(...looked);
      ids.push(...group.map(({ id }) => id));
    }
  }
  if (!found || ids.length === 0) return undefined;
  const order = new Map(members.map(({ id }, n) => [id, n]));
  ids = ids.toSorted((p, q) => order.get(p)! - order.get(q)!);
  meant = meant.toSorted((p, q) => order.get(p.id)! - order.get(q.id)!);
  const before = figuresOf(meant.map(({ values }) => values));
  const { kind, change } = found;
  const after = figuresOf(meant.map(({ values }) => values.map(change)));
  const others = members.length - ids.length;
  return { kind, modality: modality.name, dates: meant.length, others, acquisitions: ids, before, after };
}

/** Nothing was taken off yet, and it can be: no pixel would be far below 0 without it. */
const holdsOffset = ({ values, scale, offset }: Looked): boolean =>
  offset > -storedOffset(scale) / 2 && percentile(values, 0.001) >= 0.9 * storedOffset(scale);

/** Thumbnails of the input's first band; dates without enough pixels are left out. */
async function lookAt(
  reader: Reader,
  modality: Modality,
  members: readonly Acquisition[],
  signal: AbortSignal | undefined,
): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (const acquisition of members) {
    signal?.throwIfAborted();
    const [piece] = measuredPieces(acquisition);
    const file = piece?.files.find(({ bands }) => bands.some(({ name }) => name === modality.bands[0]));
    const band = file?.bands.find(({ name }) => name === modality.bands[0]);
    if (!piece || !file || !band) continue;
    const own = file.grid ?? (await reader.facts(file.path, file.crs)).geobox;
    const grid = thumbnailGrid(own, 96);
    const look = {
      bands: [band.name],
      clearClasses: [],
      method: "nearest",
      states: "data",
      judgement: "conceivable",
      signal,
    } as const;
    const { bands, states } = await readPart(reader, { piece, grid }, look);
    const { stored, meaning } = bands[0]!;
    const values: number[] = [];
    for (let at = 0; at < states.length; at++) {
      // Whether linear power is power at all is the question here: it is looked at before it becomes decibels.
      const value = physicalOf(stored[at]!, { ...meaning, linear: false });
      if (bands[0]!.valid?.[at] === 0 || Number.isNaN(value)) continue;
      if (modality.sensor === "sentinel-1" && stored[at] === 0) continue;
      values.push(value);
    }
    if (values.length < 20) continue;
    const { quantity } = file.radiometry;
    looked.push({ id: acquisition.id, values: Float64Array.from(values).sort(), quantity, scale: band.scale, offset: band.offset }); // biome-ignore format: one value
  }
  return looked;
}

function judged(quantity: string, sensor: Modality["sensor"], looked: readonly Looked[]): Judgement | undefined {
  const ofEach = (share: number) => looked.map(({ values }) => percentile(values, share)).sort((p, q) => p - q);
  const middle = percentile(ofEach(0.5), 0.5);
  if (quantity === "reflectance") {
    if (middle > 20) return { kind: "not-divided", change: (value) => value * 1e-4 };
    if (sensor !== "sentinel-2") return undefined;
    const darkest = ofEach(0.001);
    const amount = storedOffset(looked[0]!.scale);
    // A scene may be bright: what was taken off once is not taken off again.
    const untouched = looked.every(({ offset }) => offset > -amount / 2);
    // Clouds are bright too: a few dates prove nothing.
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
