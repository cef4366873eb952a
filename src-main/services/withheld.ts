import { dirname } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";
import { leadsTo } from "../catalog/index.ts";

/**
 * The same error, unless it names a path that the project may not reach: then the sentence that says where the path
 * leads and how to allow it, instead of “missing”.
 */
export function naming(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const path = firstWithheld(error.details);
  return path === undefined ? error : new AppError("path-withheld", { path, folder: dirname(path) }, { cause: error });
}

function firstWithheld(value: unknown): string | undefined {
  if (typeof value === "string") return leadsTo(value);
  if (typeof value !== "object" || value === null) return undefined;
  for (const item of Object.values(value)) {
    const found = firstWithheld(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
