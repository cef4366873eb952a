import { createHash } from "node:crypto";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Calibration, isCalibration } from "../../src-shared/domain/calibration.ts";
import { methodFeatures, methods } from "../../src-shared/domain/method.ts";
import { numberMethods } from "../../src-shared/domain/numbers.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { readSafetensors, type Tensors, type WeightsEntry, weightsCheck, writeSafetensors } from "../engine/index.ts";
import { writeWhole } from "../files/index.ts";
import { configFromJson, configToJson, type OmniSatConfig } from "../omnisat/index.ts";

export const modelFile = "model.json";
export const weightsFile = "weights.safetensors";
const format = "omnisat-model/1";

const bandSchema = z.object({
  name: z.string(),
  mean: z.number(),
  std: z.number().positive(),
  clip: z.object({ low: z.number(), high: z.number() }).optional(),
});

const modalitySchema = z.object({
  name: z.string(),
  sensor: z.enum(["sentinel-2", "sentinel-1", "landsat", "aerial", "other"]),
  kind: z.enum(["image", "series"]),
  bands: z.array(z.string()),
  resolutionMeters: z.number().positive(),
  patchPixels: z.number().int().positive(),
  resampling: z.enum(["nearest", "bilinear", "cubic", "average", "mode"]),
  clearClasses: z.array(z.number()),
  /** statistics of the training imagery: inputs are clipped, then mean and spread are taken off */
  normalization: z.object({ bands: z.array(bandSchema), pixels: z.number() }),
});

const legendSchema = z.array(
  z
    .object({ code: z.number().int(), name: z.string(), color: z.string(), source: z.string().optional() })
    .transform(({ source, ...entry }) => (source === undefined ? entry : { ...entry, source })),
);

const tilesSchema = z.object({
  head: z.enum(["linear", "normalised"]),
  /** what was learned: presence, or the share of the tile */
  target: z.enum(["presence", "share"]),
  /** a class counts as present above this share */
  shareThreshold: z.number().min(0).max(1),
  emptyTiles: z.enum(["drop", "keep"]),
  /** a class is given above this probability, by class in the legend's order where validation chose it */
  decision: z.number().min(0).max(1),
  thresholds: z.array(z.number().min(0).max(1)).nullable(),
});

/** Months that rows of methods have columns for, from the season's first on. */
const monthsSchema = z.object({
  year: z.number().int().min(1900).max(2200),
  month: z.number().int().min(1).max(12),
  count: z.number().int().min(0).max(60),
  everyYear: z.boolean(),
  indices: z.boolean().optional(),
});

/**
 * What was taught instead of a network: its numbers are tensors whose names begin with `method.`. With features of an encoder that one is
 * in the same file (`encoder.*`); `config`, `days` and the normalisation of the inputs are then its own.
 */
const methodSchema = z.object({
  name: z.enum(methods),
  months: monthsSchema,
  /** what a row holds: monthly values when left out */
  features: z.enum(methodFeatures).optional(),
});

/** What was taught beside a network: the numbers of member i are tensors whose names begin with `ensemble.<i>.`. */
const ensembleSchema = z.object({
  months: monthsSchema,
  members: z
    .array(
      z.object({
        method: z.enum(methods),
        /** its inputs: it answers where the model is asked with exactly these */
        modalities: z.array(z.string()).min(1),
        /** its share of the answer; the network has the rest */
        weight: z.number().gt(0).max(1),
        /** monthly values when left out; `encoder`: what the tensors `frozen.encoder.*` make of the inputs, by the network's configuration */
        features: z.literal("encoder").optional(),
      }),
    )
    .min(1)
    .max(64),
});

const finite = z.number().refine(Number.isFinite);
/**
 * What a model of numbers tells. A method's own numbers are tensors whose names begin with `numbers.`; a network tells (number − mean) / spread.
 */
const numbersSchema = z.object({
  name: z.string().max(200),
  unit: z.string().max(40),
  minimum: finite.nullable(),
  maximum: finite.nullable(),
  method: z.enum(numberMethods),
  months: monthsSchema,
  features: z.enum(methodFeatures),
  /** of the places that were learned from */
  low: finite,
  high: finite,
  mean: finite,
  spread: z.number().positive(),
  interval: z
    .object({ level: z.number(), halfWidth: z.number().nonnegative(), covered: z.number().nullable() })
    .nullable(),
});
export type NumberTask = Readonly<z.infer<typeof numbersSchema>>;

