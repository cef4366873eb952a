// Which field of the labels says what trains and what tests.
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Label } from "../../catalog/index.ts";
import { looksLikeSplitField, splitWords } from "../../learning/split/index.ts";

type Properties = Pick<Label, "properties">;

/** More different words than this are names or numbers of places, not of sets. */
const mostWords = 100;

export const valuesOf = (labels: readonly Properties[], field: string) =>
  labels.map(({ properties }) => properties[field]);

/**
 * The fields of labels, those that look like a split first, and the one that says the split: `split` before fields that are called
 * like one before fields of which every word is known. Its words need not all be known where its name says what it is.
 */
export function splitFields(labels: readonly Properties[]): {
  readonly fields: readonly string[];
  readonly splitField: string | null;
} {
  const fields = [...new Set(labels.flatMap(({ properties }) => Object.keys(properties)))];
  const rank = new Map(fields.map((field) => [field, rankOf(field, valuesOf(labels, field))]));
  const ordered = fields.toSorted((p, q) => rank.get(p)! - rank.get(q)!);
  const [first] = ordered;
  return { fields: ordered, splitField: first !== undefined && rank.get(first)! < none ? first : null };
}

/** Says nothing of a split. */
const none = 4;

/** 0: certainly the split; `none`: says nothing of one. */
function rankOf(field: string, values: ReturnType<typeof valuesOf>): number {
  const { words } = splitWords(field, values);
  const said = words.filter(({ word }) => word !== "");
  if (said.length === 0 || said.length > mostWords) return none;
  const known = said.every(({ part }) => part !== null);
  const parts = new Set(said.map(({ part }) => part));
  const divides = parts.has("train") && (parts.has("test") || parts.has("validation"));
  if (/^split$/i.test(field.trim())) return 0;
  if (looksLikeSplitField(field)) return known && divides ? 1 : said.some(({ part }) => part !== null) ? 2 : none;
  // Numbers in a field of another name count something else: fields, farms, years.
  const spelled = said.some(({ word }) => /\p{L}{2}/u.test(word));
  return known && divides && spelled ? 3 : none;
}

/**
 * The field that was named, or `split`, or the only field whose name suggests a split and whose words are all known.
 * @throws AppError "split-without-field"
 */
export function fieldOf(
  labels: readonly Properties[],
  named: string | undefined,
): { readonly field: string; readonly guessed: boolean } {
  const fields = [...new Set(labels.flatMap(({ properties }) => Object.keys(properties)))];
  const wanted = named ?? "split";
  if (fields.includes(wanted)) return { field: wanted, guessed: false };
  const likely = fields.filter(
    (field) =>
      looksLikeSplitField(field) && splitWords(field, valuesOf(labels, field)).words.every(({ part }) => part !== null),
  );
  if (named === undefined && likely.length === 1) return { field: likely[0]!, guessed: true };
  throw new AppError("split-without-field", { field: wanted, fields });
}
