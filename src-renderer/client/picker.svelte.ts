import type { ChoosePaths } from "../../src-shared/ipc/index.ts";

/** The question that the Picker dialog shows; the web host has no dialog of the system. */
class Picker {
  question = $state.raw<ChoosePaths | null>(null);
  #answer: ((paths: readonly string[] | null) => void) | undefined;

  ask(options: ChoosePaths): Promise<readonly string[] | null> {
    this.#answer?.(null);
    this.question = options;
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  answer(paths: readonly string[] | null): void {
    this.question = null;
    this.#answer?.(paths);
    this.#answer = undefined;
  }
}

export const picker = new Picker();
