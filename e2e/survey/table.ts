// What the survey prints: a line per set, with the figures of its README beside ours.
import type { SetRecord } from "./survey.ts";

export interface Score {
  readonly samples: number;
  readonly accuracy: number;
  readonly macroF1: number;
  /** classes with test patches, of all */
  readonly scored: number;
  readonly classes: number;
  /** accuracy of the commonest class of the same patches */
  readonly commonest: number;
}

/** Reads the first subset of what `evaluate --json` printed; the matrix has the reference in columns. */
export function accuracyOf(evaluation: Readonly<Record<string, unknown>>): Score | undefined {
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
    const last = steps.at(-1);
    const end =
      last?.code === 0
        ? last.command.split(" ")[0]!
        : `refused by \`${last?.command.split(" ")[0]}\`: ${last?.refusal}`;
    return [
      set.name,
      score ? `${three(score.accuracy)} / ${three(score.macroF1)} (${score.scored} of ${score.classes})` : "–",
      score ? String(score.samples) : "–",
      score ? three(score.commonest) : "–",
      baselineOf(set),
      String(warnings.size),
      minutes(seconds),
      end,
    ];
  });
  const head = ["set", "OA / macro F1 (classes)", "patches", "commonest", "its README", "warnings", "time", "end"];
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
