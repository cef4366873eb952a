import { countedLabels, type LabelUnit } from "./label-unit.ts";
import { type Method, type MethodFeatures, methodInWords } from "./method.ts";

/** Figures of a table whose differences have an interval. */
export type ScoreFigure = "macroF1" | "overallAccuracy" | "polygonsRight";

type Interval = readonly [low: number, high: number];

/** How far the best model of a table is ahead of another, on the labels of both. */
export interface ScoreGap {
  readonly value: number;
  /** 95 %, counted by labels */
  readonly interval: Interval;
  /** that both were asked */
  readonly labels: number;
}

/** The interval of a difference lies on one side of nothing. */
export const isToldApart = ({ interval: [low, high] }: Pick<ScoreGap, "interval">): boolean => low > 0 || high < 0;

/** One model in a table of scores. Figures are `null` where nothing is known. */
export interface ScoreRow {
  readonly model: string;
  /** `null`: a network */
  readonly method: Method | null;
  /** what the method learned from; monthly values when left out */
  readonly features?: MethodFeatures;
  /** the instant map was kept as this model */
  readonly instant?: boolean;
  readonly modalities: readonly string[];
  /** wins on the validation part of the present split */
  readonly recommended: boolean;
  /** nothing is known here of how it was taught: it may have learned from these places */
  readonly elsewhere: boolean;
  readonly macroF1: number | null;
  readonly overallAccuracy: number | null;
  /** share of whole polygons that have their class on the map, by the majority of their patches */
  readonly polygonsRight: number | null;
  readonly polygonsMacroF1: number | null;
  readonly calibrationError: number | null;
  /** 95 %, counted by labels; not of scores of earlier versions */
  readonly intervals?: Readonly<Partial<Record<ScoreFigure, Interval>>>;
  /** how far the best of the table by that figure is ahead; not of the best itself, nor where scores do not say what was counted of each label */
  readonly behind?: Readonly<Partial<Record<ScoreFigure, ScoreGap>>>;
  /** patches that were scored: an input that does not see some has fewer */
  readonly samples: number;
  readonly polygons: number;
  /** of its training */
  readonly seconds: number;
  /** of the trainings it went on from */
  readonly secondsBefore: number;
}

/** A model whose score is none of the same question. */
export interface ScoreApart {
  readonly model: string;
  readonly method: Method | null;
  readonly why: "not-measured" | "other-split" | "other-labels" | "unknown-labels" | "other-classes";
}

/** The models of a project side by side: on the same labels of the same split, choosing between the same classes. */
export interface ScoreTable {
  readonly part: "test" | "validation";
  /** what the labels are */
  readonly unit?: LabelUnit;
  /** classes that the macro scores are the mean of */
  readonly classes: readonly string[];
  /** what always answering with the commonest class of this part would get */
  readonly commonest: { readonly name: string; readonly share: number } | null;
  /** the highest macro F1 first */
  readonly rows: readonly ScoreRow[];
  readonly apart: readonly ScoreApart[];
  /** chosen models were asked labels that have changed since: the same ones for all of them */
  readonly outdated?: boolean;
}

/** The best network beside the best simple method, by one figure. */
interface Verdict {
  readonly figure: "macroF1" | "polygonsRight";
  /** `neither`: the interval of their difference holds 0, or they are level where nothing is known label by label */
  readonly winner: "network" | "method" | "neither";
  /** how far the better one is ahead */
  readonly gap: ScoreGap | null;
  readonly network: { readonly model: string; readonly value: number };
  readonly method: {
    readonly model: string;
    readonly method: Method;
    readonly instant?: boolean;
    readonly value: number;
  };
}

/** Scores that are closer are level, where no interval says it. */
const levelWithin = 0.005;

