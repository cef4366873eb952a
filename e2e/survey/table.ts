// What the survey prints: a line per set, with the figures of its README beside ours.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SetRecord } from "./survey.ts";

export interface Score {
  readonly unit: "patches" | "tiles";
  readonly samples: number;
  /** overall accuracy of patches, micro F1 of tiles with several classes each */
  readonly accuracy: number;
  readonly macroF1: number;
  /** classes with test labels, of all */
  readonly scored: number;
  readonly classes: number;
  /** the same figure for always answering with the commonest class, or with the classes that most tiles hold */
  readonly commonest: number;
}

interface TileScore {
  readonly samples: number;
  readonly occurring: number;
  readonly microF1: number;
  readonly macroF1: number;
  readonly classes: readonly unknown[];
}

/** Reads the first subset of what `evaluate --json` printed; the matrix of patches has the reference in columns. */
export function accuracyOf(evaluation: Readonly<Record<string, unknown>>): Score | undefined {
  if (evaluation.task === "tiles") {
    const { baseline, subsets } = evaluation as {
      readonly baseline: { readonly score: TileScore };
      readonly subsets: readonly { readonly plain: TileScore }[];
    };
    const score = subsets[0]?.plain;
    return (
      score && {
        unit: "tiles",
        samples: score.samples,
        accuracy: score.microF1,
        macroF1: score.macroF1,
        scored: score.occurring,
        classes: score.classes.length,
        commonest: baseline.score.microF1,
      }
    );
  }
  const [subset] = (evaluation.subsets ?? []) as readonly {
    readonly samples: number;
    readonly overallAccuracy: number;
    readonly macroF1: number;
    readonly confusion: readonly (readonly number[])[];
  }[];
  if (!subset) return undefined;
  const columns = subset.confusion.map((_, column) => subset.confusion.reduce((sum, row) => sum + row[column]!, 0));
  const total = columns.reduce((sum, count) => sum + count, 0);
  return {
    unit: "patches",
    samples: subset.samples,
    accuracy: subset.overallAccuracy,
    macroF1: subset.macroF1,
    scored: columns.filter((count) => count > 0).length,
    classes: columns.length,
    commonest: Math.max(...columns) / total,
  };
}

/** A table in Markdown. */
export function tableOf(records: readonly SetRecord[]): string {
  const rows = records.map(({ set, steps, seconds, score }) => {
    const warnings = new Set(steps.flatMap((step) => step.warnings));
    const severe = [...new Set(steps.flatMap((step) => step.severe))];
    const last = steps.at(-1);
    const end =
      last?.code === 0
        ? last.command.split(" ")[0]!
        : `refused by \`${last?.command.split(" ")[0]}\`: ${last?.refusal}`;
    return [
      set.name,
      score ? `${three(score.accuracy)} / ${three(score.macroF1)} (${score.scored} of ${score.classes})` : "–",
      score ? `${score.samples} ${score.unit}` : "–",
      score ? three(score.commonest) : "–",
      baselineOf(set),
      [...severe.map((text) => `**${text.split(/(?<=\.) (?=[A-Z])/)[0]}**`), String(warnings.size)].join("; "),
      minutes(seconds),
      end,
    ];
  });
  const head = [
    "set",
    "OA (tiles: micro F1) / macro F1 (classes)",
    "tested on",
    "commonest",
    "its README",
    "warnings",
    "time",
    "end",
  ];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(escaped).join(" | ")} |`).join("\n");
}

function baselineOf({ baseline }: SetRecord["set"]): string {
  if (!baseline) return "–";
  const figures = [baseline.accuracy, baseline.macroF1].filter((figure) => figure !== undefined).map(three);
  return `${figures.join(" / ")} (${baseline.method}${baseline.otherSplit ? ", other split" : ""})`;
}

const three = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : "–");
const minutes = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;
const escaped = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** Puts a table between the two marks of its name in the page of this folder's parent; gives the page's path. */
export function writeBetween(name: string, table: string): string {
  const page = join(import.meta.dirname, "../README.md");
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = readFileSync(page, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the table “${name}”`);
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`);
  return page;
}
