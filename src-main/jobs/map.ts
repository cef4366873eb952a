import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { MapResult, MapSpec } from "../../src-shared/domain/job.ts";
import { type LegendClass, rgbOf } from "../../src-shared/domain/legend.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import {
  type BlendedRows,
  Blender,
  type BlendPlan,
  type PatchWindow,
  patchesOfGeobox,
  planBlend,
} from "../cube/index.ts";
import { readModel, writeAtomically } from "../learning/index.ts";
import { createCog } from "../raster/index.ts";
import { classQml, classSld, confidenceRamp, rampQml, rampSld } from "../vector/styles/index.ts";
import { blendFor, inputsOfModel } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { highest } from "./highest.ts";
import { openCube, patchGrid } from "./imagery.ts";
import { insideOf } from "./outline.ts";
import { Predictor } from "./predict.ts";
import { providerFor } from "./provider.ts";
import { RowStore } from "./row-store.ts";
import { TileStore } from "./tile-store.ts";

/** Values of the class map: 0 is no data, otherwise the legend's code. */
const noClass = 0;
/** Values of the confidence map: 0 to 100 percent, 255 is no data. */
const noConfidence = 255;

/**
 * Maps an area tile by tile with blended overlaps. Holds one band of rows; finished rows and the answers of the band's tiles
 * are on disk, so a killed job goes on with its next tile.
 */
export async function map(spec: MapSpec, context: JobContext): Promise<MapResult> {
  const started = performance.now();
  const { description, weights } = await readModel(spec.modelFolder);
  const { legend } = description;
  if (!legend) throw new AppError("model-has-no-head", { name: description.name });
  const { grid, imagery, modalities } = spec;
  const inputs = inputsOfModel(description, grid, imagery, modalities);
  const area = patchesOfGeobox(patchGrid(grid), spec.area);
  const side = description.grid.tilePatches;
  const whole = blendFor(description, area, spec.overlapPatches);
  const { provider } = await providerFor(spec.provider);
  const path = (what: string) => join(spec.folder, `${spec.baseName}_${what}`);
  // What an earlier run left is continued only when it was the same work with the same weights.
  const begun = join(spec.folder, "map.part.json");
  const fingerprint = fingerprintOf(spec, description.weights.sha256);
  const keep = spec.resume && (await readFile(begun, "utf8").catch(() => "")) === fingerprint;
  // Bands of a stored row: class, confidence, then one probability per class.
  const rows = await RowStore.open(join(spec.folder, "rows.part"), area.width, 2 + legend.length, { keep });
  const cube = openCube(grid, imagery, inputs, description.days);
  try {
    // One channel more than classes: whether anything was seen of a patch.
    const floats = side * side * (legend.length + 1);
    const tiles = await TileStore.open(join(spec.folder, "tiles.part"), floats, { keep });
    // Only now: killed before, whatever lies here is not taken for this work's.
    if (!keep) await writeAtomically(begun, fingerprint);
    if (rows.rows < area.height) {
      const predictor = await Predictor.create({
        cube,
        model: description,
        weights,
        modalities,
        batchSize: spec.batchSize,
        provider,
      });
      try {
        await computeRows(whole, legend, predictor, rows, tiles, context);
      } finally {
        await predictor.release();
      }
    }
    const result = await writeProducts(spec, area, legend, rows, path, context);
    await rows.close();
    await rm(rows.path, { force: true });
    await tiles.remove();
    await rm(begun, { force: true });
    return { ...result, tiles: whole.tiles.length, seconds: (performance.now() - started) / 1000 };
  } finally {
    await rows.close().catch(() => {});
    await cube.close();
  }
}

async function computeRows(
  whole: BlendPlan,
  legend: readonly LegendClass[],
  predictor: Predictor,
  rows: RowStore,
  store: TileStore,
  { signal, phase }: JobContext,
): Promise<void> {
  const { area, size, stride } = whole;
  const done = rows.rows;
  // Tiles lie where the CRS puts them, so the map of the rows that are left is that part of the whole map, to the bit.
  const rest = { ...area, row: area.row + done, height: area.height - done };
  const plan = planBlend(rest, size, size - stride);
  const { tiles } = plan;
  const blender = new Blender(plan, legend.length + 1);
  const before = whole.tiles.length - tiles.length;
  let finished = 0;
  const take = async (tile: PatchWindow, values: Float32Array) => {
    const blended = blender.add(tile, values);
    phase("Mapping", (before + ++finished) / whole.tiles.length);
    if (!blended) return;
    await rows.append(bytesOf(blended, legend));
    // Killed before this line, the next run finds these tiles again and needs none of them.
    await store.forgetAbove(blended.row + blended.height - size + 1);
  };
  await store.forgetAbove(rest.row - size + 1);
  for (let line = 0; line < tiles.rows; line++) {
    const { row } = tiles.at(line * tiles.columns)!;
    const saved = (await store.saved(row)).slice(0, tiles.columns);
    if (saved.length < tiles.columns) await store.cut(row, saved.length);
    for (const [index, values] of saved.entries()) await take(tiles.at(line * tiles.columns + index)!, values);
    if (saved.length < tiles.columns) break;
  }
  for await (const { window, logits, seen } of predictor.run(tiles.from(finished), signal)) {
    const values = withSeen(logits, seen, legend.length);
    await store.add(window, values);
    await take(window, values);
  }
}

