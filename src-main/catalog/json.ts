/** A value as a JSON column holds it; `json-columns.ts` reads it back. */
export const toJson = (value: unknown): string => JSON.stringify(value);
