// Class rasters as labels: which values there are, and which class most of each patch has.
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { type PatchCells, packCells } from "../../../src-shared/domain/patch-cells.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply } from "../../../src-shared/geo/affine.ts";
import { type Bounds, intersection } from "../../../src-shared/geo/bounds.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { boundsOf, type GeoBox, geoboxOfWindow, positionsOver } from "../../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../../src-shared/geo/window.ts";
import { openRaster, type Raster, requireGeobox, transformer, warp } from "../../raster/index.ts";
import { type ClassLook, looksOf } from "./declared-classes.ts";

/** One value of a class raster, as far as it lies in the project. */
export interface RasterValue extends ClassLook {
  readonly value: number;
  /** pixels, or samples of pixels, over the project */
  readonly count: number;
}

/** The patches of one class in one square of patches: a label of a class raster. */
export interface RasterLabel {
  readonly classCode: number;
  readonly cells: PatchCells;
  readonly patches: number;
}

export interface RasterReport {
  readonly band: number;
  /** patches of the project that the raster covers with any class */
  readonly covered: number;
  readonly labelled: number;
  /** patches where no class has enough of the area */
  readonly mixed: number;
  /** patches of values that are ignored, for the most part */
  readonly ignored: number;
  /** positions looked at along a patch's side; with 1, the pixel at its centre decides */
  readonly samples: number;
}

/** Labels are squares of so many patches: small enough for a split's blocks, few enough for a large map. */
const chunk = 64;
/** Samples of one reading. */
const side = 1024;
/** More values than classes can be are no classes. */
const mostValues = 4096;
const mostSamples = 256;

/** Does the file begin like a TIFF? */
export function isTiff(path: string): boolean {
  // Opening a pipe would wait for its writer.
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return false;
  }
  try {
    const head = Buffer.alloc(4);
    readSync(file, head, 0, 4, 0);
    return /^(II[*+]\0|MM\0[*+])$/.test(head.toString("latin1"));
  } finally {
    closeSync(file);
  }
}

/** A band of classes over a project's grid. Nothing is held but the square of patches that is being read. */
export class ClassRaster {
  readonly path: string;
  readonly band: number;
  readonly grid: GeoBox;
  /** positions looked at along a patch's side */
  readonly samples: number;
  readonly #raster: Raster;
  readonly #windows: readonly PixelWindow[];

  private constructor(raster: Raster, band: number, grid: GeoBox) {
    this.path = raster.info.path;
    this.band = band;
    this.grid = grid;
    this.#raster = raster;
    this.samples = samplesOf(raster, grid);
    this.#windows = windowsOver(raster, grid, Math.max(chunk, Math.floor(side / this.samples / chunk) * chunk));
  }

