import { labelWord } from "../../src-shared/domain/label-unit.ts";
import { methodInWords } from "../../src-shared/domain/method.ts";
import {
  apartSentence,
  betterMethod,
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
  const figure = (row: ScoreRow, pick: (row: ScoreRow) => number | null, best: number) => {
    const value = pick(row);
    return value !== null && value === best && rows.length > 1 ? html`<strong>${score(value)}</strong>` : score(value);
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
    "Calibration error",
    "Training",
  ].map((name) => columnHead(name, true))}</tr>`,
  body: rows.map(
    (
      row,
    ) => html`<tr>${rowHead(html`${row.model}<br/><small>${about(row, scores)}</small>`)}${cell(row.modalities.join(" + "), false)}${[
      grouped(row.samples),
      ...(voted ? [grouped(row.polygons)] : []),
      figure(row, macro.pick, macro.best),
      figure(row, overall.pick, overall.best),
      ...(voted ? [figure(row, right.pick, right.best), figure(row, voters.pick, voters.best)] : []),
      row.calibrationError === null ? dash : score(row.calibrationError),
      duration(row.seconds),
    ].map((text) => cell(text))}</tr>
`,
  ),
  note: `Macro F1: mean over ${classes.join(", ")}.${commonest ? ` Always answering “${commonest.name}” would be right in ${percent(commonest.share)}.` : ""}`,
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
