// What the program says of images: how their numbers are read and why, and what is doubtful. Data, so that every language has its
// own sentence and nothing is distinguished by its words.
import type { Repair } from "../ipc/radiometry.ts";

/** Values of each remark; numbers stay numbers, days are ISO dates. */
export interface RemarkDetails {
  // on whose word numbers are read
  "scale-tags": { readonly scale: number; readonly offset: number };
  "as-stored": Nothing;
  "scale-stated": { readonly quantification: number; readonly add: number };
  "float-digital-numbers": { readonly largest: number };
  "float-reflectance": Nothing;
  "theia-no-offset": Nothing;
  "hls-no-offset": Nothing;
  "sentinel-hub-no-offset": Nothing;
  "baseline-adds": { readonly baseline: string };
  "baseline-adds-nothing": { readonly baseline: string };
  "dark-pixels": { readonly darkest: number };
  "sensed-after-and-bright": { readonly date: string; readonly darkest: number };
  "sensed-before": { readonly date: string };
  /** `offset`: +1000 is taken off */
  "guessed-from-kind": { readonly offset: boolean };
  "unit-decibels": Nothing;
  /** the unit as the file has it: `20*log10(DN)-83` */
  "unit-formula": { readonly unit: string };
  "unit-amplitude": Nothing;
  "unit-power": Nothing;
  "median-negative": { readonly median: number };
  "decibels-times": { readonly median: number; readonly times: number };
  "linear-power": { readonly median: number };
  "neither-decibels-nor-power": { readonly median: number };
  "terrain-corrected-linear": Nothing;
  "taken-as-decibels": Nothing;
  "hls-scale": Nothing;
  "landsat-level-2": Nothing;
  /** `file`: the metadata that came with the product */
  "metadata-scale": { readonly file: string; readonly scale: number; readonly offset: number };
  "amplitude-said": { readonly file: string };
  "power-said": { readonly file: string };
  "decibels-said": { readonly file: string };
  "values-chosen": ChosenValues;
  // doubts about that
  "baseline-against-tags": { readonly baseline: string };
  "offset-unsure": Nothing;
  uncalibrated: Nothing;
  "offset-probably-in": { readonly dates: number; readonly darkest: number };
  "offset-probably-twice": { readonly dates: number; readonly darkest: number };
  // about images and what belongs to them
  /** `some`: names of the first images */
  "mask-beside": {
    readonly mask: string;
    readonly images: number;
    readonly some: readonly string[];
  };
  /** `some`: names of the first masks */
  "mask-alone": { readonly masks: number; readonly some: readonly string[] };
  /** `some`: the first dates */
  "bands-awaited": {
    readonly images: number;
    readonly dates: number;
    readonly some: readonly string[];
    readonly bands: readonly string[];
    readonly modality: string;
  };
  /** `some`: names of the first products; `bands`: of all of them */
  "product-incomplete": {
    readonly products: number;
    readonly some: readonly string[];
    readonly bands: readonly string[];
  };
  repair: Pick<Repair, "kind" | "modality" | "dates" | "others" | "before" | "after">;
  /** words of an older release that no later one knows */
  written: { readonly text: string };
}

type Nothing = Readonly<Record<never, never>>;

/** What a person chose; what is left out stays as the file has it. `nodata: null`: every number is data. */
export interface ChosenValues {
  readonly scale?: number | undefined;
  readonly offset?: number | undefined;
  readonly unit?: string | undefined;
  readonly nodata?: number | null | undefined;
}

export type RemarkCode = keyof RemarkDetails;
export type Remark<C extends RemarkCode = RemarkCode> = { [K in C]: { readonly code: K } & RemarkDetails[K] }[C];

/** A sentence for every remark; a missing one does not compile. */
export type RemarkSentences = { readonly [C in RemarkCode]: (details: RemarkDetails[C]) => string };

