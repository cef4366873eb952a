/** @see SPEC.md, §18 */

/**
 * Names of weights. Ours are those of the official pre-training model: `encoder.*`, `decoder.*`, `masked_token`, and a
 * head's own (`head.0.*`, or `mlp.mlp.*` for models trained from scratch).
 */

/**
 * The name in our model of a tensor in a Lightning checkpoint:
 * `model.encoder.*` (pre-training, from scratch), `model.model.*` (fine-tuning, probing), `model.head.*`, `model.mlp.*`.
 */
export function fromLightning(key: string): string {
  if (!key.startsWith("model.")) return key;
  const inner = key.slice("model.".length);
  return inner.startsWith("model.") ? `encoder.${inner.slice("model.".length)}` : inner;
}

/** The name in the official fine-tuning module (`Fine`): `encoder.*` is called `model.*` there. */
export function toFineTuning(key: string): string {
  return key.startsWith("encoder.") ? `model.${key.slice("encoder.".length)}` : key;
}

/** The official fine-tuning checkpoint's name of a tensor as the pre-training one writes it; other names stay. */
export function fromFineTuning(key: string): string {
  return key.startsWith("model.") ? `encoder.${key.slice("model.".length)}` : key;
}

const projector = /(?:^|\.)projector_([^.]+)\./;

/** Whether a tensor is needed by a model of these modalities: projectors of others are not. */
function belongsTo(key: string, modalities: readonly string[]): boolean {
  const name = projector.exec(key)?.[1];
  return name === undefined || modalities.includes(name);
}

/** The encoder's weights for a model of some of the modalities, from a pre-trained or fine-tuned one. */
export function encoderWeights<T>(
  weights: Readonly<Record<string, T>>,
  modalities: readonly string[],
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(weights).filter(([key]) => key.startsWith("encoder.") && belongsTo(key, modalities)),
  );
}
