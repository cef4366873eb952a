/** Indices of a pixel, computed from a sensor's bands: each is a formula over roles (red, near infrared …) that the sensor's bands play. */
import type { SensorId } from "./sensors.ts";

type Role = "blue" | "green" | "red" | "redEdge" | "nir" | "swir1" | "swir2" | "vv" | "vh";

const roles: Readonly<Record<SensorId, Partial<Record<Role, string>>>> = {
  "sentinel-2": { blue: "B02", green: "B03", red: "B04", redEdge: "B05", nir: "B08", swir1: "B11", swir2: "B12" },
  landsat: { blue: "B2", green: "B3", red: "B4", nir: "B5", swir1: "B6", swir2: "B7" },
  aerial: { blue: "B", green: "G", red: "R", nir: "NIR" },
  "sentinel-1": { vv: "VV", vh: "VH" },
  other: {},
};

export interface SpectralIndex {
  readonly name: string;
  /** the formula, as it is usually written */
  readonly formula: string;
  readonly bands: readonly string[];
  /** of band values in the order of `bands`: reflectance, or decibels for radar; not finite where it is not defined */
  readonly value: (values: readonly number[]) => number;
}

interface Rule {
  readonly name: string;
  readonly formula: string;
  readonly roles: readonly Role[];
  readonly value: (values: readonly number[]) => number;
  /** needs reflectance, not any brightness: the formula has constants in reflectance */
  readonly absolute?: boolean;
}

const ratio = ([p, q]: readonly number[]): number => (p! - q!) / (p! + q!);
const linear = (decibels: number): number => 10 ** (decibels / 10);

const rules: readonly Rule[] = [
  { name: "NDVI", formula: "(NIR − red) / (NIR + red)", roles: ["nir", "red"], value: ratio },
  {
    name: "EVI",
    formula: "2.5 (NIR − red) / (NIR + 6 red − 7.5 blue + 1)",
    roles: ["nir", "red", "blue"],
    value: ([nir, red, blue]) => (2.5 * (nir! - red!)) / (nir! + 6 * red! - 7.5 * blue! + 1),
    absolute: true,
  },
  { name: "NDRE", formula: "(NIR − red edge) / (NIR + red edge)", roles: ["nir", "redEdge"], value: ratio },
  { name: "NDWI", formula: "(green − NIR) / (green + NIR)", roles: ["green", "nir"], value: ratio },
  { name: "NDMI", formula: "(NIR − SWIR 1) / (NIR + SWIR 1)", roles: ["nir", "swir1"], value: ratio },
  { name: "NBR", formula: "(NIR − SWIR 2) / (NIR + SWIR 2)", roles: ["nir", "swir2"], value: ratio },
  {
    name: "VH−VV",
    formula: "VH − VV in dB, which is 10 log10(VH / VV)",
    roles: ["vh", "vv"],
    value: ([h, v]) => h! - v!,
  },
  {
    name: "RVI",
    formula: "4 VH / (VV + VH), linear power",
    roles: ["vh", "vv"],
    value: ([h, v]) => (4 * linear(h!)) / (linear(v!) + linear(h!)),
  },
];

/** The indices that `bands` of a sensor allow. Without reflectance those with constants in them are left out. */
export function indicesFor(sensor: SensorId, bands: readonly string[], isReflectance = true): SpectralIndex[] {
  const played = roles[sensor];
  return rules.flatMap(({ name, formula, roles: needed, value, absolute }) => {
    const used = needed.map((role) => played[role]);
    const known = used.every((band) => band !== undefined && bands.includes(band));
    return known && (isReflectance || !absolute) ? [{ name, formula, bands: used as string[], value }] : [];
  });
}
