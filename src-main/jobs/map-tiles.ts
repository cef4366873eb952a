import { existsSync } from "node:fs";
import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Cell, csvCell } from "../../src-shared/domain/csv.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { MappedTile, MapTilesResult, MapTilesSpec } from "../../src-shared/domain/tiles.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { onDisk, writeAll, writeWhole } from "../files/index.ts";
import type { TileTask } from "../learning/index.ts";
import { createCog } from "../raster/index.ts";
import { type Field, openFeatureSink, type PropertyValue, polygonQml, polygonSld } from "../vector/index.ts";
import { applyModel, logUse, normalizationsFor } from "./applied-model.ts";
import { argmax } from "./argmax.ts";
import type { JobContext } from "./context.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { requireGolden } from "./golden.ts";
import { openCube } from "./imagery.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { Predictor } from "./predict.ts";
import { providerFor } from "./provider.ts";
import { holds, requireTileModel, sigmoid, windowOfTile } from "./tiles.ts";

/** Probabilities in the raster are whole numbers of ten-thousandths; this value is no data. */
const noAnswer = 65_535;
const steps = 10_000;
/** A raster of more pixels than this would be nearly all empty. */
const mostPixels = 64e6;

/**
 * Says of every tile how probable each class is: a GeoPackage of squares, the same as CSV, and a raster with one pixel per
 * tile where the tiles share a grid. A killed job goes on with its next tile.
 */
export async function mapTiles(spec: MapTilesSpec, context: JobContext): Promise<MapTilesResult> {
  const started = performance.now();
  const model = await readWorkingModel(spec.modelFolder);
  const { description, weights } = model;
  const { grid, imagery, modalities, tiles, batchSize } = spec;
  const { legend, task } = requireTileModel(description, grid.tilePatches);
  const side = grid.tilePatches;
  const sideMeters = side * grid.patchMeters;
  const { provider } = await providerFor(spec.provider);
  await requireGolden(spec, model, provider);
  const begun = join(spec.folder, "tiles.part.json");
  const fingerprint = fingerprintOf(spec, description.weights.sha256);
  const keep = spec.resume && (await readFile(begun, "utf8").catch(() => "")) === fingerprint;
  const answers = await Answers.open(join(spec.folder, "answers.part"), legend.length, keep);
  try {
    if (!keep) await writeWhole(begun, fingerprint);
    if (answers.count < tiles.length) {
      const applied = applyModel(description, grid, imagery, modalities);
      logUse(applied, undefined, context);
      const cube = openCube(grid, imagery, applied.modalities, applied.days);
      try {
        const normalizations = await normalizationsFor(description, applied, cube, spec, context);
        const predictor = await Predictor.create({
          cube,
          model: description,
          weights,
          modalities,
          batchSize,
          provider,
          normalizations,
        });
        try {
          const windows = tiles.slice(answers.count).map((tile) => windowOfTile(tile, side));
          for await (const { logits, seen } of predictor.run(windows, context.signal)) {
            await answers.add(seen.includes(1) ? Float32Array.from(logits, sigmoid) : undefined);
            context.phase("Mapping", answers.count / tiles.length);
          }
        } finally {
          await predictor.release();
        }
      } finally {
        await cube.close();
      }
    }
    const all = await answers.all(tiles.length);
    const written = await writeProducts(spec, legend, task, all, sideMeters, context);
    await answers.close();
    for (const path of [answers.path, begun]) await rm(path, { force: true });
    return { ...written, tiles: tiles.length, seconds: (performance.now() - started) / 1000 };
  } finally {
    await answers.close().catch(() => {});
  }
}

/** Finished answers on disk: K probabilities and whether anything was seen, tile after tile. A half-written one is cut off. */
class Answers {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #classes: number;
  count: number;

  private constructor(path: string, file: FileHandle, classes: number, count: number) {
    this.path = path;
    this.#file = file;
    this.#classes = classes;
    this.count = count;
  }

