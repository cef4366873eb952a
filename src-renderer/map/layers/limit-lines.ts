// The edge of a set of patches, as few lines as it has corners.
import type { PixelWindow } from "../../../src-shared/geo/window.ts";

/** From corner to corner of patches: columns and rows. */
export type EdgeLine = readonly [fromColumn: number, fromRow: number, toColumn: number, toRow: number];

/**
 * The lines between patches of the set and all others; patches of the set that touch have none between them.
 * @param windows without common patches, columns and rows counted as those of the project's limit
 */
export function edgeLines(windows: readonly PixelWindow[]): EdgeLine[] {
  return [...along(windows, true), ...along(windows, false)];
}

/** Edges in one direction. Two windows that share a piece of an edge have it twice: there is nothing between them. */
function along(windows: readonly PixelWindow[], horizontal: boolean): EdgeLine[] {
  const ends = new Map<number, number[]>();
  for (const { col, row, width, height } of windows) {
    const [at, from, to] = horizontal ? [row, col, col + width] : [col, row, row + height];
    for (const line of [at, at + (horizontal ? height : width)]) {
      const own = ends.get(line);
      if (own) own.push(from, to);
      else ends.set(line, [from, to]);
    }
  }
  const lines: EdgeLine[] = [];
  for (const [line, own] of ends) {
    // Where an edge ends and the next begins, both go: they are one line.
    const odd = oddOnes(own.sort((p, q) => p - q));
    for (let i = 0; i + 1 < odd.length; i += 2) {
      const [from, to] = [odd[i]!, odd[i + 1]!];
      lines.push(horizontal ? [from, line, to, line] : [line, from, line, to]);
    }
  }
  return lines;
}

/** What occurs an odd number of times in a sorted list. */
function oddOnes(sorted: readonly number[]): number[] {
  const odd: number[] = [];
  for (const value of sorted) {
    if (odd.at(-1) === value) odd.pop();
    else odd.push(value);
  }
  return odd;
}
