import type { Turns } from "./turns.ts";

/** A function of many numbers: gives its value at `x` and writes its slope into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** the slope is nowhere steeper than the tolerance */
  readonly converged: boolean;
}

/** So many steps back are remembered. */
const memory = 10;
const mostHalvings = 40;
/** A step is long enough when the value falls by this share of what the slope promises (Armijo). */
const enoughDecrease = 1e-4;
/** What sums of many numbers are known to, as a share. */
const rounding = 1e-14;

/**
 * Finds the minimum of a smooth convex function from `start` on: L-BFGS with steps that are halved until the value falls.
 * @param tolerance of the steepest slope along any of the numbers
 * @see Nocedal & Wright, Numerical Optimization, 2nd edition, algorithms 3.1 and 7.5
 */
export async function minimize(
  objective: Objective,
  start: Float64Array,
  { tolerance, mostIterations }: { readonly tolerance: number; readonly mostIterations: number },
  turns: Turns,
): Promise<Minimum> {
  const size = start.length;
  let x = start.slice();
  let gradient = new Float64Array(size);
  let value = objective(x, gradient);
  const steps: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = [];
  let iterations = 0;
  for (; iterations < mostIterations && steepest(gradient) > tolerance; iterations++) {
    await turns.next();
    let direction = descent(gradient, steps);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      steps.length = 0;
      direction = gradient.map((g) => -g);
      slope = dot(direction, gradient);
    }
    let length = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let moved = new Float64Array(size);
    const movedGradient = new Float64Array(size);
    let movedValue = Number.POSITIVE_INFINITY;
    for (let halvings = 0; halvings <= mostHalvings; halvings++, length /= 2) {
      moved = x.map((own, i) => own + length * direction[i]!);
      movedValue = objective(moved, movedGradient);
      if (movedValue <= value + enoughDecrease * length * slope) break;
      // Near the minimum rounding hides the fall; the slope along the way still tells.
      const flatter = Math.abs(dot(direction, movedGradient)) < 0.9 * -slope;
      if (flatter && movedValue <= value + rounding * Math.abs(value)) break;
    }
    // Where rounding hides any further fall, this is the minimum.
    if (!(movedValue <= value + rounding * Math.abs(value))) break;
    const s = moved.map((own, i) => own - x[i]!);
    const y = movedGradient.map((own, i) => own - gradient[i]!);
    const curvature = dot(s, y);
    if (curvature > 1e-12 * Math.sqrt(dot(s, s) * dot(y, y))) {
      steps.push({ s, y, rho: 1 / curvature });
      if (steps.length > memory) steps.shift();
    }
    [x, gradient, value] = [moved, movedGradient, movedValue];
  }
  return { x, value, iterations, converged: steepest(gradient) <= tolerance };
}

/** −H g with the remembered steps' picture of the inverse Hessian H. */
function descent(
  gradient: Float64Array,
  steps: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[],
): Float64Array {
  const q = gradient.map((g) => -g);
  const alphas: number[] = [];
  for (let at = steps.length - 1; at >= 0; at--) {
    const { s, y, rho } = steps[at]!;
    const alpha = rho * dot(s, q);
    alphas[at] = alpha;
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!;
  }
  const last = steps.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  for (const [at, { s, y, rho }] of steps.entries()) {
    const beta = rho * dot(y, q);
    for (let i = 0; i < q.length; i++) q[i]! += s[i]! * (alphas[at]! - beta);
  }
  return q;
}

function dot(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i]! * q[i]!;
  return sum;
}

const steepest = (gradient: Float64Array): number => gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
