import { type Finding, inOrderOfSeverity, severityOf } from "../../src-shared/domain/finding.ts";
import { plainSentence } from "../../src-shared/domain/finding-words.ts";
import type { EvaluateResult, Imagery, SubsetScore } from "../../src-shared/domain/job.ts";
import { countedLabels } from "../../src-shared/domain/label-unit.ts";
import { hasSourceCodes, type LegendClass } from "../../src-shared/domain/legend.ts";
import { type Html, html } from "./html.ts";
import { subsetTitle } from "./inputs.ts";
import { namedClass } from "./named-class.ts";
import { counted, dash, grouped, score } from "./numbers.ts";
import { smallMapsOf } from "./small-maps.ts";
import { cell, columnHead, rowHead, table } from "./table.ts";

/** Evaluations from the most to the least trustworthy: data that the model never saw come first. */
export function inOrderOfWorth(evaluations: readonly EvaluateResult[]): readonly EvaluateResult[] {
  const order = ["test", "validation", "train"];
  return evaluations.toSorted((p, q) => order.indexOf(p.part) - order.indexOf(q.part));
}

/**
 * The most classes first, because that is what the map shows; then the most modalities; then the order in which the
 * project lists them.
 */
export function bestFirst(subsets: readonly SubsetScore[], { modalities }: Imagery): readonly SubsetScore[] {
  const place = (subset: SubsetScore): number => modalities.findIndex(({ name }) => name === subset.modalities[0]);
  return subsets.toSorted(
    (p, q) => q.classSet.length - p.classSet.length || q.modalities.length - p.modalities.length || place(p) - place(q),
  );
}

/** How many reference patches a class has, and how many patches were mapped as it. */
function totalsOf({ confusion }: SubsetScore, index: number): { readonly mapped: number; readonly reference: number } {
  return { mapped: sum(confusion[index] ?? []), reference: sum(confusion.map((row) => row[index] ?? 0)) };
}

/** The classes that averages are taken over: those with reference patches. */
export const measuredClasses = ({ classes }: SubsetScore): number =>
  classes.filter(({ support }) => support > 0).length;

const partNotes: Readonly<Record<EvaluateResult["part"], string>> = {
  test: "Reference: labelled patches of the test part, which took no part in training or in choosing the model.",
  validation:
    "Reference: labelled patches of the validation part. It was used to choose when training stopped, so these figures are optimistic.",
  train: "Reference: labelled patches the model was trained on. These figures say nothing about other places.",
};

/** All that is known of how right the map is, for one part of the split. */
export function accuracyOf(
  evaluation: EvaluateResult,
  context: { readonly imagery: Imagery; readonly legend: readonly LegendClass[]; readonly heading: boolean },
): Html {
  const groups = Map.groupBy(bestFirst(evaluation.subsets, context.imagery), ({ classSet }) => classSet.join());
  const part = `${evaluation.part[0]!.toUpperCase()}${evaluation.part.slice(1)} part`;
  return html`${context.heading && html`<h3>${part}</h3>`}
<p>${partNotes[evaluation.part]}</p>
${findingsList(evaluation.findings ?? [])}
${untaughtNote(evaluation)}
${groups.size === 0 && html`<p class="empty">No combination of inputs was evaluated on this part.</p>`}
${[...groups.values()].map((subsets) => {
  const count = counted(subsets[0]!.classSet.length, "class", "classes");
  return groupOf(subsets, { ...context, suffix: groups.size > 1 ? `, ${count}` : "" });
})}
${smallMapsOf(evaluation, context)}`;
}

/** What should be known before a figure is believed, the severe ones first. */
export function findingsList(findings: readonly Finding[]): Html | false {
  if (findings.length === 0) return false;
  return html`<ul class="findings">${inOrderOfSeverity(findings).map(
    (
      finding,
    ) => html`<li class="${severityOf(finding)}">${severityOf(finding) === "severe" && html`<strong>Do not rely on this. </strong>`}${plainSentence(finding)}</li>
`,
  )}</ul>`;
}

