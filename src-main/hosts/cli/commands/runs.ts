import { resolve } from "node:path";
import { groupWord } from "../../../../src-shared/domain/calibration-words.ts";
import { chosenSentence, settingsOfLabels } from "../../../../src-shared/domain/chosen-settings.ts";
import { findingAsData } from "../../../../src-shared/domain/finding.ts";
import type { EvaluateResult, JobResult, MapResult, ModelResult, ModelUse } from "../../../../src-shared/domain/job.ts";
import {
  isMethod,
  type Method,
  type MethodFeatures,
  methodFeatures,
  methodInWords,
  methods,
  usesEncoder,
} from "../../../../src-shared/domain/method.ts";
import {
  type FinetuneRecipe,
  finetuneDefaults,
  type PretrainRecipe,
  pretrainDefaults,
  type TilesRecipe,
  tilesDefaults,
} from "../../../../src-shared/domain/recipe.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import type { RequestOf } from "../../../../src-shared/ipc/index.ts";
import type { Services } from "../../../services/services.ts";
import { accuracyTables } from "../accuracy-tables.ts";
import { type Command, command, type Invocation, type Options } from "../command.ts";
import { duration } from "../progress.ts";
import { given, parseBounds } from "../values.ts";
import { allowInside, withProject } from "../with-project.ts";
import { warnOfOldSplit } from "./labels.ts";
import { evaluateTiles, isForTiles, mapTiles } from "./tiles.ts";

const projectWord = { name: "PROJECT", summary: "the project's folder" } as const;

const computeOptions = {
  seed: { type: "integer", summary: "random seed; the same number repeats a training", fallback: "0" },
  provider: {
    type: "text",
    summary: "the device that computes",
    choices: ["auto", "cpu", "webgpu", "cuda"],
    fallback: "auto: the fastest that passes the probe",
  },
  resume: { type: "flag", summary: "continue the last interrupted job of this kind, as it was started" },
} as const satisfies Options;

const modalityOption = {
  type: "list",
  value: "NAMES",
  summary: "inputs to use, as project list names them",
} as const;

/** How a model is used where it was not trained. */
const useOptions = {
  normalization: {
    type: "text",
    summary:
      "values are centred and scaled by the statistics of the model's training, or by those of this place: take these where another sensor, processor or climate is brighter throughout",
    choices: ["model", "place"],
    fallback: "model",
  },
  season: {
    type: "integer",
    value: "YEAR",
    summary: "the year that stands for the first year the model has learned from",
    fallback: "the one that fits most dates",
  },
  "shift-days": {
    type: "integer",
    value: "DAYS",
    summary: "added to every date: 183 where summer and winter are exchanged",
    fallback: "0",
  },
} as const satisfies Options;

/** What sets of possible classes promise. */
const levelOptions = {
  level: {
    type: "number",
    value: "PERCENT",
    summary: "of the labels whose class is to be among the possible ones of a calibrated model, 50 to 99.9",
    fallback: "90",
  },
} as const satisfies Options;

/** As the services take it. @throws AppError "usage" */
function levelGiven(commandName: string, percent: number | undefined): { level?: number } {
  if (percent === undefined) return {};
  if (!(percent >= 50 && percent <= 99.9))
    throw new AppError("usage", { problem: `--level is 50 to 99.9, not ${percent}.`, help: `omnisat ${commandName} --help` }); // biome-ignore format: one line
  return { level: percent / 100 };
}

/** What a request takes from these options. */
const useGiven = ({
  normalization,
  season,
  "shift-days": shiftDays,
}: {
  readonly normalization?: string | undefined;
  readonly season?: number | undefined;
  readonly "shift-days"?: number | undefined;
}): ModelUse => given({ normalization: normalization as ModelUse["normalization"], season, shiftDays });

/** Options that would change nothing are refused: @throws AppError "usage" */
function refuseUse(options: Parameters<typeof useGiven>[0], commandName: string, why: string): void {
  if (Object.keys(useGiven(options)).length === 0) return;
  const problem = `--normalization, --season and --shift-days ${why}.`;
  throw new AppError("usage", { problem, help: `omnisat ${commandName} --help` });
}

function refuseLevel(commandName: string, level: number | undefined): void {
  if (level === undefined) return;
  throw new AppError("usage", { problem: "--level belongs to models for patches.", help: `omnisat ${commandName} --help` }); // biome-ignore format: one line
}

