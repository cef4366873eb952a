import { parentPort } from "node:worker_threads";
import type { LogisticRegression } from "../../classifiers/index.ts";
import {
  answererOf,
  FeatureLayer,
  fitInstant,
  InstantMap,
  instantTemperature,
  similarityTo,
} from "../../features/index.ts";
import { instantLesson } from "../../jobs/instant-lesson.ts";
import type { InstantTask, InstantTasks, Taught } from "./messages.ts";

// The thread of the instant map: it has the layer open, learns what it is told, and draws tiles. Learning gives tiles their turn, and ends when
// newer labels come.

type Open = InstantTasks["open"]["input"];
interface Working extends Open {
  readonly layer: FeatureLayer;
  readonly map: InstantMap;
}

let working: Working | undefined;
let before: { readonly fitted: LogisticRegression; readonly codes: readonly number[] } | undefined;
let newest: AbortController | undefined;

const tasks: { readonly [Name in InstantTask]: (input: InstantTasks[Name]["input"]) => unknown } = {
  open: ({ folders, grid }) => {
    newest?.abort(new DOMException("Another layer.", "AbortError"));
    working?.layer.close();
    working = before = undefined;
    const layer = FeatureLayer.open(folders);
    if (layer) working = { folders, grid, layer, map: new InstantMap(layer, grid.patchMeters) };
    return layer !== undefined;
  },

  learn: async ({ labels }): Promise<Taught> => {
    const began = performance.now();
    newest?.abort(new DOMException("Newer labels.", "AbortError"));
    const own = new AbortController();
    newest = own;
    const at = working;
    if (!at) throw new Error("Instant map: no layer is open");
    const lesson = labels && instantLesson(at.layer, labels, at.grid, 0);
    const told = (kind: Taught["kind"]): Taught => ({
      kind,
      rows: lesson?.table.rows ?? 0,
      labels: lesson?.labels ?? 0,
      outside: lesson?.outside ?? 0,
      patches: lesson?.patches ?? {},
      milliseconds: performance.now() - began,
    });
    const taught = Object.keys(lesson?.patches ?? {}).length;
    if (!lesson || taught === 0) {
      at.map.learn(undefined);
      return told("nothing");
    }
    if (taught === 1) {
      at.map.learn(similarityTo(at.layer, lesson.table.values));
      return told("similarity");
    }
    const from = before && String(before.codes) === String(lesson.codes) ? before.fitted : undefined;
    const { table, groups, codes } = lesson;
    const { signal } = own;
    const fitted = await fitInstant(table, { from, signal });
    const temperature = await instantTemperature(table, { groups, from: fitted, signal });
    signal.throwIfAborted();
    before = { fitted, codes };
    at.map.learn(answererOf(at.layer, fitted, codes, temperature));
    return told("classes");
  },

  tile: ({ address, what }) => working?.map.tile(address, what) ?? null,
};

interface Request {
  readonly id: number;
  readonly name: InstantTask;
  readonly input: never;
}

parentPort!.on("message", async ({ id, name, input }: Request) => {
  try {
    parentPort!.postMessage({ id, output: await tasks[name](input) });
  } catch (error) {
    const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
    parentPort!.postMessage({ id, error: { message, stack, stopped: (error as Error).name === "AbortError" } });
  }
});
