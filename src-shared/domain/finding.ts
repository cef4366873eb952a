import type { Calibration } from "./calibration.ts";
import { countedGroups, groupWord } from "./calibration-words.ts";
import { countedLabels, type LabelUnit, labelWord } from "./label-unit.ts";

/**
 * Warnings and remarks about a run that users should know before they rely on it. Jobs produce them, results hold them;
 * the end of a command, the model's card, the list of runs, the report and the map show them.
 */

/** `severe`: do not use what came out. `caution`: use it knowing this. `note`: worth knowing. */
export type Severity = "severe" | "caution" | "note";

type Part = "train" | "validation" | "test";
interface CountedTiles {
  readonly name: string;
  readonly tiles: number;
}
interface Counted {
  readonly name: string;
  readonly polygons: number;
}
/** what is counted; without it polygons */
interface InUnits {
  readonly unit?: LabelUnit;
}

/** what a calibration counts */
interface CountedGroups {
  readonly groups: Calibration["groups"];
  readonly unit: LabelUnit;
}

/** The values of each code. Plain data, so that it crosses every border and is kept with results. */
export interface FindingDetails {
  // Training
  readonly "loss-near-chance": { readonly loss: number; readonly chance: number; readonly classes: number };
  readonly "contrast-near-chance": { readonly loss: number; readonly chance: number };
  readonly "reconstruction-no-better": { readonly modality: string; readonly loss: number };
  readonly "loss-zero": { readonly term: string };
  readonly "loss-rising": { readonly first: number; readonly last: number };
  readonly "one-class-taught": { readonly name: string };
  readonly "modality-without-pixels": { readonly modality: string };
  readonly "modality-rarely-seen": { readonly modality: string; readonly share: number };
  readonly "modality-constant": { readonly modality: string };
  /** an input that has images in a part of the area only; `share` of what all inputs see together */
  readonly "modality-covers-part": {
    readonly modality: string;
    readonly seen: number;
    readonly places: number;
    readonly share: number;
  };
  readonly "no-shared-place": { readonly modalities: readonly string[] };
  readonly "bands-constant": { readonly modality: string; readonly bands: readonly string[] };
  readonly "values-clipped": { readonly modality: string; readonly bands: readonly string[]; readonly share: number };
  // A model where it was not trained
  readonly "bands-stand-in": {
    readonly modality: string;
    readonly bands: readonly { readonly wanted: string; readonly band: string; readonly nanometers: number }[];
  };
  readonly "bands-masked": { readonly modality: string; readonly bands: readonly string[] };
  /** a model that learned from several places is used with the figures of this one; 0: how many is not known */
  readonly "statistics-of-place": { readonly places: number };
  /** a training that shares some inputs with the model it starts from */
  readonly "inputs-of-start": {
    readonly model: string;
    /** new to the model */
    readonly fresh: readonly string[];
    /** that only the model has */
    readonly unused: readonly string[];
  };
  readonly "dates-left-out": {
    readonly dates: number;
    readonly of: number;
    readonly first: string;
    readonly last: string;
  };
  readonly "years-mixed": { readonly years: readonly number[] };
  readonly "season-untaught": {
    readonly dates: number;
    readonly of: number;
    readonly first: string;
    readonly last: string;
  };
  readonly "other-years": { readonly years: number; readonly first: string; readonly last: string };
  readonly "classes-renamed": { readonly classes: readonly { readonly label: string; readonly model: string }[] };
  readonly "seasons-opposite": { readonly trained: number; readonly here: number };
  readonly "validation-below-commonest": {
    readonly accuracy: number;
    readonly commonest: string;
    readonly share: number;
    readonly samples: number;
  };
  /** a method without a network does better on the same validation part */
  readonly "method-wins": {
    readonly model: string;
    readonly theirs: number;
    readonly ours: number;
  };
  /** a method was taught on what the encoder of a model makes of the images that had learned classes itself */
  readonly "encoder-taught": { readonly model: string };
  readonly "no-validation": Readonly<Record<string, never>>;
  readonly "classes-without-patch": InUnits & { readonly classes: readonly Counted[] };
  readonly "classes-not-in-training": InUnits & { readonly classes: readonly Counted[] };
  readonly "polygons-without-patch": InUnits & { readonly without: number; readonly polygons: number };
  readonly "patches-contested": InUnits & { readonly contested: number; readonly labelled: number };
  readonly "few-polygons": InUnits & { readonly classes: readonly Counted[] };
  // Measuring
  readonly "score-below-commonest": {
    readonly modalities: readonly string[];
    readonly accuracy: number;
    readonly commonest: string;
    readonly share: number;
  };
  readonly "score-not-above-commonest": {
    readonly modalities: readonly string[];
    readonly accuracy: number;
    readonly low: number;
    readonly share: number;
  };
  readonly "nothing-scored": { readonly modalities: readonly string[] };
  readonly "one-class-measured": { readonly part: Part; readonly name: string };
  readonly "classes-untested": { readonly part: Part; readonly names: readonly string[] };
  readonly "classes-never-found": {
    readonly part: Part;
    readonly modalities: readonly string[];
    readonly classes: readonly { readonly name: string; readonly patches: number }[];
  };
  readonly "classes-untaught": InUnits & { readonly part: Part; readonly classes: readonly Counted[] };
  readonly "patches-not-seen": {
    readonly modalities: readonly string[];
    readonly unseen: number;
    readonly labelled: number;
  };
  readonly "few-polygons-measured": InUnits & { readonly part: Part; readonly polygons: number };
  readonly "scored-on-training": Readonly<Record<string, never>>;
  readonly "split-optimistic": Readonly<Record<string, never>>;
  readonly "split-one-polygon": InUnits & { readonly names: readonly string[] };
  readonly "split-class-missing": { readonly part: Part; readonly names: readonly string[] };
  // Whole tiles
  readonly "tiles-near-chance": { readonly loss: number; readonly chance: number; readonly classes: number };
  readonly "tiles-below-commonest": {
    readonly part: Part;
    readonly microF1: number;
    readonly baseline: number;
    readonly classes: readonly string[];
  };
  readonly "tiles-not-above-commonest": {
    readonly part: Part;
    readonly microF1: number;
    readonly low: number;
    readonly baseline: number;
    readonly places: number;
  };
  readonly "tiles-empty": { readonly part: Part; readonly tiles: number; readonly share: number };
  readonly "tiles-unseen": { readonly part: Part; readonly unseen: number; readonly tiles: number };
  readonly "tiles-few": { readonly part: Part; readonly classes: readonly CountedTiles[] };
  readonly "tiles-untaught": { readonly part: Part; readonly classes: readonly CountedTiles[] };
  readonly "tiles-optimistic": Readonly<Record<string, never>>;
  // Sets of possible classes, and what is uncertain
  /** no validation part, a model of before, or other inputs than it was calibrated with (`calibrated`) */
  readonly "not-calibrated": { readonly modalities: readonly string[]; readonly calibrated: readonly string[] | null };
  readonly "calibrated-elsewhere": Readonly<Record<string, never>>;
  /** too few groups to rule out any class at this level */
  readonly "sets-all-classes": CountedGroups & {
    readonly level: number;
    readonly calibrated: number;
    readonly needed: number;
  };
  /** enough groups, but of too many the true class has no probability at all */
  readonly "sets-rule-out-nothing": CountedGroups & { readonly level: number; readonly calibrated: number };
  readonly "sets-cover-less": CountedGroups & {
    readonly modalities: readonly string[];
    readonly level: number;
    readonly covered: number;
    /** the upper end of the 95 % interval of `covered` */
    readonly high: number;
    readonly count: number;
  };
  // Mapping
  readonly "map-one-class": { readonly name: string; readonly classes: number };
  readonly "map-empty": { readonly modalities: readonly string[] };
  // Numbers and change
  /** told no better than by the mean of what was learned from */
  readonly "numbers-no-better": { readonly rmse: number; readonly baseline: number; readonly unit: string };
  /** all of them held out place by place although points may lie side by side */
  readonly "numbers-few-blocks": { readonly blocks: number; readonly needed: number };
  readonly "numbers-few-places": { readonly places: number };
  /** `needed` places for an interval of this level */
  readonly "numbers-no-interval": { readonly level: number; readonly places: number; readonly needed: number };
  readonly "numbers-far-off": { readonly values: readonly number[]; readonly unit: string };
  readonly "numbers-unseen": { readonly unseen: number; readonly places: number };
  /** shares of a map that were told to lie beyond the taught numbers */
  readonly "numbers-beyond-taught": {
    readonly below: number;
    readonly above: number;
    readonly low: number;
    readonly high: number;
    readonly unit: string;
  };
  /** inputs that only one of two periods has */
  readonly "change-inputs-differ": { readonly left: readonly string[] };
  /** months of an input that only one period shows */
  readonly "change-months-left": { readonly modality: string; readonly months: readonly number[] };
  /** very different numbers of dates: a median of few is noisier */
  readonly "change-dates-differ": { readonly modality: string; readonly before: number; readonly after: number };
  readonly "change-sensors-differ": {
    readonly modality: string;
    readonly before: readonly string[];
    readonly after: readonly string[];
  };
  /** the bulk of places moved: weather, calibration, or everything changed */
  readonly "change-everywhere": { readonly share: number };
  /** maps of two dates whose models, inputs or dates differ */
  readonly "compared-unlike": {
    readonly from: string;
    readonly to: string;
    /** model and inputs of each */
    readonly first: readonly string[];
    readonly second: readonly string[];
  };
}

