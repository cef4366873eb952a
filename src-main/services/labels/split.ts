import { z } from "zod";
import type { SplitPart } from "../../../src-shared/domain/job.ts";
import type { SplitFacts, SplitNote, SplitWord } from "../../../src-shared/domain/split.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { LabelCommands, SplitBlock, SplitReport } from "../../../src-shared/ipc/labels.ts";
import type { Catalog, Label, LabelPart, Legend, Split as SplitRow } from "../../catalog/index.ts";
import {
  type BlockLabel,
  type BlockSplit,
  defaultShares,
  describeSplit,
  dividedByBlocks,
  optimisticReason,
  type SplitFolds,
  type SplitItem,
  type SplitResult,
  type SplitShares,
  sharesOfFolds,
  splitAtRandom,
  splitByBestBlocks,
  splitByField,
  splitByPolygons,
  splitLabelsByBlocks,
  splitWords,
  wordKey,
} from "../../learning/split/index.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { validated } from "../validated.ts";
import { activeLegend, labelledLegend } from "./active.ts";
import { LabelArea } from "./area.ts";
import { patchesOfRuns, runsOf } from "./input.ts";
import { blockAround } from "./joining.ts";
import { missingIn, nameOfRegion, regionNote, sumsOfSplit, unseenNote } from "./split-counts.ts";
import { fieldOf, splitFields, valuesOf } from "./split-field.ts";

const splitSchema = z.strictObject({
  method: z.enum(["blocks", "polygons", "field", "random"]).default("blocks"),
  seed: z.int().min(0).default(0),
  blockMeters: z.number().positive().optional(),
  bufferMeters: z.number().min(0).default(0),
  field: z.string().min(1).optional(),
  /** what the field's other words mean: { train_only: "train" } */
  parts: z.record(z.string(), z.enum(["train", "validation", "test", "unused", "train-only"])).default({}),
  shares: z
    .strictObject({ train: z.number().positive(), validation: z.number().min(0), test: z.number().min(0) })
    .refine(({ validation, test }) => validation + test > 0, "validation or test needs a share")
    .default(defaultShares),
  /** cross-validation instead of shares: of so many folds, number `fold` tests and the next one validates */
  folds: z.int().min(2).max(100).optional(),
  fold: z.int().min(1).default(1),
  /** what to do with a class that has too few polygons for every set */
  tooFew: z.enum(["error", "train"]).optional(),
});
const splitRequestSchema = splitSchema
  .refine(({ folds, fold }) => folds === undefined || fold <= folds, "fold is larger than folds")
  .refine(
    ({ folds, method }) => folds === undefined || method === "blocks" || method === "polygons",
    "folds need blocks or polygons",
  );
type SplitRequest = Omit<z.output<typeof splitSchema>, "tooFew"> & { readonly tooFew: "error" | "train" };

/** Splits labels into training, validation and test. */
export function labelSplits(
  deps: Deps,
): Pick<LabelCommands, "labels.split" | "labels.splitState" | "labels.splitWords"> {
  const { catalog } = deps;
  return {
    "labels.split": validated("labels.split", splitRequestSchema, async (given) => {
      const area = await LabelArea.of(catalog);
      const legend = labelledLegend(catalog);
      // A class that lies in one block trains and is named; of polygons it is an error unless somebody says otherwise.
      const request = {
        ...given,
        ...(given.folds === undefined ? {} : { shares: sharesOfFolds(given.folds) }),
        tooFew: given.tooFew ?? (given.method === "blocks" ? ("train" as const) : ("error" as const)),
      };
      const { parts, split, blocks, blockMeters, field, notes } = divided(catalog, legend, area, request);
      const { seed, shares, tooFew, method, bufferMeters, folds, fold } = request;
      const parameters = {
        seed,
        shares,
        tooFew,
        ...(folds === undefined ? {} : { folds, fold }),
        ...(blockMeters === null ? {} : { blockMeters, bufferMeters, chosen: request.blockMeters === undefined }),
        ...(field === null ? {} : { field, parts: request.parts }),
      };
      const region = nameOfRegion(area.region);
      const report = { counts: split.counts, missing: split.missing, reason: split.reason ?? null, notes, region };
      const { optimistic } = split;
      const id = edit(deps, { key: "labels.split", params: { method } }, () => {
        // A split that no run used is replaced; the others are kept for their runs.
        const before = catalog.splits.current(legend.id);
        if (before && catalog.splits.isUnused(before.id)) catalog.splits.remove(before.id);
        return catalog.splits.add({ legendId: legend.id, method, parameters, optimistic, report, blocks }, parts);
      });
      return { id, method, parameters, optimistic, ...report, classes: legend.classes };
    }),

    "labels.splitWords": validated(
      "labels.splitWords",
      z.strictObject({ field: z.string().min(1), parts: splitSchema.shape.parts }),
      ({ field, parts }) => {
        const labels = catalog.labels.list(labelledLegend(catalog).id);
        return splitWords(field, valuesOf(labels, field), parts);
      },
    ),

    "labels.splitState": validated("labels.splitState", z.strictObject({}), async () => {
      const area = await LabelArea.of(catalog);
      const legend = activeLegend(catalog);
      const split = legend && catalog.splits.current(legend.id);
      const { grid } = catalog.project.get();
      const usual = defaultBlock(grid.patchMeters * grid.tilePatches);
      const places = legend ? catalog.labels.places(legend.id) : [];
      const parts = split ? catalog.splits.parts(split.id) : new Map<number, LabelPart>();
      const own = places.flatMap((place) => {
        const part = parts.get(place.id);
        return part ? [{ ...place, part }] : [];
      });
      const blockMeters = split?.parameters.blockMeters ?? usual;
      return {
        split: split && legend && own.length > 0 ? described(catalog, split, legend, area, own) : null,
        blocks: split?.method === "blocks" ? blocksOf(own, blockMeters, split.blocks) : [],
        unassigned: own.length > 0 ? places.length - own.length : 0,
        blockMeters,
        tileMeters: grid.patchMeters * grid.tilePatches,
        ...splitFields(legend ? catalog.labels.someProperties(legend.id) : []),
      };
    }),
  };
}

