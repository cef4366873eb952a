import { type Calibration, isCalibration } from "../../../src-shared/domain/calibration.ts";
import type { EvaluateResult, EvaluateSpec } from "../../../src-shared/domain/job.ts";
import type { Catalog } from "../../catalog/index.ts";

/**
 * What was measured of a model on validation labels of this project, by inputs the newest; nothing where it never was.
 * @param splitId only under this split: validation labels of another one may be those that are measured now
 */
export function calibrationsOf(
  catalog: Catalog,
  modelId: number | null,
  splitId?: number,
): Pick<EvaluateSpec, "calibrations"> {
  if (modelId === null) return {};
  const found = catalog.runs
    .list()
    .filter((run) => run.kind === "evaluate" && run.modelId === modelId)
    .filter((run) => splitId === undefined || run.splitId === splitId)
    .toReversed()
    .flatMap(({ result }): readonly unknown[] => {
      const { calibrations } = (result ?? {}) as Partial<EvaluateResult>;
      return Array.isArray(calibrations) ? calibrations : [];
    })
    .filter(isCalibration);
  const newest = new Map<string, Calibration>();
  for (const own of found) {
    const key = [...own.modalities.toSorted(), own.use ?? ""].join("\n");
    if (!newest.has(key)) newest.set(key, own);
  }
  return newest.size > 0 ? { calibrations: [...newest.values()] } : {};
}
