// Layers that do not change with time: elevation, heights of trees, soil.
import type { Acquisition } from "./acquisition.ts";

/** The day that stands for “no date”: no satellite saw it. It is never shown and never read as a date. */
export const undatedDay = "1900-01-01";

export const isUndated = ({ date }: { readonly date: string }): boolean => date === undatedDay;

/**
 * Acquisitions as a job takes them: what has no date gets the middle one of those that have, so that it lies within the season of
 * the others and says nothing about time.
 */
export function datedForUse(acquisitions: readonly Acquisition[]): Acquisition[] {
  const dates = acquisitions.flatMap((one) => (isUndated(one) ? [] : [one.date])).sort();
  const middle = dates[Math.floor(dates.length / 2)];
  return acquisitions.map((one) => (middle !== undefined && isUndated(one) ? { ...one, date: middle } : one));
}
