import { type Command, type Option, type Options, type Positional, sharedOptions } from "./command.ts";

/** The page of `omnisat --help`: every command with its summary. */
export function overview(commands: readonly Command[], version: string): string {
  return [
    `omnisat ${version} · map forests, crops and land cover from aerial images and Sentinel-1/2 time series`,
    "",
    "Usage: omnisat COMMAND [OPTIONS]",
    "",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "omnisat COMMAND --help explains a command, with examples. omnisat --version prints the version.",
    "Exit codes: 0 done, 1 failed, 2 invalid command line, 130 interrupted.",
  ].join("\n");
}

/** The page of a group: `omnisat project --help`. */
export function groupHelp(group: string, commands: readonly Command[]): string {
  return [
    `Usage: omnisat ${group} COMMAND [OPTIONS]`,
    "",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
  ].join("\n");
}

/** The page of one command. */
export function commandHelp(command: Command): string {
  const { name, summary, details, positionals, options, examples } = command;
  const all: Options = { ...options, ...sharedOptions(command) };
  return [
    `Usage: ${["omnisat", name, ...positionals.map(placeholder), "[OPTIONS]"].join(" ")}`,
    "",
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    ...(details ? ["", ...wrap(details, 100)] : []),
    ...(positionals.length ? ["", ...columns(positionals.map((word) => [word.name, word.summary]))] : []),
    "",
    "Options:",
    ...columns(Object.entries(all).map(([option, about]) => [flag(option, about), optionSummary(about)])),
    ...(examples.length ? ["", "Examples:", ...examples.flatMap(([line, what]) => [`  # ${what}`, `  ${line}`])] : []),
  ].join("\n");
}

function placeholder({ name, optional, many }: Positional): string {
  const word = many ? `${name}...` : name;
  return optional ? `[${word}]` : word;
}

const flag = (name: string, { type, value }: Option): string =>
  type === "flag"
    ? `--${name}`
    : `--${name} ${value ?? (type === "text" || type === "list" ? name.toUpperCase() : "N")}`;

function optionSummary({ summary, choices, fallback, type }: Option): string {
  const notes = [
    ...(choices ? [choices.join(", ")] : []),
    ...(type === "list" ? ["separated by commas"] : []),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
  ];
  return notes.length ? `${summary} (${notes.join("; ")})` : summary;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(30, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, 96 - width);
    const first =
      left.length > width
        ? [`  ${left}`, `  ${" ".repeat(width)}  ${lines[0]}`]
        : [`  ${left.padEnd(width)}  ${lines[0]}`];
    return [...first, ...lines.slice(1).map((line) => `  ${" ".repeat(width)}  ${line}`)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)!;
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