/** Classes of this part that the model does not know are not in any table: say so. */
function untaughtNote({ untaught = [], unit }: EvaluateResult): Html | false {
  if (untaught.length === 0) return false;
  const classes = untaught.map(({ name, polygons }) => `${name} (${countedLabels(polygons, unit)})`).join(", ");
  return html`<p class="note">Not scored, because the model was never taught them: ${classes}.</p>`;
}

/** The subsets that chose between the same classes: the first in full, the others folded. */
function groupOf(subsets: readonly SubsetScore[], names: Names): Html {
  const [first, ...others] = subsets as [SubsetScore, ...SubsetScore[]];
  const detail = (subset: SubsetScore): Html => html`<div class="pair">
${confusionTable(subset, names)}
${classTable(subset, names)}
</div>`;
  const classes = first.classes.map(({ name }) => name).join(", ");
  return html`${names.suffix !== "" && html`<h3>Choosing between ${counted(first.classes.length, "class", "classes")}: ${classes}</h3>`}
${subsetTable(subsets, names)}
${detail(first)}
${
  others.length > 0 &&
  html`<div class="folded">${others.map(
    (subset) => html`<details>
<summary>${subsetTitle(subset.modalities, names.imagery)}${names.suffix}: confusion matrix and accuracy per class</summary>
${detail(subset)}
</details>
`,
  )}</div>`
}`;
}

function subsetTable(subsets: readonly SubsetScore[], { imagery, suffix }: Names): Html {
  const voted = subsets.some(({ perPolygon }) => perPolygon !== undefined);
  return table({
    caption: `Accuracy by input, one set of weights${suffix}`,
    head: html`<tr>${columnHead("Input")}${[
      "Patches",
      "Labels",
      "Overall accuracy",
      "95 % interval",
      "Commonest class",
      "Macro F1",
      "Weighted F1",
      ...(voted ? ["Polygons right"] : []),
      "Calibration error",
    ].map((name) => columnHead(name, true))}</tr>`,
    body: subsets.map(
      (subset) => html`<tr>${rowHead(subsetTitle(subset.modalities, imagery))}${[
        grouped(subset.samples),
        subset.polygons === undefined ? dash : grouped(subset.polygons),
        score(subset.overallAccuracy),
        interval(subset),
        subset.commonest ? `${score(subset.commonest.share)} (${subset.commonest.name})` : dash,
        html`${score(subset.macroF1)} (${measuredClasses(subset)} of ${subset.classes.length})${subset.macroF1Interval && html`<br/><small>${interval({ overallAccuracyInterval: subset.macroF1Interval })}</small>`}`,
        score(subset.weightedF1),
        ...(voted ? [polygonsRight(subset)] : []),
        typeof subset.calibrationError === "number" ? score(subset.calibrationError) : dash,
      ].map((text) => cell(text))}</tr>
`,
    ),
    note: `${subsets.every(({ polygons }) => polygons !== undefined) ? "Intervals are 95 % and count labels, since patches of one label resemble each other (Cochran 1977; Korn & Graubard 1998)." : "The interval counts every patch as independent. Patches of one field resemble each other, so the true uncertainty is larger."} Commonest class: what always answering with it would get. Macro F1: mean over the classes with reference patches; in brackets how many of all these are.${voted ? " Polygons right: share of the polygons whose patches are mostly of their class on the map, with its 95 % interval." : ""} Calibration error: how far the map’s confidence and the share of right patches lie apart on average.`,
  });
}

const polygonsRight = ({ perPolygon }: SubsetScore): string =>
  perPolygon ? `${score(perPolygon.overallAccuracy)} (${interval(perPolygon)})` : dash;

export const interval = ({
  overallAccuracyInterval: [low, high],
}: Pick<SubsetScore, "overallAccuracyInterval">): string => `${score(low)}\u2060–\u2060${score(high)}`;