/** Who wins, by patches and by whole polygons; nothing where only one kind was measured. */
export function verdictsOf({ rows }: Pick<ScoreTable, "rows">): Verdict[] {
  return (["macroF1", "polygonsRight"] as const).flatMap((figure): Verdict[] => {
    const measured = rows.flatMap((row) => (row[figure] === null ? [] : [{ ...row, value: row[figure] }]));
    const best = measured.toSorted((p, q) => q.value - p.value);
    const network = best.find(({ method }) => method === null);
    const method = best.find((row) => row.method !== null);
    if (!network || !method?.method) return [];
    const ahead = network.value - method.value;
    const gap = (ahead > 0 ? method : network).behind?.[figure] ?? null;
    const level = gap ? !isToldApart(gap) : Math.abs(ahead) < levelWithin;
    return [
      {
        figure,
        winner: level ? "neither" : ahead > 0 ? "network" : "method",
        gap,
        network: { model: network.model, value: network.value },
        method: {
          model: method.model,
          method: method.method,
          ...(method.instant ? { instant: true } : {}),
          value: method.value,
        },
      },
    ];
  });
}

/** The simple method that does best on the same labels, where it does better than this network. */
export function betterMethod({ rows }: Pick<ScoreTable, "rows">, { method, macroF1 }: ScoreRow): ScoreRow | undefined {
  if (method !== null || macroF1 === null) return undefined;
  return rows.find((row) => row.method !== null && row.macroF1 !== null && row.macroF1 > macroF1);
}

/** Fewer polygons than this: one more or less that is right changes their share by more than most methods differ. */
const fewPolygons = 20;

/** Whether so few polygons were asked that differences of some hundredths say nothing. */
export const isFew = ({ rows }: Pick<ScoreTable, "rows">): boolean =>
  rows.length > 0 && Math.max(...rows.map(({ polygons }) => polygons)) < fewPolygons;

const two = (value: number): string => value.toFixed(2);

/** A gap in words, in English. */
const gapWords = ({ value, interval: [low, high] }: ScoreGap): string =>
  `difference ${two(value)}, 95 % interval ${two(low)} to ${two(high)}`;

const behindWords = (gap: ScoreGap | null): string => (gap ? ` (${gapWords(gap)})` : "");

function verdictSentence({ figure, winner, gap, network, method }: Verdict): string {
  const what = figure === "macroF1" ? "Macro F1" : "Share of polygons right";
  const simple = `“${method.model}” (${methodInWords(method.method, { instant: method.instant })})`;
  switch (winner) {
    case "neither":
      return gap
        ? `${what}: the best network, “${network.model}”, and the best simple method, ${simple}, cannot be told apart (${two(network.value)} and ${two(method.value)}; ${gapWords(gap)}).`
        : `${what}: the best network, “${network.model}”, and the best simple method, ${simple}, are level (${two(network.value)} and ${two(method.value)}).`;
    case "network":
      return `${what}: the network “${network.model}” wins, ${two(network.value)} against ${two(method.value)} of the best simple method, ${simple}${behindWords(gap)}.`;
    case "method":
      return `${what}: a simple method, ${simple}, wins, ${two(method.value)} against ${two(network.value)} of the best network, “${network.model}”${behindWords(gap)}.`;
  }
}

/** What a table says, in English: who wins, and why that may mean little. */
export function scoreSentences(table: ScoreTable): string[] {
  const { rows, unit } = table;
  const polygons = Math.max(0, ...rows.map((row) => row.polygons));
  return [
    ...verdictsOf(table).map(verdictSentence),
    ...(isFew(table)
      ? [`Measured on ${countedLabels(polygons, unit)}: differences of a few hundredths say nothing.`]
      : []),
    ...rows.flatMap(({ model, elsewhere }) =>
      elsewhere
        ? [`How “${model}” was taught is not known here: it may have learned from these places, and score too well.`]
        : [],
    ),
  ];
}

/** Why a model is not among the rows, in English. */
export function apartSentence({ model, why }: ScoreApart, part: ScoreTable["part"]): string {
  const reasons: Readonly<Record<ScoreApart["why"], string>> = {
    "not-measured": `it was not measured on the ${part} part.`,
    "other-split":
      part === "test"
        ? "it was taught on another split, so it may have learned from these places. Teach it again to compare it."
        : "it was taught and measured on another split. Teach it again to compare it.",
    "other-labels":
      part === "test"
        ? "labels of this part have changed since it was measured. Measure it again."
        : "labels of this part have changed since it was taught. Teach it again to compare it.",
    "unknown-labels": `an earlier version measured it, on labels that are not known to be these. ${part === "test" ? "Measure" : "Teach"} it again.`,
    "other-classes": "it was asked for other classes, or does not see some of them.",
  };
  return `“${model}” is not compared: ${reasons[why]}`;
}
