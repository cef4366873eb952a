// Clouds over the project's area, by acquisition, from its scene classification. Looked at once and kept with the project.
import { setTimeout as pauseFor } from "node:timers/promises";
import {
  type Acquisition,
  type AcquisitionPiece,
  clearTest,
  isNoPixel,
  maskFileOf,
  type QualityBand,
  qualityOfPiece,
} from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { boundsOf, type GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { CloudShare } from "../../../src-shared/ipc/inspect.ts";
import type { Catalog } from "../../catalog/index.ts";
import {
  bendBeforeShift,
  gridBeforeShift,
  pixelSizeIn,
  type Reader,
  rasterReader,
  readMask,
  touches,
} from "../../imagery/index.ts";

/** Shadow, cloud of medium and high probability, cirrus. */
const cloudyScl = new Set([3, 8, 9, 10]);
/** A share needs no more pixels than this on a side. */
const mostPixels = 512;
const key = "cloud-shares";
/** milliseconds before the first look */
const patience = 600;

interface Kept {
  /** what the numbers were made of: file, its size, its place */
  readonly of: string;
  readonly cloud: number | null;
  readonly data: number;
}

/** The shares of all acquisitions with a quality band; files that cannot be read are left out. */
export async function cloudShares(
  catalog: Catalog,
  onProgress: (fraction: number) => void,
  signal?: AbortSignal,
): Promise<CloudShare[]> {
  const kept = { ...((catalog.view.get(key) as Record<string, Kept> | null) ?? {}) };
  const { geobox } = catalog.project.get().grid;
  const acquisitions = catalog.acquisitions.list().filter((acquisition) => masksOf(acquisition).length > 0);
  const bytes = new Map(catalog.rasters.list().map((raster) => [raster.path, raster.bytes]));
  const shares = new Map<string, CloudShare>();
  const keyFor = (acquisition: Acquisition) => {
    const { dx, dy, bend } = acquisition.shift ?? { dx: 0, dy: 0 };
    const files = masksOf(acquisition).map(
      ({ path, kind, bandIndex, clear = [], bits = [] }) =>
        `${path} ${bytes.get(path)}${kind === "scl" ? "" : ` ${kind} ${bandIndex} ${clear.join()} ${bits.join()}`}`,
    );
    return [...files, dx, dy, JSON.stringify(geobox), ...(bend ? [JSON.stringify(bend)] : [])].join("|");
  };
  // The first tiles of the map have priority: they are needed at once, shares of clouds are not.
  if (acquisitions.some((acquisition) => kept[acquisition.id]?.of !== keyFor(acquisition)))
    await pause(patience, signal);
  const reader = rasterReader();
  let changed = false;
  let done = 0;
  let next = 0;
  const work = async () => {
    while (next < acquisitions.length) {
      const acquisition = acquisitions[next++]!;
      const { id } = acquisition;
      const of = keyFor(acquisition);
      let share = kept[id]?.of === of ? kept[id] : undefined;
      if (!share) {
        try {
          share = { of, ...(await shareOf(reader, acquisition, geobox, signal)) };
          kept[id] = share;
          changed = true;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
        }
      }
      if (share) shares.set(id, { id, cloud: share.cloud, data: share.data });
      onProgress(++done / acquisitions.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: 2 }, work));
  } finally {
    await reader.close();
  }
  if (changed && !catalog.readOnly) catalog.view.put(key, kept);
  return acquisitions.flatMap(({ id }) => shares.get(id) ?? []);
}

const pause = (milliseconds: number, signal?: AbortSignal) =>
  pauseFor(milliseconds, undefined, signal ? { signal } : {});

interface Mask extends QualityBand {
  /** the file of the mask alone: it may lie beside the images' */
  readonly piece: AcquisitionPiece;
}

/** The classifications of an acquisition's pieces, each file once: a mask may cover several. */
function masksOf({ pieces }: Acquisition): Mask[] {
  const masks = new Map<string, Mask>();
  for (const piece of pieces) {
    const mask = qualityOfPiece(piece);
    const file = maskFileOf(piece);
    if (mask && file) masks.set(`${mask.path} ${mask.bandIndex}`, { ...mask, piece: { files: [file] } });
  }
  return [...masks.values()];
}

/** Every piece's mask on one grid; where two overlap the first with a class counts. */
async function shareOf(
  reader: Reader,
  acquisition: Acquisition,
  area: GeoBox,
  signal?: AbortSignal,
): Promise<{ cloud: number | null; data: number }> {
  const masks = masksOf(acquisition);
  const first = masks[0]!;
  const file = maskFileOf(first.piece)?.grid ?? (await reader.facts(first.path, first.crs)).geobox;
  const target = gridBeforeShift(lookingGrid(area, file), acquisition.shift);
  const bend = bendBeforeShift(acquisition.shift);
  /** 0: not looked at yet, 1: no cloud, 2: cloud */
  const classes = new Uint8Array(target.width * target.height);
  for (const mask of masks) {
    const { piece } = mask;
    // A mask of another kind says which values are clear; the others are taken for cloud.
    const isClear = mask.kind === "scl" ? (value: number) => !cloudyScl.has(value) : clearTest(mask, []);
    if (!isClear) continue;
    signal?.throwIfAborted();
    if (masks.length > 1 && !touches(piece, target, bend)) continue;
    const { bands, valid } = await readMask(reader, mask, { grid: target, bend }, { signal });
    for (const [at, known] of classes.entries()) {
      const value = bands[0]![at]!;
      if (known === 0 && valid[0]?.[at] !== 0 && !isNoPixel(mask, value)) classes[at] = isClear(value) ? 1 : 2;
    }
  }
  let data = 0;
  let cloud = 0;
  for (const value of classes) {
    if (value === 0) continue;
    data++;
    if (value === 2) cloud++;
  }
  return { cloud: data === 0 ? null : cloud / data, data: data / classes.length };
}

/** The project's area at the resolution of the quality band, or coarser when the area is large. */
function lookingGrid(area: GeoBox, file: GeoBox): GeoBox {
  const { minX, minY, maxX, maxY } = boundsOf(area);
  const resolution = Math.max(pixelSizeIn(file, area.crs).side, (maxX - minX) / mostPixels, (maxY - minY) / mostPixels);
  const width = Math.max(1, Math.round((maxX - minX) / resolution));
  const height = Math.max(1, Math.round((maxY - minY) / resolution));
  return { crs: area.crs, affine: northUp(minX, maxY, (maxX - minX) / width, (maxY - minY) / height), width, height };
}
