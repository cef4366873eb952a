import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const logFileName = "log.txt";

/** A log may grow to this; then its older half is given up. */
const mostBytes = 256 * 1024;

/** What a job said, line by line with the time, in its folder. A log that cannot be written stops nobody. */
export class JobLog {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, logFileName);
  }

  /** `error`: a programmer's mistake, whose stack is worth keeping */
  line(text: string, error?: unknown): void {
    const stack = error instanceof Error && error.stack ? `\n${error.stack}` : "";
    try {
      appendFileSync(this.#path, `${new Date().toISOString()}  ${text}${stack}\n`);
      if (statSync(this.#path).size > mostBytes) this.#shorten();
    } catch {
      // The folder is gone (the job was given up) or the disk is full: the work itself says so.
    }
  }

  #shorten(): void {
    const text = readFileSync(this.#path, "utf8");
    const half = text.slice(text.indexOf("\n", text.length / 2) + 1);
    writeFileSync(`${this.#path}.tmp`, half);
    renameSync(`${this.#path}.tmp`, this.#path);
  }
}

export function readJobLog(folder: string): { readonly path: string; readonly text: string } {
  const path = join(folder, logFileName);
  try {
    return { path, text: readFileSync(path, "utf8") };
  } catch {
    return { path, text: "" };
  }
}
