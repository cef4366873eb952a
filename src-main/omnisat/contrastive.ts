/** @see SPEC.md, §11.4 */

import {
  add,
  concat,
  div,
  type Graph,
  logSumExp,
  matMul,
  maximum,
  minimum,
  mul,
  reduceMean,
  reduceSum,
  reshape,
  sqrt,
  sub,
  type Value,
} from "../engine/index.ts";

/** Far below every similarity, yet finite, so that no gradient becomes NaN. */
const never = -1e9;

export interface Contrast {
  /** cosine similarity of all tokens, modality by modality, then tile by tile: [Z, Z] with Z = M·B·P */
  readonly similarity: Value;
  readonly loss: Value;
}

/**
 * MIL-NCE: the tokens of one patch in the other modalities against all tokens of other modalities or tiles. Tokens of the
 * same modality and tile count for nothing, for neighbouring patches look alike.
 * tokens: [B, P, D] for each modality; valid: [B, P] for each, leaves out tokens that stand for nothing
 * @see SPEC.md, §11.4; Miech et al. 2020, End-to-End Learning of Visual Representations from Uncurated Instructional Videos (MIL-NCE)
 */
export function contrast(g: Graph, tokens: readonly Value[], temperature: number, valid?: readonly Value[]): Contrast {
  const [batch, patches, width] = tokens[0]!.shape as readonly [number, number, number];
  const modalities = tokens.length;
  const [groups, places] = [modalities * batch, batch * patches];
  const rows = unitRows(g, reshape(g, concat(g, tokens, 0), [groups * patches, width]));
  const similarity = matMul(g, rows, rows, { transposeB: true });
  const scale = 1 / temperature;

  const sameGroup = g.constant(diagonal(groups, never), { shape: [groups, 1, groups, 1] });
  let candidates = add(g, mul(g, reshape(g, similarity, [groups, patches, groups, patches]), scale), sameGroup);

  const pairs = mul(
    g,
    reshape(g, rows, [modalities, 1, places, width]),
    reshape(g, rows, [1, modalities, places, width]),
  );
  const self = g.constant(diagonal(modalities, never), { shape: [modalities, modalities, 1] });
  let positives = add(g, mul(g, reduceSum(g, pairs, [3]), scale), self);

  const present = valid && reshape(g, concat(g, valid, 0), [modalities, places]);
  if (present) {
    const absent = mul(g, sub(g, 1, present), never);
    candidates = add(g, candidates, reshape(g, absent, [1, 1, groups, patches]));
    positives = add(g, positives, reshape(g, absent, [1, modalities, places]));
  }
  const all = reshape(g, logSumExp(g, candidates, [2, 3]), [modalities, places]);
  const each = sub(g, all, logSumExp(g, positives, [1]));
  if (!present) return { similarity, loss: reduceMean(g, each, [0, 1]) };
  // A token whose patch no other modality sees has nothing to match: it is left out of the mean.
  const others = sub(g, reduceSum(g, present, [0], true), present);
  const weight = mul(g, present, minimum(g, others, 1));
  const total = reduceSum(g, mul(g, each, weight), [0, 1]);
  return { similarity, loss: div(g, total, maximum(g, reduceSum(g, weight, [0, 1]), 1)) };
}

/** Rows of length one. */
function unitRows(g: Graph, rows: Value): Value {
  const squares = reduceSum(g, mul(g, rows, rows), [1], true);
  return div(g, rows, sqrt(g, maximum(g, squares, 1e-16)));
}

function diagonal(size: number, value: number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = value;
  return matrix;
}

/**
 * How often the M nearest tokens of a token (itself among them) are of its own patch, per modality (SPEC 16): the count
 * but itself, over M − 1, summed over the modality's rows and divided by the rows of all modalities.
 * @see SPEC.md, §16
 */
export function matchingAccuracy(similarity: Float32Array, modalities: number): number[] {
  const rows = Math.sqrt(similarity.length);
  const places = rows / modalities;
  return Array.from({ length: modalities }, (_, m) => {
    let matches = 0;
    for (let row = m * places; row < (m + 1) * places; row++) {
      const line = Array.from(similarity.subarray(row * rows, (row + 1) * rows), (value, column) => ({
        value,
        column,
      }));
      line.sort((a, b) => b.value - a.value || a.column - b.column);
      const same = line.slice(0, modalities).filter(({ column }) => column % places === row % places).length;
      matches += (same - 1) / (modalities - 1);
    }
    return matches / rows;
  });
}
