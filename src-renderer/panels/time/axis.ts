// Where the marks of a time axis lie, for any span from days to decades.
import { dayMilliseconds } from "../../state/days.ts";

export interface Mark {
  readonly time: number;
  readonly label: string;
  /** a year's beginning is written stronger */
  readonly strong: boolean;
}

const months = [1, 2, 3, 6, 12, 24, 60, 120] as const;

/** pixels of a letter of the axis, the wide ones; and between a line and its word */
const letter = 6.6;
const gap = 7;

/**
 * Where the word of each mark begins, in pixels: behind its line; before it where the end of the axis would cut it; `null` where
 * it has no room on either side. No word runs into another.
 * @param lines from the left, with the pixel of the mark's line
 */
export function placeWords(
  lines: readonly { readonly at: number; readonly label: string }[],
  begin: number,
  end: number,
): (number | null)[] {
  let taken = begin - gap;
  return lines.map(({ at, label }) => {
    const wide = label.length * letter;
    const x = [at + gap, at - gap - wide].find((left) => left + wide <= end && left >= taken + gap);
    // A word that crossed the line before would seem to be that one's.
    taken = Math.max(at, x === undefined ? taken : x + wide);
    return x ?? null;
  });
}

/** Marks of at least `room` pixels apart: months or years, or days when only weeks are seen. */
export function marksOf(from: number, to: number, width: number, locale: string, room = 56): Mark[] {
  const perPixel = (to - from) / Math.max(1, width);
  const least = room * perPixel;
  const days = [1, 2, 7, 14].find((count) => count * dayMilliseconds >= least);
  if (days !== undefined) {
    const step = days * dayMilliseconds;
    const format = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
    const first = Math.ceil(from / step) * step;
    return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => {
      const time = first + i * step;
      return { time, label: format.format(time), strong: false };
    });
  }
  const step = months.find((count) => count * 30 * dayMilliseconds >= least) ?? 120;
  const month = new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" });
  const start = new Date(from);
  const marks: Mark[] = [];
  let at = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
  for (; ; at += step) {
    const time = Date.UTC(Math.floor(at / 12), at % 12, 1);
    if (time > to) break;
    if (time < from) continue;
    const strong = at % 12 === 0;
    marks.push({ time, label: strong ? String(at / 12) : month.format(time), strong });
  }
  return marks;
}
