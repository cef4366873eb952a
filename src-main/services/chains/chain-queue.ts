import {
  type Chain,
  type ChainFacts,
  type ChainPlan,
  type ChainState,
  type ChainStep,
  stepsOfChain,
} from "../../../src-shared/domain/chain.ts";
import type { EvaluateSpec, FinetuneSpec } from "../../../src-shared/domain/job.ts";
import { finetunePresets, pretrainPresets } from "../../../src-shared/domain/presets.ts";
import { eachInputOf } from "../../../src-shared/domain/small-maps.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { errorMessage } from "../../../src-shared/ipc/errors.ts";
import type { MapCommands } from "../../../src-shared/ipc/maps.ts";
import type { RunCommands } from "../../../src-shared/ipc/runs.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { planInstant } from "../instant/instant.ts";
import { type JobQueue, readJobSpec, type StartedJob } from "../jobs/jobs.ts";
import { chooseModel, presentInputs } from "../models/models.ts";
import { evaluationOf } from "../runs/history.ts";
import { finetuneSchema, type GivenLabels, planFinetune } from "../runs/training-plan.ts";
import { labelsOfChain } from "./chain-labels.ts";

/** What the steps of a chain are started with. */
export type ChainParts = Pick<MapCommands, "maps.draw"> & Pick<RunCommands, "runs.pretrain">;

/** Numbers of a preset that follow from the labels unless somebody sets them. */
const ofLabels = new Set(["balance", "patchWeightPower", "regressionWeight", "forestWeight", "boostedWeight"]);

/**
 * Chains of jobs: when a job of one has gone well, the next begins. Which job each step is stands in the catalog, so that a chain goes on
 * after the window was closed, and after the program ended it can be resumed.
 */
export class ChainQueue {
  readonly #deps: Deps;
  readonly #queue: JobQueue;
  readonly #parts: ChainParts;
  /** chains whose next step is being begun */
  readonly #beginning = new Set<number>();
  #waiting: { readonly id: number; readonly look: () => void }[] = [];

