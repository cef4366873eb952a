import type { Bounds } from "../../../../src-shared/geo/bounds.ts";

/** Pages a picture can be laid out on, in millimetres. `screen` is a slide of 1920 × 1080 at 144 dpi. */
export const pages = {
  "a4-landscape": { width: 297, height: 210 },
  "a4-portrait": { width: 210, height: 297 },
  "a3-landscape": { width: 420, height: 297 },
  "a3-portrait": { width: 297, height: 420 },
  screen: { width: 338.667, height: 190.5 },
} as const;
export type PageName = keyof typeof pages;

/** One mark on the page; lengths are millimetres from its upper left corner. */
export type Piece =
  | {
      readonly kind: "rect";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill?: string;
      readonly stroke?: string;
      readonly line?: number;
    }
  | { readonly kind: "polygon"; readonly points: readonly (readonly [number, number])[]; readonly fill: string }
  | {
      readonly kind: "line";
      readonly points: readonly (readonly [number, number])[];
      readonly stroke: string;
      readonly line: number;
    }
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly size: number;
      readonly bold?: boolean;
      readonly color: string;
      readonly anchor?: "start" | "middle" | "end";
    }
  | { readonly kind: "map"; readonly x: number; readonly y: number; readonly width: number; readonly height: number };

export interface PageContent {
  readonly page: PageName;
  readonly title: string;
  readonly subtitle: string;
  readonly legend: readonly { readonly name: string; readonly color: string }[] | null;
  /** of a ramp instead of classes: its name and its colours from 0 to 100 % */
  readonly ramp: { readonly name: string; readonly colors: readonly string[] } | null;
  /** what has to be seen, in the project's CRS */
  readonly bounds: Bounds;
  readonly metersPerUnit: number;
  /** one to so many, held however large the page is; `null`: as large as the page has room for */
  readonly fixedScale?: number | null;
  /** where true north points, degrees clockwise from up */
  readonly north: number;
  readonly geographic: boolean;
  readonly parts: {
    readonly legend: boolean;
    readonly scale: boolean;
    readonly north: boolean;
    readonly frame: boolean;
    readonly footer: boolean;
  };
  /** lines under the map: sources, system, date */
  readonly footer: readonly string[];
  readonly legendTitle: string;
}

export interface LaidOut {
  readonly width: number;
  readonly height: number;
  readonly pieces: readonly Piece[];
  /** what the map piece shows: `bounds` grown to its shape */
  readonly shown: Bounds;
  /** one to so many */
  readonly scale: number;
  /** at the fixed scale the page has no room for all that has to be seen */
  readonly cut: boolean;
}

/** Width of a text in millimetres at a size in millimetres. */
export type Measure = (text: string, size: number, bold: boolean) => number;

const ink = "#16201d";
const soft = "#465350";
const faint = "#8a9693";

