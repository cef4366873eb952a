import { Graph, modelOf, removeDeadNodes, type Tensor, type Tensors, type Value } from "../graph/index.ts";
import { mul, reduceSum, sub } from "../ops/index.ts";
import { GraphSession, runOnce } from "../runtime/index.ts";
import { gradients } from "./gradients.ts";

export interface GradientCase {
  readonly inputs: Tensors;
  /** Which inputs get gradients; all floats by default. */
  readonly wrt?: readonly string[];
  readonly build: (g: Graph, inputs: Readonly<Record<string, Value>>) => Value;
  /** Half the width of the central difference. */
  readonly step?: number;
}

/**
 * The largest difference between autodiff and central differences, relative to the largest gradient of that input.
 * The loss is Σ r y with fixed irregular weights r, so that errors cannot cancel. Shifted losses are subtracted element
 * by element before they are summed, in one graph run, which keeps float32 precision.
 */
export async function gradientError({ inputs, wrt, build, step = 1e-2 }: GradientCase): Promise<number> {
  const names = wrt ?? Object.keys(inputs).filter((name) => inputs[name]!.type === "float32");

  const g = new Graph();
  const values = declare(g, inputs);
  const y = build(g, values);
  const loss = reduceSum(g, mul(g, y, g.constant(weights(y), { shape: y.shape })));
  for (const [i, gradient] of gradients(
    g,
    loss,
    names.map((name) => values[name]!),
  ).entries())
    g.output(`gradient/${names[i]}`, gradient);
  const analytic = await runOnce(g, inputs);

  const difference = new Graph();
  const plus = declare(difference, inputs, "+");
  const minus = declare(difference, inputs, "-");
  const change = sub(difference, build(difference, plus), build(difference, minus));
  const weighted = mul(difference, change, difference.constant(weights(change), { shape: change.shape }));
  difference.output("change", reduceSum(difference, weighted));
  const session = await GraphSession.load(removeDeadNodes(modelOf(difference, "difference")));

  let worst = 0;
  for (const name of names) {
    const gradient = analytic[`gradient/${name}`]!.data as Float32Array;
    const scale = Math.max(1e-3, ...gradient.map(Math.abs));
    for (let i = 0; i < gradient.length; i++) {
      const [above, below] = [shifted(inputs[name]!, i, step), shifted(inputs[name]!, i, -step)];
      const feeds: Record<string, Tensor> = {};
      for (const [other, tensor] of Object.entries(inputs)) {
        feeds[`${other}+`] = other === name ? above : tensor;
        feeds[`${other}-`] = other === name ? below : tensor;
      }
      const { change } = await session.run(feeds);
      // The width that float32 really stepped.
      const width = (above.data as Float32Array)[i]! - (below.data as Float32Array)[i]!;
      const numeric = Number(change!.data[0]) / width;
      worst = Math.max(worst, Math.abs(numeric - gradient[i]!) / scale);
      if (Number.isNaN(numeric) || Number.isNaN(gradient[i])) return Number.NaN;
    }
  }
  await session.release();
  return worst;
}

function declare(g: Graph, inputs: Tensors, suffix = ""): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, type }]) => [name, g.input(name + suffix, shape, type)]),
  );
}

const weights = ({ shape }: Value): number[] =>
  Array.from(
    { length: shape.reduce((product, length) => product * length, 1) },
    (_, i) => 0.4 + Math.sin(i * 1.7 + 0.3),
  );

function shifted(tensor: Tensor, index: number, by: number): Tensor {
  const data = (tensor.data as Float32Array).slice();
  data[index]! += by;
  return { ...tensor, data };
}