const trainingOptions = {
  modalities: { ...modalityOption, fallback: "all" },
  size: { type: "text", summary: "of the network", choices: ["tiny", "small", "base"], fallback: "small" },
  steps: { type: "integer", value: "N", summary: "updates of the weights" },
  batch: { type: "integer", value: "TILES", summary: "tiles per update" },
  rate: { type: "number", value: "RATE", summary: "learning rate" },
  set: { type: "list", value: "NAME=VALUE", summary: "any other setting of the training; --set help lists them" },
  estimate: { type: "flag", summary: "only say what it would take, time and memory, without starting it" },
  ...computeOptions,
} as const satisfies Options;

const pretrain = command({
  name: "pretrain",
  summary: "learn from the project's images without labels",
  details:
    "The result is a model without classes, to be fine-tuned with labels. Ctrl+C stops at the next step; --resume continues.",
  positionals: [projectWord, { name: "MODEL", summary: "name of the new model", optional: true }],
  options: {
    also: {
      type: "list",
      whole: true,
      value: "PROJECT",
      summary: "another project to learn from in the same training, other places and years; repeat for more",
    },
    ...trainingOptions,
  },
  examples: [
    ["omnisat pretrain flanders encoder --steps 300 --seed 1", "a small network"],
    ["omnisat pretrain flanders encoder --also brabant --also ../forests/spessart", "one network for three places"],
    ["omnisat pretrain flanders --resume", "go on after an interruption"],
  ],
  run: async (invocation) => {
    const { also } = invocation.options;
    if (also && invocation.options.resume)
      throw new AppError("usage", {
        problem: "--also belongs to a new training; one that is resumed learns from the projects it was started with.",
        help: "omnisat pretrain --help",
      });
    const folders = also?.map((folder) => resolve(folder));
    await allowInside(folders ?? []);
    return training(invocation, pretrainDefaults, (request) => ({
      kind: "pretrain",
      ...request,
      ...(folders ? { also: folders } : {}),
    }));
  },
});

const finetuneOptions = {
  from: {
    type: "text",
    value: "MODEL",
    summary:
      "the pre-trained model, by name or folder; shipped:NAME is one that comes with the program (model list); for --features the one whose encoder is used",
    fallback: "random weights",
  },
  scratch: { type: "flag", summary: "start from random weights, whatever the program would start from" },
  task: {
    type: "text",
    summary: "what to learn: the class of every patch, or which classes a whole tile holds",
    choices: ["patches", "tiles"],
    fallback: "patches",
  },
  preset: {
    type: "text",
    summary: "tiles: numbers to begin with; treesat is the paper's fine-tuning on TreeSatAI-TS",
    choices: ["quick", "balanced", "thorough", "treesat"],
    fallback: "balanced",
  },
  method: {
    type: "text",
    summary: "what to teach; those beside the network take seconds, on monthly values of each patch",
    choices: ["network", ...methods],
    fallback: "network",
  },
  features: {
    type: "text",
    summary: "of --method: monthly values, what the encoder of --from makes of the images, or both side by side",
    choices: [...methodFeatures],
    fallback: "monthly",
  },
  ...trainingOptions,
  ...useOptions,
} as const satisfies Options;

