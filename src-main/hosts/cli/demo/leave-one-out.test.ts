import { expect, test } from "vitest";
import { inTurns } from "./leave-one-out.ts";

test("several parcels are left out at once, each class stays in every training, and each parcel is left out once", () => {
  const classes = [3, 1, 2, 1, 3, 2, 1];
  const polygons = classes.map((classCode, id) => ({ id, classCode }));
  const plan = {
    training: [0, 1, 2, 3, 4, 5, 6, 90, 91],
    folds: classes.map((_, id) => (id < 2 ? [id, 90 + id] : [id])),
  };
  const { training, folds } = inTurns(
    plan,
    { polygons: [...polygons, { id: 90, classCode: 9 }, { id: 91, classCode: 9 }] } as never,
    3,
  );
  expect(training).toEqual(plan.training);
  expect(folds.flat().toSorted((p, q) => p - q)).toEqual([0, 1, 2, 3, 4, 5, 6, 90, 91]);
  for (const own of [1, 2, 3])
    for (const fold of folds)
      expect(polygons.some(({ id, classCode }) => classCode === own && !fold.includes(id))).toBe(true);
  expect(inTurns(plan, { polygons } as never)).toEqual(plan);
});
