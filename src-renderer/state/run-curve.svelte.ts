import type { RunReview } from "../../src-shared/domain/training.ts";
import type { Client } from "../client/index.ts";

/** One line of a chart: x grows. */
export interface Line {
  readonly x: number[];
  readonly y: number[];
}

/** The curves and reviews of one run: what is stored, and what comes in while it goes on. */
export class RunCurve {
  readonly runId: number;
  /** grows with every new point; an effect that reads it runs again */
  version = $state(0);
  reviews = $state.raw<readonly RunReview[]>([]);
  loaded = $state(false);
  error = $state.raw<unknown>();
  readonly #lines = new Map<string, Line>();
  readonly #jobId: number;
  #turn = 0;
  /** reviews that came while the stored ones were on their way */
  #meanwhile: RunReview[] = [];
  readonly #client: Client;

  constructor(client: Client, runId: number, jobId: number) {
    this.#client = client;
    this.runId = runId;
    this.#jobId = jobId;
  }

  /** Loads and follows; returns how to stop. */
  follow(): () => void {
    let soon: ReturnType<typeof setTimeout> | undefined;
    const touched = () => {
      soon ??= setTimeout(() => {
        soon = undefined;
        this.version++;
      }, 200);
    };
    const stop = this.#client.subscribe("job.event", ({ id, event }) => {
      if (id !== this.#jobId) return;
      if (event.type === "metric") this.#put(event.step, event.values);
      else if (event.type === "review") {
        const { part, score, preview } = event.review;
        const review = { step: event.step, part, score, hasPreview: preview !== null };
        this.#meanwhile.push(review);
        this.reviews = withReview(this.reviews, review);
      } else return;
      touched();
    });
    // After a pause or a crash the program has steps that this window did not receive.
    const stopState = this.#client.subscribe("job.state", ({ id }) => id === this.#jobId && void this.#load());
    void this.#load();
    return () => {
      stop();
      stopState();
      clearTimeout(soon);
      this.#turn++;
    };
  }

  get names(): readonly string[] {
    void this.version;
    return [...this.#lines.keys()];
  }

  /** A copy, since the arrays inside grow in place, which Svelte does not notice. */
  line(name: string): Line | undefined {
    void this.version;
    const line = this.#lines.get(name);
    return line && { x: [...line.x], y: [...line.y] };
  }

  async #load(): Promise<void> {
    const turn = ++this.#turn;
    this.#meanwhile = [];
    try {
      const [rows, reviews] = await Promise.all([
        this.#client.invoke("runs.metrics", { id: this.runId }),
        this.#client.invoke("runs.reviews", { id: this.runId }),
      ]);
      if (turn !== this.#turn) return;
      for (const { step, values } of rows) this.#put(step, values);
      this.reviews = this.#meanwhile.reduce(withReview, reviews);
      this.loaded = true;
      this.error = undefined;
      this.version++;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    }
  }

  /** Steps come in order, except after a resume from an earlier checkpoint: those replace what they repeat. */
  #put(step: number, values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      if (value === null || !Number.isFinite(value)) continue;
      const line = this.#lines.get(name) ?? { x: [], y: [] };
      this.#lines.set(name, line);
      const last = line.x.at(-1) ?? Number.NEGATIVE_INFINITY;
      if (step > last) {
        line.x.push(step);
        line.y.push(value);
        continue;
      }
      const at = lowerBound(line.x, step);
      if (line.x[at] === step) line.y[at] = value;
      else {
        line.x.splice(at, 0, step);
        line.y.splice(at, 0, value);
      }
    }
  }
}

/** Reviews in order of steps, one per step: the newest. */
function withReview(reviews: readonly RunReview[], review: RunReview): readonly RunReview[] {
  return [...reviews.filter(({ step }) => step !== review.step), review].sort((p, q) => p.step - q.step);
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
