import { createHash } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { usesEncoder } from "../../src-shared/domain/method.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import type { ModelDescription } from "./trained-model.ts";

// What a model answered where it was exported, beside it in golden.json: a reader asks it again.

export const goldenFile = "golden.json";
const format = "omnisat-golden/1";

/** Ours have a tenth of this. */
export const largestGolden = 2 * 2 ** 20;
/** A tolerance that lets more pass would say nothing: of a share, or of the spread of embeddings. */
const mostTolerance = 0.05;
const mostOutputs = 80;
const mostRows = 4096;
const mostValues = 100_000;

const outputSchema = z.object({
  /** the inputs that were given; of a method also its place among those beside the network, or −1 where it is the model */
  modalities: z.array(z.string().max(200)).min(1).max(64),
  member: z.number().int().min(-1).max(64).optional(),
  /** of the encoder that learned nothing more, which methods beside the network read */
  frozen: z.literal(true).optional(),
  what: z.enum(["embeddings", "shares"]),
  /** those of the answer's rows that are kept */
  rows: z
    .array(
      z
        .number()
        .int()
        .min(0)
        .max(mostRows - 1),
    )
    .min(1)
    .max(mostRows),
  /** [rows, values of a row] */
  values: z.array(z.number()).min(1).max(mostValues),
});

const goldenSchema = z.object({
  format: z.literal(format),
  /** SHA-256 of the weights that answered */
  weights: z.string().regex(/^[0-9a-f]{64}$/),
  /** inputs follow from it by rule: see `jobs/golden.ts` */
  seed: z.number().int().min(0).max(0xffffffff),
  /** of each series; the last one is padding */
  dates: z.number().int().min(2).max(32),
  /** by input: between which values each band is drawn, as they are before they are normalised */
  ranges: z.record(z.string().max(200), z.array(z.tuple([z.number(), z.number()])).max(1000)),
  /** a share, or an embedding in units of the spread of all, may differ by so much */
  tolerance: z.number().gt(0).max(mostTolerance),
  outputs: z.array(outputSchema).min(1).max(mostOutputs),
});

/** Made-up inputs, as a rule, and what a model answered to them. */
export type Golden = Readonly<z.infer<typeof goldenSchema>>;
export type GoldenOutput = Golden["outputs"][number];

/** Made-up inputs and answers in the form of golden.json. */
export const newGolden = (golden: Omit<Golden, "format">): Golden => ({ format, ...golden });

/** A golden.json and a name of its content. */
export interface StoredGolden {
  readonly golden: Golden;
  readonly sha256: string;
}

/**
 * The golden.json of a model's folder; `undefined` where it has none, as models have that were never exported and packages of
 * earlier releases.
 * @throws AppError "model-golden-damaged"
 */
export async function readGolden(folder: string, description: ModelDescription): Promise<StoredGolden | undefined> {
  const path = join(folder, goldenFile);
  const damaged = (why: Parameters<typeof reason>[0], cause?: unknown) =>
    new AppError("model-golden-damaged", { path, reason: reason(why as "golden-not-read") }, { cause });
  // A link or a pipe is not followed: the package is a stranger's.
  const facts = await lstat(path).catch(() => undefined);
  if (!facts) return undefined;
  if (!facts.isFile()) throw damaged("no-file");
  if (facts.size > largestGolden) throw damaged("golden-too-large");
  const bytes = await readFile(path);
  let golden: Golden;
  try {
    golden = goldenSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw damaged("golden-not-read", cause);
  }
  if (golden.weights !== description.weights.sha256) throw damaged("golden-of-others");
  if (!fits(golden, description)) throw damaged("golden-unfit");
  return { golden, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Whether it speaks of this model's inputs and classes, and of the model with all of its inputs. */
function fits({ ranges, outputs }: Golden, { modalities, legend, method, ensemble }: ModelDescription): boolean {
  const known = new Set(modalities.map(({ name }) => name));
  const drawn = modalities.every(
    ({ name, bands }) => Object.hasOwn(ranges, name) && ranges[name]!.length === bands.length,
  );
  const encodes = usesEncoder(method?.features);
  const members = method ? [-1] : (ensemble?.members ?? []).map((_, index) => index);
  const frozen = ensemble?.members.some(({ features }) => usesEncoder(features)) ?? false;
  const spoken = outputs.every(({ modalities: used, member, frozen: ofFrozen, what, rows, values }) => {
    const columns = values.length / rows.length;
    return (
      new Set(used).size === used.length &&
      used.every((name) => known.has(name)) &&
      (member === undefined ? !method || encodes : members.includes(member)) &&
      (!ofFrozen || (frozen && member === undefined)) &&
      what === (legend && !ofFrozen && !(method && member === undefined) ? "shares" : "embeddings") &&
      Number.isInteger(columns) &&
      (what === "embeddings" || columns === legend?.length)
    );
  });
  // Of the model with all of its inputs: the network, the method, the encoder of a method or of those beside the network.
  const asked = method ? [-1, ...(encodes ? [undefined] : [])] : [undefined];
  const withAll = outputs.filter(({ modalities: used }) => used.length === known.size);
  const whole =
    asked.every((of) => withAll.some(({ member, frozen: ofFrozen }) => member === of && !ofFrozen)) &&
    (!frozen || withAll.some(({ frozen: ofFrozen }) => ofFrozen));
  return drawn && spoken && whole;
}