/** Title above, legend beside (or under, on upright pages), sources below, and the map in all the room that is left. */
export function layOut(content: PageContent, measure: Measure): LaidOut {
  const { width, height } = pages[content.page];
  const unit = Math.min(width, height) / 210;
  const margin = 10 * unit;
  const pieces: Piece[] = [{ kind: "rect", x: 0, y: 0, width, height, fill: "#ffffff" }];
  const text = (
    x: number,
    y: number,
    words: string,
    size: number,
    more: Partial<Extract<Piece, { kind: "text" }>> = {},
  ) => pieces.push({ kind: "text", x, y, text: words, size, color: ink, ...more });

  let top = margin;
  if (content.title) {
    const size = 7 * unit;
    text(margin, top + size * 0.8, fitted(content.title, size, true, width - 2 * margin, measure), size, {
      bold: true,
    });
    top += size * 1.15;
  }
  if (content.subtitle) {
    const size = 3.8 * unit;
    text(margin, top + size * 0.85, fitted(content.subtitle, size, false, width - 2 * margin, measure), size, {
      color: soft,
    });
    top += size * 1.3;
  }
  if (content.title || content.subtitle) top += 3 * unit;

  let bottom = height - margin;
  const footer = content.parts.footer ? content.footer.filter(Boolean) : [];
  if (footer.length > 0) {
    const size = 2.6 * unit;
    const lines = footer.flatMap((line) => wrapped(line, size, width - 2 * margin, measure));
    bottom -= lines.length * size * 1.35;
    for (const [i, line] of lines.entries())
      text(margin, bottom + size * (0.95 + i * 1.35), line, size, { color: soft });
    bottom -= 3 * unit;
  }

  const upright = height > width;
  const entries = content.parts.legend ? (content.legend ?? []) : [];
  const hasRamp = content.parts.legend && content.ramp !== null;
  const side = entries.length > 0 || hasRamp || content.parts.scale || content.parts.north;
  const rim = content.parts.frame ? 4.5 * unit : 0;
  const row = 5.2 * unit;
  const columnWidth = upright ? (width - 2 * margin) / 3 : Math.min(0.26 * width, 62 * unit);
  const perColumn = Math.ceil(entries.length / 3);
  const beneath =
    side && upright
      ? Math.max(24 * unit, (entries.length > 0 ? 7 * unit : 0) + perColumn * row + (hasRamp ? 16 * unit : 0))
      : 0;
  const beside = side && !upright ? columnWidth + 5 * unit : 0;
  const frame = {
    x: margin + rim,
    y: top + rim,
    width: width - 2 * margin - beside - 2 * rim,
    height: bottom - top - (beneath > 0 ? beneath + 5 * unit : 0) - 2 * rim,
  };
  const shown = content.fixedScale
    ? atScale(content.bounds, (content.fixedScale / 1000) * (1 / content.metersPerUnit), frame)
    : grownTo(content.bounds, frame.width / frame.height);
  const metersPerMillimeter = ((shown.maxX - shown.minX) * content.metersPerUnit) / frame.width;
  pieces.push({ kind: "map", ...frame });
  pieces.push({ kind: "rect", ...frame, stroke: ink, line: 0.25 * unit });
  if (content.parts.frame) ticks(pieces, frame, shown, content.geographic, unit);

  const column = upright
    ? { x: margin, y: frame.y + frame.height + rim + 5 * unit, bottom }
    : { x: margin + frame.width + 2 * rim + 5 * unit, y: frame.y, bottom: frame.y + frame.height };
  let at = column.y;
  if (entries.length > 0) {
    text(column.x, at + 3.2 * unit, content.legendTitle, 3.8 * unit, { bold: true });
    at += 7 * unit;
    // Signs of the map (scale, north) keep the lower end of the column; a legend too long for the rest shrinks.
    const room = upright ? beneath : column.bottom - at - 34 * unit;
    const step = upright ? row : Math.min(row, room / entries.length);
    entries.forEach(({ name, color }, i) => {
      const x = upright ? column.x + Math.floor(i / perColumn) * columnWidth : column.x;
      const y = at + (upright ? i % perColumn : i) * step;
      const size = Math.min(3.2 * unit, step * 0.72);
      pieces.push({
        kind: "rect",
        x,
        y,
        width: size * 1.5,
        height: size,
        fill: color,
        stroke: "#00000055",
        line: 0.12 * unit,
      });
      text(x + size * 2.1, y + size * 0.84, fitted(name, size, false, columnWidth - size * 2.4, measure), size);
    });
    if (!upright) at += entries.length * step + 3 * unit;
    else at += perColumn * row;
  }
  if (hasRamp && content.ramp) {
    const wide = Math.min(columnWidth, 50 * unit);
    text(column.x, at + 3.2 * unit, content.ramp.name, 3.8 * unit, { bold: true });
    at += 6 * unit;
    const cells = 60;
    for (let i = 0; i < cells; i++)
      pieces.push({
        kind: "rect",
        x: column.x + (wide * i) / cells,
        y: at,
        width: wide / cells + 0.05,
        height: 4 * unit,
        fill: blended(content.ramp.colors, (i + 0.5) / cells),
      });
    for (const [share, anchor] of [[0, "start"], [0.5, "middle"], [1, "end"]] as const) // biome-ignore format: three ticks
      text(column.x + wide * share, at + 7.2 * unit, `${share * 100} %`, 2.8 * unit, { color: soft, anchor });
    at += 10 * unit;
  }

  const barTop = upright ? column.y : column.bottom - 14 * unit;
  const barLeft = upright ? width - margin - columnWidth + 4 * unit : column.x;
  const scale = Math.round(metersPerMillimeter * 1000);
  if (content.parts.scale) scaleBar(pieces, barLeft, barTop, columnWidth * 0.8, metersPerMillimeter, scale, unit);
  if (content.parts.north) {
    const middle: [number, number] = upright
      ? [width - margin - 6 * unit, column.y + 20 * unit]
      : [column.x + 5 * unit, barTop - 9 * unit];
    northArrow(
      pieces,
      content.parts.scale || upright ? middle : [middle[0], column.bottom - 8 * unit],
      content.north,
      unit,
    );
  }
  return { width, height, pieces, shown, scale, cut: !holds(shown, content.bounds) };
}

