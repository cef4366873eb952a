import { existsSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { z } from "zod";
import { type Finding, inOrderOfSeverity } from "../../../src-shared/domain/finding.ts";
import { freeName } from "../../../src-shared/domain/free-name.ts";
import { type ArchitectureChoice, architectures, type GoldenSpec } from "../../../src-shared/domain/job.ts";
import { isMethod, type Method } from "../../../src-shared/domain/method.ts";
import { folderOfShipped, isShippedName, usualStart } from "../../../src-shared/domain/shipped-model.ts";
import { isEnoughLight, matchBands } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { ModelCommands, ModelDetails } from "../../../src-shared/ipc/models.ts";
import { assertNoLinkOut, assertPlainFolder, type Catalog, isWithin, makeOwnFolder } from "../../catalog/index.ts";
import { fileName } from "../../files/index.ts";
import { goldenFile } from "../../learning/golden.ts";
import type { ModelDescription } from "../../learning/trained-model.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { freePath } from "../jobs/result-handlers.ts";
import { filePath, isWithinReach } from "../path-gate.ts";
import { findingsOfDescription, findingsOfListed, measuredFindings } from "../runs/findings.ts";
import { validated } from "../validated.ts";
import { exportModel } from "./export.ts";
import { cardOf, licenceOf, unpackModel } from "./import.ts";
import { methodWins, recommendedModel } from "./recommended.ts";
import { scoreTable } from "./scores.ts";
import { readShipped, requireFit, requireOwnName, shippedModelFolder, shippedModels as shippedOf } from "./shipped.ts";

/** A model to work with: one of the project's, or a folder from elsewhere. */
export interface ModelChoice {
  readonly id: number | null;
  readonly name: string;
  readonly folder: string;
  readonly modalities: readonly string[];
  readonly hasHead: boolean;
  /** the classes of its head; `null` without one */
  readonly speaksOf: "patches" | "tiles" | null;
  /** taught instead of a network */
  readonly method: Method | null;
  /** of its network, as people choose it */
  readonly size: ArchitectureChoice["name"] | null;
  /** by inputs of the model that the project has not: the input of another sensor that shows the same light */
  readonly standIns: Readonly<Record<string, string>>;
}

/** Trained models: list, inspect, import and export them. */
export function modelService({ catalog, announce, runJob, appVersion, signal, shippedModels }: Deps): ModelCommands {
  const named = z.strictObject({ name: z.string().min(1) });
  /** In the process of the jobs: only there networks compute. */
  const golden = (task: GoldenSpec["task"]) => (modelFolder: string) =>
    runJob(
      { kind: "golden", task, modelFolder, folder: modelFolder, seed: 0, provider: "cpu", resume: false, appVersion },
      () => {},
      signal ?? new AbortController().signal,
    );
  return {
    "models.list": validated("models.list", z.strictObject({}), () =>
      withRecommended(catalog).map((model) => {
        // With what was measured since it was trained: a list marks what the model's own page says.
        const findings = inOrderOfSeverity([...findingsOfListed(catalog, model), ...methodWins(catalog, model)]);
        return { ...model, summary: { ...model.summary, findings } };
      }),
    ),

    "models.details": validated("models.details", named, async ({ name }) => {
      const choice = await modelNamed(catalog, name, shippedModels);
      const { readModelDescription } = await import("../../learning/trained-model.ts");
      const { readGolden } = await import("../../learning/golden.ts");
      const description = await readModelDescription(choice.folder);
      const golden = await readGolden(choice.folder, description).catch(() => "damaged" as const);
      const answers = golden === "damaged" ? 0 : (golden?.golden.outputs.length ?? null);
      return detailsOf(choice, description, measuredOf(catalog, choice.id), answers);
    }),

    "models.shipped": validated("models.shipped", z.strictObject({}), () =>
      shippedOf(catalog, shippedModels, (choice) => standInsFor(catalog, choice)),
    ),

    "models.scores": validated(
      "models.scores",
      z.strictObject({
        part: z.enum(["test", "validation"]).default("test"),
        models: z.array(z.string().min(1)).min(1).max(100).optional(),
      }),
      ({ part, models }) => scoreTable(catalog, part, models),
    ),

    "models.inputs": validated("models.inputs", named, async ({ name }) => {
      const { modalities, standIns } = await chooseModel(catalog, name, shippedModels);
      const own = new Set(catalog.modalities.list().map((modality) => modality.name));
      return modalities.map((input) => ({ name: input, from: own.has(input) ? input : (standIns[input] ?? null) }));
    }),

    "models.import": validated(
      "models.import",
      z.strictObject({ path: filePath, name: z.string().trim().min(1).max(200).optional() }),
      async ({ path, name: wanted }) => {
        if (wanted !== undefined) requireOwnName(wanted);
        const folder = freePath(
          makeOwnFolder(catalog.folder, "models"),
          fileName(wanted ?? basename(path, extname(path))),
        );
        const description = await unpackModel(resolve(path), folder);
        try {
          await golden("check")(folder);
        } catch (error) {
          catalog.removeOwn(folder, ["models"]);
          throw ofPackage(error, resolve(path));
        }
        const { task, modalities, config, training, legend, method } = description;
        // A package from elsewhere may call itself what it likes.
        const own = isShippedName(description.name) ? folderOfShipped(description.name) || "model" : description.name;
        const taken = new Set(catalog.models.list().map((model) => model.name));
        if (wanted !== undefined && taken.has(wanted)) {
          catalog.removeOwn(folder, ["models"]);
          throw new AppError("model-exists", { name: wanted });
        }
        const name = wanted ?? freeName(own, (title) => taken.has(title));
        const id = catalog.models.add({
          name,
          kind: task === "pretrained" ? "pretrained" : "finetuned",
          folder,
          parentId: null,
          jobId: null,
          modalities: modalities.map((modality) => modality.name),
          summary: {
            architecture:
              method?.name ??
              sizes.find(({ embed, depth }) => embed === config.width && depth === config.depth)?.name ??
              "own",
            ...(method?.features ? { features: method.features } : {}),
            steps: training.steps,
            seconds: training.seconds,
            provider: training.provider,
            metrics: {},
            classes: legend?.map((entry) => entry.name) ?? [],
            ...(task === "tiles" ? { task } : {}),
            findings: findingsOfDescription(description),
          },
        });
        announceChanged(announce, "models");
        return { id, name };
      },
    ),

    "models.rename": validated(
      "models.rename",
      named.extend({ to: z.string().trim().min(1).max(200) }),
      ({ name, to }) => {
        requireOwnName(to);
        const { id } = catalog.models.named(name);
        catalog.models.rename(id, to);
        announceChanged(announce, "models");
      },
    ),

    /** Deletes a model and its folder. A folder outside of the project is only removed from the list: other projects may use it. */
    "models.remove": validated("models.remove", named, ({ name }) => {
      const { id, folder } = catalog.models.named(name);
      catalog.models.remove(id);
      announceChanged(announce, "models");
      return { deleted: catalog.removeOwn(folder, ["models"]) ? [folder] : [] };
    }),

    /** A folder or a .zip with everything another project or program needs. */
    "models.export": validated(
      "models.export",
      z.strictObject({
        name: z.string().min(1),
        to: filePath,
        /** also an ONNX graph, for so many dates of each series */
        onnxDates: z.int().positive().nullable().default(null),
        overwrite: z.boolean().default(false),
      }),
      async ({ name, to, onnxDates, overwrite }) => {
        assertNoLinkOut(catalog.folder, to);
        const { id, folder } = await chooseModel(catalog, name, shippedModels);
        return exportModel(folder, resolve(to), {
          onnxDates,
          overwrite,
          measured: measuredOf(catalog, id),
          golden: golden("make"),
        });
      },
    ),
  };
}

/** Names the package that the person chose instead of its copy, which is deleted. */
function ofPackage(error: unknown, path: string): unknown {
  if (!(error instanceof AppError)) return error;
  if (error.code === "model-golden-differs")
    return new AppError("model-golden-differs", { ...(error as AppError<"model-golden-differs">).details, path });
  if (error.code !== "model-golden-damaged") return error;
  const details = (error as AppError<"model-golden-damaged">).details;
  return new AppError("model-golden-damaged", { ...details, path: join(path, goldenFile) }, { cause: error });
}

/** What was found of a model since its training, beside the others of the project; nothing of a folder from elsewhere. */
function measuredOf(catalog: Catalog, id: number | null): Finding[] {
  const known = catalog.models.list().find((model) => model.id === id);
  return [...measuredFindings(catalog, id), ...(known ? methodWins(catalog, known) : [])];
}

/** Of all models the one that wins is marked, and those whose labels were split anew since. */
function withRecommended(catalog: Catalog) {
  const best = recommendedModel(catalog)?.id;
  const runs = new Map(catalog.runs.list().map((run) => [run.jobId, run]));
  return catalog.models.list().map((model) => {
    const splitId = (model.jobId === null ? undefined : runs.get(model.jobId))?.splitId ?? null;
    return {
      ...model,
      ...(model.id === best ? { recommended: true } : {}),
      ...(splitId !== null && !catalog.splits.isCurrent(splitId) ? { outdated: true } : {}),
    };
  });
}

function detailsOf(
  { name, id, folder }: Pick<ModelChoice, "name" | "id" | "folder">,
  model: ModelDescription,
  measured: readonly Finding[],
  answers: number | null,
): ModelDetails {
  const { task, appVersion, modalities, grid, legend, training, weights } = model;
  const { steps, seconds, provider, seed, bounds, startedFrom, settings, dates } = training;
  return {
    name,
    id,
    folder,
    task,
    appVersion,
    modalities: modalities.map((modality) => ({
      name: modality.name,
      kind: modality.kind,
      sensor: modality.sensor,
      bands: modality.bands,
      resolutionMeters: modality.resolutionMeters,
      patchPixels: modality.patchPixels,
      dates: dates.find((entry) => entry.modality === modality.name) ?? null,
    })),
    grid,
    legend,
    training: { steps, seconds, provider, seed, bounds, startedFrom, settings },
    weights,
    calibrated: (model.calibrations ?? []).map(({ modalities: used, groups, unit, codes }) => ({
      modalities: used,
      groups,
      unit,
      count: codes.length,
    })),
    answers,
    card: cardOf(folder),
    licence: licenceOf(folder),
    findings: inOrderOfSeverity([...findingsOfDescription(model), ...measured]),
  };
}

const sizes = Object.values(architectures);

/**
 * By name in the project, by the name of one that comes with the program, or by the path of a folder that holds a model.json; with what
 * of the project stands in for its inputs.
 * @param shippedModels the folder of those that come with the program
 */
export async function chooseModel(
  catalog: Catalog,
  nameOrFolder: string,
  shippedModels: string | undefined,
): Promise<ModelChoice> {
  const model = await modelNamed(catalog, nameOrFolder, shippedModels);
  return { ...model, standIns: await standInsFor(catalog, model) };
}

async function modelNamed(
  catalog: Catalog,
  nameOrFolder: string,
  shippedModels: string | undefined,
): Promise<Omit<ModelChoice, "standIns">> {
  // Before the project's own names: none of them is called so, unless a stranger wrote it.
  if (isShippedName(nameOrFolder)) {
    const folder = shippedModelFolder(shippedModels, nameOrFolder);
    return choiceOf(folder, nameOrFolder, await readShipped(folder, nameOrFolder));
  }
  const known = catalog.models.find(nameOrFolder);
  // A folder out of reach is no model, as one that is not there.
  if (!known && isWithinReach(resolve(nameOrFolder)) && existsSync(join(nameOrFolder, "model.json"))) {
    filePath.parse(nameOrFolder);
    const { readModelDescription } = await import("../../learning/trained-model.ts");
    const description = await readModelDescription(nameOrFolder);
    return choiceOf(resolve(nameOrFolder), description.name, description);
  }
  const model = catalog.models.named(nameOrFolder);
  if (model.state === "missing") throw new AppError("model-files-missing", { name: model.name, path: model.folder });
  const { id, name, folder, modalities, kind, summary } = model;
  if (isWithin(catalog.folder, folder)) assertPlainFolder(catalog.folder, folder);
  const size = sizes.find((architecture) => architecture.name === summary.architecture)?.name ?? null;
  const hasHead = kind === "finetuned";
  const speaksOf = hasHead ? (summary.task ?? "patches") : null;
  const method = isMethod(summary.architecture) ? summary.architecture : null;
  return { id, name, folder, modalities, hasHead, speaksOf, method, size };
}

/**
 * A model that a training starts from, as `chooseModel`; one that comes with the program has to fit the project.
 * @throws AppError of `requireFit`
 */
export async function chooseToStart(
  catalog: Catalog,
  nameOrFolder: string,
  shippedModels: string | undefined,
  wanted?: readonly string[],
): Promise<ModelChoice> {
  const model = await chooseModel(catalog, nameOrFolder, shippedModels);
  if (isShippedName(nameOrFolder)) {
    const { readModelDescription } = await import("../../learning/trained-model.ts");
    requireFit(catalog, await readModelDescription(model.folder), model.name, model.standIns, wanted);
  }
  return model;
}

/** The inputs of a model that the project has, also those that stand in for others. */
export function presentInputs(
  catalog: Catalog,
  { modalities, standIns }: Pick<ModelChoice, "modalities" | "standIns">,
): string[] {
  const own = new Set(catalog.modalities.list().map((modality) => modality.name));
  return modalities.filter((input) => own.has(input) || standIns[input] !== undefined);
}

/** Names of the encoders that come with the program and fit the project. */
export async function shippedThatFit(catalog: Catalog, shippedModels: string | undefined): Promise<string[]> {
  const all = await shippedOf(catalog, shippedModels, (choice) => standInsFor(catalog, choice));
  return all.flatMap(({ name, why }) => (why === null ? [name] : []));
}

/** What a training of patches starts from where nobody says: see `usualStart`. */
export async function usualStartOf(catalog: Catalog, shippedModels: string | undefined): Promise<string | null> {
  return usualStart(await shippedOf(catalog, shippedModels, (choice) => standInsFor(catalog, choice)));
}

/** A model that is none of the project's. */
function choiceOf(
  folder: string,
  name: string,
  { task, modalities, config, method }: ModelDescription,
): Omit<ModelChoice, "standIns"> {
  const size = sizes.find(({ embed, depth }) => embed === config.width && depth === config.depth)?.name ?? null;
  const speaksOf = { pretrained: null, dense: "patches", tiles: "tiles", numbers: null } as const;
  return {
    id: null,
    name,
    folder,
    modalities: modalities.map((modality) => modality.name),
    hasHead: task !== "pretrained" && task !== "numbers",
    speaksOf: speaksOf[task],
    method: method?.name ?? null,
    size: method ? null : size,
  };
}

/**
 * Inputs of other sensors for those of the model that the project lacks: the one that shows most of the model's light, where exactly
 * one does. Radar has no stand-in.
 */
async function standInsFor(
  catalog: Catalog,
  { folder, modalities: names }: Pick<ModelChoice, "folder" | "modalities">,
): Promise<Readonly<Record<string, string>>> {
  const inputs = catalog.modalities.list();
  const own = new Set(inputs.map(({ name }) => name));
  if (names.every((name) => own.has(name)) || !existsSync(join(folder, "model.json"))) return {};
  const { readModelDescription } = await import("../../learning/trained-model.ts");
  // A model that cannot be read says so when it is used.
  const { modalities } = await readModelDescription(folder).catch(() => ({ modalities: [] }));
  const found: Record<string, string> = {};
  for (const wanted of modalities.filter(({ name }) => !own.has(name))) {
    const shown = inputs
      .filter(({ name }) => !names.includes(name))
      .map((given) => ({ name: given.name, matches: matchBands(wanted, given) }))
      .filter(({ matches }) => isEnoughLight(matches))
      .map(({ name, matches }) => ({ name, bands: matches.filter(({ found: band }) => band !== undefined).length }));
    const most = Math.max(...shown.map(({ bands }) => bands));
    const [best, ...others] = shown.filter(({ bands }) => bands === most);
    if (best && others.length === 0) found[wanted.name] = best.name;
  }
  return found;
}

/** A model that gives the class of patches, or the sentence why this one does not. */
export function requirePatchModel({ name, speaksOf }: ModelChoice): void {
  if (speaksOf === null) throw new AppError("model-has-no-head", { name });
  if (speaksOf === "tiles") throw new AppError("model-of-tiles", { name });
}

/** A model that says what whole tiles hold, or the sentence why this one does not. */
export function requireTileModel({ name, speaksOf }: ModelChoice): void {
  if (speaksOf === null) throw new AppError("model-has-no-head", { name });
  if (speaksOf === "patches") throw new AppError("model-not-of-tiles", { name });
}

/**
 * Which inputs a training that starts from the model has: those that were asked for, else all of the project (another sensor's under the
 * name of the model's input that it stands for). The model need not know all of them, but one at least; where its network learns
 * nothing (`frozen`), inputs that it does not know are left out.
 * @throws AppError "modality-not-found", "model-modalities-missing", "model-lacks-modality"
 */
export function inputsToTeach(
  catalog: Catalog,
  model: ModelChoice,
  wanted?: readonly string[],
  frozen = false,
): string[] {
  const own = catalog.modalities.list().map(({ name }) => name);
  const standing = new Set(Object.values(model.standIns));
  const all = [...own.filter((name) => !standing.has(name)), ...Object.keys(model.standIns)];
  for (const name of wanted ?? [])
    if (!all.includes(name) && !own.includes(name)) {
      if (model.modalities.includes(name)) throw new AppError("model-modalities-missing", { missing: [name], available: own }); // biome-ignore format: one line
      throw new AppError("modality-not-found", { name, available: own });
    }
  const known = (name: string) => model.modalities.includes(name);
  const stranger = frozen ? wanted?.find((name) => !known(name)) : undefined;
  if (stranger !== undefined)
    throw new AppError("model-lacks-modality", { model: model.name, name: stranger, available: model.modalities });
  const inputs = wanted ? [...wanted] : frozen ? all.filter(known) : all;
  if (!inputs.some((name) => model.modalities.includes(name)))
    throw new AppError("model-modalities-missing", { missing: model.modalities, available: own });
  return inputs;
}

/**
 * Which of the model's modalities are used: those that were asked for, else all. The project has to have them all:
 * what it lacks is named, with what there is. Another sensor's input may stand in (`imageryOf`).
 */
export function modalitiesFor(catalog: Catalog, model: ModelChoice, wanted?: readonly string[]): string[] {
  const used = wanted ?? model.modalities;
  for (const name of used) {
    if (!model.modalities.includes(name))
      throw new AppError("model-lacks-modality", { model: model.name, name, available: model.modalities });
  }
  const available = catalog.modalities.list().map(({ name }) => name);
  const missing = used.filter((name) => !available.includes(name) && model.standIns[name] === undefined);
  if (missing.length) throw new AppError("model-modalities-missing", { missing, available });
  const left = model.modalities.filter((name) => !used.includes(name));
  if (model.method && left.length > 0) throw new AppError("method-needs-inputs", { name: model.name, missing: left });
  return model.modalities.filter((name) => used.includes(name));
}
