import { expect, test } from "vitest";
import type { Calibration } from "../../../src-shared/domain/calibration.ts";
import type { Catalog } from "../../catalog/index.ts";
import { calibrationsOf } from "./calibrations.ts";

const calibration = (modalities: readonly string[], margin: number): Calibration => ({
  modalities,
  groups: "labels",
  unit: "polygons",
  codes: [1],
  margins: [margin],
  confidences: [9000],
  right: [1],
});
const run = (modelId: number, splitId: number, result: unknown, kind = "evaluate") => ({ kind, modelId, splitId, result }); // biome-ignore format: one line
const catalogOf = (...runs: readonly object[]) => ({ runs: { list: () => runs } }) as unknown as Catalog;

test("a map follows the newest measurement of its model with its inputs, in whatever order they were named", () => {
  const both = calibration(["s2", "s1"], 1);
  const again = calibration(["s1", "s2"], 2);
  const alone = calibration(["s2"], 3);
  const other = calibration(["s2"], 4);
  const catalog = catalogOf(
    run(7, 1, { calibrations: [both, alone] }),
    run(7, 2, { calibrations: [again] }),
    run(8, 2, { calibrations: [other] }),
    run(7, 2, null),
    run(7, 2, { calibrations: [calibration(["s2"], 9)] }, "finetune"),
  );
  expect(calibrationsOf(catalog, 7)).toEqual({ calibrations: [again, alone] });
  // What is measured now is held against what was calibrated under the same split only.
  expect(calibrationsOf(catalog, 7, 2)).toEqual({ calibrations: [again] });
  expect(calibrationsOf(catalog, 9)).toEqual({});
  expect(calibrationsOf(catalog, null)).toEqual({});
});

test("what a project from elsewhere calls a calibration is looked at before it is used", () => {
  const broken = { ...calibration(["s2"], 1), margins: [-1] };
  const catalog = catalogOf(run(7, 1, { calibrations: [broken, "x", null] }), run(7, 1, { calibrations: "many" }));
  expect(calibrationsOf(catalog, 7)).toEqual({});
});