const finetune = command({
  name: "finetune",
  summary: "train a model on the classes of the training labels",
  details:
    "Starts from a pre-trained model, or from random weights without --from. The result works with every subset of the modalities.",
  positionals: [projectWord, { name: "MODEL", summary: "name of the new model", optional: true }],
  options: finetuneOptions,
  examples: [
    ["omnisat finetune flanders crops --from encoder", "from a pre-trained encoder"],
    ["omnisat finetune flanders crops --from shipped:NAME", "from one that comes with the program"],
    ["omnisat finetune flanders forest --method random-forest", "without a network"],
    [
      "omnisat finetune flanders probe --method logistic-regression --features both --from encoder",
      "a regression beside a frozen encoder",
    ],
    ["omnisat finetune forest trees --task tiles --from encoder --set shareThreshold=0.07", "labels of whole tiles"],
    ["omnisat finetune flanders probe --from encoder --set encoderLearningRateScale=0", "only the head learns"],
    ["omnisat finetune flanders scratch --size tiny --steps 400", "without pre-training"],
  ],
  run: (invocation) => {
    const { task, preset, method, features, scratch } = invocation.options;
    if (scratch && invocation.options.from !== undefined)
      throw new AppError("usage", { problem: "--scratch and --from exclude each other.", help: "omnisat finetune --help" }); // biome-ignore format: one line
    const from = scratch ? null : invocation.options.from;
    const byMethod = method !== undefined && isMethod(method);
    const ofEncoder = byMethod && usesEncoder(features as MethodFeatures);
    if (features !== undefined && !byMethod)
      throw new AppError("usage", {
        problem: "--features belongs to --method: networks learn from the images themselves.",
        help: "omnisat finetune --help",
      });
    if (task === "tiles" || (byMethod && !ofEncoder))
      refuseUse(invocation.options, "finetune", "belong to networks for patches");
    if (from == null && !invocation.options.resume)
      refuseUse(invocation.options, "finetune", "say how a model is gone on with: name it with --from");
    if (byMethod) return teachMethod(invocation, method);
    if (task !== "tiles") {
      if (preset !== undefined)
        throw new AppError("usage", {
          problem: "--preset belongs to --task tiles.",
          help: "omnisat finetune --help",
        });
      return training(invocation, finetuneDefaults, (request) => ({
        kind: "finetune",
        ...request,
        ...given({ from }),
        ...useGiven(invocation.options),
      }));
    }
    return training(invocation, tilesDefaults, (request) => ({
      kind: "tiles",
      ...request,
      recipe: request.recipe as Partial<TilesRecipe>,
      ...given({ from }),
      ...(preset === undefined ? {} : { preset: preset as "treesat" }),
    }));
  },
});

/** Options that say something to a network alone. */
const ofNetworks = ["scratch", "task", "preset", "size", "steps", "batch", "rate", "set"] as const;
/** Options that say something where there is an encoder. */
const ofEncoders = ["from", "provider", "normalization", "season", "shift-days"] as const;

/** `finetune --method`: no network, no steps. */
async function teachMethod(
  { words, options, output, signal }: Invocation<typeof finetuneOptions>,
  method: Method,
): Promise<number> {
  const usage = (problem: string) => new AppError("usage", { problem, help: "omnisat finetune --help" });
  const features = options.features as MethodFeatures | undefined;
  // A flag that was not given is false.
  const [unused] = ofNetworks.filter((name) => options[name] !== undefined && options[name] !== false);
  if (unused) throw usage(`--${unused} belongs to networks, not to --method ${method}.`);
  const [noEncoder] = usesEncoder(features) ? [] : ofEncoders.filter((name) => options[name] !== undefined);
  if (noEncoder)
    throw usage(`--${noEncoder} belongs to networks, and to --method ${method} with --features encoder or both.`);
  const [project, name] = words;
  const { seed, modalities, resume, estimate, from, provider } = options;
  if (usesEncoder(features) && from === undefined && !resume)
    throw usage(`--features ${features} takes what an encoder makes of the images: name its model with --from.`);
  if (name === undefined && !resume && !estimate) throw usage("Name the new model.");
  return withProject({ project: project!, purpose: "omnisat finetune", output, signal }, async (services) => {
    if (!resume) await warnOfOldSplit(services, output);
    const asked = {
      name: name ?? "estimate",
      method,
      ...given({ seed, modalities: modalities && [...modalities], features, from }),
      ...(provider === undefined ? {} : { provider: provider as "auto" }),
      ...useGiven(options),
    };
    if (estimate) return tellEstimate(services, output, { kind: "finetune", ...asked });
    const { job, result } = await follow(services, () =>
      resume ? resumeLast(services, "finetune") : services["runs.finetune"](asked),
    );
    const model = result as ModelResult;
    const made = (await services["models.list"]({})).find(({ jobId }) => jobId === job.id);
    const values = Object.entries(model.metrics).map(([metric, value]) => `${metric} ${Number(value.toPrecision(4))}`);
    output.result(
      {
        command: "finetune",
        job: job.id,
        method,
        ...given({ features }),
        ...model,
        findings: (model.findings ?? []).map(findingAsData),
        model: made?.name ?? name,
        modelFolder: made?.folder ?? model.modelFolder,
      },
      [
        `Made model “${made?.name ?? name}” in ${duration(model.seconds)}: ${methodInWords(method, { features })}.`,
        `  ${values.join(", ")}`,
        `  ${made?.folder ?? model.modelFolder}`,
      ].join("\n"),
    );
    output.findings(model.findings ?? []);
    return 0;
  });
}

