import type { AnswerOf, Bridge, RequestOf } from "../../src-shared/ipc/index.ts";
import type { QuestionName } from "../../src-shared/ipc/questions.ts";
import type { Connection } from "./connection.svelte.ts";
import type { WhenChanged } from "./when-changed.ts";

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
 * Asks `question` now and again whenever a table that it is answered from (`questionTables`) changes, or what `request`
 * reads. `request` may answer `null`: then nothing is asked. Call it while a component is being made, or inside `$effect.root`; it ends with it.
 */
export type Ask = <Name extends QuestionName>(
  question: Name,
  request: () => RequestOf<Name> | null,
) => Live<AnswerOf<Name>>;

interface Source {
  readonly invoke: Bridge["invoke"];
  readonly connection: Connection;
  readonly whenChanged: WhenChanged;
}

/** `live` over what answers and announces. */
export const liveOver =
  (source: Source): Ask =>
  (question, request) =>
    keepAnswered(source, question, request);

function keepAnswered<Name extends QuestionName>(
  { invoke, connection, whenChanged }: Source,
  question: Name,
  request: () => RequestOf<Name> | null,
): Live<AnswerOf<Name>> {
  let value = $state.raw<AnswerOf<Name> | undefined>();
  let error = $state.raw<unknown>();
  let loading = $state(false);
  let turn = 0;
  /** the first turn that asked what is asked now */
  let since = 0;
  /** the turn whose answer is shown: one that was asked before it and comes late is not */
  let shown = 0;
  let last: RequestOf<Name> | null = null;
  let newest: Promise<void> = Promise.resolve();
  /** questions of what is asked now whose answer is on its way */
  let underWay = 0;
  /** something changed while an answer was on its way */
  let behind = false;

  const ask = (what: RequestOf<Name> | null): Promise<void> => {
    newest = answer(what);
    return newest;
  };

  /** What was asked until now is not what is asked from now on: answers to it are ignored. */
  const begin = (): void => {
    since = shown = turn + 1;
    underWay = 0;
    behind = false;
  };

  /** Asks what was asked before: one question at a time, so that a slow program is not asked faster than it answers. */
  const askAgain = (): void => {
    if (underWay > 0) behind = true;
    else void ask(last);
  };

  /** The answer to a superseded question is ignored: its caller waits for the newer one. */
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
    behind = false;
    if (what === null) {
      value = undefined;
      error = undefined;
      loading = false;
      return;
    }
    loading = true;
    underWay++;
    try {
      const told = await invoke(question, what);
      if (mine >= shown) {
        shown = mine;
        value = told;
        error = undefined;
      }
    } catch (problem) {
      if (mine >= shown) {
        shown = mine;
        error = problem;
      }
    }
    if (mine < since) return;
    underWay--;
    if (behind) await ask(last);
    else if (mine === turn) loading = false;
  }

  $effect(() => {
    void connection.epoch;
    const what = request();
    begin();
    void ask(what);
  });

  $effect(() => {
    const stop = whenChanged(askAgain, question);
    return () => {
      stop();
      begin();
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
