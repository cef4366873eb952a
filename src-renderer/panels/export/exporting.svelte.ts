import { AppError } from "../../../src-shared/errors/index.ts";
import type { ExportSubject } from "../../../src-shared/ipc/exports.ts";
import { bridge, invoke, subscribe } from "../../client/index.ts";
import { jobs } from "../../state/index.ts";
import { showPanel } from "../../state/show-panel.ts";

export const exportKinds = ["raster", "polygons", "table", "picture", "report", "model"] as const;
export type ExportKind = (typeof exportKinds)[number];

/** What an export is of: at most one of these is set when another part of the window asks for it. */
export interface ExportOf {
  readonly map?: number;
  readonly comparison?: number;
  readonly model?: number;
  readonly run?: number;
}

export interface Exported {
  readonly path: string;
  readonly bytes: number | null;
  readonly polygons: number | null;
}

/** The panel of exports: what kind, of what, and what was written in this session. */
class Exporting {
  kind = $state<ExportKind>("raster");
  of = $state.raw<ExportOf>({});
  /** the dialog that lays out a picture */
  picture = $state(false);
  done = $state.raw<readonly Exported[]>([]);
  /** the file that may be replaced; answered by `answer` */
  replacing = $state.raw<string | null>(null);
  #answer: ((replace: boolean) => void) | undefined;

  open(kind: ExportKind, of: ExportOf = {}): void {
    this.kind = kind;
    this.of = of;
    showPanel("export");
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
  }
}

export const exporting = new Exporting();

/** Waits for a file job and reports its progress. Rejects with its error. */
export async function followed<Result>(id: number, onfraction: (fraction: number) => void): Promise<Result> {
  jobs.hush(id);
  const stop = subscribe("job.event", (what) => {
    if (what.id === id && what.event.type === "phase") onfraction(what.event.fraction);
  });
  try {
    const { result } = await invoke("jobs.wait", { id });
    return result as Result;
  } finally {
    stop();
  }
}

export const fileNameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
export const folderOf = (path: string): string => path.replace(/[\\/][^\\/]*$/, "") || "/";

/** A name by convention; kept unless the person chose another. */
export const proposed = (subject: ExportSubject, extension: string, id?: number, crs?: string): Promise<string> =>
  invoke("exports.propose", {
    subject,
    extension,
    ...(id === undefined ? {} : { id }),
    ...(crs === undefined ? {} : { crs }),
  }).then(({ path }) => path);

export const isWeb = bridge.host === "web";
