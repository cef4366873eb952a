import { countedLabels, type LabelUnit } from "./label-unit.ts";
import type { FinetuneRecipe } from "./recipe.ts";

/** What there is to learn from, as far as settings are chosen by it. */
export interface LabelShape {
  /** training polygons that hold a patch: the independent places */
  readonly polygons: number;
  /** training patches with a class */
  readonly patches: number;
  readonly classes: number;
  /** training polygons of a usual class: the median over classes; unknown in runs before it was asked */
  readonly perClass?: number;
  /** what the labels are; in runs before it was known, polygons */
  readonly unit?: LabelUnit;
}

/** Numbers that follow from the labels unless they are given. */
export type SettingsOfLabels = Pick<
  FinetuneRecipe,
  "balance" | "patchWeightPower" | "steps" | "learningRate" | "regressionWeight" | "forestWeight" | "boostedWeight"
>;

/** The rule that applied: see `settingsOfLabels`. */
export type LabelRule = "few-places" | "many-places" | "points";

/** What was chosen from the labels, and why; kept with the run and the model. */
export interface ChosenSettings {
  readonly rule: LabelRule;
  readonly labels: LabelShape;
  /** those that were not given */
  readonly values: Partial<SettingsOfLabels>;
}

/** From this number of polygons on patches are drawn, and classes by the square root of how many they have. */
const manyPlaces = 30;
/** Classes of fewer polygons than this are learned from places that look like nothing else. */
const fewPerClass = 5;
/** Polygons of hardly more patches than one are points: how large they are says nothing. */
const patchesOfPoints = 2;

/**
 * Balance, weight of large polygons, steps and learning rate that follow from the labels. Measured on ten sets of labels
 * (`jobs/README.md` has the table):
 *
 * - `points`: every polygon holds a patch or two. Polygons and patches are the same; nothing is large.
 * - `few-places`: fewer than thirty polygons. Every class has the same chance, and every polygon of it, so that neither the commonest class nor
 *   one large field decides.
 * - `many-places`: from thirty polygons on, as wall-to-wall labels have. Drawn polygon by polygon, specks would count as
 *   much as forests and the map would be full of rare classes; drawn as they are labelled, a class of a hundredth of the
 *   patches is never found. Classes are drawn by the square root of their patches, then patches of them.
 *
 * A regression, a forest and boosted trees on monthly values answer beside the network, each half as loud as it. With fewer than five
 * polygons to a usual class boosted trees are sure of little but the class that varies most, and drag the network along: there they are
 * left out.
 *
 * All train for 300 steps: on few places 100 were worse by 0.05 to 0.14 of macro F1, whatever the start.
 */
export function settingsOfLabels({
  polygons,
  patches,
  classes,
  perClass = polygons / Math.max(1, classes),
}: LabelShape): {
  readonly rule: LabelRule;
  readonly values: SettingsOfLabels;
} {
  const learningRate = 1e-3;
  const steps = 300;
  const beside =
    perClass < fewPerClass
      ? { regressionWeight: 0.5, forestWeight: 0.5, boostedWeight: 0 }
      : { regressionWeight: 0.5, forestWeight: 0.5, boostedWeight: 0.5 };
  const common = { steps, learningRate, ...beside };
  const points = patches <= patchesOfPoints * polygons;
  if (polygons < manyPlaces)
    return {
      rule: points ? "points" : "few-places",
      values: { balance: points ? "polygons" : "classes", patchWeightPower: 0.5, ...common },
    };
  if (points) return { rule: "points", values: { balance: "polygons", patchWeightPower: 0.5, ...common } };
  return { rule: "many-places", values: { balance: "square-root", patchWeightPower: 1, ...common } };
}

const because: Readonly<Record<LabelRule, string>> = {
  points: "every label has a patch or two",
  "few-places": `fewer than ${manyPlaces} places train: every class is drawn equally often, and every place of it`,
  "many-places": `${manyPlaces} places or more train: classes are drawn by the square root of their patches, so that rare ones are seen`,
};

/** What was chosen and why, in English; nothing where everything was set by hand. */
export function chosenSentence({ rule, labels, values }: ChosenSettings): string {
  const numbers = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const { polygons, patches, classes, unit } = labels;
  const shape = `${countedLabels(polygons, unit)}, ${patches} ${patches === 1 ? "patch" : "patches"}, ${classes} ${classes === 1 ? "class" : "classes"}`;
  if (numbers.length === 0) return `All settings as given (${shape}).`;
  const { boostedWeight } = values;
  const beside =
    boostedWeight === undefined
      ? ""
      : boostedWeight > 0
        ? `; ${fewPerClass} places or more to a usual class: all simple methods answer beside the network`
        : `; fewer than ${fewPerClass} places to a usual class: no boosted trees beside the network`;
  return `Chosen from the labels (${shape}): ${numbers.join(", ")}, since ${because[rule]}${beside}.`;
}
