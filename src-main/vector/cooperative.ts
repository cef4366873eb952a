import { setImmediate as nextTurn } from "node:timers/promises";

/** At most so long without letting others have a turn: requests of windows wait no longer than that. */
const usualTurn = 25;

/** Runs a generator to its end in turns of so many milliseconds; `tell` hears the last step of each turn. */
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
