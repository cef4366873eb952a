import { AppError } from "../../../src-shared/errors/index.ts";
import { writeAtomically } from "../../learning/index.ts";

/** Writes the report whole or not at all; whatever but a full disk stands in the way is told as the report's own trouble. */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeAtomically(path, text);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new AppError("report-unwritable", { path, reason }, { cause });
  }
}
