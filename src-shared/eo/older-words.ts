// Older releases stored English sentences in projects and jobs where this one stores codes. This is the only place that parses them.
import { type Evidence, type EvidenceField, type EvidenceSource, evidenceFields } from "./evidence.ts";
import type { ChosenValues, Remark } from "./remarks.ts";

type Groups = readonly string[];

const number = (text: string | undefined): number => Number(text);

/** Sentences of older releases, without their full stop and the formula that some end with. */
const remarks: readonly (readonly [RegExp, (groups: Groups, formula: string) => Remark])[] = [
  [/^The file's own scale and offset tags say value × (\S+) \+ (\S+)$/, ([scale, offset]) => ({ code: "scale-tags", scale: number(scale), offset: number(offset) })], // biome-ignore format: a row
  [/^Values are used as they are stored$/, () => ({ code: "as-stored" })],
  [/^The product's metadata state a quantification of (\S+) and an added offset of (\S+)$/, ([quantification, add]) => ({ code: "scale-stated", quantification: number(quantification), add: number(add) })], // biome-ignore format: a row
  [/^Floating-point values up to (\S+) are digital numbers: divided by 10000$/, ([largest]) => ({ code: "float-digital-numbers", largest: number(largest) })], // biome-ignore format: a row
  [/^Floating-point values without a scale are taken as reflectance$/, () => ({ code: "float-reflectance" })],
  [/^Theia \(MAJA\) products have no added offset$/, () => ({ code: "theia-no-offset" })],
  [/^HLS products have no added offset$/, () => ({ code: "hls-no-offset" })],
  [/^HLS products$/, () => ({ code: "hls-scale" })],
  [/^Sentinel Hub takes the added offset out by default$/, () => ({ code: "sentinel-hub-no-offset" })],
  [/^Processing baseline (\S+) adds 1000$/, ([baseline = ""]) => ({ code: "baseline-adds", baseline })],
  [/^Processing baseline (\S+) adds nothing$/, ([baseline = ""]) => ({ code: "baseline-adds-nothing", baseline })],
  [/^The darkest pixels have (\S+), so nothing was added$/, ([darkest]) => ({ code: "dark-pixels", darkest: number(darkest) })], // biome-ignore format: a row
  [/^Sensed after (\S+), and no pixel is darker than (\S+)$/, ([date = "", darkest]) => ({ code: "sensed-after-and-bright", date, darkest: number(darkest) })], // biome-ignore format: a row
  [/^Sensed before (\S+), when no offset was added$/, ([date = ""]) => ({ code: "sensed-before", date })],
  [/^The product does not say whether 1000 was added; this is a guess from its kind$/, (_, formula) => ({ code: "guessed-from-kind", offset: formula.includes("−") })], // biome-ignore format: a row
  [/^The file gives its unit as dB$/, () => ({ code: "unit-decibels" })],
  [/^Half of the values are below (\S+): they are decibels$/, ([median]) => ({ code: "median-negative", median: number(median) })], // biome-ignore format: a row
  [/^No value is negative and half are below (\S+): linear power, turned into decibels when read$/, ([median]) => ({ code: "linear-power", median: number(median) })], // biome-ignore format: a row
  [/^Values around (\S+) are neither decibels nor calibrated power$/, ([median]) => ({ code: "neither-decibels-nor-power", median: number(median) })], // biome-ignore format: a row
  [/^Terrain-corrected \(RTC\) products store linear power$/, () => ({ code: "terrain-corrected-linear" })],
  [/^Nothing says otherwise: values are taken as decibels$/, () => ({ code: "taken-as-decibels" })],
  [/^Landsat Collection 2 level 2: value × 0\.0000275 − 0\.2$/, () => ({ code: "landsat-level-2" })],
  [/^Chosen: (.+)$/, ([said = ""]) => ({ code: "values-chosen", ...chosenIn(said) })],
  [/^The name says processing baseline (\S+), which adds 1000, but the file's own offset is 0$/, ([baseline = ""]) => ({ code: "baseline-against-tags", baseline })], // biome-ignore format: a row
  [/^Check the offset: a wrong one moves every reflectance by 0\.1$/, () => ({ code: "offset-unsure" })],
  [/^This looks like uncalibrated Sentinel-1 data\. Calibrate and terrain-correct it first$/, () => ({ code: "uncalibrated" })], // biome-ignore format: a row
];
const formula = /: (value \/ 10000|\(value − 1000\) \/ 10000)$/;

function chosenIn(said: string): ChosenValues {
  const of = (name: string) => new RegExp(`(?:^|, )${name} ([^,]+)`).exec(said)?.[1];
  const [scale, offset, unit, nodata] = ["scale", "offset", "unit", "nodata"].map(of);
  return {
    ...(scale === undefined ? {} : { scale: number(scale) }),
    ...(offset === undefined ? {} : { offset: number(offset) }),
    ...(unit === undefined ? {} : { unit }),
    ...(nodata === undefined ? {} : { nodata: number(nodata) }),
    ...(said.includes("no nodata value") ? { nodata: null } : {}),
  };
}

/** A remark of any release; a sentence that no release is known to write is kept as it stands. */
export function currentRemark(stored: string | Remark): Remark {
  if (typeof stored !== "string") return stored;
  const sentence = stored.replace(/\.$/, "");
  const [, calculation = ""] = formula.exec(sentence) ?? [];
  const reason = sentence.replace(formula, "");
  for (const [pattern, read] of remarks) {
    const found = pattern.exec(reason);
    if (!found) continue;
    const remark = read(found.slice(1), calculation);
    // What was no number is no value: such a sentence stays as it stands.
    if (!Object.values(remark).some((value) => typeof value === "number" && Number.isNaN(value))) return remark;
  }
  return { code: "written", text: stored };
}

const sources: readonly (readonly [RegExp, (groups: Groups) => EvidenceSource])[] = [
  [/^“(.*)”$/s, ([name = ""]) => ({ code: "name", name })],
  [/^chosen$/, () => ({ code: "chosen" })],
  [/^its bands and pixel size$/, () => ({ code: "bands-and-pixel-size" })],
  [/^(?:the bands'|their) descriptions$/, () => ({ code: "band-descriptions" })],
  [/^the file's metadata$/, () => ({ code: "metadata" })],
  [/^(.+) of the file's metadata, chosen$/s, ([tag = ""]) => ({ code: "chosen-tag", tag })],
  [/^the file's name$/, () => ({ code: "file-name" })],
  [/^the usual order of (\d+) bands$/, ([count]) => ({ code: "usual-order", count: number(count) })],
  [/^their place in the file$/, () => ({ code: "place-in-file" })],
  [/^band (\d+), chosen$/, ([band]) => ({ code: "chosen-band", band: number(band) })],
  [/^chosen \((.+)\)$/, ([said = ""]) => ({ code: "chosen-values", ...chosenIn(said) })],
];

/** One line of evidence of any release; `undefined` for a line about nothing that is known. */
export function currentEvidence(stored: string | Evidence): Evidence | undefined {
  if (typeof stored !== "string") return stored;
  const at = stored.indexOf(": ");
  const name = stored.slice(0, at) === "band names" ? "bandNames" : stored.slice(0, at);
  if (!evidenceFields.includes(name as EvidenceField)) return undefined;
  const field = name as EvidenceField;
  const text = stored.slice(at + 2);
  for (const [pattern, read] of sources) {
    const found = pattern.exec(text);
    if (found) return { field, source: read(found.slice(1)) };
  }
  return { field, source: { code: "written", text } };
}
