import { type Value, withLength } from "../graph/index.ts";
import { add, div, expand, mul, reduceSum, reshape, sub } from "../ops/index.ts";
import { once, type RulesFor, sumTo } from "./rule.ts";

/** Closed forms: every rule reads its large tensors a few times instead of once per step of the definition. */
export const normRules: RulesFor<"LayerNorm" | "GroupNorm" | "BatchNorm" | "PixelGroupNorm"> = {
  LayerNorm: (g, dy, { inputs: [x, weight], outputs: [, mean, inverse] }) => {
    const last = [x!.shape.length - 1];
    const width = x!.shape.at(-1)!;
    const normal = once(() => mul(g, sub(g, x!, mean!), inverse!));
    return [
      () => {
        const scaled = mul(g, dy, weight!);
        const shift = div(g, reduceSum(g, scaled, last, true), width);
        const slope = div(g, reduceSum(g, mul(g, scaled, normal()), last, true), width);
        return mul(g, sub(g, sub(g, scaled, shift), mul(g, normal(), slope)), inverse!);
      },
      () => sumTo(g, mul(g, dy, normal()), weight!.shape),
      () => sumTo(g, dy, weight!.shape),
    ];
  },

  GroupNorm: (g, dy, { inputs: [x, weight], outputs: [, normalized, , inverse], attributes: { groups } }) => {
    const [n, channels] = x!.shape as [number, number];
    const perGroup = channels / groups;
    const inside = x!.shape.slice(2).reduce((product, length) => product * length, 1);
    const planes = (value: Value) => reshape(g, value, [n, channels, inside]);
    // Sums over each plane carry all that is needed: the parameters' gradients and the two means of every group.
    const sums = once(() => reduceSum(g, planes(dy), [2], true));
    const products = once(() => reduceSum(g, mul(g, planes(dy), planes(normalized!)), [2], true));
    return [
      () => {
        const scale = reshape(g, weight!, [1, channels, 1]);
        const σ = reshape(g, inverse!, [n, groups, 1, 1]);
        const grouped = (value: Value) => reshape(g, value, [n, groups, perGroup, 1]);
        const meanOf = (value: Value) =>
          div(g, reduceSum(g, grouped(mul(g, value, scale)), [2], true), perGroup * inside);
        const whole = (value: Value) => reshape(g, value, [n, groups, perGroup, inside]);
        const factor = mul(g, σ, reshape(g, weight!, [1, groups, perGroup, 1]));
        const slope = mul(g, σ, meanOf(products()));
        const shift = mul(g, σ, meanOf(sums()));
        const dx = sub(g, mul(g, whole(dy), factor), add(g, mul(g, whole(normalized!), slope), shift));
        return reshape(g, dx, x!.shape);
      },
      () => reshape(g, reduceSum(g, products(), [0]), weight!.shape),
      () => reshape(g, reduceSum(g, sums(), [0]), weight!.shape),
    ];
  },

  // With a mask every element is normalised, but only the unmasked ones move the mean and the variance.
  BatchNorm: (g, dy, { inputs: [x, weight, , mask], outputs, attributes: { axis } }) => {
    const [, , , count, centered, inverse] = outputs as [Value, Value, Value, Value, Value, Value];
    const over = x!.shape.map((_, other) => other).filter((other) => other !== axis);
    const perChannel = withLength(
      x!.shape.map(() => 1),
      axis,
      x!.shape[axis]!,
    );
    const sums = once(() => reduceSum(g, dy, over, true));
    const products = once(() => mul(g, reduceSum(g, mul(g, dy, centered), over, true), inverse));
    return [
      () => {
        const factor = mul(g, inverse, reshape(g, weight!, perChannel));
        const slope = div(g, mul(g, mul(g, products(), inverse), factor), count);
        const shift = div(g, mul(g, sums(), factor), count);
        const moved = add(g, mul(g, centered, slope), shift);
        return sub(g, mul(g, dy, factor), mask ? mul(g, moved, mask) : moved);
      },
      () => reshape(g, products(), weight!.shape),
      () => reshape(g, sums(), weight!.shape),
    ];
  },

  PixelGroupNorm: (g, dy, { inputs: [x, weight], outputs, attributes: { groups } }) => {
    const [, centred, scale, inverse] = outputs as [Value, Value, Value, Value];
    const [height, width, n, channels] = x!.shape as [number, number, number, number];
    const [pixels, perGroup] = [height * width, channels / groups];
    const flat = reshape(g, dy, [pixels, n * channels]);
    // Sums over the pixels carry all that is needed: the parameters' gradients and the two means of every group.
    const sums = once(() => reduceSum(g, flat, [0], true));
    const products = once(() => reduceSum(g, mul(g, flat, centred), [0], true));
    const split = (value: Value) => reshape(g, value, [n, groups, perGroup]);
    const σ = reshape(g, inverse, [n, groups, 1]);
    const row = (value: Value) => reshape(g, expand(g, value, [n, groups, perGroup]), [1, n * channels]);
    return [
      () => {
        const meanOf = (value: Value) =>
          div(g, reduceSum(g, split(mul(g, value, scale)), [2], true), pixels * perGroup);
        const slope = row(mul(g, meanOf(products()), mul(g, σ, σ)));
        const moved = add(g, mul(g, centred, slope), row(meanOf(sums())));
        return reshape(g, sub(g, mul(g, flat, scale), moved), x!.shape);
      },
      () => reshape(g, reduceSum(g, mul(g, split(products()), σ), [0]), weight!.shape),
      () => reshape(g, reduceSum(g, split(sums()), [0]), weight!.shape),
    ];
  },
};
