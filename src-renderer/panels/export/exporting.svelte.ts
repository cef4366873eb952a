import { AppError } from "../../../src-shared/errors/index.ts";
import type { ExportSubject } from "../../../src-shared/ipc/exports.ts";
import type { Client } from "../../client/index.ts";
import type { Jobs } from "../../state/jobs.svelte.ts";
import type { ProjectSession } from "../../state/session.svelte.ts";

export const exportKinds = ["raster", "polygons", "fields", "table", "picture", "report", "model"] as const;
export type ExportKind = (typeof exportKinds)[number];

/** What an export is of: at most one of these is set when another part of the window asks for it. */
export interface ExportOf {
  readonly map?: number;
  readonly comparison?: number;
  readonly model?: number;
  readonly run?: number;
  /** a model of numbers */
  readonly numbers?: number;
}

export interface Exported {
  readonly path: string;
  readonly bytes: number | null;
  readonly polygons: number | null;
}

/** The panel of exports: what kind, of what, and what was written in this session. */
export class Exporting {
  readonly #client: Client;
  readonly #jobs: Jobs;
  readonly #show: () => void;
  readonly #onwrote: () => void;
  kind = $state<ExportKind>("raster");
  of = $state.raw<ExportOf>({});
  /** the dialog that lays out a picture */
  picture = $state(false);
  done = $state.raw<readonly Exported[]>([]);
  /** the file that may be replaced; answered by `answer` */
  replacing = $state.raw<string | null>(null);
  #answer: ((replace: boolean) => void) | undefined;

  constructor({
    client,
    session,
    jobs,
    show,
    onwrote = () => {},
  }: { client: Client; session: ProjectSession; jobs: Jobs; show: () => void; onwrote?: () => void }) {
    this.#client = client;
    this.#jobs = jobs;
    this.#show = show;
    this.#onwrote = onwrote;
    // Maps and models of another project have the same numbers, and its files lie elsewhere.
    $effect.root(() => {
      $effect(() => {
        void session.folder;
        this.of = {};
        this.done = [];
        this.picture = false;
        this.answer(false);
      });
    });
  }

  open(kind: ExportKind, of: ExportOf = {}): void {
    this.kind = kind;
    this.of = of;
    this.#show();
  }

  /** Runs `work`; a file that is there is replaced when the person says so. `null`: they said no. */
  async run<T>(work: (overwrite: boolean) => Promise<T>): Promise<T | null> {
    try {
      return await work(false);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "file-exists") throw error;
      const { path } = error.details as { readonly path: string };
      return (await this.#mayReplace(path)) ? work(true) : null;
    }
  }

  #mayReplace(path: string): Promise<boolean> {
    this.#answer?.(false);
    this.replacing = path;
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  answer(replace: boolean): void {
    this.replacing = null;
    this.#answer?.(replace);
    this.#answer = undefined;
  }

  wrote(file: Exported): void {
    this.done = [file, ...this.done.filter(({ path }) => path !== file.path)].slice(0, 8);
    this.#onwrote();
  }

  /** A browser shows this window: what was written is downloaded, and lies in no folder that could be opened. */
  get web(): boolean {
    return this.#client.host === "web";
  }

  /** A name by convention; kept unless the person chose another. */
  async proposed(subject: ExportSubject, extension: string, id?: number, crs?: string): Promise<string> {
    const more = { ...(id === undefined ? {} : { id }), ...(crs === undefined ? {} : { crs }) };
    return (await this.#client.invoke("exports.propose", { subject, extension, ...more })).path;
  }

  /** Waits for a job and reports its progress. Rejects with its error. */
  async followed<Result>(id: number, onfraction: (fraction: number) => void): Promise<Result> {
    this.#jobs.hush(id);
    const stop = this.#client.subscribe("job.event", (what) => {
      if (what.id === id && what.event.type === "phase") onfraction(what.event.fraction);
    });
    try {
      const { result } = await this.#client.invoke("jobs.wait", { id });
      return result as Result;
    } finally {
      stop();
    }
  }
}

export const fileNameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
export const folderOf = (path: string): string => path.replace(/[\\/][^\\/]*$/, "") || "/";
