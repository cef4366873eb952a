import type { JobEvent, JobResults, JobSpec } from "../../src-shared/domain/job.ts";
import type { TableName } from "../../src-shared/domain/tables.ts";
import type { TopicName, Topics } from "../../src-shared/ipc/contract.ts";
import type { Catalog } from "../catalog/index.ts";

/** Announcements of the services; a host may forward them to its windows. */
export type Announce = <Topic extends TopicName>(topic: Topic, what: Topics[Topic]) => void;

/** Tells every window which tables have other rows now. */
export function announceChanged(announce: Announce, ...tables: readonly TableName[]): void {
  for (const table of new Set(tables)) announce("catalog.changed", { table });
}

/** Runs a job somewhere: in this process, or in a job process. Rejects with the signal's reason when it is stopped. */
export type JobRunner = <Spec extends JobSpec>(
  spec: Spec,
  on: (event: JobEvent) => void,
  signal: AbortSignal,
) => Promise<JobResults[Spec["kind"]]>;

/** Everything the services need from their host. */
export interface Deps {
  readonly catalog: Catalog;
  readonly announce: Announce;
  readonly runJob: JobRunner;
  readonly appVersion: string;
  /** for what the program keeps in mind of this machine; without it every job tries again */
  readonly settingsFolder?: string;
  /** the folder of the models that come with the program; `undefined` where there is none */
  readonly shippedModels?: string | undefined;
  /** the host is shutting down: every job stops at its next step and stays resumable */
  readonly signal?: AbortSignal;
  /** the host does not close the catalog before `work` has settled */
  readonly keepOpen?: (work: Promise<unknown>) => void;
}