export type TileTask = Readonly<z.infer<typeof tilesSchema>>;

const descriptionSchema = z.object({
  format: z.literal(format),
  name: z.string(),
  /** `pretrained` has decoders and no head; `dense` classifies every patch; `tiles` says which classes a whole tile holds; `numbers` tells a number of every patch */
  task: z.enum(["pretrained", "dense", "tiles", "numbers"]),
  appVersion: z.string(),
  config: z.unknown(),
  /** how dates became the numbers the network was trained with */
  days: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("running"),
      referenceYear: z.number().int(),
      period: z.number().int(),
      shiftDays: z.number().int().optional(),
    }),
    z.object({ kind: z.literal("of-year"), period: z.number().int(), shiftDays: z.number().int().optional() }),
  ]),
  modalities: z.array(modalitySchema),
  grid: z.object({ crs: z.string(), patchMeters: z.number().positive(), tilePatches: z.number().int().positive() }),
  legend: legendSchema.nullable(),
  /** of a model for whole tiles */
  tiles: tilesSchema.optional(),
  /** of a model that is no network; `config` then says what its inputs are, and at most an encoder is built of it */
  method: methodSchema.optional(),
  /** of a network that does not answer alone: methods whose answers are averaged with its own */
  ensemble: ensembleSchema.optional(),
  /** of a model of numbers */
  numbers: numbersSchema.optional(),
  training: z.object({
    seed: z.number().int(),
    steps: z.number().int(),
    seconds: z.number(),
    provider: z.string(),
    bounds: z.object({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() }),
    dates: z.array(z.object({ modality: z.string(), first: z.string(), last: z.string(), count: z.number().int() })),
    startedFrom: z.string().nullable(),
    settings: z.record(z.string(), z.unknown()),
    /** the places of a model that learned from several; `bounds` above are those of the first */
    places: z
      .array(
        z.object({
          name: z.string(),
          crs: z.string(),
          bounds: z.object({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() }),
          /** steps that saw it */
          steps: z.number().int(),
          dates: z.array(
            z.object({ modality: z.string(), first: z.string(), last: z.string(), count: z.number().int() }),
          ),
        }),
      )
      .optional(),
  }),
  /**
   * what is taken off and divided by where nobody says otherwise: the figures of the model's training, or those of the images that it is
   * used on, which is how a model of several places has learned (`place`)
   */
  statistics: z.enum(["model", "place"]).optional(),
  /** what it said of validation labels, by inputs: which classes a map of it may rule out, and what is uncertain */
  calibrations: z.array(z.custom<Calibration>(isCalibration)).max(32).optional(),
  /** what should be known of the model: codes of `finding.ts` with their values */
  findings: z.array(z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) })).optional(),
  weights: z.object({
    file: z
      .string()
      .regex(/^[^\\/:]{1,200}$/)
      .refine((name) => !/^\.+$/.test(name)),
    sha256: z.string(),
    bytes: z.number().int(),
    parameters: z.number().int(),
  }),
});

export type ModelModality = Readonly<z.infer<typeof modalitySchema>>;
type Stored = z.infer<typeof descriptionSchema>;

/** What a model folder says about itself; `model.json`. */
export interface ModelDescription extends Omit<Readonly<Stored>, "config"> {
  readonly config: OmniSatConfig;
}

export type NewModel = Omit<ModelDescription, "format" | "weights">;

/** A model in memory: its description and its weights by name. */
export interface TrainedModel {
  readonly description: ModelDescription;
  readonly weights: Tensors;
}

/**
 * Reads `model.json` alone; the weights stay on disk.
 * @throws AppError "model-missing", "model-unreadable"
 */
export async function readModelDescription(folder: string): Promise<ModelDescription> {
  const path = join(folder, modelFile);
  const text = (await bytesOf(path, largestDescription)).toString("utf8");
  try {
    const stored = descriptionSchema.parse(JSON.parse(text));
    return { ...stored, config: configFromJson(stored.config) };
  } catch (cause) {
    throw new AppError("model-unreadable", { path, reason: firstReason(cause) }, { cause });
  }
}

