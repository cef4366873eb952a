// A projected system as numbers, whatever it was read from (GeoKeys, WKT): every method has its PROJ words here, once.
import { ReasonedError, reason } from "../../src-shared/errors/reasons/index.ts";
import type { GeographicSystem } from "./register.ts";

/** What cannot be honoured, in words that follow a colon. */
export class CrsProblem extends ReasonedError {}

/** Degrees, metres and plain factors, by what they are. What a text does not say is left out. */
export interface Parameters {
  readonly lat0?: number | undefined;
  readonly lon0?: number | undefined;
  readonly lat1?: number | undefined;
  readonly lat2?: number | undefined;
  readonly scale?: number | undefined;
  readonly azimuth?: number | undefined;
  readonly rectifiedAngle?: number | undefined;
  readonly falseEasting?: number | undefined;
  readonly falseNorthing?: number | undefined;
}

export type Method =
  | "tmerc"
  | "tmerc-south"
  | "hotine-a"
  | "hotine-b"
  | "swiss"
  | "merc"
  | "lcc-1"
  | "lcc-2"
  | "laea"
  | "aea"
  | "aeqd"
  | "eqdc"
  | "stere"
  | "stere-polar"
  | "sterea"
  | "eqc"
  | "cass"
  | "gnom"
  | "mill"
  | "ortho"
  | "poly"
  | "robin"
  | "sinu"
  | "vandg"
  | "nzmg"
  | "cea"
  | "moll"
  | "webmerc"
  | "krovak"
  | "krovak-south";

export interface ProjectedSystem {
  readonly method: Method;
  readonly parameters: Parameters;
  readonly geographic: GeographicSystem;
  /** metres per unit of the coordinates */
  readonly toMeter: number;
}

type Name = Exclude<keyof Parameters, "falseEasting" | "falseNorthing">;
interface Words {
  /** parameters that the method knows; any other that is not neutral is a contradiction */
  readonly knows: readonly Name[];
  /** `undefined`: this method cannot be put with these numbers */
  write(p: Required<{ [K in keyof Parameters]: number }>, given: Parameters): string;
}

const plainLatLon = (proj: string): Words => ({
  knows: ["lat0", "lon0"],
  write: ({ lat0, lon0 }) => `+proj=${proj} +lat_0=${lat0} +lon_0=${lon0}`,
});
const onlyLon = (proj: string): Words => ({ knows: ["lon0"], write: ({ lon0 }) => `+proj=${proj} +lon_0=${lon0}` });
const withScale = (proj: string, scale = "k"): Words => ({
  knows: ["lat0", "lon0", "scale"],
  write: ({ lat0, lon0, scale: k }) => `+proj=${proj} +lat_0=${lat0} +lon_0=${lon0} +${scale}=${k}`,
});
const twoParallels = (proj: string): Words => ({
  knows: ["lat0", "lon0", "lat1", "lat2"],
  write: ({ lat0, lon0, lat1, lat2 }) => `+proj=${proj} +lat_0=${lat0} +lon_0=${lon0} +lat_1=${lat1} +lat_2=${lat2}`,
});

function polar(lat: number, lon: number, scale: number, given: boolean): string {
  const pole = lat < 0 ? -90 : 90;
  if (Math.abs(lat) === 90) return `+proj=stere +lat_0=${pole} +lon_0=${lon} +k=${scale}`;
  if (given && scale !== 1) throw new CrsProblem(reason("crs-polar-stereographic-projection-both-latitude"));
  return `+proj=stere +lat_0=${pole} +lat_ts=${lat} +lon_0=${lon}`;
}

