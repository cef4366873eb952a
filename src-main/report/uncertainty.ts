import { countedGroups, groupWord } from "../../src-shared/domain/calibration-words.ts";
import type {
  AreaSource,
  EvaluateResult,
  MapUncertainty,
  ReportSpec,
  SubsetScore,
} from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { UncertaintyScore } from "../../src-shared/domain/uncertainty-score.ts";
import { inOrderOfWorth } from "./accuracy.ts";
import { type Html, html } from "./html.ts";
import { subsetTitle } from "./inputs.ts";
import { namedClass } from "./named-class.ts";
import { dash, grouped, hectareDecimals, hectares, percent, score } from "./numbers.ts";
import { cell, columnHead, rowHead, table } from "./table.ts";

/** Which classes are possible, what is uncertain, and what came of the promise on labels; nothing where no model was calibrated. */
export function uncertaintyOf(spec: ReportSpec, areas: AreaSource | null): Html | undefined {
  const { map, evaluations, legend } = spec;
  const drawn = map?.uncertainty;
  const measured = inOrderOfWorth(evaluations).flatMap((evaluation) =>
    evaluation.subsets.flatMap((subset): Measured[] => {
      const { uncertainty } = subset;
      return uncertainty ? [{ evaluation, subset, uncertainty }] : [];
    }),
  );
  if (!drawn && measured.length === 0) return undefined;
  const first = measured[0];
  return html`<p>${promiseOf(drawn ?? first!.uncertainty)}</p>
${
  drawn
    ? html`<div class="pair">
${sizeTable(drawn)}
${uncertainTable(drawn, map.pixels, areas, legend)}
</div>`
    : ""
}
${measured.length > 0 && coverageTable(measured, spec)}
${first && classTable(first, spec)}`;
}

interface Measured {
  readonly evaluation: EvaluateResult;
  readonly subset: SubsetScore;
  readonly uncertainty: UncertaintyScore;
}

