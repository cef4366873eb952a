import type { ReportTable } from "../../src-shared/domain/job.ts";
import { type Html, type HtmlPart, html } from "./html.ts";
import { dash, grouped, score } from "./numbers.ts";

/** A captioned table that scrolls by itself when it is wider than the page. */
export function table(options: {
  readonly caption: string;
  /** rows of column headings; a table of facts has none */
  readonly head?: HtmlPart;
  readonly body: HtmlPart;
  readonly note?: HtmlPart;
  readonly kind?: string;
}): Html {
  const { caption, head, body, note, kind = "plain" } = options;
  return html`<figure class="table">
<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="${kind}">
<caption>${caption}</caption>
${head ? html`<thead>${head}</thead>` : ""}
<tbody>${body}</tbody>
</table></div>
${note ? html`<p class="note">${note}</p>` : ""}
</figure>`;
}

export const columnHead = (text: HtmlPart, numeric = false): Html =>
  numeric ? html`<th scope="col" class="number">${text}</th>` : html`<th scope="col">${text}</th>`;

export const rowHead = (text: HtmlPart): Html => html`<th scope="row">${text}</th>`;

export const cell = (text: HtmlPart, numeric = true): Html =>
  numeric ? html`<td class="number">${text}</td>` : html`<td>${text}</td>`;

/** A table that came with the spec; in each column that asks for it the best numbers are bold. */
export function specTable(source: ReportTable): Html {
  const numeric = source.columns.map((_, column) => source.rows.some((row) => typeof row[column] === "number"));
  const best = source.columns.map((_, column) => bestOf(source, column));
  const whole = source.columns.map((_, column) =>
    source.rows.every((row) => typeof row[column] !== "number" || Number.isInteger(row[column])),
  );
  const print = (value: string | number | null | undefined, column: number): HtmlPart => {
    if (value === null || value === undefined) return dash;
    if (typeof value === "string") return value;
    const text = whole[column] ? grouped(value) : score(value);
    return value === best[column] ? html`<strong>${text}</strong>` : text;
  };
  return table({
    caption: source.title,
    head: html`<tr>${source.columns.map((name, column) => columnHead(name, numeric[column]))}</tr>`,
    body: source.rows.map(
      (row) => html`<tr>${source.columns.map((_, column) =>
        column === 0 ? rowHead(print(row[0], 0)) : cell(print(row[column], column), numeric[column]),
      )}</tr>
`,
    ),
    note: source.note,
  });
}

function bestOf({ rows, bestPerColumn }: ReportTable, column: number): number | undefined {
  const wanted = bestPerColumn?.[column];
  const numbers = rows.map((row) => row[column]).filter((value) => typeof value === "number" && Number.isFinite(value));
  if (!wanted || numbers.length === 0) return undefined;
  return wanted === "highest" ? Math.max(...(numbers as number[])) : Math.min(...(numbers as number[]));
}
