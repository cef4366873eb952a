import { existsSync } from "node:fs";
import { z } from "zod";
import {
  architectures,
  type EmbeddingFile,
  type FinetuneSpec,
  type InstantColumns,
} from "../../../src-shared/domain/job.ts";
import { confirmedField } from "../../../src-shared/domain/label.ts";
import { finetuneDefaults } from "../../../src-shared/domain/recipe.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { InstantCommands, NextPlace } from "../../../src-shared/ipc/instant.ts";
import type { MapCommands } from "../../../src-shared/ipc/maps.ts";
import { type FeatureGroup, mostStored } from "../../features/index.ts";
import { openEmbeddingTile } from "../../jobs/embedding-tiles.ts";
import { fileStates, filesKey, statedFiles } from "../../jobs/feature-keys.ts";
import { announceChanged, type Deps } from "../deps.ts";
import type { JobQueue } from "../jobs/jobs.ts";
import { filePath } from "../path-gate.ts";
import { imageryOf } from "../rasters/imagery.ts";
import type { TrainingPlan } from "../runs/training-plan.ts";
import { validated } from "../validated.ts";
import { wantedEmbedding } from "./embedding-layers.ts";
import { areWhole, earlierFolder, wantedGroups } from "./feature-groups.ts";
import { findEmbeddings } from "./find-embeddings.ts";
import { instantProject, type ReadyFeatures } from "./instant-project.ts";
import { instantLabels } from "./labels.ts";
import { removeLayer, storedEmbeddings } from "./stored-embeddings.ts";

/** Tiles that a model reads at a time. */
const embeddedAtOnce = 4;

/** What is learned from, as it is asked for: values, an embedding, or both. */
export const learnedFrom = z
  .strictObject({ values: z.boolean(), embedding: z.string().min(1).nullable() })
  .refine(({ values, embedding }) => values || embedding !== null, { message: "values, an embedding, or both" });

