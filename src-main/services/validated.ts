import type { z } from "zod";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Reason, reason } from "../../src-shared/errors/reasons/index.ts";
import { naming } from "./withheld.ts";

/** A command, and what it accepts, so that a test can check every path in it. */
export type Validated<Schema extends z.ZodType, Result> = ((request: z.input<Schema>) => Promise<Result>) & {
  readonly schema: Schema;
};

/** A command whose request is checked against `schema` before `work` sees it. */
export function validated<Schema extends z.ZodType, Result>(
  command: string,
  schema: Schema,
  work: (request: z.output<Schema>) => Result | Promise<Result>,
): Validated<Schema, Result> {
  const run = async (request: z.input<Schema>): Promise<Result> => {
    const tooLong = [...overlong(request)];
    if (tooLong.length > 0) throw new AppError("request-invalid", { command, problems: tooLong });
    const checked = schema.safeParse(request);
    if (!checked.success) {
      const problems = requestProblems(checked.error.issues);
      throw new AppError("request-invalid", { command, problems });
    }
    try {
      return await work(checked.data);
    } catch (error) {
      throw naming(error);
    }
  };
  return Object.assign(run, { schema });
}

/** Limits of names (shown in lists, titles and file names) and of texts. Longer ones are a mistake or an attack. */
const mostOfName = 200;
const mostOfText = 10_000;
const names: ReadonlySet<string> = new Set(["name", "title", "parent", "legend", "model", "purpose"]);

/** Texts of a request that are longer than anything a person writes there, with where they are. Files travel as `bytes`. */
function* overlong(value: unknown, at: readonly string[] = []): Generator<Reason> {
  if (typeof value === "string") {
    const key = at.findLast((part) => !/^\d+$/.test(part)) ?? "";
    const most = names.has(key) ? mostOfName : mostOfText;
    if (key !== "bytes" && value.length > most)
      yield reason("request-text-too-long", { at: at.join(".") || "text", length: value.length, most });
  } else if (Array.isArray(value)) {
    if (typeof value[0] === "object" || typeof value[0] === "string")
      for (const [n, item] of value.entries()) yield* overlong(item, [...at, String(n)]);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (key.length > mostOfText)
        yield reason("request-name-too-long", { at: [...at, key.slice(0, 20)].join("."), length: key.length });
      else yield* overlong(item, [...at, key]);
    }
  }
}

/** What is wrong with the values of a request, each with its place in it; `below` is where they stand in the request. */
export const requestProblems = (issues: readonly z.core.$ZodIssue[], below: readonly string[] = []): Reason[] =>
  issues.map((issue) =>
    reason("request-value", {
      at: [...below, ...issue.path].map(String).join(".") || "request",
      problem: valueProblem(issue),
    }),
  );

function valueProblem(issue: z.core.$ZodIssue): Reason {
  switch (issue.code) {
    case "too_small":
      return reason("value-too-small", { least: Number(issue.minimum) });
    case "too_big":
      return reason("value-too-large", { most: Number(issue.maximum) });
    case "invalid_type":
      return reason("value-of-another-type", { type: issue.expected });
    case "invalid_value":
      return reason("value-not-among", { values: issue.values.map(String).join(", ") });
    case "unrecognized_keys":
      return reason("value-unknown-keys", { keys: issue.keys.join(", ") });
    default:
      return reason("value-refused", { words: issue.message });
  }
}
