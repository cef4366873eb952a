import type { FinetuneSpec, PretrainSpec } from "../../src-shared/domain/job.ts";
import type { FinetuneTilesSpec } from "../../src-shared/domain/tiles.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import type { Normalization } from "../cube/index.ts";
import type { ModelModality, NewModel } from "../learning/index.ts";
import { datesOf } from "./imagery.ts";

/** What a model must know of its inputs to be given the same numbers again. */
export function modelModalities(
  modalities: readonly Modality[],
  normalizations: readonly Normalization[],
): ModelModality[] {
  return modalities.map(({ acquisitions: _, duplicateDates: __, readAs: ___, bands, clearClasses, ...rest }) => {
    const found = normalizations.find(({ modality }) => modality === rest.name);
    if (!found) throw new Error(`No normalization for ${rest.name}`);
    const statistics = found.bands.map(({ clip, ...band }) => ({ ...band, ...(clip ? { clip: { ...clip } } : {}) }));
    return {
      ...rest,
      bands: [...bands],
      clearClasses: [...clearClasses],
      normalization: { bands: statistics, pixels: found.pixels },
    };
  });
}

/** How a model came to be, for its card. */
export function describeTraining(
  { seed, grid, imagery }: PretrainSpec | FinetuneSpec | FinetuneTilesSpec,
  done: Pick<NewModel["training"], "steps" | "seconds" | "provider" | "startedFrom" | "settings">,
): NewModel["training"] {
  return {
    seed,
    bounds: boundsOf(grid.geobox),
    dates: imagery.modalities.map((modality) => {
      const dates = datesOf(imagery, modality);
      return { modality: modality.name, first: dates[0] ?? "", last: dates.at(-1) ?? "", count: dates.length };
    }),
    ...done,
  };
}
