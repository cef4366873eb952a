import type { Finding } from "../../src-shared/domain/finding.ts";
import type { LabelInput, SubsetScore } from "../../src-shared/domain/job.ts";
import type { Batch } from "../cube/index.ts";
import type { LabelFacts } from "./label-facts.ts";

/** How much of the way from guessing to the best possible loss a training must have gone, to have learned anything. */
const leastGain = 0.08;
/** A contrastive loss above this share of chance has distinguished nothing: 300 steps of the sample end at 0.92 of it. */
const contrastOfChance = 0.97;
/** The mean alone reconstructs standardised values with an error of 1. */
const reconstructionOfMean = 0.98;

/** A loss that ends so many times higher than it began rises; less may be the luck of a batch. */
const mostRise = 1.25;

/** What the curve of a training says at its end. */
export interface CurveEnd {
  /** mean of the first steps' loss */
  readonly first: number;
  /** means over the last steps, by name */
  readonly last: Readonly<Record<string, number>>;
}

/** −Σ q ln q */
const entropy = (shares: readonly number[]): number =>
  shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0);

/**
 * The loss of always answering with the classes' shares, which is the best that can be said without looking, and the lowest
 * loss there is. Both with label smoothing, in nats.
 * @param shares of the weight of each class in the loss, summing to 1
 */
export function chanceLoss(
  shares: readonly number[],
  labelSmoothing: number,
): { readonly chance: number; readonly floor: number } {
  const classes = shares.length;
  const even = labelSmoothing / classes;
  const chance = entropy(shares.map((share) => (1 - labelSmoothing) * share + even));
  return { chance, floor: entropy(shares.map((_, k) => (k === 0 ? 1 - labelSmoothing : 0) + even)) };
}

/** Whether the loss of a classifier ended where it would without looking, at nothing, or higher than it began. */
export function findingsOfLoss(end: CurveEnd, shares: readonly number[], labelSmoothing: number): Finding[] {
  const loss = end.last.loss;
  if (loss === undefined || shares.length < 2) return [];
  if (loss === 0) return [{ code: "loss-zero", details: { term: "loss" } }];
  const { chance, floor } = chanceLoss(shares, labelSmoothing);
  // Above the start and above guessing: it grows. Guessing wildly at the start alone is usual.
  if (loss > mostRise * Math.max(end.first, chance))
    return [{ code: "loss-rising", details: { first: end.first, last: loss } }];
  const gain = chance > floor ? (chance - loss) / (chance - floor) : 1;
  if (gain >= leastGain) return [];
  return [{ code: "loss-near-chance", details: { loss, chance, classes: shares.length } }];
}

/** The same of a pre-training: contrast between modalities, and each reconstruction. */
export function findingsOfPretraining(end: CurveEnd, contrastChance: number): Finding[] {
  const findings: Finding[] = [];
  for (const [term, loss] of Object.entries(end.last)) {
    if (loss === 0) findings.push({ code: "loss-zero", details: { term } });
    else if (term === "contrastive_loss" && contrastChance > 0 && loss >= contrastOfChance * contrastChance)
      findings.push({ code: "contrast-near-chance", details: { loss, chance: contrastChance } });
    else if (term.endsWith(reconstructionSuffix) && loss >= reconstructionOfMean)
      findings.push({
        code: "reconstruction-no-better",
        details: { modality: term.slice(0, -reconstructionSuffix.length), loss },
      });
  }
  // A pre-training has no level of guessing for the sum of its terms: rising is worse than where it began.
  if (end.last.loss !== undefined && end.last.loss > mostRise * end.first)
    findings.unshift({ code: "loss-rising", details: { first: end.first, last: end.last.loss } });
  // All terms 0 is one thing to say, not four.
  return end.last.loss === 0 ? [{ code: "loss-zero", details: { term: "loss" } }] : findings;
}
const reconstructionSuffix = "_reconstruction_loss";

/**
 * The contrastive loss of guessing, for the tokens of a batch: the mean over tokens that have a partner of ln(candidates /
 * partners). Candidates are the tokens of other modalities or tiles (see `contrast`), as far as anything is seen of them.
 * 0 where no token has a partner.
 */
export function contrastByChance(batch: Batch, modalities: readonly string[]): number {
  const tiles = batch.windows.length;
  const present = modalities.map((name) => {
    const { data, shape } = batch.inputs[name]!.mask;
    const patches = shape.at(-1)!;
    const dates = shape.length === 3 ? shape[1]! : 1;
    return Array.from({ length: tiles }, (_, b) =>
      Uint8Array.from({ length: patches }, (_, p) => {
        for (let t = 0; t < dates; t++) if (data[(b * dates + t) * patches + p] === 1) return 1;
        return 0;
      }),
    );
  });
  const ofTile = present.map((tilesOf) => tilesOf.map((own) => own.reduce((sum, one) => sum + one, 0)));
  const all = ofTile.flat().reduce((sum, count) => sum + count, 0);
  let sum = 0;
  let tokens = 0;
  for (const [m, tilesOf] of present.entries())
    for (const [b, own] of tilesOf.entries())
      for (let p = 0; p < own.length; p++) {
        if (own[p] === 0) continue;
        const partners = present.reduce((count, other, n) => count + (n === m ? 0 : other[b]![p]!), 0);
        if (partners === 0) continue;
        sum += Math.log((all - ofTile[m]![b]!) / partners);
        tokens++;
      }
  return tokens === 0 ? 0 : sum / tokens;
}

