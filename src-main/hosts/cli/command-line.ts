import { AppError } from "../../../src-shared/errors/index.ts";
import { type Because, because } from "../../../src-shared/errors/reasons/index.ts";
import { errorMessage } from "../../../src-shared/ipc/errors.ts";
import { appVersion } from "../app-version.ts";
import { type Command, parse } from "./command.ts";
import { commandHelp, groupHelp, overview } from "./help.ts";
import { Output, type Stream } from "./output.ts";
import { nearest } from "./suggest.ts";
import { allowing } from "./with-project.ts";

export interface Surroundings {
  readonly commands: readonly Command[];
  readonly out: Stream;
  readonly err: Stream;
  readonly signal: AbortSignal;
}

/** Exit codes: part of the contract with scripts. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Runs one command line and says how it ended. Whatever goes wrong is one sentence on the error stream. */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { commands, out, err, signal } = surroundings;
  const output = new Output(args.includes("--json"), out, err);
  try {
    const first = args[0];
    if (first === undefined) {
      err.write(`${overview(commands, appVersion)}\n`);
      return exitCodes.usage;
    }
    if (first === "--version" || first === "-v" || first === "version") {
      output.result({ version: appVersion }, appVersion);
      return exitCodes.done;
    }
    if (first === "--help" || first === "-h" || first === "help") return help(args.slice(1), commands, out);
    const { command, rest } = find(args, commands);
    if (!command) return help(args, commands, out);
    if (rest.includes("--help") || rest.includes("-h")) {
      out.write(`${commandHelp(command)}\n`);
      return exitCodes.done;
    }
    const { words, options } = parse(command, rest);
    const { allow } = options;
    return await allowing(Array.isArray(allow) && command.name !== "serve" ? (allow as readonly string[]) : [], () =>
      command.run({ words, options, output, signal }),
    ).catch((error: unknown) => {
      throw byOption(error, command);
    });
  } catch (error) {
    return report(error, output, signal);
  }
}

/** What is wrong with a request, by the names of the options that were typed; any other error stays as it is. */
function byOption(error: unknown, { name, options, optionOf }: Command): unknown {
  if (!(error instanceof AppError) || error.code !== "request-invalid") return error;
  const { problems } = error.details as AppError<"request-invalid">["details"];
  const told = problems.map((own) => {
    if (typeof own === "string" || own.code !== "request-value") return undefined;
    const { at, problem } = own.values as { readonly at: string; readonly problem: Because };
    const field = at.split(".")[0]!;
    const option = optionOf?.[field] ?? field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return Object.hasOwn(options, option) ? `--${option}: ${because(problem)}` : undefined;
  });
  if (told.includes(undefined)) return error;
  return new AppError("usage", { problem: `${told.join("; ")}.`, help: `omnisat ${name} --help` });
}

/** The command with the longest name that the words begin with; none when they name a group and ask for its help. */
function find(
  args: readonly string[],
  commands: readonly Command[],
): { readonly command: Command | undefined; readonly rest: readonly string[] } {
  const words = args.slice(0, 2).filter((word) => !word.startsWith("-"));
  const named = (name: string) => commands.find((command) => command.name === name);
  const two = words.length === 2 ? named(words.join(" ")) : undefined;
  if (two) return { command: two, rest: args.slice(2) };
  const one = named(words[0] ?? "");
  if (one) return { command: one, rest: args.slice(1) };

  const group = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  if (group.length && (args.includes("--help") || args.includes("-h"))) return { command: undefined, rest: [] };
  if (group.length) {
    const names = group.map(({ name }) => name.split(" ")[1]!);
    const meant = words[1] && nearest(words[1], names);
    throw new AppError("usage", {
      problem: words[1]
        ? `There is no command “omnisat ${words[0]} ${words[1]}”.${meant ? ` Did you mean “${words[0]} ${meant}”?` : ""}`
        : `omnisat ${words[0]} needs one of: ${names.join(", ")}.`,
      help: `omnisat ${words[0]} --help`,
    });
  }
  const names = [...new Set(commands.flatMap(({ name }) => [name, name.split(" ")[0]!]))];
  const typed = args[0]!;
  const meant = nearest(typed, names) ?? (words.length === 2 ? nearest(words.join(" "), names) : undefined);
  throw new AppError("usage", {
    problem: typed.startsWith("-")
      ? `A command comes before the options (${typed}).`
      : `There is no command “${typed}”.${meant ? ` Did you mean “${meant}”?` : ""}`,
    help: "omnisat --help",
  });
}

function help(args: readonly string[], commands: readonly Command[], out: Stream): number {
  const words = args.filter((word) => !word.startsWith("-"));
  const command = words.length
    ? commands.find(({ name }) => name === words.slice(0, name.split(" ").length).join(" "))
    : undefined;
  const group = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  if (words.length && !command && !group.length) find(words, commands);
  out.write(
    `${command ? commandHelp(command) : group.length ? groupHelp(words[0]!, group) : overview(commands, appVersion)}\n`,
  );
  return exitCodes.done;
}

function report(error: unknown, output: Output, signal: AbortSignal): number {
  if (signal.aborted) {
    output.error({
      code: "interrupted",
      message: "Stopped. What was finished is kept; a job can be continued with --resume.",
    });
    return exitCodes.interrupted;
  }
  const { code = "internal", message, details } = errorMessage(error);
  output.error({ code, message, details });
  // An error in the program: its stack is for developers and is no part of the answer.
  if (code === "internal") output.debug(error);
  return code === "usage" ? exitCodes.usage : exitCodes.failed;
}

/** What no command caught, as the same one sentence. */
export function reportUncaught(error: unknown, args: readonly string[], err: Stream): number {
  return report(error, new Output(args.includes("--json"), err, err), new AbortController().signal);
}
