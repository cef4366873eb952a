/** Acquisitions on one grid: physical values per date, and which pixels see the ground. */
import {
  type Acquisition,
  type AcquisitionFile,
  type AcquisitionPiece,
  clearTest,
  dayNumber,
  dayOfYear,
  type Modality,
  measuredPieces,
  type QualityBand,
  qualityOfPiece,
  yearOf,
} from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { gridInImage, type Pixels, type Reader, touches, type WarpRequest } from "../imagery/index.ts";
import { type Step, stepsOf } from "./modalities.ts";

/** What is known of a pixel on a date. */
export const noData = 0;
/** there is a value, but a cloud, a shadow or a defect may lie on it */
export const unclear = 1;
export const clear = 2;

/** One date on one grid. */
export interface Scene {
  /** [C, H, W] physical values; 0 where there is no data */
  readonly values: Float32Array;
  /** [H, W]: `noData`, `unclear` or `clear` */
  readonly states: Uint8Array;
}

/**
 * Reads the modality's bands of one step on `target`. Where products of a day are merged, and where pieces of a mosaic
 * overlap, each pixel comes from the first that sees it best. Pieces that do not touch `target` are not opened. `known` is
 * what `readQuality` said of the step, so that a mask is not read twice.
 */
export async function readScene(
  reader: Reader,
  modality: Modality,
  step: Step,
  target: GeoBox,
  signal?: AbortSignal,
  known?: Uint8Array,
): Promise<Scene> {
  if (step.acquisitions.length === 0)
    throw new Error(`Modality ${modality.name}: a step of ${step.date} without acquisition`);
  const parts = piecesTouching(modality, step, target);
  let scene: Scene | undefined;
  for (const part of parts) {
    signal?.throwIfAborted();
    const quality = parts.length === 1 ? known : undefined;
    const next = await readPiece(reader, modality, part, target, signal, quality);
    scene = scene ? mergeScenes(scene, next, modality.bands.length) : next;
    if (scene.states.every((state) => state === clear)) break;
  }
  if (scene) return scene;
  const pixels = target.width * target.height;
  return { values: new Float32Array(modality.bands.length * pixels), states: new Uint8Array(pixels) };
}

interface Part {
  readonly piece: AcquisitionPiece;
  readonly acquisition: Acquisition;
  /** `target`, moved to where the piece's file has these pixels */
  readonly grid: GeoBox;
}

/** The pieces of a step with all bands of the modality whose footprint touches `target`, in the order they are looked through. */
function piecesTouching(modality: Modality, step: Step, target: GeoBox): Part[] {
  return step.acquisitions.flatMap((acquisition) => {
    const grid = gridInImage(target, acquisition.shift);
    return measuredPieces(acquisition)
      .filter((piece) => hasBands(piece, modality.bands) && touches(piece, grid))
      .map((piece) => ({ piece, acquisition, grid }));
  });
}

const hasBands = ({ files }: AcquisitionPiece, names: readonly string[]): boolean =>
  names.every((name) => files.some(({ bands }) => bands.some((band) => band.name === name)));

async function readPiece(
  reader: Reader,
  modality: Modality,
  { piece, acquisition, grid }: Part,
  target: GeoBox,
  signal?: AbortSignal,
  known?: Uint8Array,
): Promise<Scene> {
  const pixels = target.width * target.height;
  const values = new Float32Array(modality.bands.length * pixels);
  const states = known ? known.slice() : new Uint8Array(pixels).fill(clear);
  for (const file of filesOf(modality, acquisition, piece)) {
    const block = await reader.warp(
      {
        path: file.path,
        ...(file.crs ? { crs: file.crs } : {}),
        bands: file.bands.map((band) => band.bandIndex),
        target: grid,
        method: modality.resampling,
      },
      { signal },
    );
    for (const [index, band] of file.bands.entries()) {
      const stored = block.bands[index]!;
      const plane = values.subarray(band.channel * pixels, (band.channel + 1) * pixels);
      const valid = block.valid[index];
      for (let i = 0; i < pixels; i++) {
        const value = stored[i]!;
        if ((valid && valid[i] === 0) || value === band.nodata || Number.isNaN(value)) states[i] = noData;
        else plane[i] = value * band.scale + band.offset;
      }
      if (band.linear) toDecibels(plane, states);
    }
  }
  const quality = qualityOfPiece(piece);
  const isClear = quality && clearTest(quality, modality.clearClasses);
  if (!known && quality && isClear)
    markUnclear(states, await reader.warp(qualityRequest(quality, grid), { signal }), isClear);
  // A pixel is one vector of bands: without one of them it is no data in all.
  for (let channel = 0; channel < modality.bands.length; channel++) {
    const plane = values.subarray(channel * pixels, (channel + 1) * pixels);
    for (let i = 0; i < pixels; i++) if (states[i] === noData) plane[i] = 0;
  }
  return { values, states };
}

