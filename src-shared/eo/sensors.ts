/** The instruments we know: their bands, where they look in the spectrum, and how sharp they see. */

export type SensorId = "sentinel-2" | "sentinel-1" | "landsat" | "aerial" | "other";

export interface Band {
  /** the name used everywhere in a project: `B02`, `VV`, `NIR` */
  readonly name: string;
  readonly title: string;
  /** centre and width in nanometres; radar bands have none */
  readonly wavelengthNanometers?: number;
  readonly bandwidthNanometers?: number;
  /** native ground sampling distance; unknown for aerial images */
  readonly resolutionMeters?: number;
  /** other names for this band in products and band descriptions, in lower case */
  readonly aliases: readonly string[];
}

export interface Sensor {
  readonly id: SensorId;
  readonly title: string;
  readonly bands: readonly Band[];
  /** the smallest reasonable patch a project would use for this sensor */
  readonly usualResolutionMeters?: number;
}

function optical(
  name: string,
  title: string,
  wavelengthNanometers: number,
  bandwidthNanometers: number,
  resolutionMeters: number,
  aliases: readonly string[] = [],
): Band {
  return { name, title, wavelengthNanometers, bandwidthNanometers, resolutionMeters, aliases };
}

/** Wavelengths of Sentinel-2A (MSI); those of 2B and 2C differ by a few nanometres. */
const sentinel2: readonly Band[] = [
  optical("B01", "Coastal aerosol", 443, 21, 60, ["coastal", "b1"]),
  optical("B02", "Blue", 493, 66, 10, ["blue", "b2"]),
  optical("B03", "Green", 560, 36, 10, ["green", "b3"]),
  optical("B04", "Red", 665, 31, 10, ["red", "b4"]),
  optical("B05", "Red edge 1", 704, 15, 20, ["rededge1", "rededge", "b5"]),
  optical("B06", "Red edge 2", 740, 15, 20, ["rededge2", "b6"]),
  optical("B07", "Red edge 3", 783, 20, 20, ["rededge3", "b7"]),
  optical("B08", "Near infrared", 833, 106, 10, ["nir", "b8"]),
  optical("B8A", "Near infrared, narrow", 865, 21, 20, ["nir08", "nir2", "b08a"]),
  optical("B09", "Water vapour", 945, 20, 60, ["nir09", "b9"]),
  optical("B10", "Cirrus", 1374, 31, 60, ["cirrus"]),
  optical("B11", "Short-wave infrared 1", 1614, 91, 20, ["swir16", "swir1"]),
  optical("B12", "Short-wave infrared 2", 2202, 175, 20, ["swir22", "swir2"]),
];

const sentinel1: readonly Band[] = [
  { name: "VV", title: "VV backscatter", resolutionMeters: 10, aliases: ["sigma0_vv", "gamma0_vv"] },
  { name: "VH", title: "VH backscatter", resolutionMeters: 10, aliases: ["sigma0_vh", "gamma0_vh"] },
  { name: "HH", title: "HH backscatter", resolutionMeters: 10, aliases: ["sigma0_hh", "gamma0_hh"] },
  { name: "HV", title: "HV backscatter", resolutionMeters: 10, aliases: ["sigma0_hv", "gamma0_hv"] },
];

/** Operational Land Imager of Landsat 8 and 9. */
const landsat: readonly Band[] = [
  optical("B1", "Coastal aerosol", 443, 16, 30, ["coastal", "b01"]),
  optical("B2", "Blue", 482, 60, 30, ["blue", "b02"]),
  optical("B3", "Green", 561, 57, 30, ["green", "b03"]),
  optical("B4", "Red", 655, 37, 30, ["red", "b04"]),
  optical("B5", "Near infrared", 865, 28, 30, ["nir", "nir08", "b05"]),
  optical("B6", "Short-wave infrared 1", 1609, 85, 30, ["swir16", "swir1", "b06"]),
  optical("B7", "Short-wave infrared 2", 2201, 187, 30, ["swir22", "swir2", "b07"]),
];

const aerial: readonly Band[] = [
  { name: "R", title: "Red", wavelengthNanometers: 660, aliases: ["red"] },
  { name: "G", title: "Green", wavelengthNanometers: 560, aliases: ["green"] },
  { name: "B", title: "Blue", wavelengthNanometers: 480, aliases: ["blue"] },
  { name: "NIR", title: "Near infrared", wavelengthNanometers: 840, aliases: ["nir", "infrared", "ir"] },
];

