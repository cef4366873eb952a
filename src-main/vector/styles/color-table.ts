// Classes of tables of colours in text: ESRI's .clr (value red green blue), the colour maps that QGIS exports (… alpha,name), and those
// of gdaldem (… alpha, a name behind #).

import type { StyleClass } from "./classes-from-style.ts";

/** Colours that GDAL knows by their names. See https://gdal.org/en/stable/programs/gdaldem.html#color-relief. */
const named: Readonly<Record<string, string>> = {
  white: "#ffffff",
  black: "#000000",
  red: "#ff0000",
  green: "#00ff00",
  blue: "#0000ff",
  yellow: "#ffff00",
  magenta: "#ff00ff",
  cyan: "#00ffff",
  aqua: "#00bfbf",
  grey: "#bfbfbf",
  gray: "#bfbfbf",
  orange: "#ff7f00",
  brown: "#bf7f3f",
  purple: "#7f00ff",
  violet: "#7f00ff",
  indigo: "#007fff",
};

const separator = "[\\s,:;]+";
const channel = "(\\d{1,3})";
const line = new RegExp(
  `^(-?\\d+(?:\\.\\d+)?|nv|default)${separator}(?:([a-z]+)|${channel}${separator}${channel}${separator}${channel}(?:${separator}${channel}(?![\\d.]))?)(?:$|[\\s,:;#]+(.*)$)`,
  "i",
);

/**
 * `undefined` when the text is no table of colours, or one whose colours blend into each other. What is transparent, and what has no value,
 * is no class.
 */
export function classesFromColorTable(text: string): readonly StyleClass[] | undefined {
  const classes: StyleClass[] = [];
  for (const raw of text.split(/\r?\n/)) {
    const written = raw.trim();
    const mode = /^INTERPOLATION\s*:\s*(\w+)/i.exec(written)?.[1];
    if (mode !== undefined && !/^exact$/i.test(mode)) return undefined;
    if (mode !== undefined || written === "" || /^(#|\/\/)/.test(written)) continue;
    const found = line.exec(written);
    if (!found) return undefined;
    const [, value, word, red, green, blue, alpha, label = ""] = found;
    const color = word === undefined ? hexOf([red!, green!, blue!]) : named[word.toLowerCase()];
    if (color === undefined) return undefined;
    if (/^(nv|default)$/i.test(value!) || alpha === "0") continue;
    const name = label
      .replace(/^#\s*/, "")
      .replace(/^"(.*)"$/, "$1")
      .trim();
    classes.push({ value: String(Number(value)), name: name || String(Number(value)), color });
  }
  return classes.length > 0 ? classes : undefined;
}

function hexOf(channels: readonly string[]): string | undefined {
  const numbers = channels.map(Number);
  return numbers.every((one) => one <= 255)
    ? `#${numbers.map((one) => one.toString(16).padStart(2, "0")).join("")}`
    : undefined;
}
