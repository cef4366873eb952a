import type { Cube, Normalization, PatchWindow } from "../cube/index.ts";
import { LoadingCache } from "../files/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import type { EnsembleMember } from "./ensemble.ts";
import { MethodPredictor } from "./method-predictor.ts";
import { methodTileSide } from "./method-table.ts";
import type { PatchPredictor, TileLogits } from "./predict.ts";

/** Answers of members that are kept: tiles of a network overlap, and a review asks for the same places again. */
const keptBytes = 64 * 2 ** 20;

/** Side of the squares that are answered at a time, in patches: labels that lie far apart are asked for in small tiles. */
const mostSide = 8;

/** The answer of one member to a square of patches. */
interface MemberAnswer {
  /** [P, classes] logarithms of shares */
  readonly logits: Float32Array;
  /** [P] 1 where any input sees the patch */
  readonly seen: Uint8Array;
}

/**
 * A network with the methods beside it: per patch the weighted mean of the logarithms of what each holds likely. A patch that
 * a method sees nothing of is left to the network.
 */
export class EnsemblePredictor implements PatchPredictor {
  readonly #network: PatchPredictor;
  readonly #members: readonly Member[];

  /** @param members those that take exactly the inputs that are used */
  constructor(
    network: PatchPredictor,
    members: readonly EnsembleMember[],
    cube: Cube,
    model: Pick<ModelDescription, "name" | "modalities" | "days">,
    normalizations?: readonly Normalization[],
  ) {
    this.#network = network;
    this.#members = members.map((member) => new Member(member, cube, model, normalizations, members.length));
  }

  /** What it is given is what the network is given. */
  get watch(): PatchPredictor["watch"] {
    return this.#network.watch;
  }

  async *run(tiles: Iterable<PatchWindow>, signal: AbortSignal): AsyncGenerator<TileLogits, void> {
    for await (const answer of this.#network.run(tiles, signal)) {
      const { window, logits } = answer;
      const classes = logits.length / (window.width * window.height);
      const mixed = logarithmsOfShares(logits, classes);
      const others = await Promise.all(this.#members.map((member) => member.answer(window, classes, signal)));
      for (let p = 0; p < window.width * window.height; p++) {
        let rest = 1;
        for (const [m, { seen }] of others.entries()) if (seen[p] === 1) rest -= this.#members[m]!.weight;
        for (let k = 0, at = p * classes; k < classes; k++, at++) {
          let sum = Math.max(0, rest) * mixed[at]!;
          for (const [m, other] of others.entries())
            if (other.seen[p] === 1) sum += this.#members[m]!.weight * other.logits[at]!;
          mixed[at] = sum;
        }
      }
      yield { ...answer, logits: mixed };
    }
  }

  async release(): Promise<void> {
    await this.#network.release();
  }
}

/** A method that answers to any window, square by square, each read once while it is kept. */
class Member {
  readonly weight: number;
  readonly #predictor: MethodPredictor;
  readonly #side: number;
  readonly #kept: LoadingCache<MemberAnswer>;

  constructor(
    { modalities, weight, method }: EnsembleMember,
    cube: Cube,
    model: Pick<ModelDescription, "name" | "modalities" | "days">,
    normalizations: readonly Normalization[] | undefined,
    members: number,
  ) {
    const own = model.modalities.filter(({ name }) => modalities.includes(name));
    this.weight = weight;
    this.#predictor = new MethodPredictor(cube, { ...model, modalities: own }, method, modalities, normalizations);
    this.#side = Math.min(mostSide, methodTileSide(own));
    this.#kept = LoadingCache.ofBytes(keptBytes / members, ({ logits, seen }) => logits.byteLength + seen.byteLength);
  }

  async answer(window: PatchWindow, classes: number, signal: AbortSignal): Promise<MemberAnswer> {
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

  #square(col: number, row: number, signal: AbortSignal): Promise<MemberAnswer> {
    const load = async (): Promise<MemberAnswer> => {
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
