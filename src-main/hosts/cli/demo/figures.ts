import type { ReportTable, SubsetScore } from "../../../../src-shared/domain/job.ts";

/** One method on the test pixels: overall accuracy and macro F1, three crops and four classes. */
export interface Figures {
  readonly name: string;
  readonly crops: readonly [number, number];
  readonly all: readonly [number, number];
  /** lowest and highest over the seeds, of the same four numbers */
  readonly range?: { readonly low: readonly number[]; readonly high: readonly number[] };
}

/** Pixels of each class in the training and the test part. */
export interface ClassPixels {
  readonly code: number;
  readonly train: number;
  readonly test: number;
}

/** What a map would score that says the commonest training class everywhere. */
function majority(pixels: readonly ClassPixels[], codes: readonly number[]): readonly [number, number] {
  const classes = pixels.filter(({ code }) => codes.includes(code));
  const commonest = classes.reduce((p, q) => (q.train > p.train ? q : p));
  const accuracy = commonest.test / classes.reduce((sum, { test }) => sum + test, 0);
  return [accuracy, (2 * accuracy) / (1 + accuracy) / classes.length];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
/** The sample has test patches of every class asked for. */
const scored = (value: number | null): number => value ?? Number.NaN;

/** The same subset of modalities over several seeds. */
export function overSeeds(
  name: string,
  scores: readonly { readonly crops: SubsetScore; readonly all: SubsetScore }[],
): Figures {
  const columns = [
    scores.map(({ crops }) => scored(crops.overallAccuracy)),
    scores.map(({ crops }) => scored(crops.macroF1)),
    scores.map(({ all }) => scored(all.overallAccuracy)),
    scores.map(({ all }) => scored(all.macroF1)),
  ];
  const [a, b, c, d] = columns.map(mean) as [number, number, number, number];
  return {
    name,
    crops: [a, b],
    all: [c, d],
    range: { low: columns.map((values) => Math.min(...values)), high: columns.map((values) => Math.max(...values)) },
  };
}

const two = (value: number): string => value.toFixed(3);

/** The comparison for the terminal and the report. */
export function comparison(
  own: readonly Figures[],
  pixels: readonly ClassPixels[],
  codes: { readonly crops: readonly number[]; readonly all: readonly number[] },
  seeds: number,
  simple: readonly Figures[],
): ReportTable {
  const common: Figures = {
    name: "Commonest class",
    crops: majority(pixels, codes.crops),
    all: majority(pixels, codes.all),
  };
  const count = (of: readonly number[]) =>
    pixels.filter(({ code }) => of.includes(code)).reduce((sum, { test }) => sum + test, 0);
  const cell = (value: number, low?: number, high?: number): string =>
    low === undefined || high === undefined || seeds === 1
      ? two(value)
      : `${two(value)} (${low.toFixed(2)}–${high.toFixed(2)})`;
  const methods: readonly Figures[] = [...own, ...simple, common];
  const rows = methods.map(({ name, crops, all, range }) => [
    name,
    ...[...crops, ...all].map((value, i) => cell(value, range?.low[i], range?.high[i])),
  ]);
  return {
    title: "Accuracy on the test parcels",
    columns: [
      "method",
      `3 crops: OA (${count(codes.crops)} px)`,
      "macro F1",
      `with “not a crop”: OA (${count(codes.all)} px)`,
      "macro F1",
    ],
    rows,
    note: `OmniSat: mean of ${seeds} ${seeds === 1 ? "seed" : "seeds"} (lowest–highest), one set of weights per seed for all three rows. The simple methods learn from monthly values of the same patches and the same parcels, computed here with one seed. Nothing was chosen on the test parcels.`,
  };
}

/** Whether the network does as well as the best simple method on the same sensors, for both sets of classes. */
export function verdict(own: Figures, simple: readonly Figures[]): string {
  const sentence = (what: string, pick: (of: Figures) => number) => {
    const best = simple.reduce((p, q) => (pick(q) > pick(p) ? q : p));
    const wins = pick(own) >= pick(best);
    return `${what}: macro F1 ${two(pick(own))} against ${two(pick(best))} of the best simple method (${best.name}): ${wins ? "the network is at least as good" : "the simple method wins"}.`;
  };
  return [sentence("Three crops", ({ crops }) => crops[1]), sentence("With “not a crop”", ({ all }) => all[1])].join(
    "\n",
  );
}
