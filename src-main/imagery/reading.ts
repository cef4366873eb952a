/** Acquisitions on a grid: physical values, and what is known of each pixel. */
import {
  type Acquisition,
  type AcquisitionFile,
  type AcquisitionPiece,
  clearTest,
  measuredPieces,
  type QualityBand,
  qualityOfPiece,
  type ResamplingMethod,
} from "../../src-shared/eo/index.ts";
import type { Bend } from "../../src-shared/geo/bend.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { Work } from "../raster/index.ts";
import { touches } from "./footprint.ts";
import {
  hasData,
  markBlank,
  markMissing,
  meaningOf,
  numberWithoutData,
  physicalInto,
  type StoredBand,
  storedLimits,
} from "./meaning.ts";
import { bendBeforeShift, gridBeforeShift } from "./place.ts";
import type { Judgement } from "./possible.ts";
import type { Pixels, Reader } from "./reader.ts";

/** What is known of a pixel. */
export const noData = 0;
/** there is a value, but a cloud, a shadow or a defect may lie on it */
export const unclear = 1;
export const clear = 2;

export interface ReadingOptions extends Work {
  readonly bands: readonly string[];
  /** classes of a scene classification that count as clear; other masks bring their own, see `clearTest` */
  readonly clearClasses: readonly number[];
  /** of each file, when it depends on its pixels */
  readonly method: ResamplingMethod | ((grid: GeoBox, file: AcquisitionFile) => ResamplingMethod);
  /**
   * A pixel is one vector of bands: without one of them it is no data in all. `each`: it has data when one band has, and bands
   * that a piece lacks are no data (for figures of each band by itself).
   */
  readonly vector?: "whole" | "each" | undefined;
  /** `data`: clearness is not requested, so a mask is read only to choose between pieces that overlap */
  readonly states?: "clear" | "data" | undefined;
  /** which numbers are data: `possible` ones, but for the question whether scale and unit are right */
  readonly judgement?: Judgement | undefined;
}

/** A piece, and `grid` where its files have the pixels that are asked for. */
export interface Part {
  readonly piece: AcquisitionPiece;
  readonly grid: GeoBox;
  /** what its pixels are displaced by besides, from place to place of `grid` */
  readonly bend?: Bend | undefined;
}

/** Does the piece have all of the bands? */
export const hasBands = ({ files }: AcquisitionPiece, names: readonly string[]): boolean =>
  names.every((name) => files.some(({ bands }) => bands.some((band) => band.name === name)));

/**
 * The pieces with all of the bands whose footprint touches `target` (project's CRS), in the order they are looked through: one
 * acquisition after the other. Others are not opened.
 */
export function partsTouching(
  acquisitions: readonly Pick<Acquisition, "pieces" | "shift">[],
  bands: readonly string[],
  target: GeoBox,
): Part[] {
  return acquisitions.flatMap((acquisition) => {
    const grid = gridBeforeShift(target, acquisition.shift);
    const bend = bendBeforeShift(acquisition.shift);
    return measuredPieces(acquisition)
      .filter((piece) => hasBands(piece, bands) && touches(piece, grid, bend))
      .map((piece) => ({ piece, grid, bend }));
  });
}

export interface PartRead {
  /** in the order of the names; `undefined` for one that the piece lacks */
  readonly bands: readonly (StoredBand | undefined)[];
  /** [H, W]: `noData`, `unclear` or `clear` */
  readonly states: Uint8Array;
}

/**
 * One piece on one grid. `known`: what its mask says, from `readClearness`, so that it is not read twice.
 * It has one state per pixel of the part's grid, [height, width].
 */
