import { type Interval, wilson95, wilsonOf } from "./wilson.ts";

/** Samples that belong together: the patches of one polygon. */
export interface Cluster {
  readonly hits: number;
  readonly samples: number;
}

/**
 * The 95 % interval of a share of samples that come in clusters, such as the patches of polygons, which resemble each
 * other: 500 patches of 6 fields are not 500 observations.
 *
 * The variance is that of a ratio estimator over clusters (Cochran 1977, Sampling Techniques, §9A): with clusters of size
 * mⱼ and hⱼ hits, p = Σh / Σm and v = J/(J−1) · Σ(hⱼ − p·mⱼ)² / (Σm)². The samples then count as the effective number
 * p(1−p)/v · (z/t)², t with J−1 degrees of freedom (Korn & Graubard 1998, Survey Methodology 24), never more than there
 * are and never fewer than one, in Wilson's interval. All right or all wrong has no variance: then the clusters count.
 * One cluster alone tells nothing of others: 0 to 1.
 */
export function clusterInterval(clusters: readonly Cluster[]): Interval {
  const used = clusters.filter(({ samples }) => samples > 0);
  const count = used.length;
  const samples = used.reduce((sum, cluster) => sum + cluster.samples, 0);
  const hits = used.reduce((sum, cluster) => sum + cluster.hits, 0);
  if (count < 2) return [0, 1];
  if (used.every((cluster) => cluster.samples === 1)) return wilson95(hits, samples);
  const share = hits / samples;
  const squares = used.reduce((sum, cluster) => sum + (cluster.hits - share * cluster.samples) ** 2, 0);
  const variance = ((count / (count - 1)) * squares) / samples ** 2;
  const shrink = (1.959963984540054 / studentT975(count - 1)) ** 2;
  const effective = variance > 0 ? ((share * (1 - share)) / variance) * shrink : count * shrink;
  const cap = share === 0 || share === 1 ? count * shrink : samples;
  return wilsonOf(share, Math.max(1, Math.min(cap, effective)));
}

/** Exact for small samples: the 97.5th percentile of Student's t. */
const tabulated = [
  12.706204736432095, 4.302652729911275, 3.182446305284263, 2.7764451051977987, 2.570581835636314, 2.4469118511449692,
  2.3646242510102993, 2.3060041350333704, 2.2621571628540993, 2.2281388519649385,
];

/**
 * The 97.5th percentile of Student's t; above ten degrees of freedom Cornish and Fisher's expansion, right to five digits.
 * @see Abramowitz and Stegun 1964, 26.7.5
 */
export function studentT975(degrees: number): number {
  const exact = tabulated[degrees - 1];
  if (exact !== undefined) return exact;
  const z = 1.959963984540054;
  const n = degrees;
  return (
    z +
    (z ** 3 + z) / (4 * n) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * n ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * n ** 3) +
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / (92160 * n ** 4)
  );
}
