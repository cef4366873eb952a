import { afterAll, expect, test } from "vitest";
import { Pool } from "./pool.ts";

const pool = new Pool({ size: 1, deadline: 60_000, patience: 60_000, heap: 256 });
afterAll(() => pool.close());

test("a mistake in a thread comes back as its words and its place apart: words may reach a window", async () => {
  const error = await pool.run("resample", undefined as never).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  expect(error?.message).toMatch(/undefined/);
  expect(error?.message).not.toMatch(/\n|\bat .*:\d+:\d+/);
  expect(error?.stack).toMatch(/resample\.ts:\d+:\d+/);
  // The thread goes on with the next task.
  expect(await pool.run("decode", { encoding: {} as never, blocks: [] })).toEqual([]);
});
