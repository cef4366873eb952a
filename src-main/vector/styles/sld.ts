import { type LegendClass, rgbOf } from "../../../src-shared/domain/legend.ts";
import type { RampStop } from "./ramp.ts";
import { escapeXml } from "./xml.ts";

interface Entry {
  readonly color: string;
  readonly quantity: number;
  readonly label: string;
}

/** A style for a class raster in SLD 1.0, which GeoServer, MapServer and QGIS read. */
export function classSld(name: string, legend: readonly LegendClass[], band = 1, note = ""): string {
  return document(
    name,
    "values",
    legend.map(({ code, name: label, color }) => ({ color, quantity: code, label })),
    band,
    note,
  );
}

/** A style for a continuous raster in SLD 1.0, blending between the stops. */
export function rampSld(name: string, stops: readonly RampStop[], band = 1, note = ""): string {
  return document(
    name,
    "ramp",
    stops.map(({ value, color, label }) => ({ color, quantity: value, label })),
    band,
    note,
  );
}

function document(
  name: string,
  type: "values" | "ramp",
  entries: readonly Entry[],
  band: number,
  note: string,
): string {
  const title = escapeXml(name);
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.opengis.net/sld http://schemas.opengis.net/sld/1.0.0/StyledLayerDescriptor.xsd">`,
    "  <NamedLayer>",
    `    <Name>${title}</Name>`,
    "    <UserStyle>",
    `      <Name>${title}</Name>`,
    `      <Title>${title}</Title>`,
    ...(note === "" ? [] : [`      <Abstract>${escapeXml(note)}</Abstract>`]),
    "      <FeatureTypeStyle>",
    "        <Rule>",
    "          <RasterSymbolizer>",
    "            <Opacity>1</Opacity>",
    "            <ChannelSelection>",
    "              <GrayChannel>",
    `                <SourceChannelName>${band}</SourceChannelName>`,
    "              </GrayChannel>",
    "            </ChannelSelection>",
    `            <ColorMap type="${type}">`,
    ...entries.map(({ color, quantity, label }) => {
      rgbOf(color);
      return `              <ColorMapEntry color="${color.toLowerCase()}" quantity="${quantity}" label="${escapeXml(label)}" opacity="1"/>`;
    }),
    "            </ColorMap>",
    "          </RasterSymbolizer>",
    "        </Rule>",
    "      </FeatureTypeStyle>",
    "    </UserStyle>",
    "  </NamedLayer>",
    "</StyledLayerDescriptor>",
    "",
  ].join("\n");
}
