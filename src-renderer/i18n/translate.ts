import { type Catalog, catalog } from "./catalog.ts";
import { language } from "./language.svelte.ts";
import { fill, type Message, type ParameterNames, type Parameters } from "./message.ts";

export type MessageKey = keyof Catalog;

type ParametersOf<K extends MessageKey> = Readonly<Record<ParameterNames<Catalog[K]["en"]>, string | number>>;

/** Messages that need no parameter: what titles, tooltips and commands may name. */
export type PlainKey = {
  [K in MessageKey]: [ParameterNames<Catalog[K]["en"]>] extends [never] ? K : never;
}[MessageKey];

/** The text of a message in the current language: `t("layers.count", { count: 3 })`. */
export function t<K extends MessageKey>(
  key: K,
  ...[parameters]: [ParameterNames<Catalog[K]["en"]>] extends [never] ? [] : [parameters: ParametersOf<K>]
): string {
  const message: Message = (catalog as Readonly<Record<string, Message>>)[key]!;
  return fill(message[language.current], (parameters ?? {}) as Parameters, language.current);
}

/** The text of a key that is only known at run time, such as an edit's name; `otherwise` where there is no such message. */
export function translate(key: string, parameters: Parameters, otherwise: MessageKey): string {
  // Read as a plain table: the union of a thousand messages is too much for the compiler.
  const table: Readonly<Record<string, Message>> = catalog;
  const message = table[key] ?? table[otherwise]!;
  return fill(message[language.current], parameters, language.current);
}
