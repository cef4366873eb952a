import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../../src-shared/domain/finding.ts";
import { folderOfShipped, isShippedName, shippedName } from "../../../src-shared/domain/shipped-model.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { errorMessage } from "../../../src-shared/ipc/errors.ts";
import type { ShippedModel } from "../../../src-shared/ipc/models.ts";
import type { Catalog } from "../../catalog/index.ts";
import { applyModel } from "../../jobs/applied-model.ts";
import type { ModelDescription } from "../../learning/trained-model.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { naming } from "../withheld.ts";
import { licenceOf } from "./import.ts";

// Encoders that come with the program, in the folder that the host names: found, and compared with a project.

/** A series of fewer dates shows no change over time. */
const fewestDates = 3;

/** Names of the folders of the installation that hold a model's description. */
function shippedFolders(models: string | undefined): string[] {
  if (models === undefined || !existsSync(models)) return [];
  return readdirSync(models, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(models, entry.name, "model.json")))
    .map(({ name }) => name)
    .sort();
}

/**
 * The folder of a model that comes with the program. Its name is one of those that are there, so none leads elsewhere.
 * @throws AppError "shipped-model-unknown"
 */
export function shippedModelFolder(models: string | undefined, name: string): string {
  const there = shippedFolders(models);
  const wanted = folderOfShipped(name);
  if (models === undefined || !there.includes(wanted))
    throw new AppError("shipped-model-unknown", { name, available: there.map(shippedName) });
  return join(models, wanted);
}

/** The name of the model in this folder where it is one of the installation. */
export function shippedNameOf(models: string | undefined, folder: string): string | undefined {
  const own = shippedFolders(models).find((name) => join(models!, name) === folder);
  return own === undefined ? undefined : shippedName(own);
}

/** @throws AppError "model-name-reserved" for a name that only a model of the installation has */
export function requireOwnName(name: string): void {
  if (isShippedName(name)) throw new AppError("model-name-reserved", { name });
}

/**
 * Its description, when its weights are as long as that says; the sum is compared when they are read.
 * @throws AppError "shipped-model-incomplete", "model-unreadable"
 */
export async function readShipped(folder: string, name: string): Promise<ModelDescription> {
  const { readModelDescription } = await import("../../learning/trained-model.ts");
  const description = await readModelDescription(folder);
  const { file, bytes } = description.weights;
  const path = join(folder, file);
  if (statSync(path, { throwIfNoEntry: false })?.size !== bytes)
    throw new AppError("shipped-model-incomplete", { name, path });
  return description;
}

/**
 * What should be known of a training that starts from the model here, with those inputs of the project that it knows.
 * @param standIns by inputs of the model that the project has not, the input that is read instead
 * @throws AppError "model-reads-nothing-here", "model-cadence-differs", and what `applyModel` throws
 */
export function requireFit(
  catalog: Catalog,
  description: ModelDescription,
  name: string,
  standIns: Readonly<Record<string, string>>,
  wanted?: readonly string[],
): readonly Finding[] {
  const here = catalog.modalities.list();
  const available = here.map((modality) => modality.name);
  const known = description.modalities
    .map((modality) => modality.name)
    .filter((own) => (available.includes(own) || standIns[own] !== undefined) && (wanted?.includes(own) ?? true));
  if (known.length === 0)
    throw new AppError("model-reads-nothing-here", { name, inputs: description.modalities.map((own) => own.name), available }); // biome-ignore format: one line
  const imagery = imageryOf(catalog, known, standIns);
  const { modalities, findings } = applyModel(description, catalog.project.get().grid, imagery, known);
  const dateOf = new Map(imagery.acquisitions.map(({ id, date }) => [id, date]));
  const series = modalities.filter(({ kind }) => kind === "series");
  // Of a place with as few dates it has learned too.
  const knowsFew = (input: string) =>
    description.training.places?.some(({ dates }) =>
      dates.some((own) => own.modality === input && own.count < fewestDates),
    ) ?? false;
  const counted = series.map((modality) => ({
    name: modality.name,
    dates: new Set(modality.acquisitions.map((id) => dateOf.get(id))).size,
    few: knowsFew(modality.name),
    learned: description.training.dates.find((own) => own.modality === modality.name)?.count ?? 0,
  }));
  if (
    counted.length > 0 &&
    counted.length === modalities.length &&
    counted.every(({ dates, few }) => dates < fewestDates && !few)
  )
    throw new AppError("model-cadence-differs", { name, inputs: counted.map(({ few: _, ...own }) => own) });
  return findings;
}

/** Every encoder of the installation beside the project, those that cannot be used here with the reason. */
export function shippedModels(
  catalog: Catalog,
  models: string | undefined,
  standInsFor: (choice: { readonly folder: string; readonly modalities: readonly string[] }) => Promise<Readonly<Record<string, string>>>, // biome-ignore format: one line
): Promise<ShippedModel[]> {
  const own = new Set(catalog.modalities.list().map(({ name }) => name));
  return Promise.all(
    shippedFolders(models).map(async (folderName): Promise<ShippedModel> => {
      const folder = join(models!, folderName);
      const name = shippedName(folderName);
      const facts = { name, title: folderName, inputs: [], patchMeters: null, bytes: 0, licence: firstLine(licenceOf(folder)), findings: [] }; // biome-ignore format: one line
      let known: ShippedModel = { ...facts, why: null };
      try {
        const description = await readShipped(folder, name);
        const names = description.modalities.map((modality) => modality.name);
        const standIns = await standInsFor({ folder, modalities: names });
        known = {
          ...known,
          title: description.name,
          inputs: names.map((input) => ({ name: input, from: own.has(input) ? input : (standIns[input] ?? null) })),
          patchMeters: description.grid.patchMeters,
          bytes: description.weights.bytes,
        };
        return { ...known, findings: requireFit(catalog, description, name, standIns) };
      } catch (error) {
        return { ...known, why: errorMessage(naming(error)) };
      }
    }),
  );
}

const firstLine = (text: string | null): string | null => text?.trim().split("\n")[0]?.slice(0, 200) ?? null;
