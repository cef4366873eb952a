import type { Bridge } from "../../src-shared/ipc/index.ts";
import { type QuestionName, questionTables } from "../../src-shared/ipc/questions.ts";

/** Milliseconds: one transaction touches several tables. */
const moment = 20;

/**
 * Calls `listener` whenever the answer to one of the questions may be another, once for the changes of a moment. A change never
 * delays a call that is already scheduled, which a steady flow of changes would delay for ever. The table of edits is announced last in a
 * transaction: nothing is waited for then, so that what undo does is known before the many other questions are answered. Returns how to stop.
 */
export type WhenChanged = (listener: () => void, ...questions: readonly QuestionName[]) => () => void;

/** `whenChanged` over what announces the changes. */
export const whenChangedOver =
  (subscribe: Bridge["subscribe"]): WhenChanged =>
  (listener, ...questions) => {
    const tables = new Set<string>(questions.flatMap((name) => questionTables[name]));
    if (tables.size === 0) return () => {};
    let soon: ReturnType<typeof setTimeout> | undefined;
    const stop = subscribe("catalog.changed", ({ table }) => {
      if (!tables.has(table)) return;
      if (table === "edits") {
        clearTimeout(soon);
        soon = undefined;
        listener();
        return;
      }
      soon ??= setTimeout(() => {
        soon = undefined;
        listener();
      }, moment);
    });
    return () => {
      stop();
      clearTimeout(soon);
    };
  };