export type FindingCode = keyof FindingDetails;

export type Finding = {
  readonly [Code in FindingCode]: { readonly code: Code; readonly details: FindingDetails[Code] };
}[FindingCode];

const severities: Readonly<Record<FindingCode, Severity>> = {
  "loss-near-chance": "severe",
  // Of two things that a pre-training learns it is one; a short one often learns the other first.
  "contrast-near-chance": "caution",
  "reconstruction-no-better": "caution",
  "loss-zero": "severe",
  "loss-rising": "severe",
  "one-class-taught": "severe",
  "modality-without-pixels": "severe",
  "modality-rarely-seen": "caution",
  "modality-constant": "severe",
  "modality-covers-part": "caution",
  "no-shared-place": "caution",
  "bands-constant": "caution",
  "values-clipped": "severe",
  "validation-below-commonest": "severe",
  "method-wins": "caution",
  "encoder-taught": "caution",
  "no-validation": "note",
  "classes-without-patch": "caution",
  "classes-not-in-training": "caution",
  "polygons-without-patch": "note",
  "patches-contested": "note",
  "few-polygons": "caution",
  "score-below-commonest": "severe",
  "score-not-above-commonest": "caution",
  "nothing-scored": "severe",
  "one-class-measured": "caution",
  "classes-untested": "caution",
  "classes-never-found": "caution",
  "classes-untaught": "caution",
  "patches-not-seen": "note",
  "few-polygons-measured": "caution",
  "scored-on-training": "caution",
  "split-optimistic": "caution",
  "split-one-polygon": "caution",
  "split-class-missing": "caution",
  "tiles-near-chance": "severe",
  "tiles-below-commonest": "severe",
  "tiles-not-above-commonest": "caution",
  "tiles-empty": "note",
  "tiles-unseen": "note",
  "tiles-few": "caution",
  "tiles-untaught": "caution",
  "tiles-optimistic": "caution",
  "bands-stand-in": "caution",
  "bands-masked": "caution",
  "statistics-of-place": "note",
  "inputs-of-start": "note",
  "dates-left-out": "caution",
  "years-mixed": "caution",
  "season-untaught": "caution",
  "other-years": "note",
  "classes-renamed": "caution",
  "seasons-opposite": "severe",
  "not-calibrated": "caution",
  "calibrated-elsewhere": "caution",
  "sets-all-classes": "caution",
  "sets-rule-out-nothing": "caution",
  "sets-cover-less": "caution",
  "map-one-class": "caution",
  "map-empty": "severe",
  "numbers-no-better": "severe",
  "numbers-few-blocks": "caution",
  "numbers-few-places": "caution",
  "numbers-no-interval": "caution",
  "numbers-far-off": "caution",
  "numbers-unseen": "note",
  "numbers-beyond-taught": "caution",
  "change-inputs-differ": "caution",
  "change-months-left": "note",
  "change-dates-differ": "caution",
  "change-sensors-differ": "caution",
  "change-everywhere": "caution",
  "compared-unlike": "caution",
};