  /**
   * @throws AppError "class-raster-bands" when it has several bands and none is named, "class-raster-image" when it is a picture,
   * "labels-outside" when it does not touch the project
   */
  static async open(
    path: string,
    grid: GeoBox,
    options: { readonly band?: number | undefined; readonly crs?: Crs | undefined } = {},
  ): Promise<ClassRaster> {
    const raster = await openRaster(path, { crs: options.crs });
    requireGeobox(raster);
    const { bands } = raster.info;
    const names = bandNames(raster);
    if (options.band !== undefined && !bands[options.band - 1]) {
      throw new AppError("class-raster-bands", { path, bands: names });
    }
    const colors = bands.map(({ colorInterpretation }) => colorInterpretation);
    if (options.band === undefined && colors.includes("red") && colors.includes("blue")) {
      throw new AppError("class-raster-image", { path });
    }
    const candidates = bands.flatMap(({ colorInterpretation }, i) => (colorInterpretation === "alpha" ? [] : [i + 1]));
    if (options.band === undefined && candidates.length !== 1) {
      throw new AppError("class-raster-bands", { path, bands: names });
    }
    const opened = new ClassRaster(raster, options.band ?? candidates[0]!, grid);
    if (opened.#windows.length === 0) throw new AppError("labels-outside", { path, count: 1, hint: null });
    return opened;
  }

  /** The bands as people choose them: “band 1: LC”. */
  static async bands(
    path: string,
    crs?: Crs,
  ): Promise<{ readonly names: readonly string[]; readonly crs: Crs | null }> {
    const raster = await openRaster(path, { crs });
    return { names: bandNames(raster), crs: raster.info.geobox?.crs ?? raster.info.crs ?? null };
  }

  /**
   * The values over the project, with the names and colours that the file gives them; in order.
   * @throws AppError "class-raster-continuous"
   */
  async values(progress?: (fraction: number) => void | Promise<void>): Promise<RasterValue[]> {
    const counts = new Map<number, number>();
    let done = 0;
    for (const window of this.#windows) {
      await this.#read(window, (values, valid) => {
        let last = Number.NaN;
        let run = 0;
        const flush = () => {
          if (run > 0) counts.set(last, (counts.get(last) ?? 0) + run);
        };
        for (let i = 0; i < values.length; i++) {
          if (valid && valid[i] === 0) continue;
          const value = values[i]!;
          if (value === last) {
            run++;
            continue;
          }
          flush();
          last = value;
          run = Number.isNaN(value) ? 0 : 1;
        }
        flush();
      });
      if (counts.size > mostValues || [...counts.keys()].some((value) => !Number.isInteger(value))) {
        throw new AppError("class-raster-continuous", {
          path: this.path,
          count: counts.size,
          examples: [...counts.keys()].slice(0, 5),
        });
      }
      await progress?.(++done / this.#windows.length);
    }
    if (counts.size === 0) {
      throw intersection(reachOf(this.#raster, this.grid), boundsOf(this.grid))
        ? new AppError("class-raster-empty", { path: this.path })
        : new AppError("labels-outside", { path: this.path, count: 1, hint: null });
    }
    const info = this.#raster.info.bands[this.band - 1]!;
    const lookOf = looksOf(info);
    return [...counts].sort(([p], [q]) => p - q).map(([value, count]) => ({ value, count, ...lookOf(value) }));
  }

  /**
   * The patches of each class, square by square of the grid. A patch has the class that most of its samples have, if that is at
   * least `purity` of it; samples without data or with an ignored value count as none.
   * @param classes the class code of a value; `null`: ignored
   */
  async labels(
    classes: ReadonlyMap<number, number | null>,
    purity: number,
    take: (label: RasterLabel) => void,
    progress?: (fraction: number) => void | Promise<void>,
  ): Promise<RasterReport> {
    const { samples } = this;
    const share = samples * samples;
    const counts = new Int32Array(256);
    let [covered, labelled, mixed, ignored, done] = [0, 0, 0, 0, 0];
    for (const window of this.#windows) {
      const codes = new Uint8Array(window.width * window.height);
      await this.#read(window, (values, valid, part) => {
        const width = part.width * samples;
        for (let row = 0; row < part.height; row++) {
          for (let col = 0; col < part.width; col++) {
            const touched: number[] = [];
            let without = 0;
            for (let y = row * samples; y < (row + 1) * samples; y++) {
              for (let at = y * width + col * samples; at < y * width + (col + 1) * samples; at++) {
                if (valid && valid[at] === 0) continue;
                const code = classes.get(values[at]!) ?? null;
                if (code === null) without++;
                else if (counts[code]!++ === 0) touched.push(code);
              }
            }
            let best = 0;
            for (const code of touched) {
              // Of two classes with the same share the smaller code wins, wherever they lie.
              if (best === 0 || counts[code]! > counts[best]! || (counts[code] === counts[best] && code < best))
                best = code;
            }
            const most = best === 0 ? 0 : counts[best]!;
            for (const code of touched) counts[code] = 0;
            if (touched.length === 0 && without === 0) continue;
            covered++;
            if (most / share >= purity && most > 0) {
              labelled++;
              codes[(part.row - window.row + row) * window.width + part.col - window.col + col] = best;
            } else if (without > most) ignored++;
            else mixed++;
          }
        }
      });
      for (const label of labelsIn(codes, window)) take(label);
      await progress?.(++done / this.#windows.length);
    }
    return { band: this.band, covered, labelled, mixed, ignored, samples };
  }

  /** Samples of the patches of a window, part by part, so that memory is bounded however many there are. */
  async #read(
    window: PixelWindow,
    tell: (values: ArrayLike<number>, valid: Uint8Array | undefined, part: PixelWindow) => void,
  ): Promise<void> {
    const { samples, grid } = this;
    const rows = Math.max(1, Math.floor((side * side) / (samples * samples) / window.width));
    for (let row = window.row; row < window.row + window.height; row += rows) {
      const part = { ...window, row, height: Math.min(rows, window.row + window.height - row) };
      const { crs, affine } = geoboxOfWindow(grid, part);
      const fine: GeoBox = {
        crs,
        affine: {
          ...affine,
          b: affine.b / samples,
          c: affine.c / samples,
          e: affine.e / samples,
          f: affine.f / samples,
        },
        width: part.width * samples,
        height: part.height * samples,
      };
      const { bands, valid } = await warp(this.#raster, fine, {
        bands: [this.band],
        method: "nearest",
        overviews: "none",
      });
      tell(bands[0]!, valid[0], part);
    }
  }
}

