/**
 * How the learning rate changes, as a pure state machine: `start`, then `advance` after every step or epoch,
 * then `scale(state)` times the base rate. A state is plain data and can be stored in a checkpoint.
 */
export interface Schedule<S> {
  readonly start: S;
  advance(state: S, metric: number): S;
  scale(state: S): number;
}

export interface PlateauState {
  readonly best: number | null;
  readonly waited: number;
  readonly cooling: number;
  readonly scale: number;
}

export interface PlateauOptions {
  readonly factor?: number;
  readonly patience?: number;
  /** How much better counts as better, relative to the best so far. */
  readonly threshold?: number;
  readonly mode?: "min" | "max";
  readonly cooldown?: number;
  /** The scale never falls below this. */
  readonly floor?: number;
}

/**
 * Lowers the rate when a metric has not improved for `patience` epochs: ReduceLROnPlateau with a relative threshold.
 * @see PyTorch, ReduceLROnPlateau
 */
export function plateau(options: PlateauOptions = {}): Schedule<PlateauState> {
  const { factor = 0.1, patience = 10, threshold = 1e-4, mode = "min", cooldown = 0, floor = 0 } = options;
  const improves = (metric: number, best: number): boolean =>
    mode === "min" ? metric < best * (1 - threshold) : metric > best * (1 + threshold);
  return {
    start: { best: null, waited: 0, cooling: 0, scale: 1 },
    advance({ best, waited, cooling, scale }, metric) {
      const better = best === null ? !Number.isNaN(metric) : improves(metric, best);
      const kept = better ? metric : best;
      const resting = cooling > 0;
      const count = better || resting ? 0 : waited + 1;
      const left = resting ? cooling - 1 : 0;
      return count > patience
        ? { best: kept, waited: 0, cooling: cooldown, scale: Math.max(scale * factor, floor) }
        : { best: kept, waited: count, cooling: left, scale };
    },
    scale: (state) => state.scale,
  };
}

export interface CosineState {
  readonly step: number;
}

export interface CosineOptions {
  readonly totalSteps: number;
  /** The rate rises in equal parts over these first steps. */
  readonly warmupSteps?: number;
  /** Where the cosine ends, as a share of the base rate. */
  readonly floor?: number;
}

/**
 * Linear warm-up, then half a cosine down to the floor.
 * @see Loshchilov and Hutter 2017, SGDR, equation 5, without restarts
 */
export function cosine({ totalSteps, warmupSteps = 0, floor = 0 }: CosineOptions): Schedule<CosineState> {
  return {
    start: { step: 0 },
    advance: ({ step }) => ({ step: step + 1 }),
    scale({ step }) {
      if (step < warmupSteps) return (step + 1) / warmupSteps;
      const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
      return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
    },
  };
}
