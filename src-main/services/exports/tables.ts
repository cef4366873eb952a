import { type Cell, csv } from "../../../src-shared/domain/csv.ts";
import type { EvaluateResult, SubsetScore } from "../../../src-shared/domain/job.ts";
import { hasSourceCodes } from "../../../src-shared/domain/legend.ts";
import type { ResultTable } from "../../../src-shared/domain/result-tables.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Catalog } from "../../catalog/index.ts";
import { correctedAreas, mappedAreas } from "../maps/accuracy.ts";
import { legendOfMap } from "../maps/maps.ts";
import { numberModelOf, numberScoreRows, predictionRows } from "./number-tables.ts";

/** A table of results as CSV (RFC 4180): commas, points, UTF-8; numbers as they were computed. */
export async function tableAsCsv(catalog: Catalog, table: ResultTable, id: number): Promise<string> {
  switch (table) {
    case "areas":
      return csv(await areaRows(catalog, id));
    case "changes":
      return csv(changeRows(catalog, id));
    case "curve":
      return csv(curveRows(catalog, id));
    case "numbers":
      return csv(predictionRows(numberModelOf(catalog, id)));
    case "number-scores":
      return csv(numberScoreRows(numberModelOf(catalog, id)));
    case "accuracy":
      return csv(accuracyRows(evaluationOf(catalog, id, table)));
    case "confusion":
      return csv(confusionRows(evaluationOf(catalog, id, table)));
  }
}

async function areaRows(catalog: Catalog, id: number): Promise<Cell[][]> {
  const map = catalog.maps.get(id);
  const { areas, hectares } = mappedAreas(map, await legendOfMap(map));
  const { corrected } = correctedAreas(catalog, map, areas, hectares);
  const coded = areas.some(({ source }) => source !== undefined);
  const doubted = map.files.uncertainty !== undefined;
  const extra = ["estimated_ha", "estimated_ha_low", "estimated_ha_high", "users_accuracy", "producers_accuracy"];
  return [
    ["code", "class", "pixels", "mapped_ha", "percent", ...(doubted ? ["of_which_uncertain_ha"] : []), ...(corrected ? extra : []), ...(coded ? ["source_code"] : [])], // biome-ignore format: one line
    ...areas.map(({ code, name, pixels, hectares: own, percent, source, uncertainHectares }): Cell[] => {
      const better = corrected?.classes.find((each) => each.code === code);
      const more = better
        ? [
            better.hectares,
            Math.max(0, better.hectares - better.error),
            better.hectares + better.error,
            better.usersAccuracy,
            better.producersAccuracy,
          ]
        : extra.map(() => null);
      return [code, name, pixels, own, percent, ...(doubted ? [uncertainHectares] : []), ...(corrected ? more : []), ...(coded ? [source ?? String(code)] : [])]; // biome-ignore format: one row
    }),
  ];
}

/** Long, not wide: other programs group it as they like. */
function changeRows(catalog: Catalog, id: number): Cell[][] {
  const { from, to, counts, squareMetersPerPixel } = catalog.comparisons.get(id).result;
  return [
    ["from_code", "from_class", "to_code", "to_class", "pixels", "hectares"],
    ...from.flatMap((p, i) =>
      to.map((q, j): Cell[] => {
        const pixels = counts[i]![j]!;
        return [p.code, p.name, q.code, q.name, pixels, (pixels * squareMetersPerPixel) / 10_000];
      }),
    ),
  ];
}

function curveRows(catalog: Catalog, id: number): Cell[][] {
  const metrics = catalog.runs.metrics(id);
  if (metrics.length === 0) throw new AppError("run-without-table", { id, table: "curve" });
  const names = [...new Set(metrics.flatMap(({ values }) => Object.keys(values)))];
  return [
    ["step", ...names],
    ...metrics.map(({ step, values }) => [step, ...names.map((name) => values[name] ?? null)]),
  ];
}

function evaluationOf(catalog: Catalog, id: number, table: ResultTable): EvaluateResult {
  const run = catalog.runs.list().find((each) => each.id === id);
  const result = run?.result as EvaluateResult | null | undefined;
  if (run?.kind !== "evaluate" || !result?.subsets) throw new AppError("run-without-table", { id, table });
  return result;
}

const inputs = ({ modalities }: SubsetScore): string => modalities.join(" + ");

