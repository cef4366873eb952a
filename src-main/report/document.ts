import { basename } from "node:path";
import type { AreaSource, MapPlace, MapResult, ReportSpec } from "../../src-shared/domain/job.ts";
import { accuracyOf, bestFirst, findingsList, inOrderOfWorth, interval, measuredClasses } from "./accuracy.ts";
import { areaTable, correctedTable, totalPixels, totalSquareMeters } from "./areas.ts";
import { curvesOf } from "./curves.ts";
import { dataUsed, inputData } from "./data-used.ts";
import { designOf } from "./design.ts";
import type { Ground } from "./ground.ts";
import { Html, html } from "./html.ts";
import { subsetTitle } from "./inputs.ts";
import { mapSvg } from "./map-figure.ts";
import { namedClass } from "./named-class.ts";
import { counted, duration, grouped, hectares, length, percent, score } from "./numbers.ts";
import { phaseTable } from "./phases.ts";
import { placeTable } from "./places.ts";
import { rampColor } from "./ramp.ts";
import { scoresOf } from "./scores.ts";
import { style } from "./style.ts";
import { cell, rowHead, specTable, table } from "./table.ts";
import { uncertaintyOf } from "./uncertainty.ts";

/** The pictures of a map, ready to be embedded. */
export interface MapPictures {
  /** of the whole map */
  readonly ground: Ground;
  /** the whole map, or its separate places, from the north */
  readonly parts: readonly MapPart[];
}

export interface MapPart {
  /** `null`: the whole map */
  readonly place: MapPlace | null;
  readonly ground: Ground;
  readonly classes: EmbeddedPicture;
  readonly confidence: EmbeddedPicture;
}

