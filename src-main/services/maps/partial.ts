import { existsSync } from "node:fs";
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { MapSpec } from "../../../src-shared/domain/job.ts";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import type { PartialMap } from "../../../src-shared/domain/map-product.ts";
import { type Catalog, readPlainText } from "../../catalog/index.ts";
import { PatchSet, type PatchWindow, patchesOfGeobox, planBlend } from "../../cube/index.ts";
import { planesOfRow } from "../../jobs/map-values.ts";
import { mapWindowsFile } from "../../jobs/row-store.ts";
import { readJobSpec } from "../jobs/jobs.ts";

/** The longer side of the picture of a map that is being drawn. */
const side = 1024;

/** What a running map job has on disk: rows that are finished, and the tiles of the band it is at. Never more than a picture. */
export async function partialMap(catalog: Catalog, jobId: number): Promise<PartialMap | null> {
  const job = catalog.jobs.get(jobId);
  if (job?.kind !== "map" || job.state === "finished") return null;
  const rowsPath = join(job.folder, "rows.part");
  if (!existsSync(rowsPath)) return null;
  const spec = readJobSpec(catalog, job) as MapSpec | undefined;
  if (!spec) return null;
  const plan = planIn(join(job.folder, mapWindowsFile));
  if (!plan || plan.windows.some(({ width, height }) => width > spec.area.width || height > spec.area.height))
    return null;
  const { readModelDescription } = await import("../../learning/trained-model.ts");
  const { legend, grid } = await readModelDescription(spec.modelFolder);
  if (!legend) return null;
  const { area } = spec;
  const { patchMeters } = spec.grid;
  const corner = patchesOfGeobox({ crs: spec.grid.geobox.crs, patchMeters }, area);
  const shrink = Math.max(1, Math.ceil(Math.max(area.width, area.height) / side));
  const [width, height] = [Math.ceil(area.width / shrink), Math.ceil(area.height / shrink)];
  const picture = new Uint8Array(width * height);
  // Even a small place gets at least one cell.
  const paint = (col: number, row: number, code: number) => {
    if (code === 0 || col < 0 || row < 0 || col >= area.width || row >= area.height) return;
    picture[Math.floor(row / shrink) * width + Math.floor(col / shrink)] = code;
  };
  const canvas: Canvas = { col: corner.col, row: corner.row, shrink, paint };
  const rowsDone = await finishedRows(rowsPath, plan.windows, planesOfRow(legend.length), canvas);
  const covered = PatchSet.of(plan.covered);
  const tilesDone = await tilesAtWork(join(job.folder, "tiles.part"), spec, { ...plan, covered }, grid.tilePatches, legend, canvas); // biome-ignore format: one call
  const classes = Buffer.from(picture).toString("base64");
  return { jobId, area, width, height, classes, legend, rowsDone, tilesDone };
}

const whole = z.number().refine(Number.isSafeInteger);
const windows = z.array(
  z.object({ col: whole, row: whole, width: whole.refine((own) => own > 0), height: whole.refine((own) => own > 0) }),
);
const planSchema = z.object({ windows, covered: windows });

/** The windows that a job maps; nothing while it has written none, or when the file is not what a job writes. */
function planIn(path: string): z.output<typeof planSchema> | undefined {
  try {
    return planSchema.safeParse(JSON.parse(readPlainText(path))).data;
  } catch {
    return undefined;
  }
}

/** Where the picture has its corner, in patches; every `shrink`-th of them is looked at. */
interface Canvas {
  readonly col: number;
  readonly row: number;
  readonly shrink: number;
  /** from the picture's corner, in patches */
  paint(col: number, row: number, code: number): void;
}

/** Rows of a window that are worth reading: every `shrink`-th, and at least the first. */
async function finishedRows(
  path: string,
  windows: readonly PatchWindow[],
  bands: number,
  canvas: Canvas,
): Promise<number> {
  const file = await open(path, "r").catch(() => undefined);
  if (!file) return 0;
  try {
    let left = (await file.stat()).size;
    let start = 0;
    let done = 0;
    for (const { col, row, width, height } of windows) {
      const rows = Math.min(height, Math.floor(left / (width * bands)));
      const line = new Uint8Array(width);
      for (let y = 0; y < rows; y += canvas.shrink) {
        await file.read(line, 0, width, start + y * bands * width);
        for (let x = 0; x < width; x += 1) canvas.paint(col + x - canvas.col, row + y - canvas.row, line[x]!);
      }
      done += rows;
      start += width * height * bands;
      left -= width * height * bands;
      if (left <= 0) break;
    }
    return done;
  } finally {
    await file.close();
  }
}

/** Tiles whose rows are not blended yet: as the network answered. */
async function tilesAtWork(
  folder: string,
  spec: MapSpec,
  { windows, covered }: { readonly windows: readonly PatchWindow[]; readonly covered: PatchSet },
  tilePatches: number,
  legend: readonly LegendClass[],
  canvas: Canvas,
): Promise<number> {
  const channels = legend.length + 1;
  const tileBytes = tilePatches * tilePatches * channels * Float32Array.BYTES_PER_ELEMENT;
  const names = await readdir(folder).catch(() => []);
  let count = 0;
  for (const name of names) {
    const [index, top] = name.split("_").map((part) => Number.parseInt(part, 10)) as [number, number];
    const window = windows[index];
    const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
    const tiles = Math.floor(bytes.length / tileBytes);
    count += tiles;
    if (!window || tiles === 0) continue;
    const logits = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + tiles * tileBytes));
    const { tiles: plan } = planBlend(window, tilePatches, spec.overlapPatches);
    const seen = covered.inside(window);
    let tile = 0;
    for (let at = 0; at < plan.columns && tile < tiles; at++) {
      const { col } = plan.at(at)!;
      if (!seen.touches({ col, row: top, width: tilePatches, height: tilePatches })) continue;
      for (let row = 0; row < tilePatches; row++) {
        for (let across = 0; across < tilePatches; across++) {
          if (!seen.has(col + across, top + row)) continue;
          const place = ((tile * tilePatches + row) * tilePatches + across) * channels;
          canvas.paint(col + across - canvas.col, top + row - canvas.row, bestClass(logits, place, legend));
        }
      }
      tile++;
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
