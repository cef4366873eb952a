import { countedGroups, groupWord } from "../../../src-shared/domain/calibration-words.ts";
import type { EvaluateResult, SubsetScore } from "../../../src-shared/domain/job.ts";
import { countedLabels, type LabelUnit, labelWord } from "../../../src-shared/domain/label-unit.ts";
import { hasSourceCodes } from "../../../src-shared/domain/legend.ts";
import { table } from "./table.ts";

/** The scores of an evaluation as text: a line per subset, then per class and the matrix. */
export function accuracyTables(result: EvaluateResult): string {
  const { part, subsets, overlapPatches, unit } = result;
  const voted = subsets.some((score) => score.perPolygon);
  const rows = subsets.map((score) => [
    score.modalities.join(" + "),
    score.samples,
    score.polygons ?? "–",
    `${three(score.overallAccuracy)} (${score.overallAccuracyInterval.map(three).join(" – ")})`,
    commonest(score),
    `${three(score.macroF1)}${score.macroF1Interval ? ` (${score.macroF1Interval.map(three).join(" – ")})` : ""}, ${score.macroClasses ?? "?"} of ${score.classes.length} classes`,
    three(score.weightedF1),
    three(score.microF1),
    ...(voted ? [perPolygon(score)] : []),
    three(score.calibrationError ?? null),
  ]);
  return [
    `Accuracy on the ${part} labels${overlapPatches === undefined ? "" : `, tiles sharing ${counted(overlapPatches)}`}`,
    table(
      [
        "modalities",
        "patches",
        labelColumn(unit),
        "overall accuracy (95 %)",
        "commonest class",
        "macro F1",
        "weighted F1",
        "micro F1",
        ...(voted ? ["polygons right (95 %)"] : []),
        "calibration error",
      ],
      rows,
    ),
    ...notCounted(result),
    ...uncertaintyLines(result),
    ...subsets.flatMap((score) => ["", ...subset(score, unit)]),
  ].join("\n");
}

function subset({ modalities, classes, confusion }: SubsetScore, unit: LabelUnit | undefined): string[] {
  const names = classes.map(({ name }) => name);
  const coded = hasSourceCodes(classes);
  return [
    modalities.join(" + "),
    table(
      ["class", ...(coded ? ["source code"] : []), "precision", "recall", "F1", "patches", labelColumn(unit)],
      classes.map((score) => [
        score.name,
        ...(coded ? [score.source ?? "–"] : []),
        three(score.precision),
        three(score.recall),
        three(score.f1),
        score.support,
        score.polygons ?? "–",
      ]),
    ),
    "",
    table(
      ["map ↓  reference →", ...names],
      confusion.map((row, i) => [names[i] ?? "", ...row]),
    ),
  ];
}

/** What came of the sets of possible classes and of “uncertain or untaught”, or why nothing can be said of them. */
function uncertaintyLines({ part, subsets, calibrations = [] }: EvaluateResult): string[] {
  if (part === "validation")
    return calibrations.map(
      ({ modalities, codes, groups, unit }) =>
        `Calibrated on ${countedGroups(codes.length, groups, unit)} with ${modalities.join(" + ")}: maps and tests with these inputs follow it from now on.`,
    );
  const known = subsets.filter((score) => score.uncertainty);
  if (known.length === 0)
    return ["Not calibrated: no labels of the validation part say which classes are possible and what is uncertain."];
  const { groups, unit, level } = known[0]!.uncertainty!;
  const word = groupWord(groups, unit);
  const rows = known.map(({ modalities, uncertainty }) => {
    const { calibratedOn, perGroup, perPatch, uncertain } = uncertainty!;
    return [
      modalities.join(" + "),
      calibratedOn,
      perGroup.count,
      `${three(perGroup.covered)} (${perGroup.interval.map(three).join(" – ")})`,
      three(perPatch.covered),
      `${perPatch.setSize.toFixed(2)} (${perGroup.setSize.toFixed(2)})`,
      `${three(perPatch.single)} (${three(perGroup.single)})`,
      `${three(uncertain.share)} (${three(uncertain.ofWrong)}, ${three(uncertain.ofRight)})`,
      `${three(perPatch.auroc)} (${three(perGroup.auroc)})`,
    ];
  });
  return [
    "",
    `Sets of possible classes that promise to hold the class of ${Number((100 * level).toFixed(1))} % of the ${word}; in brackets after figures of patches those of ${word}`,
    table(
      [
        "modalities",
        "calibrated on",
        word,
        `${word} covered (95 %)`,
        "patches covered",
        "possible classes",
        "one class",
        "uncertain (of wrong, of right)",
        "AUROC of confidence",
      ],
      rows,
    ),
  ];
}

/** Polygons whose patches are mostly of their class on the map. */
const perPolygon = ({ perPolygon: own }: SubsetScore): string =>
  own ? `${three(own.overallAccuracy)} (${own.overallAccuracyInterval.map(three).join(" – ")})` : "–";

/** What always answering with the commonest class would get: a score below it is worse than none. */
const commonest = ({ commonest: own }: SubsetScore): string => (own ? `${three(own.share)} (${own.name})` : "–");

/** Labelled patches that are in no table. */
function notCounted({ contested = 0, subsets, untaught = [], unit }: EvaluateResult): string[] {
  const unseen = subsets.filter((own) => (own.unseen ?? 0) > 0);
  const lines = [
    ...unseen.map((own) => `${counted(own.unseen!)} seen on no date of ${own.modalities.join(" + ")}`),
    ...(contested > 0 ? [`${counted(contested)} on which ${labelWord(unit)} of several classes meet`] : []),
    ...untaught.map(
      ({ name, polygons }) => `${countedLabels(polygons, unit)} of “${name}”, which the model was never taught`,
    ),
  ];
  return lines.length > 0 ? [`Not counted: ${lines.join("; ")}.`] : [];
}

/** Patches have a column of their own. */
const labelColumn = (unit: LabelUnit | undefined): string => (unit === "patches" ? "labels" : labelWord(unit));

const counted = (patches: number): string => `${patches} ${patches === 1 ? "patch" : "patches"}`;

const three = (value: number | null): string => (value !== null && Number.isFinite(value) ? value.toFixed(3) : "–");
