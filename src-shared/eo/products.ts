/** What a product's name says: sensor, level, date, bands. Names only; no file is opened. */
import { dateOfDay, isoDate } from "./dates.ts";
import type { Evidence } from "./evidence.ts";
import { bandNamed, hasThematicMapper, type SensorId } from "./sensors.ts";

export interface ProductName {
  readonly sensor?: SensorId;
  readonly platform?: string;
  readonly level?: string;
  readonly date?: string;
  readonly time?: string;
  /** the bands this file holds, when its name says so */
  readonly bands?: readonly string[];
  /** a classification of pixels (SCL), not a measurement */
  readonly quality?: "scl";
  readonly resolutionMeters?: number;
  readonly relativeOrbit?: number;
  readonly pass?: "ascending" | "descending";
  readonly tile?: string;
  /** `04.00` */
  readonly processingBaseline?: string;
  /** who wrote the product, where it decides the numbers' meaning */
  readonly provider?: "esa" | "theia" | "sentinel-hub" | "earth-search" | "hls" | "usgs";
  /** the name that gave it, for every field found */
  readonly evidence: readonly Evidence[];
}

type Fields = { -readonly [K in Exclude<keyof ProductName, "evidence">]?: ProductName[K] | undefined };

interface Rule {
  readonly title: string;
  readonly pattern: RegExp;
  read(groups: Readonly<Record<string, string | undefined>>): Fields;
}

/** `20190410T105032` → date and time. BigEarthNet writes hours without the leading zero. */
function moment(text: string | undefined): Pick<Fields, "date" | "time"> {
  const match = /^(\d{4})(\d{2})(\d{2})(?:[T-]?(\d{5,6}))?/i.exec(text ?? "");
  if (!match) return {};
  const date = isoDate(Number(match[1]), Number(match[2]), Number(match[3]));
  if (!date) return {};
  const clock = match[4]?.padStart(6, "0");
  if (!clock || Number(clock.slice(0, 2)) > 23 || Number(clock.slice(2, 4)) > 59) return { date };
  return { date, time: `${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4, 6)}` };
}

const baseline = (digits: string | undefined) => (digits ? `${digits.slice(0, 2)}.${digits.slice(2, 4)}` : undefined);

function sentinel2Band(text: string | undefined): Pick<Fields, "bands" | "quality"> {
  if (!text) return {};
  if (/^SCL$/i.test(text)) return { bands: ["SCL"], quality: "scl" };
  const band = bandNamed("sentinel-2", text);
  return band ? { bands: [band.name] } : {};
}

/** The band of a Thematic Mapper that measures temperature: it must not be taken for the sixth band of Landsat 8. */
export const thermalBand = "thermal";

const landsatBand = (text: string, platform: string | undefined): string =>
  bandNamed("landsat", text, platform)?.name ??
  (hasThematicMapper(platform) && /^b0?6$/i.test(text) ? thermalBand : text.toUpperCase());

const polarisation = (text: string | undefined): Pick<Fields, "bands"> => (text ? { bands: [text.toUpperCase()] } : {});

/** Orbits repeat every 175 revolutions; the offset of the count is the platform's. */
function relativeOrbit(platform: string, absoluteOrbit: string | undefined): number | undefined {
  const offset = platform === "S1A" ? 73 : platform === "S1B" ? 27 : undefined;
  return absoluteOrbit === undefined || offset === undefined
    ? undefined
    : ((Number(absoluteOrbit) - offset + 175) % 175) + 1;
}

function passOf(text: string | undefined): Fields["pass"] {
  if (!text) return undefined;
  return /^asc/i.test(text) ? "ascending" : "descending";
}

const bandFile: Rule = {
  title: "band file",
  pattern: /(?:^|_)(?<band>B\d{1,2}|B8A|SCL)(?:_(?<resolution>10|20|60)m)?\.(?:tiff?|jp2)$/i,
  read: (g) => ({
    resolutionMeters: g.resolution ? Number(g.resolution) : undefined,
    ...sentinel2Band(g.band),
  }),
};

