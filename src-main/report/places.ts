import type { MapPlace } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { apply } from "../../src-shared/geo/affine.ts";
import { transformer } from "../raster/index.ts";
import { groundOf } from "./ground.ts";
import { type Html, html } from "./html.ts";
import { namedClass } from "./named-class.ts";
import { counted, dash, grouped, hectareDecimals, hectares } from "./numbers.ts";
import { cell, columnHead, rowHead, table } from "./table.ts";

/** Rows and columns beyond these are summed up: a report is read on a page. */
const mostRows = 200;
const mostClasses = 10;

/** The separate places of a map: where each lies, how much of it is mapped, and the pixels (patches) of each class in it. */
export function placeTable(places: readonly MapPlace[], legend: readonly LegendClass[]): Html {
  const total = (code: number) => places.reduce((sum, { pixels }) => sum + (pixels[code] ?? 0), 0);
  const commonest = legend.toSorted((p, q) => total(q.code) - total(p.code) || p.code - q.code).slice(0, mostClasses);
  const named = new Set(commonest.map(({ code }) => code));
  // In the order of the legend, as everywhere.
  const columns = legend.length > mostClasses ? legend.filter(({ code }) => named.has(code)) : legend;
  const others = legend.length > columns.length;
  const shown = places.toSorted((p, q) => q.patches - p.patches || p.number - q.number).slice(0, mostRows);
  const rows = shown.toSorted((p, q) => p.number - q.number).map((place) => ({ place, ...measured(place) }));
  const decimals = hectareDecimals(Math.max(...rows.map(({ squareMeters }) => squareMeters)));
  const number = (count: number) => cell(count > 0 ? grouped(count) : dash);
  return table({
    caption: "Places",
    head: html`<tr>${columnHead("Place")}${columnHead("Middle (longitude, latitude)")}${columnHead("Mapped, ha", true)}${columns.map((each) => columnHead(namedClass(each, legend), true))}${others ? columnHead("Others", true) : ""}</tr>`,
    body: rows.map(({ place, middle, pixels, squareMeters }) => {
      const own = columns.map(({ code }) => place.pixels[code] ?? 0);
      const rest = pixels - own.reduce((sum, count) => sum + count, 0);
      return html`<tr>${rowHead(`Place ${place.number}`)}${cell(middle, false)}${cell(hectares(squareMeters, decimals))}${own.map(number)}${others ? number(rest) : ""}</tr>
`;
    }),
    note: [
      "Pixels of each class; one pixel is one patch.",
      ...(places.length > rows.length
        ? [` The largest ${grouped(rows.length)} of ${counted(places.length, "place")}.`]
        : []),
      " Accuracy is measured over all places together.",
    ].join(""),
  });
}

function measured({ area, pixels }: MapPlace) {
  const count = Object.values(pixels).reduce((sum, own) => sum + own, 0);
  const { pixelWidthMeters, pixelHeightMeters } = groundOf(area);
  const { forward } = transformer(area.crs, "EPSG:4326");
  const lonLat = forward(...apply(area.affine, area.width / 2, area.height / 2));
  const middle = lonLat.every(Number.isFinite) ? lonLat.map((value) => value.toFixed(4)).join(", ") : dash;
  return { pixels: count, squareMeters: count * pixelWidthMeters * pixelHeightMeters, middle };
}
