import type { Finding } from "../../src-shared/domain/finding.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import type { Batch, Normalization } from "../cube/index.ts";

interface Band {
  clipped: number;
  counted: number;
  lowest: number;
  highest: number;
}

interface Seen {
  patches: number;
  seen: number;
  /** batches with something to see */
  batches: number;
  readonly bands: readonly Band[];
}

/** A band whose normalised values differ by less than this is constant: others have a spread of about 1. */
const leastSpread = 1e-3;
/** Above this share of values at the limit, the images are not what the statistics were made from. */
const mostClipped = 0.5;
/** Below this share of patches with an observation, hardly anything is learned from a modality. */
const rarelySeen = 0.02;

/**
 * Looks at what the network is really given, batch by batch: whether a modality is seen at all, whether its values vary, and
 * whether they lie where the model's statistics expect them. Nothing is read that would not be read anyway.
 */
export class InputWatch {
  readonly #modalities: readonly Modality[];
  readonly #limits: ReadonlyMap<string, readonly (readonly [low: number, high: number])[]>;
  readonly #seen = new Map<string, Seen>();

  constructor(modalities: readonly Modality[], normalizations: readonly Normalization[]) {
    this.#modalities = modalities;
    this.#limits = new Map(
      normalizations.map(({ modality, bands }) => [
        modality,
        bands.map(({ mean, std, clip }) => [
          clip ? (clip.low - mean) / std : Number.NEGATIVE_INFINITY,
          clip ? (clip.high - mean) / std : Number.POSITIVE_INFINITY,
        ]),
      ]),
    );
    for (const { name, bands } of modalities)
      this.#seen.set(name, {
        patches: 0,
        seen: 0,
        batches: 0,
        bands: bands.map(() => ({
          clipped: 0,
          counted: 0,
          lowest: Number.POSITIVE_INFINITY,
          highest: Number.NEGATIVE_INFINITY,
        })),
      });
  }

  /**
   * A batch as it was read, before brightness is changed at random. What is seen is counted in all; values are looked at in
   * the first batches that hold some, and in later ones now and then.
   */
  add(batch: Batch): void {
    for (const { name, kind } of this.#modalities) this.#look(batch, name, kind);
  }

  #look({ inputs, windows }: Batch, name: string, kind: Modality["kind"]): void {
    const input = inputs[name];
    const found = this.#seen.get(name);
    if (!input || !found) return;
    const before = found.seen;
    const { shape, data } = input.values;
    const [dates, channels, height, width] = (kind === "series" ? shape.slice(1) : [1, ...shape.slice(1)]) as [
      number,
      number,
      number,
      number,
    ];
    const patches = input.mask.shape.at(-1)!;
    const clear = input.mask.data;
    const limits = this.#limits.get(name) ?? [];
    const plane = height * width;
    for (let b = 0; b < windows.length; b++) {
      found.patches += patches;
      for (let p = 0; p < patches; p++) {
        for (let t = 0; t < dates; t++) {
          if (clear[(b * dates + t) * patches + p] !== 1) continue;
          found.seen++;
          break;
        }
      }
    }
    if (found.seen === before || (found.batches++ >= 16 && found.batches % 16 !== 0)) return;
    for (let b = 0; b < windows.length; b++) {
      for (let t = 0; t < dates; t++) {
        let any = false;
        for (let p = 0; p < patches && !any; p++) any = clear[(b * dates + t) * patches + p] === 1;
        if (!any) continue;
        for (let c = 0; c < channels; c++) {
          const band = found.bands[c]!;
          const [low, high] = limits[c] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
          const margin = 1e-4 * Math.max(1, Math.abs(high));
          const start = ((b * dates + t) * channels + c) * plane;
          for (let i = start; i < start + plane; i++) {
            const value = data[i]!;
            if (value < band.lowest) band.lowest = value;
            if (value > band.highest) band.highest = value;
            // Exactly 0 is a pixel without data.
            if (value === 0) continue;
            band.counted++;
            if (value <= low + margin || value >= high - margin) band.clipped++;
          }
        }
      }
    }
  }

  /** A band that is not there is cut to one value on purpose. */
  #isMasked(name: string, channel: number): boolean {
    const [low, high] = this.#limits.get(name)?.[channel] ?? [];
    return low !== undefined && low === high;
  }

  /** Nothing before the first batch. */
  findings(): Finding[] {
    return this.#modalities.flatMap(({ name, bands }) => {
      const found = this.#seen.get(name)!;
      if (found.patches === 0) return [];
      if (found.seen === 0) return [{ code: "modality-without-pixels", details: { modality: name } } as const];
      const findings: Finding[] = [];
      const share = found.seen / found.patches;
      if (share < rarelySeen) findings.push({ code: "modality-rarely-seen", details: { modality: name, share } });
      const clipped = bands.filter(
        (_, c) =>
          !this.#isMasked(name, c) &&
          found.bands[c]!.counted > 0 &&
          found.bands[c]!.clipped / found.bands[c]!.counted > mostClipped,
      );
      const constant = bands.filter(
        (_, c) => !this.#isMasked(name, c) && found.bands[c]!.highest - found.bands[c]!.lowest < leastSpread,
      );
      if (clipped.length > 0) {
        const own = bands.flatMap((band, c) => (clipped.includes(band) ? [found.bands[c]!] : []));
        const sum = (pick: (band: Band) => number) => own.reduce((total, band) => total + pick(band), 0);
        const details = { modality: name, bands: clipped, share: sum((b) => b.clipped) / sum((b) => b.counted) };
        findings.push({ code: "values-clipped", details });
      } else if (constant.length === bands.length)
        findings.push({ code: "modality-constant", details: { modality: name } });
      else if (constant.length > 0)
        findings.push({ code: "bands-constant", details: { modality: name, bands: constant } });
      return findings;
    });
  }
}
