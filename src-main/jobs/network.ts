import type { ArchitectureChoice } from "../../src-shared/domain/job.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import type { DayCount } from "../cube/index.ts";
import { newConfig, type OmniSatConfig } from "../omnisat/index.ts";

/** The network for a project's modalities. */
export const networkFor = (
  modalities: readonly Modality[],
  { embed, depth, heads, mlpRatio }: ArchitectureChoice,
  tilePatches: number,
  { period }: DayCount,
  maskRatio?: number,
): OmniSatConfig =>
  newConfig({
    modalities: modalities.map(({ name, kind, bands, patchPixels, sensor }) => ({
      name,
      kind,
      channels: bands.length,
      patchPixels,
      radar: sensor === "sentinel-1",
    })),
    grid: { rows: tilePatches, columns: tilePatches },
    width: embed,
    depth,
    heads,
    mlpRatio,
    period,
    maskRatio,
  });

/** A model's network for these inputs: its own as they are, the others as a network of its widths would have them. */
export function networkWith(config: OmniSatConfig, modalities: readonly Modality[], days: DayCount): OmniSatConfig {
  const { width, depth, heads, mlpRatio, grid } = config;
  const known = config.modalities.filter(({ name }) => modalities.some((modality) => modality.name === name));
  const fresh = modalities.filter(({ name }) => !known.some((modality) => modality.name === name));
  if (fresh.length === 0) return { ...config, modalities: known };
  const widths = { name: "small", embed: width, depth, heads, mlpRatio } as const;
  return { ...config, modalities: [...known, ...networkFor(fresh, widths, grid.rows, days).modalities] };
}