/** What `finetune` chooses from the labels where nobody says otherwise. */
const ofLabels = settingsOfLabels({ polygons: 0, patches: 0, classes: 0 }).values;

/** What `pretrain` and `finetune` have in common. */
async function training(
  { words, options, output, signal }: Invocation<typeof trainingOptions>,
  defaults: PretrainRecipe | FinetuneRecipe | TilesRecipe,
  whole: (request: TrainingRequest) => RequestOf<"runs.estimate">,
): Promise<number> {
  const kind = "maskRatio" in defaults ? "pretrain" : "finetune";
  const usual = "shareThreshold" in defaults ? "finetune-tiles" : kind;
  const usage = (problem: string) => new AppError("usage", { problem, help: `omnisat ${kind} --help` });
  const { steps, batch, rate, set, size, seed, provider, modalities, resume, estimate } = options;
  if (set?.includes("help")) {
    output.result(
      { command: kind, recipe: defaults },
      Object.entries(defaults)
        .map(
          ([name, value]) => `  ${name}=${kind === "finetune" && name in ofLabels ? "auto (from the labels)" : value}`,
        )
        .join("\n"),
    );
    return 0;
  }
  const [project, name] = words;
  if (name === undefined && !resume && !estimate) throw usage("Name the new model.");
  const recipe = {
    ...readSettings(set ?? [], defaults, usage),
    ...given({ steps, batchSize: batch, learningRate: rate }),
  };
  return withProject({ project: project!, purpose: `omnisat ${kind}`, output, signal }, async (services) => {
    if (usual === "finetune" && !resume) await warnOfOldSplit(services, output);
    const asked = whole({
      name: name ?? "estimate",
      recipe,
      ...given({ seed, modalities: modalities && [...modalities] }),
      ...(size === undefined ? {} : { size: size as "tiny" }),
      ...(provider === undefined ? {} : { provider: provider as "auto" }),
    });
    if (estimate) return tellEstimate(services, output, asked);
    const { job, result } = await follow(services, () =>
      resume
        ? resumeLast(services, usual, kind === "finetune" ? ["finetune-tiles"] : [])
        : startTraining(services, asked),
    );
    const model = result as ModelResult;
    const values = Object.entries(model.metrics).map(([metric, value]) => `${metric} ${Number(value.toPrecision(4))}`);
    const made = (await services["models.list"]({})).find(({ jobId }) => jobId === job.id);
    const chosen = (await services["runs.list"]({})).find(({ jobId }) => jobId === job.id)?.settings?.chosen;
    output.result(
      {
        command: kind,
        job: job.id,
        ...model,
        findings: (model.findings ?? []).map(findingAsData),
        ...(chosen ? { chosen: { ...chosen, message: chosenSentence(chosen) } } : {}),
        model: made?.name ?? name,
        modelFolder: made?.folder ?? model.modelFolder,
      },
      [
        `Made model “${made?.name ?? name}” in ${duration(model.seconds)}: ${model.steps} steps, ${model.provider.replace(/\.$/, "")}.`,
        ...(values.length ? [`  ${values.join(", ")}`] : []),
        ...(chosen ? [`  ${chosenSentence(chosen)}`] : []),
        `  ${made?.folder ?? model.modelFolder}`,
      ].join("\n"),
    );
    output.findings(model.findings ?? []);
    return 0;
  });
}

function startTraining(services: Services, asked: RequestOf<"runs.estimate">): Promise<{ readonly id: number }> {
  const { kind, ...request } = asked;
  if (kind === "pretrain") return services["runs.pretrain"](request as RequestOf<"runs.pretrain">);
  if (kind === "tiles") return services["tiles.finetune"](request as RequestOf<"tiles.finetune">);
  return services["runs.finetune"](request as RequestOf<"runs.finetune">);
}

