import { appendFileSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { withoutTrace } from "../../../src-shared/ipc/errors.ts";
import { readPlainText } from "../../catalog/index.ts";
import { writeWholeSync } from "../../files/index.ts";

export const logFileName = "log.txt";

/** A log may grow to this size; then its older half is deleted. */
const mostBytes = 256 * 1024;
/** A link in the place of the log is not followed. */
const appendHere =
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_WRONLY |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/** What a job said, line by line with the time, in its folder. A log that cannot be written does not stop the job. */
export class JobLog {
  readonly #path: string;
  readonly #assertOwn: () => void;

  /** `assertOwn` throws when the folder is not one of the project's own: nothing is written there then */
  constructor(folder: string, assertOwn: () => void = () => {}) {
    this.#path = join(folder, logFileName);
    this.#assertOwn = assertOwn;
  }

  /** `error`: a programmer's mistake, whose stack is worth keeping */
  line(text: string, error?: unknown): void {
    const stack = error instanceof Error && error.stack ? `\n${error.stack}` : "";
    try {
      this.#assertOwn();
      appendFileSync(this.#path, `${new Date().toISOString()}  ${text}${stack}\n`, {
        flag: appendHere as unknown as string,
      });
      if (statSync(this.#path).size > mostBytes) this.#shorten();
    } catch {
      // The folder is gone (the job was given up) or the disk is full: the work itself says so.
    }
  }

  #shorten(): void {
    const text = readPlainText(this.#path);
    const half = text.slice(text.indexOf("\n", text.length / 2) + 1);
    writeWholeSync(this.#path, half);
  }
}

/** For people. Stack traces stay in the file at `path`, for developers. */
export function readJobLog(folder: string): { readonly path: string; readonly text: string } {
  const path = join(folder, logFileName);
  try {
    return { path, text: withoutTrace(readPlainText(path)) };
  } catch {
    return { path, text: "" };
  }
}
