import { type Html, html } from "./html.ts";
import { grouped } from "./numbers.ts";
import { type CurvePoint, runningMean, thin } from "./thin.ts";
import { niceTicks, type Ticks } from "./ticks.ts";

/** A line chart as inline SVG. */
export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly Series[];
  /** fixed limits of the vertical axis: scores lie between 0 and 1 */
  readonly limits?: readonly [low: number, high: number];
}

export interface Series {
  readonly name: string;
  /** in order of x; a value that is not a number is a gap */
  readonly points: readonly CurvePoint[];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const height = 250;
/** A line of at least so many points that goes up and down more than so many times its range: drawn faint, with a running mean. */
const noisy = { points: 200, travel: 6 };

/** The chart with its title, legend (when there are several lines) and a caption that says what was smoothed. */
export function lineChart({ title, xLabel, series, limits }: Chart, width: number): Html {
  const drawn = series
    .map((each) => ({ ...each, segments: segmentsOf(each.points) }))
    .filter(({ segments }) => segments.length > 0);
  if (drawn.length === 0) return html`<p class="empty">${title}: no value was recorded.</p>`;

  const all = drawn.flatMap(({ segments }) => segments.flat());
  const [xLow, xHigh] = widened(extent(all, (point) => point.x));
  const [low, high] = limits ?? widened(extent(all, (point) => point.y));
  const yTicks = niceTicks(low, high, 5);
  // A tick below and above the data frames the lines.
  const step = yTicks.values.length > 1 ? yTicks.values[1]! - yTicks.values[0]! : high - low;
  const [yLow, yHigh] = limits ?? [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  const framed = niceTicks(yLow, yHigh, 5);

  const labelWidth = Math.max(...framed.values.map((value) => grouped(value, framed.decimals).length)) * 7;
  const box: Box = { left: labelWidth + 14, right: width - 14, top: 10, bottom: height - 42 };
  const x = (value: number): number => box.left + ((value - xLow) / (xHigh - xLow)) * (box.right - box.left);
  const y = (value: number): number => box.bottom - ((value - yLow) / (yHigh - yLow)) * (box.bottom - box.top);
  const columns = Math.round(box.right - box.left);

  let window = 0;
  const lines = drawn.map(({ segments }, index) => {
    const style = `line s${index % 6}${index >= 6 ? " dashed" : ""}`;
    return segments.map((segment) => {
      if (segment.length === 1) {
        return html`<circle class="dot s${index % 6}" cx="${fixed(x(segment[0]!.x))}" cy="${fixed(y(segment[0]!.y))}" r="2.5"/>`;
      }
      const pathOf = (points: readonly CurvePoint[], kind: string): Html =>
        html`<path class="${kind}" d="${path(thin(points, columns), x, y)}"/>`;
      if (!isNoisy(segment)) return pathOf(segment, style);
      window = Math.max(window, meanWidth(segment.length));
      return html`${pathOf(segment, `${style} faint`)}${pathOf(runningMean(segment, meanWidth(segment.length)), style)}`;
    });
  });

  const summary = drawn
    .map(({ name, segments }) => {
      const points = segments.flat();
      return `${name} from ${plain(points[0]!.y)} to ${plain(points.at(-1)!.y)}`;
    })
    .join("; ");
  return html`<figure class="chart">
<figcaption>${title}${window > 0 ? html` <small>faint: every recorded value; strong: mean of ${window} values</small>` : ""}</figcaption>
${drawn.length > 1 || drawn[0]!.name !== title ? legendOf(drawn.map(({ name }) => name)) : ""}
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${`${title}, ${xLabel.toLowerCase()} ${grouped(xLow)} to ${grouped(xHigh)}: ${summary}`}">
${axes(box, niceTicks(xLow, xHigh, Math.max(2, Math.floor(columns / 90))), framed, x, y)}
${lines}
<text class="axis-label" x="${fixed((box.left + box.right) / 2)}" y="${height - 6}" text-anchor="middle">${xLabel}</text>
</svg>
</figure>`;
}

function legendOf(names: readonly string[]): Html {
  return html`<ul class="lines">${names.map(
    (name, index) =>
      html`<li><svg viewBox="0 0 22 8" aria-hidden="true"><path class="line s${index % 6}${index >= 6 ? " dashed" : ""}" d="M1 4H21"/></svg>${name}</li>`,
  )}</ul>`;
}

function axes(
  box: Box,
  xTicks: Ticks,
  yTicks: Ticks,
  x: (value: number) => number,
  y: (value: number) => number,
): Html {
  return html`${yTicks.values.map(
    (
      value,
    ) => html`<path class="grid" d="M${fixed(box.left)} ${fixed(y(value))}H${fixed(box.right)}"/><text class="tick" x="${fixed(box.left - 7)}" y="${fixed(y(value) + 4)}" text-anchor="end">${grouped(value, yTicks.decimals)}</text>
`,
  )}<path class="axis-line" d="M${fixed(box.left)} ${fixed(box.bottom)}H${fixed(box.right)}"/>
${xTicks.values.map(
  (
    value,
  ) => html`<path class="axis-line" d="M${fixed(x(value))} ${fixed(box.bottom)}v5"/><text class="tick" x="${fixed(x(value))}" y="${fixed(box.bottom + 18)}" text-anchor="middle">${grouped(value, xTicks.decimals)}</text>
`,
)}`;
}

const path = (points: readonly CurvePoint[], x: (value: number) => number, y: (value: number) => number): string =>
  points.map((point, index) => `${index === 0 ? "M" : "L"}${fixed(x(point.x))} ${fixed(y(point.y))}`).join("");

/** Runs of finite values; a value that is no number splits the line. */
function segmentsOf(points: readonly CurvePoint[]): readonly (readonly CurvePoint[])[] {
  const segments: CurvePoint[][] = [];
  let open = false;
  for (const point of points) {
    const usable = Number.isFinite(point.x) && Number.isFinite(point.y);
    if (usable && open) segments.at(-1)!.push(point);
    else if (usable) segments.push([point]);
    open = usable;
  }
  return segments;
}

function extent(points: readonly CurvePoint[], value: (point: CurvePoint) => number): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    low = Math.min(low, value(point));
    high = Math.max(high, value(point));
  }
  return [low, high];
}

function isNoisy(points: readonly CurvePoint[]): boolean {
  if (points.length < noisy.points) return false;
  const [low, high] = extent(points, ({ y }) => y);
  const travel = points.reduce((sum, { y }, index) => sum + Math.abs(y - points[Math.max(0, index - 1)]!.y), 0);
  return travel > noisy.travel * (high - low);
}

/** A constant has no extent: it is drawn in the middle of one. */
const widened = ([low, high]: readonly [number, number]): readonly [number, number] =>
  low < high ? [low, high] : [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];

/** About a fortieth of the line, an odd number. */
const meanWidth = (count: number): number => 2 * Math.floor(count / 80) + 1;

/** A tenth of a pixel is finer than any screen; a fixed form keeps equal reports equal. */
const fixed = (value: number): string => value.toFixed(1).replace(/\.0$/, "");

const plain = (value: number): string => String(Number(value.toPrecision(4)));
