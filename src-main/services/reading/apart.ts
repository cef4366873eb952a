import { workApart } from "../../vector/index.ts";
import { forkReadersFrom } from "../../vector/reader/forked.ts";
import type { OwnTasks } from "./tasks.ts";

forkReadersFrom(new URL("./main.ts", import.meta.url));

/**
 * As `readApart`.
 * @throws AppError "vector-too-costly", and whatever the work throws
 */
export async function readOwnApart<K extends keyof OwnTasks>(
  name: K,
  input: OwnTasks[K]["input"],
): Promise<OwnTasks[K]["output"]> {
  return (await workApart(name, input)) as OwnTasks[K]["output"];
}

/** Why reading a file was stopped, as part of a sentence about it. */
export const whyReadingStopped = ({ why }: { readonly why: "time" | "memory" | "crash" }): string =>
  why === "time"
    ? "reading it takes too long"
    : why === "memory"
      ? "reading it takes too much memory"
      : "the program that reads it ended";