/** The states alone, from the quality band: cheap enough to look at every date before the bands are read. */
export async function readQuality(
  reader: Reader,
  modality: Modality,
  step: Step,
  target: GeoBox,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const parts = piecesTouching(modality, step, target);
  const tests = parts.map(({ piece }) => {
    const quality = qualityOfPiece(piece);
    return quality && clearTest(quality, modality.clearClasses);
  });
  if (parts.length === 0 ? modality.clearClasses.length === 0 : tests.some((test) => !test)) return undefined;
  // Without a piece here the answer needs no file: nothing is clear.
  let best: Uint8Array | undefined = parts.length === 0 ? new Uint8Array(target.width * target.height) : undefined;
  for (const [n, { piece, grid }] of parts.entries()) {
    const states = new Uint8Array(target.width * target.height).fill(clear);
    const block = await reader.warp(qualityRequest(qualityOfPiece(piece)!, grid), { signal });
    markUnclear(states, block, tests[n]!);
    best = best ? best.map((state, i) => Math.max(state, states[i]!)) : states;
  }
  return best;
}

/** SCL class 0 and pixels outside the mask say nothing about the pixel: it counts as unclear, the bands decide about data. */
function markUnclear(states: Uint8Array, block: Pixels, isClear: (value: number) => boolean): void {
  const classes = block.bands[0]!;
  const valid = block.valid[0];
  for (let i = 0; i < states.length; i++) {
    if (states[i] !== clear) continue;
    if ((valid && valid[i] === 0) || !isClear(classes[i]!)) states[i] = unclear;
  }
}

function toDecibels(plane: Float32Array, states: Uint8Array): void {
  for (let i = 0; i < plane.length; i++) {
    const power = plane[i]!;
    // Zero or less is no backscatter: the swath's edge, or thermal noise taken off once too often.
    if (power > 0) plane[i] = 10 * Math.log10(power);
    else states[i] = noData;
  }
}

const qualityRequest = ({ path, crs, bandIndex }: QualityBand, target: GeoBox): WarpRequest => ({
  path,
  ...(crs ? { crs } : {}),
  bands: [bandIndex],
  target,
  method: "nearest",
});

interface FileOfBands {
  readonly path: string;
  readonly crs: string | undefined;
  readonly bands: {
    readonly bandIndex: number;
    readonly channel: number;
    readonly scale: number;
    readonly offset: number;
    readonly nodata: number | undefined;
    /** stored as linear power: read as decibels */
    readonly linear: boolean;
  }[];
}

/** The files of a piece that hold the modality's bands, each read once. */
function filesOf(modality: Modality, acquisition: Acquisition, { files }: AcquisitionPiece): FileOfBands[] {
  const found = new Map<AcquisitionFile, FileOfBands>();
  for (const [channel, name] of modality.bands.entries()) {
    const file = files.find(({ bands }) => bands.some((band) => band.name === name));
    const band = file?.bands.find((candidate) => candidate.name === name);
    if (!file || !band) throw new Error(`${acquisition.id} has no band ${name} for modality ${modality.name}`);
    const known = found.get(file) ?? { path: file.path, crs: file.crs, bands: [] };
    const { bandIndex, scale, offset, nodata } = band;
    const linear = file.radiometry.quantity === "backscatter-linear";
    known.bands.push({ bandIndex, channel, scale, offset, nodata, linear });
    found.set(file, known);
  }
  return [...found.values()];
}

