import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Feature, FeatureLayer, ReadOptions } from "../feature.ts";
import { launch } from "./launcher.ts";
import type { FromReader, ReaderChild } from "./messages.ts";
import { fromPlain } from "./plain-error.ts";
import type { TaskName, Tasks } from "./tasks.ts";

/** What reading one file may cost. Large files may take longer; tests set smaller numbers. */
export const readingLimits = {
  /** milliseconds without a sign that it gets on, and more per MiB of the file */
  silence: 15_000,
  silencePerMebibyte: 100,
  /** milliseconds that the processor works on it without such a sign: a small file that needs more is not what it says */
  silentWork: 2000,
  silentWorkPerMebibyte: 200,
  /** milliseconds that the processor works in all where the file is only read, not measured or laid over patches */
  work: 4000,
  workPerMebibyte: 4000,
  /** milliseconds in all, and more per MiB */
  whole: 120_000,
  wholePerMebibyte: 10_000,
  /** MiB of JavaScript objects, for files up to 4 MiB that are only looked at, up to 32 MiB, and for larger ones or archives */
  heapOfTiny: 320,
  heap: 768,
  heapOfLarge: 4096,
  /** MiB that the system may hold for the process in all: what a tiny file may cost, and what comes on top of others' objects */
  residentOfTiny: 512,
  residentBeside: 1024,
};

/** Processes at once, of small files and of large ones; others wait. A small file never waits for large ones. */
const most = { small: 3, large: 2 } as const;
type Lane = keyof typeof most;
/** Milliseconds that a process waits for another file. */
const patience = 60_000;
const large = 32;
const tiny = 4;
/** Milliseconds until a process has started, on a machine that is busy with other things. */
const startTime = 120_000;

/** Work whose time the file's size says little about: overlaps of shapes, patches below them, a model's code. */
const measuring: ReadonlySet<string> = new Set(["inspect", "import", "tiles", "model"]);
/** Work whose memory the file's size says little about: lists of patches, a network's code. */
const holding: ReadonlySet<string> = new Set(["import", "tiles", "model"]);
/** Loading the code of a network takes longer than reading most models. */
const loading: Readonly<Record<string, number>> = { model: 8000 };

interface Cost {
  readonly lane: Lane;
  readonly heap: number;
  readonly resident: number;
  readonly silence: number;
  readonly silentWork: number;
  readonly work: number;
  readonly whole: number;
}

