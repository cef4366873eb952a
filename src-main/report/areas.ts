import type { AreaSource } from "../../src-shared/domain/job.ts";
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

export const totalPixels = ({ pixels }: AreaSource): number =>
  Object.values(pixels).reduce((sum, count) => sum + count, 0);

export const totalSquareMeters = (source: AreaSource): number => totalPixels(source) * source.squareMetersPerPixel;
