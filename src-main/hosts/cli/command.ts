import { parseArgs } from "node:util";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Output } from "./output.ts";
import { nearest } from "./suggest.ts";

/** An option as it is typed, explained and checked. Help and parser are both made from this. */
export interface Option {
  readonly type: "flag" | "text" | "number" | "integer" | "list";
  readonly summary: string;
  /** what stands for the value in the help: `FILE` */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** of a list: repeats only; a comma belongs to the value, as in names of files */
  readonly whole?: true;
  /** shown in the help; the command itself applies it where the value is absent */
  readonly fallback?: string;
}
export type Options = Readonly<Record<string, Option>>;

/** A flag is true or false; everything else is there or `undefined`; a list takes commas and repeats. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name]["type"] extends "flag"
    ? boolean
    : O[Name]["type"] extends "number" | "integer"
      ? number | undefined
      : O[Name]["type"] extends "list"
        ? readonly string[] | undefined
        : string | undefined;
};

export interface Positional {
  readonly name: string;
  readonly summary: string;
  readonly optional?: true;
  /** takes all that is left; only the last one may */
  readonly many?: true;
}

export interface Invocation<O extends Options> {
  readonly words: readonly string[];
  readonly options: Values<O>;
  readonly output: Output;
  readonly signal: AbortSignal;
}

export interface Command {
  /** one or two words: `project create` */
  readonly name: string;
  readonly summary: string;
  /** more than the summary says, a paragraph */
  readonly details?: string;
  readonly positionals: readonly Positional[];
  readonly options: Options;
  /** options by the names that the program has for them, where those differ: a refusal names what was typed */
  readonly optionOf?: Readonly<Record<string, string>>;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** resolves to the exit code */
  run(invocation: Invocation<Options>): Promise<number>;
}

/** Keeps the option names and types of one command together with its `run`. */
export function command<const O extends Options>(
  definition: Omit<Command, "options" | "run"> & {
    readonly options: O;
    run(invocation: Invocation<O>): Promise<number>;
  },
): Command {
  return definition as unknown as Command;
}

/** Options that every command has. */
const commonOptions = {
  json: { type: "flag", summary: "print one JSON object per line instead of text" },
  help: { type: "flag", summary: "show this help" },
} as const satisfies Options;

const allowOption = {
  allow: {
    type: "list",
    value: "FOLDER",
    summary: "let the project use the files it names in this folder outside of it; asked for once, then remembered",
  },
} as const satisfies Options;

/** Options of a command that it does not name itself. */
export const sharedOptions = ({ positionals, options }: Command): Options => ({
  ...(positionals.some(({ name }) => name === "PROJECT") && !("allow" in options) ? allowOption : {}),
  ...commonOptions,
});

/** The words and values of an argument list, or a usage error that says which word is wrong. */
export function parse(definition: Command, args: readonly string[]): Pick<Invocation<Options>, "words" | "options"> {
  const help = `omnisat ${definition.name} --help`;
  const usage = (problem: string) => new AppError("usage", { problem, help });
  const options: Options = { ...definition.options, ...sharedOptions(definition) };
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type }]) => [
        name,
        {
          type: type === "flag" ? ("boolean" as const) : ("string" as const),
          ...(name === "help" ? { short: "h" } : {}),
        },
      ]),
    ),
  });

  const words: string[] = [];
  const values: Record<string, boolean | number | string | string[]> = {};
  for (const [name, { type }] of Object.entries(options)) if (type === "flag") values[name] = false;
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const option = options[token.name];
    if (!option) {
      const meant = nearest(token.name, Object.keys(options));
      throw usage(`There is no option ${token.rawName}.${meant ? ` Did you mean --${meant}?` : ""}`);
    }
    if (option.type === "flag") {
      if (token.value !== undefined) throw usage(`The option --${token.name} takes no value.`);
      values[token.name] = true;
      continue;
    }
    // “--name --json” forgot the name; “--nodata -9999” is a number.
    if (token.value === undefined || token.value === "" || (!token.inlineValue && token.value.startsWith("--"))) {
      throw usage(`The option --${token.name} needs a value.`);
    }
    values[token.name] = readValue(token.name, option, token.value, values[token.name], usage);
  }
  return { words: checkWords(definition, words, values.help === true, usage), options: values as Values<Options> };
}

function readValue(
  name: string,
  option: Option,
  text: string,
  before: unknown,
  usage: (problem: string) => Error,
): number | string | string[] {
  const texts = option.type === "list" && !option.whole ? text.split(",").map((part) => part.trim()) : [text];
  for (const part of texts) {
    if (option.choices && !option.choices.includes(part)) {
      const meant = nearest(part, option.choices);
      throw usage(
        `“${part}” is not a value for --${name}. Choose one of: ${option.choices.join(", ")}.${meant ? ` Did you mean ${meant}?` : ""}`,
      );
    }
  }
  if (option.type === "list") return [...(Array.isArray(before) ? (before as string[]) : []), ...texts];
  if (option.type === "text") return text;
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number))
    throw usage(`The option --${name} needs a number, not “${text}”.`);
  if (option.type === "integer" && !Number.isInteger(number)) {
    throw usage(`The option --${name} needs a whole number, not “${text}”.`);
  }
  return number;
}

function checkWords(
  { positionals, name }: Command,
  words: readonly string[],
  helpWanted: boolean,
  usage: (problem: string) => Error,
): readonly string[] {
  if (helpWanted) return words;
  const missing = positionals.filter(({ optional }) => !optional)[words.length];
  if (missing) throw usage(`omnisat ${name} needs ${missing.name} (${missing.summary}).`);
  if (words.length > positionals.length && !positionals.at(-1)?.many) {
    throw usage(`“${words[positionals.length]}” is one word too many for omnisat ${name}.`);
  }
  return words;
}
