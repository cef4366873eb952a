import { mayBeWrong } from "../../src-shared/domain/area-sample.ts";
import type { AreaSource, CorrectedHectares, SampleBasis, UncorrectedAreas } from "../../src-shared/domain/job.ts";
import { countedLabels } from "../../src-shared/domain/label-unit.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { type Html, html } from "./html.ts";
import { namedClass } from "./named-class.ts";
import { dash, grouped, hectareDecimals, hectares, percent } from "./numbers.ts";
import { cell, columnHead, rowHead, table } from "./table.ts";

/** The legend with what each class covers. */
export function areaTable(legend: readonly LegendClass[], source: AreaSource | null): Html {
  if (!source) {
    return table({
      caption: "Legend",
      head: html`<tr>${columnHead("Class")}${columnHead("Code", true)}</tr>`,
      body: legend.map(
        (each) => html`<tr>${rowHead(namedClass(each, legend))}${cell(each.code)}</tr>
`,
      ),
    });
  }
  const counts = new Map(Object.entries(source.pixels).map(([code, pixels]) => [Number(code), pixels]));
  // A code without a class is shown as what it is, so that the shares add up to the map.
  const unknown = [...counts.keys()]
    .filter((code) => !legend.some((each) => each.code === code) && counts.get(code)! > 0)
    .sort((p, q) => p - q)
    .map((code) => ({ code, name: `Code ${code}, not in the legend` }));
  const total = [...counts.values()].reduce((sum, pixels) => sum + pixels, 0);
  const decimals = hectareDecimals(total * source.squareMetersPerPixel);
  const row = (each: { readonly code: number; readonly name: string }): Html => {
    const pixels = counts.get(each.code) ?? 0;
    return html`<tr>${rowHead(namedClass(each, legend))}${cell(grouped(pixels))}${cell(hectares(pixels * source.squareMetersPerPixel, decimals))}${cell(total > 0 ? percent(pixels / total) : dash)}</tr>
`;
  };
  return table({
    caption: "Legend and mapped area",
    head: html`<tr>${columnHead("Class")}${["Pixels", "ha", "Share"].map((name) => columnHead(name, true))}</tr>`,
    body: [
      [...legend, ...unknown].map(row),
      html`<tr class="total">${rowHead("Total")}${cell(grouped(total))}${cell(hectares(total * source.squareMetersPerPixel, decimals))}${cell(total > 0 ? percent(1) : dash)}</tr>`,
    ],
    note: "Counted pixels are not an area estimate: what the map confuses adds to one class and is missing from another. For area statistics, correct the counts with a reference sample.",
  });
}

/** Hectares as the test labels correct the counts, with their intervals; or why there are none. */
export function correctedTable(
  legend: readonly LegendClass[],
  source: CorrectedHectares | UncorrectedAreas | undefined,
): Html | false {
  if (!source) return false;
  if ("reason" in source) {
    const why =
      source.reason === "no-evaluation"
        ? "this model was not measured on a test part with these inputs"
        : source.reason === "one-label"
          ? `the test patches mapped as ${source.classes.join(", ")} are of one label, which says nothing of others`
          : `these mapped classes have fewer than two test patches: ${source.classes.join(", ")}`;
    return html`<p class="note">The areas are not corrected: ${why}.</p>`;
  }
  const { classes, samples, sample, overallAccuracy, overallAccuracyError } = source;
  const known = classes.filter(({ code }) => legend.some((each) => each.code === code));
  const total = known.reduce((sum, each) => sum + each.hectares, 0);
  const decimals = hectareDecimals(total * 10_000);
  const accuracy = (value: number | null) => (value === null ? dash : percent(value));
  const row = (each: CorrectedHectares["classes"][number]): Html => {
    const low = Math.max(0, each.hectares - each.error);
    // Answers that all agree say nothing of an interval.
    const interval =
      each.error > 0
        ? `${hectares(low * 10_000, decimals)}\u2060–\u2060${hectares((each.hectares + each.error) * 10_000, decimals)}`
        : dash;
    const entry = legend.find(({ code }) => code === each.code)!;
    return html`<tr>${rowHead(namedClass(entry, legend))}${cell(hectares(each.hectares * 10_000, decimals))}${cell(interval)}${cell(accuracy(each.usersAccuracy))}${cell(accuracy(each.producersAccuracy))}</tr>
`;
  };
  return table({
    caption: sample ? "Area estimated from a probability sample" : "Area corrected by the test labels",
    head: html`<tr>${columnHead("Class")}${["ha", "95 % interval, ha", "User’s accuracy", "Producer’s accuracy"].map((name) => columnHead(name, true))}</tr>`,
    body: known.map(row),
    note: sample
      ? `${sampleSentence(sample, samples)} Weighted by area, ${percent(overallAccuracy)} ± ${percent(overallAccuracyError)} of the map is right (95 %; Olofsson et al. 2014).${sample.otherHectares > 0 ? ` ${hectares(sample.otherHectares * 10_000, decimals)} ha are of no class of the map.` : ""}${noErrorSentence(known, legend)}`
      : `Estimated from ${grouped(samples)} test patches by post-stratification (Olofsson et al. 2014); weighted by area, ${percent(overallAccuracy)} ± ${percent(overallAccuracyError)} of the map is right. ${
          source.labels === undefined
            ? "Patches of one label resemble each other, so that the true intervals are wider."
            : `The intervals count ${countedLabels(source.labels, source.unit)}, since patches of one label resemble each other (ratio estimator between labels, Cochran 1977).`
        } They hold for test labels that were drawn at random over the mapped area, which these were not: for areas to report, draw a probability sample.`,
  });
}

/** What classes without an error in the sample leave open. */
function noErrorSentence(classes: CorrectedHectares["classes"], legend: readonly LegendClass[]): string {
  const sure = classes.flatMap(({ code, noErrorIn }) => {
    const name = legend.find((each) => each.code === code)?.name ?? String(code);
    return noErrorIn === undefined ? [] : [`${name} ${percent(mayBeWrong(noErrorIn))}`];
  });
  return sure.length === 0
    ? ""
    : ` The sample found no error in some classes, which does not mean that there is none; of each may still be wrong (95 %): ${sure.join(", ")}.`;
}

const methods = {
  simple: "by simple random sampling",
  stratified: "by random sampling within each class of the map",
  systematic: "on a grid with a random start",
} as const;

/** How a probability sample was drawn and answered. */
function sampleSentence({ name, method, seed, places, cannotTell, open }: SampleBasis, used: number): string {
  const left = [
    ...(cannotTell > 0 ? [`${grouped(cannotTell)} could not be told`] : []),
    ...(open > 0 ? [`${grouped(open)} are not answered yet`] : []),
  ];
  return `Sample “${name}”: ${grouped(places)} places drawn ${methods[method]} (seed ${seed}) and answered without seeing the map; ${grouped(used)} of them are used${left.length > 0 ? ` (${left.join(", ")})` : ""}.`;
}

export const totalPixels = ({ pixels }: AreaSource): number =>
  Object.values(pixels).reduce((sum, count) => sum + count, 0);

export const totalSquareMeters = (source: AreaSource): number => totalPixels(source) * source.squareMetersPerPixel;
