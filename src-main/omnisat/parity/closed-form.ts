/** Weights by formula, for models too large to store: a hash of the name and the index gives each value. */

const encoder = new TextEncoder();

/** FNV-1a, 32 bits. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Offset and scale by name: the first rule that fits. */
export function closedFormRange(
  key: string,
  shape: readonly number[],
): { readonly offset: number; readonly scale: number } {
  const last = key.slice(key.lastIndexOf(".") + 1);
  if (key.endsWith("running_mean")) return { offset: 0, scale: 0.1 };
  if (key.endsWith("running_var")) return { offset: 1, scale: 0.2 };
  if (last === "lookup_table_weight") return { offset: 0, scale: 0.5 };
  if (last === "q_learned") return { offset: 0, scale: 1 };
  if (key.endsWith("attn.pos_embed")) return { offset: 0, scale: 1 };
  if (last === "cls_token" || last === "pos_embed" || last === "masked_token") return { offset: 0, scale: 0.1 };
  if (key.endsWith("attention_heads.Q")) return { offset: 0, scale: 0.5 };
  if (key.endsWith("fc1_k.weight")) return { offset: 0, scale: 0.2 };
  if (shape.length === 1) return last === "weight" ? { offset: 1, scale: 0.1 } : { offset: 0, scale: 0.05 };
  const fanIn = shape.slice(1).reduce((product, length) => product * length, 1);
  return { offset: 0, scale: Math.sqrt(3 / fanIn) };
}

/** The values of one tensor, row-major. The salt comes before the name in the hash, and only there. */
export function closedForm(key: string, shape: readonly number[], salt = ""): Float32Array {
  const { offset, scale } = closedFormRange(key, shape);
  const hash = fnv1a(salt + key);
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
  for (let i = 0; i < values.length; i++) {
    let x = (hash + Math.imul(i, 0x9e3779b1)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x = (x ^ (x >>> 16)) >>> 0;
    values[i] = offset + scale * (2 * (x / 2 ** 32) - 1);
  }
  return values;
}
