import type { ReportSpec } from "../../src-shared/domain/job.ts";
import { type Html, html } from "./html.ts";
import { duration, percent } from "./numbers.ts";
import { cell, columnHead, rowHead, table } from "./table.ts";

/** Where the time went: a bar per phase. */
export function phaseTable(phases: ReportSpec["phases"]): Html {
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  const longest = Math.max(...phases.map(({ seconds }) => seconds));
  const share = (seconds: number, whole: number): number => (whole > 0 ? seconds / whole : 0);
  return table({
    caption: "Time per phase",
    kind: "phases",
    head: html`<tr>${columnHead("Phase")}${columnHead("Time", true)}${columnHead("Share", true)}<td></td></tr>`,
    body: [
      phases.map(
        ({
          name,
          seconds,
        }) => html`<tr>${rowHead(name)}${cell(duration(seconds))}${cell(percent(share(seconds, total)))}<td class="bar"><span style="width:${(100 * share(seconds, longest)).toFixed(2)}%"></span></td></tr>
`,
      ),
      html`<tr class="total">${rowHead("Total")}${cell(duration(total))}${cell(total > 0 ? percent(1) : percent(Number.NaN))}<td></td></tr>`,
    ],
  });
}
