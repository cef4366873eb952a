import { statSync } from "node:fs";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { LabelFile } from "../../../src-shared/ipc/labels.ts";
import { type ClassTable, countValues, suggestClasses, type ValueCount } from "../class-table.ts";
import { cooperative } from "../cooperative.ts";
import type { FeatureLayer, ReadOptions } from "../feature.ts";
import { inspecting } from "../inspect-layer.ts";
import { importingLabels, type LabelImport, type LabelImportOptions } from "../label-import.ts";
import { type LayerFacts, layerFacts } from "../layer-facts.ts";
import { openFeatures } from "../read.ts";
import { readTileShares, type TileShares, type TileSharesOptions } from "../tile-shares.ts";

/** How work tells that it gets on. */
export interface Telling {
  alive(fraction?: number): void;
  /** Hands items over; resolves when they were dealt with, with whether more are wanted. */
  part(items: readonly unknown[]): Promise<boolean>;
}

interface Source {
  readonly path: string;
  readonly options: ReadOptions;
}

/** What is done with a file of somebody else's in a process of its own: from plain data to plain data. */
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
  /** the first part is the layer without its features, which follow */
  features: { input: Source; output: null };
}
export type TaskName = keyof Tasks;

type Work<K extends TaskName> = (
  input: Tasks[K]["input"],
  telling: Telling,
) => Tasks[K]["output"] | Promise<Tasks[K]["output"]>;

/** Items in one message. */
const partSize = 500;
/** So long nothing else is heard, in milliseconds. */
const turn = 50;

/** Rows of a database that are read whatever its size. */
const fewRows = 20_000;

/**
 * The layer, whose features tell that they are read.
 * @throws AppError "vector-damaged" of a view that multiplies rows: more than the file has bytes
 */
async function opened({ path, options }: Source, telling: Telling): Promise<FeatureLayer> {
  const layer = await openFeatures(path, options);
  telling.alive();
  // A row of a table has 40 bytes and more, so a view that honestly repeats rows stays far below.
  const most = /\.gpkg$/i.test(path) ? Math.max(fewRows, statSync(path).size) : Number.POSITIVE_INFINITY;
  return {
    ...layer,
    features: {
      *[Symbol.iterator]() {
        let rows = 0;
        for (const feature of layer.features) {
          if (++rows > most)
            throw new AppError("vector-damaged", {
              path,
              problem: "its view gives more rows than the whole file has bytes",
            });
          telling.alive();
          yield feature;
        }
      },
    },
  };
}

export const tasks: { readonly [K in TaskName]: Work<K> } = {
  inspect: async (input, telling) => cooperative(inspecting(await opened(input, telling)), undefined, turn),
  values: async (input, telling) => countValues(await opened(input, telling), input.field),
  suggest: async (input, telling) =>
    suggestClasses(
      await opened(input, telling),
      input.field,
      input.nameField === undefined ? {} : { nameField: input.nameField },
    ),
  facts: async (input, telling) => layerFacts(await opened(input, telling)),
  tiles: ({ path, options }) => readTileShares(path, options),
  async import(input, telling) {
    const layer = await opened(input, telling);
    let total = 0;
    for (const _ of layer.features) total++;
    const alive = (done: number) => telling.alive(Math.min(1, done / Math.max(1, total)));
    const { report, polygons } = await cooperative(importingLabels(layer, input.import), alive, turn);
    for (let at = 0; at < polygons.length; at += partSize) await telling.part(polygons.slice(at, at + partSize));
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