/** As `model.json` keeps them. */
export const storable = (findings: readonly Finding[]): { code: string; details: Record<string, unknown> }[] =>
  findings.map(({ code, details }) => ({ code, details: { ...details } }));

/** How much each class weighed in the loss, over the batches seen. */
export class LabelShares {
  readonly #sums: Float64Array;

  constructor(classes: number) {
    this.#sums = new Float64Array(classes);
  }

  /** One batch: class of every patch (−1: none) and its weight. A batch counts as one, as its loss does. */
  add(labels: ArrayLike<bigint>, weights: ArrayLike<number>): void {
    let total = 0;
    for (let i = 0; i < labels.length; i++) if (labels[i]! >= 0n) total += weights[i]!;
    if (!(total > 0)) return;
    for (let i = 0; i < labels.length; i++) if (labels[i]! >= 0n) this.#sums[Number(labels[i])]! += weights[i]! / total;
  }

  /** Summing to 1; all alike before the first labelled batch (a training that was resumed at its end). */
  shares(): number[] {
    const total = this.#sums.reduce((sum, own) => sum + own, 0);
    return [...this.#sums].map((own) => (total > 0 ? own / total : 1 / this.#sums.length));
  }
}

/** Polygons of a class that a model should at least have seen to know the class and not the place. */
const fewestPolygons = 3;

/** What the labels themselves give reason to doubt. */
export function findingsOfLabels(
  { legend, polygons, unit: named }: LabelInput,
  taught: ReadonlySet<number>,
  facts: LabelFacts,
  validates: boolean,
): Finding[] {
  const findings: Finding[] = [];
  const unit = named === undefined ? {} : { unit: named };
  const idsOf = (code: number, part?: string) =>
    new Set(
      polygons.flatMap((own) =>
        own.classCode === code && (part === undefined ? own.part !== "unused" : own.part === part) ? [own.id] : [],
      ),
    ).size;
  const dropped = legend.filter(({ code }) => !taught.has(code));
  const away = dropped
    .map(({ code, name }) => ({ name, polygons: idsOf(code) - idsOf(code, "train"), own: idsOf(code, "train") }))
    .filter((entry) => entry.polygons > 0 && entry.own === 0)
    .map(({ name, polygons: count }) => ({ name, polygons: count }));
  const small = dropped
    .map(({ code, name }) => ({ name, polygons: idsOf(code, "train") }))
    .filter((entry) => entry.polygons > 0);
  if (taught.size === 1) {
    const only = legend.find(({ code }) => taught.has(code))!;
    findings.push({ code: "one-class-taught", details: { name: only.name } });
  }
  if (away.length > 0) findings.push({ code: "classes-not-in-training", details: { classes: away, ...unit } });
  if (small.length > 0) findings.push({ code: "classes-without-patch", details: { classes: small, ...unit } });
  const training = new Set(polygons.flatMap(({ part, id }) => (part === "train" ? [id] : []))).size;
  const without = training - facts.polygons;
  if (without > 0) findings.push({ code: "polygons-without-patch", details: { without, polygons: training, ...unit } });
  if (facts.contested > 0)
    findings.push({
      code: "patches-contested",
      details: { contested: facts.contested, labelled: facts.patches, ...unit },
    });
  const few = facts.classes.filter(({ polygons: own }) => own > 0 && own < fewestPolygons);
  if (few.length > 0) {
    const nameOf = (code: number) => legend.find((entry) => entry.code === code)?.name ?? String(code);
    const classes = few.map(({ code, polygons: own }) => ({ name: nameOf(code), polygons: own }));
    findings.push({ code: "few-polygons", details: { classes, ...unit } });
  }
  if (!validates) findings.push({ code: "no-validation", details: {} });
  return findings;
}

/** A model that is right less often than always saying the commonest class; classes of which it finds nothing. */
export function findingsOfValidation(score: SubsetScore | undefined): Finding[] {
  const { overallAccuracy, commonest, samples } = score ?? {};
  if (!score || overallAccuracy === null || overallAccuracy === undefined || !commonest || !samples) return [];
  if (commonest.share >= 1) return [];
  const missed = score.classes
    .filter(({ support, recall }) => support > 0 && recall === 0)
    .map(({ name, support }) => ({ name, patches: support }));
  const details = { accuracy: overallAccuracy, commonest: commonest.name, share: commonest.share, samples };
  return [
    ...(overallAccuracy < commonest.share ? [{ code: "validation-below-commonest", details } as const] : []),
    ...(missed.length > 0
      ? [
          {
            code: "classes-never-found",
            details: { part: "validation", modalities: score.modalities, classes: missed },
          } as const,
        ]
      : []),
  ];
}