  constructor(deps: Deps, queue: JobQueue, parts: ChainParts) {
    this.#deps = deps;
    this.#queue = queue;
    this.#parts = parts;
    queue.onEnd((job) => this.#ended(job));
  }

  list(): ChainFacts[] {
    const { catalog } = this.#deps;
    const mapOf = (job: number | undefined) => catalog.maps.list().find(({ jobId }) => jobId === job)?.id ?? null;
    return catalog.chains.list().map((chain) => {
      const steps = stepsOfChain(chain.plan).map((step) => {
        const job = chain.jobs[step] ?? null;
        return { step, job, state: (job === null ? undefined : catalog.jobs.get(job)?.state) ?? ("open" as const) };
      });
      const { jobs } = chain;
      const maps = {
        instant: jobs["instant-map"] === undefined ? null : mapOf(jobs["instant-map"]),
        trained: jobs.map === undefined ? null : mapOf(jobs.map),
      };
      return { ...chain, steps, maps, state: this.#stateOf(chain, steps) };
    });
  }

  of(id: number): ChainFacts {
    const chain = this.list().find((one) => one.id === id);
    if (!chain) throw new AppError("chain-not-found", { id });
    return chain;
  }

  #stateOf({ id, ended, problem }: Chain, steps: ChainFacts["steps"]): ChainState {
    if (ended) return ended;
    if (problem) return "failed";
    const current = steps.find(({ state }) => state !== "finished");
    if (current?.state === "failed") return "failed";
    const busy = current?.state === "queued" || current?.state === "running" || this.#beginning.has(id);
    return busy ? "running" : "stopped";
  }

  async start(plan: ChainPlan): Promise<number> {
    const id = this.#deps.catalog.chains.add(plan);
    this.#changed(id);
    await this.#advance(id);
    const { problem } = this.#deps.catalog.chains.get(id);
    // Nothing has begun: there is no chain.
    if (problem) this.#deps.catalog.chains.end(id, "cancelled");
    this.#changed(id);
    return id;
  }

  async resume(id: number): Promise<void> {
    const { catalog } = this.#deps;
    const { steps, state } = this.of(id);
    if (state !== "stopped" && state !== "failed") return;
    const current = steps.find((one) => one.state !== "finished");
    catalog.chains.setProblem(id, null);
    if (current?.job != null && current.state === "resumable") await this.#queue.resume(current.job);
    else if (current?.job != null && current.state === "failed")
      catalog.chains.begun(id, current.step, this.#queue.retry(current.job).id);
    else await this.#advance(id);
    this.#changed(id);
  }

  stop(id: number): void {
    const current = this.of(id).steps.find(({ state }) => state === "queued" || state === "running");
    if (current?.job != null) this.#queue.stop(current.job);
  }

  async cancel(id: number): Promise<void> {
    const { catalog } = this.#deps;
    const { steps, ended } = this.of(id);
    if (ended) return;
    catalog.chains.end(id, "cancelled");
    for (const { job, state } of steps) {
      if (job === null || state === "finished" || state === "cancelled" || state === "open") continue;
      this.#queue.stop(job);
      await this.#queue.ended(job);
      if (catalog.jobs.get(job)?.state !== "finished") this.#queue.discard(job);
    }
    this.#changed(id);
  }

  /** Resolves when the chain is done; rejects with the error of the step at which it stopped. */
  async wait(id: number): Promise<ChainFacts> {
    for (;;) {
      const chain = this.of(id);
      if (chain.state !== "running") {
        const current = chain.steps.find(({ state }) => state !== "finished");
        const outcome = current?.job == null ? undefined : this.#queue.outcomeOf(current.job);
        if (outcome && "error" in outcome) throw outcome.error;
        return chain;
      }
      await new Promise<void>((resolve) => this.#waiting.push({ id, look: resolve }));
    }
  }

  async #ended(job: number): Promise<void> {
    const { catalog } = this.#deps;
    const chain = catalog.chains.list().find(({ ended, jobs }) => !ended && Object.values(jobs).includes(job));
    if (!chain) return;
    if (catalog.jobs.get(job)?.state === "finished") await this.#advance(chain.id);
    this.#changed(chain.id);
  }

  /** Begins the first step that has none yet, unless one before it is not finished. */
  async #advance(id: number): Promise<void> {
    const { catalog, signal } = this.#deps;
    if (this.#beginning.has(id) || signal?.aborted) return;
    const { plan, jobs, ended } = catalog.chains.get(id);
    const stateOf = (step: ChainStep) => (jobs[step] === undefined ? undefined : catalog.jobs.get(jobs[step])?.state);
    const next = ended ? undefined : stepsOfChain(plan).find((step) => stateOf(step) !== "finished");
    if (next === undefined) {
      if (!ended) catalog.chains.end(id, "done");
      return;
    }
    const state = stateOf(next);
    if (state !== undefined && state !== "cancelled") return;
    this.#beginning.add(id);
    try {
      const started = await this.#begin(next, catalog.chains.get(id));
      catalog.chains.begun(id, next, started.id);
      // It was cancelled meanwhile.
      if (catalog.chains.get(id).ended) this.#queue.stop(started.id);
    } catch (error) {
      catalog.chains.setProblem(id, errorMessage(error));
    } finally {
      this.#beginning.delete(id);
    }
  }

  async #begin(step: ChainStep, { plan, jobs }: Chain): Promise<StartedJob> {
    const deps = this.#deps;
    const { seed, provider } = plan;
    const common = { seed, provider };
    switch (step) {
      case "instant": {
        const { spec, run } = await planInstant(deps, plan.instant);
        return this.#queue.start({ ...spec, labels: labelsOfChain(spec.labels, spec.grid) }, run);
      }
      case "instant-map":
        return this.#parts["maps.draw"]({ model: plan.instant, name: plan.instant, ...common });
      case "encoder": {
        const { size, recipe } = pretrainPresets[plan.preset];
        return this.#parts["runs.pretrain"]({
          name: plan.encoder!,
          size,
          recipe: { ...recipe, ...stepsGiven(plan) },
          ...common,
        });
      }
      case "training": {
        const { size, recipe } = finetunePresets[plan.preset];
        // The usual length follows from the labels.
        const open = new Set([...ofLabels, ...(plan.preset === "balanced" ? ["steps", "learningRate"] : [])]);
        const given = Object.fromEntries(Object.entries(recipe).filter(([name]) => !open.has(name)));
        const from = plan.encoder ?? (plan.start.kind === "model" ? plan.start.name : null);
        const request = { name: plan.trained, from, size, recipe: { ...given, ...stepsGiven(plan) }, ...common };
        const { spec, run } = await planFinetune(deps, finetuneSchema.parse(request), this.#labelsOf(jobs));
        return this.#queue.start(spec, run);
      }
      case "map":
        return this.#parts["maps.draw"]({ model: plan.trained, name: plan.trained, ...common });
      case "score-instant":
      case "score": {
        const { catalog } = deps;
        const model = await chooseModel(catalog, step === "score" ? plan.trained : plan.instant, deps.shippedModels);
        const inputs = presentInputs(catalog, model);
        const labels = this.#labelsOf(jobs);
        const spec = evaluationOf(deps, model, model.method ? [inputs] : eachInputOf(inputs), labels);
        return this.#queue.start({ ...spec, ...common }, { splitId: labels?.splitId ?? null, modelId: model.id });
      }
    }
  }

  /** The labels as they were when the chain began: its first job keeps them. Where that is gone, those of now. */
  #labelsOf({ instant }: Chain["jobs"]): GivenLabels | undefined {
    const { catalog } = this.#deps;
    const job = instant === undefined ? undefined : catalog.jobs.get(instant);
    const spec = job && (readJobSpec(catalog, job) as FinetuneSpec | EvaluateSpec | undefined);
    const run = job && catalog.runs.ofJob(job.id);
    return spec && run ? { labels: spec.labels, splitId: run.splitId } : undefined;
  }

  #changed(id: number): void {
    announceChanged(this.#deps.announce, "chains");
    const waiting = this.#waiting.filter((one) => one.id === id);
    this.#waiting = this.#waiting.filter((one) => one.id !== id);
    for (const { look } of waiting) look();
  }
}

/** Fewer steps than the warm-up of a preset would never reach its learning rate. */
const stepsGiven = ({ steps }: ChainPlan): { readonly steps?: number; readonly warmupSteps?: number } =>
  steps === null ? {} : { steps, warmupSteps: Math.min(10, Math.ceil(steps / 3)) };
