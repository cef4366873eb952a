import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Finding, findingSentence, inOrderOfSeverity, isFinding } from "../../src-shared/domain/finding.ts";
import { usesEncoder } from "../../src-shared/domain/method.ts";
import type { NumberMapResult, NumberMapSpec } from "../../src-shared/domain/numbers.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { type BlendedRows, countTiles, type PatchSet, type PatchWindow, patchesOfGeobox } from "../cube/index.ts";
import { writeWhole } from "../files/index.ts";
import type { NumberTask } from "../learning/index.ts";
import { applyModel, logUse, normalizationsFor } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { coverageFindings, coverageIn } from "./coverage-words.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { openCube, patchGrid } from "./imagery.ts";
import { computeRows, type MapPlan, readerOf } from "./map.ts";
import { mapWords } from "./map-words.ts";
import { numberPredictor, readNumberModel } from "./number-model.ts";
import { providerFor } from "./provider.ts";
import { RowStore } from "./row-store.ts";
import { SurfaceFigures, writeSurface } from "./surface-files.ts";
import { TileStore } from "./tile-store.ts";

/** Planes of a stored row: whether a patch is known, and the four bytes of its number. */
const planes = 5;
const layout = "a number in four bytes";

/**
 * Draws the map of a model of numbers: what it tells of every patch, held to the range that it was taught, with the interval that held-out places
 * promise. Blends overlapping tiles of networks; a killed job goes on with its next tile.
 * @throws AppError "number-model-damaged", "map-without-imagery", and what the images do not fit
 */
export async function numberMap(spec: NumberMapSpec, context: JobContext): Promise<NumberMapResult> {
  const started = performance.now();
  const working = await readNumberModel(spec.modelFolder);
  const { model, task } = working;
  const { description } = model;
  const { grid, imagery } = spec;
  const modalities = description.modalities.map(({ name }) => name);
  const applied = applyModel(description, grid, imagery, modalities);
  logUse(applied, undefined, context);
  const area = patchesOfGeobox(patchGrid(grid), spec.area);
  const side = description.grid.tilePatches;
  const overlap = task.method === "network" || usesEncoder(task.features) ? Math.min(spec.overlapPatches, side - 1) : 0;
  const { provider } = await providerFor(spec.provider);
  const begun = join(spec.folder, "map.part.json");
  const fingerprint = fingerprintOf(spec, `${description.weights.sha256} ${layout}`);
  const keep = spec.resume && (await readFile(begun, "utf8").catch(() => "")) === fingerprint;
  const cube = openCube(grid, imagery, applied.modalities, applied.days);
  let rows: RowStore | undefined;
  try {
    const coverage = coverageIn((await cube.footprints())!, area, modalities);
    const covered = coverage.all;
    if (covered.size === 0) throw new AppError("map-without-imagery", { modalities });
    const plan: MapPlan = { covered, windows: covered.windows(), side, overlap };
    rows = await RowStore.open(join(spec.folder, "rows.part"), plan.windows, planes, { keep });
    const tiles = await TileStore.open(join(spec.folder, "tiles.part"), 2 * side * side, { keep });
    if (!keep) await writeWhole(begun, fingerprint);
    let told: readonly Finding[] = [];
    if (!rows.complete) {
      const normalizations = await normalizationsFor(description, applied, cube, spec, context);
      const predictor = await numberPredictor(working, { cube, modalities, batchSize: spec.batchSize, provider, normalizations }); // biome-ignore format: one call
      try {
        const count = countTiles(plan.windows, covered, side, overlap);
        await computeRows(plan, count, { channels: 1, bytes: rowBytes }, predictor, rows, tiles, context);
        told = predictor.watch.findings();
      } finally {
        await predictor.release();
      }
    }
    const known = ((description.findings ?? []) as readonly unknown[]).filter(isFinding);
    const about = [...coverageFindings(coverage), ...applied.findings, ...known, ...told];
    const result = await writeMap(spec, task, area, covered, rows, about, context);
    await rows.close();
    await rm(rows.path, { force: true });
    await tiles.remove();
    await rm(begun, { force: true });
    return { ...result, seconds: (performance.now() - started) / 1000 };
  } finally {
    await rows?.close().catch(() => {});
    await cube.close();
  }
}

/** [2, H, W] number and whether it was seen → rows of byte planes. */
function rowBytes({ height, width, logits }: BlendedRows): Uint8Array {
  const size = height * width;
  const bytes = new Uint8Array(size * planes);
  const one = new Float32Array(1);
  const four = new Uint8Array(one.buffer);
  for (let row = 0; row < height; row++)
    for (let col = 0; col < width; col++) {
      const at = row * width + col;
      const seen = logits[size + at]! > 0 && Number.isFinite(logits[at]!);
      one[0] = seen ? logits[at]! : Number.NaN;
      const out = row * planes * width + col;
      bytes[out] = seen ? 1 : 0;
      for (let b = 0; b < 4; b++) bytes[out + (1 + b) * width] = four[b]!;
    }
  return bytes;
}

