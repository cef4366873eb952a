import { afterAll, expect, test } from "vitest";
import { Pool } from "./pool.ts";

const pool = new Pool({ size: 1, deadline: 60_000, patience: 60_000, heap: 256 });
afterAll(() => pool.close());

test("an error in a thread comes back as message and stack apart: only the message may reach a window", async () => {
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

test("an urgent task goes before those that were asked for earlier, and is taken back when it is cancelled", async () => {
  const order: string[] = [];
  const task = (name: string, urgent: boolean, signal?: AbortSignal) =>
    pool.run("decode", { encoding: {} as never, blocks: [] }, { urgent, signal }).then(() => order.push(name));
  const gone = new AbortController();
  const cancelled = task("cancelled", true, gone.signal).catch(() => order.push("taken back"));
  const all = [task("running", false), task("first", false), task("second", false), task("urgent", true)];
  gone.abort(new Error("gone"));
  await Promise.all([cancelled, ...all]);
  expect(order.indexOf("urgent")).toBeLessThan(order.indexOf("first"));
  expect(order.slice(-2)).toEqual(["first", "second"]);
});
