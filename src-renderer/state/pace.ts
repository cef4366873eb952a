/** How far a job is, how fast it goes, and how long it still takes. */
export interface JobProgress {
  readonly phase: string;
  readonly fraction: number;
  /** `null` until there is enough to say */
  readonly remainingSeconds: number | null;
  /** of a training */
  readonly step: number | null;
  readonly stepsPerSecond: number | null;
  readonly values: Readonly<Record<string, number>>;
}

interface Mark {
  readonly at: number;
  readonly fraction: number;
  readonly step: number | null;
}

/** The speed of the last so many seconds decides: early steps are slow while kernels are chosen and files are read. */
const windowSeconds = 30;

/** Turns the progress that a job reports into a pace. One per job; a new phase begins anew. */
export class Pace {
  #phase = "";
  #fraction = 0;
  #step: number | null = null;
  #values: Readonly<Record<string, number>> = {};
  #marks: Mark[] = [];

  constructor(phase = "", fraction = 0) {
    this.#phase = phase;
    this.#fraction = fraction;
  }

  phase(name: string, fraction: number, now: number): void {
    if (name !== this.#phase) this.#marks = [];
    this.#phase = name;
    this.#fraction = fraction;
    this.#marks.push({ at: now, fraction, step: this.#step });
    while (this.#marks.length > 2 && now - this.#marks[0]!.at > windowSeconds * 1000) this.#marks.shift();
  }

  metric(step: number, values: Readonly<Record<string, number>>): void {
    this.#step = step;
    this.#values = { ...this.#values, ...values };
  }

  get state(): JobProgress {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    const seconds = first && last ? (last.at - first.at) / 1000 : 0;
    const done = first && last ? last.fraction - first.fraction : 0;
    const known = seconds >= 1 && done > 0;
    const steps = first?.step != null && last?.step != null ? last.step - first.step : 0;
    return {
      phase: this.#phase,
      fraction: this.#fraction,
      remainingSeconds: known ? ((1 - this.#fraction) * seconds) / done : null,
      step: this.#step,
      stepsPerSecond: seconds >= 1 && steps > 0 ? steps / seconds : null,
      values: this.#values,
    };
  }
}
