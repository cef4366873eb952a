import type { PlainError } from "./plain-error.ts";
import type { Allowance, ReadingCost } from "./watch.ts";

/** What a reading process is asked. */
export type ToReader =
  | {
      readonly type: "work";
      readonly name: string;
      readonly input: unknown;
      /** what it may cost until it is known that the file is what it says it is, and from there on */
      readonly before: Allowance;
      readonly after: Allowance;
    }
  /** the last part was processed: whether to send another one or to stop */
  | { readonly type: "go"; readonly more: boolean };

/** What it says. */
export type FromReader =
  | { readonly type: "ready" }
  /** progress; `fraction` where it is known */
  | { readonly type: "alive"; readonly fraction: number | null }
  | { readonly type: "part"; readonly items: readonly unknown[] }
  | { readonly type: "done"; readonly output: unknown; readonly cost: ReadingCost }
  | { readonly type: "failed"; readonly error: PlainError; readonly cost: ReadingCost };

/** A reading process's end of the connection. */
export interface ReaderPort {
  say(message: FromReader): void;
  hear(listener: (message: ToReader) => void): void;
}

/** A reading process, as its owner sees it. */
export interface ReaderChild {
  readonly pid: number | undefined;
  tell(message: ToReader): void;
  /** an idle process keeps no program alive */
  hold(busy: boolean): void;
  kill(): void;
}

export interface ReaderEvents {
  readonly message: (message: FromReader) => void;
  readonly ended: (how: ReaderEnd) => void;
}

/** How a reading process ended: by a signal, with a code, or it never began. */
export interface ReaderEnd {
  readonly signal?: NodeJS.Signals | null;
  readonly code?: number | null;
}

/** Starts a reading process with so many MiB for objects, and this environment. */
export type ReaderLauncher = (
  options: { readonly heap: number; readonly env: NodeJS.ProcessEnv },
  events: ReaderEvents,
) => ReaderChild;
