import {
  type Finding,
  findingSentence,
  inOrderOfSeverity,
  type Severity,
  severityOf,
} from "../../../src-shared/domain/finding.ts";
import type { JobEvent } from "../../../src-shared/domain/job.ts";
import { clearLine, Pace, progressLine } from "./progress.ts";

export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** What stands before a finding on the terminal. */
const words: Readonly<Record<Severity, string>> = { severe: "SEVERE", caution: "Warning", note: "Note" };

/** What a command says: text for people, or one JSON object per line for programs. Failures go to the error stream. */
export class Output {
  readonly json: boolean;
  readonly #out: Stream;
  readonly #err: Stream;
  readonly #pace = new Pace();
  #metrics: Readonly<Record<string, number>> = {};
  #step = 0;
  #lastShown = Number.NEGATIVE_INFINITY;
  #lastText = "";
  #lineOpen = false;
  #ended = false;

  constructor(json: boolean, out: Stream, err: Stream) {
    this.json = json;
    this.#out = out;
    this.#err = err;
  }

  /** Text for people; programs do not get it. */
  text(line: string): void {
    if (this.json) return;
    this.#closeLine();
    this.#out.write(`${line}\n`);
  }

  /** What came out: `value` for programs, `text` for people. */
  result(value: Readonly<Record<string, unknown>>, text?: string): void {
    if (this.json) this.#out.write(`${JSON.stringify({ type: "result", ...value })}\n`);
    else if (text !== undefined) this.text(text);
  }

  /** An event of its own kind among the progress lines. */
  event(type: string, value: Readonly<Record<string, unknown>>, text?: string): void {
    if (this.json) this.#out.write(`${JSON.stringify({ type, ...value })}\n`);
    else if (text !== undefined) this.text(text);
  }

  /** What should be known of what came out: `Do not use this:` before the severe ones. Programs get them in the result. */
  findings(findings: readonly Finding[]): void {
    if (this.json) return;
    this.#closeLine();
    for (const finding of inOrderOfSeverity(findings))
      this.#err.write(`${words[severityOf(finding)]}: ${findingSentence(finding)}\n`);
  }

  warn(text: string): void {
    this.#closeLine();
    this.#err.write(this.json ? `${JSON.stringify({ type: "warning", message: text })}\n` : `Warning: ${text}\n`);
  }

  error(error: { readonly code: string; readonly message: string; readonly details?: unknown }): void {
    this.#closeLine();
    this.#err.write(this.json ? `${JSON.stringify({ type: "error", ...error })}\n` : `${error.message}\n`);
  }

  /** The stack of an unexpected error, in an event of its own, when `OMNISAT_DEBUG` is set. */
  debug(error: unknown): void {
    if (!process.env.OMNISAT_DEBUG) {
      if (!this.json) this.#err.write("OMNISAT_DEBUG=1 shows where.\n");
      return;
    }
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#err.write(this.json ? `${JSON.stringify({ type: "debug", trace })}\n` : `${trace}\n`);
  }

  /** One line that is rewritten on a terminal; elsewhere a new line now and then. */
  progress(event: JobEvent, now = performance.now()): void {
    if (event.type === "metric") {
      this.#metrics = event.values;
      this.#step = event.step;
      if (this.json) this.#out.write(`${JSON.stringify(event)}\n`);
      else this.#show(now, this.#pace.state);
      return;
    }
    if (event.type !== "phase") return;
    const state = this.#pace.advance(event.name, event.fraction, now);
    if (state.justBegun) this.#metrics = {};
    if (this.json) {
      // A program wants to know how far it is, not of every tile: about one line a second, and where a phase begins and ends.
      const ends = event.fraction >= 1 && !this.#ended;
      this.#ended = event.fraction >= 1;
      if (!state.justBegun && !ends && now - this.#lastShown < 1000) return;
      if (!state.justBegun && !ends && this.#ended) return;
      this.#lastShown = now;
      this.#out.write(
        `${JSON.stringify({
          type: "progress",
          phase: event.name,
          fraction: event.fraction,
          ratePerSecond: state.ratePerSecond,
          remainingSeconds: state.remainingSeconds,
        })}\n`,
      );
      return;
    }
    this.#show(now, state, state.justBegun || event.fraction >= 1);
  }

  #show(now: number, state: Pace["state"], important = false): void {
    if (!state.phase) return;
    const terminal = this.#out.isTTY === true;
    // On a terminal ten times a second; in a log every ten seconds, and the end of what took longer than five.
    if (state.justBegun && !terminal) this.#lastShown = now;
    const due = now - this.#lastShown >= (terminal ? 100 : 10_000);
    if (!due && !(important && (terminal || state.elapsedSeconds >= 5))) return;
    // Some pseudo-terminals report a width of 0.
    const line = progressLine(state, this.#step, this.#metrics, terminal ? this.#out.columns || 80 : 200);
    if (!terminal && line === this.#lastText) return;
    if (terminal) {
      // A phase that is done keeps its line.
      if (state.justBegun) this.#closeLine();
      this.#out.write(`${clearLine}${line}`);
      this.#lineOpen = true;
    } else {
      this.#out.write(`${line}\n`);
    }
    this.#lastShown = now;
    this.#lastText = line;
  }

  #closeLine(): void {
    if (!this.#lineOpen) return;
    this.#out.write("\n");
    this.#lineOpen = false;
  }
}
