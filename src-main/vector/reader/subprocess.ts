import { mkdtempSync, readFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import { removeSync } from "../../files/index.ts";
import type { Feature, FeatureLayer, ReadOptions } from "../formats/feature.ts";
import { launch } from "./launcher.ts";
import type { FromReader, ReaderChild, ReaderEnd } from "./messages.ts";
import { fromPlain } from "./plain-error.ts";
import { ranOut } from "./ran-out.ts";
import type { TaskName, Tasks } from "./tasks.ts";
import { type Allowance, type ReadingCost, type Stopped, stoppedFile, watchedFile } from "./watch.ts";

/** What reading one file may cost, on every system alike; tests set smaller numbers. Times are ms of the processor, sizes MiB. */
export const readingLimits = {
  /** until the file is known to be what it says it is, and more per MiB that is looked through */
  first: 1500,
  firstPerMebibyte: 10,
  firstMemory: 448,
  /** then, without progress, and more per MiB of the file */
  silentWork: 1500,
  silentWorkPerMebibyte: 200,
  /** in all where the file is only read, not measured or laid over patches */
  work: 1500,
  workPerMebibyte: 4000,
  /** objects, for files up to 4 MiB that are only looked at, up to 32 MiB, and for larger ones or archives */
  heapOfTiny: 320,
  heap: 768,
  heapOfLarge: 4096,
  /** what the process may hold beyond an idle one: of a tiny file, and on top of others' objects */
  residentOfTiny: 448,
  residentBeside: 1024,
  /** ms by the clock, in all and more per MiB: for what waits and does not work */
  whole: 120_000,
  wholePerMebibyte: 10_000,
  /** ms by the clock without a message from the watch in the process: a process that cannot be watched is ended */
  unwatched: 30_000,
};

/** Processes at once, of small files and of large ones; others wait. A small file never waits for large ones. */
const most = { small: 3, large: 2 } as const;
type Lane = keyof typeof most;
/** Milliseconds that a process waits for another file. */
const patience = 60_000;
/** MiB beyond an idle process that one may hold and be used again. */
const grownBy = 128;
const large = 32;
const tiny = 4;
/** Milliseconds until a process has started, on a machine that is busy with other things. */
const startTime = 120_000;

/** Work whose time the file's size says little about: overlaps of shapes, patches below them, a model's code. */
const measuring: ReadonlySet<string> = new Set(["import", "tiles", "model"]);
/** Work whose memory the file's size says little about: lists of patches, a network's code. */
const holding: ReadonlySet<string> = new Set(["import", "tiles", "model"]);

interface Cost {
  readonly lane: Lane;
  readonly heap: number;
  /** until the file is known to be readable */
  readonly before: Allowance;
  readonly after: Allowance;
  readonly whole: number;
}

/** What work with the file may cost, by its size. Of an archive the contents count, of a folder the files in it. */
async function costOf(name: string, path: string): Promise<Cost> {
  const limits = readingLimits;
  const found = await stat(path).catch(() => undefined);
  const folder = found?.isDirectory() === true;
  // Opening a pipe would block.
  if (found && !folder && !found.isFile()) throw new AppError("file-not-regular", { path });
  const packed = folder || /\.(zip|kmz|gz|(geo)?parquet)$/i.test(path);
  const { bytes, entries } = folder ? await contentsOf(path) : { bytes: found?.size ?? 0, entries: 0 };
  const size = (bytes / 2 ** 20) * (packed && !folder ? 10 : 1);
  const more = entries * 20;
  const lane = packed || size > large ? "large" : "small";
  const isTiny = !packed && size <= tiny && !holding.has(name);
  const heap = isTiny ? limits.heapOfTiny : lane === "large" ? limits.heapOfLarge : limits.heap;
  // GeoJSON and KML unfold to 20 times their archive and more; all of that is looked through.
  const first = limits.first + more + size * (packed && !folder ? 4 : 1) * limits.firstPerMebibyte;
  const silentWork = limits.silentWork + more + size * limits.silentWorkPerMebibyte;
  return {
    lane,
    heap,
    before: { work: first, silentWork: first, memory: limits.firstMemory },
    after: {
      silentWork,
      work: measuring.has(name) ? Number.MAX_VALUE : limits.work + more + size * limits.workPerMebibyte,
      memory: isTiny ? limits.residentOfTiny : heap + limits.residentBeside,
    },
    whole: limits.whole + more + size * limits.wholePerMebibyte,
  };
}

/** A folder's files, those of many not one by one. */
async function contentsOf(folder: string): Promise<{ readonly bytes: number; readonly entries: number }> {
  const names = await readdir(folder).catch(() => []);
  let bytes = 0;
  for (const name of names.slice(0, 1000)) bytes += (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0;
  return { bytes, entries: names.length };
}

class Reader {
  readonly heap: number;
  readonly folder: string;
  readonly child: ReaderChild;
  hear: (message: FromReader) => void = () => {};
  lose: (how: ReaderEnd) => void = () => {};
  ready = false;
  /** it holds more than an idle one */
  grown = false;
  /** why its watch ended it */
  stopped: Stopped | undefined;
  gone: ReaderEnd | undefined;
  idle: NodeJS.Timeout | undefined;

  constructor(heap: number) {
    this.heap = heap;
    // What it unpacks and copies goes with it, also when it is killed.
    this.folder = mkdtempSync(join(tmpdir(), "omnisat-reader-"));
    const env = { ...process.env, TMPDIR: this.folder, TMP: this.folder, TEMP: this.folder };
    this.child = launch(
      { heap, env },
      {
        message: (message) => {
          if (message.type === "ready") this.ready = true;
          this.hear(message);
        },
        ended: (how) => {
          if (this.gone !== undefined) return;
          this.gone = how;
          this.stopped = stoppedIn(this.folder);
          this.forget();
          this.lose(how);
        },
      },
    );
    living.add(this);
  }

  end(): void {
    this.lose = () => {};
    this.hear = () => {};
    clearTimeout(this.idle);
    this.child.kill();
    free.delete(this);
  }

  forget(): void {
    living.delete(this);
    free.delete(this);
    clearTimeout(this.idle);
    removed(this.folder);
  }
}

/** What the watch of a process left behind. */
function stoppedIn(folder: string): Stopped | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, stoppedFile), "utf8")) as Stopped;
  } catch {
    return undefined;
  }
}

