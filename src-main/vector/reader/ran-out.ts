import type { ReaderEnd } from "./messages.ts";

const signals: ReadonlySet<string> = new Set(["SIGABRT", "SIGTRAP"]);
/**
 * V8 aborts where its heap is full. As exit codes: 128 + the signal of a shell, the signal alone in Electron; on Windows 134 of
 * `abort`, STATUS_BREAKPOINT, STATUS_STACK_BUFFER_OVERRUN (fail fast) and Chromium's own code for a lack of memory.
 */
const codes: ReadonlySet<number> = new Set([134, 133, 6, 5, 0x80000003, 0xc0000409, 0xe0000008]);

/** Did a reading process end because its memory was used up? */
export const ranOut = ({ code, signal }: ReaderEnd): boolean =>
  (signal != null && signals.has(signal)) || (code != null && codes.has(code >>> 0));
