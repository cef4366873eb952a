// Measures one case in a process of its own, so that the peak memory is that case's: node measure.ts CASE SECONDS [THREADS [PROFILE]]
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { argv, cpuUsage, stdout } from "node:process";
import {
  adam,
  buildForward,
  buildStep,
  type Drawn,
  ForwardSession,
  floatingPointOperations,
  Graph,
  GraphSession,
  initialState,
  matMul,
  modelOf,
  Random,
  type SessionOptions,
  sizeOf,
  storageFor,
  type Tensor,
  type Tensors,
  TrainingSession,
  type TrainingStep,
  tensor,
  type Value,
} from "../engine/index.ts";
import { type BenchCase, cases, inferenceOf, lossOf } from "./cases.ts";

export interface Timing {
  /** median and best seconds of the wall clock */
  readonly median: number;
  readonly best: number;
  /** best processor seconds, all threads together: nearly independent of what else runs */
  readonly processor: number;
  readonly runs: number;
}

export interface Measurement extends Timing {
  readonly flops: number;
  readonly nodes: number;
  /** the largest resident size so far, MiB */
  readonly mebibytes: number;
  /** of a training step */
  readonly random?: RandomNumbers;
}

/** What a step draws anew, on a thread of its own while the step before computes. */
interface RandomNumbers {
  /** that go to the graph, MB */
  readonly megabytes: number;
  /** processor seconds of drawing them */
  readonly seconds: number;
}

async function time(run: () => Promise<unknown>, seconds: number): Promise<Timing> {
  await run();
  const walls: number[] = [];
  const processors: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (walls.length < (seconds > 0 ? 3 : 1) || (performance.now() < end && walls.length < 50)) {
    const [start, used] = [performance.now(), cpuUsage()];
    await run();
    walls.push((performance.now() - start) / 1000);
    const { user, system } = cpuUsage(used);
    processors.push((user + system) / 1e6);
  }
  walls.sort((a, b) => a - b);
  return {
    median: walls[walls.length >> 1]!,
    best: walls[0]!,
    processor: Math.min(...processors),
    runs: walls.length,
  };
}

/** This machine's matrix product: 2048² in the same runtime. */
async function peak(seconds: number, how: SessionOptions): Promise<Measurement> {
  const side = 2048;
  const g = new Graph();
  const [a, b] = [g.input("a", [side, side]), g.input("b", [side, side])];
  g.output("y", matMul(g, a, b));
  const model = modelOf(g, "peak");
  const session = await GraphSession.load(model, how);
  const feeds = { a: irregular(a), b: irregular(b) };
  return { ...(await time(() => session.run(feeds), seconds)), flops: 2 * side ** 3, nodes: 1, mebibytes: highWater() };
}

/** Irregular numbers; days in order, masks mostly 1. */
function irregular({ name, shape, type }: Value): Tensor {
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    if (name.endsWith("_dates")) return 1 + 5 * (i % shape[1]!);
    if (name.endsWith("_mask")) return i % 7 === 3 && name !== "modality_mask" ? 0 : 1;
    return ((i * 0.61803398875) % 1) + Math.sin(i * 0.37) - 0.5;
  });
  return tensor(data, shape, type);
}

const feedsFor = (inputs: readonly Value[]): Tensors =>
  Object.fromEntries(inputs.map((value) => [value.name, irregular(value)]));

async function inference(which: BenchCase, seconds: number, how: SessionOptions): Promise<Measurement> {
  const forward = buildForward({ define: inferenceOf(which) });
  const session = await ForwardSession.create(forward, { state: initialState(forward, 0), ...how });
  const feeds = feedsFor(forward.inputs);
  const timing = await time(() => session.run(feeds), seconds);
  await session.release();
  const fixed = new Set([...forward.parameters, ...forward.buffers].map(({ name }) => name));
  return { ...timing, ...sizes(floatingPointOperations(forward.model, fixed), forward.model.nodes.length) };
}

async function step(which: BenchCase, seconds: number, how: SessionOptions): Promise<Measurement> {
  const definition = buildStep({ name: "bench", define: lossOf(which), optimizer: adam() });
  // Moments begin at zero by themselves; their first values need not be held twice.
  const state = initialState({ ...definition, moments: [] }, 0);
  const session = await TrainingSession.create(definition, { state, seed: 0, ...how });
  const data = new Set(definition.inputs.map(({ name }) => name));
  const feeds = feedsFor(definition.inputs.filter(({ name }) => data.has(name) && !name.startsWith("optimizer")));
  const timing = await time(() => session.step(feeds, { learningRate: 1e-4 }), seconds);
  await session.release();
  const random = await drawn(definition, seconds);
  return { ...timing, ...sizes(floatingPointOperations(definition.model), definition.model.nodes.length), random };
}

async function drawn({ randoms }: TrainingStep, seconds: number): Promise<RandomNumbers> {
  const stores = randoms.map(({ value, dropped }) => ({ value, dropped, data: storageFor(value).data as Drawn }));
  const draw = async () => {
    for (const { value, dropped, data } of stores) new Random(0, 0, value.name).fill(data, dropped);
  };
  const { processor } = await time(draw, seconds / 4);
  return { megabytes: stores.reduce((sum, { data }) => sum + data.byteLength, 0) / 1e6, seconds: processor };
}

const sizes = (flops: number, nodes: number) => ({ flops, nodes, mebibytes: highWater() });

/** The process's largest resident size, MiB. */
function highWater(): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

const [name, seconds, threads, profile] = argv.slice(2);
const found = cases[name!];
const how = { threads: Number(threads ?? availableParallelism()), ...(profile && { profile }) };
const measured =
  name === "peak"
    ? await peak(Number(seconds), how)
    : found!.kind === "inference"
      ? await inference(found!, Number(seconds), how)
      : await step(found!, Number(seconds), how);
stdout.write(`${JSON.stringify(measured)}\n`);