/** Files that another program holds open stay until the system cleans its temporary folder. */
function removed(folder: string): void {
  try {
    removeSync(folder);
  } catch {}
}

const living = new Set<Reader>();
const free = new Set<Reader>();
process.once("exit", () => {
  for (const reader of living) {
    reader.child.kill();
    removed(reader.folder);
  }
});

const waiting: Record<Lane, (() => void)[]> = { small: [], large: [] };
const working: Record<Lane, number> = { small: 0, large: 0 };

async function turn(lane: Lane): Promise<void> {
  if (working[lane] < most[lane]) working[lane]++;
  else await new Promise<void>((resolve) => waiting[lane].push(resolve));
}

function passOn(lane: Lane): void {
  const next = waiting[lane].shift();
  if (next) next();
  else working[lane]--;
}

export interface TaskListener {
  readonly progress?: (fraction: number) => void;
  /** Deals with a part; `false` ends the work. */
  readonly part?: (items: readonly unknown[]) => boolean | Promise<boolean>;
}

/**
 * Does `name` with a file in a process that can be killed, also inside a query of a database: a file that takes too long, too
 * much memory, or crashes its reader fails this request and nothing else.
 * @throws AppError "vector-too-costly", and, "file-not-regular" whatever the work throws
 */
export async function readInSubprocess<K extends TaskName>(
  name: K,
  input: Tasks[K]["input"],
  hearing: TaskListener = {},
): Promise<Tasks[K]["output"]> {
  return (await runInSubprocess(name, input, hearing)) as Tasks[K]["output"];
}

/**
 * The same with work of another room, which the reading processes were started with (`serveReading`, `forkReadersFrom`).
 * @throws AppError "file-not-regular"
 */
export async function runInSubprocess(
  name: string,
  input: { readonly path: string },
  hearing: TaskListener = {},
): Promise<unknown> {
  const cost = await costOf(name, input.path);
  await turn(cost.lane);
  try {
    return await runOn(readerFor(cost.heap), name, input, cost, hearing);
  } finally {
    passOn(cost.lane);
  }
}

function readerFor(heap: number): Reader {
  const found = [...free].find((reader) => reader.heap === heap);
  if (!found) return new Reader(heap);
  free.delete(found);
  clearTimeout(found.idle);
  return found;
}

function setFree(reader: Reader): void {
  // One of each size is kept.
  if (reader.grown || [...free].some(({ heap }) => heap === reader.heap)) {
    reader.end();
    return;
  }
  free.add(reader);
  reader.hear = () => {};
  reader.lose = () => {};
  reader.child.hold(false);
  reader.idle = setTimeout(() => reader.end(), patience).unref();
}

