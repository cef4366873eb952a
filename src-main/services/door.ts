import type { z } from "zod";
import { AppError } from "../../src-shared/errors/index.ts";
import { naming } from "./withheld.ts";

/** A command, and what it accepts, so that a test can look whether a path slips by. */
export type Door<Schema extends z.ZodType, Result> = ((request: z.input<Schema>) => Promise<Result>) & {
  readonly schema: Schema;
};

/** A command behind its door: the request is checked against `schema` before `work` sees it. */
export function door<Schema extends z.ZodType, Result>(
  command: string,
  schema: Schema,
  work: (request: z.output<Schema>) => Result | Promise<Result>,
): Door<Schema, Result> {
  const checkedDoor = async (request: z.input<Schema>): Promise<Result> => {
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
  return Object.assign(checkedDoor, { schema });
}
