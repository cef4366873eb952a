import { statSync } from "node:fs";
import { AppError, type ErrorDetails } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import type { LabelFile } from "../../../src-shared/ipc/labels.ts";
import { cooperative } from "../cooperative.ts";
import type { FeatureLayer, ReadOptions } from "../formats/feature.ts";
import { inspecting } from "../formats/inspect-layer.ts";
import { type LayerFacts, layerFacts } from "../formats/layer-facts.ts";
import { openFeatures } from "../formats/read.ts";
import { type ClassTable, countValues, suggestClasses, type ValueCount } from "../labels/class-table.ts";
import { importingLabels, type LabelImport, type LabelImportOptions } from "../labels/label-import.ts";
import { importingNumbers, type NumberImport, type NumberImportOptions } from "../labels/number-import.ts";
import { readTileShares, type TileShares, type TileSharesOptions } from "../labels/tile-shares.ts";
import { checkStructure } from "../structure/structure.ts";

/** How work reports progress. */
export interface TaskProgress {
  /** the most that the work may hold once the file is readable */
  readonly mebibytes: number;
  alive(fraction?: number): void;
  /** The file was looked through and is what it says it is: from now on it may cost what its size asks for. */
  readable(): void;
  /** Sends items; resolves when they were processed, with whether more are wanted. */
  part(items: readonly unknown[]): Promise<boolean>;
}

interface Source {
  readonly path: string;
  readonly options: ReadOptions;
}

/** Tasks on untrusted files in a separate process: from plain data to plain data. */
export interface Tasks {
  inspect: { input: Source; output: LabelFile };
  values: { input: Source & { readonly field: string }; output: ValueCount[] };
  suggest: { input: Source & { readonly field: string; readonly nameField: string | undefined }; output: ClassTable };
  facts: { input: Source; output: LayerFacts };
  tiles: { input: { readonly path: string; readonly options: TileSharesOptions }; output: TileShares };
  /** the polygons come in parts */
  import: {
    input: Source & { readonly import: Omit<LabelImportOptions, "transform"> };
    output: Pick<LabelImport, "report">;
  };
  /** places with a number come in parts */
  numbers: {
    input: Source & { readonly numbers: NumberImportOptions };
    output: Pick<NumberImport, "report">;
  };
  /** the first part is the layer without its features, which follow */
  features: { input: Source; output: null };
}
export type TaskName = keyof Tasks;

type Work<K extends TaskName> = (
  input: Tasks[K]["input"],
  telling: TaskProgress,
) => Tasks[K]["output"] | Promise<Tasks[K]["output"]>;

/** Items in one message. */
const partSize = 500;
/** The longest time between two messages, in milliseconds. */
const turn = 50;

/** Rows of a database that are read whatever its size. */
const fewRows = 20_000;

/** Files that are read row by row: their heads are looked at first, and hold little. */
const byRows = /\.(gpkg|shp|fgb|(geo)?parquet)$/i;

/**
 * The layer, whose features tell that they are read.
 * @throws AppError "vector-damaged" also of a view that multiplies rows
 */
async function opened({ path, options }: Source, telling: TaskProgress): Promise<FeatureLayer> {
  if (!byRows.test(path)) {
    await checkStructure(path, telling.mebibytes, { features: options });
    telling.readable();
  }
  const layer = await openFeatures(path, options);
  telling.readable();
  telling.alive();
  // A row of a table has 40 bytes and more, so a view that honestly repeats rows stays far below.
  const most = /\.gpkg$/i.test(path) ? Math.max(fewRows, statSync(path).size / 8) : Number.POSITIVE_INFINITY;
  return {
    ...layer,
    features: {
      *[Symbol.iterator]() {
        let rows = 0;
        for (const feature of layer.features) {
          if (++rows > most)
            throw new AppError("vector-damaged", {
              path,
              problem: reason("view-gives-far-more-rows"),
            });
          telling.alive();
          yield feature;
        }
      },
    },
  };
}

/**
 * The same of a file that is going to be imported: which of several layers is for a person to say.
 * @throws AppError "vector-layer-needed"
 */
async function chosen(source: Source, telling: TaskProgress): Promise<FeatureLayer> {
  const layer = await opened(source, telling);
  const layers = layer.layers.filter(({ geometryType }) => geometryType !== undefined).map(({ name }) => name);
  if (source.options.layer === undefined && layers.length > 1)
    throw new AppError("vector-layer-needed", { path: source.path, layers });
  return layer;
}

/** @throws AppError "tile-shares-unreadable", "vector-too-costly" */
async function checkShares(path: string, options: TileSharesOptions, mebibytes: number): Promise<void> {
  try {
    await checkStructure(path, mebibytes, { shares: options });
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== "vector-damaged" || byRows.test(path)) throw cause;
    const { problem } = cause.details as ErrorDetails<"vector-damaged">;
    throw new AppError("tile-shares-unreadable", { path, problem }, { cause });
  }
}

export const tasks: { readonly [K in TaskName]: Work<K> } = {
  inspect: async (input, telling) => cooperative(inspecting(await opened(input, telling)), undefined, turn),
  values: async (input, telling) => countValues(await opened(input, telling), input.field),
  suggest: async (input, telling) =>
    suggestClasses(
      await chosen(input, telling),
      input.field,
      input.nameField === undefined ? {} : { nameField: input.nameField },
    ),
  facts: async (input, telling) => layerFacts(await opened(input, telling)),
  async tiles({ path, options }, telling) {
    await checkShares(path, options, telling.mebibytes);
    telling.readable();
    return readTileShares(path, options);
  },
  async import(input, telling) {
    const layer = await chosen(input, telling);
    let total = 0;
    for (const _ of layer.features) total++;
    const alive = (done: number) => telling.alive(Math.min(1, done / Math.max(1, total)));
    const { report, polygons } = await cooperative(importingLabels(layer, input.import), alive, turn);
    for (let at = 0; at < polygons.length; at += partSize) await telling.part(polygons.slice(at, at + partSize));
    return { report };
  },
  async numbers(input, telling) {
    const layer = await chosen(input, telling);
    const { report, places } = await cooperative(importingNumbers(layer, input.numbers), () => telling.alive(), turn);
    for (let at = 0; at < places.length; at += partSize) await telling.part(places.slice(at, at + partSize));
    return { report };
  },
  async features(input, telling) {
    const { features, ...head } = await opened(input, telling);
    if (!(await telling.part([head]))) return null;
    let part: unknown[] = [];
    for (const feature of features) {
      part.push(feature);
      if (part.length < partSize) continue;
      if (!(await telling.part(part))) return null;
      part = [];
    }
    if (part.length > 0) await telling.part(part);
    return null;
  },
};
