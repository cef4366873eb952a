import { parentPort, workerData } from "node:worker_threads";
import { loadHeader, type TaskName, tasks } from "./tasks.ts";
import { buffersIn } from "./transfer.ts";

/** A worker thread: one task at a time, results moved, not copied. */
interface Request {
  readonly id: number;
  readonly name: TaskName;
  readonly input: never;
}

/** Its words and its place apart: the words may reach a window, the place may not. */
const thrown = (error: unknown): { readonly message: string; readonly stack: string } =>
  error instanceof Error ? { message: error.message, stack: error.stack ?? "" } : { message: String(error), stack: "" };

parentPort!.on("message", async ({ id, name, input }: Request) => {
  try {
    const output = await tasks[name](input);
    parentPort!.postMessage({ id, output }, buffersIn(output));
  } catch (error) {
    parentPort!.postMessage({ id, error: thrown(error) });
  }
});

if ((workerData as { readonly preload?: TaskName }).preload === "header") await loadHeader();
// Loading is not work of the first task.
parentPort!.postMessage({ id: 0 });
