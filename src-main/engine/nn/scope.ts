import type { DataType, Graph, Shape, Value } from "../graph/index.ts";
import { sameShape } from "../graph/index.ts";
import type { Init } from "./init.ts";

/** A parameter or buffer: what it is called, how it starts, and its edge in the graph. */
export interface State {
  readonly value: Value;
  readonly init: Init;
}

/** A random input of the graph: float32 numbers in [0, 1), or truth values that are false with the chance `dropped`. */
export interface RandomInput {
  readonly value: Value;
  readonly dropped?: number;
}

/** What the layers of one graph have declared, shared by all scopes of that graph. */
export class Declarations {
  readonly parameters = new Map<string, State>();
  readonly buffers = new Map<string, State>();
  readonly bufferUpdates = new Map<string, Value>();
  readonly randoms = new Map<string, RandomInput>();
}

/**
 * Where a layer stands: the graph it draws in and the path that its names begin with.
 * Parameters, buffers and random numbers are inputs of the graph; the sessions feed them.
 */
export class Scope {
  readonly graph: Graph;
  readonly training: boolean;
  readonly path: string;
  readonly declarations: Declarations;

  constructor(graph: Graph, training: boolean, path = "", declarations: Declarations = new Declarations()) {
    this.graph = graph;
    this.training = training;
    this.path = path;
    this.declarations = declarations;
  }

  /** A scope one step deeper; names join with a dot. */
  child(name: string): Scope {
    return new Scope(this.graph, this.training, this.#full(name), this.declarations);
  }

  /** A learned tensor. Asked twice for one name, it is one parameter and its gradients add up. */
  parameter(name: string, shape: Shape, init: Init): Value {
    return this.#declare(this.declarations.parameters, name, shape, init, "float32");
  }

  /** State that is not learned: running statistics, counters, fixed tables. */
  buffer(name: string, shape: Shape, init: Init, type: DataType = "float32"): Value {
    return this.#declare(this.declarations.buffers, name, shape, init, type);
  }

  /** What a buffer holds after this step. In a training graph only. A second update in one step builds on the first. */
  updateBuffer(name: string, value: Value): void {
    const full = this.#full(name);
    const buffer = this.declarations.buffers.get(full);
    if (!buffer || !sameShape(buffer.value.shape, value.shape) || buffer.value.type !== value.type)
      throw new Error(`Scope: buffer “${full}” cannot become ${value.type} [${value.shape}]`);
    if (this.training) this.declarations.bufferUpdates.set(full, value);
  }

  /** The buffer as this step has left it so far. */
  currentBuffer(name: string): Value | undefined {
    const full = this.#full(name);
    return this.declarations.bufferUpdates.get(full) ?? this.declarations.buffers.get(full)?.value;
  }

  /** Random numbers in [0, 1), new every step, the same for the same seed, step and name. */
  uniform(name: string, shape: Shape): Value {
    return this.#random(name, shape, {});
  }

  /** Truth values, new every step: false where a number of `uniform` would be below `dropped`. A byte each where numbers have four. */
  kept(name: string, shape: Shape, dropped: number): Value {
    return this.#random(name, shape, { dropped });
  }

  #random(name: string, shape: Shape, how: Omit<RandomInput, "value">): Value {
    const full = this.#full(name);
    if (this.declarations.randoms.has(full)) throw new Error(`Scope: random numbers “${full}” are drawn twice`);
    const value = this.graph.input(`random/${full}`, shape, how.dropped === undefined ? "float32" : "bool");
    this.declarations.randoms.set(full, { value, ...how });
    return value;
  }

  #full(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  #declare(among: Map<string, State>, name: string, shape: Shape, init: Init, type: DataType): Value {
    const full = this.#full(name);
    const known = among.get(full);
    if (known) {
      if (!sameShape(known.value.shape, shape))
        throw new Error(`Scope: “${full}” is [${known.value.shape}], not [${shape}]`);
      return known.value;
    }
    const value = this.graph.input(full, shape, type);
    among.set(full, { value, init });
    return value;
  }
}
