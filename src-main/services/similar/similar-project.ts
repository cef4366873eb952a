import { createHash } from "node:crypto";
import { availableParallelism, freemem } from "node:os";
import { basename } from "node:path";
import { Worker } from "node:worker_threads";
import type { LearnedFrom } from "../../../src-shared/domain/learned-from.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { ScoresRequest } from "../../../src-shared/ipc/pixels.ts";
import type { SimilarClicks } from "../../../src-shared/ipc/similar.ts";
import type { Catalog } from "../../catalog/index.ts";
import { type ComparedPatches, type FeatureGroup, type GrownRegion, ScoreField } from "../../features/index.ts";
import { instantProject } from "../instant/instant-project.ts";
import { TaskThread, threadLimits } from "../instant/thread.ts";
import type { SimilarTasks } from "./messages.ts";

/** Patches in memory take no more bytes than this, nor than half of what is free. */
const mostBytes = 768 * 2 ** 20;
const mostThreads = 4;
/** Heat maps that are kept: of two windows, and those before the last click. A byte pair per patch. */
const mostFields = 6;
/** Milliseconds without a question after which the patches leave the memory. */
const idle = 5 * 60_000;
/** Milliseconds after a click at which the files are looked at: its tiles come first. */
const quiet = 1000;
/** How far an outline may reach from its click, in patches, and how many it may take. */
const region = { reach: 150, most: 20_000 } as const;

export interface FoundField {
  readonly epoch: string;
  readonly field: ScoreField;
  /** of what one score stands for */
  readonly meters: number;
  /** patches that have a score */
  readonly scored: number;
  readonly outside: number;
  readonly milliseconds: number;
  /** what was compared, one text for each input */
  readonly values: readonly string[];
}

type Patch = readonly [col: number, row: number];

/** The places of one open project that are like clicked ones. Its threads hold the patches; scores stay in memory that they share. */
export class SimilarProject {
  readonly #catalog: Catalog;
  #threads: readonly TaskThread<SimilarTasks>[] = [];
  #opened = "";
  #compared: ComparedPatches | undefined;
  /** what was asked to be compared; `undefined`: what the instant map learns from */
  #from: LearnedFrom | undefined;
  #source = "";
  /** one question after the other: another layer takes the place of the one in memory */
  #last: Promise<unknown> = Promise.resolve();
  /** of the groups that are in memory, once they are */
  #keys: readonly string[] | undefined;
  #values: readonly string[] = [];
  #opening: Promise<void> | undefined;
  readonly #fields = new Map<string, FoundField>();
  #region: { readonly name: string; readonly region: GrownRegion } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** @throws AppError "instant-not-prepared", "instant-stale", "similar-nothing-there", "project-rasters-missing" */
  find(clicks: SimilarClicks): Promise<FoundField> {
    return this.#inTurn(() => this.#find(clicks));
  }

  async #find({ like, unlike = [], from }: SimilarClicks): Promise<FoundField> {
    const { keys } = await this.#open(from);
    const { patchMeters } = this.#catalog.project.get().grid;
    const patch = ([x, y]: readonly [number, number]): Patch => [
      Math.floor(x / patchMeters),
      Math.floor(-y / patchMeters),
    ];
    const clicks = { like: like.map(patch), unlike: unlike.map(patch) };
    const epoch = createHash("sha256")
      .update(JSON.stringify([keys, clicks]))
      .digest("hex")
      .slice(0, 20);
    const known = this.#fields.get(epoch);
    if (known) {
      this.#keep(known);
      return known;
    }
    const began = performance.now();
    const compared = this.#compared!;
    const scores = new Int16Array(new SharedArrayBuffer(2 * compared.blocks.length * compared.side ** 2));
    const told = await Promise.all(this.#threads.map((thread) => thread.ask("score", { ...clicks, scores })));
    const { outside, nothing } = told[0]!;
    if (nothing) throw new AppError("similar-nothing-there", {});
    const found = {
      epoch,
      field: new ScoreField(compared, scores),
      meters: patchMeters * compared.every,
      scored: told.reduce((sum, one) => sum + one.scored, 0),
      outside,
      milliseconds: performance.now() - began,
      values: this.#values,
    };
    this.#keep(found);
    return found;
  }

  /** Scores of a heat map that is kept; `undefined` of any other. */
  scores({ epoch, ...window }: ScoresRequest): Uint8Array | undefined {
    return this.#fields.get(epoch)?.field.window(window);
  }

