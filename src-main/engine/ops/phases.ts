/** @see src-main/omnisat/SPEC.md, §3 and §10.1: the pooling windows of the image encoder and their way back */

import { formatShape, type Graph, type Value } from "../graph/index.ts";
import { add, maximum, minimum, mul, sub } from "./elementwise.ts";
import { gelu } from "./gelu.ts";
import { concat, pad, reshape, slice } from "./layout.ts";
import { cast, equal, greater, where } from "./logic.ts";
import { matMul } from "./matmul.ts";
import { recompute } from "./recompute.ts";

/** The four places of a 2 × 2 window, row by row. */
export type Four<T> = readonly [T, T, T, T];

/**
 * Images pixel by pixel, [H, W, N, C], cut into the four places of their 2 × 2 windows: four times [H/2, W/2, N, C].
 * An odd last row or column belongs to no window.
 */
export function phases(g: Graph, x: Value): Four<Value> {
  const [height, width, n, channels] = x.shape as [number, number, number, number];
  if (x.shape.length !== 4 || height < 2 || width < 2) throw new Error(`Phases: ${formatShape(x.shape)}`);
  const whole = [Math.floor(height / 2) * 2, Math.floor(width / 2) * 2];
  return g.record("Phases", [x], {}, () => {
    const every = (value: Value, axis: number, start: number) =>
      slice(g, value, { axis, start, end: whole[axis]!, step: 2 });
    const flat = reshape(g, x, [height, width, n * channels]);
    return [0, 1].flatMap((row) => {
      const line = every(flat, 0, row);
      return [0, 1].map((column) => {
        const part = every(line, 1, column);
        return reshape(g, part, [part.shape[0]!, part.shape[1]!, n, channels]);
      });
    });
  }) as unknown as Four<Value>;
}

/** The inverse: four times [h, w, N, C] → [height, width, N, C], zero where no window reaches. */
export function interleave(
  g: Graph,
  parts: Four<Value>,
  { height, width }: { readonly height: number; readonly width: number },
): Value {
  const [h, w, n, channels] = parts[0].shape as [number, number, number, number];
  if (Math.floor(height / 2) !== h || Math.floor(width / 2) !== w)
    throw new Error(`Interleave: ${parts.map(({ shape }) => formatShape(shape)).join(" x ")} to ${height}, ${width}`);
  return g.record("Interleave", parts, {}, () => {
    const beside = (a: Value, b: Value) =>
      reshape(
        g,
        concat(
          g,
          [a, b].map((part) => reshape(g, part, [h * w, 1, n * channels])),
          1,
        ),
        [h, 1, -1],
      );
    const lines = concat(g, [beside(parts[0], parts[1]), beside(parts[2], parts[3])], 1);
    const whole = reshape(g, lines, [h * 2, w * 2, n, channels]);
    return [pad(g, whole, [0, 0, 0, 0], [height - h * 2, width - w * 2, 0, 0])];
  })[0]!;
}

/**
 * The largest GELU of four values and which of them it was (0 to 3 as floats; the first wins a tie). GELU falls, then
 * rises, so the largest lies at the largest or the smallest value: two of four are computed, and one slope of four.
 * `atOnce`, for training, makes the result wait for the places: else the runtime, which computes what is asked for, would
 * hold all four values until the backward pass needs them.
 * The four values have one shape, and so have both results.
 */
export function geluMax(
  g: Graph,
  values: Four<Value>,
  { atOnce = false }: { readonly atOnce?: boolean } = {},
): { output: Value; chosen: Value } {
  const [a, b, c, d] = values;
  const [output, chosen] = g.record("GeluMax", values, {}, () => {
    const top = maximum(g, maximum(g, a, b), maximum(g, c, d));
    const bottom = minimum(g, minimum(g, a, b), minimum(g, c, d));
    const [high, low] = [gelu(g, top), gelu(g, bottom)];
    const winner = where(g, greater(g, low, high), bottom, top);
    const misses = (value: Value) => sub(g, 1, cast(g, equal(g, value, winner), "float32"));
    // Counts the values before the first largest one.
    const chosen = mul(g, misses(a), add(g, mul(g, misses(b), add(g, misses(c), 1)), 1));
    // GELU is nowhere below -0.18, so this changes no result.
    const output = maximum(g, high, low);
    return [atOnce ? maximum(g, output, sub(g, chosen, 4)) : output, chosen, winner];
  });
  return { output: output!, chosen: chosen! };
}

/** Puts x at the chosen place of every window, zeros elsewhere.  x, chosen: [h, w, N, C] → [height, width, N, C] */
export function unpoolPhases(
  g: Graph,
  x: Value,
  chosen: Value,
  size: { readonly height: number; readonly width: number },
): Value {
  return interleave(g, atChosen(g, x, chosen), size);
}

/**
 * x where a place was chosen, zero where not, for the four places of a window.
 * x and `chosen` have one shape, and so has each of the four results.
 */
export function atChosen(g: Graph, x: Value, chosen: Value): Four<Value> {
  const outputs = g.record("AtChosen", [x, chosen], {}, () => {
    const at = placeMasks(g, chosen);
    return [0, 1, 2, 3].map((place) => mul(g, x, at(place)));
  });
  return outputs as unknown as Four<Value>;
}

/**
 * weightᵀ times what `atChosen` gives, for each of the four places, with the products' rows first.
 * x, chosen: [h, w, N, C], weight: [C, K] → four times [K, h·w·N]
 */
export function productAtChosen(g: Graph, x: Value, chosen: Value, weight: Value): Four<Value> {
  const outputs = g.record("ChosenProduct", [x, chosen, weight], {}, () => {
    const rows = (value: Value) => reshape(g, value, [-1, x.shape.at(-1)!]);
    const at = placeMasks(g, chosen);
    return [0, 1, 2, 3].map((place) =>
      matMul(g, weight, rows(mul(g, x, at(place))), { transposeA: true, transposeB: true }),
    );
  });
  return outputs as unknown as Four<Value>;
}

/** 1 where a place was chosen: four masks, as large together as what was pooled. A backward rule names its use (`recompute`). */
export function placeMasks(g: Graph, chosen: Value, use?: string): (place: number) => Value {
  const places = use === undefined ? chosen : recompute(g, chosen, use);
  return (place) => cast(g, equal(g, places, place), "float32");
}
