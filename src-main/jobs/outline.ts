import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { PatchSet, type PatchWindow } from "../cube/index.ts";
import { rasterizePolygon } from "../vector/index.ts";

type Rings = readonly (readonly (readonly [x: number, y: number])[])[];

/** The pixels of an area inside a polygon, as stretches of its rows: little memory, however large the area is. */
export class Inside {
  /** per row: first column, column behind the last, and so on, from the left */
  readonly #spans: readonly number[][];

  constructor(outline: Rings, area: GeoBox) {
    const spans: number[][] = Array.from({ length: area.height }, () => []);
    rasterizePolygon({ type: "Polygon", coordinates: outline }, area, (row, start, end) => {
      spans[row]!.push(start, end);
    });
    this.#spans = spans;
  }

  /** The same as a set of patches; `area` is where the pixels lie. */
  patches({ col, row }: PatchWindow): PatchSet {
    const lines = this.#spans.map((spans, y) => {
      const windows: PatchWindow[] = [];
      for (let i = 0; i < spans.length; i += 2)
        windows.push({ col: col + spans[i]!, row: row + y, width: spans[i + 1]! - spans[i]!, height: 1 });
      return PatchSet.of(windows);
    });
    return PatchSet.union(lines);
  }

  /** Sets each band to its no data value outside of the polygon. */
  clear({ col, row, width, height }: PixelWindow, bands: readonly Uint8Array[], empty: readonly number[]): void {
    for (let y = 0; y < height; y++) {
      let from = 0;
      const spans = this.#spans[row + y] ?? [];
      for (let i = 0; i <= spans.length; i += 2) {
        const to = Math.min(width, Math.max(from, (spans[i] ?? Number.POSITIVE_INFINITY) - col));
        bands.forEach((values, k) => {
          values.fill(empty[k]!, y * width + from, y * width + to);
        });
        from = Math.min(width, Math.max(to, (spans[i + 1] ?? width + col) - col));
      }
    }
  }
}

export const insideOf = (outline: Rings, area: GeoBox): Inside => new Inside(outline, area);