/** What a frame of so many millimetres shows about the middle of `bounds`, at so many map units per millimetre. */
function atScale(bounds: Bounds, unitsPerMillimeter: number, frame: { width: number; height: number }): Bounds {
  const [x, y] = [(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2];
  const [wide, high] = [(frame.width * unitsPerMillimeter) / 2, (frame.height * unitsPerMillimeter) / 2];
  return { minX: x - wide, maxX: x + wide, minY: y - high, maxY: y + high };
}

/** A thousandth of the frame decides nothing that could be seen. */
function holds(outer: Bounds, inner: Bounds): boolean {
  const slack = (outer.maxX - outer.minX) / 1000;
  return (
    outer.minX <= inner.minX + slack &&
    outer.maxX >= inner.maxX - slack &&
    outer.minY <= inner.minY + slack &&
    outer.maxY >= inner.maxY - slack
  );
}

/** `bounds` grown about its middle until it has the shape of the frame. */
export function grownTo(bounds: Bounds, aspect: number): Bounds {
  const [width, height] = [bounds.maxX - bounds.minX, bounds.maxY - bounds.minY];
  const wide = Math.max(width, height * aspect);
  const [x, y] = [(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2];
  return { minX: x - wide / 2, maxX: x + wide / 2, minY: y - wide / aspect / 2, maxY: y + wide / aspect / 2 };
}

/** 1, 2 or 5 times a power of ten, not more than `limit`. */
export function niceStep(limit: number): number {
  const power = 10 ** Math.floor(Math.log10(limit));
  return [5, 2, 1].map((digit) => digit * power).find((step) => step <= limit) ?? power;
}

const lengthOf = (meters: number): string =>
  meters >= 1000 ? `${Number((meters / 1000).toPrecision(3))} km` : `${Number(meters.toPrecision(3))} m`;

function scaleBar(
  pieces: Piece[],
  x: number,
  y: number,
  most: number,
  metersPerMillimeter: number,
  scale: number,
  unit: number,
): void {
  const meters = niceStep(most * metersPerMillimeter);
  const width = meters / metersPerMillimeter;
  const height = 1.6 * unit;
  for (let i = 0; i < 4; i++)
    pieces.push({
      kind: "rect",
      x: x + (width * i) / 4,
      y,
      width: width / 4,
      height,
      fill: i % 2 === 0 ? ink : "#ffffff",
      stroke: ink,
      line: 0.2 * unit,
    });
  const size = 2.8 * unit;
  const label = (share: number, words: string, anchor: "start" | "middle" | "end") =>
    pieces.push({
      kind: "text",
      x: x + width * share,
      y: y + height + size * 1.2,
      text: words,
      size,
      color: ink,
      anchor,
    });
  label(0, "0", "start");
  label(0.5, lengthOf(meters / 2), "middle");
  label(1, lengthOf(meters), "end");
  const rounded = Number(scale.toPrecision(3));
  pieces.push({
    kind: "text",
    x,
    y: y + height + size * 2.8,
    text: `1 : ${rounded.toLocaleString("fr").replaceAll("\u202f", " ")}`,
    size,
    color: soft,
  });
}

function northArrow(pieces: Piece[], [x, y]: readonly [number, number], degrees: number, unit: number): void {
  const turn = (dx: number, dy: number): [number, number] => {
    const angle = (degrees * Math.PI) / 180;
    return [
      x + unit * (dx * Math.cos(angle) - dy * Math.sin(angle)),
      y + unit * (dx * Math.sin(angle) + dy * Math.cos(angle)),
    ];
  };
  pieces.push({ kind: "polygon", points: [turn(0, -8), turn(3.2, 2), turn(0, 0)], fill: ink });
  pieces.push({ kind: "polygon", points: [turn(0, -8), turn(-3.2, 2), turn(0, 0)], fill: faint });
  pieces.push({
    kind: "text",
    x,
    y: y + 6 * unit,
    text: "N",
    size: 3.6 * unit,
    bold: true,
    color: ink,
    anchor: "middle",
  });
}

/** Coordinates of the project's CRS along the frame, at round numbers. */
function ticks(
  pieces: Piece[],
  frame: { x: number; y: number; width: number; height: number },
  shown: Bounds,
  geographic: boolean,
  unit: number,
): void {
  const step = niceStep((shown.maxX - shown.minX) / 2.5);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const words = (value: number): string => value.toFixed(geographic ? digits : Math.min(digits, 2));
  const size = 2.3 * unit;
  const length = 1.2 * unit;
  // A number at the very corner would lie on the frame.
  const rim = ((shown.maxX - shown.minX) / frame.width) * 3 * unit;
  for (let x = Math.ceil((shown.minX + rim) / step) * step; x <= shown.maxX - rim; x += step) {
    const at = frame.x + ((x - shown.minX) / (shown.maxX - shown.minX)) * frame.width;
    for (const [y, away] of [[frame.y, -1], [frame.y + frame.height, 1]] as const) // biome-ignore format: two edges
      pieces.push({ kind: "line", points: [[at, y], [at, y + away * length]], stroke: ink, line: 0.2 * unit }); // biome-ignore format: one line
    pieces.push({
      kind: "text",
      x: at,
      y: frame.y - length - 0.6 * unit,
      text: words(x),
      size,
      color: soft,
      anchor: "middle",
    });
  }
  for (let y = Math.ceil((shown.minY + rim) / step) * step; y <= shown.maxY - rim; y += step) {
    const at = frame.y + ((shown.maxY - y) / (shown.maxY - shown.minY)) * frame.height;
    for (const [x, away] of [[frame.x, -1], [frame.x + frame.width, 1]] as const) // biome-ignore format: two edges
      pieces.push({ kind: "line", points: [[x, at], [x + away * length, at]], stroke: ink, line: 0.2 * unit }); // biome-ignore format: one line
    // Northings would need a broad margin beside the map: they stand inside, on a light ground.
    const label = words(y);
    const wide = label.length * size * 0.56 + 1.2 * unit;
    pieces.push({
      kind: "rect",
      x: frame.x + 0.6 * unit,
      y: at - size * 0.75,
      width: wide,
      height: size * 1.4,
      fill: "#ffffffcc",
    });
    pieces.push({ kind: "text", x: frame.x + 1.2 * unit, y: at + size * 0.36, text: label, size, color: soft });
  }
}

/** The text, shortened with an ellipsis when it is too wide. */
function fitted(text: string, size: number, bold: boolean, width: number, measure: Measure): string {
  if (measure(text, size, bold) <= width) return text;
  let kept = [...text];
  while (kept.length > 1 && measure(`${kept.join("")}…`, size, bold) > width) kept = kept.slice(0, -1);
  return `${kept.join("").trimEnd()}…`;
}

function wrapped(text: string, size: number, width: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measure(longer, size, false) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].filter(Boolean).slice(0, 4);
}

function blended(colors: readonly string[], share: number): string {
  const at = share * (colors.length - 1);
  const low = Math.min(colors.length - 2, Math.floor(at));
  const channel = (color: string, k: number) => Number.parseInt(color.slice(1 + 2 * k, 3 + 2 * k), 16);
  const mix = [0, 1, 2].map((k) => {
    const [p, q] = [channel(colors[low]!, k), channel(colors[low + 1]!, k)];
    return Math.round(p + (q - p) * (at - low))
      .toString(16)
      .padStart(2, "0");
  });
  return `#${mix.join("")}`;
}
