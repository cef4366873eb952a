import type { ErrorCode, ErrorDetails } from "../../../src-shared/errors/index.ts";
import { moment } from "../format.ts";

/** A sentence for each code of `Codes`, from the error's own values: a new code without a sentence does not compile. */
export type Sentences<Codes extends ErrorCode> = { readonly [C in Codes]: (details: ErrorDetails<C>) => string };

/** « a », « b » : names in French quotes, with the spaces that do not break. */
export const quoted = (word: string): string => `« ${word} »`;
export const listed = (words: readonly string[]): string => words.map(quoted).join(", ");
export const orNone = (words: readonly string[]): string => (words.length > 0 ? words.join(", ") : "aucun");

const parts: Readonly<Record<string, string>> = { train: "entraînement", validation: "validation", test: "test" };
/** A part of the split. */
export const partOf = (part: string): string => quoted(parts[part] ?? part);

/** French counts 0 and 1 as one. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count < 2 ? one : many}`;

/** A moment from a file, on the person's clock; unchanged when it is no moment. */
export const onClock = (since: string): string => (Number.isNaN(Date.parse(since)) ? since : moment(since));
