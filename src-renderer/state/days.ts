export const dayMilliseconds = 86_400_000;

/** The beginning of a day, in milliseconds; days are UTC, as acquisitions are. */
export const timeOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