export const findingCodes = Object.keys(severities) as readonly FindingCode[];

const order: readonly Severity[] = ["severe", "caution", "note"];

/** Of a code this version knows; one of a later version is a caution. */
export const severityOf = ({ code }: Pick<Finding, "code">): Severity => severities[code] ?? "caution";

/** The severe ones first, otherwise as they were found; the same thing is said once. */
export function inOrderOfSeverity(findings: readonly Finding[]): Finding[] {
  const once = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...once.values()].sort((p, q) => order.indexOf(severityOf(p)) - order.indexOf(severityOf(q)));
}

export const severeOnes = (findings: readonly Finding[]): Finding[] =>
  inOrderOfSeverity(findings).filter((finding) => severityOf(finding) === "severe");

/** What happened, and what to do about it. */
export interface FindingText {
  readonly what: string;
  readonly remedy: string;
}

export type FindingSentences = {
  readonly [Code in FindingCode]: (details: FindingDetails[Code]) => FindingText;
};

const quoted = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(", ");
const percent = (share: number): string => `${(100 * share).toFixed(share < 0.001 && share > 0 ? 3 : 1)} %`;
const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
const withCounts = (classes: readonly Counted[], unit?: LabelUnit): string =>
  classes.map(({ name, polygons }) => `“${name}” (${countedLabels(polygons, unit)})`).join(", ");