function accuracyRows({ part, subsets }: EvaluateResult): Cell[][] {
  const coded = subsets.some(({ classes }) => hasSourceCodes(classes));
  const rows = [
    ["part", "modalities", "class", "users_accuracy", "producers_accuracy", "f1", "samples", "source_code"],
    ...subsets.flatMap((score): Cell[][] => [
      ...score.classes.map(({ code, name, source, precision, recall, f1, support }): Cell[] => [
        part,
        inputs(score),
        name,
        precision,
        recall,
        f1,
        support,
        source ?? String(code),
      ]),
      [part, inputs(score), "overall accuracy", score.overallAccuracy, null, null, score.samples],
      [
        part,
        inputs(score),
        "overall accuracy, lower 95 %",
        score.overallAccuracyInterval[0],
        null,
        null,
        score.samples,
      ],
      [
        part,
        inputs(score),
        "overall accuracy, upper 95 %",
        score.overallAccuracyInterval[1],
        null,
        null,
        score.samples,
      ],
      ...(score.commonest
        ? [
            [
              part,
              inputs(score),
              `commonest class (${score.commonest.name})`,
              score.commonest.share,
              null,
              null,
              score.samples,
            ],
          ]
        : []),
      ...(score.macroClasses === undefined
        ? []
        : [[part, inputs(score), "classes in the macro F1", score.macroClasses, null, null, score.classes.length]]),
      [part, inputs(score), "macro F1", null, null, score.macroF1, score.samples],
      ...(score.macroF1Interval ?? []).map((value, k): Cell[] => [
        part,
        inputs(score),
        `macro F1, ${k === 0 ? "lower" : "upper"} 95 %`,
        null,
        null,
        value,
        score.samples,
      ]),
      ...score.classes.flatMap(({ name, precisionInterval: users, recallInterval: producers, support }): Cell[][] =>
        users && producers && support > 0
          ? (["lower", "upper"] as const).map((end, k) => [
              part,
              inputs(score),
              `${name}, ${end} 95 %`,
              users[k]!,
              producers[k]!,
              null,
              support,
            ])
          : [],
      ),
      ...polygonRows(score).map(([name, value, f1]): Cell[] => [
        part,
        inputs(score),
        name,
        value,
        null,
        f1,
        score.perPolygon!.samples,
      ]),
      ...uncertaintyRows(score).map(([name, value, samples]): Cell[] => [
        part,
        inputs(score),
        name,
        value,
        null,
        null,
        samples,
      ]),
      ...(score.calibrationError === undefined
        ? []
        : [[part, inputs(score), "calibration error", score.calibrationError, null, null, score.samples]]),
    ]),
  ];
  // The last column only where it says more than the class.
  return rows.map((row) => (coded ? Array.from({ length: 8 }, (_, i) => row[i] ?? null) : row.slice(0, 7)));
}

/** One answer per polygon: name, share of right ones, F1. */
function polygonRows({ perPolygon: own }: SubsetScore): readonly (readonly [string, number | null, number | null])[] {
  if (!own) return [];
  const [low, high] = own.overallAccuracyInterval;
  return [
    ["polygons right", own.overallAccuracy, null],
    ["polygons right, lower 95 %", low, null],
    ["polygons right, upper 95 %", high, null],
    ["macro F1 of polygons", null, own.macroF1],
  ];
}

/** Sets of possible classes and what is uncertain: name, figure, what it was counted over. */
function uncertaintyRows({ uncertainty: own }: SubsetScore): readonly (readonly [string, number | null, number])[] {
  if (!own) return [];
  const { level, perGroup, perPatch, uncertain, groups, calibratedOn } = own;
  const word = groups === "labels" ? "labels" : "blocks of one class";
  const [low, high] = perGroup.interval;
  return [
    [`promised coverage of ${word}`, level, calibratedOn],
    [`coverage of ${word}`, perGroup.covered, perGroup.count],
    [`coverage of ${word}, lower 95 %`, low, perGroup.count],
    [`coverage of ${word}, upper 95 %`, high, perGroup.count],
    ["coverage of patches", perPatch.covered, perPatch.count],
    ["mean number of possible classes", perPatch.setSize, perPatch.count],
    ["patches with one possible class", perPatch.single, perPatch.count],
    ["uncertain or untaught", uncertain.share, perPatch.count],
    ["uncertain or untaught, of the right patches", uncertain.ofRight, perPatch.count],
    ["uncertain or untaught, of the wrong patches", uncertain.ofWrong, perPatch.count],
    ["AUROC of confidence, patches", perPatch.auroc, perPatch.count],
    [`AUROC of confidence, ${word}`, perGroup.auroc, perGroup.count],
  ];
}

function confusionRows({ part, subsets }: EvaluateResult): Cell[][] {
  return [
    ["part", "modalities", "map_class", "reference_class", "samples"],
    ...subsets.flatMap((score) =>
      score.confusion.flatMap((row, i) =>
        row.map((count, j): Cell[] => [part, inputs(score), score.classes[i]!.name, score.classes[j]!.name, count]),
      ),
    ),
  ];
}
