import type { Imagery } from "../../src-shared/domain/job.ts";
import { type Acquisition, hasQuality, radiometryOf, warningsOf } from "../../src-shared/eo/acquisition.ts";
import type { Modality } from "../../src-shared/eo/modality.ts";
import { remarkSentence } from "../../src-shared/eo/remarks.ts";
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
  )}</ul>`;
}

/** Sensors that see through clouds. */
const radar: ReadonlySet<SensorId> = new Set(["sentinel-1"]);

/** How stored numbers became values, which pixels counted as clear, and every doubt that was found. */
function remarks({ modality, acquisitions }: InputData): string[] {
  const decisions = tally(acquisitions.map((acquisition) => remarkSentence(radiometryOf(acquisition).decidedBy)));
  const warnings = tally(acquisitions.flatMap(warningsOf).map(remarkSentence));
  const count = (images: number): string => (images === acquisitions.length ? "all images" : counted(images, "image"));
  const clear = modality.clearClasses.map((code) => sclClasses[code] ?? `class ${code}`);
  const masked = acquisitions.filter(hasQuality).length;
  return [
    ...decisions.map(([sentence, images]) =>
      `${ended(sentence)} (${count(images)})`.replace(/\.? \(/, " (").concat("."),
    ),
    clear.length > 0 && masked > 0
      ? `Clear pixels by the scene classification: ${clear.join(", ")} (${count(masked)}).`
      : radar.has(modality.sensor)
        ? ""
        : "No cloud mask was used.",
    ...warnings.map(([sentence, images]) => `Doubt in ${count(images)}: ${ended(sentence)}`),
  ];
}

function tally(sentences: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const sentence of sentences) counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  return [...counts].filter(([sentence]) => sentence.trim() !== "");
}

const ended = (sentence: string): string => (/[.!?]$/.test(sentence.trim()) ? sentence.trim() : `${sentence.trim()}.`);
