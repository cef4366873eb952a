import { sampleTypes, type TypedArray } from "../../sample-type.ts";
import type { VrtSource, VrtValues } from "./spec.ts";

type ColorTable = readonly (readonly [number, number, number, number])[];

/** Pixels of a source on the grid of the virtual raster: which of its pixels stands for each column and row, −1 for none. */
export interface Sampled {
  readonly pixels: TypedArray;
  readonly valid: Uint8Array | undefined;
  readonly width: number;
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  readonly colorTable?: ColorTable | undefined;
}

/** Lays a source over what is there already; pixels that it leaves out stay as they are. */
export function layOver(
  out: TypedArray,
  outWidth: number,
  type: keyof typeof sampleTypes,
  source: VrtSource,
  { pixels, valid, width, columns, rows, colorTable }: Sampled,
): void {
  const write = writer(type, source.values, colorTable);
  const { nodata, mask, byMask } = source;
  for (let row = 0; row < rows.length; row++) {
    const from = rows[row]!;
    if (from < 0) continue;
    for (let col = 0; col < columns.length; col++) {
      const column = columns[col]!;
      if (column < 0) continue;
      const at = from * width + column;
      if (mask) {
        out[row * outWidth + col] = valid && !valid[at] ? 0 : 255;
        continue;
      }
      const value = pixels[at]!;
      if (value === nodata || (Number.isNaN(value) && Number.isNaN(nodata))) continue;
      if (byMask && valid && !valid[at]) continue;
      out[row * outWidth + col] = write(value);
    }
  }
}

/** What a number becomes, rounded and kept within the band's type as GDAL does it. */
function writer(
  type: keyof typeof sampleTypes,
  values: VrtValues | undefined,
  colorTable: ColorTable | undefined,
): (value: number) => number {
  const { integer, min, max } = sampleTypes[type];
  const fitted = (value: number) => {
    if (!integer) return value;
    if (Number.isNaN(value)) return 0;
    return Math.min(max, Math.max(min, Math.floor(value + 0.5)));
  };
  if (!values) return fitted;
  const { colour, scale, offset, power, table } = values;
  return (value) => {
    let result = colour === undefined ? value : (colorTable?.[value]?.[colour] ?? 0);
    if (power) {
      const { exponent, from, to } = power;
      const share = Math.min(1, Math.max(0, (result - from[0]) / (from[1] - from[0])));
      result = (to[1] - to[0]) * share ** exponent + to[0];
    } else result = Math.fround(result * scale + offset);
    return fitted(table ? looked(table, result) : result);
  };
}

/** Straight lines between the numbers of a table, flat beyond its ends. */
function looked(table: NonNullable<VrtValues["table"]>, value: number): number {
  const next = table.findIndex(([from]) => from >= value);
  if (next < 0) return table.at(-1)![1];
  const [upper, above] = table[next]!;
  if (next === 0 || upper === value) return above;
  const [lower, below] = table[next - 1]!;
  return below + ((value - lower) / (upper - lower)) * (above - below);
}
