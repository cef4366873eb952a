import { z } from "zod";
import type { SplitPart } from "../../src-shared/domain/job.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { LabelCommands, SplitBlock, SplitReport } from "../../src-shared/ipc/labels.ts";
import type { Catalog, LabelPart, Legend, Split as SplitRow } from "../catalog/index.ts";
import {
  optimisticReason,
  type Split,
  type SplitItem,
  splitAtRandom,
  splitByBlocks,
  splitByField,
  splitByPolygons,
  usualShares,
  usualWords,
} from "../learning/split/index.ts";
import type { Deps } from "./deps.ts";
import { door } from "./door.ts";
import { edit } from "./edits.ts";
import { activeLegend, labelledLegend } from "./labels-active.ts";
import { patchesOf } from "./labels-input.ts";
import { blockAround } from "./labels-joining.ts";

const splitSchema = z.strictObject({
  method: z.enum(["blocks", "polygons", "field", "random"]).default("blocks"),
  seed: z.int().min(0).default(0),
  blockMeters: z.number().positive().optional(),
  field: z.string().min(1).optional(),
  /** what the field's other words mean: { train_only: "train" } */
  parts: z.record(z.string(), z.enum(["train", "validation", "test", "unused"])).default({}),
  shares: z
    .strictObject({ train: z.number().positive(), validation: z.number().min(0), test: z.number().min(0) })
    .refine(({ validation, test }) => validation + test > 0, "validation or test needs a share")
    .default(usualShares),
  /** what to do with a class that has too few polygons for every set */
  tooFew: z.enum(["error", "train"]).default("error"),
});

/** Who learns, who says when to stop, who tests. */
export function labelSplits(deps: Deps): Pick<LabelCommands, "labels.split" | "labels.splitState"> {
  const { catalog } = deps;
  return {
    "labels.split": door("labels.split", splitSchema, (request) => {
      const legend = labelledLegend(catalog);
      const { parts, split, blockMeters } = divided(catalog, legend, request);
      const { seed, shares, tooFew, method } = request;
      const parameters = {
        seed,
        shares,
        tooFew,
        ...(method === "blocks" ? { blockMeters } : {}),
        ...(method === "field" ? { field: request.field ?? "split", parts: request.parts } : {}),
      };
      const report = { counts: split.counts, missing: split.missing, reason: split.reason ?? null };
      const { optimistic } = split;
      const id = edit(deps, { key: "labels.split", params: { method } }, () => {
        // One that no run was made with gives way; the others stay for their runs.
        const before = catalog.splits.current();
        if (before && catalog.splits.isUnused(before.id)) catalog.splits.remove(before.id);
        return catalog.splits.add({ method, parameters, optimistic, report }, parts);
      });
      return { id, method, parameters, optimistic, ...report, classes: legend.classes };
    }),

    "labels.splitState": door("labels.splitState", z.strictObject({}), () => {
      const legend = activeLegend(catalog);
      const split = catalog.splits.current();
      const { grid } = catalog.project.get();
      const usual = defaultBlock(grid.patchMeters * grid.tilePatches);
      const places = legend ? catalog.labels.places(legend.id) : [];
      const parts = split ? catalog.splits.parts(split.id) : new Map<number, LabelPart>();
      const own = places.flatMap((place) => {
        const part = parts.get(place.id);
        return part ? [{ ...place, part }] : [];
      });
      const blockMeters = (split?.parameters as { blockMeters?: number } | undefined)?.blockMeters ?? usual;
      return {
        split: split && legend && own.length > 0 ? described(split, legend, own) : null,
        blocks: split?.method === "blocks" ? blocksOf(own, blockMeters) : [],
        unassigned: own.length > 0 ? places.length - own.length : 0,
        blockMeters,
        fields: legend ? catalog.labels.fields(legend.id) : [],
      };
    }),
  };
}

type Place = { readonly classCode: number; readonly x: number; readonly y: number; readonly patches: number };

