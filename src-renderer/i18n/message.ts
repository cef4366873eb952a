/** One message in every language; a counted message has a form for one and a form for the rest. */
export type Text = string | { readonly one: string; readonly other: string };

export interface Message {
  readonly en: Text;
  readonly fr: Text;
}

export type Messages = Readonly<Record<string, Message>>;
export type Language = "en" | "fr";

/** Keeps the literal types of an area's messages, so that keys and {parameters} are checked. A missing language does not compile. */
export const messages = <const M extends Messages>(area: M): M => area;

type NamesIn<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** The {names} of a text; a counted text always takes `count`. */
export type ParameterNames<T extends Text> = T extends string
  ? NamesIn<T>
  : T extends { readonly one: infer One extends string; readonly other: infer Other extends string }
    ? "count" | NamesIn<One> | NamesIn<Other>
    : never;

export type Parameters = Readonly<Record<string, string | number>>;

/** Fills `{names}` of `text`; numbers are written as the language writes them. Both languages count 0 and 1 their own way. */
export function fill(text: Text, parameters: Parameters, language: Language): string {
  const form = typeof text === "string" ? text : text[pluralForm(Number(parameters.count), language)];
  const filled = form.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numberFormat(language).format(value) : value;
  });
  return language === "fr" ? frenchSpaces(filled) : filled;
}

/** French puts spaces before double signs and inside its quotes; they must not break a line. */
export const frenchSpaces = (text: string): string =>
  text.replaceAll(/ ([;:!?»%])/g, "\u00a0$1").replaceAll("« ", "«\u00a0");

const pluralRules: Record<Language, Intl.PluralRules> = {
  en: new Intl.PluralRules("en"),
  fr: new Intl.PluralRules("fr"),
};

function pluralForm(count: number, language: Language): "one" | "other" {
  return pluralRules[language].select(count) === "one" ? "one" : "other";
}

const numberFormats: Record<Language, Intl.NumberFormat> = {
  en: new Intl.NumberFormat("en", { maximumFractionDigits: 3 }),
  fr: new Intl.NumberFormat("fr", { maximumFractionDigits: 3 }),
};

const numberFormat = (language: Language): Intl.NumberFormat => numberFormats[language];
