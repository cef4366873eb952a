import type { z } from "zod";
import { AppError } from "../../src-shared/errors/index.ts";

/** A command behind its door: the request is checked against `schema` before `work` sees it. */
export function door<Schema extends z.ZodType, Result>(
  command: string,
  schema: Schema,
  work: (request: z.output<Schema>) => Result | Promise<Result>,
): (request: z.input<Schema>) => Promise<Result> {
  return async (request) => {
    const checked = schema.safeParse(request);
    if (!checked.success) {
      const problems = checked.error.issues.map(({ path, message }) => `${path.join(".") || "request"}: ${message}`);
      throw new AppError("request-invalid", { command, problems });
    }
    return await work(checked.data);
  };
}
