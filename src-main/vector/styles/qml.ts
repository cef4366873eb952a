import { type LegendClass, rgbOf } from "../../../src-shared/domain/legend.ts";
import type { RampStop } from "./ramp.ts";
import { escapeXml } from "./xml.ts";

// The elements are those QGIS 3.22 itself saves for a raster's symbology; newer versions read them.
function document(renderer: readonly string[], note = ""): string {
  // Layer notes are a property that QGIS keeps with a layer and shows beside its name.
  const text = escapeXml(note);
  return [
    "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>",
    `<qgis version="3.22.0" styleCategories="${note === "" ? "Symbology" : "Symbology|Notes|CustomProperties"}" hasScaleBasedVisibilityFlag="0" maxScale="0" minScale="1e+08">`,
    ...(note === ""
      ? []
      : [
          `  <userNotes value="${text}"/>`,
          "  <customproperties>",
          `    <Option type="Map"><Option name="userNotes" type="QString" value="${text}"/></Option>`,
          "  </customproperties>",
        ]),
    "  <pipe>",
    "    <provider>",
    `      <resampling enabled="false" zoomedInResamplingMethod="nearestNeighbour" zoomedOutResamplingMethod="nearestNeighbour" maxOversampling="2"/>`,
    "    </provider>",
    ...renderer.map((line) => `    ${line}`),
    `    <brightnesscontrast brightness="0" contrast="0" gamma="1"/>`,
    `    <huesaturation saturation="0" grayscaleMode="0" invertColors="0" colorizeOn="0" colorizeRed="255" colorizeGreen="128" colorizeBlue="128" colorizeStrength="100"/>`,
    `    <rasterresampler maxOversampling="2"/>`,
    "    <resamplingStage>resamplingFilter</resamplingStage>",
    "  </pipe>",
    "  <blendMode>0</blendMode>",
    "</qgis>",
    "",
  ].join("\n");
}

const minMaxOrigin = [
  "  <minMaxOrigin>",
  "    <limits>None</limits>",
  "    <extent>WholeRaster</extent>",
  "    <statAccuracy>Estimated</statAccuracy>",
  "    <cumulativeCutLower>0.02</cumulativeCutLower>",
  "    <cumulativeCutUpper>0.98</cumulativeCutUpper>",
  "    <stdDevFactor>2</stdDevFactor>",
  "  </minMaxOrigin>",
];

/**
 * A QGIS style for a class raster: the legend's colours and names. Values that the legend does not have stay transparent.
 * `note` warns about the layer's limits.
 */
export function classQml(legend: readonly LegendClass[], band = 1, note = ""): string {
  const renderer = [
    `<rasterrenderer type="paletted" band="${band}" opacity="1" alphaBand="-1" nodataColor="">`,
    "  <rasterTransparency/>",
    ...minMaxOrigin,
    "  <colorPalette>",
    ...legend.map(
      ({ code, name, color }) =>
        `    <paletteEntry value="${code}" color="${checked(color)}" alpha="255" label="${escapeXml(name)}"/>`,
    ),
    "  </colorPalette>",
    "</rasterrenderer>",
  ];
  return document(renderer, note);
}

/** A QGIS style for a continuous raster, blending between the stops. */
export function rampQml(stops: readonly RampStop[], band = 1, note = ""): string {
  const first = stops[0];
  const last = stops.at(-1);
  if (!first || !last) throw new Error("A ramp needs stops");
  const renderer = [
    `<rasterrenderer type="singlebandpseudocolor" band="${band}" opacity="1" alphaBand="-1" nodataColor="" classificationMin="${first.value}" classificationMax="${last.value}">`,
    "  <rasterTransparency/>",
    ...minMaxOrigin,
    "  <rastershader>",
    `    <colorrampshader colorRampType="INTERPOLATED" classificationMode="1" clip="0" minimumValue="${first.value}" maximumValue="${last.value}" labelPrecision="4">`,
    ...stops.map(
      ({ value, color, label }) =>
        `      <item value="${value}" color="${checked(color)}" alpha="255" label="${escapeXml(label)}"/>`,
    ),
    "    </colorrampshader>",
    "  </rastershader>",
    "</rasterrenderer>",
  ];
  return document(renderer, note);
}

function checked(color: string): string {
  rgbOf(color);
  return color.toLowerCase();
}
