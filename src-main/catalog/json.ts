/** A JSON column as the value it was written from. The migrations guard that it is JSON; only this room writes it. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

/** `undefined` where the column is NULL. */
export function fromJsonOrNull<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

export const toJson = (value: unknown): string => JSON.stringify(value);
