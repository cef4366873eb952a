import type { z } from "zod";
import { AppError } from "../../src-shared/errors/index.ts";
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
      const problems = checked.error.issues.map(({ path, message }) => `${path.join(".") || "request"}: ${message}`);
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
function* overlong(value: unknown, at: readonly string[] = []): Generator<string> {
  if (typeof value === "string") {
    const key = at.findLast((part) => !/^\d+$/.test(part)) ?? "";
    const most = names.has(key) ? mostOfName : mostOfText;
    if (key !== "bytes" && value.length > most)
      yield `${at.join(".") || "text"}: ${value.length} characters, and at most ${most} are taken`;
  } else if (Array.isArray(value)) {
    if (typeof value[0] === "object" || typeof value[0] === "string")
      for (const [n, item] of value.entries()) yield* overlong(item, [...at, String(n)]);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (key.length > mostOfText) yield `${[...at, key.slice(0, 20)].join(".")}…: a name of ${key.length} characters`;
      else yield* overlong(item, [...at, key]);
    }
  }
}
