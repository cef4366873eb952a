import { parentPort } from "node:worker_threads";
import { AppError } from "../../../src-shared/errors/index.ts";
import { openBeside, openCatalog } from "../../catalog/index.ts";
import type { LogisticRegression } from "../../classifiers/index.ts";
import {
  answererOf,
  FeatureLayer,
  fitInstant,
  heldOutScore,
  InstantMap,
  instantTemperature,
  nextPlaces,
  Stopping,
  type SuspiciousGroups,
  sampleOfLayer,
  similarityTo,
  suspiciousGroups,
} from "../../features/index.ts";
import { projectArea } from "../../jobs/imagery.ts";
import { type InstantLesson, InstantLessons } from "../../jobs/instant-lesson.ts";
import { KeptLabels } from "./labels.ts";
import type { InstantTask, InstantTasks, LabelsAsked, NextPatch, Taught } from "./messages.ts";

// The thread of the instant map: it has the layer open, reads the labels and learns them, and draws tiles. Learning gives tiles their turn, and
// ends when newer labels come.

type Open = InstantTasks["open"]["input"];
interface Working extends Open {
  readonly layer: FeatureLayer;
  readonly map: InstantMap;
  readonly lessons: InstantLessons;
  /** patches whose classes say how much a label changes: the same for every model */
  readonly looked: { readonly cols: Int32Array; readonly rows: Int32Array };
  readonly stopping: Stopping;
  /** what was learned last */
  lesson?: InstantLesson | undefined;
}

/** Patches that are looked at to say how much a label changes, and among which the next places are chosen. */
const looked = 2000;
const candidates = 4000;
/** Values of so many labelled patches are compared with the candidates. */
const mostKnown = 400;
/** Two places that are proposed lie at least so many patches apart. */
const apart = 4;

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
      const { cols, rows } = sampleOfLayer(layer, looked, "agreement");
      const lessons = new InstantLessons(layer, grid, 0);
      working = { folders, grid, layer, map, lessons, looked: { cols, rows }, stopping: new Stopping() };
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
    at.lesson = lesson;
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
      agreement: (kind === "classes" && at.stopping.told) || null,
    });
    const taught = Object.keys(lesson?.patches ?? {}).length;
    if (!lesson || taught === 0) {
      at.map.learn(undefined);
      at.stopping.forget();
      return told("nothing");
    }
    if (taught === 1) {
      at.map.learn(similarityTo(at.layer, lesson.table.values));
      at.stopping.forget();
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
    at.stopping.add(lesson.labels, at.map.classesOf(at.looked.cols, at.looked.rows).codes);
    return told("classes");
  },

  compare: async ({ labels: asked, grid, layers }): Promise<readonly (number | null)[]> => {
    const labels = readLabels(asked);
    const scores: (number | null)[] = [];
    for (const folders of layers) {
      const layer = labels && FeatureLayer.open(folders);
      if (!layer) {
        scores.push(null);
        continue;
      }
      const { table, groups } = new InstantLessons(layer, grid, 0).learn(labels);
      scores.push((await heldOutScore(table, groups)) ?? null);
      layer.close();
    }
    return scores;
  },

  next: ({ count, skipped }): readonly NextPatch[] => {
    const at = working;
    if (!at) throw new Error("Instant map: no layer is open");
    const { layer, lessons, grid, lesson } = at;
    const { columns } = layer;
    const corner = projectArea(grid);
    const skippedAt = new Set(skipped.map(String));
    const { cols, rows, values } = sampleOfLayer(
      layer,
      candidates,
      "next",
      (col, row) =>
        !skippedAt.has(String([col, row])) &&
        !lessons.isLabelled(col, row) &&
        kept.wouldTeach(grid, col - corner.col, row - corner.row),
    );
    const told = at.map.classesOf(cols, rows);
    // What was labelled, and what was skipped: nothing like it again.
    const own = lesson?.table.rows ?? 0;
    const step = Math.max(1, own / mostKnown);
    const known: Float32Array[] = [];
    for (let i = 0; i < own; i += step)
      known.push(lesson!.table.values.subarray(Math.floor(i) * columns, (Math.floor(i) + 1) * columns));
    for (const [col, row] of skipped) {
      const block = layer.blockAt(col, row);
      const within = (n: number) => n - Math.floor(n / layer.side) * layer.side;
      const p = within(row) * layer.side + within(col);
      if (block?.seen[p] === 1) known.push(layer.factors.map((factor, j) => factor * block.values[p * columns + j]!));
    }
    const flat = new Float32Array(known.length * columns);
    for (const [i, row] of known.entries()) flat.set(row, i * columns);
    const found = nextPlaces({ values, columns, margins: told.margins, cols, rows }, { count, known: flat, apart });
    return found.map((i) => ({
      col: cols[i]!,
      row: rows[i]!,
      classCode: told.codes[i] || null,
      confidence: told.confidence[i]!,
      margin: told.margins[i]!,
    }));
  },

  suspicious: async (): Promise<SuspiciousGroups> => {
    const lesson = working?.lesson;
    if (!lesson || Object.keys(lesson.patches).length < 2) return { found: [], judged: 0, alone: lesson?.labels ?? 0 };
    const { codes } = lesson;
    const { found, ...rest } = await suspiciousGroups(lesson.table, lesson.groups, newest?.signal);
    return { ...rest, found: found.map((one) => ({ ...one, own: codes[one.own]!, proposed: codes[one.proposed]! })) };
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
