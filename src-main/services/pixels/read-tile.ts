import type { AcquisitionFile } from "../../../src-shared/eo/index.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { geoboxOfTile, resolutionOfLevel, type TileAddress, tileSize } from "../../../src-shared/geo/tile-grid.ts";
import type { PixelTile, TileSamples, TileSampleType } from "../../../src-shared/ipc/pixels.ts";
import {
  bendBeforeShift,
  type ContributingPart,
  contributingParts,
  type FileStates,
  gridBeforeShift,
  gridTouches,
  hasBands,
  headers,
  isAffine,
  meaningOf,
  noData,
  type Part,
  partsTouching,
  physicalInto,
  pixelSizeIn,
  type Reader,
  rasterReader,
} from "../../imagery/index.ts";
import { type Raster, requireGeobox, type Work, warp } from "../../raster/index.ts";
import { type QuickLooks, readsTooMuch } from "./quick-looks.ts";
import type { LayerBand, RasterLayer } from "./raster-layer.ts";

const pixels = tileSize * tileSize;

/** Files of one reading: how often an overview was read, how often the full resolution. For the tests of far zooms. */
export const readings = { overview: 0, full: 0, quickLook: 0 };

/**
 * The pixels of one map tile, read like everywhere else (`contributingParts`), all bands together pixel by pixel. Whole numbers travel as
 * they are stored, with their scale and offset; what means different things in different pieces, and radar power, as physical values.
 */
export async function readTile(
  layer: RasterLayer,
  bands: readonly LayerBand[],
  crs: Crs,
  address: TileAddress,
  quickLooks: QuickLooks,
  work: Work,
): Promise<PixelTile> {
  const target = geoboxOfTile(crs, address);
  const resolution = resolutionOfLevel(address.z);
  const names = bands.map(({ name }) => name);
  const classes = new Set(layer.bands.filter((band) => band.classes).map(({ name }) => name));
  const isClasses = (file: AcquisitionFile) => file.bands.every(({ name }) => classes.has(name));
  const reader = tileReader(quickLooks, resolution);
  const contributing: ContributingPart[] = [];
  for await (const part of contributingParts(reader, partsOf(layer, names, target), {
    bands: names,
    clearClasses: layer.clearClasses,
    // Finer than its own pixels an image shows them as they are; coarser, a mean of what a tile pixel covers.
    method: (grid, file) =>
      isClasses(file) || resolution < nativeResolution(grid, crs) * 0.75 ? "nearest" : "bilinear",
    states: "data",
    ...work,
  }))
    contributing.push(part);
  const stored = contributing.flatMap((part) => part.bands.map((band) => band!.stored));
  const meanings = names.map((name) => meaningsOf(layer, name));
  const type =
    stored.length === 0 || meanings.every((meaning) => meaning !== undefined) ? commonType(stored) : "float32";
  const physical = type === "float32";
  const head = {
    width: tileSize,
    height: tileSize,
    bands: bands.length,
    type,
    scales: meanings.map((meaning) => (physical || !meaning ? { scale: 1, offset: 0 } : meaning)),
  };
  const best = contributing.at(-1)?.best;
  if (!best?.some((state) => state !== noData)) return { ...head, mask: undefined, samples: null };
  const samples = allocate(type, pixels * bands.length);
  const plane = new Float32Array(physical ? pixels : 0);
  for (const { bands: found, gives } of contributing)
    for (const [channel, band] of found.entries()) {
      if (physical) physicalInto(plane, band!);
      const from = physical ? plane : band!.stored;
      interleave(samples, from, channel, bands.length, gives);
    }
  // The graphics card may mix a pixel with its neighbours: no NaN behind the mask.
  if (physical) for (let at = 0; at < samples.length; at++) if (Number.isNaN(samples[at]!)) samples[at] = 0;
  return { ...head, mask: bitsOf(best), samples };
}