function krovak(south: boolean): Words {
  return {
    knows: ["lat0", "lon0", "azimuth", "lat1", "scale"],
    write: ({ lat0, lon0, azimuth, lat1, scale }, given) => {
      // The formulas in use have the cone of the Czech and Slovak systems built in.
      const near = (value: number, wanted: number) => Math.abs(value - wanted) < 1e-5;
      if (
        !near(lat0, 49.5) ||
        (given.lat1 !== undefined && !near(lat1, 78.5)) ||
        !(near(azimuth, 30.2881397527778) || near(azimuth, 30.2881397222222))
      )
        // biome-ignore format: one line
        throw new CrsProblem(reason("crs-krovak-projection-other-constants-those"));
      return `+proj=krovak ${south ? "+axis=swu " : ""}+lat_0=49.5 +lon_0=${lon0} +alpha=${azimuth} +k=${scale}`;
    },
  };
}

const methods: Readonly<Record<Method, Words>> = {
  tmerc: withScale("tmerc"),
  "tmerc-south": {
    knows: ["lat0", "lon0", "scale"],
    write: ({ lat0, lon0, scale, falseEasting, falseNorthing }) => {
      if (falseEasting !== 0 || falseNorthing !== 0)
        throw new CrsProblem(reason("crs-south-oriented-transverse-mercator-false"));
      return `+proj=tmerc +axis=wsu +lat_0=${lat0} +lon_0=${lon0} +k=${scale}`;
    },
  },
  "hotine-a": {
    knows: ["lat0", "lon0", "scale", "azimuth", "rectifiedAngle"],
    write: ({ lat0, lon0, scale, azimuth, rectifiedAngle }) =>
      `+proj=omerc +no_uoff +lat_0=${lat0} +lonc=${lon0} +alpha=${azimuth} +gamma=${rectifiedAngle} +k=${scale}`,
  },
  "hotine-b": {
    knows: ["lat0", "lon0", "scale", "azimuth", "rectifiedAngle"],
    write: ({ lat0, lon0, scale, azimuth, rectifiedAngle }) =>
      // Along the parallel it is the Swiss projection; the general formulas divide by the cosine of 90° there.
      Math.abs(azimuth - 90) < 1e-9 && Math.abs(rectifiedAngle - 90) < 1e-9
        ? `+proj=somerc +lat_0=${lat0} +lon_0=${lon0} +k_0=${scale}`
        : `+proj=omerc +lat_0=${lat0} +lonc=${lon0} +alpha=${azimuth} +gamma=${rectifiedAngle} +k=${scale}`,
  },
  swiss: withScale("somerc", "k_0"),
  merc: {
    knows: ["lat0", "lon0", "lat1", "scale"],
    write: ({ lat0, lon0, lat1, scale }, given) => {
      if (lat0 !== 0) throw new CrsProblem(reason("crs-mercator-projection-whose-origin-not"));
      if (given.lat1 === undefined || lat1 === 0) return `+proj=merc +lon_0=${lon0} +k=${scale}`;
      if (scale !== 1) throw new CrsProblem(reason("crs-mercator-projection-both-standard-parallel"));
      return `+proj=merc +lon_0=${lon0} +lat_ts=${lat1}`;
    },
  },
  "lcc-1": {
    knows: ["lat0", "lon0", "scale"],
    write: ({ lat0, lon0, scale }) => `+proj=lcc +lat_1=${lat0} +lat_0=${lat0} +lon_0=${lon0} +k_0=${scale}`,
  },
  "lcc-2": {
    knows: ["lat0", "lon0", "lat1", "lat2", "scale"],
    write: ({ lat0, lon0, lat1, lat2, scale }) =>
      `+proj=lcc +lat_0=${lat0} +lon_0=${lon0} +lat_1=${lat1} +lat_2=${lat2}${scale === 1 ? "" : ` +k_0=${scale}`}`,
  },
  laea: plainLatLon("laea"),
  aea: twoParallels("aea"),
  aeqd: plainLatLon("aeqd"),
  eqdc: twoParallels("eqdc"),
  stere: {
    knows: ["lat0", "lon0", "scale"],
    write: ({ lat0, lon0, scale }) => `+proj=stere +lat_0=${lat0} +lon_0=${lon0} +k=${scale}`,
  },
  "stere-polar": {
    knows: ["lat0", "lat1", "lon0", "scale"],
    write: ({ lat0, lat1, lon0, scale }, given) => {
      // The latitude of true scale stands where the origin's does, or by itself beside the pole's.
      if (given.lat1 === undefined) return polar(lat0, lon0, scale, given.scale !== undefined);
      if (given.lat0 !== undefined && Math.abs(lat0) !== 90 && lat0 !== lat1)
        throw new CrsProblem(reason("crs-polar-stereographic-projection-two-latitudes"));
      return polar(lat1, lon0, scale, given.scale !== undefined);
    },
  },
  sterea: withScale("sterea"),
  eqc: {
    knows: ["lat0", "lon0", "lat1"],
    write: ({ lat0, lon0, lat1 }) => `+proj=eqc +lat_ts=${lat1} +lat_0=${lat0} +lon_0=${lon0}`,
  },
  cass: {
    knows: ["lat0", "lon0", "scale"],
    write: ({ lat0, lon0, scale }) => {
      if (scale !== 1) throw new CrsProblem(reason("crs-cassini-projection-scale"));
      return `+proj=cass +lat_0=${lat0} +lon_0=${lon0}`;
    },
  },
  gnom: plainLatLon("gnom"),
  mill: {
    knows: ["lat0", "lon0"],
    write: ({ lat0, lon0 }) => {
      if (lat0 !== 0) throw new CrsProblem(reason("crs-miller-projection-whose-origin-not"));
      return `+proj=mill +lon_0=${lon0}`;
    },
  },
  ortho: plainLatLon("ortho"),
  poly: {
    knows: ["lat0", "lon0", "scale"],
    write: ({ lat0, lon0, scale }) => {
      if (scale !== 1) throw new CrsProblem(reason("crs-polyconic-projection-scale"));
      return `+proj=poly +lat_0=${lat0} +lon_0=${lon0}`;
    },
  },
  robin: onlyLon("robin"),
  sinu: onlyLon("sinu"),
  vandg: onlyLon("vandg"),
  nzmg: {
    knows: ["lat0", "lon0"],
    write: ({ lat0, lon0 }) => {
      if (lat0 !== -41 || lon0 !== 173) throw new CrsProblem(reason("crs-new-zealand-map-grid-another-origin"));
      return "+proj=nzmg +lat_0=-41 +lon_0=173";
    },
  },
  cea: { knows: ["lon0", "lat1"], write: ({ lon0, lat1 }) => `+proj=cea +lat_ts=${lat1} +lon_0=${lon0}` },
  moll: onlyLon("moll"),
  webmerc: {
    knows: ["lon0", "lat0", "lat1"],
    write: ({ lon0, lat0, lat1 }) => {
      if (lon0 !== 0 || lat0 !== 0 || lat1 !== 0) throw new CrsProblem(reason("crs-web-mercator-parameters-own"));
      return "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +k=1 +nadgrids=@null";
    },
  },
  krovak: krovak(false),
  "krovak-south": krovak(true),
};

