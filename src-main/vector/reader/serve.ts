import type { ReaderPort } from "./messages.ts";
import { plainError } from "./plain-error.ts";
import { type TaskName, type TaskProgress, tasks } from "./tasks.ts";
import { Watch } from "./watch.ts";

/** The shortest time between two progress messages, in milliseconds. */
const pace = 200;

/** Work with files of other kinds, of rooms that this one does not know: from plain data to plain data. */
export interface OtherTask {
  /** loads code before the file's time begins */
  readonly load?: () => Promise<unknown>;
  readonly work: (input: never, telling: TaskProgress) => unknown;
}
export type OtherTasks = Readonly<Record<string, OtherTask>>;

/** Reads what it is asked to, one file at a time, under a watch that ends the process when a file costs too much. */
export function serveReading(port: ReaderPort, others: OtherTasks = {}): void {
  const watch = new Watch();
  let gone: ((more: boolean) => void) | undefined;
  let said = 0;
  const loaded = new Set<string>();
  const tellingOf = (mebibytes: number): TaskProgress => ({
    mebibytes,
    alive(fraction) {
      const now = performance.now();
      if (now - said < pace) return;
      said = now;
      watch.alive();
      port.say({ type: "alive", fraction: fraction ?? null });
    },
    readable: () => watch.readable(),
    part(items) {
      return new Promise((resolve) => {
        gone = resolve;
        port.say({ type: "part", items });
      });
    },
  });
  port.hear(async (message) => {
    if (message.type === "go") {
      watch.alive();
      gone?.(message.more);
      return;
    }
    const { name, input, before, after } = message;
    const own = Object.hasOwn(tasks, name) ? { work: tasks[name as TaskName] } : others[name]!;
    if ("load" in own && !loaded.has(name)) {
      await own.load?.();
      loaded.add(name);
      watch.idle();
    }
    watch.begin(before, after);
    try {
      const output = await own.work(input as never, tellingOf(after.memory));
      port.say({ type: "done", output, cost: watch.end() });
    } catch (error) {
      port.say({ type: "failed", error: plainError(error), cost: watch.end() });
    }
  });
  void watch.start().then(() => port.say({ type: "ready" }));
}
