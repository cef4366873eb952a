import { fileJobKinds } from "../../../src-shared/domain/job.ts";
import type { JobRunner } from "../../services/deps.ts";
import { JobProcess } from "./job-process.ts";

/**
 * Two job processes: one computes with the network, which blocks it for seconds at a time; the other does the short work
 * with files meanwhile. Each is started when it is first needed.
 */
export class JobProcesses {
  readonly #network: JobProcess;
  readonly #files: JobProcess;

  constructor(make: () => JobProcess = () => new JobProcess()) {
    this.#network = make();
    this.#files = make();
  }

  readonly run: JobRunner = (spec, on, signal) =>
    (fileJobKinds.has(spec.kind) ? this.#files : this.#network).run(spec, on, signal);

  async close(): Promise<void> {
    await Promise.all([this.#network.close(), this.#files.close()]);
  }
}
