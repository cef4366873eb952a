import type { Table } from "../classifiers/index.ts";
import type { Cube, Normalization, PatchWindow } from "../cube/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import type { EnsembleMember } from "./ensemble.ts";
import { logarithmsOf, MethodPredictor } from "./method-predictor.ts";
import { methodTileSide } from "./monthly-values.ts";
import { PatchSquares, type PatchValues } from "./patch-squares.ts";
import type { PatchPredictor, TileLogits } from "./predict.ts";

/** Side of the squares that are answered at a time, in patches: labels that lie far apart are asked for in small tiles. */
const mostSide = 8;

/**
 * A network with the methods beside it: per patch the weighted mean of the logarithms of what each holds likely (a logarithmic
 * opinion pool, Genest & Zidek 1986). A patch of which no input shows a month is left to the network.
 */
export class EnsemblePredictor implements PatchPredictor {
  readonly #network: PatchPredictor;
  readonly #methods: Methods;

  /** @param members those that take exactly the inputs that are used; at least one */
  constructor(
    network: PatchPredictor,
    members: readonly EnsembleMember[],
    cube: Cube,
    model: Pick<ModelDescription, "name" | "modalities" | "days">,
    normalizations?: readonly Normalization[],
  ) {
    this.#network = network;
    this.#methods = new Methods(members, cube, model, normalizations);
  }

  /** What it is given is what the network is given. */
  get watch(): PatchPredictor["watch"] {
    return this.#network.watch;
  }

  async *run(tiles: Iterable<PatchWindow>, signal: AbortSignal): AsyncGenerator<TileLogits, void> {
    for await (const answer of this.#network.run(tiles, signal)) {
      const { window, logits } = answer;
      const patches = window.width * window.height;
      const classes = logits.length / patches;
      const mixed = logarithmsOfShares(logits, classes);
      const { weight } = this.#methods;
      const others = await this.#methods.answer(window, signal);
      for (let at = 0; at < mixed.length; at++)
        if (others.seen[Math.floor(at / classes)] === 1)
          mixed[at] = Math.max(0, 1 - weight) * mixed[at]! + weight * others.values[at]!;
      yield { ...answer, logits: mixed };
    }
  }

  async release(): Promise<void> {
    await this.#network.release();
  }
}

/** Methods of the same inputs, which answer to any window, square by square. */
class Methods {
  /** of all together */
  readonly weight: number;
  readonly #squares: PatchSquares;

  constructor(
    members: readonly EnsembleMember[],
    cube: Cube,
    model: Pick<ModelDescription, "name" | "modalities" | "days">,
    normalizations: readonly Normalization[] | undefined,
  ) {
    const [{ modalities, method }] = members as readonly [EnsembleMember];
    const own = model.modalities.filter(({ name }) => modalities.includes(name));
    this.weight = members.reduce((sum, { weight }) => sum + weight, 0);
    const { limits, months, classifier } = method;
    const shares = members.map(({ weight }) => weight / this.weight);
    const answer = (table: Table) => {
      const answers = members.map((member) => logarithmsOf(member.method.classifier, table));
      return answers[0]!.map((_, at) => answers.reduce((sum, one, m) => sum + shares[m]! * one[at]!, 0));
    };
    const together = { limits, months, answer };
    const predictor = new MethodPredictor(cube, { ...model, modalities: own }, together, modalities, normalizations);
    const side = Math.min(mostSide, methodTileSide(own));
    this.#squares = new PatchSquares(side, classifier.classCount, async (square, signal) => {
      for await (const { logits, seen } of predictor.run([square], signal)) return { values: logits, seen };
      throw new Error("a method gave no answer");
    });
  }

  /** Weighted mean of the logarithms of their shares: [P, classes]. */
  answer(window: PatchWindow, signal: AbortSignal): Promise<PatchValues> {
    return this.#squares.read(window, signal);
  }
}

/** [P, classes] logarithms of the softmax of each row. */
function logarithmsOfShares(logits: Float32Array, classes: number): Float32Array {
  const result = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) highest = Math.max(highest, logits[at + k]!);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(logits[at + k]! - highest);
    const normal = highest + Math.log(sum);
    for (let k = 0; k < classes; k++) result[at + k] = logits[at + k]! - normal;
  }
  return result;
}
