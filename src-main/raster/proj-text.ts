// PROJ texts, checked word by word before the formulas in use see them: those take unknown words, figures and units for none.
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { CrsProblem } from "./projection.ts";

/** What every method understands. Words about heights are left behind. */
const everywhere = new Set(["proj", "x_0", "y_0", "units", "to_meter", "ellps", "a", "b", "rf", "R", "datum", "towgs84", "pm", "nadgrids", "axis", "no_defs", "type", "wktext", "title", "over"]); // biome-ignore format: one line
const heights = new Set(["vunits", "vto_meter", "geoidgrids", "geoid_crs"]);

const latLon = ["lat_0", "lon_0"];
const latLonScale = [...latLon, "k", "k_0"];
/**
 * The methods that were compared with PROJ (testing/sweep-crs.ts), with the words that their formulas here read. Robinson (off
 * by 40 cm) and Van der Grinten (no way back near its edge) are left out, the orthographic one is for spheres.
 */
const methods: Readonly<Record<string, readonly string[]>> = {
  longlat: [],
  utm: ["zone", "south"],
  tmerc: latLonScale,
  etmerc: latLonScale,
  merc: ["lon_0", "lat_ts", "k", "k_0"],
  lcc: [...latLonScale, "lat_1", "lat_2"],
  laea: latLon,
  aea: [...latLon, "lat_1", "lat_2"],
  aeqd: latLon,
  eqdc: [...latLon, "lat_1", "lat_2"],
  stere: [...latLonScale, "lat_ts"],
  sterea: latLonScale,
  somerc: latLonScale,
  omerc: ["lat_0", "lonc", "alpha", "gamma", "k", "k_0", "no_uoff", "no_off"],
  eqc: [...latLon, "lat_ts"],
  cass: latLon,
  cea: ["lon_0", "lat_ts"],
  gnom: latLon,
  krovak: [...latLonScale, "alpha"],
  mill: ["lon_0"],
  moll: ["lon_0"],
  nzmg: latLon,
  ortho: latLon,
  poly: latLon,
  sinu: ["lon_0"],
  eqearth: ["lon_0"],
  geos: ["lon_0", "h", "sweep"],
};
/** Methods whose formulas are those of the sphere, and others that are not. */
const spheresOnly = new Set(["ortho", "mill"]);
const ellipsoidsOnly = new Set(["tmerc", "etmerc", "utm", "somerc"]);
/** Words that must be 0 where a method does not read them, and 1: writers give them out of habit. */
const idle: Readonly<Record<string, number>> = { lat_0: 0, lat_ts: 0, k: 1, k_0: 1, lon_0: Number.NaN };

const flags = new Set(["south", "no_uoff", "no_off", "no_defs", "wktext", "over"]);
const textual = new Set([
  "proj",
  "units",
  "ellps",
  "datum",
  "towgs84",
  "pm",
  "nadgrids",
  "axis",
  "type",
  "title",
  "sweep",
]);