export interface EmbeddedPicture {
  readonly uri: string;
  /** shown with fewer pixels than the raster has */
  readonly reduced: boolean;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

/** The whole report as one HTML document (also well-formed XML). The same input gives the same text. */
export function reportDocument(spec: ReportSpec, pictures: MapPictures | null): string {
  const areas = areasOf(spec, pictures?.ground);
  const uncertainty = uncertaintyOf(spec, areas);
  const { scores = [], numbers = [] } = spec;
  const sections: Section[] = [
    { id: "map", title: "Map", body: mapSection(spec, pictures, areas) },
    ...(spec.tables.length > 0 || scores.length > 0
      ? [{ id: "comparison", title: "Comparison", body: html`${spec.tables.map(specTable)}${scores.map(scoresOf)}` }]
      : []),
    { id: "accuracy", title: "Accuracy", body: accuracySection(spec) },
    ...(uncertainty ? [{ id: "uncertainty", title: "Uncertainty", body: uncertainty }] : []),
    ...(numbers.length > 0
      ? [{ id: "numbers", title: "Numbers and change", body: html`${numbers.map(specTable)}` }]
      : []),
    { id: "curves", title: "Training curves", body: curvesSection(spec) },
    { id: "data", title: "Data used", body: dataSection(spec) },
    { id: "time", title: "Time", body: timeSection(spec) },
    ...(spec.notes.length > 0 ? [{ id: "notes", title: "Notes", body: listOf(spec.notes) }] : []),
    ...(spec.attribution.length > 0
      ? [{ id: "sources", title: "Sources and licences", body: listOf(spec.attribution) }]
      : []),
  ];
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"/>
<meta name="generator" content="${`OmniSat Desktop ${spec.appVersion}`}"/>
<title>${spec.title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>${spec.title}</h1>
<p class="abstract">${abstractOf(spec, pictures, areas)}</p>
${keyFigures(spec, areas)}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`,
)}</main>
<footer>Written by OmniSat Desktop ${spec.appVersion}, seed ${spec.seed}. This file holds everything it shows and loads nothing from elsewhere.</footer>
</body>
</html>
`.text;
}

function areasOf({ areas, map }: ReportSpec, ground: Ground | undefined): AreaSource | null {
  if (areas) return areas;
  if (!map || !ground) return null;
  return { pixels: map.pixels, squareMetersPerPixel: ground.pixelWidthMeters * ground.pixelHeightMeters };
}

/** What was made from what, in a sentence. */
function abstractOf(spec: ReportSpec, pictures: MapPictures | null, areas: AreaSource | null): string {
  const inputs = inputData(spec.imagery).map(({ title, dates }) => `${title} (${counted(dates.length, "date")})`);
  const from = inputs.length > 0 ? ` from ${listed(inputs)}` : "";
  const classes = counted(spec.legend.length, "class", "classes");
  const made =
    pictures && areas
      ? `A map of ${classes} over ${hectares(totalSquareMeters(areas))} ha in pixels of ${pixelText(pictures.ground)}${from}.`
      : `A run${spec.legend.length > 0 ? ` with ${classes}` : ""}${from}, without a map.`;
  return spec.evaluations.some(({ subsets }) => subsets.length > 0) ? made : `${made} Its accuracy was not measured.`;
}

function keyFigures(spec: ReportSpec, areas: AreaSource | null): Html {
  const first = inOrderOfWorth(spec.evaluations)[0];
  const best = first && bestFirst(first.subsets, spec.imagery)[0];
  const seconds = spec.phases.reduce((sum, phase) => sum + phase.seconds, 0);
  const figures: [name: string, value: string, detail: string][] = [];
  if (best) {
    figures.push(["Overall accuracy", score(best.overallAccuracy), `95 % interval ${interval(best)}`]);
    if (best.commonest) figures.push(["Commonest class", score(best.commonest.share), best.commonest.name]);
    figures.push(["Macro F1", score(best.macroF1), meanOf(measuredClasses(best), best.classes.length)]);
    figures.push([
      "Reference",
      grouped(best.samples),
      `${first.part} patches, ${subsetTitle(best.modalities, spec.imagery)}`,
    ]);
  }
  if (areas)
    figures.push(["Mapped area", `${hectares(totalSquareMeters(areas))} ha`, counted(totalPixels(areas), "pixel")]);
  if (seconds > 0) figures.push(["Time", duration(seconds), counted(spec.phases.length, "phase")]);
  if (figures.length === 0) return html``;
  return html`<dl class="figures">${figures.map(
    ([name, value, detail]) => html`<div><dt>${name}</dt><dd>${value}<small>${detail}</small></dd></div>
`,
  )}</dl>`;
}

/** What a macro average is taken over. */
function meanOf(measured: number, all: number): string {
  if (measured < all)
    return `mean of ${measured} of ${counted(all, "class", "classes")}: only these have reference patches`;
  return all === 1 ? "of the only class" : all === 2 ? "mean of both classes" : `mean of all ${all} classes`;
}

function mapSection(spec: ReportSpec, pictures: MapPictures | null, areas: AreaSource | null): Html {
  if (!spec.map || !pictures) {
    return html`<p class="empty">No map was written in this run.</p>
${spec.legend.length > 0 ? areaTable(spec.legend, areas) : ""}`;
  }
  const { ground, parts } = pictures;
  const places = spec.map.places ?? [];
  const left = places.length - parts.length;
  return html`${findingsList(spec.map.findings ?? [])}
${left > 0 ? html`<p class="note">${parts.length} of ${grouped(places.length)} separate places are shown, the largest.</p>` : ""}
${parts.map((part, index) => mapPart(part, index === parts.length - 1, spec, areas))}
<div class="pair">
${areaTable(spec.legend, areas)}
${correctedTable(spec.legend, spec.corrected)}
${factTable(
  spec.map,
  ground,
  parts.some(({ classes }) => classes.reduced),
)}
</div>
${places.length > 1 ? placeTable(places, spec.legend) : ""}`;
}

/** The two pictures of a map, or of one of its places, side by side; the legends stand below the last. */
function mapPart(
  { place, ground, classes, confidence }: MapPart,
  isLast: boolean,
  spec: ReportSpec,
  areas: AreaSource | null,
): Html {
  const frame = { width: 520, height: place ? 420 : 620 };
  const image = ({ uri, reduced }: EmbeddedPicture, description: string) => ({ uri, description, pixelated: !reduced });
  const shown = place && areas ? { ...areas, pixels: place.pixels } : areas;
  const title = place ? `Place ${place.number}, class map` : "Class map";
  const size = place && shown ? html` <small>${hectares(totalSquareMeters(shown))} ha</small>` : "";
  return html`<div class="maps">
<figure>
<figcaption>${title}${size}</figcaption>
${mapSvg(image(classes, classDescription(spec, shown, title)), ground, frame)}
${isLast ? html`<ul class="legend">${spec.legend.map((each) => html`<li>${namedClass(each, spec.legend)}</li>`)}</ul>` : ""}
</figure>
<figure>
<figcaption>${place ? `Place ${place.number}, confidence` : "Confidence"}</figcaption>
${mapSvg(image(confidence, "Confidence of the class map, 0 to 100 per cent"), ground, frame)}
${
  isLast
    ? html`<div class="ramp"><i style="background:linear-gradient(to right,${rampStops})"></i><span><span>0 %</span><span>50 %</span><span>100 %</span></span></div>
<p class="note">The probability that the model gives to the class it chose. It is not a measured accuracy.</p>`
    : ""
}
</figure>
</div>
`;
}

/** The grid and the files of a map. Names without folders: reports are shared, and should not disclose folders of the machine. */
function factTable(map: MapResult, ground: Ground, reduced: boolean): Html {
  const facts: [name: string, value: string][] = [
    ["Grid", `${grouped(ground.width)} × ${grouped(ground.height)} pixels of ${pixelText(ground)}`],
    ["Coordinate system", ground.crs],
    ["Class map", basename(map.classPath)],
    ["Confidence", basename(map.confidencePath)],
    ...(map.probabilitiesPath ? [["Probabilities", basename(map.probabilitiesPath)] as [string, string]] : []),
    ...(map.sets
      ? [
          ["Possible classes", basename(map.sets.setSizePath)] as [string, string],
          ["Uncertain or untaught", basename(map.sets.uncertainPath)] as [string, string],
        ]
      : []),
    ["Styles", `${basename(map.qmlPath)}, ${basename(map.sldPath)}`],
    ["Work", `${counted(map.tiles, "tile")} in ${duration(map.seconds)}`],
  ];
  const remarks = [
    ...(ground.approximate ? ["Lengths and areas are those in the middle of the map."] : []),
    ...(reduced ? ["The pictures show fewer pixels than the files."] : []),
  ];
  return table({
    caption: "Grid and files",
    kind: "facts",
    body: facts.map(
      ([name, value]) => html`<tr>${rowHead(name)}${cell(value, false)}</tr>
`,
    ),
    note: remarks.join(" "),
  });
}

const rampStops = Array.from({ length: 11 }, (_, index) => `rgb(${rampColor(index / 10).join(",")})`).join(",");

function classDescription(spec: ReportSpec, areas: AreaSource | null, title: string): string {
  const total = areas ? totalPixels(areas) : 0;
  const shares = spec.legend.map(({ code, name }) =>
    total > 0 ? `${name} ${percent((areas?.pixels[code] ?? 0) / total)}` : name,
  );
  return `${title}: ${shares.join(", ")}`;
}

function accuracySection(spec: ReportSpec): Html {
  if (spec.evaluations.length === 0) {
    return html`<p class="empty">Nothing was compared with reference data, so nothing can be said about accuracy.</p>`;
  }
  const { imagery, legend, evaluations } = spec;
  const heading = evaluations.length > 1;
  return html`${inOrderOfWorth(evaluations).map((each) => accuracyOf(each, { imagery, legend, heading }))}
${spec.design && designOf(spec.design)}`;
}

const curvesSection = ({ curves }: ReportSpec): Html =>
  curves.length > 0 ? curvesOf(curves) : html`<p class="empty">No training curve was recorded.</p>`;

const dataSection = ({ imagery }: ReportSpec): Html =>
  imagery.modalities.length > 0
    ? dataUsed(inputData(imagery))
    : html`<p class="empty">No imagery is named in this run.</p>`;

const timeSection = ({ phases }: ReportSpec): Html =>
  phases.length > 0 ? phaseTable(phases) : html`<p class="empty">No times were recorded.</p>`;

const listOf = (sentences: readonly string[]): Html =>
  html`<ul class="notes">${sentences.map(
    (sentence) => html`<li>${sentence}</li>
`,
  )}</ul>`;

/** `10 m`, or `64 × 64.1 m` when pixels are not square. */
function pixelText({ pixelWidthMeters: x, pixelHeightMeters: y }: Ground): string {
  return Math.abs(x - y) < 0.0005 * x ? length(x) : `${length(x)} × ${length(y)}`;
}

/** `a`, `a and b`, `a, b and c`. */
const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