type Place = { readonly classCode: number; readonly x: number; readonly y: number; readonly patches: number };

/** The split as it is now: labels may have come, gone, or changed their class since it was made, and images too. */
function described(
  catalog: Catalog,
  split: SplitRow,
  legend: Legend,
  area: LabelArea,
  own: readonly { readonly id: number; readonly part: LabelPart }[],
): SplitReport {
  const parts = new Map(own.map(({ id, part }) => [id, part]));
  const { counts, unseen } = sumsOfSplit(catalog, legend, area, split, parts);
  // Also the sets that only labels without images have: nothing is in them.
  const used = new Set(own.flatMap(({ part }) => (part.patches ? [...new Set(part.patches)] : [part.part])));
  const made = (split.report.notes ?? []).filter(({ kind }) => kind !== "without-images");
  return {
    id: split.id,
    method: split.method,
    parameters: split.parameters,
    optimistic: split.optimistic,
    reason: split.optimistic ? optimisticReason : null,
    missing: expectedOf(missingIn(counts, used), made),
    counts,
    classes: legend.classes,
    notes: [...made, ...unseenNote(unseen, counts), ...regionNote(split.report, area.region, counts)],
  };
}

function blocksOf(
  labels: readonly (Place & { readonly part: LabelPart })[],
  side: number,
  known: SplitRow["blocks"],
): SplitBlock[] {
  const blocks = new Map<string, { bounds: SplitBlock["bounds"]; part: SplitPart; labels: number }>();
  for (const [key, part] of Object.entries(known ?? {})) {
    const [col = 0, row = 0] = key.split(":").map(Number);
    blocks.set(key, { bounds: blockAround((col + 0.5) * side, (row + 0.5) * side, side), part, labels: 0 });
  }
  for (const { x, y, part } of labels) {
    const bounds = blockAround(x, y, side);
    const key = `${Math.floor(x / side)}:${Math.floor(y / side)}`;
    const block = blocks.get(key);
    if (block) block.labels++;
    else if (!known) blocks.set(key, { bounds, part: part.part, labels: 1 });
  }
  return [...blocks.values()];
}

interface Divided {
  readonly split: Pick<SplitResult, "reason" | "optimistic"> & Pick<SplitFacts, "counts" | "missing">;
  readonly parts: ReadonlyMap<number, LabelPart>;
  readonly blocks: Readonly<Record<string, SplitPart>> | null;
  readonly blockMeters: number | null;
  readonly field: string | null;
  readonly notes: readonly SplitNote[];
}

/** Sets for all labels. What is dealt and counted are the patches that images show; labels without any are left out and named. */
function divided(catalog: Catalog, legend: Legend, area: LabelArea, request: SplitRequest): Divided {
  const all = catalog.labels.list(legend.id).map((label) => ({ label, inside: area.patches(label) }));
  const seen = all.filter(({ label, inside }) => area.shows(label, inside));
  const shown = new Set(seen.map(({ label }) => label.id));
  const unseen = all.filter(({ label }) => !shown.has(label.id)).map(({ label }) => label);
  if (all.length > 0 && seen.length === 0) throw new AppError("split-without-images", { labels: all.length });
  const found = dividedAmong(catalog, legend, area, seen, unseen, request);
  const parts = new Map(found.parts);
  for (const { id } of unseen) if (!parts.has(id)) parts.set(id, { part: "unused", patches: null });
  const { counts } = found.split;
  const none = unseenNote(
    unseen.map(({ classCode }) => classCode),
    counts,
  );
  return { ...found, parts, notes: [...found.notes, ...none] };
}