function promiseOf({
  level,
  groups,
  unit,
  calibratedOn,
  needed,
}: Pick<UncertaintyScore, "level" | "groups" | "unit" | "calibratedOn" | "needed">): string {
  // biome-ignore format: one line
  const on = countedGroups(calibratedOn, groups, unit);
  if (calibratedOn < needed)
    return `No class is ruled out anywhere: a promise for ${percent(level)} of the ${groupWord(groups, unit)} needs ${grouped(needed)} in the validation part, and it has ${grouped(calibratedOn)}.`;
  return `A class counts as possible where its probability is a large enough part of the largest one. How large was set on ${on} of the validation part, so that for ${percent(level)} of such ${groupWord(groups, unit)} the true class is among the possible ones on nine tenths of the patches. Places that the model was trained on have smaller sets than that.`;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

function sizeTable({ setSizes }: MapUncertainty): Html {
  const all = sum(setSizes);
  const sizes = Object.entries(setSizes)
    .map(([size, pixels]) => ({ size: Number(size), pixels }))
    .sort((p, q) => p.size - q.size);
  return table({
    caption: "Possible classes on the map",
    head: html`<tr>${columnHead("Possible classes", true)}${columnHead("Pixels", true)}${columnHead("Share", true)}</tr>`,
    body: sizes.map(
      ({ size, pixels }) => html`<tr>${cell(grouped(size))}${cell(grouped(pixels))}${cell(percent(pixels / all))}</tr>
`,
    ),
    note: "Where one class is possible the map can be taken as it is; where several are, someone has to look.",
  });
}

function uncertainTable(
  { uncertain, threshold, rightMarked, groups, unit }: MapUncertainty,
  pixels: Readonly<Record<string, number>>,
  areas: AreaSource | null,
  legend: readonly LegendClass[],
): Html {
  const perPixel = areas?.squareMetersPerPixel ?? null;
  const decimals = perPixel === null ? 0 : hectareDecimals(sum(pixels) * perPixel);
  const row = (name: Html | string, doubted: number, all: number, total = false): Html =>
    html`<tr${total ? html` class="total"` : ""}>${rowHead(name)}${cell(grouped(doubted))}${cell(perPixel === null ? dash : hectares(doubted * perPixel, decimals))}${cell(all > 0 ? percent(doubted / all) : dash)}</tr>
`;
  const present = legend.filter(({ code }) => (pixels[code] ?? 0) > 0);
  return table({
    caption: "Uncertain or untaught, by the class on the map",
    head: html`<tr>${columnHead("Class")}${["Pixels", "ha", "Share of the class"].map((name) => columnHead(name, true))}</tr>`,
    body: [
      ...present.map((entry) => row(namedClass(entry, legend), uncertain[entry.code] ?? 0, pixels[entry.code] ?? 0)),
      row("Total", sum(uncertain), sum(pixels), true),
    ],
    note: `Confidence below ${percent(threshold / 10_000)}: so low is that of about ${percent(rightMarked)} of the ${groupWord(groups, unit)} that the map gets right. Classes that were never taught are found here more often than elsewhere, but not all of them. These pixels are part of the areas above.`,
  });
}

function coverageTable(measured: readonly Measured[], { imagery }: ReportSpec): Html {
  const { groups, unit, level } = measured[0]!.uncertainty;
  const [word, one] = [groupWord(groups, unit), groupWord(groups, unit, 1)];
  return table({
    caption: "What came of the promise, on labels that it was not calibrated on",
    head: html`<tr>${columnHead("Input")}${columnHead("Part")}${[
      capital(word),
      "Promised",
      "Covered",
      "95 % interval",
      "Patches covered",
      "Possible classes",
      "One class",
      "Uncertain",
      "of the wrong",
      "of the right",
      "AUROC",
    ].map((name) => columnHead(name, true))}</tr>`,
    body: measured.map(
      ({
        evaluation,
        subset,
        uncertainty: { perGroup, perPatch, uncertain, ...own },
      }) => html`<tr>${rowHead(subsetTitle(subset.modalities, imagery))}${cell(evaluation.part, false)}${[
        grouped(perGroup.count),
        percent(own.level),
        percent(perGroup.covered),
        `${percent(perGroup.interval[0])}\u2060–\u2060${percent(perGroup.interval[1])}`,
        percent(perPatch.covered),
        `${grouped(perPatch.setSize, 2)} (${grouped(perGroup.setSize, 2)})`,
        `${percent(perPatch.single)} (${percent(perGroup.single)})`,
        percent(uncertain.share),
        share(uncertain.ofWrong),
        share(uncertain.ofRight),
        `${score(perPatch.auroc)} (${score(perGroup.auroc)})`,
      ].map((text) => cell(text))}</tr>
`,
    ),
    note: `Covered: the true class is possible on nine tenths of the ${one}’s patches; ${percent(level)} were promised. Possible classes: mean number per patch, in brackets every ${one} counting once. AUROC: how well confidence tells right from wrong patches, in brackets ${word}; 0.5 tells nothing, 1 all.`,
  });
}

function classTable({ subset, uncertainty }: Measured, { imagery, legend }: ReportSpec): Html {
  const word = groupWord(uncertainty.groups, uncertainty.unit);
  const nameOf = (code: number) => subset.classes.find((own) => own.code === code)?.name ?? String(code);
  return table({
    caption: `Coverage by class, ${subsetTitle(subset.modalities, imagery)}`,
    head: html`<tr>${columnHead("Class")}${[capital(word), "Covered", "Patches covered"].map((name) => columnHead(name, true))}</tr>`,
    body: uncertainty.classes.map(
      ({
        code,
        groups,
        covered,
        patchesCovered,
      }) => html`<tr>${rowHead(namedClass({ code, name: nameOf(code) }, legend))}${cell(grouped(groups))}${cell(share(covered))}${cell(share(patchesCovered))}</tr>
`,
    ),
    note: `The promise is for all ${word} together; a class with few of them may be covered less.`,
  });
}

const share = (value: number | null): string => (value === null ? dash : percent(value));
const capital = (word: string): string => `${word[0]!.toUpperCase()}${word.slice(1)}`;