export const sensors: Readonly<Record<SensorId, Sensor>> = {
  "sentinel-2": { id: "sentinel-2", title: "Sentinel-2", bands: sentinel2, usualResolutionMeters: 10 },
  "sentinel-1": { id: "sentinel-1", title: "Sentinel-1", bands: sentinel1, usualResolutionMeters: 10 },
  landsat: { id: "landsat", title: "Landsat", bands: landsat, usualResolutionMeters: 30 },
  aerial: { id: "aerial", title: "Aerial image", bands: aerial },
  other: { id: "other", title: "Other image", bands: [] },
};

/** The ten Sentinel-2 bands of 10 and 20 m, in the order of wavelength that OmniSat's series use. */
export const sentinel2LandBands: readonly string[] = [
  "B02",
  "B03",
  "B04",
  "B05",
  "B06",
  "B07",
  "B08",
  "B8A",
  "B11",
  "B12",
];

/**
 * The Thematic Mappers of Landsat 4, 5 and 7 number their bands otherwise than Landsat 8 and 9, whose names a project uses: by
 * number, the band that sees the same part of the spectrum. Band 6 is thermal, band 8 panchromatic: they have none.
 * @see USGS, Landsat 4-7 Collection 2 Level 2 Science Product Guide (LSDS-1618), table 2-1
 */
const thematicMapper: Readonly<Record<string, string>> = { 1: "B2", 2: "B3", 3: "B4", 4: "B5", 5: "B6", 7: "B7" };

/** Does the satellite carry a Thematic Mapper? `LT05`, `LE07`, `LANDSAT_5`, `L7`. */
export const hasThematicMapper = (platform: string | undefined): boolean =>
  /^(?:L[TE]?0?|LANDSAT[_ -]?)[457]$/i.test(platform ?? "");

/**
 * The band called `text` in a product or a band description, or `undefined`: `"b8a"`, `"red"`, `"B4"` are understood.
 * @param platform the satellite, where it is known: numbers of Landsat's bands mean other bands before Landsat 8
 */
export function bandNamed(sensor: SensorId, text: string, platform?: string): Band | undefined {
  const wanted = text.trim().toLowerCase().replace(/\s+/g, "");
  const number = /^b0?(\d)$/.exec(wanted)?.[1];
  if (sensor === "landsat" && number !== undefined && hasThematicMapper(platform)) {
    const name = thematicMapper[number];
    return landsat.find((band) => band.name === name);
  }
  return sensors[sensor].bands.find((band) => band.name.toLowerCase() === wanted || band.aliases.includes(wanted));
}

/**
 * What the bands of a file are when it does not name them, by sensor, level and number of bands.
 * Only common layouts are guessed; anything else has to be named.
 * @param platform the satellite, where it is known: Landsat 4, 5 and 7 have other bands than 8 and 9
 */
export function usualBands(sensor: SensorId, count: number, platform?: string): readonly string[] | undefined {
  const names = sensors[sensor].bands.map((band) => band.name);
  const layouts: Readonly<Record<SensorId, readonly (readonly string[])[]>> = {
    "sentinel-2": [
      ["B02", "B03", "B04", "B08"],
      ["B05", "B06", "B07", "B8A", "B11", "B12"],
      sentinel2LandBands,
      names.filter((name) => name !== "B10"), // L2A has no cirrus band
      names,
    ],
    "sentinel-1": [["VV", "VH"]],
    landsat: hasThematicMapper(platform) ? [Object.values(thematicMapper)] : [names],
    aerial: [
      ["R", "G", "B"],
      ["R", "G", "B", "NIR"],
    ],
    other: [],
  };
  return layouts[sensor].find((layout) => layout.length === count);
}

/** Sentinel-2 scene classification (SCL): what each class of the level-2A quality band means. */
export const sclClasses: readonly string[] = [
  "no data",
  "saturated or defective",
  "dark area",
  "cloud shadow",
  "vegetation",
  "not vegetated",
  "water",
  "unclassified",
  "cloud, medium probability",
  "cloud, high probability",
  "thin cirrus",
  "snow or ice",
];

/** Classes taken as a clear view of the ground. Dark areas (2) and snow (11) are left to the project to add. */
export const clearSclClasses: readonly number[] = [4, 5, 6, 7];
