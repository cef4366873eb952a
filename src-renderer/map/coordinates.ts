/** Writing and reading coordinates. Pure: transforms are passed in. */

export type Notation = "project" | "dd" | "dms";
export const notations: readonly Notation[] = ["project", "dd", "dms"];

type WriteNumber = (value: number, options: Intl.NumberFormatOptions) => string;

/** `51.05432° N, 3.72114° E`: latitude first, as people say it. */
export function writeDegrees(longitude: number, latitude: number, write: WriteNumber, digits = 5): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const one = (value: number, letters: string) => `${write(Math.abs(value), options)}° ${letters[value < 0 ? 1 : 0]}`;
  return `${one(latitude, "NS")}  ${one(wrapped(longitude), "EW")}`;
}

/** `51° 03′ 15.6″ N  3° 43′ 16.1″ E` */
export function writeDms(longitude: number, latitude: number, write: WriteNumber, digits = 1): string {
  const one = (value: number, letters: string) => {
    // Rounding first keeps 59.96 seconds from becoming 60.0.
    const unit = 10 ** digits;
    const all = Math.round(Math.abs(value) * 3600 * unit) / unit;
    const degrees = Math.floor(all / 3600 + 1e-9);
    const minutes = Math.floor((all - degrees * 3600) / 60 + 1e-9);
    const seconds = Math.max(0, all - degrees * 3600 - minutes * 60);
    const text = write(seconds, {
      minimumIntegerDigits: 2,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    return `${degrees}° ${String(minutes).padStart(2, "0")}′ ${text}″ ${letters[value < 0 ? 1 : 0]}`;
  };
  return `${one(latitude, "NS")}  ${one(wrapped(longitude), "EW")}`;
}

const wrapped = (longitude: number): number => ((((longitude + 180) % 360) + 360) % 360) - 180;

/** What a person typed, understood. */
export type Understood =
  | { readonly kind: "lonlat"; readonly longitude: number; readonly latitude: number }
  | { readonly kind: "project"; readonly x: number; readonly y: number }
  | { readonly kind: "crs"; readonly crs: string; readonly x: number; readonly y: number }
  | { readonly kind: "mgrs"; readonly text: string };

/**
 * Reads `51.05, 3.72` · `51° 3′ 15″ N 3° 43′ 16″ E` · `N51.05 E3.72` · `548000 5656000` · `EPSG:31370 104000 194000` ·
 * `31U ES 48000 56000`. Degrees without letters are latitude, then longitude. `null`: not understood.
 */
export function readCoordinates(text: string, projectInDegrees: boolean): Understood | null {
  const clean = text.trim();
  if (clean === "") return null;
  const named = /^(?:EPSG:)?\s*(\d{4,6})\s*[:;]?\s+(.+)$/i.exec(clean);
  const rest = named?.[2] && /^EPSG:/i.test(clean) ? named[2] : undefined;
  if (rest !== undefined) {
    const pair = plainPair(rest);
    return pair ? { kind: "crs", crs: `EPSG:${named![1]}`, x: pair[0], y: pair[1] } : null;
  }
  const grid = clean.toUpperCase().replaceAll(/\s+/g, "");
  const square = /^\d{1,2}[C-HJ-NP-X][A-HJ-NP-Z]{2}(\d*)$/.exec(grid);
  if (square) return square[1]!.length % 2 === 0 && square[1]!.length <= 10 ? { kind: "mgrs", text: grid } : null;
  const lettered = letteredPair(clean);
  if (lettered) return inDomain(lettered) ? { kind: "lonlat", ...lettered } : null;
  const pair = plainPair(clean);
  if (!pair) return null;
  const [first, second] = pair;
  if (Math.abs(first) <= 90 && Math.abs(second) <= 180) {
    return { kind: "lonlat", latitude: first, longitude: second };
  }
  if (projectInDegrees) {
    // A longitude beyond 90 came first.
    return Math.abs(second) <= 90 && Math.abs(first) <= 180
      ? { kind: "lonlat", longitude: first, latitude: second }
      : null;
  }
  return { kind: "project", x: first, y: second };
}

const inDomain = ({ longitude, latitude }: { readonly longitude: number; readonly latitude: number }): boolean =>
  Math.abs(latitude) <= 90 && Math.abs(longitude) <= 360;

/** Two numbers; a comma is a decimal sign when spaces or a semicolon part the numbers. */
function plainPair(text: string): readonly [number, number] | null {
  const parts = text.includes(";") ? text.split(";") : text.split(/\s+/);
  const words = parts.map((part) => part.trim().replace(/,$/, "")).filter(Boolean);
  const pair = words.length === 2 ? words : text.split(",").map((part) => part.trim());
  if (pair.length !== 2) return null;
  const [x, y] = pair.map((part) =>
    /^[+-]?(\d+([.,]\d*)?|[.,]\d+)°?$/.test(part) ? Number(part.replace(",", ".").replace("°", "")) : Number.NaN,
  );
  return Number.isFinite(x) && Number.isFinite(y) ? [x!, y!] : null;
}

/** Degrees, minutes and seconds with N S E W (O in French), before or after the numbers, in either order. */
function letteredPair(text: string): { readonly longitude: number; readonly latitude: number } | null {
  const words = text.toUpperCase().match(/[NSEWO]|[+-]?\d+(?:[.,]\d+)?/g);
  if (!words || /[^0-9NSEWO°ºD′'’M″"”.,;\s+-]/i.test(text)) return null;
  const letters = words.filter((word) => /[NSEWO]/.test(word));
  const marked = /[°º′'’″"”]/.test(text);
  if (letters.length === 0) {
    if (!marked) return null;
    const numbers = words.map((word) => Number(word.replace(",", ".")));
    if (numbers.length % 2 !== 0 || numbers.length > 6) return null;
    const half = numbers.length / 2;
    const [latitude, longitude] = [degreesOf(numbers.slice(0, half)), degreesOf(numbers.slice(half))];
    return latitude === null || longitude === null ? null : { latitude, longitude };
  }
  if (letters.length !== 2) return null;
  const before = /[NSEWO]/.test(words[0]!);
  const found: { letter: string; numbers: number[] }[] = [];
  let numbers: number[] = [];
  for (const word of words) {
    const isLetter = /[NSEWO]/.test(word);
    if (before) {
      if (isLetter) found.push({ letter: word, numbers: [] });
      else found.at(-1)!.numbers.push(Number(word.replace(",", ".")));
    } else if (isLetter) {
      found.push({ letter: word, numbers });
      numbers = [];
    } else numbers.push(Number(word.replace(",", ".")));
  }
  let latitude: number | null = null;
  let longitude: number | null = null;
  for (const { letter, numbers: parts } of found) {
    const value = degreesOf(parts);
    if (value === null) return null;
    if (letter === "N") latitude = value;
    else if (letter === "S") latitude = -value;
    else if (letter === "E") longitude = value;
    else longitude = -value;
  }
  return latitude === null || longitude === null ? null : { latitude, longitude };
}

function degreesOf(parts: readonly number[]): number | null {
  const [degrees, minutes = 0, seconds = 0] = parts;
  if (degrees === undefined || parts.length > 3 || minutes >= 60 || seconds >= 60 || minutes < 0 || seconds < 0)
    return null;
  const sign = degrees < 0 || Object.is(degrees, -0) ? -1 : 1;
  return sign * (Math.abs(degrees) + minutes / 60 + seconds / 3600);
}
