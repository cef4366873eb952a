import { countReasons } from "./counts.ts";
import { crsReasons } from "./crs.ts";
import { detailReasons } from "./details.ts";
import { modelReasons } from "./models.ts";
import { projectReasons } from "./projects.ts";
import { rasterReasons } from "./rasters.ts";
import { systemReasons } from "./system.ts";
import { vectorReasons } from "./vectors.ts";

/** Why a file cannot be used: code → the part of a sentence that stands in brackets or after a colon, with `{values}`. */
export const reasons = {
  ...systemReasons,
  ...rasterReasons,
  ...crsReasons,
  ...vectorReasons,
  ...modelReasons,
  ...projectReasons,
  ...countReasons,
  ...detailReasons,
} as const;

export type ReasonCode = keyof typeof reasons;

type NamesIn<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** A number, a word of the file itself or of a standard, or a reason within the reason. */
export type ReasonValue = string | number | Reason;
type ValuesOf<C extends ReasonCode> = Readonly<Record<NamesIn<(typeof reasons)[C]>, ReasonValue>>;

/** A reason as data: it crosses threads and processes, and every language says it in its own words. */
export interface Reason {
  readonly code: ReasonCode;
  readonly values?: Readonly<Record<string, ReasonValue>>;
}

/** What stands in the details of an error: a reason, or words of others: a library's, or those of an error that an older release stored. */
export type Because = Reason | string;

/** A reason with the values that its words need. */
export function reason<C extends ReasonCode>(
  code: C,
  ...[values]: [NamesIn<(typeof reasons)[C]>] extends [never] ? [] : [values: ValuesOf<C>]
): Reason {
  return values === undefined ? { code } : { code, values };
}

/** The reason in the words of `table`; numbers and names as `write` writes them. Words of others stay as they are. */
export function reasonIn(
  table: Readonly<Record<ReasonCode, string>>,
  given: Because,
  write: (value: string | number) => string = String,
): string {
  if (typeof given === "string") return given;
  // A later release may have written a code that this one does not know.
  const words = Object.hasOwn(table, given.code) ? table[given.code] : String(given.code);
  return words.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = given.values?.[name] ?? "?";
    return typeof value === "object" ? reasonIn(table, value, write) : write(value);
  });
}

/** Reasons in a row, each in the words of `say`; words of an older release stay as they are. */
export const listOf = (given: readonly Because[] | string, say: (reason: Because) => string): string =>
  typeof given === "string" ? given : given.map(say).join(", ");

/** The reason in English, as the command line says it. */
export const because = (given: Because): string => reasonIn(reasons, given);

/** An error inside of the program that carries its reason as data; its message is the English of it. */
export class ReasonedError extends Error {
  readonly reason: Because;

  constructor(given: Because, options?: { cause?: unknown }) {
    super(because(given), options);
    this.reason = given;
  }
}