const neutral: Readonly<Record<Name, number>> = { lat0: 0, lon0: 0, lat1: 0, lat2: 0, scale: 1, azimuth: 0, rectifiedAngle: 90 }; // biome-ignore format: one line

/**
 * The system as a PROJ text. Parameters that a text does not give have the values that GeoTIFF and WKT say: angles 0, scales 1,
 * rectified grid 90°.
 * @throws CrsProblem when a number is none, is out of range, or has no place in the method
 */
export function projText({ method, parameters, geographic, toMeter }: ProjectedSystem): string {
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    if (!Number.isFinite(value))
      throw new CrsProblem(reason("crs-not-number-7", { words: words[name as keyof Parameters] }));
    if (/^(lat|lon)|azimuth|Angle/.test(name) && Math.abs(value) > (name.startsWith("lat") ? 90 + 1e-9 : 720))
      throw new CrsProblem(reason("crs-said", { words: words[name as keyof Parameters], value }));
  }
  if (parameters.scale !== undefined && !(parameters.scale > 0.1 && parameters.scale < 10))
    throw new CrsProblem(reason("crs-scale", { scale: parameters.scale }));
  if (!(toMeter > 1e-6 && toMeter < 1e7)) throw new CrsProblem(reason("crs-one-unit-m", { toMeter }));
  const { knows, write } = methods[method];
  for (const name of Object.keys(neutral) as Name[]) {
    const value = parameters[name];
    if (value === undefined || value === neutral[name] || knows.includes(name)) continue;
    throw new CrsProblem(reason("crs-projection-no-yet-one-given", { method, words: words[name], value }));
  }
  const { falseEasting = 0, falseNorthing = 0 } = parameters;
  const own = write({ ...neutral, ...defined(parameters), falseEasting, falseNorthing }, parameters);
  const units = toMeter === 1 ? "+units=m" : `+to_meter=${toMeter}`;
  const figure =
    method === "webmerc"
      ? ""
      : ` ${method === "mill" || method === "vandg" ? sphereWords(geographic) : geographicWords(geographic)}`;
  return `${own} +x_0=${falseEasting} +y_0=${falseNorthing}${figure} ${units} +no_defs`;
}