/** Points lie in a patch, polygons hold its centre: what to do about labels without any differs. */
const drawn = (unit?: LabelUnit): boolean => (unit ?? "polygons") === "polygons" || unit === "labels";
const holdNoPatch = (unit: LabelUnit | undefined, count: number): string =>
  drawn(unit)
    ? `${count === 1 ? "holds" : "hold"} no centre of a patch`
    : `${count === 1 ? "labels" : "label"} no patch`;
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const withTiles = (classes: readonly CountedTiles[]): string =>
  classes.map(({ name, tiles }) => `“${name}” (${counted(tiles, "tile")})`).join(", ");
const three = (value: number): string => value.toFixed(3);

/** Four digits that count, and the unit. */
const figure = (value: number, unit: string): string =>
  `${Number(value.toPrecision(4))}${unit === "" ? "" : ` ${unit}`}`;

/** In English; the window has the French ones in `i18n/findings.ts`. */
export const englishFindings: FindingSentences = {
  "loss-near-chance": ({ loss, chance, classes }) => ({
    what: `The loss ended at ${three(loss)}; always answering with the shares of the ${classes} classes gives ${three(chance)}. The model has learned next to nothing from the labels.`,
    remedy:
      "Train with more steps or another learning rate, start from a pre-trained model, and look whether labels and images show the same place and year.",
  }),
  "contrast-near-chance": ({ loss, chance }) => ({
    what: `The contrastive loss ended at ${three(loss)}; choosing at random gives ${three(chance)}. The modalities have not learned to recognise one another's patches.`,
    remedy: "Pre-train with more steps, and check that the modalities show the same places.",
  }),
  "reconstruction-no-better": ({ modality, loss }) => ({
    what: `What is hidden of ${modality} is reconstructed with an error of ${three(loss)}; the mean alone gives 1.`,
    remedy: "Pre-train with more steps.",
  }),
  "loss-zero": ({ term }) => ({
    what: `The loss “${term}” ended at exactly 0: there was nothing in it to learn from.`,
    remedy: "Look whether the images cover the project and whether the cloud masks leave anything of them.",
  }),
  "loss-rising": ({ first, last }) => ({
    what: `The loss rose from ${three(first)} to ${three(last)}: the training diverged.`,
    remedy: "Train again with a lower learning rate.",
  }),
  "one-class-taught": ({ name }) => ({
    what: `Only one class was taught, “${name}”: the model calls everything by it.`,
    remedy: "Label at least one other class, or let the split put one into the training part.",
  }),
  "modality-without-pixels": ({ modality }) => ({
    what: `The network saw nothing of ${modality}: not one clear pixel where it looked.`,
    remedy: "Look where its images lie and what their masks call clear, or leave it out.",
  }),
  "modality-rarely-seen": ({ modality, share }) => ({
    what: `Only ${percent(share)} of the patches that the network looked at have a clear observation of ${modality}.`,
    remedy: "Look where its images lie and what their masks call clear.",
  }),
  "modality-constant": ({ modality }) => ({
    what: `Every band of ${modality} has one and the same value everywhere: the network can learn nothing from it.`,
    remedy: "Look at its images and their scale, or leave it out.",
  }),
  "modality-covers-part": ({ modality, seen, places, share }) => ({
    what: `${modality} has images in ${seen} of ${counted(places, "place")}, on ${percent(share)} of the area that the inputs see together.`,
    remedy: "Elsewhere the model uses the other inputs only. Import images there too, or leave this input out.",
  }),
  "no-shared-place": ({ modalities }) => ({
    what: `No place is seen by two of ${modalities.join(", ")}: nothing can be learned from holding one against the other.`,
    remedy: "Import images of the same places.",
  }),
  "bands-constant": ({ modality, bands }) => ({
    what: `${modality}: ${bands.join(", ")} ${bands.length === 1 ? "has" : "have"} one and the same value everywhere.`,
    remedy: "Look at these bands; leave them out when they are empty.",
  }),
  "values-clipped": ({ modality, bands, share }) => ({
    what: `${percent(share)} of the values of ${modality} (${bands.join(", ")}) lie outside of what the model was trained on and were cut off.`,
    remedy: "Check the units and the scale of the images: they differ from those the model has learned from.",
  }),
  "bands-stand-in": ({ modality, bands }) => ({
    what: `${modality}: ${bands.map(({ wanted, band, nanometers }) => `${band} is read as ${wanted} (centres ${Math.round(nanometers)} nm apart)`).join(", ")}.`,
    remedy:
      "Measure the model on labels of this place; the statistics of the place take off what the other sensor adds.",
  }),
  "bands-masked": ({ modality, bands }) => ({
    what: `The images of ${modality} do not show ${bands.join(", ")}: the model is told the mean of its training instead.`,
    remedy: "Measure the model on labels of this place, or fine-tune it here.",
  }),
  "dates-left-out": ({ dates, of, first, last }) => ({
    what: `${dates} of ${counted(of, "date")} are not read (${first} to ${last}): they lie before or after the season that the model counts.`,
    remedy: "Choose the year that stands for the model's first one to map another season.",
  }),
  "statistics-of-place": ({ places }) => ({
    what: `The encoder learned from ${places > 1 ? `${places} places` : "several places"}, each by its own mean and spread: values are centred and scaled by those of this imagery.`,
    remedy: "Choose the statistics of the model instead where only a corner of its own imagery is used.",
  }),
  "inputs-of-start": ({ model, fresh, unused }) => ({
    what: [
      ...(fresh.length > 0 ? [`${fresh.join(", ")} ${fresh.length === 1 ? "is" : "are"} new to “${model}” and taught from scratch`] : []), // biome-ignore format: one line
      ...(unused.length > 0 ? [`${unused.join(", ")} of “${model}” ${unused.length === 1 ? "is" : "are"} not used, since this training has no such images`] : []), // biome-ignore format: one line
    ]
      .join("; ")
      .concat("."),
    remedy: "Pre-train on the images of this project too where the new inputs matter most.",
  }),
  "years-mixed": ({ years }) => ({
    what: `The model has learned from one year, and the images of ${years.join(", ")} are counted as if they were one.`,
    remedy: "Choose the year to be mapped.",
  }),
  "season-untaught": ({ dates, of, first, last }) => ({
    what: `${dates} of ${counted(of, "date")} lie in a part of the year that the model has never seen: it has learned from ${first} to ${last}.`,
    remedy: "Use images of the same part of the year, or measure the model on labels of this place and year.",
  }),
  "other-years": ({ years, first, last }) => ({
    what: `The model has learned from ${first} to ${last}; these images are counted as ${Math.abs(years)} ${Math.abs(years) === 1 ? "year" : "years"} ${years > 0 ? "later" : "earlier"}.`,
    remedy: "Measure the model on labels of this year before using its map.",
  }),
  "classes-renamed": ({ classes }) => ({
    what: `Taken as one class although the names differ: ${classes.map(({ label, model }) => `“${label}” of the labels and “${model}” of the model`).join(", ")}.`,
    remedy: "Give the label's class the model's name if they are the same, or another number if they are not.",
  }),
  "seasons-opposite": ({ trained, here }) => ({
    what: `The model was trained at latitude ${trained}°, this place lies at ${here}°: summer there is winter here.`,
    remedy: "Shift the days by 183, so that the seasons meet, or train a model for this hemisphere.",
  }),
  "validation-below-commonest": ({ accuracy, commonest, share, samples }) => ({
    what: `On ${counted(samples, "validation patch", "validation patches")} the model is right in ${percent(accuracy)}; always answering “${commonest}” is right in ${percent(share)}.`,
    remedy:
      "Label more places, or train in another way: another method, or a network with more steps, with balance=patches or from a pre-trained start.",
  }),
  "method-wins": ({ model, theirs, ours }) => ({
    what: `On the validation part “${model}”, a simple method, has macro F1 ${theirs.toFixed(2)}, this network ${ours.toFixed(2)}.`,
    remedy: `Draw maps with “${model}”, or give the network more labels, more steps or a pre-trained start.`,
  }),
  "encoder-taught": ({ model }) => ({
    what: `The encoder is that of “${model}”, which was taught classes itself. Labels that it has seen look easier than others: figures measured on them promise too much.`,
    remedy:
      "Take the encoder of a model that was pre-trained without labels, or measure on labels that neither has seen.",
  }),
  "no-validation": () => ({
    what: "Nothing was set aside for validation: the weights of the last step were kept, and their quality is unknown.",
    remedy: "Give the validation part of the split a share.",
  }),
  "classes-without-patch": ({ classes, unit }) => ({
    what: drawn(unit)
      ? `Not taught, because none of their ${labelWord(unit)} holds the centre of a patch: ${withCounts(classes, unit)}.`
      : `Not taught, because none of their ${labelWord(unit)} labels a patch inside the project: ${withCounts(classes, unit)}.`,
    remedy: drawn(unit)
      ? `Make the project's patches smaller, or draw larger ${labelWord(unit)}.`
      : "Label places inside the project.",
  }),
  "classes-not-in-training": ({ classes, unit }) => ({
    what: `Not taught, because they have no ${labelWord(unit, 1)} in the training part: ${withCounts(classes, unit)}.`,
    remedy: "Split again so that every class trains; a map never shows these classes.",
  }),
  "polygons-without-patch": ({ without, polygons, unit }) => ({
    what: `${without.toLocaleString("en")} of ${polygons.toLocaleString("en")} ${labelWord(unit, polygons)} in the training part ${holdNoPatch(unit, without)} inside the project and ${without === 1 ? "teaches" : "teach"} nothing.`,
    remedy: drawn(unit) ? "Smaller patches would use them." : "Label places inside the project.",
  }),
  "patches-contested": ({ contested, labelled, unit }) => ({
    what: `${capital(labelWord(unit))} of several classes meet on ${counted(contested, "patch", "patches")}; these teach nothing (${labelled.toLocaleString("en")} others do).`,
    remedy: drawn(unit) ? `Cut the ${labelWord(unit)} where they overlap.` : "Smaller patches would tell them apart.",
  }),
  "few-polygons": ({ classes, unit }) => ({
    what: `Fewer than three training ${labelWord(unit)}: ${withCounts(classes, unit)}. The model knows these places, not these classes.`,
    remedy: "Label more places of these classes.",
  }),
  "score-below-commonest": ({ modalities, accuracy, commonest, share }) => ({
    what: `With ${modalities.join(" + ")} ${percent(accuracy)} of the patches are right; always answering “${commonest}” gets ${percent(share)}. This map is worse than no map.`,
    remedy:
      "Label more places, or train in another way: another method, or a network with more steps, with balance=patches or from a pre-trained start.",
  }),
  "score-not-above-commonest": ({ modalities, accuracy, low, share }) => ({
    what: `With ${modalities.join(" + ")} ${percent(accuracy)} of the patches are right, at least ${percent(low)} by the 95 % interval: it may be no better than always answering with the commonest class (${percent(share)}).`,
    remedy: "Measure on more places, or train in another way.",
  }),
  "nothing-scored": ({ modalities }) => ({
    what: `With ${modalities.join(" + ")} no labelled patch is seen: there is no score.`,
    remedy: "Import images that cover these labels.",
  }),
  "one-class-measured": ({ part, name }) => ({
    what: `The ${part} part has one class only, “${name}”: any model that knows no other would be right everywhere.`,
    remedy: "Split again so that several classes are measured.",
  }),
  "classes-untested": ({ part, names }) => ({
    what: `No ${part} patches of ${quoted(names)}: nothing is known of how well they are mapped, and they do not count in the macro F1.`,
    remedy: "Split again, or label more places of these classes.",
  }),
  "classes-never-found": ({ part, modalities, classes }) => ({
    what: `With ${modalities.join(" + ")} not one ${part} patch of these classes is found: ${classes
      .map(({ name, patches }) => `“${name}” (${counted(patches, "patch", "patches")})`)
      .join(", ")}.`,
    remedy: "Label more places of them, or train with balance=classes.",
  }),
  "classes-untaught": ({ part, classes, unit }) => ({
    what: `In the ${part} part and not scored, because the model was never taught them: ${withCounts(classes, unit)}. The map shows other classes there.`,
    remedy: "Teach these classes, or count their places as wrong.",
  }),
  "patches-not-seen": ({ modalities, unseen, labelled }) => ({
    what: `${counted(unseen, "labelled patch", "labelled patches")} of ${labelled.toLocaleString("en")} are seen on no date of ${modalities.join(" + ")} and are not counted.`,
    remedy: "Import more dates, or look at the cloud masks.",
  }),
  "few-polygons-measured": ({ part, polygons, unit }) => ({
    what: `The ${part} part has ${countedLabels(polygons, unit)}: the score depends on these few places.`,
    remedy: "Label more places, or leave out one after another in turn.",
  }),
  "scored-on-training": () => ({
    what: "Measured on the labels that trained: this says nothing of other places.",
    remedy: "Measure on the test part.",
  }),
  "split-optimistic": () => ({
    what: "Patches were split at random: test patches lie beside training patches of the same field, so the score is too high.",
    remedy: "Split by blocks for a realistic score.",
  }),
  "split-one-polygon": ({ names, unit }) => ({
    what: `Measured on a single ${labelWord(unit, 1)}: ${quoted(names)}.`,
    remedy: "Label more places of these classes.",
  }),
  "split-class-missing": ({ part, names }) => ({
    what: `Labelled, but not in the ${part} part: ${quoted(names)}.`,
    remedy: "Split again, or label more places of these classes.",
  }),
  "tiles-near-chance": ({ loss, chance, classes }) => ({
    what: `The loss ended at ${three(loss)}; always answering with how often each of the ${classes} classes occurs gives ${three(chance)}. The model has learned next to nothing from the tiles.`,
    remedy:
      "Train with more steps or another learning rate, start from a pre-trained model, and look whether labels and images show the same place and year.",
  }),
  "tiles-below-commonest": ({ part, microF1, baseline, classes }) => ({
    what: `On the ${part} tiles the model has a micro F1 of ${three(microF1)}; always answering ${quoted(classes)} has ${three(baseline)}. Its answers are worse than none.`,
    remedy: "Train with more steps, start from a pre-trained model, or label more tiles.",
  }),
  "tiles-not-above-commonest": ({ part, microF1, low, baseline, places }) => ({
    what: `On the ${part} tiles the model has a micro F1 of ${three(microF1)}, at least ${three(low)} by the 95 % interval over ${counted(places, "place")}: it may be no better than always answering the commonest classes (${three(baseline)}).`,
    remedy: "Measure on tiles of more places, or train in another way.",
  }),
  "tiles-empty": ({ part, tiles, share }) => ({
    what: `${counted(tiles, "tile")} of the ${part} part ${tiles === 1 ? "holds" : "hold"} no class with a share above ${share} and ${tiles === 1 ? "is" : "are"} left out.`,
    remedy: "A lower share (shareThreshold), or keeping empty tiles (emptyTiles), would use them.",
  }),
  "tiles-unseen": ({ part, unseen, tiles }) => ({
    what: `${counted(unseen, "tile")} of ${tiles.toLocaleString("en")} in the ${part} part ${unseen === 1 ? "is" : "are"} shown by no image and not counted.`,
    remedy: "Import images of these places.",
  }),
  "tiles-few": ({ part, classes }) => ({
    what: `Fewer than five ${part} tiles hold: ${withTiles(classes)}.`,
    remedy: "Label more tiles with these classes.",
  }),
  "tiles-untaught": ({ part, classes }) => ({
    what: `In the ${part} part and not scored, because the model was never taught them: ${withTiles(classes)}.`,
    remedy: "Split again so that training tiles hold these classes.",
  }),
  "tiles-optimistic": () => ({
    what: "Tiles were split one by one: test tiles lie beside training tiles, so the score is too high.",
    remedy: "Split by blocks for a realistic score.",
  }),
  "not-calibrated": ({ modalities, calibrated }) => ({
    what: calibrated
      ? `The model was calibrated with ${calibrated.join(" + ")} and is used with ${modalities.join(" + ")}: which classes are possible and which places are uncertain is not known.`
      : "The model was not calibrated on validation labels: which classes are possible and which places are uncertain is not known.",
    remedy: `Set labels aside for validation, measure the model with ${modalities.join(" + ")}, and draw the map again.`,
  }),
  "calibrated-elsewhere": () => ({
    what: "The model was calibrated on labels of another place or time, or with other bands, statistics or days: how often the class is among the possible ones here is not known.",
    remedy:
      "Set labels of this place aside for validation, measure the model as it is used here, and draw the map again.",
  }),
  "sets-all-classes": ({ level, calibrated, needed, groups, unit }) => ({
    what: `No class can be ruled out: a promise for ${percent(level)} of the ${groupWord(groups, unit)} needs at least ${countedGroups(needed, groups, unit)} in the validation part, and there ${calibrated === 1 ? "is" : "are"} ${calibrated}.`,
    remedy: "Give the validation part more of them, or promise less.",
  }),
  "sets-rule-out-nothing": ({ level, calibrated, groups, unit }) => ({
    what: `No class can be ruled out: to promise ${percent(level)}, the true class would have to be possible in nearly all of ${countedGroups(calibrated, groups, unit)} of the validation part, and in too many of them the model gives it no probability at all.`,
    remedy: "Promise less, or train on more places of these classes.",
  }),
  "sets-cover-less": ({ modalities, level, covered, high, count, groups, unit }) => ({
    what: `With ${modalities.join(" + ")} the class is among the possible ones of ${percent(covered)} of ${countedGroups(count, groups, unit)} (95 %: at most ${percent(high)}); ${percent(level)} were promised.`,
    remedy: "The measured places differ from those of the validation part: split again, or promise more.",
  }),
  "map-one-class": ({ name, classes }) => ({
    what: `The whole map is “${name}”, one of ${classes} classes.`,
    remedy: "Measure the model before using the map.",
  }),
  "map-empty": ({ modalities }) => ({
    what: `The map is empty: nothing of the area is seen in ${modalities.join(" + ")}.`,
    remedy: "Import images of this area.",
  }),
  "numbers-no-better": ({ rmse, baseline, unit }) => ({
    what: `On held-out places the error (RMSE) is ${figure(rmse, unit)}; always answering with the mean of the training places has ${figure(baseline, unit)}. The model is no better than the mean.`,
    remedy: "Add places, other images or dates, or use the mean.",
  }),
  "numbers-few-blocks": ({ blocks, needed }) => ({
    what: `The places lie in ${counted(blocks, "block")} of the ground; ${needed} are needed to hold blocks out. They were held out one by one: places side by side make the figures look better than they are elsewhere.`,
    remedy: "Make the blocks smaller, or add places further away.",
  }),
  "numbers-few-places": ({ places }) => ({
    what: `Measured on ${counted(places, "place")}: the figures depend on these few.`,
    remedy: "Add places.",
  }),
  "numbers-no-interval": ({ level, places, needed }) => ({
    what: `There is no interval: to hold ${percent(level)} of the places it needs ${needed} held-out places, and there ${places === 1 ? "is" : "are"} ${places}.`,
    remedy: "Add places, or promise less.",
  }),
  "numbers-far-off": ({ values, unit }) => ({
    what: `Very far from all others: ${values.map((value) => figure(value, unit)).join(", ")}.`,
    remedy: "Check these places for another unit, a slip of the pen, or a number that stands for no data.",
  }),
  "numbers-unseen": ({ unseen, places }) => ({
    what: `${unseen} of ${counted(places, "place")} teach nothing: no image shows them, or other places have their patches.`,
    remedy: "Import images that cover them.",
  }),
  "numbers-beyond-taught": ({ below, above, low, high, unit }) => ({
    what: `${percent(below + above)} of the map was told to lie beyond the taught numbers (${figure(low, unit)} to ${figure(high, unit)}): ${percent(below)} below, ${percent(above)} above. It is shown at the end of the range.`,
    remedy: "Add places with lower or higher numbers if such places exist.",
  }),
  "change-inputs-differ": ({ left }) => ({
    what: `Not compared, because only one of the periods shows it: ${left.join(", ")}.`,
    remedy: "Import images of the same sensors for both periods.",
  }),
  "change-months-left": ({ modality, months }) => ({
    what: `${modality}: ${months.length === 1 ? "month" : "months"} ${months.join(", ")} ${months.length === 1 ? "is" : "are"} seen in one period only and not compared.`,
    remedy: "Import images of these months to compare more of the season.",
  }),
  "change-dates-differ": ({ modality, before, after }) => ({
    what: `${modality} has ${counted(before, "date")} before and ${after} after in the compared months: the side with fewer is noisier, which looks like change.`,
    remedy: "Import more dates of that side, or read the score with care.",
  }),
  "change-sensors-differ": ({ modality, before, after }) => ({
    what: `${modality} comes from ${before.join(", ")} before and from ${after.join(", ")} after: the score holds what differs between them, and is not comparable with one of the same source.`,
    remedy: "Compare periods of the same satellites, orbits and processing.",
  }),
  "change-everywhere": ({ share }) => ({
    what: `${percent(share)} of the places lie above the threshold. Then it is not a few places that changed: weather, season or processing of the two periods differ.`,
    remedy: "Compare other years, or fewer months.",
  }),
  "compared-unlike": ({ from, to, first, second }) => ({
    what: `“${from}” (${first.join(", ")}) and “${to}” (${second.join(", ")}) were not drawn alike: some of what looks like change is the difference between them.`,
    remedy: "Draw both maps with one model and the same inputs.",
  }),
};

/** What happened and what to do, in English; the code alone where it comes from a later version. */
export function findingText(finding: Finding, sentences: FindingSentences = englishFindings): FindingText {
  const sentence = sentences[finding.code] as ((details: unknown) => FindingText) | undefined;
  return sentence?.(finding.details) ?? { what: finding.code, remedy: "" };
}

/** Both sentences behind one another. */
export function findingSentence(finding: Finding, sentences?: FindingSentences): string {
  const { what, remedy } = findingText(finding, sentences);
  return remedy === "" ? what : `${what} ${remedy}`;
}

/** As programs get it: the code with its values, how bad it is, and the sentence. */
export const findingAsData = (finding: Finding) => ({
  code: finding.code,
  severity: severityOf(finding),
  message: findingSentence(finding),
  details: finding.details,
});

export const isFinding = (value: unknown): value is Finding =>
  typeof value === "object" && value !== null && typeof (value as Finding).code === "string" && "details" in value;
