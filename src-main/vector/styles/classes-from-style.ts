// The classes of a style that another program saved: QGIS's .qml (paletted rasters, categorised polygons) and SLD 1.0 colour
// maps or rules. Only values, names and colours are taken; everything else about the looks stays behind.
import { descendantsNamed, localName, parseXml, textWithin, type XmlElement, XmlProblem } from "../../raster/xml.ts";

export interface StyleClass {
  readonly value: string;
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
}

/** `undefined` when the text is no style that can be understood. */
export function classesFromStyle(text: string): readonly StyleClass[] | undefined {
  const root = parsed(text);
  if (!root) return undefined;
  const classes =
    localName(root.name) === "qgis"
      ? fromQml(root)
      : localName(root.name) === "StyledLayerDescriptor"
        ? fromSld(root)
        : [];
  return classes.length > 0 ? classes : undefined;
}

function parsed(text: string): XmlElement | undefined {
  try {
    return parseXml(text);
  } catch (error) {
    if (error instanceof XmlProblem) return undefined;
    throw error;
  }
}

const all = descendantsNamed;
const attribute = (element: XmlElement, name: string): string => element.attributes[name] ?? "";

function fromQml(root: XmlElement): StyleClass[] {
  const palette = all(root, "paletteEntry").flatMap((entry) =>
    styleClass(attribute(entry, "value"), attribute(entry, "label"), attribute(entry, "color")),
  );
  if (palette.length > 0) return palette;
  const symbols = new Map(
    all(root, "symbol").map((symbol) => [attribute(symbol, "name"), symbolColor(symbol)] as const),
  );
  return all(root, "category").flatMap((category) =>
    styleClass(
      attribute(category, "value"),
      attribute(category, "label"),
      symbols.get(attribute(category, "symbol")) ?? "",
    ),
  );
}

/** QGIS writes a fill as “r,g,b,a”, in an Option since 3.18 and in a prop before. */
function symbolColor(symbol: XmlElement): string {
  const options = [
    ...all(symbol, "Option").map((option) => [attribute(option, "name"), attribute(option, "value")]),
    ...all(symbol, "prop").map((option) => [attribute(option, "k"), attribute(option, "v")]),
  ];
  const value = options.find(([name]) => name === "color")?.[1] ?? "";
  const numbers = value.split(",").slice(0, 3).map(Number);
  return numbers.length === 3 && numbers.every((n) => n >= 0 && n <= 255)
    ? `#${numbers.map((n) => Math.round(n).toString(16).padStart(2, "0")).join("")}`
    : "";
}

function fromSld(root: XmlElement): StyleClass[] {
  const entries = all(root, "ColorMapEntry").flatMap((entry) =>
    styleClass(attribute(entry, "quantity"), attribute(entry, "label"), attribute(entry, "color")),
  );
  if (entries.length > 0) return entries;
  return all(root, "Rule").flatMap((rule) => {
    const parameter = all(rule, "CssParameter")
      .concat(all(rule, "SvgParameter"))
      .find((element) => attribute(element, "name") === "fill");
    const title = textOf([...all(rule, "Title"), ...all(rule, "Name")][0]) ?? "";
    const value = textOf(all(rule, "Literal")[0]) ?? title;
    return styleClass(value, title, textOf(parameter) ?? "");
  });
}

const textOf = (element: XmlElement | undefined): string | undefined => element && textWithin(element);

function styleClass(value: string, name: string, color: string): StyleClass[] {
  const label = name.trim() || value.trim();
  const hex = /^#[0-9a-f]{6}/i.exec(color.trim())?.[0].toLowerCase();
  return label === "" || !hex ? [] : [{ value: value.trim(), name: label, color: hex }];
}
