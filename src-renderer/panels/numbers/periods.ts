import { isUndated } from "../../../src-shared/eo/index.ts";

/** The first and the last day of each of two periods, as ISO days; empty where nothing can be proposed. */
export interface Periods {
  readonly first: string;
  readonly last: string;
  readonly begin: string;
  readonly end: string;
}

/** The first and the last year of the images; layers without a date belong to none. */
export function proposedPeriods(acquisitions: readonly { readonly date: string }[]): Periods {
  const dates = acquisitions.flatMap((one) => (isUndated(one) ? [] : [one.date.slice(0, 10)])).sort();
  const [first, end] = [dates[0], dates.at(-1)];
  if (!first || !end || first.slice(0, 4) === end.slice(0, 4)) return { first: "", last: "", begin: "", end: "" };
  return { first, last: `${first.slice(0, 4)}-12-31`, begin: `${end.slice(0, 4)}-01-01`, end };
}