/** `--estimate`: what a training would take here, measured by trial steps or by reading a few places. */
async function tellEstimate(
  services: Services,
  output: Invocation<typeof trainingOptions>["output"],
  asked: RequestOf<"runs.estimate">,
): Promise<number> {
  const estimate = await services["runs.estimate"](asked);
  const { totalSeconds, memoryBytes, availableBytes, parameters, table, fittingBatchSize } = estimate;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  output.result(
    { command: asked.kind === "pretrain" ? "pretrain" : "finetune", estimate },
    [
      totalSeconds
        ? `Time: ${duration(totalSeconds.low)} to ${duration(totalSeconds.high)}.`
        : "Time: not measured, since it does not fit into the memory that is free.",
      `Memory: ${gigabytes(memoryBytes.low)} to ${gigabytes(memoryBytes.high)}${availableBytes === null ? "" : `, of ${gigabytes(availableBytes)} that are free`}.`,
      ...(fittingBatchSize === null
        ? []
        : [`${fittingBatchSize} tiles per step would fit: --batch ${fittingBatchSize}.`]),
      table
        ? `It learns from ${table.rows} rows of ${table.columns} values.`
        : `The network has ${parameters} parameters.`,
    ].join("\n"),
  );
  return 0;
}

interface TrainingRequest {
  readonly name: string;
  readonly recipe: Record<string, number | boolean | string | null>;
  readonly seed?: number;
  readonly modalities?: string[];
  readonly size?: "tiny";
  readonly provider?: "auto";
}

/** `--set maskRatio=0.6,orientations=false`: names and kinds of value as the recipe has them. */
function readSettings(
  pairs: readonly string[],
  defaults: PretrainRecipe | FinetuneRecipe | TilesRecipe,
  usage: (problem: string) => Error,
): Record<string, number | boolean | string | null> {
  const settings: Record<string, number | boolean | string | null> = {};
  for (const pair of pairs) {
    const [name, text] = pair.split("=");
    if (!name || !(name in defaults)) throw usage(`There is no setting “${name}”. --set help lists them.`);
    if (text === undefined || text === "") throw usage(`“${pair}” is not NAME=VALUE.`);
    const known = defaults[name as keyof typeof defaults];
    if (text === "true" || text === "false") settings[name] = text === "true";
    else if (text === "null" || text === "none") settings[name] = null;
    else if (typeof known === "string") settings[name] = text;
    else if (Number.isFinite(Number(text))) settings[name] = Number(text);
    else throw usage(`The setting ${name} needs a number, not “${text}”.`);
  }
  return settings;
}

const evaluate = command({
  name: "evaluate",
  summary: "measure a model on the test labels",
  details:
    "Prints overall accuracy with its 95 % interval, precision, recall and F1 per class, and the confusion matrix: the map in rows, the reference in columns. Of a calibrated model also how often the class is among the possible ones, beside what was promised, and what is uncertain. On the validation part it calibrates the model for these inputs and this place.",
  positionals: [projectWord, { name: "MODEL", summary: "a fine-tuned model, by name or folder", optional: true }],
  options: {
    part: { type: "text", summary: "labels to measure on", choices: ["test", "validation", "train"], fallback: "test" },
    subsets: {
      type: "list",
      value: "A+B,A,B",
      summary: "subsets of the modalities, one evaluation each, the same weights",
      fallback: "on the test part all together, then each alone; else all together",
    },
    classes: {
      type: "list",
      value: "NAMES",
      summary: "choose between these classes, on their patches only",
      fallback: "all",
    },
    overlap: {
      type: "integer",
      value: "PATCHES",
      summary: "patches that neighbouring tiles share",
      fallback: "4, as for a map",
    },
    ...levelOptions,
    ...useOptions,
    ...computeOptions,
  },
  examples: [
    ["omnisat evaluate flanders crops --subsets s2+s1-asc,s2,s1-asc", "with and without radar"],
    [
      "omnisat evaluate flanders crops --part validation --subsets s2",
      "calibrates what is possible and uncertain without radar",
    ],
  ],
  async run({ words, options, output, signal }) {
    const [project, model] = words;
    const { part, subsets, classes, overlap, seed, provider, resume, level } = options;
    if (model === undefined && !resume) {
      throw new AppError("usage", { problem: "Name the model to measure.", help: "omnisat evaluate --help" });
    }
    return withProject({ project: project!, purpose: "omnisat evaluate", output, signal }, async (services) => {
      const tiles = await isForTiles(services, "evaluate-tiles", model, resume);
      if (tiles) refuseUse(options, "evaluate", "belong to networks for patches");
      if (tiles) refuseLevel("evaluate", level);
      if (tiles)
        return evaluateTiles(services, output, model, {
          ...given({ seed }),
          ...(part === undefined ? {} : { part: part as "test" }),
          ...(provider === undefined ? {} : { provider: provider as "auto" }),
          ...(subsets ? { subsets: subsets.map((subset) => subset.split("+")) } : {}),
        });
      const { job, result } = await follow(services, () =>
        resume
          ? resumeLast(services, "evaluate")
          : services["runs.evaluate"]({
              model: model!,
              ...given({ seed, overlapPatches: overlap, classes: classes && [...classes] }),
              ...(part === undefined ? {} : { part: part as "test" }),
              ...(provider === undefined ? {} : { provider: provider as "auto" }),
              ...(subsets
                ? { subsets: subsets.map((subset) => subset.split("+")) }
                : { eachInput: part === undefined || part === "test" }),
              ...levelGiven("evaluate", level),
              ...useGiven(options),
            }),
      );
      const scores = result as EvaluateResult;
      output.result(
        { command: "evaluate", job: job.id, ...scores, findings: (scores.findings ?? []).map(findingAsData) },
        accuracyTables(scores),
      );
      output.findings(scores.findings ?? []);
      return 0;
    });
  },
});