const defined = (parameters: Parameters): { readonly [K in keyof Parameters]?: number } =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));

const words: Readonly<Record<keyof Parameters, string>> = {
  lat0: "latitude of origin",
  lon0: "central meridian",
  lat1: "first standard parallel",
  lat2: "second standard parallel",
  scale: "scale",
  azimuth: "azimuth",
  rectifiedAngle: "rectified grid angle",
  falseEasting: "false easting",
  falseNorthing: "false northing",
};

/** Longitudes and latitudes in degrees as a PROJ text. */
export const longLatText = (geographic: GeographicSystem): string =>
  `+proj=longlat ${geographicWords(geographic)} +no_defs`;

/** @throws CrsProblem when the figure is none of the Earth's, or the shift none at all */
function geographicWords({ a, rf, meridian, shift }: GeographicSystem): string {
  if (!(a > 6e6 && a < 7e6)) throw new CrsProblem(reason("crs-ellipsoid-semi-major-axis-m", { a }));
  if (!(rf === 0 || (rf > 100 && rf < 1e5))) throw new CrsProblem(reason("crs-ellipsoid-inverse-flattening", { rf }));
  if (!(Math.abs(meridian) <= 180)) throw new CrsProblem(reason("crs-prime-meridian-lies", { meridian }));
  const parts = [figureWords({ a, rf })];
  if (meridian !== 0) parts.push(`+pm=${meridian}`);
  if (shift) {
    if ((shift.length !== 3 && shift.length !== 7) || !shift.every((value) => Math.abs(value) < 1e5))
      throw new CrsProblem(reason("crs-datum-shift-not-three-or"));
    parts.push(`+towgs84=${shift.join(",")}`);
  }
  return parts.join(" ");
}

/** PROJ draws these two on the sphere of the ellipsoid's area; on a sphere there is no datum to shift. */
function sphereWords(geographic: GeographicSystem): string {
  const { a, rf, meridian, shift } = geographic;
  geographicWords(geographic);
  if (shift?.some((value) => value !== 0)) throw new CrsProblem(reason("crs-datum-shift-projection-only-defined"));
  const f = rf === 0 ? 0 : 1 / rf;
  const es = f * (2 - f);
  const radius = a * (1 - es * (1 / 6 + es * (17 / 360 + (es * 67) / 3024)));
  return `+a=${radius} +b=${radius}${meridian === 0 ? "" : ` +pm=${meridian}`}`;
}

function figureWords({ a, rf }: { readonly a: number; readonly rf: number }): string {
  if (a === 6378137 && Math.abs(rf - 298.257222101) < 1e-6) return "+ellps=GRS80";
  if (a === 6378137 && Math.abs(rf - 298.257223563) < 1e-6) return "+ellps=WGS84";
  return rf === 0 ? `+a=${a} +b=${a}` : `+a=${a} +rf=${rf}`;
}