  static async open(path: string, classes: number, keep: boolean): Promise<Answers> {
    const file = await onDisk(path, () => open(path, keep && existsSync(path) ? "r+" : "w+"));
    const bytes = 4 * (classes + 1);
    const count = Math.floor((await file.stat()).size / bytes);
    await file.truncate(count * bytes);
    return new Answers(path, file, classes, count);
  }

  async add(probabilities: Float32Array | undefined): Promise<void> {
    const row = new Float32Array(this.#classes + 1);
    if (probabilities) {
      row.set(probabilities);
      row[this.#classes] = 1;
    }
    await onDisk(this.path, () => writeAll(this.#file, new Uint8Array(row.buffer), this.count * row.byteLength));
    this.count++;
  }

  /** `undefined` for tiles that no image shows */
  async all(count: number): Promise<(Float32Array | undefined)[]> {
    const size = this.#classes + 1;
    const bytes = Buffer.alloc(count * size * 4);
    await this.#file.read(bytes, 0, bytes.length, 0);
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, count * size);
    return Array.from({ length: count }, (_, n) =>
      values[n * size + this.#classes] === 1 ? values.slice(n * size, n * size + this.#classes) : undefined,
    );
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function writeProducts(
  spec: MapTilesSpec,
  legend: readonly LegendClass[],
  task: TileTask,
  answers: readonly (Float32Array | undefined)[],
  sideMeters: number,
  { signal, phase }: JobContext,
): Promise<Omit<MapTilesResult, "tiles" | "seconds">> {
  const { tiles, grid, baseName } = spec;
  const path = (what: string) => join(spec.folder, `${baseName}_${what}`);
  const thresholds = task.thresholds ?? legend.map(() => task.decision);
  const given = (probabilities: Float32Array) => legend.filter((_, k) => probabilities[k]! > thresholds[k]!);
  const columns = columnsOf(legend);
  const rowOf = (tile: MappedTile, probabilities: Float32Array): Record<string, PropertyValue> => {
    const best = argmax(legend.length, (k) => probabilities[k]!);
    const { shares } = tile;
    return {
      tile: tile.key,
      code: legend[best]!.code,
      class: legend[best]!.name,
      probability: rounded(probabilities[best]!),
      present: given(probabilities).map(({ name }) => name).join("; "),
      ...(shares === null
        ? { reference: null, part: null }
        : {
            reference: legend.filter(({ code }) => holds({ shares }, code, task.shareThreshold)).map(({ name }) => name).join("; "),
            part: tile.part,
          }),
      ...Object.fromEntries(columns.map((column, k) => [column, rounded(probabilities[k]!)])),
    }; // biome-ignore format: one row
  };
  const fields: Field[] = [
    { name: "tile", type: "text" },
    { name: "code", type: "integer" },
    { name: "class", type: "text" },
    { name: "probability", type: "number" },
    { name: "present", type: "text" },
    { name: "reference", type: "text" },
    { name: "part", type: "text" },
    ...columns.map((name): Field => ({ name, type: "number" })),
  ];
  const present: Record<string, number> = {};
  let unseen = 0;
  const gpkgPath = path("tiles.gpkg");
  const layer = `${baseName}_tiles`;
  const style = { name: layer, qml: polygonQml("code", legend), sld: polygonSld(layer, "code", legend) };
  const lines = [fields.map(({ name }) => csvCell(name)).join(",")];
  const sink = openFeatureSink(gpkgPath, "gpkg", {
    name: layer,
    crs: grid.geobox.crs,
    fields,
    description: "Which classes each tile holds, by OmniSat Desktop: the likeliest, those above their threshold, and all probabilities.",
    style,
  }); // biome-ignore format: one call
  try {
    for (const [n, tile] of tiles.entries()) {
      if (n % 1000 === 0) {
        signal.throwIfAborted();
        phase("Writing", (0.5 * n) / tiles.length);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const probabilities = answers[n];
      if (!probabilities) {
        unseen++;
        continue;
      }
      for (const { code } of given(probabilities)) present[code] = (present[code] ?? 0) + 1;
      const properties = rowOf(tile, probabilities);
      sink.add({ properties, geometry: { type: "Polygon", coordinates: [squareOf(tile, sideMeters)] } });
      lines.push(fields.map(({ name }) => csvCell(cellOf(properties[name] ?? null))).join(","));
    }
    sink.finish();
  } finally {
    sink.discard();
  }
  const csvPath = path("tiles.csv");
  await onDisk(csvPath, () => writeWhole(csvPath, `${lines.join("\r\n")}\r\n`));
  const qmlPath = path("tiles.qml");
  await writeWhole(qmlPath, style.qml);
  const area = commonGrid(tiles, sideMeters, grid.geobox.crs);
  const tooLarge = area !== null && area.width * area.height > mostPixels;
  const cogPath = area && !tooLarge ? path("probabilities.tif") : null;
  if (area && cogPath) {
    const byPixel = new Map<number, Float32Array>();
    for (const [n, tile] of tiles.entries()) {
      const [col, row] = pixelOf(tile, area);
      const probabilities = answers[n];
      if (probabilities) byPixel.set(row * area.width + col, probabilities);
    }
    await createCog(
      cogPath,
      {
        geobox: area,
        bandCount: legend.length,
        dataType: "uint16",
        nodata: noAnswer,
        scale: 1 / steps,
        bandNames: legend.map(({ name }) => name),
        overviewMethod: "average",
        metadata: { MODEL: spec.modelFolder.split(/[\\/]/).at(-1) ?? "", MODALITIES: spec.modalities.join(" + ") },
      },
      async ({ col, row, width, height }) =>
        legend.map((_, k) => {
          const band = new Uint16Array(width * height).fill(noAnswer);
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++) {
              const own = byPixel.get((row + y) * area.width + col + x);
              if (own) band[y * width + x] = Math.round(steps * own[k]!);
            }
          return band;
        }),
      { signal, onProgress: (fraction) => phase("Writing", 0.5 + fraction / 2) },
    );
  }
  phase("Writing", 1);
  return {
    gpkgPath,
    csvPath,
    cogPath,
    cogReason: cogPath ? null : tooLarge ? "too-large" : "no-common-grid",
    sidecarPaths: [qmlPath],
    legend,
    thresholds,
    sideMeters,
    area: cogPath ? area : null,
    unseen,
    present,
  };
}

/** A column per class; two names that differ in case alone would be one column to SQLite. */
function columnsOf(legend: readonly LegendClass[]): string[] {
  const taken = new Set<string>();
  return legend.map(({ name, code }) => {
    let column = `p_${name}`;
    if (taken.has(column.toLowerCase())) column = `p_${name}_${code}`;
    taken.add(column.toLowerCase());
    return column;
  });
}

const rounded = (probability: number): number => Math.round(probability * 1e4) / 1e4;

function squareOf({ x, y }: MappedTile, side: number): [number, number][] {
  return [[x, y], [x, y - side], [x + side, y - side], [x + side, y], [x, y]]; // biome-ignore format: one ring
}

const cellOf = (value: PropertyValue): Cell => (value === null || typeof value === "number" ? value : String(value));

/** A millionth of a tile is the same place. */
const slack = 1e-6;

/** The grid of one pixel per tile on which all tiles lie; `null` where they lie between each other's edges. */
export function commonGrid(
  tiles: readonly { readonly x: number; readonly y: number }[],
  side: number,
  crs: string,
): GeoBox | null {
  const first = tiles[0];
  if (!first) return null;
  let [left, right, top, bottom] = [first.x, first.x, first.y, first.y];
  for (const { x, y } of tiles) {
    for (const offset of [(x - first.x) / side, (y - first.y) / side])
      if (Math.abs(offset - Math.round(offset)) > slack) return null;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.max(top, y), Math.min(bottom, y)];
  }
  return {
    crs,
    affine: northUp(left, top, side, side),
    width: Math.round((right - left) / side) + 1,
    height: Math.round((top - bottom) / side) + 1,
  };
}

function pixelOf({ x, y }: MappedTile, { affine }: GeoBox): readonly [col: number, row: number] {
  return [Math.round((x - affine.a) / affine.b), Math.round((y - affine.d) / affine.f)];
}
