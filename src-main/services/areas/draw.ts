import type { SampleMethod } from "../../../src-shared/domain/area-sample.ts";
import { dataRegion, readingWindows } from "../../cube/index.ts";
import { type Random, seededRandom, shuffled } from "../../files/index.ts";
import { openRaster } from "../../raster/index.ts";

export interface DrawnUnit {
  readonly col: number;
  readonly row: number;
  /** the class that the map has there */
  readonly stratum: number;
}

export interface Draw {
  readonly method: SampleMethod;
  readonly seed: number;
  readonly codes: readonly number[];
  /** per class of `codes` of a stratified sample; else one number for all */
  readonly units: readonly number[];
}

export interface Drawn {
  /** in the order in which they are to be shown */
  readonly units: readonly DrawnUnit[];
  /** pixels of each class */
  readonly pixels: readonly number[];
  /** of a systematic sample, in pixels: a whole number or not */
  readonly spacing: number | null;
}

const pixelsAtOnce = 1 << 20;

/**
 * Draws pixels of a class map that have one of `codes`. The file is read twice, once to count; in memory are the places alone.
 * Simple and stratified: each class, or all together, by ranks that are drawn without replacement (Floyd's algorithm; Bentley 1987).
 * Systematic: columns and rows at one spacing from a random start. The spacing need not be whole, so that about as many places are drawn as
 * were asked for (fractional intervals: Cochran 1977, §8.1). The order in which places are shown is random, so that those answered so far are a
 * random sample too.
 */
export async function drawPlaces(
  path: string,
  draw: Draw,
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<Drawn> {
  const raster = await openRaster(path);
  try {
    const { width, height } = raster.info;
    const region = await dataRegion(raster, { col: 0, row: 0, width, height }, signal);
    const index = new Int16Array(65_536).fill(-1);
    draw.codes.forEach((code, k) => {
      index[code] = k;
    });
    let read = 0;
    const each = async (visit: (stratum: number, col: number, row: number) => void): Promise<void> => {
      for (const window of readingWindows(region, pixelsAtOnce)) {
        signal.throwIfAborted();
        const { bands } = await raster.readWindow(window, { bands: [1], signal });
        const values = bands[0]!;
        for (let y = 0, at = 0; y < window.height; y++)
          for (let x = 0; x < window.width; x++, at++) {
            const stratum = index[values[at]!] ?? -1;
            if (stratum >= 0) visit(stratum, window.col + x, window.row + y);
          }
        read += window.width * window.height;
        progress(Math.min(1, read / (2 * Math.max(1, region.size))));
      }
    };

    const pixels = draw.codes.map(() => 0);
    await each((stratum) => {
      pixels[stratum]! += 1;
    });
    const all = pixels.reduce((sum, count) => sum + count, 0);
    const random = seededRandom("area sample", draw.method, draw.seed);
    const units: DrawnUnit[] = [];
    const take = (stratum: number, col: number, row: number) => units.push({ col, row, stratum: draw.codes[stratum]! });
    const wanted = draw.units.reduce((sum, count) => sum + count, 0);
    let spacing: number | null = null;
    if (draw.method === "systematic") {
      spacing = Math.max(1, Math.sqrt(all / Math.max(1, wanted)));
      const [cols, rows] = [onGrid(width, spacing, random), onGrid(height, spacing, random)];
      await each((stratum, col, row) => {
        if (rows[row] === 1 && cols[col] === 1) take(stratum, col, row);
      });
    } else {
      const stratified = draw.method === "stratified";
      const ranks = stratified
        ? pixels.map((count, k) => ranksOf(count, draw.units[k] ?? 0, random))
        : [ranksOf(all, wanted, random)];
      const seen = ranks.map(() => 0);
      const next = ranks.map(() => 0);
      await each((stratum, col, row) => {
        const own = stratified ? stratum : 0;
        if (ranks[own]![next[own]!] === seen[own]!++) {
          next[own]! += 1;
          take(stratum, col, row);
        }
      });
    }
    return { units: shuffled(units, seededRandom("order of places", draw.seed)), pixels, spacing };
  } finally {
    raster.close();
  }
}

/** [size] 1 for what holds a point of a line of points, `spacing` apart from a random start: each as likely as the others. */
function onGrid(size: number, spacing: number, random: Random): Uint8Array {
  const chosen = new Uint8Array(size);
  for (let at = random() * spacing; at < size; at += spacing) chosen[Math.floor(at)] = 1;
  return chosen;
}

/** `count` different numbers below `of`, in order; all of them where there are not more. */
function ranksOf(of: number, count: number, random: Random): Float64Array {
  const drawn = new Set<number>();
  for (let last = Math.max(0, of - count); last < of; last++) {
    const pick = Math.floor(random() * (last + 1));
    drawn.add(drawn.has(pick) ? last : pick);
  }
  return Float64Array.from(drawn).sort();
}
