import type { Imagery } from "../../src-shared/domain/job.ts";
import { type Acquisition, hasQuality, radiometryOf, warningsOf } from "../../src-shared/eo/acquisition.ts";
import type { Modality } from "../../src-shared/eo/modality.ts";
import { type Remark, remarkSentence } from "../../src-shared/eo/remarks.ts";
import { type SensorId, sclClasses } from "../../src-shared/eo/sensors.ts";
import { type Html, html } from "./html.ts";
import { inputTitle } from "./inputs.ts";
import { counted, dash, grouped, length } from "./numbers.ts";
import { cell, columnHead, rowHead, table } from "./table.ts";
import { timeline } from "./timeline.ts";

/** One input with the acquisitions that fill it, in order of time. */
export interface InputData {
  readonly modality: Modality;
  readonly title: string;
  readonly acquisitions: readonly Acquisition[];
  /** each date once, sorted */
  readonly dates: readonly string[];
}

export function inputData(imagery: Imagery): readonly InputData[] {
  const byId = new Map(imagery.acquisitions.map((acquisition) => [acquisition.id, acquisition]));
  return imagery.modalities.map((modality) => {
    const acquisitions = modality.acquisitions.map((id) => {
      const found = byId.get(id);
      if (!found) throw new Error(`Modality ${modality.name} names acquisition ${id}, which the spec does not hold`);
      return found;
    });
    const dates = [...new Set(acquisitions.map(({ date }) => date))].sort();
    return { modality, title: inputTitle(modality, imagery), acquisitions, dates };
  });
}

/** What the network saw: sensors, bands, dates, and how numbers became physical values. */
export function dataUsed(inputs: readonly InputData[]): Html {
  return html`${table({
    caption: "Inputs of the network",
    head: html`<tr>${columnHead("Input")}${columnHead("Bands")}${["Dates", "First", "Last", "Pixel size"].map((name) => columnHead(name, true))}</tr>`,
    body: inputs.map(
      ({
        modality,
        title,
        acquisitions,
        dates,
      }) => html`<tr>${rowHead(html`${title}${title.includes(modality.name) ? "" : html` <small>${modality.name}</small>`}`)}<td class="bands">${modality.bands.join(", ")}</td>${cell(
        html`${grouped(dates.length)}${acquisitions.length > dates.length ? html` <small>${counted(acquisitions.length, "image")}</small>` : ""}`,
      )}${cell(dates[0] ?? dash)}${cell(dates.at(-1) ?? dash)}${cell(length(modality.resolutionMeters))}</tr>
`,
    ),
  })}
${timeline(inputs.map(({ title, dates }) => ({ title, dates })))}
<ul class="remarks">${inputs.map(
    (input) => html`<li><strong>${input.title}.</strong> ${remarks(input).filter(Boolean).join(" ")}</li>
`,
  )}${doubts(inputs).map(
    (sentence) => html`<li><strong>Doubt.</strong> ${sentence}</li>
`,
  )}</ul>`;
}

/** Sensors that see through clouds. */
const radar: ReadonlySet<SensorId> = new Set(["sentinel-1"]);

/** Every doubt once, with how many images have it and of which inputs. */
function doubts(inputs: readonly InputData[]): string[] {
  const found = new Map<Acquisition, { readonly inputs: string[]; readonly warnings: readonly Remark[] }>();
  for (const { title, acquisitions } of inputs) {
    for (const acquisition of acquisitions) {
      const known = found.get(acquisition);
      if (known) known.inputs.push(title);
      else found.set(acquisition, { inputs: [title], warnings: warningsOf(acquisition) });
    }
  }
  const all = [...found.values()];
  const warnings = tally(all.flatMap((each) => each.warnings));
  return warnings
    .toSorted((p, q) => q.images - p.images)
    .map(({ key, sentence, images }) => {
      const titles = all
        .filter(({ warnings }) => warnings.some((each) => keyOf(each) === key))
        .flatMap((each) => each.inputs);
      return `${counted(images, "image")} of ${[...new Set(titles)].join(", ")}: ${ended(sentence)}`;
    });
}

/** How stored numbers became values, and which pixels counted as clear. */
function remarks({ modality, acquisitions }: InputData): string[] {
  const decisions = tally(acquisitions.map((acquisition) => radiometryOf(acquisition).decidedBy));
  const count = (images: number): string => (images === acquisitions.length ? "all images" : counted(images, "image"));
  const clear = modality.clearClasses.map((code) => sclClasses[code] ?? `class ${code}`);
  const masked = acquisitions.filter(hasQuality).length;
  return [
    ...decisions.map(({ sentence, images }) => `${sentence.trim().replace(/[.]$/, "")} (${count(images)}).`),
    clear.length > 0 && masked > 0
      ? `Clear pixels by the scene classification: ${clear.join(", ")} (${count(masked)}).`
      : radar.has(modality.sensor)
        ? ""
        : "No cloud mask was used.",
  ];
}

interface Tally {
  readonly key: string;
  readonly sentence: string;
  readonly images: number;
}

/** Each remark once, with its number of images: those that differ by a measured number alone are one, with the numbers' range. */
function tally(remarks: readonly Remark[]): readonly Tally[] {
  return [...Map.groupBy(remarks, keyOf)]
    .map(([key, own]) => ({ key, sentence: sentenceOf(own), images: own.length }))
    .filter(({ sentence }) => sentence.trim() !== "");
}

const valuesOf = ({ code: _, ...details }: Remark): [string, unknown][] => Object.entries(details);

const keyOf = (remark: Remark): string =>
  JSON.stringify([remark.code, valuesOf(remark).filter(([, value]) => typeof value !== "number")]);

/** The sentence of remarks of one kind: that of the middle one, and from where to where its numbers go. */
function sentenceOf(remarks: readonly Remark[]): string {
  const varying = valuesOf(remarks[0]!).flatMap(([name, value]) => {
    if (typeof value !== "number") return [];
    const sorted = remarks
      .map((remark) => ({ remark, number: Number(new Map(valuesOf(remark)).get(name)) }))
      .toSorted((p, q) => p.number - q.number);
    const [low, high] = [sorted[0]!.number, sorted.at(-1)!.number];
    return low === high ? [] : [{ name, low, high, middle: sorted[Math.floor(sorted.length / 2)]!.remark }];
  });
  const sentence = remarkSentence(varying[0]?.middle ?? remarks[0]!);
  if (varying.length === 0) return sentence;
  const ranges = varying.map(({ name, low, high }) => `${name} ${plain(low)} to ${plain(high)}`);
  return `${sentence.trim().replace(/[.]$/, "")} (${ranges.join(", ")})`;
}

const plain = (value: number): string => String(Number(value.toPrecision(3)));

const ended = (sentence: string): string => (/[.!?]$/.test(sentence.trim()) ? sentence.trim() : `${sentence.trim()}.`);
