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