export async function readPart(
  reader: Reader,
  part: Part,
  options: ReadingOptions,
  known?: Uint8Array,
): Promise<PartRead> {
  options.signal?.throwIfAborted();
  const { piece, grid } = part;
  const bands = await readStored(reader, part, options);
  const states = known ? known.slice() : new Uint8Array(grid.width * grid.height).fill(clear);
  const each = options.vector === "each";
  const usable = bands.filter((band) => band !== undefined);
  if (each) {
    for (let i = 0; i < states.length; i++) if (!usable.some((band) => hasData(band, i))) states[i] = noData;
  } else {
    for (const band of usable) markMissing(states, band, noData);
    markBlank(states, usable, noData);
  }
  const quality = qualityOfPiece(piece);
  if (!known && quality && options.states !== "data") await markUnclear(reader, quality, part, states, options);
  return { bands, states };
}

/** Bands of a piece as stored, each file read once. */
async function readStored(
  reader: Reader,
  { piece, grid: target, bend }: Part,
  { bands: names, method, signal, urgent, judgement }: ReadingOptions,
): Promise<(StoredBand | undefined)[]> {
  const wanted = new Map<AcquisitionFile, { band: AcquisitionFile["bands"][number]; channel: number }[]>();
  for (const [channel, name] of names.entries()) {
    const file = piece.files.find(({ bands }) => bands.some((band) => band.name === name));
    const band = file?.bands.find((candidate) => candidate.name === name);
    if (!file || !band) continue;
    const own = wanted.get(file) ?? [];
    own.push({ band, channel });
    wanted.set(file, own);
  }
  const found: (StoredBand | undefined)[] = names.map(() => undefined);
  for (const [file, own] of wanted) {
    const { path, crs } = file;
    const chosen = crs ? { crs } : {};
    const kernel =
      typeof method === "function" ? method(file.grid ?? (await reader.facts(path, crs)).geobox, file) : method;
    const meanings = own.map(({ band }) => meaningOf(file, band, judgement));
    const nodata = meanings.map(numberWithoutData);
    const limits = meanings.map(storedLimits);
    const numbers = own.map(({ band }) => band.bandIndex);
    const request = { path, ...chosen, bands: numbers, target, bend, method: kernel, nodata, limits };
    const block = await reader.warp(request, { signal, urgent });
    for (const [i, { channel }] of own.entries())
      found[channel] = { stored: block.bands[i]!, valid: block.valid[i], meaning: meanings[i]! };
  }
  return found;
}

/** A mask on a grid, displaced by `bend`, each pixel from the one it lies in. */
export function readMask(
  reader: Reader,
  { path, crs, bandIndex }: QualityBand,
  { grid: target, bend }: Pick<Part, "grid" | "bend">,
  { signal, urgent }: Work = {},
): Promise<Pixels> {
  const chosen = crs ? { crs } : {};
  return reader.warp({ path, ...chosen, bands: [bandIndex], target, bend, method: "nearest" }, { signal, urgent });
}

/**
 * Pixels that the mask does not call clear are unclear. Class 0 of a scene classification and pixels outside of the mask say
 * nothing of the ground: they are unclear too, and the bands decide about data.
 */
async function markUnclear(
  reader: Reader,
  quality: QualityBand,
  place: Pick<Part, "grid" | "bend">,
  states: Uint8Array,
  { clearClasses, ...work }: Pick<ReadingOptions, "clearClasses"> & Work,
): Promise<void> {
  const isClear = clearTest(quality, clearClasses);
  if (!isClear) return;
  const mask = await readMask(reader, quality, place, work);
  const values = mask.bands[0]!;
  const valid = mask.valid[0];
  for (let i = 0; i < states.length; i++) {
    if (states[i] !== clear) continue;
    if ((valid && valid[i] === 0) || !isClear(values[i]!)) states[i] = unclear;
  }
}

/** A part, and which pixels it gives. */
export interface ContributingPart extends PartRead {
  /** 1 for each pixel that this part sees better than all before it; `undefined`: all pixels */
  readonly gives: Uint8Array | undefined;
  /** of all parts so far, the first part's own array; the next part changes it */
  readonly best: Uint8Array;
}

