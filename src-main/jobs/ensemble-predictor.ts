import type { Table } from "../classifiers/index.ts";
import type { Cube, Normalization, PatchWindow } from "../cube/index.ts";
import { LoadingCache } from "../files/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import type { EnsembleMember } from "./ensemble.ts";
import { logarithmsOf, MethodPredictor } from "./method-predictor.ts";
import { methodTileSide } from "./method-table.ts";
import type { PatchPredictor, TileLogits } from "./predict.ts";

/** Answers of members that are kept: tiles of a network overlap, and a review asks for the same places again. */
const keptBytes = 64 * 2 ** 20;

/** Side of the squares that are answered at a time, in patches: labels that lie far apart are asked for in small tiles. */
const mostSide = 8;

/** The answer of the methods to a square of patches. */
interface SquareAnswer {
  /** [P, classes] weighted mean of the logarithms of their shares */
  readonly logits: Float32Array;
  /** [P] 1 where any input sees the patch */
  readonly seen: Uint8Array;
}

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
      const others = await this.#methods.answer(window, classes, signal);
      for (let at = 0; at < mixed.length; at++)
        if (others.seen[Math.floor(at / classes)] === 1)
          mixed[at] = Math.max(0, 1 - weight) * mixed[at]! + weight * others.logits[at]!;
      yield { ...answer, logits: mixed };
    }
  }

  async release(): Promise<void> {
    await this.#network.release();
  }
}

/** Methods of the same inputs, which answer to any window, square by square, each read once for all while it is kept. */
class Methods {
  /** of all together */
  readonly weight: number;
  readonly #predictor: MethodPredictor;
  readonly #side: number;
  readonly #kept = LoadingCache.ofBytes<SquareAnswer>(
    keptBytes,
    ({ logits, seen }) => logits.byteLength + seen.byteLength,
  );

  constructor(
    members: readonly EnsembleMember[],
    cube: Cube,
    model: Pick<ModelDescription, "name" | "modalities" | "days">,
    normalizations: readonly Normalization[] | undefined,
  ) {
    const [{ modalities, method }] = members as readonly [EnsembleMember];
    const own = model.modalities.filter(({ name }) => modalities.includes(name));
    this.weight = members.reduce((sum, { weight }) => sum + weight, 0);
    this.#side = Math.min(mostSide, methodTileSide(own));
    const { limits, months } = method;
    const shares = members.map(({ weight }) => weight / this.weight);
    const answer = (table: Table) => {
      const answers = members.map((member) => logarithmsOf(member.method.classifier, table));
      return answers[0]!.map((_, at) => answers.reduce((sum, one, m) => sum + shares[m]! * one[at]!, 0));
    };
    const together = { limits, months, answer };
    this.#predictor = new MethodPredictor(cube, { ...model, modalities: own }, together, modalities, normalizations);
  }

  async answer(window: PatchWindow, classes: number, signal: AbortSignal): Promise<SquareAnswer> {
    const { col, row, width, height } = window;
    const logits = new Float32Array(width * height * classes);
    const seen = new Uint8Array(width * height);
    const first = (at: number) => Math.floor(at / this.#side) * this.#side;
    for (let top = first(row); top < row + height; top += this.#side)
      for (let left = first(col); left < col + width; left += this.#side) {
        const square = await this.#square(left, top, signal);
        for (let y = Math.max(row, top); y < Math.min(row + height, top + this.#side); y++)
          for (let x = Math.max(col, left); x < Math.min(col + width, left + this.#side); x++) {
            const from = (y - top) * this.#side + x - left;
            const to = (y - row) * width + x - col;
            seen[to] = square.seen[from]!;
            logits.set(square.logits.subarray(from * classes, (from + 1) * classes), to * classes);
          }
      }
    return { logits, seen };
  }

  #square(col: number, row: number, signal: AbortSignal): Promise<SquareAnswer> {
    const load = async (): Promise<SquareAnswer> => {
      const window = { col, row, width: this.#side, height: this.#side };
      for await (const { logits, seen } of this.#predictor.run([window], signal)) return { logits, seen };
      throw new Error("a method gave no answer");
    };
    return this.#kept.get(`${col} ${row}`, load, signal);
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
