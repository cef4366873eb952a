// A smooth displacement through tie points, most of which are right: iteratively reweighted least squares with Tukey's biweight
// (Huber and Ronchetti 2009, §7), on the nodes of a lattice whose second differences are kept small.
import { type BendLattice, bendShares } from "../../src-shared/geo/bend.ts";

/** What was measured at one place. */
export interface TiePoint {
  readonly x: number;
  readonly y: number;
  /** map units that what lies here has to be moved by */
  readonly dx: number;
  readonly dy: number;
  /** 0 … 1 */
  readonly weight: number;
}

export interface FittedBend {
  readonly dx: number[];
  readonly dy: number[];
  /** root mean square distance of the tie points that count from the fit, map units */
  readonly residual: number;
  /** of each tie point, 0: it is an outlier */
  readonly weights: readonly number[];
}

const rounds = 12;
/** Tukey's constant for 95 % efficiency. */
const biweight = 4.685;

/** `stiffness`: of second differences, in weights of tie points; `cross`: of the twist of a cell. Residuals below `exact` map units are no outliers. */
export interface Stiffness {
  readonly bending: number;
  readonly cross: number;
  readonly exact: number;
}

/**
 * The displacements of the lattice's nodes, [rows · columns], in the units of the tie points.
 * @see Huber and Ronchetti 2009, Robust Statistics, §7
 */
export function fitBend(lattice: BendLattice, ties: readonly TiePoint[], stiffness: Stiffness): FittedBend {
  const nodes = lattice.columns * lattice.rows;
  const shares = ties.map(({ x, y }) => {
    const own = new Map<number, number>();
    bendShares(lattice, x, y, (node, share) => {
      if (share !== 0) own.set(node, (own.get(node) ?? 0) + share);
    });
    return [...own];
  });
  const smooth = smoothness(lattice, stiffness);
  let weights = ties.map(({ weight }) => weight);
  let [dx, dy] = [new Float64Array(nodes), new Float64Array(nodes)];
  let distances: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const normal = smooth.slice();
    const [right, below] = [new Float64Array(nodes), new Float64Array(nodes)];
    for (const [i, own] of shares.entries()) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      for (const [p, a] of own) {
        right[p]! += weight * a * ties[i]!.dx;
        below[p]! += weight * a * ties[i]!.dy;
        for (const [q, b] of own) normal[p * nodes + q]! += weight * a * b;
      }
    }
    [dx, dy] = solved(normal, nodes, right, below);
    distances = shares.map((own, i) => {
      let [x, y] = [0, 0];
      for (const [node, share] of own) {
        x += share * dx[node]!;
        y += share * dy[node]!;
      }
      return Math.hypot(ties[i]!.dx - x, ties[i]!.dy - y);
    });
    const scale = Math.max(stiffness.exact, middle(distances) / 1.177);
    weights = ties.map(({ weight }, i) => {
      const u = distances[i]! / (biweight * scale);
      return u < 1 ? weight * (1 - u * u) ** 2 : 0;
    });
  }
  const kept = distances.filter((_, i) => weights[i]! > 0);
  const residual = Math.sqrt(kept.reduce((sum, distance) => sum + distance * distance, 0) / Math.max(1, kept.length));
  return { dx: [...dx], dy: [...dy], residual, weights };
}

/** [nodes, nodes]: squares of second differences across and down, and of the twist of each cell. */
function smoothness({ columns, rows }: BendLattice, { bending, cross }: Stiffness): Float64Array {
  const nodes = columns * rows;
  const matrix = new Float64Array(nodes * nodes);
  const add = (terms: readonly (readonly [number, number])[], weight: number) => {
    for (const [p, a] of terms) for (const [q, b] of terms) matrix[p * nodes + q]! += weight * a * b;
  };
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++) {
      const at = j * columns + i;
      if (i > 0 && i + 1 < columns) add([[at - 1, 1], [at, -2], [at + 1, 1]], bending); // biome-ignore format: one line
      if (j > 0 && j + 1 < rows) add([[at - columns, 1], [at, -2], [at + columns, 1]], bending); // biome-ignore format: one line
      if (i + 1 < columns && j + 1 < rows) add([[at, 1], [at + 1, -1], [at + columns, -1], [at + columns + 1, 1]], cross); // biome-ignore format: one line
      // Keeps the system solvable where no tie point lies.
      matrix[at * nodes + at]! += 1e-9;
    }
  return matrix;
}

/** Cholesky's decomposition, for two right sides. */
function solved(
  matrix: Float64Array,
  n: number,
  ...sides: readonly Float64Array[]
): [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>] {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!;
      matrix[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-30)) : sum / matrix[j * n + j]!;
    }
  }
  const [first, second] = sides.map((side) => {
    const x = Float64Array.from(side);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i]! -= matrix[i * n + k]! * x[k]!;
      x[i]! /= matrix[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i]! -= matrix[k * n + i]! * x[k]!;
      x[i]! /= matrix[i * n + i]!;
    }
    return x;
  });
  return [first!, second!];
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((p, q) => p - q);
  return sorted[sorted.length >> 1] ?? 0;
}
