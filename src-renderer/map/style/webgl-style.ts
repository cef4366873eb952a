import type { ExpressionValue } from "ol/expr/expression.js";
import type { Style } from "ol/layer/WebGLTile.js";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import type { Composition, Range } from "./composition.ts";
import type { Algebra } from "./formulas.ts";
import { indexOf } from "./formulas.ts";
import type { LayerStyle } from "./layer-style.ts";
import { rampColors } from "./ramps.ts";

type Expression = ExpressionValue;

const expressions: Algebra<Expression> = {
  num: (value) => value,
  add: (p, q) => ["+", p, q] as Expression,
  sub: (p, q) => ["-", p, q] as Expression,
  mul: (p, q) => ["*", p, q] as Expression,
  div: (p, q) => ["/", p, q] as Expression,
};

/** Channels of the texture: the bands, then where there is data, filled up to whole textures of four. */
export const textureBands = (bands: number): number => 4 * Math.ceil((bands + 1) / 4);

/**
 * Stored numbers are zero where there is no data, and textures are interpolated: dividing by the interpolated mask
 * takes the zeros out of the mean again. `k` and `o` make physical values of what an 8-bit texture gives.
 */
const bandValue = (at: number, bands: number): Expression =>
  [
    "+",
    ["*", ["/", ["band", at + 1], ["clamp", ["band", bands + 1], 0.004, 1]], ["var", `k${at}`]],
    ["var", `o${at}`],
  ] as Expression;

/** The WebGL style of a composition. Stretch and gamma are variables: moving them compiles nothing and fetches nothing. */
export function webglStyle(composition: Composition, style: LayerStyle, legend: readonly LegendClass[]): Style {
  const { bands, channels, ramp } = composition;
  const mask = ["band", bands.length + 1] as Expression;
  if (composition.classes) {
    const hidden = new Set(style.hidden);
    const last = Math.min(255, Math.max(0, ...legend.map(({ code }) => code)));
    const colors: string[] = Array.from({ length: last + 1 }, () => "rgba(0,0,0,0)");
    for (const { code, color } of legend) if (code <= last && !hidden.has(code)) colors[code] = color;
    const code = ["clamp", ["+", bandValue(0, 1), 0.001], 0, last] as Expression;
    const inside = ["all", [">", mask, 0.5], ["<", bandValue(0, 1), last + 0.5]] as Expression;
    return {
      variables: { k0: 1, o0: 0 },
      color: ["case", inside, ["palette", code, colors], ["color", 0, 0, 0, 0]] as Expression,
    };
  }
  const values = bands.map((_, at) => bandValue(at, bands.length));
  const amounts = channels.map((channel, i): Expression => {
    const value =
      channel.kind === "band"
        ? values[bands.indexOf(channel.band)]!
        : indexOf(channel.index).of(
            expressions,
            channel.bands.map((band) => values[bands.indexOf(band)]!),
          );
    const low = ["var", `low${i}`];
    const high = ["var", `high${i}`];
    return ["^", ["clamp", ["/", ["-", value, low], ["-", high, low]], 0, 1], ["var", "power"]] as Expression;
  });
  const variables: Record<string, number> = { power: 1 / style.gamma };
  bands.forEach((_, at) => {
    variables[`k${at}`] = 1;
    variables[`o${at}`] = 0;
  });
  channels.forEach((_, i) => {
    variables[`low${i}`] = 0;
    variables[`high${i}`] = 1;
  });
  const [red, green, blue] = amounts;
  if (green !== undefined && blue !== undefined) {
    return { variables, color: ["array", red, green, blue, mask] as Expression };
  }
  const colors = rampColors(ramp, style.invert);
  const stops = colors.flatMap((color, i) => [i / (colors.length - 1), color]);
  const drawn = [">", mask, 0.5] as Expression;
  return {
    variables,
    color: ["case", drawn, ["interpolate", ["linear"], red, ...stops], ["color", 0, 0, 0, 0]] as Expression,
  };
}

/** The variables that a stretch sets. */
export function stretchVariables(ranges: readonly Range[], gamma: number): Record<string, number> {
  const variables: Record<string, number> = { power: 1 / gamma };
  ranges.forEach(([low, high], i) => {
    variables[`low${i}`] = low;
    variables[`high${i}`] = high;
  });
  return variables;
}
