/** Numbers as a reader wants them. No locale is asked, so that a report is the same on every machine. */

/** Printed for a value that does not exist: the precision of a class that was never mapped. */
export const dash = "–";

const narrowSpace = "\u202f";
const minus = "\u2212";

/** 1234567 → `1 234 567`, in groups of three with narrow spaces that do not break. */
export function grouped(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return dash;
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split(".") as [string, string?];
  const groups = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, narrowSpace) : whole;
  const text = fraction === undefined ? groups : `${groups}.${fraction}`;
  return value < 0 && /[1-9]/.test(text) ? minus + text : text;
}

/** A score between 0 and 1 with three decimals: `0.886`; a dash where there is none. */
export const score = (value: number | null): string => (value === null ? dash : grouped(value, 3));

/** A share as per cent: 0.1234 → `12.3 %`. What is there but rounds to nothing is `< 0.1 %`. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return dash;
  const text = share > 0 && share < 0.0005 ? `<${narrowSpace}0.1` : grouped(share * 100, 1);
  return `${text}${narrowSpace}%`;
}

/** Square metres as hectares, with as many decimals as the size deserves: `0.42`, `12.3`, `4960`. */
export const hectares = (squareMeters: number, decimals?: number): string =>
  grouped(squareMeters / 10_000, decimals ?? (squareMeters >= 1e7 ? 0 : squareMeters >= 1e5 ? 1 : 2));

/** For a column of hectares that ends in their total: one number of decimals for all. */
export const hectareDecimals = (totalSquareMeters: number): number =>
  totalSquareMeters >= 1e9 ? 0 : totalSquareMeters >= 1e6 ? 1 : 2;

/** A length on the ground: `50 m`, `2 km`. */
export function length(meters: number): string {
  const inKilometers = meters >= 1000;
  const value = inKilometers ? meters / 1000 : meters;
  return `${trimmed(value)}${narrowSpace}${inKilometers ? "km" : "m"}`;
}

/** Up to three significant decimals without trailing zeros: 10 → `10`, 0.2 → `0.2`, 63.998 → `64`. */
export function trimmed(value: number): string {
  if (!Number.isFinite(value)) return dash;
  const text = grouped(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** `0.4 s`, `12 s`, `1 min 05 s`, `2 h 03 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return dash;
  if (seconds < 9.95) return `${grouped(seconds, 1)}${narrowSpace}s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 60) return `${whole}${narrowSpace}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}${narrowSpace}min ${two(whole % 60)}${narrowSpace}s`;
  const minutes = Math.round(whole / 60);
  return `${grouped(Math.floor(minutes / 60))}${narrowSpace}h ${two(minutes % 60)}${narrowSpace}min`;
}

/** `1 date`, `72 dates`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** A key of a metric in words: `validationLoss` → `Validation loss`, `macroF1` → `Macro F1`. */
export function words(key: string): string {
  const spaced = key
    .replace(/[_.-]+/g, " ")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .trim()
    .split(/\s+/)
    .map((word) => (/^f1$/i.test(word) ? "F1" : /^[A-Z0-9]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(" ");
  return spaced === "" ? key : spaced[0]!.toUpperCase() + spaced.slice(1);
}
