// A question that stays answered, under random orders of changes, answers and other questions.
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { AnswerOf } from "../../src-shared/ipc/index.ts";
import { FakeProgram, settle } from "./fake-program.fixture.ts";
import { root } from "./live.fixture.svelte.ts";
import type { Live } from "./live.svelte.ts";

type Bookmarks = AnswerOf<"bookmarks.list">;

/** The catalog's state as an answer: as many bookmarks as there were edits. */
const stateOf = (edits: number) => new Array(edits).fill(null) as unknown as Bookmarks;

const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant("edit" as const), tables: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant("answer" as const), which: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("fail" as const), which: fc.nat(7) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("time" as const), milliseconds: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("refresh" as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("forgotten" as const) }) },
);

test("an answer never goes back, none is lost, and a slow program is not asked faster than it answers", async () => {
  vi.useFakeTimers();
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
      const program = new FakeProgram();
      let edits = 0;
      let beside = 0;
      const waiting: { readonly asked: number; resolve(answer: Bookmarks): void; reject(error: Error): void }[] = [];
      // What an answer tells is what was stored when the program came to the question, which is before it arrives.
      program.on(
        "bookmarks.list",
        () => new Promise<Bookmarks>((resolve, reject) => waiting.push({ asked: edits, resolve, reject })),
      );
      let live!: Live<Bookmarks>;
      const stop = root(() => {
        live = program.client.live("bookmarks.list", () => ({}));
        return undefined;
      });
      await settle();
      let seen = 0;
      const look = () => {
        const now = live.value?.length ?? 0;
        expect(now).toBeGreaterThanOrEqual(seen);
        seen = now;
      };
      for (const one of happenings) {
        if (one.what === "edit") {
          edits++;
          for (let table = 0; table < one.tables; table++) program.announce("catalog.changed", { table: "bookmarks" });
        } else if (one.what === "time") await vi.advanceTimersByTimeAsync(one.milliseconds);
        else if (one.what === "refresh") {
          beside++;
          void live.refresh();
        } else if (one.what === "forgotten") {
          beside++;
          await program.forget();
        } else {
          const [picked] = waiting.splice(one.which % Math.max(1, waiting.length), 1);
          if (one.what === "answer") picked?.resolve(stateOf(picked.asked));
          else picked?.reject(new Error("no"));
        }
        await settle();
        look();
        expect(waiting.length).toBeLessThanOrEqual(1 + beside);
      }
      await vi.advanceTimersByTimeAsync(100);
      while (waiting.length > 0) {
        const { asked, resolve } = waiting.shift()!;
        resolve(stateOf(asked));
        await settle();
        look();
        await vi.advanceTimersByTimeAsync(100);
      }
      // A question that failed is asked again with the next change; then everything is told.
      edits++;
      program.announce("catalog.changed", { table: "bookmarks" });
      await vi.advanceTimersByTimeAsync(100);
      for (const { asked, resolve } of waiting.splice(0)) resolve(stateOf(asked));
      await settle();
      expect([live.value?.length, live.loading, live.error]).toEqual([edits, false, undefined]);
      stop();
    }),
    { numRuns: 150 },
  );
});