/** What work with the file may cost, by its size. Of an archive the contents count, of a folder the files in it. */
async function costOf(name: string, path: string): Promise<Cost> {
  const limits = readingLimits;
  const found = await stat(path).catch(() => undefined);
  const folder = found?.isDirectory() === true;
  // Whoever opens a pipe waits for its writer.
  if (found && !folder && !found.isFile()) throw new AppError("file-not-regular", { path });
  const packed = folder || /\.(zip|kmz|gz)$/i.test(path);
  const { bytes, entries } = folder ? await contentsOf(path) : { bytes: found?.size ?? 0, entries: 0 };
  const size = (bytes / 2 ** 20) * (packed && !folder ? 10 : 1);
  const more = entries * 20;
  const lane = packed || size > large ? "large" : "small";
  const isTiny = !packed && size <= tiny && !holding.has(name);
  const heap = isTiny ? limits.heapOfTiny : lane === "large" ? limits.heapOfLarge : limits.heap;
  return {
    lane,
    heap,
    resident: isTiny ? limits.residentOfTiny : heap + limits.residentBeside,
    silence: limits.silence + more + size * limits.silencePerMebibyte,
    silentWork: limits.silentWork + more + (loading[name] ?? 0) + size * limits.silentWorkPerMebibyte,
    work: measuring.has(name) ? Number.POSITIVE_INFINITY : limits.work + more + size * limits.workPerMebibyte,
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
  lose: (reason: string) => void = () => {};
  ready = false;
  gone: string | undefined;
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
        ended: (reason) => {
          if (this.gone !== undefined) return;
          this.gone = reason;
          this.forget();
          this.lose(reason);
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

/** What another program holds open stays until the system tidies its temporary folder. */
function removed(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
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

export interface Hearing {
  readonly progress?: (fraction: number) => void;
  /** Deals with a part; `false` ends the work. */
  readonly part?: (items: readonly unknown[]) => boolean | Promise<boolean>;
}

/**
 * Does `name` with a file in a process that can be killed, also inside a query of a database: a file that takes too long, too
 * much memory, or brings its reader down costs this request and nothing else.
 * @throws AppError "vector-too-costly", and whatever the work throws
 */
export async function readApart<K extends TaskName>(
  name: K,
  input: Tasks[K]["input"],
  hearing: Hearing = {},
): Promise<Tasks[K]["output"]> {
  return (await workApart(name, input, hearing)) as Tasks[K]["output"];
}

/** The same with work of another room, which the reading processes were started with (`serveReading`, `forkReadersFrom`). */
export async function workApart(
  name: string,
  input: { readonly path: string },
  hearing: Hearing = {},
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
  if ([...free].some(({ heap }) => heap === reader.heap)) {
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
  { progress, part }: Hearing,
): Promise<unknown> {
  const { path } = input;
  return new Promise((resolve, reject) => {
    let begun = 0;
    let heard = performance.now();
    let dealing = false;
    // What the processor did for it: when the work began, and when something was heard last.
    let [workedBefore, workedSilent, lookedAt] = [Number.NaN, Number.NaN, 0];
    const stop = (why: "time" | "memory" | "crash", limit: number) => {
      clearInterval(watch);
      reader.end();
      reject(new AppError("vector-too-costly", { path, why, limit }));
    };
    const look = async () => {
      const now = performance.now();
      if (!reader.ready) {
        if (now - heard > startTime) stop("time", startTime / 1000);
        return;
      }
      // Time in which this program deals with a part is not the file's.
      if (dealing) return;
      // Windows delivers signs of life only between turns.
      const silence = process.platform === "win32" ? cost.whole : cost.silence;
      if (now - heard > silence) stop("time", Math.round(silence / 1000));
      else if (now - begun > cost.whole) stop("time", Math.round(cost.whole / 1000));
      else if (tooMuchWork(await processorTime(reader.child.pid))) return;
      else if ((await residentMebibytes(reader.child.pid)) > cost.resident) stop("memory", cost.resident);
    };
    const tooMuchWork = (worked: number): boolean => {
      if (begun === 0 || Number.isNaN(worked)) return false;
      if (Number.isNaN(workedBefore)) workedBefore = worked;
      if (heard >= lookedAt) workedSilent = worked;
      lookedAt = performance.now();
      const limit = worked - workedSilent > cost.silentWork ? cost.silentWork : cost.work;
      if (worked - workedSilent <= cost.silentWork && worked - workedBefore <= cost.work) return false;
      stop("time", Math.round(limit / 1000));
      return true;
    };
    const watch = setInterval(() => void look(), 100);
    const settle = (work: () => void) => {
      clearInterval(watch);
      setFree(reader);
      work();
    };
    const ask = () => {
      begun = heard = performance.now();
      reader.child.tell({ type: "work", name, input });
    };
    reader.lose = (reason) => {
      clearInterval(watch);
      const memory = /SIGABRT|SIGTRAP|exit code (134|133|5)$/.test(reason);
      reject(new AppError("vector-too-costly", { path, why: memory ? "memory" : "crash", limit: cost.heap }));
    };
    reader.hear = async (message) => {
      heard = performance.now();
      if (message.type === "ready") ask();
      else if (message.type === "alive") {
        if (message.fraction !== null) progress?.(message.fraction);
      } else if (message.type === "part") {
        dealing = true;
        try {
          const more = (await part?.(message.items)) ?? true;
          reader.child.tell({ type: "go", more });
        } catch (error) {
          clearInterval(watch);
          reader.end();
          reject(error);
        } finally {
          begun += performance.now() - heard;
          heard = performance.now();
          dealing = false;
        }
      } else if (message.type === "done") settle(() => resolve(message.output));
      else settle(() => reject(fromPlain(message.error)));
    };
    reader.child.hold(true);
    if (reader.gone !== undefined) reader.lose(reader.gone);
    else if (reader.ready) ask();
  });
}

/** Milliseconds that the processor worked in a process, all its threads together; known on Linux only, elsewhere not a number. */
async function processorTime(pid: number | undefined): Promise<number> {
  if (process.platform !== "linux" || pid === undefined) return Number.NaN;
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // After the name in brackets, which may hold anything; in hundredths of a second.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Memory that lies outside of JavaScript's; known on Linux only, elsewhere 0. */
async function residentMebibytes(pid: number | undefined): Promise<number> {
  if (process.platform !== "linux" || pid === undefined) return 0;
  const text = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
  return (Number(text.split(" ")[1] ?? 0) * 4096) / 2 ** 20 || 0;
}

/** The names of a layer's fields. */
export async function fieldsApart(source: Tasks["features"]["input"]): Promise<string[]> {
  let names: string[] = [];
  await readApart("features", source, {
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
 */
export async function eachFeatureApart(
  path: string,
  options: ReadOptions,
  opened: (head: Omit<FeatureLayer, "features">) => void,
  each: (feature: Feature) => boolean,
): Promise<void> {
  let first = true;
  await readApart(
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
