import { z } from "zod";
import { architectures, type InstantColumns } from "../../../src-shared/domain/job.ts";
import { confirmedField } from "../../../src-shared/domain/label.ts";
import { finetuneDefaults } from "../../../src-shared/domain/recipe.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { InstantCommands, NextPlace } from "../../../src-shared/ipc/instant.ts";
import type { MapCommands } from "../../../src-shared/ipc/maps.ts";
import { type FeatureGroup, mostStored } from "../../features/index.ts";
import type { Deps } from "../deps.ts";
import type { JobQueue } from "../jobs/jobs.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { validated } from "../validated.ts";
import { areWhole, wantedGroups } from "./feature-groups.ts";
import { instantProject } from "./instant-project.ts";
import { instantLabels } from "./labels.ts";

/** The map that answers while one labels: its values, what it has learned, and how it becomes a model. */
export function instantService(
  { catalog, appVersion }: Deps,
  queue: JobQueue,
  { "maps.draw": draw }: Pick<MapCommands, "maps.draw">,
): InstantCommands {
  const project = instantProject(catalog);
  const common = { seed: 0, provider: "cpu", appVersion } as const;
  return {
    "instant.state": validated("instant.state", z.strictObject({ learn: z.boolean().default(false) }), ({ learn }) =>
      project.state(learn),
    ),

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
      const wanted = (missing.length > 0 ? missing : groups).map(({ modality, key }) => ({ modality, key }));
      return queue.start({ kind: "features", ...common, grid, imagery, months, groups: wanted });
    }),

    "instant.keep": validated(
      "instant.keep",
      z.strictObject({ name: z.string().trim().min(1).max(200), map: z.boolean().default(true) }),
      async ({ name, map }) => {
        if (catalog.models.find(name)) throw new AppError("model-exists", { name });
        const { imagery, wanted } = await project.ready();
        const { kind, classes } = await project.learned();
        const found = instantLabels(catalog);
        if (kind !== "classes" || !found)
          throw new AppError("instant-needs-classes", { classes: classes.filter(({ patches }) => patches > 0).length });
        const { grid } = catalog.project.get();
        const { labels, splitId } = found;
        const instant = columnsOf(wanted.groups.map(({ group }) => group!));
        const started = queue.start(
          {
            kind: "finetune",
            ...common,
            grid,
            imagery,
            labels,
            recipe: finetuneDefaults,
            modelFolder: null,
            architecture: architectures.tiny,
            modelName: name,
            method: "logistic-regression",
            instant,
          },
          {
            splitId,
            modelId: null,
            settings: {
              modalities: imagery.modalities.map((modality) => modality.name),
              size: "tiny",
              from: null,
              seed: common.seed,
              provider: common.provider,
              recipe: null,
              method: "logistic-regression",
              instant: true,
            },
          },
        );
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

/** How the layer standardises its columns, and the values between which it holds them. */
function columnsOf(groups: readonly FeatureGroup[]): InstantColumns {
  const limit = (sign: number) =>
    groups.flatMap(({ means, steps }) => means.map((mean, j) => mean + sign * mostStored * steps[j]!));
  return {
    means: groups.flatMap(({ means }) => means),
    spreads: groups.flatMap(({ spreads }) => spreads),
    low: limit(-1),
    high: limit(1),
  };
}
