import { usesEncoder } from "../../src-shared/domain/method.ts";
import type { Table } from "../classifiers/index.ts";
import type { Cube, Normalization, PatchWindow } from "../cube/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import type { EnsembleMember } from "./ensemble.ts";
import { answererOf, logarithmsOf, type MethodEncoder, MethodPredictor } from "./method-predictor.ts";
import { methodTileSide } from "./monthly-values.ts";
import { PatchSquares, type PatchValues } from "./patch-squares.ts";
import { inGroups, type PatchPredictor, type TileLogits } from "./predict.ts";

/** Side of the squares that are answered at a time, in patches: labels that lie far apart are asked for in small tiles. */
const mostSide = 8;

/** Tiles that are listed at once: all voices are asked for the same ones, in the same order. */
const tilesPerGroup = 4096;

/**
 * A network with the methods beside it: per patch the weighted mean of the logarithms of what each holds likely (a logarithmic
 * opinion pool, Genest & Zidek 1986). A patch of which a method sees nothing is left to the network.
 */
export class EnsemblePredictor implements PatchPredictor {
  readonly #network: PatchPredictor;
  readonly #voices: readonly Voice[];

  /**
   * @param members those that take exactly the inputs that are used; at least one
   * @param encoder of those that read embeddings; released with the network
   */
  constructor(
    network: PatchPredictor,
    members: readonly EnsembleMember[],
    cube: Cube,
    model: Pick<ModelDescription, "name" | "modalities" | "days">,
    normalizations?: readonly Normalization[],
    encoder?: MethodEncoder,
  ) {
    this.#network = network;
    const reading = (features: "monthly" | "encoder"): Together[] => {
      const own = members.filter(({ method }) => usesEncoder(method.features) === (features === "encoder"));
      return own.length === 0 ? [] : [togetherOf(own, cube, model, normalizations, features === "encoder" ? encoder : undefined)]; // biome-ignore format: one line
    };
    this.#voices = [
      ...reading("monthly").map((methods) => new SquareVoice(methods)),
      ...reading("encoder").map((methods) => new TileVoice(methods)),
    ];
  }

  /** What it is given is what the network is given. */
  get watch(): PatchPredictor["watch"] {
    return this.#network.watch;
  }

  async *run(tiles: Iterable<PatchWindow>, signal: AbortSignal): AsyncGenerator<TileLogits, void> {
    for (const windows of inGroups(tiles, tilesPerGroup)) {
      const voices = this.#voices.map((voice) => ({ weight: voice.weight, answers: voice.run(windows, signal) }));
      try {
        for await (const answer of this.#network.run(windows, signal)) {
          const others = await Promise.all(
            voices.map(async ({ weight, answers }): Promise<Said> => {
              const { value } = await answers.next();
              if (!value) throw new Error("a method gave no answer");
              return { weight, ...value };
            }),
          );
          yield { ...answer, logits: pooled(answer, others) };
        }
      } finally {
        await Promise.all(voices.map(({ answers }) => answers.return()));
      }
    }
  }

  async release(): Promise<void> {
    await Promise.all([this.#network, ...this.#voices].map((voice) => voice.release()));
  }
}

/** What methods say of a tile, and how much it counts. */
interface Said extends PatchValues {
  readonly weight: number;
}

/** [P, classes] the weighted mean of logarithms of shares; the network has what the others leave. */
function pooled({ window, logits }: TileLogits, others: readonly Said[]): Float32Array {
  const patches = window.width * window.height;
  const classes = logits.length / patches;
  const mixed = logarithmsOfShares(logits, classes);
  for (let p = 0; p < patches; p++) {
    const seeing = others.filter(({ seen }) => seen[p] === 1);
    if (seeing.length === 0) continue;
    const left = Math.max(0, 1 - seeing.reduce((sum, { weight }) => sum + weight, 0));
    for (let at = p * classes; at < (p + 1) * classes; at++)
      mixed[at] = seeing.reduce((sum, { weight, values }) => sum + weight * values[at]!, left * mixed[at]!);
  }
  return mixed;
}

/** Methods that read the same of the same inputs, as one. */
interface Together {
  /** of all together */
  readonly weight: number;
  /** weighted mean of the logarithms of their shares: [P, classes] */
  readonly predictor: MethodPredictor;
  readonly classes: number;
  /** of squares that are answered at a time, in patches */
  readonly side: number;
}

function togetherOf(
  members: readonly EnsembleMember[],
  cube: Cube,
  model: Pick<ModelDescription, "name" | "modalities" | "days">,
  normalizations: readonly Normalization[] | undefined,
  encoder: MethodEncoder | undefined,
): Together {
  const [{ modalities, method }] = members as readonly [EnsembleMember];
  const own = model.modalities.filter(({ name }) => modalities.includes(name));
  const weight = members.reduce((sum, member) => sum + member.weight, 0);
  const shares = members.map((member) => member.weight / weight);
  const answer = (table: Table) => {
    const answers = members.map((member) => logarithmsOf(member.method.classifier, table));
    return answers[0]!.map((_, at) => answers.reduce((sum, one, m) => sum + shares[m]! * one[at]!, 0));
  };
  const as = { ...model, modalities: own };
  return {
    weight,
    predictor: new MethodPredictor(cube, as, { ...answererOf(method), answer }, modalities, normalizations, encoder),
    classes: method.classifier.classCount,
    side: Math.min(mostSide, methodTileSide(own)),
  };
}

interface Voice {
  readonly weight: number;
  /** in the order given */
  run(tiles: readonly PatchWindow[], signal: AbortSignal): AsyncGenerator<PatchValues, void>;
  release(): Promise<void>;
}

/** Methods whose answer to a patch depends on that patch alone: each is asked once, square by square, however tiles overlap. */
class SquareVoice implements Voice {
  readonly weight: number;
  readonly #squares: PatchSquares;

  constructor({ weight, predictor, classes, side }: Together) {
    this.weight = weight;
    this.#squares = new PatchSquares(side, classes, async (square, signal) => {
      for await (const { logits, seen } of predictor.run([square], signal)) return { values: logits, seen };
      throw new Error("a method gave no answer");
    });
  }

  async *run(tiles: readonly PatchWindow[], signal: AbortSignal): AsyncGenerator<PatchValues, void> {
    for (const tile of tiles) yield await this.#squares.read(tile, signal);
  }

  async release(): Promise<void> {}
}

/** Methods on embeddings, which look at the whole tile: asked for the network's own tiles, so that answers blend as the network's do. */
class TileVoice implements Voice {
  readonly weight: number;
  readonly #predictor: MethodPredictor;

  constructor({ weight, predictor }: Together) {
    this.weight = weight;
    this.#predictor = predictor;
  }

  async *run(tiles: readonly PatchWindow[], signal: AbortSignal): AsyncGenerator<PatchValues, void> {
    for await (const { logits: values, seen } of this.#predictor.run(tiles, signal)) yield { values, seen };
  }

  release(): Promise<void> {
    return this.#predictor.release();
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
