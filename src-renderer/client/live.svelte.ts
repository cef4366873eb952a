import type { AnswerOf, CommandName, RequestOf } from "../../src-shared/ipc/index.ts";
import { invoke, subscribe } from "./bridge.ts";
import { connection } from "./connection.svelte.ts";

/** A question that stays answered: read `value`, `error`, `loading` in a component. */
export interface Live<Answer> {
  /** The last answer; kept while a newer one is on its way. */
  readonly value: Answer | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  /** Asks again now; resolves when the answer is there. */
  refresh(): Promise<void>;
}

/**
 * Asks `command` now and again whenever one of `tables` changes or what `request` reads changes. `request` may answer
 * `null`: then nothing is asked. Call it while a component is being made, or inside `$effect.root`; it ends with it.
 */
export function live<Name extends CommandName>(
  command: Name,
  request: () => RequestOf<Name> | null,
  tables: readonly string[] = [],
): Live<AnswerOf<Name>> {
  let value = $state.raw<AnswerOf<Name> | undefined>();
  let error = $state.raw<unknown>();
  let loading = $state(false);
  let turn = 0;
  let soon: ReturnType<typeof setTimeout> | undefined;
  let last: RequestOf<Name> | null = null;
  let newest: Promise<void> = Promise.resolve();

  const ask = (what: RequestOf<Name> | null): Promise<void> => {
    newest = answer(what);
    return newest;
  };

  /** A question that a newer one has overtaken brings no answer: whoever asked waits for the newer one. */
  async function refresh(): Promise<void> {
    void ask(last);
    for (let waited: Promise<void> | undefined; waited !== newest; ) {
      waited = newest;
      await waited;
    }
  }

  async function answer(what: RequestOf<Name> | null): Promise<void> {
    const mine = ++turn;
    last = what;
    if (what === null) {
      value = undefined;
      error = undefined;
      loading = false;
      return;
    }
    loading = true;
    try {
      const told = await invoke(command, what);
      if (mine !== turn) return;
      value = told;
      error = undefined;
    } catch (problem) {
      if (mine !== turn) return;
      error = problem;
    }
    loading = false;
  }

  $effect(() => {
    void connection.epoch;
    void ask(request());
  });

  $effect(() => {
    if (tables.length === 0) return;
    const stop = subscribe("catalog.changed", ({ table }) => {
      if (!tables.includes(table) && table !== "*") return;
      // A change never puts off a question that waits already: a steady flow of changes would starve it.
      soon ??= setTimeout(() => {
        soon = undefined;
        void ask(last);
      }, 40);
    });
    return () => {
      stop();
      clearTimeout(soon);
      turn++;
    };
  });

  return {
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    get loading() {
      return loading;
    },
    refresh,
  };
}
