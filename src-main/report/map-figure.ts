import type { Ground } from "./ground.ts";
import { type Html, html } from "./html.ts";
import { length } from "./numbers.ts";
import { niceStep } from "./ticks.ts";

/** A picture of the ground as an SVG: the pixels, and over them a scale bar and a north arrow. */
export interface MapImage {
  /** PNG as a data URI */
  readonly uri: string;
  /** description of the picture for screen readers */
  readonly description: string;
  /** blocky pixels when a pixel of the picture is a pixel of the raster */
  readonly pixelated: boolean;
}

/** The picture in a frame of at most `width` × `height` units, which are about a CSS pixel each. */
export function mapSvg(
  image: MapImage,
  ground: Ground,
  frame: { readonly width: number; readonly height: number },
): Html {
  const groundWidth = ground.width * ground.pixelWidthMeters;
  const groundHeight = ground.height * ground.pixelHeightMeters;
  const unitsPerMeter = Math.min(frame.width / groundWidth, frame.height / groundHeight);
  const width = Math.max(40, Math.round(groundWidth * unitsPerMeter));
  const height = Math.max(40, Math.round(groundHeight * unitsPerMeter));
  return html`<svg class="map" viewBox="0 0 ${width} ${height}" style="max-width:${Math.round(width * 1.16)}px" role="img" aria-label="${image.description}">
<image href="${image.uri}" width="${width}" height="${height}" preserveAspectRatio="none"${image.pixelated ? html` class="pixelated"` : ""}/>
<rect class="frame" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}"/>
${width >= 160 && height >= 60 ? scaleBar(width, height, unitsPerMeter) : ""}
${width >= 160 && height >= 100 ? northArrow(width, ground.northDegrees) : ""}
</svg>`;
}

/** A bar of a round length, about a fifth of the map, on a light plate that any map colour may lie under. */
function scaleBar(width: number, height: number, unitsPerMeter: number): Html {
  const meters = niceStep(width / 8 / unitsPerMeter);
  const bar = meters * unitsPerMeter;
  const label = length(meters);
  const plate = Math.max(bar, label.length * 7) + 24;
  const [left, top] = [10, height - 46];
  const start = left + (plate - bar) / 2;
  const units = (value: number): string => value.toFixed(2);
  return html`<g class="over"><rect class="plate" x="${left}" y="${top}" width="${units(plate)}" height="36" rx="2"/>
<text x="${units(left + plate / 2)}" y="${top + 16}" text-anchor="middle">${label}</text>
<path class="stroke" data-meters="${meters}" d="M${units(start)} ${top + 22}v6h${units(bar)}v-6"/></g>`;
}

function northArrow(width: number, degrees: number): Html {
  const [x, y] = [width - 27, 33];
  return html`<g class="over"><rect class="plate" x="${x - 17}" y="${y - 23}" width="34" height="46" rx="2"/>
<g transform="translate(${x} ${y}) rotate(${Number(degrees.toFixed(1))})"><path class="fill" d="M0 -19L5 -7H-5Z"/><path class="stroke" d="M0 -8V-3"/><text y="9" text-anchor="middle" transform="rotate(${Number((-degrees).toFixed(1))} 0 5)">N</text></g></g>`;
}
