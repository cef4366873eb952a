/** Calendar arithmetic on ISO dates (`2019-04-10`), in UTC and without clocks. */

const dayMilliseconds = 86_400_000;

/** The ISO date of a year, month and day, or `undefined` when the calendar has no such day. */
export function isoDate(year: number, month: number, day: number): string | undefined {
  if (year < 1970 || year > 2100 || month < 1 || month > 12 || day < 1) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.toISOString().slice(0, 10);
}

/** The ISO date of a day counted within its year, 1 for 1 January, or `undefined` when the year has no such day. */
export function dateOfDay(year: number, day: number): string | undefined {
  if (year < 1970 || year > 2100 || !(day >= 1 && day <= 366)) return undefined;
  const date = new Date(Date.UTC(year, 0, day));
  return date.getUTCFullYear() === year ? date.toISOString().slice(0, 10) : undefined;
}

/** Days since 1970-01-01. */
export function epochDay(date: string): number {
  const milliseconds = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(milliseconds)) throw new Error(`Not an ISO date: ${date}`);
  return Math.round(milliseconds / dayMilliseconds);
}

export function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}

/** 1 for 1 January of the date's own year. */
export function dayOfYear(date: string): number {
  return epochDay(date) - epochDay(`${date.slice(0, 4)}-01-01`) + 1;
}

/** 1 for 1 January of `referenceYear`, counting on through the following years. */
export function dayNumber(date: string, referenceYear: number): number {
  return epochDay(date) - epochDay(`${String(referenceYear).padStart(4, "0")}-01-01`) + 1;
}