/** Most particular first. Each is tried on the file's name, then on the folders above it. */
const rules: readonly Rule[] = [
  {
    title: "ESA Sentinel-2 product",
    pattern:
      /^(?<platform>S2[A-D])_MSI(?<level>L1C|L2A)_(?<moment>\d{8}T\d{5,6})(?:_N(?<baseline>\d{4}))?(?:_R(?<orbit>\d{3}))?(?:_T(?<tile>\d{2}[A-Z]{3}))?(?:_\d{8}T\d{6})?(?:_\d+_\d+)?(?:[_.](?<band>B\d{1,2}A?|B8A|SCL))?(?=[_.]|$)/i,
    read: (g) => ({
      sensor: "sentinel-2",
      platform: g.platform!.toUpperCase(),
      level: g.level!.toUpperCase(),
      ...moment(g.moment),
      processingBaseline: baseline(g.baseline),
      relativeOrbit: g.orbit ? Number(g.orbit) : undefined,
      tile: g.tile?.toUpperCase(),
      provider: "esa",
      ...sentinel2Band(g.band),
    }),
  },
  {
    title: "ESA Sentinel-2 band file",
    pattern:
      /^(?:L2A_)?T(?<tile>\d{2}[A-Z]{3})_(?<moment>\d{8}T\d{6})_(?<band>B\d{1,2}A?|SCL)(?:_(?<resolution>10|20|60)m)?(?=[_.]|$)/i,
    read: (g) => ({
      sensor: "sentinel-2",
      ...moment(g.moment),
      tile: g.tile!.toUpperCase(),
      resolutionMeters: g.resolution ? Number(g.resolution) : undefined,
      provider: "esa",
      ...sentinel2Band(g.band),
    }),
  },
  {
    title: "Theia (MAJA) Sentinel-2 product",
    pattern:
      /^SENTINEL2(?<unit>[A-D])_(?<moment>\d{8}-\d{6})-\d{3}_(?<level>L\dA|L1C)_T(?<tile>\d{2}[A-Z]{3})(?:_.*?_(?:FRE|SRE)_(?<band>B\d{1,2}A?))?(?=[_.]|$)/i,
    read: (g) => ({
      sensor: "sentinel-2",
      platform: `S2${g.unit!.toUpperCase()}`,
      level: g.level!.toUpperCase(),
      ...moment(g.moment),
      tile: g.tile!.toUpperCase(),
      provider: "theia",
      ...sentinel2Band(g.band),
    }),
  },
  {
    title: "Element 84 Sentinel-2 scene",
    pattern:
      /^(?<platform>S2[A-D])_(?:T?(?<tile>\d{2}[A-Z]{3}))_(?<moment>\d{8}(?:T\d{6})?)(?:_\d+)?_(?<level>L1C|L2A)(?=[_.]|$)/i,
    read: (g) => ({
      sensor: "sentinel-2",
      platform: g.platform!.toUpperCase(),
      level: g.level!.toUpperCase(),
      ...moment(g.moment),
      tile: g.tile!.toUpperCase(),
      provider: "earth-search",
    }),
  },
  {
    title: "Sentinel Hub download",
    pattern:
      /^(?<date>\d{4}-\d{2}-\d{2})-\d{2}[:_]\d{2}_\d{4}-\d{2}-\d{2}-\d{2}[:_]\d{2}_Sentinel-(?<number>[12])(?:_(?<level>L1C|L2A))?(?:_(?<band>B\d{1,2}A?|SCL|VV|VH|HH|HV))?/i,
    read: (g) => ({
      sensor: g.number === "2" ? "sentinel-2" : "sentinel-1",
      level: g.level?.toUpperCase(),
      ...moment(g.date?.replaceAll("-", "")),
      provider: "sentinel-hub",
      ...(g.number === "2" ? sentinel2Band(g.band) : polarisation(g.band)),
    }),
  },
  {
    title: "ESA Sentinel-1 product",
    pattern:
      /^(?<platform>S1[A-D])_(?:IW|EW|S\d|WV)_(?<type>GRD|SLC)[A-Z_]?_1S(?<polarisation>[SD][VH])_(?<moment>\d{8}T\d{6})(?:_\d{8}T\d{6}_(?<orbit>\d{6}))?.*?(?:_(?<rtc>rtc))?(?:_(?<band>VV|VH|HH|HV))?(?:\.[A-Za-z]+)?$/i,
    read: (g) => ({
      sensor: "sentinel-1",
      platform: g.platform!.toUpperCase(),
      level: g.rtc ? "RTC" : g.type!.toUpperCase(),
      ...moment(g.moment),
      relativeOrbit: relativeOrbit(g.platform!.toUpperCase(), g.orbit),
      ...polarisation(g.band),
    }),
  },
  {
    title: "ESA Sentinel-1 measurement",
    pattern:
      /^(?<platform>s1[a-d])-(?:iw\d?|ew\d?|s\d|wv)-(?<type>grd|slc)-(?<band>vv|vh|hh|hv)-(?<moment>\d{8}t\d{6})-\d{8}t\d{6}-(?<orbit>\d{6})/i,
    read: (g) => ({
      sensor: "sentinel-1",
      platform: g.platform!.toUpperCase(),
      level: g.type!.toUpperCase(),
      ...moment(g.moment),
      relativeOrbit: relativeOrbit(g.platform!.toUpperCase(), g.orbit),
      ...polarisation(g.band),
    }),
  },
  {
    title: "ASF HyP3 Sentinel-1 product",
    pattern:
      /^(?<platform>S1[A-D])_(?:IW|EW|S\d)_(?<moment>\d{8}T\d{6})_[SD][VH][PRO]_RTC\d{2}_G_[gs][pad][a-z]{4}_[0-9A-F]{4}(?:_(?<band>VV|VH|HH|HV))?(?=[_.]|$)/i,
    read: (g) => ({
      sensor: "sentinel-1",
      platform: g.platform!.toUpperCase(),
      level: "RTC",
      ...moment(g.moment),
      ...polarisation(g.band),
    }),
  },
  {
    title: "Sentinel-1 terrain-corrected band",
    pattern: /^iw-(?<band>vv|vh|hh|hv)\.rtc\.tiff?$/i,
    read: (g) => ({ sensor: "sentinel-1", level: "RTC", ...polarisation(g.band) }),
  },
  {
    title: "pyroSAR Sentinel-1 scene",
    pattern: /^(?<platform>S1[A-D])__(?:IW|EW|SM)_+(?<pass>[AD])_(?<moment>\d{8}T\d{6})_(?<band>VV|VH|HH|HV)(?=_)/i,
    read: (g) => ({
      sensor: "sentinel-1",
      platform: g.platform!.toUpperCase(),
      ...moment(g.moment),
      pass: passOf(g.pass!.toUpperCase() === "A" ? "asc" : "desc"),
      ...polarisation(g.band),
    }),
  },
  {
    title: "Landsat Collection 2 product",
    pattern:
      /^(?<platform>L[COTE]0?\d)_(?<level>L\d[A-Z]{2})_(?<tile>\d{6})_(?<moment>\d{8})_\d{8}_\d{2}_(?:T\d|RT)(?:_(?:SR_)?(?<band>B\d{1,2}))?(?=[_.]|$)/i,
    read: (g) => ({
      sensor: "landsat",
      platform: g.platform!.toUpperCase(),
      level: g.level!.toUpperCase(),
      ...moment(g.moment),
      tile: g.tile,
      provider: "usgs",
      ...(g.band ? { bands: [landsatBand(g.band, g.platform)] } : {}),
    }),
  },
  {
    title: "Landsat scene of Earth Engine",
    pattern: /^(?<platform>L[COTE]0\d)_(?<tile>\d{6})_(?<moment>\d{8})(?=[_.]|$)/i,
    read: (g) => ({
      sensor: "landsat",
      platform: g.platform!.toUpperCase(),
      ...moment(g.moment),
      tile: g.tile,
    }),
  },
  {
    title: "Harmonised Landsat Sentinel (HLS)",
    pattern:
      /^HLS\.(?<product>[SL]30)\.T(?<tile>\d{2}[A-Z]{3})\.(?<year>\d{4})(?<day>\d{3})T(?<clock>\d{6})\.v\d+\.\d+(?:\.(?<band>B\d{1,2}A?))?(?=\.|$)/i,
    read: (g) => {
      const sentinel = g.product!.toUpperCase() === "S30";
      const date = dateOfDay(Number(g.year), Number(g.day));
      const time = `${g.clock!.slice(0, 2)}:${g.clock!.slice(2, 4)}:${g.clock!.slice(4, 6)}`;
      const band = g.band ? bandNamed(sentinel ? "sentinel-2" : "landsat", g.band)?.name : undefined;
      return {
        sensor: sentinel ? "sentinel-2" : "landsat",
        level: "HLS",
        date,
        time,
        tile: g.tile!.toUpperCase(),
        provider: "hls",
        ...(band ? { bands: [band] } : {}),
      };
    },
  },
  {
    title: "sensor, level, resolution and moment",
    pattern:
      /(?:^|_)(?<sensor>S2|S1)[A-D]?_(?:(?<level>L1C|L2A|GRD|RTC|SLC|SCL)_)?(?:(?<pass>ASC|DES|DESC)_)?(?:(?<resolution>\d+)m_)?(?<moment>\d{8}T\d{6}|\d{8})(?!\d)(?:_(?<band>B\d{1,2}A?|SCL|VV|VH|HH|HV)(?=[_.]|$))?/i,
    read: (g) => {
      const optical = g.sensor!.toUpperCase() === "S2";
      const quality = optical && /^SCL$/i.test(g.level ?? "");
      return {
        sensor: optical ? "sentinel-2" : "sentinel-1",
        level: quality ? "L2A" : g.level?.toUpperCase(),
        ...moment(g.moment),
        resolutionMeters: g.resolution ? Number(g.resolution) : undefined,
        pass: passOf(g.pass),
        ...(quality ? sentinel2Band("SCL") : optical ? sentinel2Band(g.band) : polarisation(g.band)),
      };
    },
  },
  {
    title: "sensor and level",
    pattern: /(?:^|[_.-])(?<sensor>S2|S1)[_-]?(?<level>L1C|L2A|GRD|RTC|asc|des|SCL)?(?=[_.-]|$)/i,
    read: (g) => {
      const optical = g.sensor!.toUpperCase() === "S2";
      const pass = /^(asc|des)$/i.test(g.level ?? "") ? passOf(g.level) : undefined;
      const quality = optical && /^SCL$/i.test(g.level ?? "");
      return {
        sensor: optical ? "sentinel-2" : "sentinel-1",
        level: quality ? "L2A" : pass ? undefined : g.level?.toUpperCase(),
        pass,
        ...(quality ? sentinel2Band("SCL") : {}),
      };
    },
  },
  {
    title: "aerial image",
    pattern: /(?:^|[_.-])(?:aerial|ortho(?:photo)?s?|naip|dop\d*)(?=[_.-]|\d|$)|^m_\d{7}_(?:ne|nw|se|sw)_/i,
    read: () => ({ sensor: "aerial" }),
  },
  bandFile,
];