const withoutOffset = "value / 10000";
const withOffset = "(value − 1000) / 10000";
const figure = (value: number | null): string => String(value);
/** A scale or an offset in as few digits as say it. */
export const figureOf = (value: number): string => String(Number(value.toPrecision(6)));
/** The first few of more. */
export const firstOf = (some: readonly string[], all: number): string =>
  some.join(", ") + (all > some.length ? ", …" : "");

const english: RemarkSentences = {
  "scale-tags": ({ scale, offset }) => `The file's own scale and offset tags say value × ${scale} + ${offset}.`,
  "as-stored": () => "Values are used as they are stored.",
  "scale-stated": ({ quantification, add }) =>
    `The product's metadata state a quantification of ${quantification} and an added offset of ${add}.`,
  "float-digital-numbers": ({ largest }) =>
    `Floating-point values up to ${largest} are digital numbers: divided by 10000.`,
  "float-reflectance": () => "Floating-point values without a scale are taken as reflectance.",
  "theia-no-offset": () => `Theia (MAJA) products have no added offset: ${withoutOffset}.`,
  "hls-no-offset": () => `HLS products have no added offset: ${withoutOffset}.`,
  "sentinel-hub-no-offset": () => `Sentinel Hub takes the added offset out by default: ${withoutOffset}.`,
  "baseline-adds": ({ baseline }) => `Processing baseline ${baseline} adds 1000: ${withOffset}.`,
  "baseline-adds-nothing": ({ baseline }) => `Processing baseline ${baseline} adds nothing: ${withoutOffset}.`,
  "dark-pixels": ({ darkest }) => `The darkest pixels have ${darkest}, so nothing was added: ${withoutOffset}.`,
  "sensed-after-and-bright": ({ date, darkest }) =>
    `Sensed after ${date}, and no pixel is darker than ${darkest}: ${withOffset}.`,
  "sensed-before": ({ date }) => `Sensed before ${date}, when no offset was added: ${withoutOffset}.`,
  "guessed-from-kind": ({ offset }) =>
    `The product does not say whether 1000 was added; this is a guess from its kind: ${offset ? withOffset : withoutOffset}.`,
  "unit-decibels": () => "The file gives its unit as dB.",
  "unit-formula": ({ unit }) => `The file gives its unit as “${unit}”: what is stored is read by that formula.`,
  "unit-amplitude": () => "The file gives its unit as amplitude: squared to power and turned into decibels when read.",
  "unit-power": () => "The file gives its unit as linear power, turned into decibels when read.",
  "decibels-times": ({ median, times }) =>
    `Half of the values are below ${median}: no radar sees so little, so they are decibels times ${times}.`,
  "median-negative": ({ median }) => `Half of the values are below ${median}: they are decibels.`,
  "linear-power": ({ median }) =>
    `No value is negative and half are below ${median}: linear power, turned into decibels when read.`,
  "neither-decibels-nor-power": ({ median }) => `Values around ${median} are neither decibels nor calibrated power.`,
  "terrain-corrected-linear": () => "Terrain-corrected (RTC) products store linear power.",
  "taken-as-decibels": () => "Nothing says otherwise: values are taken as decibels.",
  "hls-scale": () => `HLS products: ${withoutOffset}.`,
  "landsat-level-2": () => "Landsat Collection 2 level 2: value × 0.0000275 − 0.2.",
  "metadata-scale": ({ file, scale, offset }) =>
    `“${file}” of the product says value × ${figureOf(scale)} ${offset < 0 ? "−" : "+"} ${figureOf(Math.abs(offset))}.`,
  "amplitude-said": ({ file }) => `“${file}” says amplitude: squared to power and turned into decibels when read.`,
  "power-said": ({ file }) => `“${file}” says linear power, turned into decibels when read.`,
  "decibels-said": ({ file }) => `“${file}” says decibels.`,
  "values-chosen": (chosen) => `Chosen: ${chosenWords(chosen)}.`,
  "baseline-against-tags": ({ baseline }) =>
    `The name says processing baseline ${baseline}, which adds 1000, but the file's own offset is 0.`,
  "offset-unsure": () => "Check the offset: a wrong one moves every reflectance by 0.1.",
  uncalibrated: () => "This looks like uncalibrated Sentinel-1 data. Calibrate and terrain-correct it first.",
  "offset-probably-in": ({ dates, darkest }) =>
    `In ${dates} dates no clear pixel is darker than ${darkest.toFixed(3)}: the +1000 offset is probably still in.`,
  "offset-probably-twice": ({ dates, darkest }) =>
    `In half of ${dates} dates the darkest clear pixel is below ${darkest.toFixed(3)}: an offset was probably taken off twice.`,
  "mask-beside": ({ mask, images, some }) =>
    `The mask “${mask}” does not reach ${images} ${images === 1 ? "image" : "images"} (${firstOf(some, images)}): they are read with the mask they came with, or without one.`,
  "mask-alone": ({ masks, some }) =>
    `${masks} ${masks === 1 ? "mask has" : "masks have"} no image of the same sensor, date and place (${firstOf(some, masks)}). ${masks === 1 ? "It is" : "They are"} used when these images are added.`,
  "bands-awaited": ({ images, dates, some, bands, modality }) =>
    `${images} ${images === 1 ? "image" : "images"} of ${dates} ${dates === 1 ? "date" : "dates"} (${firstOf(some, dates)}) lack ${bands.join(", ")} for “${modality}”. They are in the project and feed “${modality}” when these bands are added.`,
  "product-incomplete": ({ products, some, bands }) =>
    `${products} ${products === 1 ? "product lacks" : "products lack"} bands that ${products === 1 ? "its" : "their"} metadata name (${firstOf(some, products)}): ${bands.join(", ")}. The others were read. Download ${products === 1 ? "it" : "them"} again if you need these bands.`,
  repair: ({ kind, modality, dates, others, before, after }) =>
    `“${modality}”: ${repairs[kind]} (${dates} dates looked at${others > 0 ? `, ${others} others do not have the fault and stay` : ""}; darkest ${figure(before.darkest)}, middle ${figure(before.middle)}; repaired ${figure(after.darkest)} and ${figure(after.middle)}).`,
  written: ({ text }) => text,
};

