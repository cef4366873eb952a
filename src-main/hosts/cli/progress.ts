/** Carriage return and “erase to the end of the line” of every terminal since the VT100. */
export const clearLine = "\r\u001b[K";

export interface PaceState {
  readonly phase: string;
  readonly fraction: number;
  readonly elapsedSeconds: number;
  /** share of the phase per second, over the last half minute or so; `null` until it is known */
  readonly ratePerSecond: number | null;
  readonly remainingSeconds: number | null;
  /** this event is the phase's first */
  readonly justBegun: boolean;
}

/** How fast a phase goes, from the fractions it reports. A new phase starts anew. */
export class Pace {
  #marks: { readonly time: number; readonly fraction: number }[] = [];
  #start = 0;
  #state: PaceState = {
    phase: "",
    fraction: 0,
    elapsedSeconds: 0,
    ratePerSecond: null,
    remainingSeconds: null,
    justBegun: false,
  };

  get state(): PaceState {
    return { ...this.#state, justBegun: false };
  }

  advance(phase: string, fraction: number, now: number): PaceState {
    const justBegun = phase !== this.#state.phase;
    if (justBegun) {
      this.#marks = [];
      this.#start = now;
    }
    this.#marks.push({ time: now, fraction });
    while (this.#marks.length > 2 && now - this.#marks[1]!.time > 30_000) this.#marks.shift();
    const first = this.#marks[0]!;
    const seconds = (now - first.time) / 1000;
    const gained = fraction - first.fraction;
    const ratePerSecond = seconds > 0.2 && gained > 0 ? gained / seconds : null;
    this.#state = {
      phase,
      fraction,
      elapsedSeconds: (now - this.#start) / 1000,
      ratePerSecond,
      remainingSeconds: ratePerSecond === null ? null : Math.max(0, 1 - fraction) / ratePerSecond,
      justBegun,
    };
    return this.#state;
  }
}

/** `Pre-training  42 %  1.3 %/s  0:44 left  step 120  loss 2.31` cut to the width of the terminal. */
export function progressLine(
  state: PaceState,
  step: number,
  metrics: Readonly<Record<string, number>>,
  width: number,
): string {
  const parts = [state.phase, `${Math.floor(state.fraction * 100)} %`];
  if (state.fraction >= 1) parts.push(`done in ${duration(state.elapsedSeconds)}`);
  else if (state.ratePerSecond !== null && state.remainingSeconds !== null) {
    const percent = state.ratePerSecond * 100;
    parts.push(percent >= 0.1 ? `${percent.toFixed(1)} %/s` : `${(percent * 60).toFixed(1)} %/min`);
    parts.push(`${duration(state.remainingSeconds)} left`);
  }
  const values = Object.entries(metrics);
  if (values.length)
    parts.push(`step ${step}`, ...values.slice(0, 4).map(([name, value]) => `${name} ${short(value)}`));
  const line = parts.join("  ");
  return line.length < width ? line : `${line.slice(0, Math.max(0, width - 2))}…`;
}

/** `0:07`, `12:40`, `3:05:00`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const pad = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

const short = (value: number): string =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
    ? value.toExponential(1)
    : String(Number(value.toPrecision(4)));
