import { AppError } from "../../src-shared/errors/index.ts";
import {
  momentName,
  type Provider,
  type Tensor,
  type Tensors,
  TrainingSession,
  type TrainingStep,
} from "../engine/index.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { afterValidation, type EarlyStoppingRule, type EarlyStoppingState, notStoppedYet } from "./early-stopping.ts";

/** A review on the validation part between steps. */
export interface Review {
  readonly everySteps: number;
  readonly rule: EarlyStoppingRule;
  /** the values of this review for the curve, and the one that decides; NaN decides nothing */
  readonly look: (
    weights: Tensors,
    step: number,
  ) => Promise<{ readonly value: number; readonly metrics: Readonly<Record<string, number>> }>;
}

export interface TrainingPlan {
  readonly steps: number;
  /** the learning rate of a step, counted from 0 */
  readonly learningRate: (step: number) => number;
  /** the inputs of every step from `first` on, in an order that depends on the seed alone */
  readonly batches: (first: number, signal: AbortSignal) => AsyncIterable<Tensors>;
  readonly checkpointPath: string;
  readonly checkpointEverySteps: number;
  /** names the work: a checkpoint of other work is refused */
  readonly fingerprint: string;
  readonly review?: Review | undefined;
  /** keep the running mean of the weights that the optimizer carries (`average`) instead of the last ones */
  readonly averaged: boolean;
  /** the values of a step that say something; all of them by default */
  readonly telling?:
    | ((values: Readonly<Record<string, number>>, step: number) => Readonly<Record<string, number>>)
    | undefined;
  readonly onStep: (step: number, values: Readonly<Record<string, number>>) => void;
}

export interface TrainOptions {
  readonly provider: Provider;
  readonly seed: number;
  readonly initial: Tensors;
  readonly resume: boolean;
  readonly signal: AbortSignal;
}

export interface TrainingResult {
  /** parameters and buffers to keep: the best by the review, or the last */
  readonly weights: Tensors;
  readonly steps: number;
  readonly lastValues: Readonly<Record<string, number>>;
  /** means over the first and the last steps, by name: one step alone says little */
  readonly firstLoss: number;
  readonly recentValues: Readonly<Record<string, number>>;
  readonly best: number | undefined;
}

/** Counters of a training, stored in its checkpoint. */
interface Progress {
  readonly fingerprint: string;
  readonly step: number;
  /** the last step whose weights were reviewed */
  readonly reviewed: number;
  readonly stopping: EarlyStoppingState;
  readonly stopped: boolean;
  readonly lastValues: Readonly<Record<string, number>>;
  /** losses of the first steps */
  readonly first?: readonly number[];
  /** values of the last steps */
  readonly recent?: readonly Readonly<Record<string, number>>[];
}

const notBegun = { step: 0, reviewed: 0, stopping: notStoppedYet, stopped: false, lastValues: {} };

/** Steps at the beginning and at the end whose mean is reported. */
const fewSteps = { first: 5, recent: 20 } as const;

const bestPrefix = "best/";

/** A loss that stays so many times above the lowest of the first steps (and above 1) comes back from nowhere. */
const lostBy = { times: 100, steps: 5 } as const;

/** Whether the last losses are numbers, but of weights that were thrown far away: by too large a learning rate, mostly. */
function hasDiverged({ first = [], recent = [] }: Progress, last: boolean): boolean {
  if (recent.length < lostBy.steps && !last) return false;
  const limit = lostBy.times * Math.max(1, Math.min(...first));
  return recent.slice(-lostBy.steps).every(({ loss }) => loss! > limit);
}

/**
 * Trains `step` to its end, or to an early one. Cancelling is noticed before every step; what was reached is then written,
 * so that the run goes on with the same curve: batches, learning rates and random draws are functions of the step's number.
 * @throws AppError "checkpoint-of-another-run", "training-diverged"
 */
