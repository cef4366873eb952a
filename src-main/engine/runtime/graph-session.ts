import { availableParallelism } from "node:os";
import * as ort from "onnxruntime-node";
import { allocate, type OnnxModel, sizeOf, type Tensor, type Tensors, type Value } from "../graph/index.ts";
import { encodeModel } from "../onnx/index.ts";
import { forWebGpu } from "./webgpu-model.ts";

export type Provider = "cpu" | "webgpu" | "cuda";

export interface SessionOptions {
  readonly provider?: Provider;
  /** Threads inside one operator; by default as many as the machine has. */
  readonly threads?: number;
  /** Where a time profile is written when the session ends: the beginning of the file's name. For the bench. */
  readonly profile?: string;
}

/**
 * A model loaded into the runtime. `run` blocks its JavaScript thread while it computes: sessions live in the job process.
 * Memory is not returned reliably on release (onnxruntime #25325): to unload for certain, end the process.
 */
export class GraphSession {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly provider: Provider;
  readonly #session: ort.InferenceSession;
  readonly #profiling: boolean;

  private constructor(session: ort.InferenceSession, model: OnnxModel, provider: Provider, profiling: boolean) {
    this.#session = session;
    this.#profiling = profiling;
    this.inputs = model.inputs;
    this.outputs = model.outputs;
    this.provider = provider;
  }

  static async load(
    model: OnnxModel,
    { provider = "cpu", threads, profile }: SessionOptions = {},
  ): Promise<GraphSession> {
    // The runtime would silently use the CPU instead.
    if (!ort.listSupportedBackends().some(({ name }) => name === provider))
      throw new Error(`GraphSession: unknown execution provider “${provider}”`);
    const session = await ort.InferenceSession.create(encodeModel(provider === "webgpu" ? forWebGpu(model) : model), {
      executionProviders: provider === "cpu" ? ["cpu"] : [provider, "cpu"],
      intraOpNumThreads: threads ?? availableParallelism(),
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
      // The memory pattern would be planned after the first run and allocated on top of it: half as much again.
      enableMemPattern: false,
      // Waiting threads that spin would take the cores from those that read the next batch.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
      // Warnings about nodes placed on the CPU are of no use to people.
      logSeverityLevel: 3,
      ...(profile ? { enableProfiling: true, profileFilePrefix: profile } : {}),
    });
    return new GraphSession(session, model, provider, profile !== undefined);
  }

  /**
   * Runs the model. Results named in `into` are written to that storage, which then is the result's data;
   * it must not be an input of the same run.
   */
  async run(inputs: Tensors, into: Tensors = {}): Promise<Tensors> {
    const feeds: Record<string, ort.Tensor> = {};
    for (const value of this.inputs) {
      const given = inputs[value.name];
      if (!given) throw new Error(`GraphSession: no value for input “${value.name}”`);
      if (given.type !== value.type || String(given.shape) !== String(value.shape))
        throw new Error(
          `GraphSession: input “${value.name}” is ${value.type} [${value.shape}], given ${given.type} [${given.shape}]`,
        );
      feeds[value.name] = toOrt(given);
    }
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const value of this.outputs) {
      const storage = into[value.name];
      fetches[value.name] = storage ? toOrt(storage) : null;
    }
    const results = await this.#session.run(feeds, fetches);
    return Object.fromEntries(
      this.outputs.map((value) => [value.name, into[value.name] ?? fromOrt(results[value.name]!, value)]),
    );
  }

  /** Ends the session; a profile, if one was asked for, is written now. */
  async release(): Promise<void> {
    if (this.#profiling) this.#session.endProfiling();
    await this.#session.release();
  }
}

/** Empty storage for a value. It has the value's shape. */
export function storageFor({ type, shape }: Value): Tensor {
  return { type, shape, data: allocate(type, sizeOf(shape)) };
}

function toOrt({ type, shape, data }: Tensor): ort.Tensor {
  return new ort.Tensor(type, data as never, [...shape]) as ort.Tensor;
}

function fromOrt(result: ort.Tensor, { type, shape }: Value): Tensor {
  return { type, shape, data: result.data as Tensor["data"] };
}
