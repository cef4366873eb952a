import { type LegendClass, rgbOf } from "../../src-shared/domain/legend.ts";
import { type Html, html } from "./html.ts";

/** A class's colour and name. The coloured square is hidden from screen readers, since the name says the same. */
export function namedClass(
  { code, name }: { readonly code: number; readonly name: string },
  legend: readonly LegendClass[],
): Html {
  const entry = legend.find((candidate) => candidate.code === code);
  const square = entry
    ? html`<span class="swatch" style="background:${cssColor(entry.color)}" aria-hidden="true"></span>`
    : html`<span class="swatch unknown" aria-hidden="true"></span>`;
  return html`<span class="named">${square}${name}</span>`;
}

/** A colour of the legend as CSS. Written anew from its numbers, so that no text of a user enters a style. */
const cssColor = (color: string): string => `rgb(${rgbOf(color).join(",")})`;
