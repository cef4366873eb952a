import { type Html, html } from "./html.ts";

/** A tick per date, a row per input, on one axis of time. */
export interface TimelineRow {
  readonly title: string;
  /** ISO dates */
  readonly dates: readonly string[];
}

const width = 960;
const rowHeight = 30;
const axisHeight = 34;
const dayMilliseconds = 86_400_000;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function timeline(rows: readonly TimelineRow[]): Html {
  const labelWidth = Math.max(...rows.map(({ title }) => shortened(title).length), 8) * 7.4 + 12;
  const days = rows.flatMap(({ dates }) => dates).map(dayOf);
  if (days.length === 0) return html`<p class="empty">No dated image was used.</p>`;
  const first = Math.min(...days);
  const last = Math.max(...days);
  // A margin of a fiftieth keeps the outer ticks off the edge; a single date stands in the middle of a month.
  const margin = Math.max(1, (last - first) / 50, last === first ? 15 : 0);
  const [low, high] = [first - margin, last + margin];
  const x = (day: number): number => labelWidth + ((day - low) / (high - low)) * (width - labelWidth - 8);
  const height = rows.length * rowHeight + axisHeight;
  const bottom = rows.length * rowHeight + 4;
  const fixed = (value: number): string => value.toFixed(1);
  return html`<figure class="timeline">
<figcaption>Dates of the images</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${`Dates of the images from ${isoOf(first)} to ${isoOf(last)}: ${rows
    .map(({ title, dates }) => `${title} ${dates.length}`)
    .join(", ")}`}">
${monthTicks(low, high).map(
  ({
    day,
    label,
  }) => html`<path class="grid" d="M${fixed(x(day))} 2V${bottom + 5}"/><text class="tick" x="${fixed(x(day))}" y="${bottom + 20}" text-anchor="middle">${label}</text>
`,
)}
${rows.map(({ title, dates }, index) => {
  const y = index * rowHeight + 8;
  return html`<text class="row-label" x="0" y="${y + 13}">${shortened(title)}</text>
<path class="base" d="M${fixed(labelWidth)} ${y + 9}H${width}"/>
<path class="date s${index % 6}" d="${dates.map((date) => `M${fixed(x(dayOf(date)))} ${y}v18`).join("")}"/>
`;
})}
</svg>
</figure>`;
}

/** First days of months, as many as there is room to name; January carries its year. */
function monthTicks(low: number, high: number): readonly { readonly day: number; readonly label: string }[] {
  const start = new Date(low * dayMilliseconds);
  const span = (high - low) / 30.4;
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((candidate) => span / candidate <= 12) ?? 240;
  const ticks: { day: number; label: string }[] = [];
  for (let month = start.getUTCFullYear() * 12; ; month += step) {
    const [year, monthOfYear] = [Math.floor(month / 12), month % 12];
    const day = Date.UTC(year, monthOfYear, 1) / dayMilliseconds;
    if (day > high) break;
    if (day < low) continue;
    const withYear = ticks.length === 0 || monthOfYear === 0;
    ticks.push({
      day,
      label: step >= 12 ? String(year) : withYear ? `${months[monthOfYear]!} ${year}` : months[monthOfYear]!,
    });
  }
  return ticks;
}

const dayOf = (date: string): number => {
  const time = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  if (!Number.isFinite(time)) throw new Error(`Date “${date}” is not an ISO date`);
  return time / dayMilliseconds;
};

const isoOf = (day: number): string => new Date(day * dayMilliseconds).toISOString().slice(0, 10);

const longest = 26;
const shortened = (text: string): string =>
  text.length > longest ? `${[...text].slice(0, longest - 1).join("")}…` : text;
