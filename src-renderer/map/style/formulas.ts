import type { SensorId } from "../../../src-shared/eo/sensors.ts";

/** Arithmetic in some world: numbers here, WebGL expressions there. A formula is written once for both. */
export interface Algebra<T> {
  num(value: number): T;
  add(p: T, q: T): T;
  sub(p: T, q: T): T;
  mul(p: T, q: T): T;
  div(p: T, q: T): T;
}

export const numbers: Algebra<number> = {
  num: (value) => value,
  add: (p, q) => p + q,
  sub: (p, q) => p - q,
  mul: (p, q) => p * q,
  div: (p, q) => p / q,
};

/** What a band is for, whatever the sensor calls it. */
export type Role = "blue" | "green" | "red" | "redEdge" | "nir" | "swir1" | "swir2" | "vv" | "vh";

export const bandRoles: Readonly<Record<SensorId, Partial<Readonly<Record<Role, readonly string[]>>>>> = {
  "sentinel-2": {
    blue: ["B02"],
    green: ["B03"],
    red: ["B04"],
    redEdge: ["B05"],
    nir: ["B08", "B8A"],
    swir1: ["B11"],
    swir2: ["B12"],
  },
  landsat: { blue: ["B2"], green: ["B3"], red: ["B4"], nir: ["B5"], swir1: ["B6"], swir2: ["B7"] },
  aerial: { blue: ["B"], green: ["G"], red: ["R"], nir: ["NIR"] },
  "sentinel-1": { vv: ["VV", "HH"], vh: ["VH", "HV"] },
  other: {},
};

export type IndexId = "ndvi" | "evi" | "ndre" | "ndwi" | "ndmi" | "nbr" | "ndbi" | "vvvh";

export interface IndexFormula {
  readonly id: IndexId;
  readonly roles: readonly Role[];
  /** the values it usually has on land */
  readonly range: readonly [low: number, high: number];
  readonly ramp: "vegetation" | "water" | "moisture" | "burn" | "viridis" | "greys";
  readonly of: <T>(m: Algebra<T>, bands: readonly T[]) => T;
}

const normalized = <T>(m: Algebra<T>, [p, q]: readonly T[]): T => m.div(m.sub(p!, q!), m.add(p!, q!));

/** Rouse 1974; Huete 2002; Gitelson 1994; McFeeters 1996; Gao 1996; Key and Benson 2006; Zha 2003. */
export const indices: readonly IndexFormula[] = [
  { id: "ndvi", roles: ["nir", "red"], range: [-0.1, 0.9], ramp: "vegetation", of: normalized },
  {
    id: "evi",
    roles: ["nir", "red", "blue"],
    range: [-0.1, 0.9],
    ramp: "vegetation",
    of: (m, [nir, red, blue]) =>
      m.div(
        m.mul(m.num(2.5), m.sub(nir!, red!)),
        m.add(m.sub(m.add(nir!, m.mul(m.num(6), red!)), m.mul(m.num(7.5), blue!)), m.num(1)),
      ),
  },
  { id: "ndre", roles: ["nir", "redEdge"], range: [-0.1, 0.7], ramp: "vegetation", of: normalized },
  { id: "ndwi", roles: ["green", "nir"], range: [-0.8, 0.6], ramp: "water", of: normalized },
  { id: "ndmi", roles: ["nir", "swir1"], range: [-0.4, 0.6], ramp: "moisture", of: normalized },
  { id: "nbr", roles: ["nir", "swir2"], range: [-0.4, 0.9], ramp: "burn", of: normalized },
  { id: "ndbi", roles: ["swir1", "nir"], range: [-0.6, 0.4], ramp: "greys", of: normalized },
  // Backscatter is always read in decibels: a ratio is a difference.
  { id: "vvvh", roles: ["vv", "vh"], range: [2, 16], ramp: "viridis", of: (m, [vv, vh]) => m.sub(vv!, vh!) },
];

export const indexOf = (id: IndexId): IndexFormula => indices.find((index) => index.id === id)!;

/** The band of a sensor that plays `role`, of those that the layer has. */
export function bandFor(sensor: SensorId, role: Role, available: ReadonlySet<string>): string | undefined {
  return bandRoles[sensor][role]?.find((name) => available.has(name));
}
