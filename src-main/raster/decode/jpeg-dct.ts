/** libjpeg's accurate integer inverse DCT (jidctint.c, “islow”; Loeffler, Ligtenberg and Moschytz 1989), bit for bit. */
const work = new Int32Array(64);

/**
 * Dequantises `block` (natural order) and writes its 8 × 8 samples.
 * @param at place of the first sample in `out`, whose rows are `stride` apart
 */
export function inverseDct(
  block: Int32Array,
  multipliers: Uint16Array,
  out: Uint8Array,
  at: number,
  stride: number,
): void {
  for (let i = 0; i < 8; i++) {
    const b1 = block[i + 8]!;
    const b2 = block[i + 16]!;
    const b3 = block[i + 24]!;
    const b4 = block[i + 32]!;
    const b5 = block[i + 40]!;
    const b6 = block[i + 48]!;
    const b7 = block[i + 56]!;
    const first = Math.imul(block[i]!, multipliers[i]!);
    if ((b1 | b2 | b3 | b4 | b5 | b6 | b7) === 0) {
      const flat = first << 2;
      for (let k = i; k < 64; k += 8) work[k] = flat;
      continue;
    }
    const in2 = Math.imul(b2, multipliers[i + 16]!);
    const in4 = Math.imul(b4, multipliers[i + 32]!);
    const in6 = Math.imul(b6, multipliers[i + 48]!);
    let z1 = Math.imul(in2 + in6, 4433);
    const even2 = z1 - Math.imul(in6, 15137);
    const even3 = z1 + Math.imul(in2, 6270);
    const even0 = (first + in4) << 13;
    const even1 = (first - in4) << 13;
    const t10 = even0 + even3;
    const t13 = even0 - even3;
    const t11 = even1 + even2;
    const t12 = even1 - even2;

    let t0 = Math.imul(b7, multipliers[i + 56]!);
    let t1 = Math.imul(b5, multipliers[i + 40]!);
    let t2 = Math.imul(b3, multipliers[i + 24]!);
    let t3 = Math.imul(b1, multipliers[i + 8]!);
    z1 = Math.imul(t0 + t3, -7373);
    const z2 = Math.imul(t1 + t2, -20995);
    const z5 = Math.imul(t0 + t2 + t1 + t3, 9633);
    const z3 = Math.imul(t0 + t2, -16069) + z5;
    const z4 = Math.imul(t1 + t3, -3196) + z5;
    t0 = Math.imul(t0, 2446) + z1 + z3;
    t1 = Math.imul(t1, 16819) + z2 + z4;
    t2 = Math.imul(t2, 25172) + z2 + z3;
    t3 = Math.imul(t3, 12299) + z1 + z4;
    work[i] = (t10 + t3 + 1024) >> 11;
    work[i + 56] = (t10 - t3 + 1024) >> 11;
    work[i + 8] = (t11 + t2 + 1024) >> 11;
    work[i + 48] = (t11 - t2 + 1024) >> 11;
    work[i + 16] = (t12 + t1 + 1024) >> 11;
    work[i + 40] = (t12 - t1 + 1024) >> 11;
    work[i + 24] = (t13 + t0 + 1024) >> 11;
    work[i + 32] = (t13 - t0 + 1024) >> 11;
  }
  for (let row = 0, to = at; row < 64; row += 8, to += stride) {
    const in0 = work[row]!;
    const in2 = work[row + 2]!;
    const in4 = work[row + 4]!;
    const in6 = work[row + 6]!;
    let t0 = work[row + 7]!;
    let t1 = work[row + 5]!;
    let t2 = work[row + 3]!;
    let t3 = work[row + 1]!;
    let z1 = Math.imul(in2 + in6, 4433);
    const even2 = z1 - Math.imul(in6, 15137);
    const even3 = z1 + Math.imul(in2, 6270);
    const even0 = (in0 + in4) << 13;
    const even1 = (in0 - in4) << 13;
    // Half of the last place, and the 128 that JPEG takes off every sample.
    const half = (1 << 17) + (128 << 18);
    const t10 = even0 + even3 + half;
    const t13 = even0 - even3 + half;
    const t11 = even1 + even2 + half;
    const t12 = even1 - even2 + half;

    z1 = Math.imul(t0 + t3, -7373);
    const z2 = Math.imul(t1 + t2, -20995);
    const z5 = Math.imul(t0 + t2 + t1 + t3, 9633);
    const z3 = Math.imul(t0 + t2, -16069) + z5;
    const z4 = Math.imul(t1 + t3, -3196) + z5;
    t0 = Math.imul(t0, 2446) + z1 + z3;
    t1 = Math.imul(t1, 16819) + z2 + z4;
    t2 = Math.imul(t2, 25172) + z2 + z3;
    t3 = Math.imul(t3, 12299) + z1 + z4;
    out[to] = clamped((t10 + t3) >> 18);
    out[to + 7] = clamped((t10 - t3) >> 18);
    out[to + 1] = clamped((t11 + t2) >> 18);
    out[to + 6] = clamped((t11 - t2) >> 18);
    out[to + 2] = clamped((t12 + t1) >> 18);
    out[to + 5] = clamped((t12 - t1) >> 18);
    out[to + 3] = clamped((t13 + t0) >> 18);
    out[to + 4] = clamped((t13 - t0) >> 18);
  }
}

const clamped = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);
