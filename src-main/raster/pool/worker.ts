import { parentPort } from "node:worker_threads";
import { type TaskName, tasks } from "./tasks.ts";
import { buffersIn } from "./transfer.ts";

/** A worker thread: one task at a time, results moved, not copied. */
interface Request {
  readonly id: number;
  readonly name: TaskName;
  readonly input: never;
}

parentPort!.on("message", async ({ id, name, input }: Request) => {
  try {
    const output = await tasks[name](input);
    parentPort!.postMessage({ id, output }, buffersIn(output));
  } catch (error) {
    parentPort!.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
