import type { Imagery } from "../../../src-shared/domain/job.ts";
import { isShippedName } from "../../../src-shared/domain/shipped-model.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { KnownLayer, LayerChange } from "../../../src-shared/ipc/instant.ts";
import type { Catalog } from "../../catalog/index.ts";
import { blockBytes, storedError } from "../../features/index.ts";
import { embeddingKey, fileStates, filesKey, statesOfImagery } from "../../jobs/feature-keys.ts";
import { chooseModel, inputsToTeach } from "../models/models.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { type StoredEmbedding, storedEmbeddings } from "./stored-embeddings.ts";

/** An embedding of a project as it is now. */
export interface EmbeddingLayer extends StoredEmbedding {
  /** what changed since; `null`: it is of the project as it is */
  readonly changed: LayerChange | null;
}

/** What a model's embeddings follow from now. */
export interface WantedEmbedding {
  readonly imagery: Imagery;
  readonly modelFolder: string;
  readonly key: string;
}

type Where = { readonly catalog: Catalog; readonly shippedModels: string | undefined };

/** The embeddings of a project, each with what changed since it was made. */
export function embeddingLayers(where: Where): Promise<EmbeddingLayer[]> {
  return Promise.all(
    storedEmbeddings(where.catalog).map(async (layer) => ({ ...layer, changed: await changeOf(where, layer) })),
  );
}

const gone: ReadonlySet<string> = new Set(["model-not-found", "model-files-missing", "shipped-model-unknown"]);

async function changeOf(where: Where, { by, group }: StoredEmbedding): Promise<LayerChange | null> {
  if (by.kind === "files") {
    const { catalog } = where;
    const states = by.files.map(({ state }) => state);
    if (filesKey(catalog.project.get().grid, by.product, states) !== group.key) return "area";
    // The layer needs its files no more: those that are gone change nothing.
    const there = by.files.filter(({ path }) => catalog.mayRead(path));
    const now = await fileStates(there.map(({ path }) => path));
    return there.some(({ path, state }) => now(path) !== "missing" && now(path) !== state) ? "files" : null;
  }
  try {
    const { key, sha256 } = await wantedEmbedding(where, by.model);
    if (key === group.key) return null;
    return sha256 === by.sha256 ? "images" : "model";
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Of a model that is gone, or that does not fit the images as they are.
    return gone.has(error.code) ? "model-gone" : "images";
  }
}

/**
 * What the embeddings of a model have to follow from: the project's images that it knows.
 * @param name of a model of the project, or of one that comes with the program
 * @throws AppError "model-not-found", "model-without-network", "model-modalities-missing", "project-rasters-missing", "no-imagery"
 */
export async function wantedEmbedding(
  { catalog, shippedModels }: Where,
  name: string,
): Promise<WantedEmbedding & { readonly sha256: string }> {
  // The name may stand in a file of the project: no folder elsewhere is opened for it.
  if (!isShippedName(name)) catalog.models.named(name);
  const model = await chooseModel(catalog, name, shippedModels);
  if (model.method !== null) throw new AppError("model-without-network", { name });
  const { readModelDescription } = await import("../../learning/trained-model.ts");
  const { sha256 } = (await readModelDescription(model.folder)).weights;
  const imagery = imageryOf(catalog, inputsToTeach(catalog, model, undefined, true), model.standIns);
  const key = embeddingKey(catalog.project.get().grid, imagery, sha256, await statesOfImagery(imagery));
  return { imagery, modelFolder: model.folder, key, sha256 };
}

/** What is told of an embedding. */
export function told({ name, group, by, changed }: EmbeddingLayer): KnownLayer {
  return {
    name,
    state: changed === null ? "ready" : "stale",
    changed,
    ...(by.kind === "model"
      ? { product: "model", inputs: by.inputs, taught: by.taught, year: null, files: [] }
      : { product: by.product, inputs: [], taught: false, year: by.year, files: by.files.map(({ path }) => path) }),
    columns: group.columns.length,
    bytes: group.blocks.length * blockBytes(group),
    error: storedError(group),
    madeAt: group.made.at,
  };
}
