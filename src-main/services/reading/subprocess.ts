import { type Reason, reason } from "../../../src-shared/errors/reasons/index.ts";
import { runInSubprocess } from "../../vector/index.ts";
import { forkReadersFrom } from "../../vector/reader/forked.ts";
import type { OwnTasks } from "./tasks.ts";

forkReadersFrom(new URL("./main.ts", import.meta.url));

/**
 * As `readInSubprocess`.
 * @throws AppError "vector-too-costly", and whatever the work throws
 */
export async function runReadingTask<K extends keyof OwnTasks>(
  name: K,
  input: OwnTasks[K]["input"],
): Promise<OwnTasks[K]["output"]> {
  return (await runInSubprocess(name, input)) as OwnTasks[K]["output"];
}

/** Why reading a file was stopped, as the reason of an error about it. */
export const whyReadingStopped = ({ why }: { readonly why: "time" | "memory" | "crash" }): Reason =>
  why === "time"
    ? reason("reading-takes-too-long")
    : why === "memory"
      ? reason("reading-takes-too-much-memory")
      : reason("reader-ended");
