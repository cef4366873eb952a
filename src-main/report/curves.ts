import type { MetricRow, ReportSpec } from "../../src-shared/domain/job.ts";
import { type Chart, lineChart, type Series } from "./chart.ts";
import { type Html, html } from "./html.ts";
import { words } from "./numbers.ts";

/** Metrics that share a unit share a chart: losses, scores between 0 and 1, and each other quantity by itself. */
export function chartsOf(metrics: readonly MetricRow[]): readonly Chart[] {
  const groups = new Map<string, { title: string; limits?: readonly [number, number]; series: Series[] }>();
  for (const key of keysOf(metrics)) {
    const series: Series = {
      name: words(key),
      points: metrics.filter((row) => key in row.values).map((row) => ({ x: row.step, y: row.values[key]! })),
    };
    const isScore = /f1|accuracy|precision|recall|iou/i.test(key) && series.points.every(({ y }) => !(y < 0 || y > 1));
    const isLoss = !isScore && /loss/i.test(key);
    const id = isScore ? "score" : isLoss ? "loss" : key;
    const group = groups.get(id) ?? {
      title: isScore ? "Score" : isLoss ? "Loss" : series.name,
      ...(isScore ? { limits: [0, 1] as const } : {}),
      series: [],
    };
    group.series.push(series);
    groups.set(id, group);
  }
  const inOrder = [...groups].sort(([p], [q]) => rank(p) - rank(q)).map(([, group]) => group);
  return inOrder.map((group) => ({ ...group, xLabel: "Step" }));
}

const rank = (id: string): number => (id === "loss" ? 0 : id === "score" ? 1 : 2);

function keysOf(metrics: readonly MetricRow[]): readonly string[] {
  const keys = new Set<string>();
  for (const row of metrics) for (const key of Object.keys(row.values)) keys.add(key);
  return [...keys];
}

/** Every curve of the run, two charts in a row. */
export function curvesOf(curves: ReportSpec["curves"]): Html {
  return html`${curves.map(({ title, metrics }) => {
    const charts = chartsOf(metrics);
    return html`<h3>${title}</h3>
${charts.length === 0 ? html`<p class="empty">Nothing was recorded.</p>` : ""}
<div class="charts${charts.length === 1 ? " single" : ""}">${charts.map((chart) => lineChart(chart, charts.length === 1 ? 960 : 520))}</div>
`;
  })}`;
}
