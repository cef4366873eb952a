import type { Imagery } from "../../src-shared/domain/job.ts";
import type { Modality } from "../../src-shared/eo/modality.ts";
import { sensors } from "../../src-shared/eo/sensors.ts";

/** What readers call an input of the network: its sensor, with the modality's name where one sensor has several. */
export function inputTitle(modality: Modality, { modalities }: Imagery): string {
  const title = sensors[modality.sensor].title;
  const alone = modalities.filter((other) => other.sensor === modality.sensor).length === 1;
  return alone && modality.sensor !== "other" ? title : `${title} (${modality.name})`;
}

/** A subset of modalities in words: `Sentinel-2 + Sentinel-1`, `Sentinel-1 alone`. */
export function subsetTitle(names: readonly string[], imagery: Imagery): string {
  const titles = names.map((name) => {
    const modality = imagery.modalities.find((candidate) => candidate.name === name);
    return modality ? inputTitle(modality, imagery) : name;
  });
  return titles.length === 1 ? `${titles[0]} alone` : titles.join(" + ");
}
