import { forkedReader } from "./forked.ts";
import type { ReaderLauncher } from "./messages.ts";

let launcher: ReaderLauncher = forkedReader;

/** Electron starts processes in its own way. */
export function launchReadersWith(other: ReaderLauncher): void {
  launcher = other;
}

export const launch: ReaderLauncher = (options, events) => launcher(options, events);