/**
 * Looks through the parts until every pixel is clear (or has data, where clearness is not requested): of pieces that overlap each
 * pixel comes from the first that sees it best. Parts that see nothing better are passed over.
 * `known` has one state per pixel of the parts' grid, [height, width].
 */
export async function* contributingParts(
  reader: Reader,
  parts: readonly Part[],
  options: ReadingOptions,
  known?: Uint8Array,
): AsyncGenerator<ContributingPart, void> {
  const alone = parts.length === 1;
  const asked = alone ? options : { ...options, states: "clear" as const };
  let best: Uint8Array | undefined;
  for (const part of parts) {
    const next = await readPart(reader, part, asked, alone ? known : undefined);
    let gives: Uint8Array | undefined;
    if (best) {
      gives = new Uint8Array(best.length);
      for (let i = 0; i < best.length; i++) {
        if (next.states[i]! <= best[i]!) continue;
        best[i] = next.states[i]!;
        gives[i] = 1;
      }
    } else best = next.states;
    if (!gives || gives.includes(1)) yield { ...next, gives, best };
    // What is not clear is unclear or no data.
    if (!best.includes(unclear) && !best.includes(noData)) return;
  }
}

export interface Reading {
  /** [C, H, W] physical values, backscatter in decibels; NaN where that band has no data */
  readonly values: Float32Array;
  /** [H, W]: `noData`, `unclear` or `clear` */
  readonly states: Uint8Array;
}

/**
 * Acquisitions on `target` (project's CRS), as one picture: the first on top. Memory holds two pieces.
 * `known` has one state per pixel of `target`, [height, width].
 */
export async function readPixels(
  reader: Reader,
  acquisitions: readonly Acquisition[],
  target: GeoBox,
  options: ReadingOptions,
  known?: Uint8Array,
): Promise<Reading> {
  const pixels = target.width * target.height;
  const values = new Float32Array(options.bands.length * pixels).fill(Number.NaN);
  let states: Uint8Array | undefined;
  const parts = partsTouching(acquisitions, options.bands, target);
  for await (const { bands, gives, best } of contributingParts(reader, parts, options, known)) {
    states = best;
    for (const [channel, band] of bands.entries()) {
      const plane = values.subarray(channel * pixels, (channel + 1) * pixels);
      if (!band) continue;
      if (!gives) physicalInto(plane, band);
      else physicalOver(plane, band, gives);
    }
  }
  return { values, states: states ?? new Uint8Array(pixels) };
}

function physicalOver(plane: Float32Array, band: StoredBand, gives: Uint8Array): void {
  const next = new Float32Array(plane.length);
  physicalInto(next, band);
  for (let i = 0; i < plane.length; i++) if (gives[i] === 1) plane[i] = next[i]!;
}

/**
 * The states as the masks alone say them, every pixel taken for data: cheap enough to look at every date before its bands are read.
 * `undefined` when a piece there has no mask; nothing is clear where no piece lies.
 * The result has one state per pixel of `target`, [height, width].
 */
export async function readClearness(
  reader: Reader,
  acquisitions: readonly Acquisition[],
  target: GeoBox,
  options: Pick<ReadingOptions, "bands" | "clearClasses"> & Work,
): Promise<Uint8Array | undefined> {
  const parts = partsTouching(acquisitions, options.bands, target);
  const masks = parts.map(({ piece }) => qualityOfPiece(piece));
  const tells = (mask: QualityBand | undefined) => mask !== undefined && clearTest(mask, options.clearClasses);
  if (parts.length === 0 ? options.clearClasses.length === 0 : !masks.every(tells)) return undefined;
  let best: Uint8Array | undefined = parts.length === 0 ? new Uint8Array(target.width * target.height) : undefined;
  for (const [n, part] of parts.entries()) {
    const states = new Uint8Array(target.width * target.height).fill(clear);
    await markUnclear(reader, masks[n]!, part, states, options);
    best = best ? best.map((state, i) => Math.max(state, states[i]!)) : states;
  }
  return best;
}
