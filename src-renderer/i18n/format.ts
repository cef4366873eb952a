import { undatedDay } from "../../src-shared/eo/undated.ts";
import { language } from "./language.svelte.ts";

// Intl objects are slow to make and cheap to keep: one per language and set of options.
const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function keep<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  kind: string,
  options: object,
  make: (tag: string) => T,
): T {
  const key = `${kind}|${language.current}|${JSON.stringify(options)}`;
  const found = kept.get(key) ?? make(language.current);
  kept.set(key, found);
  return found as T;
}

export function number(value: number, options: Intl.NumberFormatOptions = { maximumFractionDigits: 2 }): string {
  return keep("number", options, (tag) => new Intl.NumberFormat(tag, options)).format(value);
}

export const integer = (value: number): string => number(value, { maximumFractionDigits: 0 });

/** A share of 1 as a percentage: 0.123 → 12.3 %. */
export const percent = (share: number, digits = 1): string =>
  number(share, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });

const parsed = (date: string | number | Date): Date =>
  typeof date === "string" && /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(`${date}T00:00:00Z`) : new Date(date);

/** A calendar day: 10 Apr 2019. Days are UTC, as acquisitions are. */
export function day(date: string | number | Date): string {
  if (date === undatedDay) return language.current === "fr" ? "Sans date" : "No date";
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
  return keep("date", options, (tag) => new Intl.DateTimeFormat(tag === "en" ? "en-GB" : tag, options)).format(
    parsed(date),
  );
}

/** A moment on the person's clock. */
export function moment(date: string | number | Date): string {
  const options = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return keep("moment", options, (tag) => new Intl.DateTimeFormat(tag === "en" ? "en-GB" : tag, options)).format(
    new Date(date),
  );
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago: 3 hours ago. */
export function ago(date: string | number | Date, now = Date.now()): string {
  const seconds = (new Date(date).getTime() - now) / 1000;
  const options = { numeric: "auto" } as const;
  const words = keep("ago", options, (tag) => new Intl.RelativeTimeFormat(tag, options));
  for (const [unit, size] of steps)
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  return words.format(0, "second");
}

/** A duration in its two largest units: 1 h 05 min, 42 s. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

/** A size on disk or in memory; French counts octets. */
export function bytes(count: number): string {
  const units = language.current === "fr" ? ["o", "ko", "Mo", "Go", "To"] : ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${number(value, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}

/** An area given in square metres, in ha from one hectare up, in km² from 10,000 ha up. */
export function area(squareMeters: number): string {
  if (squareMeters < 10_000) return `${number(squareMeters, { maximumFractionDigits: 0 })} m²`;
  const hectares = squareMeters / 10_000;
  if (hectares < 10_000) return `${number(hectares, { maximumFractionDigits: hectares < 100 ? 2 : 1 })} ha`;
  return `${number(hectares / 100, { maximumFractionDigits: 1 })} km²`;
}

/** A length given in metres. */
export function length(meters: number): string {
  return meters < 1000
    ? `${number(meters, { maximumFractionDigits: meters < 10 ? 2 : 1 })} m`
    : `${number(meters / 1000, { maximumFractionDigits: 2 })} km`;
}
