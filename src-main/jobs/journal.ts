import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { JobEvent } from "../../src-shared/domain/job.ts";
import type { JobContext } from "./context.ts";

/** Points of the curve and reviews of a training, as its journal holds them. */
export type JournalEntry = Extract<JobEvent, { type: "metric" | "review" }>;

const journalFile = "journal.jsonl";

/**
 * Writes every point of the curve into the job's folder before it is reported. What was on its way when the program was
 * killed is missing in the catalog, while the checkpoint may already be past it: the journal completes the curve.
 */
export function withJournal(folder: string, resume: boolean, context: JobContext): JobContext {
  const path = join(folder, journalFile);
  if (!resume) rmSync(path, { force: true });
  else endLine(path);
  const note = (entry: JournalEntry) => appendFileSync(path, `${JSON.stringify(entry)}\n`);
  return {
    ...context,
    metric(step, values) {
      note({ type: "metric", step, values });
      context.metric(step, values);
    },
    review(step, review) {
      note({ type: "review", step, review });
      context.review(step, review);
    },
  };
}

/** A line that a full disk or a crash cut off must not be joined with the next one. */
function endLine(path: string): void {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return;
  }
  if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
}

/** What a journal holds; a line that was half written is left out. */
export function readJournal(folder: string): JournalEntry[] {
  let text: string;
  try {
    text = readFileSync(join(folder, journalFile), "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line): JournalEntry[] => {
    try {
      return [JSON.parse(line) as JournalEntry];
    } catch {
      return [];
    }
  });
}