/** PROJ's ellipsoids (`proj -le`): semi-major axis and inverse flattening, or minus the semi-minor axis. */
const ellipsoids: Readonly<Record<string, readonly [a: number, rfOrMinusB: number]>> = {
  MERIT: [6378137, 298.257],
  SGS85: [6378136, 298.257],
  GRS80: [6378137, 298.257222101],
  IAU76: [6378140, 298.257],
  airy: [6377563.396, 299.3249646],
  "APL4.9": [6378137, 298.25],
  NWL9D: [6378145, 298.25],
  mod_airy: [6377340.189, -6356034.446],
  andrae: [6377104.43, 300],
  danish: [6377019.2563, 300],
  aust_SA: [6378160, 298.25],
  GRS67: [6378160, 298.247167427],
  GSK2011: [6378136.5, 298.2564151],
  bessel: [6377397.155, 299.1528128],
  bess_nam: [6377483.865, 299.1528128],
  clrk66: [6378206.4, -6356583.8],
  clrk80: [6378249.145, 293.4663],
  clrk80ign: [6378249.2, 293.4660212936269],
  CPM: [6375738.7, 334.29],
  delmbr: [6376428, 311.5],
  engelis: [6378136.05, 298.2566],
  evrst30: [6377276.345, 300.8017],
  evrst48: [6377304.063, 300.8017],
  evrst56: [6377301.243, 300.8017],
  evrst69: [6377295.664, 300.8017],
  evrstSS: [6377298.556, 300.8017],
  fschr60: [6378166, 298.3],
  fschr60m: [6378155, 298.3],
  fschr68: [6378150, 298.3],
  helmert: [6378200, 298.3],
  hough: [6378270, 297],
  intl: [6378388, 297],
  krass: [6378245, 298.3],
  kaula: [6378163, 298.24],
  lerch: [6378139, 298.257],
  mprts: [6397300, 191],
  new_intl: [6378157.5, -6356772.2],
  plessis: [6376523, -6355863],
  PZ90: [6378136, 298.25784],
  SEasia: [6378155, -6356773.3205],
  walbeck: [6376896, -6355834.8467],
  WGS60: [6378165, 298.3],
  WGS66: [6378145, 298.25],
  WGS72: [6378135, 298.26],
  WGS84: [6378137, 298.257223563],
  sphere: [6370997, -6370997],
};
/** The few that the formulas know by the same numbers keep their names, which are easier to read. */
const keptNames = new Set(["GRS80", "WGS84", "bessel", "intl", "krass"]);

/** PROJ's datums (`proj -ld`), with the shift that it gives them. */
const datums: Readonly<Record<string, string>> = {
  WGS84: "+datum=WGS84",
  NAD83: "+ellps=GRS80 +towgs84=0,0,0",
  NAD27: "+a=6378206.4 +rf=294.9786982138982 +towgs84=-8,160,176",
  GGRS87: "+ellps=GRS80 +towgs84=-199.87,74.79,246.62",
  potsdam: "+ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7",
  carthage: "+a=6378249.2 +rf=293.4660212936269 +towgs84=-263.0,6.0,431.0",
  hermannskogel: "+ellps=bessel +towgs84=577.326,90.129,463.919,5.137,1.474,5.297,2.4232",
  ire65: "+a=6377340.189 +b=6356034.446 +towgs84=482.530,-130.596,564.557,-1.042,-0.214,-0.631,8.15",
  nzgd49: "+ellps=intl +towgs84=59.47,-5.04,187.44,0.47,-0.1,1.024,-4.5993",
  OSGB36: "+a=6377563.396 +rf=299.3249646 +towgs84=446.448,-125.157,542.060,0.1502,0.2470,0.8421,-20.4894",
};

/** PROJ's meridians (`proj -lm`), degrees. */
const meridians: Readonly<Record<string, number>> = {
  greenwich: 0,
  lisbon: -9.131906111111,
  paris: 2.337229166667,
  bogota: -74.080916666667,
  madrid: -3.687938888889,
  rome: 12.452333333333,
  bern: 7.439583333333,
  jakarta: 106.807719444444,
  ferro: -17.666666666667,
  brussels: 4.367975,
  stockholm: 18.058277777778,
  athens: 23.7163375,
  oslo: 10.722916666667,
  copenhagen: 12.57788611111,
};

/** PROJ's units of length (`proj -lu`), metres. */
const units: Readonly<Record<string, number>> = {
  m: 1,
  km: 1000,
  dm: 0.1,
  cm: 0.01,
  mm: 0.001,
  kmi: 1852,
  in: 0.0254,
  ft: 0.3048,
  yd: 0.9144,
  mi: 1609.344,
  fath: 1.8288,
  ch: 20.1168,
  link: 0.201168,
  "us-in": 100 / 3937,
  "us-ft": 1200 / 3937,
  "us-yd": 3600 / 3937,
  "us-ch": 79200 / 3937,
  "us-mi": 6336000 / 3937,
  "ind-yd": 0.91439523,
  "ind-ft": 0.30479841,
  "ind-ch": 20.11669506,
};