/** [P, K] and [P] → [P, K + 1] */
function withSeen(logits: Float32Array, seen: Uint8Array, classes: number): Float32Array {
  const values = new Float32Array(seen.length * (classes + 1));
  for (let p = 0; p < seen.length; p++) {
    values.set(logits.subarray(p * classes, (p + 1) * classes), p * (classes + 1));
    values[p * (classes + 1) + classes] = seen[p]!;
  }
  return values;
}

/** Blended logits → rows of bytes: class code, confidence, probabilities in percent. */
function bytesOf({ height, width, logits }: BlendedRows, legend: readonly LegendClass[]): Uint8Array {
  const classes = legend.length;
  const bands = 2 + classes;
  const plane = height * width;
  const bytes = new Uint8Array(plane * bands);
  const exponentials = new Float64Array(classes);
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const at = row * width + col;
      const out = (band: number) => row * bands * width + band * width + col;
      if (!(logits[classes * plane + at]! > 0)) {
        bytes[out(0)] = noClass;
        for (let band = 1; band < bands; band++) bytes[out(band)] = noConfidence;
        continue;
      }
      const best = highest(classes, (k) => logits[k * plane + at]!);
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        exponentials[k] = Math.exp(logits[k * plane + at]! - logits[best * plane + at]!);
        sum += exponentials[k]!;
      }
      bytes[out(0)] = legend[best]!.code;
      bytes[out(1)] = Math.round(100 / sum);
      for (let k = 0; k < classes; k++) bytes[out(2 + k)] = Math.round((100 * exponentials[k]!) / sum);
    }
  }
  return bytes;
}

async function writeProducts(
  spec: MapSpec,
  area: PatchWindow,
  legend: readonly LegendClass[],
  rows: RowStore,
  path: (what: string) => string,
  { signal, phase }: JobContext,
): Promise<Omit<MapResult, "tiles" | "seconds">> {
  const pixels: Record<string, number> = {};
  const metadata = { MODEL: spec.modelFolder.split(/[\\/]/).at(-1) ?? "", MODALITIES: spec.modalities.join(" + ") };
  const colors = Array.from({ length: 256 }, (_, value): [number, number, number, number] => {
    const entry = legend.find(({ code }) => code === value);
    return entry ? [...rgbOf(entry.color), 255] : [0, 0, 0, 0];
  });
  const last = Math.max(...legend.map(({ code }) => code));
  const names = Array.from({ length: last + 1 }, (_, value) =>
    value === noClass ? "no data" : (legend.find(({ code }) => code === value)?.name ?? ""),
  );
  const inside = spec.outline ? insideOf(spec.outline, spec.area) : undefined;
  // Outside of the outline every band says that nothing is there.
  const read = async (window: PixelWindow, bands: readonly number[]): Promise<Uint8Array[]> => {
    const values = await rows.read(window, bands);
    if (inside)
      inside.clear(
        window,
        values,
        bands.map((band) => (band === 0 ? noClass : noConfidence)),
      );
    return values;
  };
  const classPath = path("class.tif");
  const step = spec.probabilities ? 1 / 3 : 1 / 2;
  const options = (start: number) => ({
    signal,
    onProgress: (fraction: number) => phase("Writing", start + step * fraction),
  });
  for (let row = 0; row < area.height; row++) {
    signal.throwIfAborted();
    const [line] = await read({ col: 0, row, width: area.width, height: 1 }, [0]);
    for (const value of line!) if (value !== noClass) pixels[value] = (pixels[value] ?? 0) + 1;
  }
  await createCog(
    classPath,
    {
      geobox: spec.area,
      bandCount: 1,
      dataType: "uint8",
      nodata: noClass,
      bandNames: ["class"],
      categoryNames: names,
      colorTable: colors,
      overviewMethod: "mode",
      metadata,
    },
    (window) => read(window, [0]),
    options(0),
  );
  const confidencePath = path("confidence.tif");
  await createCog(
    confidencePath,
    {
      geobox: spec.area,
      bandCount: 1,
      dataType: "uint8",
      nodata: noConfidence,
      bandNames: ["confidence (percent)"],
      overviewMethod: "average",
      metadata,
    },
    (window) => read(window, [1]),
    options(step),
  );
  const probabilitiesPath = spec.probabilities ? path("probabilities.tif") : null;
  if (probabilitiesPath) {
    await createCog(
      probabilitiesPath,
      {
        geobox: spec.area,
        bandCount: legend.length,
        dataType: "uint8",
        nodata: noConfidence,
        bandNames: legend.map(({ name }) => name),
        overviewMethod: "average",
        metadata,
      },
      (window) =>
        read(
          window,
          legend.map((_, k) => 2 + k),
        ),
      options(2 * step),
    );
  }
  const qmlPath = path("class.qml");
  const sldPath = path("class.sld");
  await writeAtomically(qmlPath, classQml(legend));
  await writeAtomically(sldPath, classSld(`${spec.baseName}_class`, legend));
  const confidenceStyles = [path("confidence.qml"), path("confidence.sld")] as const;
  await writeAtomically(confidenceStyles[0], rampQml(confidenceRamp(100)));
  await writeAtomically(confidenceStyles[1], rampSld(`${spec.baseName}_confidence`, confidenceRamp(100)));
  const sidecarPaths = [...confidenceStyles, `${classPath}.aux.xml`].filter((file) => existsSync(file));
  phase("Writing", 1);
  return { classPath, confidencePath, probabilitiesPath, qmlPath, sldPath, sidecarPaths, pixels };
}
