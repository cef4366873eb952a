import { parentPort } from "node:worker_threads";
import { AppError } from "../../../src-shared/errors/index.ts";
import { openBeside, openCatalog } from "../../catalog/index.ts";
import type { LogisticRegression } from "../../classifiers/index.ts";
import {
  answererOf,
  FeatureLayer,
  fitInstant,
  InstantMap,
  instantTemperature,
  similarityTo,
} from "../../features/index.ts";
import { InstantLessons } from "../../jobs/instant-lesson.ts";
import { KeptLabels } from "./labels.ts";
import type { InstantTask, InstantTasks, LabelsAsked, Taught } from "./messages.ts";

// The thread of the instant map: it has the layer open, reads the labels and learns them, and draws tiles. Learning gives tiles their turn, and
// ends when newer labels come.

type Open = InstantTasks["open"]["input"];
interface Working extends Open {
  readonly layer: FeatureLayer;
  readonly map: InstantMap;
  readonly lessons: InstantLessons;
}

let working: Working | undefined;
let before: { readonly fitted: LogisticRegression; readonly codes: readonly number[] } | undefined;
let newest: AbortController | undefined;
const kept = new KeptLabels();

/** The labels as they are now. The connection is not held: whoever closes the project leaves a whole file. */
function readLabels({ folder, writing, changed }: LabelsAsked) {
  const catalog = writing
    ? openBeside(folder)
    : openCatalog(folder, { purpose: "instant map", appVersion: "", readOnly: true });
  try {
    return kept.read(catalog, changed);
  } finally {
    catalog.close();
  }
}

const tasks: { readonly [Name in InstantTask]: (input: InstantTasks[Name]["input"]) => unknown } = {
  open: ({ folders, grid }) => {
    newest?.abort(new DOMException("Another layer.", "AbortError"));
    working?.layer.close();
    working = before = undefined;
    const layer = FeatureLayer.open(folders);
    if (layer) {
      const map = new InstantMap(layer, grid.patchMeters);
      working = { folders, grid, layer, map, lessons: new InstantLessons(layer, grid, 0) };
    }
    return layer !== undefined;
  },

  learn: async (asked): Promise<Taught> => {
    const began = performance.now();
    newest?.abort(new DOMException("Newer labels.", "AbortError"));
    const own = new AbortController();
    newest = own;
    const at = working;
    if (!at) throw new Error("Instant map: no layer is open");
    const labels = readLabels(asked);
    const lesson = labels && at.lessons.learn(labels);
    const labelled = new Set(labels?.polygons.map(({ classCode }) => classCode));
    const told = (kind: Taught["kind"]): Taught => ({
      kind,
      rows: lesson?.table.rows ?? 0,
      labels: lesson?.labels ?? 0,
      outside: lesson?.outside ?? 0,
      heldBack: new Set(
        labels?.polygons.flatMap(({ id, part }) => (part === "validation" || part === "test" ? [id] : [])),
      ).size,
      legend: labels?.legend.filter(({ code }) => labelled.has(code)) ?? [],
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
    const known = error instanceof AppError ? { code: error.code, details: error.details } : undefined;
    const stopped = (error as Error).name === "AbortError";
    parentPort!.postMessage({ id, error: { message, stack, stopped, known } });
  }
});
