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
  /** milliseconds in all, and more per MiB */
  whole: 120_000,
  wholePerMebibyte: 10_000,
  /** MiB of JavaScript objects, for files up to 32 MiB and for larger ones or archives */
  heap: 768,
  heapOfLarge: 4096,
};

/** Processes at once; others wait. */
const most = 3;
/** Milliseconds that a process waits for another file. */
const patience = 60_000;
const large = 32;
/** Milliseconds until a process has started, on a machine that is busy with other things. */
const startTime = 120_000;

interface Cost {
  readonly heap: number;
  readonly silence: number;
  readonly whole: number;
}

/** What the file may cost, by its size. Of an archive the contents count, of a folder its entries. */
async function costOf(path: string): Promise<Cost> {
  const { silence, silencePerMebibyte, whole, wholePerMebibyte, heap, heapOfLarge } = readingLimits;
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    const more = (await readdir(path).catch(() => [])).length * 20;
    return { heap: heapOfLarge, silence: silence + more, whole: whole + more };
  }
  const packed = /\.(zip|kmz|gz)$/i.test(path);
  const size = ((found?.size ?? 0) / 2 ** 20) * (packed ? 10 : 1);
  return {
    heap: packed || size > large ? heapOfLarge : heap,
    silence: silence + size * silencePerMebibyte,
    whole: whole + size * wholePerMebibyte,
  };
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

const waiting: (() => void)[] = [];
let working = 0;

async function turn(): Promise<void> {
  if (working < most) working++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
}

function passOn(): void {
  const next = waiting.shift();
  if (next) next();
  else working--;
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
  const cost = await costOf(input.path);
  await turn();
  try {
    return await runOn(readerFor(cost.heap), name, input, cost, hearing);
  } finally {
    passOn();
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
      else if ((await residentMebibytes(reader.child.pid)) > cost.heap + 1024) stop("memory", cost.heap + 1024);
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
