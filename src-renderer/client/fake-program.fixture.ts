// The program in memory, for tests of the window's state: every command is answered as the test says, and every topic can be
// announced. The window's real client runs on top of it, with its repeated questions, late answers and lost connections.
import { flushSync } from "svelte";
import { vi } from "vitest";
import type { TableName } from "../../src-shared/domain/tables.ts";
import type { AnswerOf, CommandName, RequestOf, TopicName, Topics } from "../../src-shared/ipc/index.ts";
import { type Client, makeClient } from "./client.ts";
import { Connection } from "./connection.svelte.ts";
import { root } from "./live.fixture.svelte.ts";

type Answer<Name extends CommandName> = (request: RequestOf<Name>) => AnswerOf<Name> | Promise<AnswerOf<Name>>;

/** An answer that the test gives when it wants to. */
export interface Late<Name extends CommandName> {
  /** requests that wait, the oldest first */
  readonly waiting: readonly RequestOf<Name>[];
  /** Answers the oldest that waits, or the one at `index` of those that wait. */
  answer(value: AnswerOf<Name>, index?: number): Promise<void>;
  fail(error: unknown, index?: number): Promise<void>;
}

export class FakeProgram {
  readonly connection = new Connection();
  readonly client: Client;
  /** every question and command that came, in order */
  readonly asked: { readonly name: CommandName; readonly request: unknown }[] = [];
  readonly #answers = new Map<CommandName, (request: never) => unknown>();
  readonly #listeners = new Map<TopicName, Set<(what: never) => void>>();

  constructor() {
    this.client = makeClient(
      {
        host: "web",
        invoke: async (name, request) => {
          this.asked.push({ name, request: structuredClone(request) });
          const answer = this.#answers.get(name);
          // Like the program: a command without a prepared answer is refused.
          if (!answer) throw new Error(`the test gives no answer to ${name}`);
          return (await answer(request as never)) as never;
        },
        subscribe: (topic, listener) => {
          const all = this.#listeners.get(topic) ?? new Set();
          this.#listeners.set(topic, all.add(listener as (what: never) => void));
          return () => void all.delete(listener as (what: never) => void);
        },
      },
      this.connection,
    );
  }

  /** From now on `name` is answered with a value, or with what a function makes of the request. */
  on<Name extends CommandName>(name: Name, answer: Answer<Name> | AnswerOf<Name>): this {
    this.#answers.set(name, typeof answer === "function" ? (answer as Answer<Name>) : () => answer);
    return this;
  }

  /** From now on `name` is refused. */
  refuse<Name extends CommandName>(name: Name, error: Error): this {
    return this.on(name, () => {
      throw error;
    });
  }

  /** From now on `name` waits until the test answers. */
  late<Name extends CommandName>(name: Name): Late<Name> {
    const waiting: { request: RequestOf<Name>; resolve(value: AnswerOf<Name>): void; reject(error: unknown): void }[] =
      [];
    this.on(name, (request) => new Promise((resolve, reject) => waiting.push({ request, resolve, reject })));
    return {
      get waiting() {
        return waiting.map(({ request }) => request);
      },
      answer: async (value, index = 0) => {
        waiting.splice(index, 1)[0]!.resolve(value);
        await settle();
      },
      fail: async (error, index = 0) => {
        waiting.splice(index, 1)[0]!.reject(error);
        await settle();
      },
    };
  }

  /** Requests of one command, in order. */
  requests<Name extends CommandName>(name: Name): RequestOf<Name>[] {
    return this.asked.filter((one) => one.name === name).map(({ request }) => request as RequestOf<Name>);
  }

  announce<Name extends TopicName>(topic: Name, what: Topics[Name]): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener(what as never);
  }

  /** Tables changed, here or in another window; what follows is asked and answered when this resolves. */
  async changed(...tables: readonly TableName[]): Promise<void> {
    for (const table of tables) this.announce("catalog.changed", { table });
    await vi.advanceTimersByTimeAsync(100);
    await settle();
  }

  /** Does anybody still listen to the topic? */
  listenersOf(topic: TopicName): number {
    return this.#listeners.get(topic)?.size ?? 0;
  }

  /** Simulates a restart of the program, which loses this window's session. */
  async forget(): Promise<void> {
    this.connection.epoch++;
    await settle();
  }
}

/** Effects have run, and answers that were there have arrived. Needs `vi.useFakeTimers()`. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    flushSync();
    await vi.advanceTimersByTimeAsync(0);
  }
  flushSync();
}

/** Runs `follow`, which needs an effect around it, as a component would; returns how the component goes. */
export async function mounted(follow: () => undefined | (() => void)): Promise<() => void> {
  const stop = root(follow);
  await settle();
  return stop;
}
