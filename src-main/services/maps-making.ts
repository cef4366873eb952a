import { existsSync } from "node:fs";
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { MapSpec } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { MapInTheMaking } from "../../src-shared/domain/map-product.ts";
import type { Catalog } from "../catalog/index.ts";
import { patchesOfGeobox, planBlend } from "../cube/index.ts";
import { readJobSpec } from "./jobs.ts";

/** The longer side of the picture of a map in the making. */
const side = 1024;

/** What a running map job has on disk: rows that are finished, and the tiles of the band it is at. Never more than a picture. */
export async function mapInTheMaking(catalog: Catalog, jobId: number): Promise<MapInTheMaking | null> {
  const job = catalog.jobs.get(jobId);
  if (job?.kind !== "map" || job.state === "finished") return null;
  const rowsPath = join(job.folder, "rows.part");
  if (!existsSync(rowsPath)) return null;
  const spec = readJobSpec(catalog, job) as MapSpec | undefined;
  if (!spec) return null;
  const { readModelDescription } = await import("../learning/model.ts");
  const { legend, grid } = await readModelDescription(spec.modelFolder);
  if (!legend) return null;
  const { area } = spec;
  const shrink = Math.max(1, Math.ceil(Math.max(area.width, area.height) / side));
  const [width, height] = [Math.ceil(area.width / shrink), Math.ceil(area.height / shrink)];
  const picture = new Uint8Array(width * height);
  const rowsDone = await finishedRows(rowsPath, area.width, 2 + legend.length, shrink, width, picture);
  const tilesDone = await tilesAtWork(join(job.folder, "tiles.part"), spec, grid.tilePatches, legend, rowsDone, {
    shrink,
    width,
    height,
    picture,
  });
  const classes = Buffer.from(picture).toString("base64");
  return { jobId, area, width, height, classes, legend, rowsDone, tilesDone };
}

async function finishedRows(
  path: string,
  areaWidth: number,
  bands: number,
  shrink: number,
  width: number,
  picture: Uint8Array,
): Promise<number> {
  const file = await open(path, "r").catch(() => undefined);
  if (!file) return 0;
  try {
    const rows = Math.floor((await file.stat()).size / (areaWidth * bands));
    const line = new Uint8Array(areaWidth);
    for (let row = 0, y = 0; row < rows; row += shrink, y++) {
      await file.read(line, 0, areaWidth, row * bands * areaWidth);
      for (let x = 0; x < width; x++) picture[y * width + x] = line[x * shrink]!;
    }
    return rows;
  } finally {
    await file.close();
  }
}

interface Canvas {
  readonly shrink: number;
  readonly width: number;
  readonly height: number;
  readonly picture: Uint8Array;
}

/** Tiles whose rows are not blended yet: the middle of each, as the network answered. */
async function tilesAtWork(
  folder: string,
  spec: MapSpec,
  tilePatches: number,
  legend: readonly LegendClass[],
  rowsDone: number,
  { shrink, width, height, picture }: Canvas,
): Promise<number> {
  const patchMeters = spec.grid.patchMeters;
  const patches = patchesOfGeobox({ crs: spec.grid.geobox.crs, patchMeters }, spec.area);
  const channels = legend.length + 1;
  const tileBytes = tilePatches * tilePatches * channels * Float32Array.BYTES_PER_ELEMENT;
  const { tiles: plan, stride } = planBlend(patches, tilePatches, spec.overlapPatches);
  const firstCol = plan.at(0)?.col ?? patches.col;
  const names = (await readdir(folder).catch(() => [])).sort((p, q) => Number.parseInt(p, 10) - Number.parseInt(q, 10));
  let count = 0;
  for (const name of names) {
    const top = Number.parseInt(name, 10);
    const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
    const tiles = Math.floor(bytes.length / tileBytes);
    count += tiles;
    const logits = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + tiles * tileBytes));
    for (let tile = 0; tile < tiles; tile++) {
      const left = firstCol + tile * stride;
      for (let row = 0; row < tilePatches; row++) {
        const areaRow = top + row - patches.row;
        if (areaRow < rowsDone || areaRow % shrink !== 0 || areaRow / shrink >= height) continue;
        for (let col = 0; col < tilePatches; col++) {
          const areaCol = left + col - patches.col;
          if (areaCol < 0 || areaCol % shrink !== 0 || areaCol / shrink >= width) continue;
          const at = ((tile * tilePatches + row) * tilePatches + col) * channels;
          picture[(areaRow / shrink) * width + areaCol / shrink] = bestClass(logits, at, legend);
        }
      }
    }
  }
  return count;
}

function bestClass(logits: Float32Array, at: number, legend: readonly LegendClass[]): number {
  if (!(logits[at + legend.length]! > 0)) return 0;
  let best = 0;
  for (let k = 1; k < legend.length; k++) if (logits[at + k]! > logits[at + best]!) best = k;
  return legend[best]!.code;
}
