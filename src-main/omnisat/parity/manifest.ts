import { z } from "zod";

const count = z.int().positive();
/** Python writes NaN and Infinity where JSON has no word for them: they arrive as null. */
const losses = z.record(z.string(), z.number().nullable()).optional();
const trace = z.array(z.record(z.string(), z.number().nullable())).optional();

const tensor = z.looseObject({ max_abs: z.number().nullish(), f32_vs_f64_max_abs_err: z.number().nullish() });

/** What a reference folder says about itself. Unknown entries are left alone. */
export const manifestSchema = z.looseObject({
  modalities: z.array(z.string()).min(1),
  n_class: count.optional(),
  patches: count.optional(),
  data: z
    .record(
      z.string(),
      z.looseObject({ channels: count.optional(), size: z.unknown().optional(), max_day: z.number().nullish() }),
    )
    .optional(),
  salt: z.string().optional(),
  transformer: z
    .looseObject({
      embed_dim: count.optional(),
      depth: count.optional(),
      num_heads: count.optional(),
      mlp_ratio: z.number().positive().optional(),
    })
    .optional(),
  projectors: z.record(z.string(), z.looseObject({ class: z.string().optional() })).optional(),
  decoders: z.record(z.string(), z.looseObject({ class: z.string().optional() })).optional(),
  files: z
    .record(
      z.string(),
      z.looseObject({ about: z.string().optional(), tensors: z.record(z.string(), tensor).optional() }),
    )
    .optional(),
  zero_gradient_parameters_pretrain: z.array(z.string()).optional(),
  zero_gradient_parameters_finetune: z.array(z.string()).optional(),
  no_gradient_parameters: z.array(z.string()).optional(),
  pretrain_trace_f32: trace,
  pretrain_trace_f64: trace,
  finetune_trace_f32: trace,
  finetune_trace_f64: trace,
  losses_pretrain_f32: losses,
  losses_pretrain_f64: losses,
  losses_finetune_f32: losses,
  losses_finetune_f64: losses,
});

export type Manifest = z.infer<typeof manifestSchema>;

/** How far the reference's own float32 is from its float64, relative to the tensor's largest magnitude. */
export function ownError(manifest: Manifest, file: string, name: string): number | undefined {
  const entry = manifest.files?.[file]?.tensors?.[name];
  if (typeof entry?.f32_vs_f64_max_abs_err !== "number" || !entry.max_abs) return undefined;
  return entry.f32_vs_f64_max_abs_err / entry.max_abs;
}

/** The learning rate a file's description names. */
export function learningRateOf(manifest: Manifest, file: string, otherwise: number): number {
  const found = /\blr\s*=?\s*([0-9.]+(?:e[-+]?[0-9]+)?)/i.exec(manifest.files?.[file]?.about ?? "");
  return found ? Number(found[1]) : otherwise;
}