interface Names {
  readonly imagery: Imagery;
  readonly legend: readonly LegendClass[];
  /** said after the inputs when there are several sets of classes */
  readonly suffix: string;
}

/** Map in rows, reference in columns. A cell is shaded by its share of its reference class. */
function confusionTable({ classes, confusion, modalities }: SubsetScore, { imagery, legend, suffix }: Names): Html {
  const columnTotals = classes.map((_, column) => sum(confusion.map((row) => row[column] ?? 0)));
  const head = html`<tr><td></td><th scope="colgroup" colspan="${classes.length}" class="axis">Reference</th><td></td></tr>
<tr><th scope="col" class="axis">Map</th>${classes.map(
    (each) => html`<th scope="col" class="number class-column"><span>${each.name}</span></th>`,
  )}<th scope="col" class="number total">Total</th></tr>`;
  const body = classes.map((each, row) => {
    const counts = classes.map((_, column) => confusion[row]?.[column] ?? 0);
    return html`<tr>${rowHead(namedClass(each, legend))}${counts.map((count, column) => {
      const share = columnTotals[column]! > 0 ? count / columnTotals[column]! : 0;
      const shade = count > 0 ? html` style="--share:${share.toFixed(3)}"` : "";
      return html`<td class="number ${row === column ? "hit" : "miss"}${count === 0 ? " none" : ""}"${shade}>${grouped(count)}</td>`;
    })}<td class="number total">${grouped(sum(counts))}</td></tr>
`;
  });
  const last = html`<tr class="total">${rowHead("Total")}${columnTotals.map((total) => cell(grouped(total)))}<td class="number total">${grouped(sum(columnTotals))}</td></tr>`;
  return table({
    caption: `Confusion matrix in patches, ${subsetTitle(modalities, imagery)}${suffix}`,
    head,
    body: [body, last],
    kind: classes.length > 6 ? "matrix many" : "matrix",
    note: "Map in rows, reference in columns. Shading: share of the column, the reference class. The diagonal is right.",
  });
}

function classTable(subset: SubsetScore, { imagery, legend, suffix }: Names): Html {
  const { classes, modalities } = subset;
  const coded = hasSourceCodes(classes);
  return table({
    caption: `Accuracy per class, ${subsetTitle(modalities, imagery)}${suffix}`,
    head: html`<tr>${columnHead("Class")}${coded ? columnHead("Source code") : ""}${columnHead(html`Precision <small>user’s<br/>accuracy</small>`, true)}${columnHead(
      html`Recall <small>producer’s<br/>accuracy</small>`,
      true,
    )}${columnHead("F1", true)}${columnHead(html`Support <small>reference<br/>patches</small>`, true)}</tr>`,
    body: classes.map((each, index) => {
      // Without a patch of the class nothing is known of it; nothing mapped as it is no precision of zero.
      const { mapped, reference } = totalsOf(subset, index);
      const shares =
        reference > 0
          ? [
              mapped > 0 ? withInterval(each.precision, each.precisionInterval) : dash,
              withInterval(each.recall, each.recallInterval),
              score(each.f1),
            ]
          : [dash, dash, dash];
      return html`<tr>${rowHead(namedClass(each, legend))}${coded ? cell(each.source ?? dash) : ""}${shares.map((text) => cell(text))}${cell(grouped(each.support))}</tr>
`;
    }),
    note: `Precision: of the patches mapped as the class, the share that is the class. Recall: of the patches that are the class, the share mapped as it.${subset.classes.some(({ recallInterval }) => recallInterval) ? " Behind each its 95 % interval, which counts labels and not patches." : ""}`,
  });
}

const withInterval = (value: number | null, reach: readonly [low: number, high: number] | undefined): Html | string =>
  reach === undefined || value === null
    ? score(value)
    : html`${score(value)} <small>${interval({ overallAccuracyInterval: reach })}</small>`;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
