// The classes of a style that another program saved: QGIS's .qml (paletted rasters, categorised polygons) and SLD 1.0 colour
// maps or rules. Only values, names and colours are taken; everything else about the looks stays behind.
import { DOMParser } from "@xmldom/xmldom";

export interface StyleClass {
  readonly value: string;
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
}

type Element = ReturnType<DOMParser["parseFromString"]>["documentElement"] & object;

/** `undefined` when the text is no style that can be understood. */
export function classesFromStyle(text: string): readonly StyleClass[] | undefined {
  const root = parsed(text);
  if (!root) return undefined;
  const classes =
    root.localName === "qgis" ? fromQml(root) : root.localName === "StyledLayerDescriptor" ? fromSld(root) : [];
  return classes.length > 0 ? classes : undefined;
}

function parsed(text: string): Element | undefined {
  try {
    return new DOMParser({ onError: () => {} }).parseFromString(text, "text/xml").documentElement ?? undefined;
  } catch {
    return undefined;
  }
}

const all = (root: Element, name: string): Element[] => [...root.getElementsByTagNameNS("*", name)];
const attribute = (element: Element, name: string): string => element.getAttribute(name) ?? "";

function fromQml(root: Element): StyleClass[] {
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
function symbolColor(symbol: Element): string {
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

function fromSld(root: Element): StyleClass[] {
  const entries = all(root, "ColorMapEntry").flatMap((entry) =>
    styleClass(attribute(entry, "quantity"), attribute(entry, "label"), attribute(entry, "color")),
  );
  if (entries.length > 0) return entries;
  return all(root, "Rule").flatMap((rule) => {
    const parameter = all(rule, "CssParameter")
      .concat(all(rule, "SvgParameter"))
      .find((element) => attribute(element, "name") === "fill");
    const title = [...all(rule, "Title"), ...all(rule, "Name")][0]?.textContent ?? "";
    const value = all(rule, "Literal")[0]?.textContent ?? title;
    return styleClass(value, title, parameter?.textContent ?? "");
  });
}

function styleClass(value: string, name: string, color: string): StyleClass[] {
  const label = name.trim() || value.trim();
  const hex = /^#[0-9a-f]{6}/i.exec(color.trim())?.[0].toLowerCase();
  return label === "" || !hex ? [] : [{ value: value.trim(), name: label, color: hex }];
}