  /** The region that grows from a place: the last one is kept for the slider. @throws AppError as `find` */
  region(at: readonly [number, number], from?: LearnedFrom): Promise<GrownRegion> {
    return this.#inTurn(() => this.#grow(at, from));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #asked(from: LearnedFrom | undefined): string {
    return from ? JSON.stringify(from) : instantProject(this.#catalog).preferred;
  }

  async #grow([x, y]: readonly [number, number], from?: LearnedFrom): Promise<GrownRegion> {
    const { keys } = await this.#open(from);
    const { patchMeters } = this.#catalog.project.get().grid;
    const at: Patch = [Math.floor(x / patchMeters), Math.floor(-y / patchMeters)];
    const name = JSON.stringify([keys, at]);
    if (this.#region?.name === name) return this.#region.region;
    const grown = await this.#threads[0]!.ask("grow", { at, ...region });
    if (!grown) throw new AppError("similar-nothing-there", {});
    this.#region = { name, region: grown };
    return grown;
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#looking);
    this.#looking = undefined;
    for (const thread of this.#threads) thread.close();
    this.#threads = [];
    this.#opened = "";
    this.#opening = undefined;
    this.#keys = undefined;
  }

  /**
   * Brings the patches into memory. Looking at every file of the project would take longer than the comparison: while the patches are in memory that is done
   * beside the answer, so that after a change outside of the program one more click is answered from before it.
   */
  async #open(from?: LearnedFrom): Promise<{ readonly keys: readonly string[] }> {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), idle).unref();
    const known = this.#keys;
    if (!known || this.#asked(from) !== this.#source || this.#threads.some(({ running }) => !running))
      return this.#renew(from);
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      void this.#inTurn(() => this.#renew(this.#from)).catch(() => this.close());
    }, quiet).unref();
    return { keys: known };
  }

  async #renew(from: LearnedFrom | undefined): Promise<{ readonly keys: readonly string[] }> {
    const instant = instantProject(this.#catalog);
    const { groups } = from ? await instant.sourceNamed(from) : (await instant.ready()).source;
    this.#from = from;
    this.#source = this.#asked(from);
    const keys = groups.map(({ folder }) => basename(folder));
    const name = keys.join();
    if (this.#opened !== name || this.#threads.some(({ running }) => !running)) {
      this.close();
      this.#opened = name;
      const folders = groups.map(({ folder }) => folder);
      this.#opening = this.#read(folders).catch((error: unknown) => {
        this.close();
        throw error;
      });
    }
    await this.#opening;
    this.#keys = keys;
    this.#values = groups.flatMap(({ group }) => (group ? [valuesOf(group)] : []));
    return { keys };
  }

  async #read(folders: readonly string[]): Promise<void> {
    const parts = Math.min(mostThreads, availableParallelism());
    const most = Math.min(mostBytes, freemem() / 2);
    this.#threads = Array.from({ length: parts }, similarThread);
    const opened = await Promise.all(
      this.#threads.map((thread, part) => thread.ask("open", { folders, part, parts, most })),
    );
    const [compared] = opened;
    if (!compared) throw new AppError("instant-not-prepared", {});
    this.#compared = compared;
  }

  #keep(found: FoundField): void {
    this.#fields.delete(found.epoch);
    this.#fields.set(found.epoch, found);
    if (this.#fields.size > mostFields) this.#fields.delete(this.#fields.keys().next().value!);
  }
}

/** “s2: 72 dates from 2019-01-05 to 2019-12-31, values 3fb2…” */
function valuesOf({ modality, key, made }: FeatureGroup): string {
  const dates = [...made.dates].sort();
  const when = dates.length > 1 ? `${dates.length} dates from ${dates[0]} to ${dates.at(-1)}` : (dates[0] ?? "no date");
  return `${modality}: ${when}, values ${key}`;
}

const similarThread = (): TaskThread<SimilarTasks> =>
  new TaskThread("similar places", () => new Worker(new URL("./worker.ts", import.meta.url), threadLimits));

const projects = new WeakMap<Catalog, SimilarProject>();

/** The similar places of an open project. */
export function similarProject(catalog: Catalog): SimilarProject {
  const known = projects.get(catalog) ?? new SimilarProject(catalog);
  projects.set(catalog, known);
  return known;
}

/** Ends the threads of a project that is closed. */
export const closeSimilar = (catalog: Catalog): void => projects.get(catalog)?.close();
