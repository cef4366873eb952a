import { parentPort } from "node:worker_threads";
import {
  ComparedPart,
  type ComparedPatches,
  comparedPatches,
  directionOf,
  FeatureLayer,
  growRegion,
  noScore,
} from "../../features/index.ts";
import type { SimilarTask, SimilarTasks } from "./messages.ts";

// A thread that compares patches: it holds some blocks of the layer in memory.

interface Open {
  readonly layer: FeatureLayer;
  readonly compared: ComparedPatches;
  readonly part: ComparedPart;
  readonly first: number;
  readonly end: number;
}

let open: Open | undefined;

/** Standardised values of a patch; `undefined` where no input sees it. */
function valuesOf(layer: FeatureLayer, [col, row]: readonly [number, number]): Float32Array | undefined {
  const block = layer.blockAt(col, row);
  const { side, columns, factors } = layer;
  const p = (row - Math.floor(row / side) * side) * side + col - Math.floor(col / side) * side;
  if (block?.seen[p] !== 1) return undefined;
  return Float32Array.from({ length: columns }, (_, j) => block.values[p * columns + j]! * factors[j]!);
}

const tasks: { readonly [Name in SimilarTask]: (input: SimilarTasks[Name]["input"]) => SimilarTasks[Name]["output"] } =
  {
    open: ({ folders, part, parts, most }) => {
      open?.layer.close();
      open = undefined;
      const layer = FeatureLayer.open(folders);
      if (!layer) return null;
      const compared = comparedPatches(layer, most);
      const share = (index: number) => Math.round((index * compared.blocks.length) / parts);
      const [first, end] = [share(part), share(part + 1)];
      open = { layer, compared, part: new ComparedPart(layer, compared, first, end), first, end };
      return compared;
    },

    score: ({ like, unlike, scores }) => {
      const { layer, compared, part, first, end } = open!;
      const wanted = like.flatMap((at) => valuesOf(layer, at) ?? []);
      const unwanted = unlike.flatMap((at) => valuesOf(layer, at) ?? []);
      const outside = like.length + unlike.length - wanted.length - unwanted.length;
      if (wanted.length === 0) return { scored: 0, outside, nothing: true };
      const patches = compared.side ** 2;
      const own = scores.subarray(first * patches, end * patches);
      part.scores(directionOf(wanted, unwanted, layer.columns), own);
      let scored = 0;
      for (let i = 0; i < own.length; i++) if (own[i] !== noScore) scored++;
      return { scored, outside, nothing: false };
    },

    grow: ({ at: [col, row], reach, most }) => growRegion(open!.layer, { col, row }, { reach, most }) ?? null,
  };

interface Request {
  readonly id: number;
  readonly name: SimilarTask;
  readonly input: never;
}

parentPort!.on("message", ({ id, name, input }: Request) => {
  try {
    parentPort!.postMessage({ id, output: tasks[name](input) });
  } catch (error) {
    const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
    parentPort!.postMessage({ id, error: { message, stack, stopped: false } });
  }
});