/** A date anywhere in a name: `2019-04-10`, `2019_04_10`, `20190410`, `20190410T105032`, MODIS' `A2019100`. The first that the calendar knows. */
function anyMoment(text: string): Pick<Fields, "date" | "time"> {
  for (const match of text.matchAll(
    /(?<!\d)(\d{8})(?:T(\d{6}))?(?!\d)|(?<!\d)(\d{4})[-_.](\d{2})[-_.](\d{2})(?!\d)/gi,
  )) {
    const digits = match[1] ?? `${match[3]}${match[4]}${match[5]}`;
    const found = moment(match[2] ? `${digits}T${match[2]}` : digits);
    if (found.date) return found;
  }
  const ofYear = /(?<=[._])A(\d{4})(\d{3})(?=[._]|$)/.exec(text);
  const date = ofYear ? dateOfDay(Number(ofYear[1]), Number(ofYear[2])) : undefined;
  return date ? { date } : {};
}

/** Reads a file's name, then the folders above it; what the name says wins over what a folder says. */
export function parseProduct(path: string): ProductName {
  const parts = path.split(/[\\/]+/).filter((part) => part !== "" && part !== ".");
  const found: Fields = {};
  const evidence: Evidence[] = [];
  let bare: string | undefined;
  const take = (fields: Fields, part: string) => {
    // A moment is one fact: never join one part's date with another's time.
    const taken = { ...fields };
    if (found.date) delete taken.time;
    for (const [key, value] of Object.entries(taken)) {
      const field = key as keyof Fields;
      if (value === undefined || found[field] !== undefined) continue;
      Object.assign(found, { [field]: value });
      evidence.push({ field, source: { code: "name", name: part } });
    }
  };
  // Four folders are enough for a SAFE: product/GRANULE/granule/IMG_DATA/R10m holds the file.
  const nearest = parts.slice(-6).reverse();
  for (const part of nearest) {
    for (const rule of rules) {
      const match = rule.pattern.exec(part);
      if (!match) continue;
      const fields = rule.read(match.groups ?? {});
      if (found.sensor && fields.sensor && fields.sensor !== found.sensor) break;
      if (rule === bandFile && !found.bands) bare = match.groups?.band;
      take(fields, part);
      break;
    }
  }
  // A file that is called by its band alone: which sensor's it is, the folder says.
  if (bare && found.sensor === "landsat") found.bands = [landsatBand(bare, found.platform)];
  if (!found.date) {
    for (const part of nearest.slice(0, 3)) {
      const fields = anyMoment(part);
      if (!fields.date) continue;
      take(fields, part);
      break;
    }
  }
  return { ...(withoutUndefined(found) as Omit<ProductName, "evidence">), evidence };
}

function withoutUndefined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}
