import { type LegendClass, rgbOf } from "../../../src-shared/domain/legend.ts";
import { escapeXml } from "./xml.ts";

const outlineOf = (color: string): string =>
  `#${rgbOf(color).map((value) => Math.round(value * 0.7).toString(16).padStart(2, "0")).join("")}`; // biome-ignore format: one line

/** A QGIS style for polygons that carry a class code: the legend's colours and names. Elements are those QGIS 3.22 saves. */
export function polygonQml(field: string, legend: readonly LegendClass[]): string {
  const rgba = (color: string) => `${rgbOf(color).join(",")},255`;
  return [
    "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>",
    `<qgis version="3.22.0" styleCategories="Symbology">`,
    `  <renderer-v2 type="categorizedSymbol" attr="${escapeXml(field)}" symbollevels="0" forceraster="0" enableorderby="0">`,
    "    <categories>",
    ...legend.map(
      ({ code, name }, i) =>
        `      <category value="${code}" symbol="${i}" label="${escapeXml(name)}" render="true" type="integer"/>`,
    ),
    "    </categories>",
    "    <symbols>",
    ...legend.flatMap(({ color }, i) => [
      `      <symbol type="fill" name="${i}" alpha="1" clip_to_extent="1" force_rhr="0">`,
      `        <layer class="SimpleFill" enabled="1" locked="0" pass="0">`,
      `          <prop k="color" v="${rgba(color)}"/>`,
      `          <prop k="outline_color" v="${rgba(outlineOf(color))}"/>`,
      `          <prop k="outline_style" v="solid"/>`,
      `          <prop k="outline_width" v="0.1"/>`,
      `          <prop k="outline_width_unit" v="MM"/>`,
      `          <prop k="style" v="solid"/>`,
      "        </layer>",
      "      </symbol>",
    ]),
    "    </symbols>",
    "  </renderer-v2>",
    "</qgis>",
    "",
  ].join("\n");
}

/** The same in SLD 1.0. */
export function polygonSld(name: string, field: string, legend: readonly LegendClass[]): string {
  const parameter = (key: string, value: string) => `<CssParameter name="${key}">${value}</CssParameter>`;
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.opengis.net/sld http://schemas.opengis.net/sld/1.0.0/StyledLayerDescriptor.xsd">`,
    `  <NamedLayer><Name>${escapeXml(name)}</Name><UserStyle><Name>${escapeXml(name)}</Name><FeatureTypeStyle>`,
    ...legend.map(
      ({ code, name: label, color }) =>
        `    <Rule><Name>${escapeXml(label)}</Name><ogc:Filter><ogc:PropertyIsEqualTo><ogc:PropertyName>${escapeXml(field)}</ogc:PropertyName><ogc:Literal>${code}</ogc:Literal></ogc:PropertyIsEqualTo></ogc:Filter><PolygonSymbolizer><Fill>${parameter("fill", color.toLowerCase())}</Fill><Stroke>${parameter("stroke", outlineOf(color))}${parameter("stroke-width", "0.3")}</Stroke></PolygonSymbolizer></Rule>`,
    ),
    "  </FeatureTypeStyle></UserStyle></NamedLayer>",
    "</StyledLayerDescriptor>",
    "",
  ].join("\n");
}