const map = command({
  name: "map",
  summary: "draw a map of classes and of confidence",
  details:
    "Writes Cloud Optimized GeoTIFFs with colours and class names, and styles for QGIS (.qml) and map servers (.sld). With a calibrated model also how many classes are possible, and which pixels are uncertain or untaught. An interrupted map is continued where it stopped.",
  positionals: [projectWord, { name: "MODEL", summary: "a fine-tuned model, by name or folder", optional: true }],
  options: {
    modalities: { ...modalityOption, fallback: "all of the model's" },
    bounds: { type: "text", value: "X,Y,X,Y", summary: "a part of the project, in its coordinate system" },
    name: { type: "text", summary: "name of the map", fallback: "model and modalities" },
    probabilities: { type: "flag", summary: "also one band of probability per class" },
    "per-place": { type: "flag", summary: "of several separate places: also files for each, beside those of all" },
    overlap: { type: "integer", value: "PATCHES", summary: "patches that neighbouring tiles share", fallback: "4" },
    batch: { type: "integer", value: "TILES", summary: "tiles computed at once", fallback: "4" },
    over: {
      type: "text",
      summary: "with a model for tiles: the labelled tiles, or every tile that images cover",
      choices: ["labels", "images"],
      fallback: "labels where there are some",
    },
    ...levelOptions,
    ...useOptions,
    ...computeOptions,
  },
  examples: [
    ["omnisat map flanders crops", "the whole project"],
    ["omnisat map forest trees --over images", "a model for tiles: GeoPackage, CSV and a raster of one pixel per tile"],
    ["omnisat map flanders-2022 crops --season 2021 --normalization place", "a model of another place and other years"],
    ["omnisat map flanders crops --modalities s2 --name crops-optical --probabilities", "without radar"],
  ],
  async run({ words, options, output, signal }) {
    const [project, model] = words;
    const { modalities, bounds, name, overlap, batch, seed, provider, probabilities, resume, over, level } = options;
    if (model === undefined && !resume) {
      throw new AppError("usage", { problem: "Name the model to map with.", help: "omnisat map --help" });
    }
    return withProject({ project: project!, purpose: "omnisat map", output, signal }, async (services) => {
      const tiles = await isForTiles(services, "map-tiles", model, resume);
      if (tiles) refuseUse(options, "map", "belong to networks for patches");
      if (tiles) refuseLevel("map", level);
      if (tiles)
        return mapTiles(services, output, model, {
          ...given({ modalities: modalities && [...modalities], name, batchSize: batch, seed }),
          ...(provider === undefined ? {} : { provider: provider as "auto" }),
          ...(over === undefined ? {} : { over: over as "labels" }),
        });
      const { job, result } = await follow(services, () =>
        resume
          ? resumeLast(services, "map")
          : services["maps.draw"]({
              model: model!,
              probabilities,
              perPlace: options["per-place"],
              ...given({
                modalities: modalities && [...modalities],
                name,
                overlapPatches: overlap,
                batchSize: batch,
                seed,
              }),
              ...(bounds === undefined ? {} : { bounds: parseBounds("map", bounds) }),
              ...levelGiven("map", level),
              ...useGiven(options),
              ...(provider === undefined ? {} : { provider: provider as "auto" }),
            }),
      );
      const made = (await services["maps.list"]({})).find(({ jobId }) => jobId === job.id);
      const drawn = result as MapResult;
      const files = made?.files ?? drawn;
      const findings = drawn.findings ?? [];
      output.result(
        { command: "map", job: job.id, name: made?.name, ...files, findings: findings.map(findingAsData) },
        [
          `Drew map “${made?.name}” in ${duration(drawn.seconds)}:`,
          `  ${files.classPath}`,
          `  ${files.confidencePath}`,
          ...(files.probabilitiesPath ? [`  ${files.probabilitiesPath}`] : []),
          ...(files.sets ? [`  ${files.sets.setSizePath}`, `  ${files.sets.uncertainPath}`] : []),
          ...(files.sets?.setsPath ? [`  ${files.sets.setsPath}`] : []),
          `  ${files.qmlPath}`,
          `  ${files.sldPath}`,
          ...uncertaintyLine(files),
          ...placeLines(files),
        ].join("\n"),
      );
      output.findings(findings);
      return 0;
    });
  },
});