function mergeScenes(first: Scene, second: Scene, channels: number): Scene {
  const pixels = first.states.length;
  const values = first.values.slice();
  const states = first.states.slice();
  for (let i = 0; i < pixels; i++) {
    if (second.states[i]! <= states[i]!) continue;
    states[i] = second.states[i]!;
    for (let channel = 0; channel < channels; channel++) {
      values[channel * pixels + i] = second.values[channel * pixels + i]!;
    }
  }
  return { values, states };
}

/** How dates become the numbers the network is told. 0 is kept for padding, so both begin with 1. */
export type DayCount =
  /** days since 1 January of the first year of all series: a season of two years runs on */
  | { readonly kind: "running"; readonly referenceYear: number; readonly period: number }
  /** the day of the date's own year: series of any year fit */
  | { readonly kind: "of-year"; readonly period: number };

/** Counts of 367 and 734 days are the published ones; the shorter that holds every date is taken. */
export function runningDays(dates: readonly string[], period?: number): DayCount {
  const sorted = [...dates].sort();
  const first = sorted[0] ?? "1970-01-01";
  const referenceYear = yearOf(first);
  const longest = dayNumber(sorted.at(-1) ?? first, referenceYear);
  const needed = longest < 367 ? 367 : longest < 734 ? 734 : Math.ceil((longest + 1) / 367) * 367;
  return { kind: "running", referenceYear, period: period ?? needed };
}

/** The number the network gets for `date`: in [1, period). */
export function dayOf(date: string, count: DayCount, modality: string): number {
  const day = count.kind === "of-year" ? dayOfYear(date) : dayNumber(date, count.referenceYear);
  if (day >= 1 && day < count.period) return day;
  const reference = count.kind === "of-year" ? date : `${count.referenceYear}-01-01`;
  const [first, last] = date < reference ? [date, reference] : [reference, date];
  throw new AppError("acquisition-dates-too-long", { modality, first, last, days: count.period - 1 });
}

/** A modality's dates on one grid. An image is a series of one date. */
export interface TimeSeries {
  /** [T, C, H, W] */
  readonly shape: readonly [number, number, number, number];
  readonly values: Float32Array;
  /** [T, H, W]: `noData`, `unclear` or `clear` */
  readonly states: Uint8Array;
  readonly dates: readonly string[];
  /** [T]: numbers for the network */
  readonly days: Int32Array;
  /** [T]: share of the pixels that are clear */
  readonly clearShares: Float32Array;
  /** dates without a single pixel here */
  readonly dropped: readonly string[];
}

/** Reads every date of a modality on `target`; dates that have no pixel there are dropped and named. */
export async function readTimeSeries(
  reader: Reader,
  modality: Modality,
  acquisitions: readonly Acquisition[],
  target: GeoBox,
  count: DayCount,
  signal?: AbortSignal,
): Promise<TimeSeries> {
  const scenes: { step: Step; scene: Scene }[] = [];
  for (const step of stepsOf(modality, acquisitions)) {
    signal?.throwIfAborted();
    scenes.push({ step, scene: await readScene(reader, modality, step, target, signal) });
  }
  return stackScenes(scenes, modality, target.width, target.height, count);
}

/** Puts scenes one behind the other; those without any data are left out. */
export function stackScenes(
  scenes: readonly { readonly step: Pick<Step, "date">; readonly scene: Scene }[],
  modality: Modality,
  width: number,
  height: number,
  count: DayCount,
): TimeSeries {
  const pixels = width * height;
  const channels = modality.bands.length;
  const kept = scenes.filter(({ scene }) => scene.states.some((state) => state !== noData));
  const values = new Float32Array(kept.length * channels * pixels);
  const states = new Uint8Array(kept.length * pixels);
  const clearShares = new Float32Array(kept.length);
  for (const [t, { scene }] of kept.entries()) {
    values.set(scene.values, t * channels * pixels);
    states.set(scene.states, t * pixels);
    clearShares[t] = scene.states.reduce((sum, state) => sum + (state === clear ? 1 : 0), 0) / pixels;
  }
  const dates = kept.map(({ step }) => step.date);
  return {
    shape: [kept.length, channels, height, width],
    values,
    states,
    dates,
    days: Int32Array.from(dates, (date) => (modality.kind === "image" ? 1 : dayOf(date, count, modality.name))),
    clearShares,
    dropped: scenes.filter((scene) => !kept.includes(scene)).map(({ step }) => step.date),
  };
}