const repairs: Readonly<Record<Repair["kind"], string>> = {
  "offset-still-in": "the +1000 offset is probably still in",
  "offset-taken-twice": "an offset was probably taken off twice",
  "not-divided": "the numbers were probably never divided by 10,000",
  "decibels-not-linear": "the numbers are decibels, and are read as linear power",
  "linear-not-decibels": "the numbers are linear power, and are read as decibels",
};

/** What was chosen, in English: `scale 0.5, no nodata value`. */
function chosenWords({ scale, offset, unit, nodata }: ChosenValues): string {
  const said = [
    scale === undefined ? [] : [`scale ${scale}`],
    offset === undefined ? [] : [`offset ${offset}`],
    unit === undefined ? [] : [`unit ${unit}`],
    nodata === undefined ? [] : [nodata === null ? "no nodata value" : `nodata ${nodata}`],
  ];
  return said.flat().join(", ");
}

/** The remark as a sentence of `sentences`. */
export function remarkIn(sentences: RemarkSentences, remark: Remark): string {
  return (sentences[remark.code] as (details: Remark) => string)(remark);
}

/** The remark in English, as the command line and reports say it. */
export const remarkSentence = (remark: Remark): string => remarkIn(english, remark);

/** Each remark once, in the order of their first. */
export function distinctRemarks(remarks: Iterable<Remark>): Remark[] {
  const found = new Map<string, Remark>();
  for (const remark of remarks) {
    const key = JSON.stringify(remark);
    if (!found.has(key)) found.set(key, remark);
  }
  return [...found.values()];
}
