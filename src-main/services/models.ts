import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { type ArchitectureChoice, architectures } from "../../src-shared/domain/job.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { Catalog } from "../catalog/index.ts";
import type { Deps } from "./deps.ts";
import { door } from "./door.ts";
import { exportModel } from "./model-export.ts";
import { filePath } from "./path-gate.ts";

/** A model to work with: one of the project's, or a folder from elsewhere. */
export interface ModelChoice {
  readonly id: number | null;
  readonly name: string;
  readonly folder: string;
  readonly modalities: readonly string[];
  readonly hasHead: boolean;
  /** of its network, as people choose it */
  readonly size: ArchitectureChoice["name"] | null;
}

/** Trained models: list them, take them along. */
export function modelService({ catalog, announce }: Deps) {
  const named = z.strictObject({ name: z.string().min(1) });
  return {
    "models.list": door("models.list", z.strictObject({}), () => catalog.models.list()),

    "models.describe": door("models.describe", named, async ({ name }) => {
      const choice = await chooseModel(catalog, name);
      const { readModelDescription } = await import("../learning/model.ts");
      return { ...choice, description: await readModelDescription(choice.folder) };
    }),

    /** A folder or a .zip with everything another project or program needs. */
    "models.export": door(
      "models.export",
      z.strictObject({
        name: z.string().min(1),
        to: filePath,
        /** also an ONNX graph, for so many dates of each series */
        onnxDates: z.int().positive().nullable().default(null),
        overwrite: z.boolean().default(false),
      }),
      async ({ name, to, onnxDates, overwrite }) => {
        const { folder } = await chooseModel(catalog, name);
        return exportModel(folder, resolve(to), { onnxDates, overwrite });
      },
    ),

    /** Forgets a model; its files stay. */
    "models.forget": door("models.forget", named, ({ name }) => {
      const { id } = catalog.models.named(name);
      catalog.models.remove(id);
      announce("catalog.changed", { table: "models", ids: [id] });
    }),
  };
}

const sizes = Object.values(architectures);

/** By name in the project, or by the path of a folder that holds a model.json. */
export async function chooseModel(catalog: Catalog, nameOrFolder: string): Promise<ModelChoice> {
  const known = catalog.models.find(nameOrFolder);
  if (!known && existsSync(join(nameOrFolder, "model.json"))) {
    const { readModelDescription } = await import("../learning/model.ts");
    const { name, task, modalities, config } = await readModelDescription(nameOrFolder);
    const names = modalities.map((modality) => modality.name);
    const size = sizes.find(({ embed, depth }) => embed === config.width && depth === config.depth)?.name ?? null;
    return { id: null, name, folder: resolve(nameOrFolder), modalities: names, hasHead: task !== "pretrained", size };
  }
  const model = catalog.models.named(nameOrFolder);
  if (model.state === "missing") throw new AppError("model-files-missing", { name: model.name, path: model.folder });
  const { id, name, folder, modalities, kind, summary } = model;
  const size = sizes.find((architecture) => architecture.name === summary.architecture)?.name ?? null;
  return { id, name, folder, modalities, hasHead: kind === "finetuned", size };
}

/**
 * Which of the model's modalities are used: those that were asked for, else all. The project has to have them all:
 * what it lacks is named, with what there is.
 */
export function modalitiesFor(catalog: Catalog, model: ModelChoice, wanted?: readonly string[]): string[] {
  const used = wanted ?? model.modalities;
  for (const name of used) {
    if (!model.modalities.includes(name))
      throw new AppError("model-lacks-modality", { model: model.name, name, available: model.modalities });
  }
  const available = catalog.modalities.list().map(({ name }) => name);
  const missing = used.filter((name) => !available.includes(name));
  if (missing.length) throw new AppError("model-modalities-missing", { missing, available });
  return model.modalities.filter((name) => used.includes(name));
}
