import type { ModelDescription } from "../../learning/trained-model.ts";
import type { TaskProgress } from "../../vector/index.ts";
import type { ReadLegend } from "../legends/files.ts";

/** What is done with files of others beside vector files, in the same processes that can be killed. */
export interface OwnTasks {
  /** a package's model, copied into `folder` and read whole there */
  model: { input: { readonly path: string; readonly folder: string }; output: ModelDescription };
  legend: { input: { readonly path: string }; output: ReadLegend };
  /** the database of a project */
  project: { input: { readonly path: string }; output: null };
}

type Work = {
  readonly [K in keyof OwnTasks]: {
    readonly load: () => Promise<unknown>;
    readonly work: (input: OwnTasks[K]["input"], telling: TaskProgress) => Promise<OwnTasks[K]["output"]>;
  };
};

/** Each is loaded when it is asked for, and before its file's time begins: most processes read one kind. */
export const readingTasks: Work = {
  model: {
    load: async () => (await import("../models/import.ts")).loadNetwork(),
    work: async ({ path, folder }, telling) => (await import("../models/import.ts")).unpackHere(path, folder, telling),
  },
  legend: {
    load: () => import("../legends/files.ts"),
    work: async ({ path }) => (await import("../legends/files.ts")).readLegendHere(path),
  },
  project: {
    load: () => import("../projects/check.ts"),
    work: async ({ path }, telling) => (await import("../projects/check.ts")).checkProjectHere(path, telling),
  },
};