/** A label with the number of its patches that images show. */
interface SeenLabel {
  readonly label: Label;
  readonly inside: number;
}

function dividedAmong(
  catalog: Catalog,
  legend: Legend,
  area: LabelArea,
  seen: readonly SeenLabel[],
  unseen: readonly Label[],
  request: SplitRequest,
): Divided {
  const labels = seen.map(({ label }) => label);
  if (request.method === "blocks") return byBlocks(catalog, legend, area, labels, request);
  const { geobox } = catalog.project.get().grid;
  const { seed, shares, tooFew, method } = request;
  const common = { seed, shares, tooFew, classes: legend.classes, ...foldsOf(request) };
  const itemOf = ({ classCode, x, y }: Label, weight: number): SplitItem => ({ classCode, x, y, weight });
  const items = seen.map(({ label, inside }) => itemOf(label, inside));
  const whole = (own: readonly Label[], parts: readonly SplitPart[]) =>
    new Map(own.map(({ id }, i): [number, LabelPart] => [id, { part: parts[i]!, patches: null }]));
  const rest = { blocks: null, blockMeters: null, field: null, notes: [] };
  if (method === "random") {
    const runs = labels.map((label) => runsOf(label, geobox));
    const patches = runs.map((own) => patchesOfRuns(area.runsInside(own), geobox));
    const split = splitAtRandom(
      labels.flatMap(({ classCode }, i) => patches[i]!.map(({ x, y }) => ({ classCode, x, y, weight: 1 }))),
      common,
    );
    let next = 0;
    const parts = labels.map(({ id }, i): [number, LabelPart] => {
      const from = next;
      next += patches[i]!.length;
      return [id, { part: "unused", patches: area.withUnseen(runs[i]!, split.parts.slice(from, next)) }];
    });
    return { ...rest, split, parts: new Map(parts) };
  }
  if (method === "field") {
    // The words are those of the labels, wherever they lie: what the field says stays true when images come.
    const all = [...labels, ...unseen];
    const found = fieldOf(all, request.field);
    const none = unseen.map((label) => itemOf(label, 0));
    const split = splitByField([...items, ...none], found.field, valuesOf(all, found.field), request.parts);
    const { words, folds } = split.words;
    const notes: SplitNote[] = [
      ...(found.guessed ? [{ kind: "field-found" as const, field: found.field }] : []),
      { kind: "words", words, folds },
    ];
    const { counts } = describeSplit(items, split.parts.slice(0, items.length));
    const only = trainOnly(labels, found.field, words);
    if (only) notes.push(only);
    const missing = expectedOf(missingIn(counts, new Set(split.parts)), notes);
    return { ...rest, split: { ...split, counts, missing }, parts: whole(all, split.parts), field: found.field, notes };
  }
  const split = splitByPolygons(items, common);
  return { ...rest, split, parts: whole(labels, split.parts) };
}

/** The labels that a field gives to training alone; classes of which no other label trains or tests are not tested. */
function trainOnly(
  labels: readonly Label[],
  field: string,
  words: readonly SplitWord[],
): (SplitNote & { readonly kind: "train-only" }) | undefined {
  const meaning = new Map(words.map(({ word, part }) => [wordKey(word), part]));
  const of = ({ properties }: Label) => meaning.get(wordKey(properties[field]));
  const only = labels.filter((label) => of(label) === "train-only");
  if (only.length === 0) return undefined;
  const others = new Set(
    labels
      .filter((label) => !["train-only", "unused"].includes(of(label) ?? "unused"))
      .map(({ classCode }) => classCode),
  );
  const classCodes = [...new Set(only.map(({ classCode }) => classCode))].filter((code) => !others.has(code));
  return { kind: "train-only", labels: only.length, classCodes: classCodes.sort((p, q) => p - q) };
}

/** Classes that are in no set but training because the field says so lack nothing. */
function expectedOf(missing: SplitFacts["missing"], notes: readonly SplitNote[]): SplitFacts["missing"] {
  const only = new Set(notes.flatMap((note) => (note.kind === "train-only" ? note.classCodes : [])));
  return missing.filter(({ classCode, part }) => part === "train" || !only.has(classCode));
}

const foldsOf = ({ folds, fold }: SplitRequest): { readonly folds?: SplitFolds } =>
  folds === undefined ? {} : { folds: { count: folds, fold } };