/** The map that answers while one labels: its values, what it has learned, and how it becomes a model. */
export function instantService(
  deps: Deps,
  queue: JobQueue,
  { "maps.draw": draw }: Pick<MapCommands, "maps.draw">,
): InstantCommands {
  const { catalog, appVersion } = deps;
  const project = instantProject(catalog);
  project.serve(deps);
  const common = { seed: 0, provider: "cpu", appVersion } as const;
  return {
    "instant.state": validated(
      "instant.state",
      z.strictObject({ learn: z.boolean().default(false), settled: z.boolean().default(false) }),
      ({ learn, settled }) => project.state(learn, settled),
    ),

    "instant.learnFrom": validated(
      "instant.learnFrom",
      z.strictObject({ from: learnedFrom.nullable() }),
      async ({ from }) => {
        await project.want(from);
        announceChanged(deps.announce, "view_state");
      },
    ),

    "instant.embed": validated("instant.embed", z.strictObject({ model: z.string().min(1) }), async ({ model }) => {
      const where = { catalog, shippedModels: deps.shippedModels };
      const { imagery, modelFolder, key } = await wantedEmbedding(where, model);
      const there = storedEmbeddings(catalog).find(({ name }) => name === model);
      if (there?.group.key === key && areWhole([there])) return null;
      return queue.start({
        kind: "embed",
        ...common,
        provider: "auto",
        grid: catalog.project.get().grid,
        imagery,
        modelFolder,
        title: model,
        key,
        earlierFolder: there?.folder ?? null,
        batchSize: embeddedAtOnce,
      });
    }),

    "instant.importEmbeddings": validated(
      "instant.importEmbeddings",
      z.strictObject({ paths: z.array(filePath).min(1).max(10_000) }),
      async ({ paths }) => {
        const { grid } = catalog.project.get();
        const { files: chosen, product, year, title } = findEmbeddings(paths);
        const there = storedEmbeddings(catalog).find(({ name }) => name === title);
        // Tiles that were imported before stay, where they are still to be read.
        const before =
          there?.by.kind === "files"
            ? findBefore(
                there.by.files.map(({ path }) => path),
                catalog,
              )
            : [];
        const files = [...new Map([...before, ...chosen].map((file) => [file.path, file])).values()].sort((p, q) =>
          p.path < q.path ? -1 : 1,
        );
        // What is no embedding is refused before anything begins.
        for (const file of chosen) await (await openEmbeddingTile(file)).close();
        const stated = statedFiles(files);
        for (const path of stated) catalog.noteRead(path);
        const state = await fileStates(stated);
        const key = filesKey(grid, product, stated.map(state));
        if (there?.group.key === key && areWhole([there])) return null;
        const earlierFolder = there?.folder ?? null;
        return queue.start({ kind: "embed-files", ...common, grid, files, product, year, title, key, earlierFolder });
      },
    ),

    "instant.removeLayer": validated("instant.removeLayer", z.strictObject({ name: z.string() }), ({ name }) => {
      if (!removeLayer(catalog, name)) throw new AppError("embedding-not-found", { name });
      announceChanged(deps.announce, "view_state");
    }),

    "instant.next": validated(
      "instant.next",
      z.strictObject({
        count: z.int().min(1).max(100).default(1),
        skipped: z
          .array(z.tuple([z.int(), z.int()]))
          .max(1000)
          .default([]),
      }),
      async ({ count, skipped }) => {
        const { patchMeters } = catalog.project.get().grid;
        return (await project.next(count, skipped)).map(({ col, row, ...place }): NextPlace => {
          const [minX, maxY] = [col * patchMeters, -row * patchMeters];
          const bounds = { minX, minY: maxY - patchMeters, maxX: minX + patchMeters, maxY };
          return { ...place, patch: [col, row], x: minX + patchMeters / 2, y: maxY - patchMeters / 2, bounds };
        });
      },
    ),

    "instant.suspicious": validated("instant.suspicious", z.strictObject({}), async () => {
      const { found, ...rest } = await project.suspicious();
      const labels = catalog.labels.find({ ids: found.map(({ group }) => group) });
      const confirmed = new Set(
        labels.flatMap(({ id, properties }) => (properties[confirmedField] === true ? [id] : [])),
      );
      return {
        ...rest,
        labels: found
          .filter(({ group }) => !confirmed.has(group))
          .map(({ group, own, rows, ...shares }) => ({
            ...shares,
            id: group,
            classCode: own,
            patches: rows,
          })),
      };
    }),

    "instant.prepare": validated("instant.prepare", z.strictObject({}), async () => {
      const { grid } = catalog.project.get();
      const imagery = imageryOf(catalog);
      const { months, groups } = await wantedGroups(catalog, imagery);
      if (areWhole(groups)) return null;
      // One that is not whole though its description is there: all of it again.
      const missing = groups.filter(({ group }) => !group);
      const wanted = (missing.length > 0 ? missing : groups).map(({ modality, key }) => ({
        modality,
        key,
        earlierFolder: earlierFolder(catalog, modality),
      }));
      return queue.start({ kind: "features", ...common, grid, imagery, months, groups: wanted });
    }),

    "instant.keep": validated(
      "instant.keep",
      z.strictObject({ name: z.string().trim().min(1).max(200), map: z.boolean().default(true) }),
      async ({ name, map }) => {
        const { spec, run } = await planInstant(deps, name);
        const started = queue.start(spec, run);
        if (map)
          void queue
            .ended(started.id)
            .then(({ state }) => (state === "finished" ? draw({ model: name, name }) : undefined))
            // The model is there: what keeps its map from being drawn is said when it is drawn by hand.
            .catch(() => undefined);
        return started;
      },
    ),
  };
}

/**
 * The instant map as it is now as a model that is to be taught.
 * @throws AppError "model-exists", "instant-needs-classes", "instant-not-prepared", "instant-stale", "instant-keeps-no-files", "instant-inputs-differ"
 */
