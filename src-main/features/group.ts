import { join } from "node:path";
import { readJsonFile } from "../files/index.ts";

// One group of columns of a feature layer: those of one input (a modality), or of one embedding, in a folder of its own, so that what changed
// is computed again alone.

/** The layout of the bytes; groups of another are computed again. */
export const featureVersion = 1;
/** Names of the files of a group in its folder. */
export const groupFile = "group.json";
export const valuesFile = "values.i8";
/** The largest stored number. A column holds mean + step · stored; 0 also stands where a band saw nothing. */
export const mostStored = 127;

/** What is known of a group before its values. */
export interface FeatureGroup {
  readonly version: number;
  /** names everything that the values follow from: another key, other values */
  readonly key: string;
  /** the input, or the name of the embedding */
  readonly modality: string;
  /** what each column holds, e.g. “S2 B08 2019-05” */
  readonly columns: readonly string[];
  /** of a block, in patches */
  readonly side: number;
  /** the corners of the blocks in the order of the file, in multiples of `side` from the CRS origin: [column, row] */
  readonly blocks: readonly (readonly [col: number, row: number])[];
  /** [columns] of patches spread over the layer: what is taken off, and what the rest is divided by */
  readonly means: readonly number[];
  readonly spreads: readonly number[];
  /** [columns] the value of one stored step */
  readonly steps: readonly number[];
  /** patches that means and spreads come from */
  readonly looked: number;
  /** the share of their values that lie beyond what a column can hold, and are cut to it */
  readonly cut: number;
  /** names what all blocks follow from beside their images: a group of another base shares no block with this one */
  readonly base?: string;
  /** [blocks] names the images that each follows from; blocks of the same base and images are alike */
  readonly blockKeys?: readonly string[];
  /** what the values of the images were centred and scaled by, where that was taken from these images */
  readonly statistics?: unknown;
  /** what it was made of */
  readonly made: {
    readonly at: string;
    readonly appVersion: string;
    readonly dates: readonly string[];
    /** of an embedding: what made it */
    readonly by?: EmbeddingMaker;
  };
}

/** What made an embedding: a model on the project's images, or somebody else on theirs. */
export type EmbeddingMaker =
  | {
      readonly kind: "model";
      /** as a person names it: a name of the project, or one that comes with the program */
      readonly model: string;
      readonly sha256: string;
      readonly inputs: readonly string[];
      /** it was taught classes: it may have seen the labels that it is compared on */
      readonly taught: boolean;
    }
  | {
      readonly kind: "files";
      readonly product: EmbeddingProduct;
      readonly files: readonly { readonly path: string; readonly state: string }[];
      /** of what they describe; `null` where no file says */
      readonly year: number | null;
    };

/** Embeddings of others that can be read. */
export const embeddingProducts = ["alphaearth", "tessera"] as const;
export type EmbeddingProduct = (typeof embeddingProducts)[number];

/** Bytes of a block: a byte per patch that says whether it is seen, then the columns of each patch. */
export const blockBytes = ({ side, columns }: Pick<FeatureGroup, "side" | "columns">): number =>
  side * side * (1 + columns.length);

/** The largest difference between a value and what is stored of it, in spreads of its column; of values that are not cut. */
export const storedError = ({ steps, spreads }: Pick<FeatureGroup, "steps" | "spreads">): number =>
  steps.reduce((most, step, j) => Math.max(most, step / 2 / spreads[j]!), 0);

/**
 * The description of the group in `folder`; `undefined` where there is none of this version, or what is there cannot be one: it may
 * come from a stranger, and can be computed again.
 */
export function readGroup(folder: string): FeatureGroup | undefined {
  const value = readJsonFile(join(folder, groupFile));
  if (typeof value !== "object" || value === null || (value as Partial<FeatureGroup>).version !== featureVersion)
    return undefined;
  return isGroup(value) ? value : undefined;
}

function isGroup(value: unknown): value is FeatureGroup {
  const { key, modality, columns, side, blocks, means, spreads, steps, base, blockKeys, made } = value as FeatureGroup;
  const numbers = (list: unknown, most = Number.MAX_VALUE, least = -Number.MAX_VALUE): boolean =>
    Array.isArray(list) &&
    list.length === columns.length &&
    list.every((one) => typeof one === "number" && one >= least && one <= most);
  return (
    typeof key === "string" &&
    typeof modality === "string" &&
    Array.isArray(columns) &&
    columns.every((name) => typeof name === "string") &&
    Number.isInteger(side) &&
    side > 0 &&
    side <= 1024 &&
    Array.isArray(blocks) &&
    blocks.every((block) => Array.isArray(block) && block.length === 2 && block.every(Number.isInteger)) &&
    (base === undefined || typeof base === "string") &&
    (blockKeys === undefined ||
      (Array.isArray(blockKeys) &&
        blockKeys.length === blocks.length &&
        blockKeys.every((name) => typeof name === "string"))) &&
    (made?.by === undefined || isMaker(made.by)) &&
    numbers(means) &&
    numbers(spreads, undefined, Number.MIN_VALUE) &&
    numbers(steps, undefined, Number.MIN_VALUE)
  );
}

function isMaker(by: unknown): by is EmbeddingMaker {
  if (typeof by !== "object" || by === null) return false;
  const { kind, model, sha256, inputs, taught, product, files, year } = by as Readonly<Record<string, unknown>>;
  const text = (value: unknown) => typeof value === "string";
  if (kind === "model")
    return text(model) && text(sha256) && Array.isArray(inputs) && inputs.every(text) && typeof taught === "boolean";
  return (
    kind === "files" &&
    embeddingProducts.some((one) => one === product) &&
    (year === null || Number.isInteger(year)) &&
    Array.isArray(files) &&
    files.every((file) => text((file as { path?: unknown } | null)?.path) && text((file as { state?: unknown }).state))
  );
}
