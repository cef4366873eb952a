import { expect, test } from "vitest";
import { shares } from "./profile.ts";

test("time is summed per operator, largest first, and counted per run", () => {
  const kernel = (name: string, op_name: string, dur: number) => ({
    cat: "Node",
    name: `${name}_kernel_time`,
    dur,
    args: { op_name },
  });
  const events = [
    { cat: "Session", name: "model_run", dur: 100 },
    { cat: "Session", name: "model_run", dur: 90 },
    ...[kernel("a", "MatMul", 30), kernel("b", "Add", 10), kernel("a", "MatMul", 20), kernel("b", "Add", 20)],
    { cat: "Node", name: "a_fence_before", dur: 1000, args: { op_name: "MatMul" } },
  ];
  expect(shares(events)).toEqual([
    { operator: "MatMul", share: 50 / 80, count: 1 },
    { operator: "Add", share: 30 / 80, count: 1 },
  ]);
});