/** How much of a map can be taken as it is, and how much cannot. */
function uncertaintyLine({ uncertainty, pixels }: MapResult): string[] {
  if (!uncertainty) return [];
  const { level, groups, unit, calibratedOn, uncertain, setSizes } = uncertainty;
  const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, own) => sum + own, 0);
  const share = (part: number) => `${((100 * part) / Math.max(1, total(pixels))).toFixed(1)} %`;
  return [
    `  One class is possible on ${share(setSizes[1] ?? 0)} of the map (promised for ${Number((100 * level).toFixed(1))} % of the ${groupWord(groups, unit)}, calibrated on ${calibratedOn}); ${share(total(uncertain))} is uncertain or untaught and has its class in the class map.`,
  ];
}

/** So many places are listed one by one; `--json` names all. */
const mostPlaceLines = 20;

/** The places of a map that has several, each with what it holds. */
function placeLines({ places = [] }: MapResult): string[] {
  if (places.length === 0) return [];
  const own = places.filter(({ files }) => files !== null).length;
  const lines = places.slice(0, mostPlaceLines).map(({ number, patches, pixels, files }) => {
    const mapped = Object.values(pixels).reduce((sum, count) => sum + count, 0);
    return `    ${number}: ${mapped} of ${patches} patches have a class${files ? `, ${files.classPath}` : ""}`;
  });
  const more = places.length - lines.length;
  return [
    `  ${places.length} separate places${own > 0 ? ", each with files of its own" : ""}:`,
    ...lines,
    ...(more > 0 ? [`    and ${more} more (--json names all)`] : []),
  ];
}

const report = command({
  name: "report",
  summary: "write one HTML file about a project: map, accuracy, curves, data, time",
  positionals: [projectWord, { name: "OUTPUT", summary: "the .html file to write" }],
  options: {
    title: { type: "text", summary: "heading of the report", fallback: "the project's name" },
    overwrite: { type: "flag", summary: "replace the output when it exists" },
  },
  examples: [["omnisat report flanders flanders.html", "the last map and the last evaluation"]],
  async run({ words, options, output, signal }) {
    const [project, to] = words;
    return withProject({ project: project!, purpose: "omnisat report", output, signal }, async (services) => {
      const { job } = await follow(services, () =>
        services["reports.write"]({ to: to!, overwrite: options.overwrite, ...given({ title: options.title }) }),
      );
      output.result({ command: "report", job: job.id, path: to }, `Wrote ${to}.`);
      return 0;
    });
  },
});

/** Starts a job and waits for its end. When the command is interrupted the job stops, and may be resumed. */
async function follow(
  services: Services,
  start: () => Promise<{ readonly id: number }>,
): Promise<{ readonly job: { readonly id: number }; readonly result: JobResult | null }> {
  const { id } = await start();
  const { job, result } = await services["jobs.wait"]({ id });
  return { job, result: result as JobResult | null };
}

/** `also`: kinds that the same command starts for labels of tiles. */
async function resumeLast(
  services: Services,
  kind: string,
  also: readonly string[] = [],
): Promise<{ readonly id: number }> {
  const jobs = await services["jobs.list"]({});
  const kinds = new Set([kind, ...also]);
  const job = jobs.findLast((candidate) => kinds.has(candidate.kind) && candidate.state === "resumable");
  if (!job) throw new AppError("job-nothing-to-resume", { kind });
  return services["jobs.resume"]({ id: job.id });
}

export const runCommands: readonly Command[] = [pretrain, finetune, evaluate, map, report];