const aliases: Readonly<Record<string, string>> = { latlong: "longlat", lonlat: "longlat", latlon: "longlat" };

/** The words of a PROJ text, in order; a word without a value is a flag. */
export function projWords(text: string): Map<string, string | undefined> {
  const words = new Map<string, string | undefined>();
  for (const part of text.split(/\s+(?=\+)|^(?=\+)/)) {
    const word = part.trim();
    if (word === "") continue;
    const found = /^\+(\w+)(?:=(.*))?$/s.exec(word);
    if (!found) throw new CrsProblem(reason("crs-no-word-proj-text", { word: word.slice(0, 40) }));
    const [, name, value] = found;
    const before = words.get(name!);
    if (words.has(name!) && before !== value?.trim()) throw new CrsProblem(reason("crs-stands-twice", { name: name! }));
    words.set(name!, value?.trim());
  }
  return words;
}

/**
 * The same text, with ellipsoids, datums, units and meridians as numbers.
 * @throws CrsProblem when a word is not understood by the formulas in use, or is out of range
 */
export function checkedProj(text: string): string {
  if (text.length > 4096) throw new CrsProblem(reason("crs-text-far-too-long"));
  const words = projWords(text);
  const given = words.get("proj");
  if (given === undefined) throw new CrsProblem(reason("crs-names-no-projection-proj"));
  const method = aliases[given] ?? given;
  const own = Object.hasOwn(methods, method) ? methods[method]! : undefined;
  if (!own) throw new CrsProblem(reason("crs-projection-not-computed-6", { given: given.slice(0, 40) }));
  const parts = [`+proj=${method}`];
  for (const [name, value] of words) {
    if (name === "proj" || heights.has(name)) continue;
    if (!everywhere.has(name) && !own.includes(name)) {
      if (Object.hasOwn(idle, name) && Number(value) === idle[name]) continue;
      throw new CrsProblem(
        reason("crs-not-understood-proj", { name, value: value === undefined ? "" : `=${value.slice(0, 40)}`, method }),
      );
    }
    if (flags.has(name)) {
      parts.push(`+${name}`);
      continue;
    }
    if (!textual.has(name) && !isNumber(value))
      throw new CrsProblem(reason("crs-not-number-6", { name, value: (value ?? "").slice(0, 40) }));
    if (name === "b" && words.has("a") && Number(value) !== Number(words.get("a"))) {
      const [a, b] = [Number(words.get("a")), Number(value)];
      parts.push(`+rf=${a / (a - b)}`);
      continue;
    }
    const written = written_[name]?.(value ?? "");
    if (written !== "") parts.push(written ?? `+${name}=${value}`);
  }
  ranges(words, method);
  return [...parts, ...defaults(words, method)].join(" ");
}

/** What PROJ takes for words that are not there, and the formulas here do not. */
function defaults(words: ReadonlyMap<string, string | undefined>, method: string): string[] {
  if (method === "longlat" || method === "utm" || method === "krovak") return [];
  const zeros = ["x_0", "y_0", ...methods[method]!.filter((name) => /^(lat|lon)_0$|^lonc$/.test(name))];
  if (method === "cea") zeros.push("lat_ts");
  return zeros.filter((name) => !words.has(name)).map((name) => `+${name}=0`);
}

const isNumber = (value: string | undefined): boolean =>
  value !== undefined && value !== "" && Number.isFinite(Number(value));

const lookUp = <T>(table: Readonly<Record<string, T>>, name: string, what: string): T => {
  if (!Object.hasOwn(table, name)) throw new CrsProblem(reason("crs-not-known", { what, name: name.slice(0, 40) }));
  return table[name]!;
};