/**
 * Reads a model and checks its weights against the SHA-256 that `model.json` names.
 * @throws AppError "model-missing", "model-unreadable", "model-damaged", "weights-damaged"
 */
export async function readModel(folder: string): Promise<TrainedModel> {
  const description = await readModelDescription(folder);
  const path = join(folder, description.weights.file);
  const bytes = await bytesOf(path, largestWeights);
  if (createHash("sha256").update(bytes).digest("hex") !== description.weights.sha256) {
    throw new AppError("model-damaged", { path });
  }
  const { tensors } = await readSafetensors(path);
  for (const [name, { type, data }] of Object.entries(tensors)) {
    if (type !== "float32") continue;
    const numbers = data as Float32Array;
    const at = numbers.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw new AppError("weights-damaged", { path, reason: reason("holds-value-no-number-6", { name: name.slice(0, 80), at: at + 1, length: numbers.length }) }); // biome-ignore format: one line
  }
  return { description, weights: tensors };
}

/**
 * Looks through weights that come piece by piece from a package: `described` is called with their tensors before any number is looked at,
 * and may refuse; `end()` compares their sum with that of the description.
 * @param path what errors name
 * @throws AppError "weights-damaged", "model-damaged"
 */
export function weightsOfPackage(
  { weights: { sha256 } }: ModelDescription,
  path: string,
  bytes: number,
  described: (tensors: readonly WeightsEntry[]) => void,
): { push(piece: Uint8Array): void; end(): void } {
  const check = weightsCheck(path, bytes, described);
  return {
    push: check.push,
    end() {
      if (check.end() !== sha256) throw new AppError("model-damaged", { path });
    },
  };
}

/** Parsed on a thread that others wait for; a legend of 254 classes and the settings of a training need a hundredth of this. */
const largestDescription = 2 * 2 ** 20;
/** What one buffer holds; the published models have a tenth. */
const largestWeights = 2 ** 31 - 1;

/** A whole file. @throws AppError "model-missing" when there is none, "model-unreadable" when it is no file or far too large */
async function bytesOf(path: string, largest: number): Promise<Buffer> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new AppError("model-missing", { path }, { cause });
  });
  if (!facts.isFile()) throw new AppError("model-unreadable", { path, reason: reason("no-file") });
  if (facts.size > largest)
    throw new AppError("model-unreadable", {
      path,
      reason: reason("file-of-mebibytes", { size: Math.round(facts.size / 2 ** 20) }),
    });
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError(
      "model-unreadable",
      { path, reason: reason("system-says", { code: cause.code ?? "?" }) },
      { cause },
    );
  });
}

/** Writes a model folder: weights first, then `model.json`, each under a temporary name, so that a folder with a `model.json` is whole. */
export async function writeModel(folder: string, model: NewModel, weights: Tensors): Promise<ModelDescription> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, weightsFile);
  await writeSafetensors(path, weights, { format: "pt" });
  const bytes = await readFile(path);
  const description: ModelDescription = {
    format,
    ...model,
    weights: {
      file: weightsFile,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
      parameters: Object.values(weights).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    },
  };
  const json = JSON.stringify({ ...description, config: configToJson(description.config) }, null, 2);
  await writeWhole(join(folder, modelFile), `${json}\n`);
  return description;
}

function firstReason(cause: unknown): string {
  if (cause instanceof z.ZodError) {
    const issue = cause.issues[0];
    const place = issue?.path.join(".") || "its content";
    if (!issue) return "its content";
    // Zod's own messages name types of TypeScript, which mean nothing to users.
    if (issue.code === "invalid_type") return `“${place}” is missing or should be ${article(issue.expected)}`;
    return `“${place}” is not what it should be`;
  }
  if (cause instanceof SyntaxError) return "it is not JSON";
  return cause instanceof Error ? cause.message : String(cause);
}

const article = (type: string): string =>
  type === "int"
    ? "a whole number"
    : /^[aeiou]/.test(type)
      ? `an ${type}`
      : type === "record"
        ? "an object"
        : `a ${type}`;