function byBlocks(
  catalog: Catalog,
  legend: Legend,
  area: LabelArea,
  labels: readonly Label[],
  request: SplitRequest,
): Divided {
  const { grid } = catalog.project.get();
  const { seed, shares, tooFew, bufferMeters: buffer } = request;
  const tile = grid.patchMeters * grid.tilePatches;
  const usual = Math.max(defaultBlock(tile), 4 * buffer);
  if (request.blockMeters !== undefined && buffer > 0 && request.blockMeters <= 2 * buffer) {
    throw new AppError("split-buffer-too-wide", { buffer, block: request.blockMeters });
  }
  const all = labels.map((label): BlockLabel => ({ classCode: label.classCode, runs: runsOf(label, grid.geobox) }));
  const pieces = all.map(({ classCode, runs }): BlockLabel => ({ classCode, runs: area.runsInside(runs) }));
  const options = {
    seed,
    shares,
    tooFew,
    classes: legend.classes,
    affine: grid.geobox.affine,
    buffer,
    ...foldsOf(request),
  };
  const split =
    request.blockMeters === undefined && tooFew === "train"
      ? splitByBestBlocks(pieces, sidesBelow(usual, Math.max(2 * grid.patchMeters, 3 * buffer)), options)
      : splitLabelsByBlocks(pieces, request.blockMeters ?? usual, options);
  // Rare classes may be for training only, but at least one class has to be tested.
  const only = split.counts[0];
  if (only && shares.test > 0 && split.counts.every(({ part }) => part !== "test")) {
    const className = legend.classes.find(({ code }) => code === only.classCode)?.name ?? String(only.classCode);
    throw new AppError("split-class-too-small", { className, count: 1, needed: 2, unit: "blocks" });
  }
  // Patches that no image shows yet have the set of their block as well; in a block that has no other they are unused.
  const given = area.whole ? split.parts : dividedByBlocks(all, split.blocks, split.side, options).parts;
  const parts = labels.map(({ id }, i): [number, LabelPart] => {
    const own = given[i]!;
    return [id, typeof own === "string" ? { part: own, patches: null } : { part: "unused", patches: own }];
  });
  return {
    split: {
      counts: split.counts,
      missing: missingIn(split.counts, new Set(split.counts.map(({ part }) => part))),
      optimistic: false,
    },
    parts: new Map(parts),
    blocks: Object.fromEntries(split.blocks),
    blockMeters: split.side,
    field: null,
    notes: notesOn(split, { shares, buffer, usual, tile, chosen: request.blockMeters === undefined }),
  };
}

/** Half as wide each time, down to the smallest that still is a block. */
function sidesBelow(usual: number, smallest: number): number[] {
  const sides = [usual];
  for (let side = usual / 2; side >= smallest; side /= 2) sides.push(side);
  return sides;
}

const scored = ["train", "validation", "test"] as const;

function notesOn(
  { counts, inOneBlock, beside, side }: BlockSplit,
  given: { shares: SplitShares; buffer: number; usual: number; tile: number; chosen: boolean },
): SplitNote[] {
  const { shares, buffer, usual, tile, chosen } = given;
  const sum = scored.reduce((total, part) => total + shares[part], 0);
  const codes = [...new Set(counts.map(({ classCode }) => classCode))];
  const weight = (code: number, part?: SplitPart) =>
    counts
      .filter((count) => count.classCode === code && (part ? count.part === part : count.part !== "unused"))
      .reduce((total, count) => total + count.weight, 0);
  const needed = (["train", "test"] as const).filter((part) => shares[part] > 0);
  const lacking = (code: number) => needed.some((part) => weight(code, part) === 0);
  const uneven = codes.filter(
    (code) =>
      !inOneBlock.includes(code) &&
      !lacking(code) &&
      needed.some((part) => weight(code, part) / weight(code) < (0.5 * shares[part]) / sum),
  );
  const lost = codes.filter((code) => lacking(code) && !inOneBlock.includes(code));
  return [
    ...(chosen && side < usual ? [{ kind: "smaller-blocks" as const, meters: side, usual }] : []),
    ...(side < tile ? [{ kind: "narrow-blocks" as const, meters: side, tile }] : []),
    ...(inOneBlock.length > 0 ? [{ kind: "one-block" as const, classCodes: inOneBlock }] : []),
    ...(uneven.length > 0 ? [{ kind: "uneven" as const, classCodes: uneven }] : []),
    ...(buffer > 0 ? [{ kind: "buffer" as const, patches: beside, meters: buffer, classCodes: lost }] : []),
  ];
}

/** Blocks of two tiles: what a sample sees around a test patch is then mostly test too. */
const defaultBlock = (tileMeters: number): number => 2 * tileMeters;