/** Words whose values are names: as numbers where the formulas might not know the name. "" leaves a word out. */
const written_: Readonly<Record<string, (value: string) => string>> = {
  ellps(name) {
    const [a, other] = lookUp(ellipsoids, name, "ellipsoid");
    if (keptNames.has(name)) return `+ellps=${name}`;
    if (a === -other) return `+a=${a} +b=${a}`;
    // Some formulas read the flattening, and know it only when it is written.
    return `+a=${a} +rf=${other < 0 ? a / (a + other) : other}`;
  },
  datum: (name) => lookUp(datums, name, "datum"),
  units(name) {
    const metres = lookUp(units, name, "unit");
    return metres === 1 ? "+units=m" : `+to_meter=${metres}`;
  },
  pm(value) {
    const degrees = isNumber(value) ? Number(value) : lookUp(meridians, value.toLowerCase(), "prime meridian");
    return degrees === 0 ? "" : `+pm=${degrees}`;
  },
  towgs84(value) {
    const numbers = value.split(",");
    if ((numbers.length !== 3 && numbers.length !== 7) || !numbers.every((number) => isNumber(number.trim())))
      throw new CrsProblem(reason("crs-towgs84-not-three-or-seven", { value: value.slice(0, 80) }));
    return `+towgs84=${numbers.map((number) => number.trim()).join(",")}`;
  },
  nadgrids(value) {
    if (value !== "@null")
      throw new CrsProblem(reason("crs-datum-shift-file-not-shipped-6", { value: value.slice(0, 60) }));
    return "+nadgrids=@null";
  },
  axis(value) {
    if (/^(enu?|neu?)$/.test(value)) return "";
    if (!/^(wsu|swu|wnu|esu)$/.test(value))
      throw new CrsProblem(reason("crs-axis-not-understood", { value: value.slice(0, 20) }));
    return `+axis=${value}`;
  },
  sweep(value) {
    if (value !== "x" && value !== "y")
      throw new CrsProblem(reason("crs-sweep-not-understood", { value: value.slice(0, 20) }));
    return `+sweep=${value}`;
  },
  type: () => "",
  title: () => "",
};