export async function planInstant(deps: Deps, name: string): Promise<TrainingPlan<FinetuneSpec>> {
  const { catalog, appVersion } = deps;
  if (catalog.models.find(name)) throw new AppError("model-exists", { name });
  const project = instantProject(catalog);
  const { kind, classes } = await project.settled();
  const ready = await project.ready();
  const found = instantLabels(catalog);
  if (kind !== "classes" || !found)
    throw new AppError("instant-needs-classes", { classes: classes.filter(({ patches }) => patches > 0).length });
  const { labels, splitId } = found;
  const { imagery, groups, from, features } = await keptOf(deps, ready);
  const common = { seed: 0, provider: "cpu" } as const;
  return {
    spec: {
      kind: "finetune",
      ...common,
      appVersion,
      grid: catalog.project.get().grid,
      imagery,
      labels,
      recipe: finetuneDefaults,
      modelFolder: from?.modelFolder ?? null,
      architecture: architectures.tiny,
      modelName: name,
      method: "logistic-regression",
      ...(from ? { features } : {}),
      instant: columnsOf(groups, from !== null),
    },
    run: {
      splitId,
      modelId: null,
      settings: {
        ...common,
        modalities: imagery.modalities.map((modality) => modality.name),
        size: "tiny",
        from: from?.name ?? null,
        recipe: null,
        method: "logistic-regression",
        ...(from ? { features } : {}),
        instant: true,
      },
    },
  };
}

/**
 * What a model of the instant map is made of: its images, its columns, and the model whose encoder it holds.
 * @throws AppError "instant-keeps-no-files", "instant-inputs-differ"
 */
async function keptOf(
  { catalog, shippedModels }: Deps,
  { imagery, values, embeddings, source: { from } }: ReadyFeatures,
) {
  const columns = from.values ? values.map(({ group }) => group!) : [];
  const layer = embeddings.find(({ name }) => name === from.embedding);
  if (!layer) return { imagery: imagery!, groups: columns, from: null, features: "monthly" as const };
  const { name, by, group } = layer;
  if (by.kind === "files") throw new AppError("instant-keeps-no-files", { name });
  const given = await wantedEmbedding({ catalog, shippedModels }, by.model);
  const inputs = given.imagery.modalities.map((modality) => modality.name);
  if (from.values && String(inputs) !== String(values.map(({ modality }) => modality)))
    throw new AppError("instant-inputs-differ", { name, inputs });
  const features = from.values ? ("both" as const) : ("encoder" as const);
  return {
    imagery: given.imagery,
    groups: [...columns, group],
    from: { name, modelFolder: given.modelFolder },
    features,
  };
}

/** Tiles of an earlier import that are still there. */
function findBefore(paths: readonly string[], catalog: Deps["catalog"]): readonly EmbeddingFile[] {
  const there = paths.filter((path) => catalog.mayRead(path) && existsSync(path));
  const main = there.filter((path) => path.endsWith(".npy") ? !path.endsWith("_scales.npy") : !there.some((one) => one.endsWith(".npy"))); // biome-ignore format: one line
  return main.length === 0 ? [] : findEmbeddings(main).files;
}

/** How the layer standardises its columns, and the values between which it holds them. */
function columnsOf(groups: readonly FeatureGroup[], embedded: boolean): InstantColumns {
  const limit = (sign: number) =>
    groups.flatMap(({ means, steps }) => means.map((mean, j) => mean + sign * mostStored * steps[j]!));
  const values = groups.slice(0, -1).flatMap(({ columns }) => columns);
  const last = groups.at(-1)!.columns.map((_, at) => `embedding ${at + 1}`);
  return {
    ...(embedded ? { names: [...values, ...last] } : {}),
    means: groups.flatMap(({ means }) => means),
    spreads: groups.flatMap(({ spreads }) => spreads),
    low: limit(-1),
    high: limit(1),
  };
}
