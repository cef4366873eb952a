import type { Cell } from "../../../src-shared/domain/csv.ts";
import type { ReportTable } from "../../../src-shared/domain/job.ts";
import { type ChangeResult, type NumberModel, numberMethodNames } from "../../../src-shared/domain/numbers.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Catalog } from "../../catalog/index.ts";

/** @throws AppError "number-model-not-found" */
export function numberModelOf(catalog: Catalog, id: number): NumberModel {
  const models = catalog.numberModels.list();
  const found = models.find((model) => model.id === id);
  if (!found)
    throw new AppError("number-model-not-found", { name: String(id), available: models.map(({ name }) => name) });
  return found;
}

/** What was known and told of the held-out places, one row each, in the number's unit. */
export function predictionRows({ result }: NumberModel): Cell[][] {
  return [
    ["known", "predicted", "error"],
    ...result.score.pairs.map(([known, told]): Cell[] => [known, told, told - known]),
  ];
}

/** The figures of a model beside always answering with the mean. */
export function numberScoreRows({ meaning, result: { method, score } }: NumberModel): Cell[][] {
  const { baseline, interval } = score;
  return [
    ["figure", "unit", numberMethodNames[method], "always the mean"],
    ["rmse", meaning.unit, score.rmse, baseline.rmse],
    ["mae", meaning.unit, score.mae, baseline.mae],
    ["bias", meaning.unit, score.bias, null],
    ["r2", null, score.r2, null],
    ["held-out places", null, score.places, null],
    ["rounds", null, score.folds, null],
    ...(interval
      ? ([
          ["half of the interval", meaning.unit, interval.halfWidth, null],
          ["share that it promises to hold", null, interval.level, null],
          ["share that it held", null, interval.covered, null],
        ] satisfies Cell[][])
      : []),
  ];
}

/** Models of numbers and maps of change as tables of a report; none where the project has none. */
export function numberReportTables(catalog: Catalog): ReportTable[] {
  const targets = Map.groupBy(catalog.numberModels.list(), ({ meaning }) => `${meaning.name}\n${meaning.unit}`);
  const changes = catalog.surfaces
    .list()
    .flatMap(({ name, result }) => (result.kind === "change" ? [{ name, result }] : []));
  return [...[...targets.values()].map(modelTable), ...(changes.length > 0 ? [changeTable(changes)] : [])];
}

function modelTable(models: readonly NumberModel[]): ReportTable {
  const { name, unit } = models[0]!.meaning;
  return {
    title: `Models of “${name}”${unit === "" ? "" : `, ${unit}`}`,
    columns: ["Model", "Method", "RMSE", "MAE", "Bias", "R²", "RMSE of the mean", "Held-out places", "Interval ±"],
    rows: models.map(({ name: called, result: { method, score } }) => [
      called,
      numberMethodNames[method],
      score.rmse,
      score.mae,
      score.bias,
      score.r2,
      score.baseline.rmse,
      score.places,
      score.interval?.halfWidth ?? null,
    ]),
    note: "Measured on places or blocks of the ground that nothing learned from; each place counts once. Beside it what always answering with the mean gives. Figures of models that were measured with other blocks cannot be compared.",
    bestPerColumn: [null, null, "lowest", "lowest", null, "highest", null, null, null],
  };
}

function changeTable(changes: readonly { readonly name: string; readonly result: ChangeResult }[]): ReportTable {
  return {
    title: "Change",
    columns: ["Map", "Before", "After", "Patches compared", "Threshold, × usual", "ha above it", "Share"],
    rows: changes.map(({ name, result: { before, after, pixels, threshold, changedPixels, squareMetersPerPixel } }) => [
      name,
      before.name,
      after.name,
      pixels,
      threshold,
      (changedPixels * squareMetersPerPixel) / 10_000,
      changedPixels / Math.max(1, pixels),
    ]),
    note: "The score says how much a patch changed, in times of the usual difference, and not what became of it. Of unchanged places 99 % lie below the threshold.",
  };
}