const bandNames = ({ info }: Raster): string[] =>
  info.bands.map(({ name }, i) => (name ? `band ${i + 1}: ${name}` : `band ${i + 1}`));

/** How many pixels lie along a patch's side: so many positions are looked at. */
function samplesOf(raster: Raster, grid: GeoBox): number {
  const source = requireGeobox(raster);
  const middle = [source.width / 2, source.height / 2] as const;
  const { forward } = transformer(source.crs, grid.crs);
  const place = (col: number, row: number) => forward(...apply(source.affine, col, row));
  const at = place(...middle);
  const length = (dc: number, dr: number) => {
    const [x, y] = place(middle[0] + dc, middle[1] + dr);
    return Math.hypot(x - at[0], y - at[1]);
  };
  const pixel = Math.min(length(1, 0), length(0, 1));
  const patch = Math.max(Math.hypot(grid.affine.b, grid.affine.e), Math.hypot(grid.affine.c, grid.affine.f));
  const ratio = patch / pixel;
  if (!Number.isFinite(ratio)) return 1;
  const whole = Math.round(ratio);
  const samples = Math.abs(ratio - whole) < 0.01 ? whole : Math.ceil(ratio);
  return Math.min(mostSamples, Math.max(1, samples));
}

/** The squares of the grid that the raster touches. */
function windowsOver(raster: Raster, grid: GeoBox, size: number): PixelWindow[] {
  const { minX, minY, maxX, maxY } = reachOf(raster, grid);
  // Curved edges may bulge a little past the positions that were tried.
  const slack = 0.02 * Math.max(maxX - minX, maxY - minY);
  const reach = { minX: minX - slack, minY: minY - slack, maxX: maxX + slack, maxY: maxY + slack };
  const windows: PixelWindow[] = [];
  if (!(minX <= maxX) || !intersection(reach, boundsOf(grid))) return windows;
  for (let row = 0; row < grid.height; row += size) {
    for (let col = 0; col < grid.width; col += size) {
      const window = { col, row, width: Math.min(size, grid.width - col), height: Math.min(size, grid.height - row) };
      if (intersection(boundsOf(geoboxOfWindow(grid, window)), reach)) windows.push(window);
    }
  }
  return windows;
}

/** The box around a raster in the coordinates of a grid; turned inside out where none of it can be expressed there. */
function reachOf(raster: Raster, grid: GeoBox): Bounds {
  const source = requireGeobox(raster);
  const { forward } = transformer(source.crs, grid.crs);
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [col, row] of positionsOver(source, 32)) {
    const [x, y] = forward(...apply(source.affine, col, row));
    if (!Number.isFinite(x + y)) continue;
    [minX, maxX, minY, maxY] = [Math.min(minX, x), Math.max(maxX, x), Math.min(minY, y), Math.max(maxY, y)];
  }
  return { minX, minY, maxX, maxY };
}

/** The classes of a window as lists of patches, each in one square of the grid. */
function* labelsIn(codes: Uint8Array, window: PixelWindow): Generator<RasterLabel> {
  for (let top = 0; top < window.height; top += chunk) {
    for (let left = 0; left < window.width; left += chunk) {
      const square = {
        col: window.col + left,
        row: window.row + top,
        width: Math.min(chunk, window.width - left),
        height: Math.min(chunk, window.height - top),
      };
      const codeAt = (index: number) =>
        codes[(top + Math.floor(index / square.width)) * window.width + left + (index % square.width)]!;
      const counts = new Map<number, number>();
      for (let i = 0; i < square.width * square.height; i++) {
        const code = codeAt(i);
        if (code > 0) counts.set(code, (counts.get(code) ?? 0) + 1);
      }
      for (const [classCode, patches] of [...counts].sort(([p], [q]) => p - q)) {
        const cells = packCells(square, (index) => codeAt(index) === classCode);
        if (cells) yield { classCode, cells, patches };
      }
    }
  }
}

/** “band 2: CT” → 2; `undefined` of other words. */
export function bandOfField(field: string | undefined): number | undefined {
  const number = /^band\s+(\d+)(?::|$)/i.exec(field?.trim() ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}
