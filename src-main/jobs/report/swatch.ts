import { type LegendClass, rgbOf } from "../../../src-shared/domain/legend.ts";
import { type Html, html } from "./html.ts";

/** The coloured square in front of a class's name; the name carries the meaning, so readers aloud skip it. */
export function swatch({ code }: { readonly code: number }, legend: readonly LegendClass[]): Html {
  const entry = legend.find((candidate) => candidate.code === code);
  return entry
    ? html`<span class="swatch" style="background:${cssColor(entry.color)}" aria-hidden="true"></span>`
    : html`<span class="swatch unknown" aria-hidden="true"></span>`;
}

/** A colour of the legend as CSS. Written anew from its numbers, so that no text of a user enters a style. */
export const cssColor = (color: string): string => `rgb(${rgbOf(color).join(",")})`;