/** The split as it is now: labels may have come, gone, or changed their class since it was made. */
function described(
  split: SplitRow,
  { classes }: Legend,
  labels: readonly (Place & { readonly part: LabelPart })[],
): SplitReport {
  const sums = new Map<string, { classCode: number; part: SplitPart; items: number; weight: number }>();
  const add = (classCode: number, part: SplitPart, items: number, weight: number) => {
    const sum = sums.get(`${classCode} ${part}`) ?? { classCode, part, items: 0, weight: 0 };
    sums.set(`${classCode} ${part}`, { ...sum, items: sum.items + items, weight: sum.weight + weight });
  };
  for (const { classCode, patches, part } of labels) {
    if (part.patches) for (const own of part.patches) add(classCode, own, 1, 1);
    else add(classCode, part.part, 1, patches);
  }
  const counts = [...sums.values()].toSorted((p, q) => p.classCode - q.classCode);
  const used = (["train", "validation", "test"] as const).filter((part) => counts.some((sum) => sum.part === part));
  const codes = [...new Set(counts.map(({ classCode }) => classCode))];
  return {
    id: split.id,
    method: split.method,
    parameters: split.parameters,
    optimistic: split.optimistic,
    reason: split.optimistic ? optimisticReason : null,
    missing: codes.flatMap((classCode) =>
      used
        .filter((part) => !counts.some((sum) => sum.classCode === classCode && sum.part === part))
        .map((part) => ({ classCode, part })),
    ),
    counts,
    classes,
  };
}

function blocksOf(labels: readonly (Place & { readonly part: LabelPart })[], side: number): SplitBlock[] {
  const blocks = new Map<string, { bounds: SplitBlock["bounds"]; part: SplitPart; labels: number }>();
  for (const { x, y, part } of labels) {
    const bounds = blockAround(x, y, side);
    const key = `${bounds.minX}:${bounds.minY}`;
    const block = blocks.get(key);
    if (block) block.labels++;
    else blocks.set(key, { bounds, part: part.part, labels: 1 });
  }
  return [...blocks.values()];
}

function divided(catalog: Catalog, legend: Legend, request: z.output<typeof splitSchema>) {
  const { grid } = catalog.project.get();
  const labels = catalog.labels.list(legend.id);
  const blockMeters = request.blockMeters ?? defaultBlock(grid.patchMeters * grid.tilePatches);
  const { seed, shares, tooFew, method } = request;
  const common = { seed, shares, tooFew, classes: legend.classes };
  const items = labels.map(({ classCode, x, y, patches }): SplitItem => ({ classCode, x, y, weight: patches }));
  let split: Split;
  let parts: LabelPart[];
  if (method === "random") {
    const patches = labels.map((label) => patchesOf(label, grid.geobox));
    const perPatch = labels.flatMap(({ classCode }, i) =>
      patches[i]!.map(({ x, y }) => ({ classCode, x, y, weight: 1 })),
    );
    split = splitAtRandom(perPatch, common);
    let next = 0;
    parts = patches.map((own) => {
      const from = next;
      next += own.length;
      return { part: "unused", patches: split.parts.slice(from, next) };
    });
  } else {
    if (method === "field") {
      const field = request.field ?? "split";
      const fields = [...new Set(labels.flatMap(({ properties }) => Object.keys(properties)))];
      if (!fields.includes(field)) throw new AppError("split-without-field", { field, fields });
      const values = labels.map(({ properties }) => properties[field]);
      split = splitByField(items, values, { ...usualWords, ...request.parts });
    } else {
      split =
        method === "blocks"
          ? splitByBlocks(items, { ...common, blockSize: blockMeters })
          : splitByPolygons(items, common);
    }
    parts = split.parts.map((part) => ({ part, patches: null }));
  }
  return { split, blockMeters, parts: new Map(labels.map((label, i) => [label.id, parts[i]!])) };
}

/** Blocks of two tiles: what a sample sees around a test patch is then mostly test too. */
const defaultBlock = (tileMeters: number): number => 2 * tileMeters;