function ranges(words: ReadonlyMap<string, string | undefined>, method: string): void {
  const number = (name: string) => (words.has(name) ? Number(words.get(name)) : undefined);
  for (const name of ["lat_0", "lat_1", "lat_2", "lat_ts"]) {
    if (Math.abs(number(name) ?? 0) > 90 + 1e-9)
      throw new CrsProblem(reason("crs-no-latitude", { name, words: words.get(name) ?? "" }));
  }
  for (const name of ["lon_0", "lonc", "alpha", "gamma"]) {
    if (Math.abs(number(name) ?? 0) > 720)
      throw new CrsProblem(reason("crs-no-angle", { name, words: words.get(name) ?? "" }));
  }
  for (const name of ["k", "k_0"]) {
    const scale = number(name);
    if (scale !== undefined && !(scale > 0.1 && scale < 10))
      throw new CrsProblem(reason("crs-no-scale-map", { name, scale }));
  }
  const toMeter = number("to_meter");
  if (toMeter !== undefined && !(toMeter > 1e-6 && toMeter < 1e7))
    throw new CrsProblem(reason("crs-tometer-no-unit-length", { toMeter }));
  if (words.has("k") && words.has("k_0")) throw new CrsProblem(reason("crs-k-k0-both"));
  for (const name of ["a", "b", "R"]) {
    const radius = number(name);
    if (radius !== undefined && !(radius > 1000 && radius < 1e9))
      throw new CrsProblem(reason("crs-no-radius-planet", { name, radius }));
  }
  const rf = number("rf");
  if (rf !== undefined && !(rf > 2)) throw new CrsProblem(reason("crs-rf-no-flattening-planet", { rf }));
  if (words.has("a") && !words.has("b") && !words.has("rf")) throw new CrsProblem(reason("crs-a-needs-b-or-rf"));
  if (words.has("rf") && words.has("b")) throw new CrsProblem(reason("crs-rf-b-both"));
  const figures = ["R", "a", "ellps", "datum"].filter((name) => words.has(name));
  if (figures.length > 1)
    throw new CrsProblem(reason("crs-figure-earth-given-twice", { figures: figures.join(", +") }));
  const figure = figureIn(words);
  const refuse = spheresOnly.has(method) ? figure?.rf !== 0 : ellipsoidsOnly.has(method) && figure?.rf === 0;
  if (refuse)
    throw new CrsProblem(
      spheresOnly.has(method)
        ? reason("crs-projection-ellipsoid-not-computed", { method })
        : reason("crs-projection-sphere-not-computed", { method }),
    );
  if (method === "nzmg" && !(figure?.a === 6378388 && Math.abs(figure.rf - 297) < 1e-6))
    throw new CrsProblem(reason("crs-new-zealand-map-grid-another"));
  if ((method === "krovak" || method === "geos") && (number("x_0") || number("y_0")))
    throw new CrsProblem(reason("crs-false-origin-x0-y0-not", { method }));
  if (method === "omerc") {
    if (number("alpha") === undefined) throw new CrsProblem(reason("crs-proj-omerc-needs-alpha"));
    if (Math.abs(Math.cos((number("alpha")! * Math.PI) / 180)) < 1e-6)
      throw new CrsProblem(reason("crs-oblique-mercator-projection-along-parallel"));
  }
  if (method === "utm") {
    const zone = number("zone") ?? Number.NaN;
    if (!Number.isInteger(zone) || zone < 1 || zone > 60)
      throw new CrsProblem(reason("crs-zone-no-utm-zone", { words: words.get("zone") ?? "" }));
  }
  if (method === "lcc" || method === "aea" || method === "eqdc") conic(number, method);
}

/** The figure that a text gives. */
export function figureIn(
  words: ReadonlyMap<string, string | undefined>,
): { readonly a: number; readonly rf: number } | undefined {
  const number = (name: string) => Number(words.get(name));
  const ofAxes = (a: number, b: number) => ({ a, rf: a === b ? 0 : a / (a - b) });
  if (words.has("R")) return { a: number("R"), rf: 0 };
  if (words.has("a")) return words.has("b") ? ofAxes(number("a"), number("b")) : { a: number("a"), rf: number("rf") };
  const datum = words.get("datum");
  const datumEllipsoid = datum === undefined ? undefined : (/\+ellps=(\S+)/.exec(datums[datum] ?? "")?.[1] ?? datum);
  const row = ellipsoids[words.get("ellps") ?? datumEllipsoid ?? "WGS84"];
  if (!row) return undefined;
  return row[1] < 0 ? ofAxes(row[0], -row[1]) : { a: row[0], rf: row[1] };
}

/** Programs differ on the parallels of a cone that a text leaves out, and the formulas here take 0 for left out. */
function conic(number: (name: string) => number | undefined, method: string): void {
  const [origin, first, second] = [number("lat_0"), number("lat_1"), number("lat_2")];
  if (first === undefined || (second === undefined && method !== "lcc"))
    throw new CrsProblem(
      method === "lcc" ? reason("crs-proj-needs-lat1", { method }) : reason("crs-proj-needs-lat1-lat2", { method }),
    );
  if (second === undefined && origin !== first) throw new CrsProblem(reason("crs-one-standard-parallel-not-origin"));
  if (second === 0 && method !== "aea") throw new CrsProblem(reason("crs-standard-parallel-equator-not-computed"));
  if (Math.abs(first + (second ?? first)) < 1e-9)
    throw new CrsProblem(reason("crs-standard-parallels-lie-opposite-sides"));
}
