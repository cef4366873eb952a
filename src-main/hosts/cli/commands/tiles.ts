import { findingAsData } from "../../../../src-shared/domain/finding.ts";
import { tilesDefaults } from "../../../../src-shared/domain/recipe.ts";
import type { EvaluateTilesResult, MapTilesResult, TileScore } from "../../../../src-shared/domain/tiles.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import type { TileImportReport, TileSplitReport } from "../../../../src-shared/ipc/tiles.ts";
import type { Services } from "../../../services/services.ts";
import type { Options, Values } from "../command.ts";
import type { Output } from "../output.ts";
import { duration } from "../progress.ts";
import { table } from "../table.ts";
import { given } from "../values.ts";
import { withProject } from "../with-project.ts";

// What the commands about labels, splits and trainings do for labels of whole tiles.

interface Call {
  readonly project: string;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Options of `labels import` for labels of whole tiles. */
export const tileImportOptions = {
  tiles: {
    type: "flag",
    summary: "the file says what whole tiles or images hold: JSON, a folder of JSON, CSV, or footprints with shares",
  },
  key: { type: "text", value: "NAME", summary: "tiles: the field or column with their names", fallback: "found" },
  columns: {
    type: "list",
    value: "NAMES",
    summary: "tiles: columns with shares, or one with JSON",
    fallback: "found",
  },
  unit: {
    type: "text",
    summary: "tiles: what the shares are",
    choices: ["auto", "fraction", "percent"],
    fallback: "auto",
  },
  threshold: {
    type: "number",
    value: "0…1",
    summary: "tiles: count a class as present above this share",
    fallback: String(tilesDefaults.shareThreshold),
  },
} as const satisfies Options;

/** `labels import --tiles` */
export async function importTiles(
  { project, output, signal }: Call,
  path: string,
  options: Values<typeof tileImportOptions> & {
    readonly layer: string | undefined;
    readonly crs: string | undefined;
    readonly legend: string | undefined;
    readonly replace: boolean;
  },
  classes: Record<string, string | null>,
): Promise<number> {
  const { key, columns, unit, threshold, layer, crs, legend, replace } = options;
  return withProject({ project, purpose: "omnisat labels import", output, signal }, async (services) => {
    const { importId, report } = await services["tiles.import"]({
      path,
      replace,
      classes,
      ...given({ key, layer, crs, legend, shareThreshold: threshold, columns: columns && [...columns] }),
      ...(unit === undefined ? {} : { unit: unit as "auto" }),
    });
    output.result({ command: "labels import", tiles: true, importId, report }, importText(report));
    for (const note of report.notes) output.warn(noteText(note));
    return 0;
  });
}

const noteWords: Readonly<Record<TileImportReport["notes"][number]["what"], string>> = {
  "share-above-one": "have a share above 1, which counts as 1",
  "sum-above-one": "have shares that sum to more than 1",
  "no-share": "name no class",
  "repeated-class": "name a class twice; its shares were added",
  replaced: "take the place of tiles of the same name",
  "moved-footprint": "have a footprint that is a little larger or smaller than the project's tile; its middle counts",
};

function noteText({ what, count, examples }: TileImportReport["notes"][number]): string {
  const some = examples.slice(0, 3).join("; ");
  return `${count} ${count === 1 ? "tile" : "tiles"} ${noteWords[what]}${some ? ` (${some}${count > 3 ? "; …" : ""})` : ""}.`;
}

const dropWords: Readonly<Record<TileImportReport["dropped"][number]["reason"], string>> = {
  "no-image": "no image of the project has the name",
  ambiguous: "several images could be meant",
  "bad-share": "a share that cannot be",
  "other-size": "another size than the project's tiles",
  outside: "outside of the project",
  "same-key": "a name that came before",
  "same-place": "a place and classes that came before",
  "no-shape": "no shape",
  ignored: "ignored classes only",
};

function importText(report: TileImportReport): string {
  const { total, used, unit, dropped, imagesWithout, classes, shareThreshold } = report;
  const units = { fraction: "shares", percent: "percent, read as shares", listed: "classes without shares" };
  return [
    `${used} of ${total} entries are labelled tiles now (${units[unit]}).`,
    ...dropped.map(({ reason, count, examples }) => {
      const some = examples.slice(0, 3).map(({ key, detail }) => (detail === null ? key : `${key}: ${detail}`));
      return `  ${count} left out: ${dropWords[reason]} (${some.join("; ")}${count > 3 ? "; …" : ""})`;
    }),
    ...(imagesWithout === null || imagesWithout === 0 ? [] : [`  ${imagesWithout} images have no entry.`]),
    "",
    table(
      ["code", "class", "tiles", `present (above ${shareThreshold})`, "mean share"],
      classes.map((own) => [own.code, own.name, own.tiles, own.present, Number(own.meanShare.toFixed(3))]),
    ),
  ].join("\n");
}

/** Options of `split` for labelled tiles. */
export const tileSplitOptions = {
  tiles: { type: "flag", summary: "divide the labelled tiles instead of labels of patches; a tile is never cut" },
  list: {
    type: "list",
    value: "SET=FILE",
    summary: "tiles, with --method lists: files with a tile's name per line for train, validation and test",
  },
  "validation-share": {
    type: "number",
    value: "0…1",
    summary: "tiles: this share of the training tiles validates, where nothing else says which",
  },
} as const satisfies Options;

/** `split --tiles` */
export async function splitTiles(
  { project, output, signal }: Call,
  options: Values<typeof tileSplitOptions> & {
    readonly folds: number | undefined;
    readonly fold: number | undefined;
    readonly method: string | undefined;
    readonly block: number | undefined;
    readonly field: string | undefined;
    readonly seed: number | undefined;
  },
  parts: Record<string, "train">,
  shares: { readonly train: number; readonly validation: number; readonly test: number } | undefined,
): Promise<number> {
  const { method, block, field, seed, list, folds, fold } = options;
  const usage = (problem: string) => new AppError("usage", { problem, help: "omnisat split --help" });
  if (method === "polygons") throw usage("Tiles are divided by blocks, field, lists or at random, not by polygons.");
  const lists = (list ?? []).map((pair) => {
    const at = pair.indexOf("=");
    const part = pair.slice(0, at);
    if (at < 1 || !["train", "validation", "test"].includes(part)) throw usage(`“${pair}” is not SET=FILE with a set of train, validation, test.`); // biome-ignore format: one line
    return { part: part as "train", path: pair.slice(at + 1) };
  });
  return withProject({ project, purpose: "omnisat split", output, signal }, async (services) => {
    const result = await services["tiles.split"]({
      ...(method === undefined
        ? lists.length > 0
          ? { method: "lists" as const }
          : {}
        : { method: method as "blocks" }),
      ...given({ blockMeters: block, field, seed, folds, fold, validationShare: options["validation-share"] }),
      parts,
      lists,
      ...(shares ? { shares } : {}),
    });
    output.result({ command: "split", tiles: true, ...result }, splitText(result));
    if (result.optimistic && result.reason) output.warn(result.reason);
    const { unknown, classes } = result;
    if (unknown.count > 0)
      output.warn(`${unknown.count} names of the lists belong to no labelled tile (${unknown.examples.slice(0, 3).join("; ")}${unknown.count > 3 ? "; …" : ""}).`); // biome-ignore format: one line
    for (const part of ["train", "test"] as const) {
      const missing = classes.filter(({ present }) => present[part] === 0).map(({ name }) => name);
      if (missing.length > 0 && result.counts[part] > 0) output.warn(`No ${part} tile holds: ${missing.join(", ")}.`);
    }
    return 0;
  });
}

function splitText({ method, counts, classes }: TileSplitReport): string {
  const parts = ["train", "validation", "test", "unused"] as const;
  return [
    `Split by ${method}: tiles that hold each class.`,
    "",
    table(
      ["class", ...parts],
      [
        ["all tiles", ...parts.map((part) => counts[part])],
        ...classes.map(({ name, present }) => [name, ...parts.map((part) => present[part])]),
      ],
    ),
  ].join("\n");
}

/** Is the command about whole tiles: by its model, or by the job it resumes? An unknown name is refused by the command itself. */
export async function isForTiles(
  services: Services,
  kind: "evaluate-tiles" | "map-tiles",
  model: string | undefined,
  resume: boolean,
): Promise<boolean> {
  if (resume && model === undefined) {
    const usual = kind === "evaluate-tiles" ? "evaluate" : "map";
    const jobs = await services["jobs.list"]({});
    return (
      jobs.findLast((job) => job.state === "resumable" && (job.kind === kind || job.kind === usual))?.kind === kind
    );
  }
  try {
    return (await services["models.details"]({ name: model! })).task === "tiles";
  } catch {
    return false;
  }
}

/** Starts the job, or resumes the last one of its kind, and waits for its end. */
async function ended<Result>(
  services: Services,
  kind: string,
  start: (() => Promise<{ readonly id: number }>) | undefined,
): Promise<{ readonly id: number; readonly result: Result }> {
  const jobs = start ? [] : await services["jobs.list"]({});
  const last = jobs.findLast((job) => job.kind === kind && job.state === "resumable");
  const { id } = await (start ? start() : services["jobs.resume"]({ id: last!.id }));
  return { id, result: (await services["jobs.wait"]({ id })).result as Result };
}

/** `evaluate` with a model for tiles */
export async function evaluateTiles(
  services: Services,
  output: Output,
  model: string | undefined,
  request: Omit<Parameters<Services["tiles.evaluate"]>[0], "model">,
): Promise<number> {
  const start = model === undefined ? undefined : () => services["tiles.evaluate"]({ model, ...request });
  const { id, result } = await ended<EvaluateTilesResult>(services, "evaluate-tiles", start);
  const { findings = [] } = result;
  output.result(
    { command: "evaluate", task: "tiles", job: id, ...result, findings: findings.map(findingAsData) },
    tileScoresText(result),
  );
  output.findings(findings);
  return 0;
}

/** `map` with a model for tiles */
export async function mapTiles(
  services: Services,
  output: Output,
  model: string | undefined,
  request: Omit<Parameters<Services["tiles.map"]>[0], "model">,
): Promise<number> {
  const start = model === undefined ? undefined : () => services["tiles.map"]({ model, ...request });
  const { id, result } = await ended<MapTilesResult>(services, "map-tiles", start);
  const made = (await services["tiles.maps"]({})).find(({ jobId }) => jobId === id);
  const files = made?.files ?? result;
  output.result(
    { command: "map", task: "tiles", job: id, name: made?.name, ...files },
    tileMapText(made?.name ?? "", files).join("\n"),
  );
  return 0;
}

const three = (value: number | null): string => (value === null || !Number.isFinite(value) ? "–" : value.toFixed(3));

/** Scores of tiles as text: a line per subset and threshold, beside the commonest classes; then class by class. */
function tileScoresText({ part, subsets, baseline, shareThreshold, decision }: EvaluateTilesResult): string {
  const row = (label: string, how: string, score: TileScore) => [
    label,
    how,
    score.samples,
    `${score.occurring} of ${score.classes.length}`,
    three(score.microF1) + (score.microF1Interval ? ` (${score.microF1Interval.map(three).join(" – ")})` : ""),
    three(score.macroF1),
    three(score.weightedF1),
    three(score.microPrecision),
    three(score.microRecall),
    three(score.meanAveragePrecision),
  ];
  const first = subsets[0]!;
  const detailed = first.tuned ?? first.plain;
  return [
    `What tiles hold, on the ${part} tiles (present: a share above ${shareThreshold})`,
    table(
      ["modalities", "threshold", "tiles", "classes that occur", "micro F1 (95 %)", "macro F1", "weighted F1", "precision", "recall", "mAP"], // biome-ignore format: one list
      [
        ...subsets.flatMap(({ modalities, plain, tuned }) => [
          row(modalities.join(" + "), String(decision), plain),
          ...(tuned ? [row(modalities.join(" + "), "by validation", tuned)] : []),
        ]),
        ...(baseline ? [row(`always ${baseline.classes.join(", ")}`, "–", baseline.score)] : []),
      ],
    ),
    "",
    `${first.modalities.join(" + ")}, class by class`,
    table(
      ["class", "threshold", "precision", "recall", "F1", "average precision", "tiles", "given"],
      detailed.classes.map((own) => [
        own.name,
        three(own.threshold),
        three(own.precision),
        three(own.recall),
        three(own.f1),
        three(own.averagePrecision),
        own.support,
        own.predicted,
      ]),
    ),
  ].join("\n");
}

function tileMapText(name: string, files: MapTilesResult): string[] {
  const { gpkgPath, csvPath, cogPath, cogReason, tiles, unseen, seconds } = files;
  return [
    `Asked about ${tiles} tiles for “${name}” in ${duration(seconds)}${unseen > 0 ? `; ${unseen} are shown by no image and have no answer` : ""}:`,
    `  ${gpkgPath}`,
    `  ${csvPath}`,
    ...(cogPath
      ? [`  ${cogPath}`]
      : [
          cogReason === "too-large"
            ? "  No raster: the tiles lie too far apart for one."
            : "  No raster: the tiles do not lie on one grid.",
        ]),
  ];
}
