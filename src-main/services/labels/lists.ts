import { z } from "zod";
import { isManyCells } from "../../../src-shared/domain/patch-cells.ts";
import type { LabelCommands, LabelSet, LabelSummary } from "../../../src-shared/ipc/labels.ts";
import type { Label, LabelPart, Legend, Split } from "../../catalog/index.ts";
import type { Deps } from "../deps.ts";
import { validated } from "../validated.ts";
import { activeLegend, currentSplit, legendFor } from "./active.ts";
import { LabelArea } from "./area.ts";
import { labelInput, seasonOf } from "./input.ts";
import { problemsOf } from "./problems.ts";
import { sumsOfSplit } from "./split-counts.ts";

/** More at once would make a message of hundreds of megabytes: then by place. */
const most = 60_000;
/** From so many changes on, reading all again is no slower. */
const manyChanges = 5_000;

const bounds = z.strictObject({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() });
const ofLegend = z.strictObject({ legendId: z.int().optional() });

type Lists = Pick<
  LabelCommands,
  "labels.list" | "labels.changes" | "labels.parts" | "labels.summary" | "labels.problems" | "labels.input"
>;

/** Lists of labels and their problems. */
export function labelLists({ catalog }: Deps): Lists {
  /** With the hectares and patches that lie inside the project. */
  const complete = async (labels: readonly Label[]): Promise<Label[]> => {
    const area = await LabelArea.of(catalog);
    return labels.map((label) =>
      withoutLongOutline(label, { hectares: area.hectares(label), patches: area.patches(label) }),
    );
  };

  /** By class code; kept until labels or imagery change. */
  let known: { readonly key: string; readonly sums: Inside } | undefined;
  const insideByClass = async (legendId: number): Promise<Inside | undefined> => {
    const area = await LabelArea.of(catalog);
    if (area.whole) return undefined;
    const key = `${legendId} ${catalog.labels.version()} ${catalog.imageryVersion()}`;
    if (known?.key === key && !catalog.readOnly) return known.sums;
    const sums = new Map<number, { hectares: number; patches: number; outside: number }>();
    for (const label of catalog.labels.find({ legendId })) {
      const sum = sums.get(label.classCode) ?? { hectares: 0, patches: 0, outside: 0 };
      sums.set(label.classCode, sum);
      const patches = area.patches(label);
      const hectares = area.hectares(label);
      sum.hectares += hectares;
      sum.patches += patches;
      if (!area.shows(label, patches)) sum.outside++;
    }
    known = { key, sums };
    return sums;
  };

  const seenOfSplit = async (legend: Legend, split: Split) =>
    sumsOfSplit(catalog, legend, await LabelArea.of(catalog), split, catalog.splits.parts(split.id)).counts;

  return {
    "labels.list": validated(
      "labels.list",
      z.strictObject({
        legendId: z.int().optional(),
        bounds: bounds.optional(),
        limit: z.int().positive().max(most).default(most),
      }),
      async ({ legendId, bounds: area, limit }) => {
        const legend = legendId === undefined ? activeLegend(catalog) : legendFor(catalog, legendId);
        const version = catalog.labels.version();
        if (!legend) return { legendId: null, version, total: 0, labels: [] };
        const found = catalog.labels.find({ legendId: legend.id, bounds: area, limit });
        const counts = [...catalog.labels.countByClass(legend.id).values()];
        const total = counts.reduce((p, q) => p + q, 0);
        return { legendId: legend.id, version, total, labels: await complete(found) };
      },
    ),

    "labels.changes": validated(
      "labels.changes",
      z.strictObject({ legendId: z.int(), since: z.int().min(0) }),
      async ({ legendId, since }) => {
        const { version, changed, removed } = catalog.labels.changesSince(since);
        if (changed.length + removed.length > manyChanges) return null;
        const found = changed.length === 0 ? [] : catalog.labels.find({ legendId, ids: changed });
        // A label that moved to another legend is no longer listed in this one.
        const here = new Set(found.map(({ id }) => id));
        const labels = found.length === 0 ? [] : await complete(found);
        return { version, labels, removed: [...removed, ...changed.filter((id) => !here.has(id))] };
      },
    ),

    "labels.parts": validated("labels.parts", z.strictObject({}), () => {
      const sets: Record<LabelSet, number[]> = { train: [], validation: [], test: [], unused: [], random: [] };
      const split = currentSplit(catalog);
      const parts = split ? catalog.splits.parts(split.id) : new Map<number, LabelPart>();
      for (const [id, { part, patches }] of parts) sets[patches ? "random" : part].push(id);
      return sets;
    }),

    "labels.summary": validated("labels.summary", ofLegend, async ({ legendId }): Promise<LabelSummary> => {
      const legend = legendId === undefined ? activeLegend(catalog) : legendFor(catalog, legendId);
      const season = seasonOf(catalog);
      if (!legend) {
        return { legendId: null, labels: 0, patches: 0, hectares: 0, outside: 0, outOfSeason: 0, season, classes: [] };
      }
      const inside = await insideByClass(legend.id);
      const split = catalog.splits.current(legend.id);
      const rows = catalog.labels.tally(legend.id, split?.id ?? null);
      const divided = split ? catalog.labels.dividedTally(legend.id, split.id) : [];
      const seen = inside && split ? await seenOfSplit(legend, split) : undefined;
      const classes = legend.classes.map((one) => {
        const own = rows.filter(({ classCode }) => classCode === one.code);
        const parts = Object.fromEntries(
          (["train", "validation", "test", "unused", "random", "none"] as const).map((part) => {
            const { labels = 0, patches = 0 } = own.find((row) => row.part === part) ?? {};
            // The patches of divided labels count where they are; the labels themselves are counted once, as divided.
            const pieces = divided.find((row) => row.classCode === one.code && row.part === part)?.patches ?? 0;
            const shown = part === "random" ? 0 : patches + pieces;
            if (!inside || part === "random") return [part, { labels, patches: shown }];
            const ofSet = seen?.find((sum) => sum.classCode === one.code && sum.part === part)?.weight ?? 0;
            if (part !== "none") return [part, { labels, patches: ofSet }];
            // What is in no set is what is left of those that images show.
            const sets = seen?.filter((sum) => sum.classCode === one.code).reduce((sum, { weight }) => sum + weight, 0);
            return [part, { labels, patches: (inside.get(one.code)?.patches ?? 0) - (sets ?? 0) }];
          }),
        ) as LabelSummary["classes"][number]["parts"];
        const counted = sums(own);
        const { hectares, patches } = inside ? (inside.get(one.code) ?? none) : counted;
        return { ...one, ...counted, hectares, patches, parts };
      });
      const outside = [...(inside?.values() ?? [])].reduce((sum, one) => sum + one.outside, 0);
      const outOfSeason = season ? catalog.labels.countOutside(legend.id, season.from, season.to) : 0;
      return { legendId: legend.id, ...sums(classes), outside, outOfSeason, season, classes };
    }),

    "labels.problems": validated("labels.problems", ofLegend, async ({ legendId }) => {
      const legend = legendId === undefined ? activeLegend(catalog) : legendFor(catalog, legendId);
      return legend ? problemsOf(catalog, legend) : [];
    }),

    /** The labels with their parts as jobs take them. */
    "labels.input": validated("labels.input", z.strictObject({}), () => labelInput(catalog).labels),
  };
}

/** What of a class's labels lies inside the project, and how many of them lie wholly elsewhere; by class code. */
type Inside = ReadonlyMap<number, { readonly hectares: number; readonly patches: number; readonly outside: number }>;
const none = { hectares: 0, patches: 0 };

function sums(rows: readonly { readonly labels: number; readonly patches: number; readonly hectares: number }[]) {
  const total = { labels: 0, patches: 0, hectares: 0 };
  for (const { labels, patches, hectares } of rows) {
    total.labels += labels;
    total.patches += patches;
    total.hectares += hectares;
  }
  return total;
}

/** A label as a window gets it. The outline is read only where it is sent: it is computed on access. */
function withoutLongOutline(label: Label, { hectares, patches }: { hectares: number; patches: number }): Label {
  const { id, legendId, classCode, cells, x, y, importId, feature, properties, validFrom, validTo } = label;
  const coordinates = isManyCells(cells) ? [] : label.coordinates;
  return { id, legendId, classCode, coordinates, cells, x, y, patches, importId, feature, properties, validFrom, validTo, hectares }; // biome-ignore format: one line
}
