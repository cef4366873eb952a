import { setImmediate as nextTurn } from "node:timers/promises";

/** The longest time, in milliseconds, before other work of this thread gets a turn: requests of windows wait no longer. */
const usualTurn = 25;

/** Runs a generator to its end in slices of some milliseconds; `tell` receives the last value of each slice. */
export async function cooperative<Step, Result>(
  steps: Generator<Step, Result>,
  tell: (step: Step) => void = () => {},
  turn = usualTurn,
): Promise<Result> {
  let until = performance.now() + turn;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    tell(step.value);
    await nextTurn();
    until = performance.now() + turn;
  }
}