export async function train(step: TrainingStep, plan: TrainingPlan, options: TrainOptions): Promise<TrainingResult> {
  const { signal } = options;
  const found = options.resume ? await readCheckpoint<Progress>(plan.checkpointPath) : undefined;
  if (found && found.progress.fingerprint !== plan.fingerprint)
    throw new AppError("checkpoint-of-another-run", { path: plan.checkpointPath });
  const session = await TrainingSession.create(step, {
    provider: options.provider,
    seed: options.seed,
    state: found ? found.state : options.initial,
  });
  let progress: Progress = found?.progress ?? { ...notBegun, fingerprint: plan.fingerprint };
  let best: Tensors | undefined = found && bestOf(found.state);
  let written = progress.step;
  const save = async () => {
    const state = { ...(await session.state()), ...prefixed(best) };
    await writeCheckpoint(plan.checkpointPath, { state, progress });
    written = progress.step;
  };
  /** Reviews the current weights when it is due. A run that was stopped during a review repeats it when it is resumed. */
  const review = async () => {
    const { review: rule } = plan;
    const { step: at } = progress;
    const due = at > 0 && (at === plan.steps || (rule && at % rule.everySteps === 0));
    if (!rule || !due || progress.reviewed === at) return;
    const weights = weightsOf(step, await session.state(), plan.averaged);
    const { value, metrics } = await rule.look(weights, at);
    if (Object.keys(metrics).length > 0) plan.onStep(at, metrics);
    const verdict = afterValidation(rule.rule, progress.stopping, at, value);
    if (verdict.improved) best = weights;
    progress = { ...progress, reviewed: at, stopping: verdict.state, stopped: verdict.stop };
  };
  const ended = () => progress.stopped || progress.step >= plan.steps;
  try {
    await review();
    if (!ended()) {
      for await (const inputs of plan.batches(progress.step, signal)) {
        signal.throwIfAborted();
        const { loss, outputs } = await session.step(inputs, { learningRate: plan.learningRate(progress.step) });
        const done = progress.step + 1;
        if (!Number.isFinite(loss)) throw new AppError("training-diverged", { step: done });
        const all = { loss, ...scalarsOf(outputs) };
        const values = plan.telling?.(all, progress.step) ?? all;
        const { first = [], recent = [] } = progress;
        progress = {
          ...progress,
          step: done,
          lastValues: values,
          first: first.length < fewSteps.first ? [...first, loss] : first,
          recent: [...recent.slice(1 - fewSteps.recent), values],
        };
        plan.onStep(done, values);
        if (hasDiverged(progress, done === plan.steps))
          throw new AppError("training-diverged", { step: done, first: Math.min(...progress.first!), loss });
        await review();
        if (ended()) break;
        if (done % plan.checkpointEverySteps === 0) await save();
        // Gives signals and timers a turn, since `step` blocks this thread while it computes.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    if (progress.step > written) await save();
    const weights = best ?? weightsOf(step, await session.state(), plan.averaged);
    const { step: steps, lastValues, first = [], recent = [lastValues] } = progress;
    // Of a short training half is its end.
    const ending = recent.slice(-Math.max(1, Math.min(fewSteps.recent, Math.ceil(steps / 2))));
    const firstLoss = first.length > 0 ? meanOf(first) : Number.NaN;
    return { weights, steps, lastValues, firstLoss, recentValues: meansOf(ending), best: progress.stopping.best };
  } catch (error) {
    if (signal.aborted && progress.step > written) await save();
    throw error;
  } finally {
    await session.release();
  }
}

/** Parameters and buffers, without what the optimizer remembers. */
function weightsOf(step: TrainingStep, state: Tensors, averaged: boolean): Tensors {
  const names = [...step.parameters, ...step.buffers].map(({ name }) => name);
  return Object.fromEntries(
    names.map((name) => [name, (averaged ? state[momentName("average", name)] : undefined) ?? state[name]!]),
  );
}

function bestOf(state: Tensors): Tensors | undefined {
  const entries = Object.entries(state).filter(([name]) => name.startsWith(bestPrefix));
  return entries.length
    ? Object.fromEntries(entries.map(([name, value]) => [name.slice(bestPrefix.length), value]))
    : undefined;
}

const prefixed = (weights: Tensors | undefined): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(weights ?? {}).map(([name, value]) => [bestPrefix + name, value]));

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function meansOf(rows: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(names.map((name) => [name, meanOf(rows.flatMap((row) => row[name] ?? []))]));
}

function scalarsOf(outputs: Tensors): Record<string, number> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Number(data[0])]));
}
