import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Shape, Tensors } from "../../engine/index.ts";
import { bars, type ParityLine, skipped } from "./compare.ts";

const entry = z
  .looseObject({
    shape: z.array(z.int()),
    l2: z.number().nullish(),
    l2_f64: z.number().nullish(),
    max_abs: z.number().nullish(),
    sum_f64: z.number().nullish(),
    rel_l2_err_f32: z.number().nullish(),
    sample_index: z.array(z.int()).optional(),
    sample_f64: z.array(z.number().nullable()).optional(),
  })
  .nullable();
const table = z.record(z.string(), entry);
const schema = z.looseObject({ pretrain: table.optional(), finetune: table.optional() });

export type Norms = Readonly<z.infer<typeof table>>;

/** Norms, sums and samples of gradients, where the gradients themselves would be too large to store. */
export interface NormTable {
  readonly pretrain: Norms | undefined;
  readonly finetune: Norms | undefined;
  /** shapes of parameters by their pre-training names */
  readonly shapes: Readonly<Record<string, Shape>>;
}

export function normTableOf(json: unknown, folder: string): NormTable {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const problem = `its entry “${issue.path.join(".")}” is wrong (${issue.message})`;
    throw new AppError("parity-file", { path: join(folder, "grad_norms.json"), problem });
  }
  const { pretrain, finetune } = parsed.data;
  const shapes: Record<string, Shape> = {};
  for (const [name, value] of Object.entries(finetune ?? {})) {
    if (value) shapes[name.replace(/^model\./, "encoder.")] = value.shape;
  }
  for (const [name, value] of Object.entries(pretrain ?? {})) if (value) shapes[name] = value.shape;
  return { pretrain, finetune, shapes };
}

/**
 * Per parameter the worst of: the norm, the largest magnitude, the samples (relative to the largest magnitude), and the
 * sum (relative to what a difference of the whole tensor could make of it).
 */
export function compareNorms(
  norms: Norms,
  ours: Tensors,
  without: ReadonlySet<string>,
  say: (line: ParityLine) => void,
): void {
  const file = "grad_norms.json";
  for (const [name, reference] of Object.entries(norms)) {
    if (!reference) {
      say(skipped(file, name, "it has no gradient"));
      continue;
    }
    const l2 = reference.l2_f64 ?? reference.l2 ?? 0;
    if (without.has(name) || (reference.rel_l2_err_f32 ?? 0) >= 1 || l2 === 0) {
      say(skipped(file, name, "its true gradient is zero"));
      continue;
    }
    const found = ours[name];
    if (!found) {
      say(skipped(file, name, "not known here"));
      continue;
    }
    const [norm, largest, sum] = summarise(found.data as Float32Array);
    const magnitude = reference.max_abs ?? largest;
    const differences = [Math.abs(norm - l2) / l2];
    if (reference.max_abs) differences.push(Math.abs(largest - reference.max_abs) / reference.max_abs);
    if (typeof reference.sum_f64 === "number") {
      differences.push(Math.abs(sum - reference.sum_f64) / (l2 * Math.sqrt(found.data.length)));
    }
    for (const [k, index] of (reference.sample_index ?? []).entries()) {
      const sample = reference.sample_f64?.[k];
      if (typeof sample === "number") differences.push(Math.abs(Number(found.data[index]) - sample) / magnitude);
    }
    const difference = differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...differences);
    const bar = bars.gradient;
    say({ file, tensor: name, difference, bar, status: difference <= bar ? "ok" : "differs" });
  }
}

function summarise(values: Float32Array): readonly [norm: number, largest: number, sum: number] {
  let [squares, largest, sum] = [0, 0, 0];
  for (const value of values) {
    squares += value * value;
    sum += value;
    if (Math.abs(value) > largest) largest = Math.abs(value);
  }
  return [Math.sqrt(squares), largest, sum];
}
