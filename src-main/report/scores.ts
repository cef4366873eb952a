import { labelWord } from "../../src-shared/domain/label-unit.ts";
import { methodInWords } from "../../src-shared/domain/method.ts";
import {
  apartSentence,
  betterMethod,
  isToldApart,
  type ScoreFigure,
  type ScoreRow,
  type ScoreTable,
  scoreSentences,
} from "../../src-shared/domain/score-table.ts";
import { type Html, html } from "./html.ts";
import { dash, duration, grouped, percent, score } from "./numbers.ts";
import { cell, columnHead, rowHead, table } from "./table.ts";

const titles: Readonly<Record<ScoreTable["part"], string>> = {
  test: "Models side by side on the test part",
  validation: "Models side by side on the validation part",
};
const partNotes: Readonly<Record<ScoreTable["part"], string>> = {
  test: "Every model was asked for the same labels, from which none of them learned.",
  validation:
    "Every model was asked for the same labels, which it did not learn from. Of a network the weights were chosen by them, of a method only its kind: this favours networks a little. The recommended model is the one that wins here.",
};

/** Networks and simple methods on the same labels, who wins in words, and which models cannot be compared. */
export function scoresOf(scores: ScoreTable): Html {
  const { part, rows, apart, commonest, classes } = scores;
  const voted = rows.some(({ polygonsRight }) => polygonsRight !== null);
  const highest = (pick: (row: ScoreRow) => number | null) => Math.max(...rows.map((row) => pick(row) ?? -1));
  const compared = rows.some(({ behind }) => behind?.macroF1);
  const figure = (row: ScoreRow, pick: (row: ScoreRow) => number | null, best: number, by?: ScoreFigure) => {
    const value = pick(row);
    const own =
      value !== null && value === best && rows.length > 1 ? html`<strong>${score(value)}</strong>` : score(value);
    const interval = by && row.intervals?.[by];
    return interval ? html`${own}<br/><small>${range(interval)}</small>` : own;
  };
  const [macro, overall, right, voters] = [
    (row: ScoreRow) => row.macroF1,
    (row: ScoreRow) => row.overallAccuracy,
    (row: ScoreRow) => row.polygonsRight,
    (row: ScoreRow) => row.polygonsMacroF1,
  ].map((pick) => ({ pick, best: highest(pick) })) as [Column, Column, Column, Column];
  return html`<h3>${titles[part]}</h3>
<p>${partNotes[part]}</p>
${scoreSentences(scores).map(
  (sentence) => html`<p>${sentence}</p>
`,
)}
${table({
  caption: titles[part],
  head: html`<tr>${columnHead("Model")}${columnHead("Inputs")}${[
    "Patches",
    ...(voted ? [capital(labelWord(scores.unit))] : []),
    "Macro F1",
    "Overall accuracy",
    ...(voted ? ["Polygons right", "Macro F1 of polygons"] : []),
    ...(compared ? ["Behind the best"] : []),
    "Calibration error",
    "Training",
  ].map((name) => columnHead(name, true))}</tr>`,
  body: rows.map(
    (
      row,
    ) => html`<tr>${rowHead(html`${row.model}<br/><small>${about(row, scores)}</small>`)}${cell(row.modalities.join(" + "), false)}${[
      grouped(row.samples),
      ...(voted ? [grouped(row.polygons)] : []),
      figure(row, macro.pick, macro.best, "macroF1"),
      figure(row, overall.pick, overall.best, "overallAccuracy"),
      ...(voted ? [figure(row, right.pick, right.best, "polygonsRight"), figure(row, voters.pick, voters.best)] : []),
      ...(compared ? [behind(row)] : []),
      row.calibrationError === null ? dash : score(row.calibrationError),
      duration(row.seconds),
    ].map((text) => cell(text))}</tr>
`,
  ),
  note: `Macro F1: mean over ${classes.join(", ")}.${compared ? " Below figures their 95 % intervals. Behind the best: macro F1 of the best less this one’s on the labels of both, with its 95 % interval; both count labels (Cochran 1977)." : ""}${commonest ? ` Always answering “${commonest.name}” would be right in ${percent(commonest.share)}.` : ""}`,
})}
${
  apart.length > 0 &&
  html`<ul class="notes">${apart.map(
    (own) => html`<li>${apartSentence(own, part)}</li>
`,
  )}</ul>`
}`;
}

interface Column {
  readonly pick: (row: ScoreRow) => number | null;
  readonly best: number;
}

const range = ([low, high]: readonly [number, number]): string => `${score(low)} to ${score(high)}`;

/** How far the best is ahead by macro F1, and whether the labels can tell them apart. */
function behind(row: ScoreRow): Html | string {
  const gap = row.behind?.macroF1;
  if (!gap) return dash;
  return html`${score(gap.value)}<br/><small>${range(gap.interval)}${isToldApart(gap) ? "" : ", not told apart"}</small>`;
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

/** What the model is, and what should be known of its place in the table. */
function about(row: ScoreRow, scores: ScoreTable): string {
  const better = betterMethod(scores, row);
  return [
    row.method ? methodInWords(row.method, row) : "network",
    ...(row.secondsBefore > 0 ? [`after ${duration(row.secondsBefore)} of other training`] : []),
    ...(row.recommended ? ["recommended"] : []),
    ...(row.elsewhere ? ["from elsewhere"] : []),
    ...(better ? [`“${better.model}”, a simple method, does better`] : []),
  ].join(", ");
}