const allPlanes = Array.from({ length: planes }, (_, plane) => plane);

function numbersOf([known, ...bytes]: readonly Uint8Array[]): Float32Array {
  const four = new Uint8Array(4 * known!.length);
  for (let i = 0; i < known!.length; i++) for (let b = 0; b < 4; b++) four[4 * i + b] = bytes[b]![i]!;
  const numbers = new Float32Array(four.buffer);
  for (const [i, one] of known!.entries()) if (one !== 1) numbers[i] = Number.NaN;
  return numbers;
}

/** A number inside of what was taught, with its interval; told numbers beyond are shown at the end of the range. */
export function shownOf(told: number, { low, high, minimum, maximum, interval }: NumberTask) {
  const value = Math.min(high, Math.max(low, told));
  const width = interval?.halfWidth ?? 0;
  const inside = (bound: number) => Math.min(maximum ?? Infinity, Math.max(minimum ?? -Infinity, bound));
  return {
    value,
    // Around what was told: a number far beyond what was taught has an interval that reaches there.
    lower: inside(Math.min(value, told - width)),
    upper: inside(Math.max(value, told + width)),
    beyond: told < low ? -1 : told > high ? 1 : 0,
  };
}

async function writeMap(
  spec: NumberMapSpec,
  task: NumberTask,
  area: PatchWindow,
  covered: PatchSet,
  rows: RowStore,
  about: readonly Finding[],
  context: JobContext,
): Promise<Omit<NumberMapResult, "seconds">> {
  const read = readerOf(area, rows, undefined);
  const figures = new SurfaceFigures();
  let [below, above] = [0, 0];
  for (const { col, row, width, height } of covered.stretches())
    for (let y = row; y < row + height; y++) {
      context.signal.throwIfAborted();
      const found = await read(area, { col: col - area.col, row: y - area.row, width, height: 1 }, allPlanes);
      for (const told of found ? numbersOf(found) : []) {
        if (Number.isNaN(told)) continue;
        const { value, beyond } = shownOf(told, task);
        figures.add(value);
        if (beyond < 0) below++;
        if (beyond > 0) above++;
      }
    }
  const { count } = figures;
  const { name, unit, minimum, maximum, low, high, interval } = task;
  const modalities = spec.imagery.modalities.map((modality) => modality.name);
  const findings = inOrderOfSeverity([
    ...about,
    ...(count === 0 ? [{ code: "map-empty", details: { modalities } } as const] : []),
    ...(below + above > 0
      ? [
          {
            code: "numbers-beyond-taught",
            details: { below: below / count, above: above / count, low, high, unit },
          } as const,
        ]
      : []),
  ]);
  for (const finding of findings) context.log(findingSentence(finding));
  const withUnit = unit === "" ? name : `${name} (${unit})`;
  const level = interval && Math.round(100 * interval.level);
  const bands = interval ? [withUnit, `lower end of the ${level} % interval`, `upper end of the ${level} % interval`] : [withUnit]; // biome-ignore format: one line
  const words = mapWords(findings);
  const stretch = count === 0 ? ([low, high] as const) : figures.stretch();
  const files = await writeSurface({
    folder: spec.folder,
    name: spec.baseName,
    geobox: spec.area,
    bands,
    unit,
    stretch,
    note: words.WARNING ?? "",
    metadata: {
      TARGET: name,
      UNIT: unit,
      TAUGHT: `${low} to ${high}`,
      BEYOND_TAUGHT: `${(100 * (count === 0 ? 0 : (below + above) / count)).toFixed(1)} % of the pixels were told to lie beyond the taught numbers and are shown at the end of the range.`,
      ...(interval
        ? {
            INTERVAL: `Nine tenths of the patches of ${level} % of the places like the held-out ones have their number inside the interval (half of its width: ${interval.halfWidth}).`,
          }
        : {}),
      ...words,
    },
    read: async (window: PixelWindow) => {
      const found = await read(area, window, allPlanes);
      if (!found) return undefined;
      const told = numbersOf(found);
      const shown = Array.from(told, (one) => (Number.isNaN(one) ? undefined : shownOf(one, task)));
      const band = (what: "value" | "lower" | "upper") =>
        Float32Array.from(shown, (one) => (one === undefined ? Number.NaN : one[what]));
      return interval ? [band("value"), band("lower"), band("upper")] : [band("value")];
    },
    options: { signal: context.signal, onProgress: (fraction) => context.phase("Writing", fraction) },
  });
  return {
    kind: "number",
    ...files,
    bands,
    meaning: { name, unit, minimum, maximum },
    area: spec.area,
    pixels: count,
    stretch,
    low: count === 0 ? low : figures.low,
    high: count === 0 ? high : figures.high,
    mean: count === 0 ? task.mean : figures.mean,
    findings,
    taught: [low, high],
    belowTaught: below,
    aboveTaught: above,
    interval,
  };
}
