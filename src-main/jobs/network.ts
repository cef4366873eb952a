import type { ArchitectureChoice } from "../../src-shared/domain/job.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import type { DayCount } from "../cube/index.ts";
import { type ModalityConfig, type OmniSatConfig, seriesDefaults } from "../omnisat/index.ts";

/** The share of tokens hidden when a spec does not say: the published one. */
const officialMaskRatio = 0.75;

/** The network for a project's modalities: the published design with our own options (true patch places, masked dates). */
export function networkFor(
  modalities: readonly Modality[],
  architecture: ArchitectureChoice,
  tilePatches: number,
  days: DayCount,
  maskRatio = officialMaskRatio,
): OmniSatConfig {
  const { embed, depth, heads, mlpRatio } = architecture;
  return {
    modalities: modalities.map((modality) => modalityFor(modality, architecture, days)),
    grid: { rows: tilePatches, columns: tilePatches },
    width: embed,
    depth,
    heads,
    mlpRatio,
    dropout: { tokens: 0.2, attention: 0.1, path: 0.1, series: 0.2, dates: 0.1 },
    relativePositions: "grid",
    inputNormalization: false,
    maskRatio,
    dateQuantile: 0.75,
    temperature: modalities.length > 1 ? 0.1 : null,
  };
}

function modalityFor(
  { name, kind, bands, patchPixels, sensor }: Modality,
  { embed, heads }: ArchitectureChoice,
  days: DayCount,
): ModalityConfig {
  if (kind === "image") return { kind: "image", name, channels: bands.length, patchPixels, groups: 4 };
  return {
    kind: "series",
    name,
    channels: bands.length,
    patchPixels,
    ...seriesDefaults(embed),
    ...(embed < 256 ? { heads, inputWidths: [32, embed], outputWidths: [embed] } : {}),
    period: days.period,
    // SPEC §4.2.2: the published networks normalise optical series only; radar levels are themselves informative.
    normalizesSequence: sensor !== "sentinel-1",
  };
}
