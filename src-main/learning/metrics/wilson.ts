export type Interval = readonly [low: number, high: number];

/** The 97.5th percentile of the normal distribution. */
const z = 1.959963984540054;

/**
 * The 95 % interval of a share by Wilson's score method (E. B. Wilson 1927). Unlike the share plus or minus two standard
 * errors it stays inside 0 to 1 and is sound for few samples. Without samples nothing is known: 0 to 1.
 */
export function wilson95(hits: number, samples: number): Interval {
  if (samples === 0) return [0, 1];
  return wilsonOf(hits / samples, samples);
}

/**
 * The same from a share and a number of samples, which need not be whole: the effective number of a clustered sample.
 * @see Wilson 1927; Brown, Cai and DasGupta 2001
 */
export function wilsonOf(share: number, samples: number): Interval {
  const centre = share + (z * z) / (2 * samples);
  const spread = z * Math.sqrt((share * (1 - share)) / samples + (z * z) / (4 * samples * samples));
  const scale = 1 + (z * z) / samples;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}