function interleave(
  samples: TileSamples,
  from: ArrayLike<number>,
  channel: number,
  channels: number,
  gives: Uint8Array | undefined,
): void {
  if (!gives) for (let at = 0, to = channel; at < pixels; at++, to += channels) samples[to] = from[at]!;
  else for (let at = 0, to = channel; at < pixels; at++, to += channels) if (gives[at] === 1) samples[to] = from[at]!;
}

/** Where the layer's pieces have the tile. A piece alone is opened wherever it lies: its file may have a problem to tell. */
function partsOf(layer: RasterLayer, names: readonly string[], target: GeoBox): Part[] {
  const [only, ...others] = layer.pieces;
  if (!only || others.length > 0) return partsTouching([layer], names, target);
  const { shift } = layer;
  return hasBands(only, names)
    ? [{ piece: only, grid: gridBeforeShift(target, shift), bend: bendBeforeShift(shift) }]
    : [];
}

/** Scale and offset of a band, the same in all pieces; `undefined` where they differ, or values are no such numbers. */
function meaningsOf(layer: RasterLayer, name: string): { readonly scale: number; readonly offset: number } | undefined {
  const all = layer.pieces.flatMap(({ files }) =>
    files.flatMap((file) => file.bands.filter((band) => band.name === name).map((band) => meaningOf(file, band))),
  );
  const [first] = all;
  const alike = all.every((one) => isAffine(one) && one.scale === first!.scale && one.offset === first!.offset);
  return first && alike ? { scale: first.scale, offset: first.offset } : undefined;
}

/** Reads files for tiles whose pixels are `resolution` wide: far zooms of files without overviews from their quick-look. */
function tileReader(quickLooks: QuickLooks, resolution: number): Reader {
  const states: FileStates = new Map();
  return {
    ...rasterReader(states),
    async warp({ path, crs, bands, target, bend, method, nodata, limits }, work = {}) {
      const raster = await headers.open(path, crs, { states, urgent: work.urgent });
      const source = requireGeobox(raster);
      const ratio = resolution / nativeResolution(source, target.crs);
      let read: Raster = raster;
      if (readsTooMuch(raster.info, ratio, bands.length)) {
        if (!gridTouches(source, target)) return nothing(bands.length);
        // What is coarser than the file and not mixed are classes.
        read = await quickLooks.of(raster, method === "nearest", work);
        readings.quickLook++;
      } else if (ratio > 1.1 && raster.info.overviews.length > 0) readings.overview++;
      else readings.full++;
      return warp(read, target, { bands, bend, method, nodata, limits, ...work });
    },
  };
}

/** The shorter side of a pixel of `grid` in units of `crs`. */
function nativeResolution(grid: GeoBox, crs: Crs): number {
  const { x, y } = pixelSizeIn(grid, crs);
  return Math.min(x, y);
}

const nothing = (count: number) => ({
  bands: Array.from({ length: count }, () => new Uint8Array(pixels)),
  valid: Array.from({ length: count }, () => new Uint8Array(pixels)),
});

/** One bit per pixel, 1 where there is data; `undefined` where all are. */
function bitsOf(states: Uint8Array): Uint8Array | undefined {
  if (!states.includes(noData)) return undefined;
  const bits = new Uint8Array(4 * Math.ceil(pixels / 32)).fill(255);
  for (let at = 0; at < pixels; at++) if (states[at] === noData) bits[at >> 3]! &= ~(1 << (at & 7));
  return bits;
}

function commonType(arrays: readonly ArrayLike<number>[]): TileSampleType {
  if (arrays.every((array) => array instanceof Uint8Array)) return "uint8";
  if (arrays.every((array) => array instanceof Uint16Array || array instanceof Uint8Array)) return "uint16";
  if (
    arrays.every((array) => array instanceof Int16Array || array instanceof Int8Array || array instanceof Uint8Array)
  ) {
    return "int16";
  }
  return "float32";
}

function allocate(type: TileSampleType, length: number): TileSamples {
  if (type === "uint8") return new Uint8Array(length);
  if (type === "uint16") return new Uint16Array(length);
  return type === "int16" ? new Int16Array(length) : new Float32Array(length);
}
