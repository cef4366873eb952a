/**
 * Decision trees in flat arrays, tree after tree, each in preorder: an inner node's left child is the node after it, its right child
 * lies further on. So a row that goes down a tree always reaches a leaf, whatever the numbers are.
 */
export interface Trees {
  /** [trees + 1] where each tree begins; the last is the number of nodes */
  readonly begins: Int32Array;
  /** [nodes] the column that is looked at; −1 at a leaf */
  readonly features: Int32Array;
  /** [nodes] values up to this go left */
  readonly thresholds: Float32Array;
  /** [nodes] of an inner node its right child; of a leaf its row of `leaves` */
  readonly rights: Int32Array;
  /** [leaves, width] what a leaf says */
  readonly leaves: Float32Array;
  readonly width: number;
}

/** One tree as it grows: nodes with children anywhere. */
export interface GrownNode {
  /** −1 at a leaf */
  feature: number;
  threshold: number;
  left: number;
  right: number;
  value: ArrayLike<number>;
}

/** Flat arrays that grow tree by tree. */
export class TreesBuilder {
  readonly #width: number;
  readonly #begins: number[] = [0];
  readonly #features = new Growing((size) => new Int32Array(size));
  readonly #thresholds = new Growing((size) => new Float32Array(size));
  readonly #rights = new Growing((size) => new Int32Array(size));
  readonly #leaves = new Growing((size) => new Float32Array(size));

  constructor(width: number) {
    this.#width = width;
  }

  /** Opens a node of the present tree; its number. A leaf says `value`. */
  leaf(value: ArrayLike<number>): number {
    const at = this.#features.size;
    this.#features.push(-1);
    this.#thresholds.push(0);
    this.#rights.push(this.#leaves.size / this.#width);
    for (let k = 0; k < this.#width; k++) this.#leaves.push(value[k]!);
    return at;
  }

  /** Opens an inner node; its left child is the next node, its right child is named by `right` later. */
  inner(feature: number, threshold: number): number {
    const at = this.#features.size;
    this.#features.push(feature);
    this.#thresholds.push(threshold);
    this.#rights.push(-1);
    return at;
  }

  /** The next node is the right child of `node`. */
  right(node: number): void {
    this.#rights.values[node] = this.#features.size;
  }

  /** Ends the present tree. */
  end(): void {
    this.#begins.push(this.#features.size);
  }

  /** Adds a whole tree whose nodes are in any order, the root first. */
  add(nodes: readonly GrownNode[]): void {
    const open: { readonly at: number; readonly parent: number }[] = [{ at: 0, parent: -1 }];
    for (let next = open.pop(); next; next = open.pop()) {
      const { feature, threshold, left, right, value } = nodes[next.at]!;
      if (next.parent >= 0) this.right(next.parent);
      if (feature < 0) this.leaf(value);
      else {
        const node = this.inner(feature, threshold);
        open.push({ at: right, parent: node }, { at: left, parent: -1 });
      }
    }
    this.end();
  }

  get nodes(): number {
    return this.#features.size;
  }

  trees(): Trees {
    return {
      begins: Int32Array.from(this.#begins),
      features: this.#features.done(),
      thresholds: this.#thresholds.done(),
      rights: this.#rights.done(),
      leaves: this.#leaves.done(),
      width: this.#width,
    };
  }
}

class Growing<A extends Int32Array | Float32Array> {
  readonly #make: (size: number) => A;
  values: A;
  size = 0;

  constructor(make: (size: number) => A) {
    this.#make = make;
    this.values = make(1024);
  }

  push(value: number): void {
    if (this.size === this.values.length) {
      const larger = this.#make(2 * this.size);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.size++] = value;
  }

  done(): A {
    return this.values.slice(0, this.size) as A;
  }
}

/** The number of trees. */
export const countOf = ({ begins }: Trees): number => begins.length - 1;

/** The leaf that a row reaches in a tree: where its values begin in `leaves`. */
export function leafOf(
  { begins, features, thresholds, rights, width }: Trees,
  tree: number,
  values: Float32Array,
  row: number,
): number {
  let node = begins[tree]!;
  for (let feature = features[node]!; feature >= 0; feature = features[node]!)
    node = values[row + feature]! <= thresholds[node]! ? node + 1 : rights[node]!;
  return rights[node]! * width;
}

/** True when every row finds its way to a leaf, and every leaf and column exists: asked of trees that come from elsewhere. */
export function areTrees({ begins, features, thresholds, rights, leaves, width }: Trees, columns: number): boolean {
  const nodes = features.length;
  const rows = leaves.length / width;
  if (!Number.isInteger(rows) || begins.length < 2 || begins[0] !== 0 || begins.at(-1) !== nodes) return false;
  if (thresholds.length !== nodes || rights.length !== nodes) return false;
  for (let tree = 0; tree + 1 < begins.length; tree++) {
    const [begin, end] = [begins[tree]!, begins[tree + 1]!];
    if (begin >= end) return false;
    for (let node = begin; node < end; node++) {
      const right = rights[node]!;
      if (features[node]! < -1 || features[node]! >= columns) return false;
      if (features[node] === -1 ? right < 0 || right >= rows : right <= node + 1 || right >= end) return false;
    }
  }
  return thresholds.every(Number.isFinite) && leaves.every(Number.isFinite);
}
