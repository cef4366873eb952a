import type { ReaderPort } from "./messages.ts";
import { plainError } from "./plain-error.ts";
import { type TaskName, type Telling, tasks } from "./tasks.ts";

/** Signs of life come no oftener. */
const pace = 200;

/** Work with files of other kinds, of rooms that this one does not know: from plain data to plain data. */
export type OtherTasks = Readonly<Record<string, (input: never, telling: Telling) => unknown>>;

/** Reads what it is asked to, one file at a time. */
export function serveReading(port: ReaderPort, others: OtherTasks = {}): void {
  let gone: ((more: boolean) => void) | undefined;
  let said = 0;
  const telling: Telling = {
    alive(fraction) {
      const now = performance.now();
      if (now - said < pace) return;
      said = now;
      port.say({ type: "alive", fraction: fraction ?? null });
    },
    part(items) {
      return new Promise((resolve) => {
        gone = resolve;
        port.say({ type: "part", items });
      });
    },
  };
  port.hear(async (message) => {
    if (message.type === "go") {
      gone?.(message.more);
      return;
    }
    try {
      const work = Object.hasOwn(tasks, message.name) ? tasks[message.name as TaskName] : others[message.name]!;
      port.say({ type: "done", output: await work(message.input as never, telling) });
    } catch (error) {
      port.say({ type: "failed", error: plainError(error) });
    }
  });
  port.say({ type: "ready" });
}
