import { type Calibration, isCalibration, mostGroups, type SetRule } from "../../../src-shared/domain/calibration.ts";
import type { UncertaintyScore } from "../../../src-shared/domain/uncertainty-score.ts";
import { type Random, seededRandom } from "../../files/index.ts";
import { SeparationCounter } from "./auroc.ts";
import { isPossible, marginOf, quantile, withinShare } from "./conformal.ts";
import { wilson95 } from "./wilson.ts";

/** A labelled patch and what the map says of it. */
export interface ObservedPatch {
  /** names the group that it belongs to */
  readonly group: string;
  /** its class, by its position in the legend */
  readonly truth: number;
  /** the map's class, by its position in the legend */
  readonly best: number;
  /** [K] of 10,000, as the map stores them */
  readonly shares: ArrayLike<number>;
}

/** Patches of one group that are kept for its quantiles. */
const mostPatches = 2048;

/** Values of one group, or a fair draw of so many of them (reservoir sampling, Vitter 1985): memory is bounded, whatever the group's size. */
class Kept {
  readonly values: number[] = [];
  #seen = 0;
  readonly #random: Random;

  constructor(name: string) {
    this.#random = seededRandom("patches-of-group", name);
  }

  add(value: number): void {
    this.#seen++;
    if (this.values.length < mostPatches) {
      this.values.push(value);
      return;
    }
    const at = Math.floor(this.#random() * this.#seen);
    if (at < mostPatches) this.values[at] = value;
  }
}

const most = ({ patches, right }: { readonly patches: number; readonly right: number }): boolean => 2 * right > patches;

interface CalibratedGroup {
  readonly code: number;
  readonly margins: Kept;
  readonly confidences: Kept;
  patches: number;
  right: number;
}

/** Gathers what a model says of labelled groups. Of more than a thousand a fair draw is kept, chosen by the groups' names alone. */
export class CalibrationGroups {
  readonly #codes: readonly number[];
  readonly #groups = new Map<string, CalibratedGroup>();
  /** groups whose number lies below it are kept */
  #limit = 1;

  /** @param codes the legend's, in the order of the shares */
  constructor(codes: readonly number[]) {
    this.#codes = codes;
  }

  add({ group: name, truth, best, shares }: ObservedPatch): void {
    const group = this.#groups.get(name) ?? this.#begun(name, truth);
    if (!group) return;
    group.patches++;
    if (best === truth) group.right++;
    group.margins.add(marginOf(shares[truth]!, shares[best]!));
    group.confidences.add(shares[best]!);
  }

  /** `undefined` where no patch was seen. */
  calibration(about: Pick<Calibration, "modalities" | "use" | "groups" | "unit">): Calibration | undefined {
    const groups = [...this.#groups.values()];
    const { modalities, use, groups: kind, unit } = about;
    const found: Calibration = {
      modalities: [...modalities],
      ...(use === undefined ? {} : { use }),
      groups: kind,
      unit,
      codes: groups.map(({ code }) => code),
      margins: groups.map(({ margins }) => quantile(margins.values, withinShare)),
      confidences: groups.map(({ confidences }) => quantile(confidences.values, 0.5)),
      right: groups.map((group) => (most(group) ? 1 : 0)),
    };
    return isCalibration(found) ? found : undefined;
  }

  #begun(name: string, truth: number): CalibratedGroup | undefined {
    if (numberOf(name) >= this.#limit) return undefined;
    const group = { code: this.#codes[truth]!, margins: new Kept(name), confidences: new Kept(name), patches: 0, right: 0 }; // biome-ignore format: one group
    this.#groups.set(name, group);
    while (this.#groups.size > mostGroups) {
      this.#limit /= 2;
      for (const other of this.#groups.keys()) if (numberOf(other) >= this.#limit) this.#groups.delete(other);
    }
    // It may be among those that had to go.
    return this.#groups.get(name);
  }
}

/** In [0, 1), the same for the same name. */
const numberOf = (name: string): number => seededRandom("group", name)();

interface ScoredGroup {
  readonly truth: number;
  readonly confidences: Kept;
  patches: number;
  right: number;
  covered: number;
  single: number;
  /** classes that were possible, summed over its patches */
  sizes: number;
}

/** Holds what a rule promises against labelled patches that it was not calibrated on. */
export class UncertaintyCounter {
  readonly #codes: readonly number[];
  readonly #rule: SetRule;
  readonly #groups = new Map<string, ScoredGroup>();
  readonly #separation = new SeparationCounter();
  #below = { right: 0, wrong: 0 };

  /** @param codes the legend's, in the order of the shares */
  constructor(codes: readonly number[], rule: SetRule) {
    this.#codes = codes;
    this.#rule = rule;
  }

  add({ group: name, truth, best, shares }: ObservedPatch): void {
    const { margins, threshold } = this.#rule;
    const known = this.#groups.get(name);
    const group = known ?? { truth, confidences: new Kept(name), patches: 0, right: 0, covered: 0, single: 0, sizes: 0 }; // biome-ignore format: one group
    if (!known) this.#groups.set(name, group);
    const largest = shares[best]!;
    let size = 0;
    for (let k = 0; k < margins.length; k++) if (isPossible(shares[k]!, largest, margins[k]!)) size++;
    const right = best === truth;
    group.patches++;
    group.sizes += size;
    group.confidences.add(largest);
    if (right) group.right++;
    if (size === 1) group.single++;
    if (isPossible(shares[truth]!, largest, margins[truth]!)) group.covered++;
    this.#separation.add(largest, right);
    if (largest < threshold) this.#below[right ? "right" : "wrong"]++;
  }

  /** `undefined` where no patch was seen. */
  score(): UncertaintyScore | undefined {
    const groups = [...this.#groups.values()];
    if (groups.length === 0) return undefined;
    const sum = (of: (group: ScoredGroup) => number, over = groups) => over.reduce((total, own) => total + of(own), 0);
    const isCovered = ({ covered, patches }: ScoredGroup) =>
      covered >= Math.ceil(patches * withinShare - 1e-9) ? 1 : 0;
    const patches = sum((own) => own.patches);
    const right = sum((own) => own.right);
    const hits = sum(isCovered);
    const separation = new SeparationCounter();
    for (const own of groups) separation.add(quantile(own.confidences.values, 0.5), most(own));
    const { level, groups: kind, unit, calibratedOn, needed, threshold } = this.#rule;
    const share = (part: number, whole: number) => (whole > 0 ? part / whole : null);
    return {
      level,
      groups: kind,
      unit,
      calibratedOn,
      needed,
      perGroup: {
        count: groups.length,
        covered: hits / groups.length,
        interval: wilson95(hits, groups.length),
        setSize: sum((own) => own.sizes / own.patches) / groups.length,
        single: sum((own) => own.single / own.patches) / groups.length,
        auroc: separation.auroc(),
      },
      perPatch: {
        count: patches,
        covered: sum((own) => own.covered) / patches,
        setSize: sum((own) => own.sizes) / patches,
        single: sum((own) => own.single) / patches,
        auroc: this.#separation.auroc(),
      },
      classes: this.#codes.map((code, k) => {
        const own = groups.filter(({ truth }) => truth === k);
        return {
          code,
          groups: own.length,
          covered: share(sum(isCovered, own), own.length),
          patchesCovered: share(sum(({ covered }) => covered, own), sum((each) => each.patches, own)), // biome-ignore format: one share
        };
      }),
      uncertain: {
        threshold,
        share: (this.#below.right + this.#below.wrong) / patches,
        ofRight: share(this.#below.right, right),
        ofWrong: share(this.#below.wrong, patches - right),
      },
    };
  }
}