function runOn(
  reader: Reader,
  name: string,
  input: { readonly path: string },
  cost: Cost,
  { progress, part }: TaskListener,
): Promise<unknown> {
  const { path } = input;
  return new Promise((resolve, reject) => {
    const asked = performance.now();
    let begun = 0;
    let dealing = false;
    const end = (error: unknown) => {
      clearInterval(watch);
      reader.end();
      reject(error);
    };
    const tooCostly = (why: "time" | "memory" | "crash", limit: number) =>
      new AppError("vector-too-costly", { path, why, limit });
    // The watch in the process measures it (`watch.ts`); this limit is for a process that waits or whose watch has failed.
    const look = async () => {
      const now = performance.now();
      if (!reader.ready) {
        if (now - asked > startTime) end(tooCostly("time", startTime / 1000));
        return;
      }
      // Time in which this program deals with a part is not the file's.
      if (dealing || begun === 0) return;
      if (now - begun > cost.whole) return end(tooCostly("time", Math.round(cost.whole / 1000)));
      const { unwatched } = readingLimits;
      if (now - begun < unwatched) return;
      const seen = await stat(join(reader.folder, watchedFile)).catch(() => undefined);
      if (!dealing && Date.now() - (seen?.mtimeMs ?? 0) > unwatched) end(tooCostly("time", unwatched / 1000));
    };
    const watch = setInterval(() => void look(), 100);
    const settle = (work: () => void) => {
      clearInterval(watch);
      setFree(reader);
      work();
    };
    const ask = () => {
      begun = performance.now();
      reader.child.tell({ type: "work", name, input, before: cost.before, after: cost.after });
    };
    reader.lose = (how) => {
      clearInterval(watch);
      const stopped = reader.stopped;
      if (stopped) heardOf(name, path, stopped);
      reject(stopped ? tooCostly(stopped.why, stopped.limit) : tooCostly(ranOut(how) ? "memory" : "crash", cost.heap));
    };
    reader.hear = async (message) => {
      const heard = performance.now();
      if (message.type === "ready") ask();
      else if (message.type === "alive") {
        if (message.fraction !== null) progress?.(message.fraction);
      } else if (message.type === "part") {
        dealing = true;
        try {
          const more = (await part?.(message.items)) ?? true;
          reader.child.tell({ type: "go", more });
        } catch (error) {
          end(error);
        } finally {
          begun += performance.now() - heard;
          dealing = false;
        }
      } else {
        heardOf(name, path, message.cost);
        // A process that has grown is replaced, so that the next file begins with an idle one.
        reader.grown = message.cost.memory > grownBy;
        settle(() => (message.type === "done" ? resolve(message.output) : reject(fromPlain(message.error))));
      }
    };
    reader.child.hold(true);
    if (reader.gone !== undefined) reader.lose(reader.gone);
    else if (reader.ready) ask();
  });
}

const listeners = new Set<(name: string, path: string, cost: ReadingCost) => void>();

/** Tells what each reading took. */
export function onReadingCost(listener: (name: string, path: string, cost: ReadingCost) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function heardOf(name: string, path: string, cost: ReadingCost): void {
  for (const listener of listeners) listener(name, path, cost);
}

/**
 * The names of a layer's fields.
 * @throws AppError "file-not-regular"
 */
export async function fieldsInSubprocess(source: Tasks["features"]["input"]): Promise<string[]> {
  let names: string[] = [];
  await readInSubprocess("features", source, {
    part([head]) {
      names = (head as FeatureLayer).fields.map(({ name }) => name);
      return false;
    },
  });
  return names;
}

/**
 * The features of a layer, read in a process of its own, some hundred at a time: `each` gets every one with the layer's head,
 * and ends the reading with `false`.
 * @throws AppError "file-not-regular"
 */
export async function eachFeatureInSubprocess(
  path: string,
  options: ReadOptions,
  opened: (head: Omit<FeatureLayer, "features">) => void,
  each: (feature: Feature) => boolean,
): Promise<void> {
  let first = true;
  await readInSubprocess(
    "features",
    { path, options },
    {
      part(items) {
        if (first) {
          first = false;
          opened(items[0] as Omit<FeatureLayer, "features">);
          return true;
        }
        return (items as readonly Feature[]).every(each);
      },
    },
  );
}
