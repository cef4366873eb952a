/** Bands of different sensors that show the same light. */
import { type Band, bandNamed, type SensorId, sensors } from "./sensors.ts";

/** Bands by the names that PlanetScope, UAV cameras and others write, for images of no known sensor (centre and width in nanometres). */
const commonBands: readonly (readonly [names: readonly string[], centre: number, width: number])[] = [
  [["coastal", "coastal_blue", "coastalblue", "coastal_aerosol"], 443, 21],
  [["blue", "b"], 490, 60],
  [["green_i", "greeni", "green1"], 531, 36],
  [["green", "g", "green2"], 562, 40],
  [["yellow"], 610, 20],
  [["red", "r"], 662, 40],
  [["rededge", "red_edge", "rededge1", "red_edge_1", "re"], 705, 20],
  [["rededge2", "red_edge_2"], 740, 18],
  [["rededge3", "red_edge_3"], 783, 20],
  [["nir", "n", "nir1", "infrared", "near_infrared", "near infrared"], 845, 80],
  [["swir1", "swir16", "swir_1"], 1610, 90],
  [["swir2", "swir22", "swir_2"], 2200, 180],
];

/** Where a band lies in the spectrum. */
export interface Passband {
  readonly centre: number;
  readonly width: number;
}

/** Of a camera whose band widths are unknown. */
const usualWidth = 60;
/** Centres so close are one band, however narrow both are: twins of a sensor differ by as much. */
const sameCentre = 20;

/** The light that a band of a sensor shows; `undefined` for radar, indices and names that say nothing. */
export function passbandOf(sensor: SensorId, name: string): Passband | undefined {
  const known: Band | undefined = sensors[sensor].bands.find((band) => band.name === name) ?? bandNamed(sensor, name);
  if (known?.wavelengthNanometers !== undefined)
    return { centre: known.wavelengthNanometers, width: known.bandwidthNanometers ?? usualWidth };
  if (sensor === "sentinel-1") return undefined;
  const word = name.trim().toLowerCase();
  const common = commonBands.find(([names]) => names.includes(word));
  return common && { centre: common[1], width: common[2] };
}

/** Nanometres by which two centres may differ: 20, or half of the wider band, so that one centre lies in the other's light. */
const toleranceOf = (p: Passband, q: Passband): number => Math.max(sameCentre, p.width / 2, q.width / 2);

/** Of each wanted band the band of the images that shows it. */
export interface BandMatch {
  readonly wanted: string;
  /** `undefined`: none shows that light */
  readonly found: string | undefined;
  /** difference of the centres in nanometres; 0 for the same band */
  readonly nanometers: number;
}

/**
 * Which bands stand for the wanted ones: those of the same name where the sensor is the same, else the nearest in the spectrum within
 * `toleranceOf`. One band may stand for two: Sentinel-2's B8A for B08 and for itself. Radar is matched by name alone.
 */
export function matchBands(
  wanted: { readonly sensor: SensorId; readonly bands: readonly string[] },
  given: { readonly sensor: SensorId; readonly bands: readonly string[] },
): BandMatch[] {
  const same = wanted.sensor === given.sensor;
  return wanted.bands.map((name) => {
    if (same && given.bands.includes(name)) return { wanted: name, found: name, nanometers: 0 };
    const own = passbandOf(wanted.sensor, name);
    const near = given.bands
      .flatMap((band) => {
        const other = own && passbandOf(given.sensor, band);
        if (!own || !other) return [];
        const nanometers = Math.abs(own.centre - other.centre);
        return nanometers <= toleranceOf(own, other) ? [{ wanted: name, found: band, nanometers }] : [];
      })
      .sort((p, q) => p.nanometers - q.nanometers);
    return near[0] ?? { wanted: name, found: undefined, nanometers: 0 };
  });
}

/** Fewer bands than this, or less than half of what was wanted, are too little to see with. */
const leastBands = 3;

/** Whether so much of the wanted light is shown that a network can do with it. */
export function isEnoughLight(matches: readonly BandMatch[]): boolean {
  const found = matches.filter((match) => match.found !== undefined).length;
  return found === matches.length || found >= leastBands || (found > 0 && 2 * found >= matches.length);
}
