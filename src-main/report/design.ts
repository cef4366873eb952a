import type { SampleDesign, SplitPart } from "../../src-shared/domain/job.ts";
import { countedLabels, labelWord } from "../../src-shared/domain/label-unit.ts";
import type { SplitParameters } from "../../src-shared/domain/split.ts";
import { type Html, html } from "./html.ts";
import { dash, grouped, percent } from "./numbers.ts";
import { cell, columnHead, rowHead, table } from "./table.ts";

const sets = ["train", "validation", "test", "unused"] as const satisfies readonly SplitPart[];
const setNames = { train: "Training", validation: "Validation", test: "Test", unused: "Unused" } as const;

/** Which labels taught and which tested, class by class, and how they came into their sets. */
export function designOf(design: SampleDesign): Html {
  const { counts, classes, unit, optimistic } = design;
  const shown = sets.filter((part) => counts.some((count) => count.part === part && count.items > 0));
  const used = classes.filter(({ code }) => counts.some(({ classCode }) => classCode === code));
  const count = (part: SplitPart, code?: number) =>
    counts
      .filter((each) => each.part === part && (code === undefined || each.classCode === code))
      .reduce((sum, { items, weight }) => ({ items: sum.items + items, weight: sum.weight + weight }), {
        items: 0,
        weight: 0,
      });
  const text = (part: SplitPart, code?: number): Html | string => {
    const { items, weight } = count(part, code);
    return items + weight === 0 ? dash : html`${grouped(items)} <small>${grouped(Math.round(weight))} patches</small>`;
  };
  const test = count("test");
  return html`<h3>Sample design</h3>
<p>${methodSentence(design)} The test part has ${countedLabels(test.items, unit)} with ${grouped(Math.round(test.weight))} patches. Its labels are those that there were, not a random sample of the mapped area: the accuracy is that of labelled places like these.</p>
${optimistic && html`<p class="note">Test patches lie beside training patches, so that the accuracy looks better than it is elsewhere.</p>`}
${table({
  caption: `Labels in each set (${labelWord(unit)}, patches)`,
  head: html`<tr>${columnHead("Class")}${shown.map((part) => columnHead(setNames[part], true))}</tr>`,
  body: [
    used.map(
      ({ code, name }) => html`<tr>${rowHead(name)}${shown.map((part) => cell(text(part, code)))}</tr>
`,
    ),
    html`<tr class="total">${rowHead("Total")}${shown.map((part) => cell(text(part)))}</tr>`,
  ],
})}`;
}

function methodSentence({ method, parameters }: SampleDesign): string {
  const { field, blockMeters, bufferMeters } = parameters;
  switch (method) {
    case "blocks":
      return `The labels were split by squares of ${grouped(blockMeters ?? 0)} m${
        bufferMeters ? `, with ${grouped(bufferMeters)} m left out beside borders between sets` : ""
      }: whole squares went to one set${drawn(parameters)}.`;
    case "polygons":
      return `The labels were split one by one: each went whole to one set${drawn(parameters)}.`;
    case "field":
      return `The labels were split by their field “${field ?? "split"}”.`;
    case "random":
      return `The labelled patches were split one by one, at random${drawn(parameters)}.`;
  }
}

function drawn({ seed, shares, folds, fold }: SplitParameters): string {
  const by =
    folds !== undefined
      ? `fold ${fold ?? 1} of ${folds} tests`
      : shares
        ? `${(["train", "validation", "test"] as const).map((part) => `${percent(shares[part])} ${part}`).join(", ")} wanted`
        : null;
  return [...(by ? [by] : []), ...(seed === undefined ? [] : [`seed ${seed}`])].map((each) => `, ${each}`).join("");
}
