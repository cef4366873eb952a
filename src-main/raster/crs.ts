import proj4 from "proj4";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { apply } from "../../src-shared/geo/affine.ts";
import { type Bounds, boundsOfPoints } from "../../src-shared/geo/bounds.ts";
import { type Crs, type DatumDoubt, datumDoubtWords, epsgCode } from "../../src-shared/geo/crs.ts";
import { type GeoBox, positionsOver } from "../../src-shared/geo/geobox.ts";
import { cacheOf } from "../files/index.ts";
import { everyListRow, type ListRow, listRow } from "./epsg-list.ts";
import { checkedProj, figureIn, projWords } from "./proj-text.ts";
import { CrsProblem } from "./projection.ts";
import "./projections.ts";
import { countsInGrads, farShiftOf, isSatelliteFigure, isTurned, shiftOf } from "./register.ts";
import { horizontalPart, ownCode, parseWkt, projOfWkt } from "./wkt.ts";

/** Coordinate reference systems: names, search and transforms, all offline (PROJ's formulas in proj4, the EPSG list in epsg-list.ts). */
export interface CrsEntry {
  readonly crs: Crs;
  readonly name: string;
  readonly area: string;
  /** degrees: where the system is meant to be used */
  readonly lonLat: Bounds;
  readonly geographic: boolean;
}

const definitions = cacheOf<string>(5000);

/**
 * The PROJ text behind a CRS. EPSG codes come from the offline list, their datum shifts from the register. Every word of it is
 * understood by the formulas in use: what is not understood is refused and never left out.
 * @throws AppError "crs-unknown" when it is no system, "crs-unusable" when a part of it cannot be honoured
 */
export function definitionOf(crs: Crs): string {
  let definition = definitions.get(crs);
  if (definition === undefined) {
    try {
      definition = checkedProj(definitionOfAny(crs));
    } catch (cause) {
      if (!(cause instanceof CrsProblem)) throw cause;
      throw new AppError("crs-unusable", { crs: crs.slice(0, 120), reason: cause.reason }, { cause });
    }
    definitions.set(crs, definition);
  }
  return definition;
}

function definitionOfAny(crs: Crs): string {
  const code = epsgCode(crs);
  if (code !== undefined) return definitionOfCode(code, crs);
  const text = crs.trim();
  if (text.startsWith("+")) return withoutAxis(text);
  if (!/^[A-Za-z_0-9]+\s*[[(]/.test(text)) throw new AppError("crs-unknown", { crs: text.slice(0, 120) || "(none)" });
  // A WKT may carry the PROJ string it came from, for projections that WKT 1 has no words for.
  const extension = /EXTENSION\["PROJ4",\s*"([^"]+)"\]/.exec(text);
  if (extension) return withoutAxis(extension[1]!);
  const root = parseWkt(text);
  const own = ownCode(root) ?? ownCode(horizontalPart(root).node);
  if (own !== undefined && hasDefinition(`EPSG:${own}`)) return definitionOfCode(own, `EPSG:${own}`);
  return projOfWkt(root);
}

/**
 * What is doubtful about a system's place on Earth: `none`, no shift of its datum to WGS 84 is known, so that it is taken as it is, as
 * PROJ takes it too; `varying`, programs shift it by other amounts from place to place, up to `meters` beside where it is put here.
 * `undefined` for all others.
 * @throws AppError as `definitionOf` does
 */
export function datumDoubt(crs: Crs): DatumDoubt | undefined {
  const definition = definitionOf(crs);
  if (!/\+(towgs84|nadgrids|datum)=/.test(definition) && !isSatelliteFigure(figureIn(projWords(definition))))
    return { kind: "none" };
  const code = epsgCode(crs);
  const meters = code === undefined ? undefined : farShiftOf(code);
  return meters === undefined ? undefined : { kind: "varying", meters };
}

/** The same in words, for those who read them as they are. */
export function datumNote(crs: Crs): string | undefined {
  const doubt = datumDoubt(crs);
  return doubt && datumDoubtWords(doubt);
}

/** True when the offline list has formulas for an EPSG code. */
export const hasDefinition = (crs: Crs): boolean => {
  const code = epsgCode(crs);
  return code !== undefined && Boolean(listRow(code)?.proj4);
};

function definitionOfCode(code: number, crs: Crs, depth = 0): string {
  const row = listRow(code);
  if (!row?.proj4) throw new AppError("crs-unknown", { crs });
  if (countsInGrads(code) || row.unit === "grad") throw new CrsProblem(reason("crs-counts-longitudes-latitudes-grads"));
  if (row.kind === "CRS-COMPOUNDCRS" && row.wkt && depth === 0) {
    // The list leaves the datum shift out where there are heights: ask for the horizontal system by its own code.
    const horizontal = ownCode(horizontalPart(parseWkt(row.wkt)).node);
    if (horizontal !== undefined && horizontal !== code) return definitionOfCode(horizontal, `EPSG:${horizontal}`, 1);
  }
  if (isTurned(code) && !/\+axis=\w*[ws]/.test(row.proj4)) throw new CrsProblem(reason("crs-axes-run-south-or-west"));
  const known = shiftOf(code)?.shift;
  if (known) return withoutAxis(withShift(row.proj4, known));
  // Zeros of the list that the register does not know stand for an unknown shift.
  return withoutAxis(row.proj4.replace(/\s*\+towgs84=0(\.0)?(,0(\.0)?)+(?=\s|$)/, ""));
}

/** The register's own shift in place of the list's, whose rotations are of mixed sign and unit. */
function withShift(definition: string, shift: readonly number[]): string {
  if (/\+(nadgrids=@null|datum=WGS84)/.test(definition)) return definition;
  const figure = definition
    .replace(/\s*\+towgs84=\S+/, "")
    .replace(nadgrids, "")
    .replace(/\+datum=NAD27\b/, "+ellps=clrk66")
    .replace(/\+datum=NAD83\b/, "+ellps=GRS80");
  return /\+datum=/.test(figure) ? definition : `${figure.trim()} +towgs84=${shift.join(",")}`;
}

const nadgrids = /\+nadgrids=("[^"]*"|[^\s+]+(?:\s+\d[^\s+]*|\s+\([^)]*\)[^\s+]*)*)/;

/**
 * Datum shifts that PROJ takes from grid files, which are not shipped here: the national mean shift instead
 * (EPSG's Helmert transformations), good to a few metres. Where none is known there is no shift.
 */
const meanShifts: readonly (readonly [grid: RegExp, shift: string])[] = [
  [/NTv2_0|CQ77NA83|May76v20/i, "-8,160,176"],
  [/nzgd2kgrid/i, "59.47,-5.04,187.44,0.47,-0.1,1.024,-4.5993"],
  [/BETA2007/i, "598.1,73.7,418.2,0.202,0.045,-2.455,6.7"],
  [/OSTN15/i, "446.448,-125.157,542.06,0.15,0.247,0.842,-20.489"],
  [/^"?National/i, "-117.763,-51.51,139.061,0.292,0.443,0.277,-0.191"],
  [/CA7072|CA61/i, "-206.05,168.28,-3.82"],
];

/** PROJ text without the datum shifts that would need a file. */
function withoutGrids(definition: string): string {
  return definition
    .replace(/\+datum=NAD27\b/, "+ellps=clrk66 +towgs84=-8,160,176")
    .replace(nadgrids, (whole, grid: string) => {
      if (grid === "@null") return whole;
      const shift = meanShifts.find(([pattern]) => pattern.test(grid))?.[1];
      if (/\+towgs84=/.test(definition)) return "";
      if (!shift) throw new CrsProblem(reason("crs-datum-shift-file-not-shipped", { grid: grid.slice(0, 60) }));
      return `+towgs84=${shift}`;
    });
}

// GeoTIFF coordinates are x, y whatever the authority's axis order says; only reversed directions matter.
const withoutAxis = (definition: string) => withoutGrids(definition.replace(/\s*\+axis=(en|ne)u?(?=\s|$)/g, ""));

/** Axes that point west or south must be turned; proj4 does so only with `enforceAxis`. */
const turned = (definition: string) => /\+axis=\w*[ws]/.test(definition);

interface Converter {
  forward(point: [number, number], enforceAxis?: boolean): number[];
  inverse(point: [number, number], enforceAxis?: boolean): number[];
}

const converters = new Map<string, Converter>();

/** A transform between two systems, x before y (longitude before latitude, in degrees). A point outside its domain becomes NaN. */
export interface Transformer {
  readonly identity: boolean;
  forward(x: number, y: number): [x: number, y: number];
  inverse(x: number, y: number): [x: number, y: number];
}

const unchanged = (x: number, y: number): [number, number] => [x, y];

/**
 * Coordinates of `from` in `to` and back, x before y, degrees as longitude before latitude.
 * @throws AppError "crs-unknown", "crs-unusable" as `definitionOf` does
 */
export function transformer(from: Crs, to: Crs): Transformer {
  if (sameCrs(from, to)) return { identity: true, forward: unchanged, inverse: unchanged };
  const key = `${from}\n${to}`;
  let converter = converters.get(key);
  if (!converter) {
    converter = proj4(parsed(from), parsed(to)) as Converter;
    converters.set(key, converter);
  }
  const { forward, inverse } = converter;
  const axes = turned(definitionOf(from)) || turned(definitionOf(to));
  const guarded =
    (transform: Converter["forward"]) =>
    (x: number, y: number): [number, number] => {
      if (!Number.isFinite(x) || !Number.isFinite(y)) return [Number.NaN, Number.NaN];
      try {
        const [tx, ty] = transform([x, y], axes) as [number, number];
        return Number.isFinite(tx) && Number.isFinite(ty) ? [tx, ty] : [Number.NaN, Number.NaN];
      } catch {
        return [Number.NaN, Number.NaN];
      }
    };
  const [there, back] = [guarded(forward), guarded(inverse)];
  return {
    identity: false,
    forward: seriesIn(from) ? checkedBy(there, back) : there,
    inverse: seriesIn(to) ? checkedBy(back, there) : back,
  };
}

/** Far from their meridian the inverses of these methods give other places. */
const seriesIn = (crs: Crs): boolean => /\+proj=(poly|cass)\b/.test(definitionOf(crs));

/** A point whose inverse transform gives another place is off the map. */
function checkedBy(transform: Transformer["forward"], back: Transformer["forward"]): Transformer["forward"] {
  return (x, y) => {
    const found = transform(x, y);
    const [bx, by] = back(...found);
    const near = Math.hypot(bx - x, by - y) <= 1e-3 + 1e-9 * Math.hypot(x, y);
    return near ? found : [Number.NaN, Number.NaN];
  };
}

function parsed(crs: Crs): string {
  const definition = definitionOf(crs);
  try {
    proj4(definition);
    return definition;
  } catch (cause) {
    throw new AppError("crs-unknown", { crs: crs.slice(0, 120) }, { cause });
  }
}

/**
 * True when two descriptions mean the same numbers: a Transverse Mercator on GRS80 with UTM's constants is EPSG:25832.
 * @throws AppError "crs-unknown", "crs-unusable"
 */
export function sameCrs(a: Crs, b: Crs): boolean {
  if (a.trim().toUpperCase() === b.trim().toUpperCase()) return true;
  return parameters(a) === parameters(b);
}

/** The same projection on the same ellipsoid and meridian, whatever the datum. */
export const sameProjection = (a: Crs, b: Crs): boolean => {
  const plain = (crs: Crs) =>
    definitionOf(crs)
      .replace(/\s*\+towgs84=\S+/, "")
      .replace(/\+datum=WGS84\b/, "+ellps=WGS84")
      .replace(/\+datum=NAD83\b/, "+ellps=GRS80");
  return parameters(plain(a)) === parameters(plain(b));
};

const known = new Map<Crs, string>();

/** The projection's numbers as text, with every spelling of the same thing written the same way. */
function parameters(crs: Crs): string {
  const cached = known.get(crs);
  if (cached) return cached;
  parsed(crs);
  // biome-ignore lint/suspicious/noExplicitAny: proj4 does not declare the fields of a parsed definition.
  const p = new (proj4 as any).Proj(definitionOf(crs)) as Record<string, unknown>;
  const round = (value: unknown) => (typeof value === "number" ? Number(value.toPrecision(12)) : value);
  const datum = p.datum as
    | { datum_type?: number; datum_params?: readonly number[]; a?: number; es?: number }
    | undefined;
  // Seven numbers of which four say nothing are three; proj4 keeps the scale as a factor.
  const seven = datum?.datum_params?.some((v, i) => i > 2 && v !== (i === 6 ? 1 : 0) && v !== 0);
  const numbers = datum?.datum_params?.slice(0, seven ? 7 : 3);
  const shift = numbers?.some((v) => v !== 0) ? numbers.map(round) : [];
  const name = ["utm", "etmerc", "tmerc", "Transverse_Mercator", "Transverse Mercator"].includes(String(p.projName))
    ? "tmerc"
    : p.projName;
  const text = JSON.stringify([
    name,
    round(p.a),
    round(p.b),
    ...[
      "lat0",
      "lat1",
      "lat2",
      "lat_ts",
      "long0",
      "x0",
      "y0",
      "k0",
      "to_meter",
      "axis",
      "from_greenwich",
      "alpha",
      "rectified_grid_angle",
      "no_off",
      "no_uoff",
      "longc",
      "h",
      "sweep",
      "over",
      "south",
    ].map((field) => round(p[field]) ?? (field === "k0" ? 1 : field === "axis" ? "enu" : field === "to_meter" ? 1 : 0)),
    shift,
    (p.grids as unknown) ?? null,
  ]);
  known.set(crs, text);
  return text;
}

/** “ETRS89 / UTM zone 32N”, or the best name a WKT or PROJ string gives. */
export function crsName(crs: Crs): string {
  const code = epsgCode(crs);
  if (code !== undefined) return listRow(code)?.name ?? crs;
  const quoted = /^\s*[A-Z_]+\["([^"]+)"/.exec(crs);
  if (quoted) return quoted[1]!;
  const projection = /\+proj=(\w+)/.exec(crs);
  return projection ? `custom (${projection[1]})` : crs;
}

const geographic = new Map<Crs, boolean>();

/**
 * Does the system count longitude and latitude?
 * @throws AppError "crs-unknown", "crs-unusable"
 */
export function isGeographic(crs: Crs): boolean {
  // Asked for every point of every warp: reading the definition each time was nine tenths of a small warp.
  const cached = geographic.get(crs);
  if (cached !== undefined) return cached;
  const answer = /^(longlat|identity)/.test(projectionName(crs));
  geographic.set(crs, answer);
  return answer;
}

function projectionName(crs: Crs): string {
  parsed(crs);
  // biome-ignore lint/suspicious/noExplicitAny: proj4 does not declare the fields of a parsed definition.
  return String((new (proj4 as any).Proj(definitionOf(crs)) as { projName?: string }).projName);
}

/** The system of an EPSG code as the list has it; `undefined` for any other definition, and for codes of heights. */
export function crsEntry(crs: Crs): CrsEntry | undefined {
  const code = epsgCode(crs);
  const row = code === undefined ? undefined : listRow(code);
  return row && isSystem(row) ? entryOf(row) : undefined;
}

/** One that maps can be in: projected or geographic, with formulas. */
const isSystem = ({ proj4: formulas, kind }: ListRow): boolean =>
  Boolean(formulas) && (kind === "CRS-PROJCRS" || kind === "CRS-GEOGCRS");

let everyRow: readonly ListRow[] | undefined;

/** Systems whose code, name or area contains every word of `text`; an exact code comes first. Never asks the network. */
export function searchCrs(text: string, limit = 50): CrsEntry[] {
  const words = text
    .toLowerCase()
    .replace(/^epsg:/, "")
    .split(/\s+/)
    .filter(Boolean);
  if (words.length === 0) return [];
  everyRow ??= everyListRow();
  const scored: { row: ListRow; score: number }[] = [];
  for (const row of everyRow) {
    if (!isSystem(row)) continue;
    const name = row.name.toLowerCase();
    const haystack = `${row.code} ${name} ${(row.area ?? "").toLowerCase()}`;
    if (!words.every((word) => haystack.includes(word))) continue;
    const inName = words.filter((word) => name.includes(word)).length;
    // Of two equal matches the current datum, not its predecessor.
    const current = /^(wgs 84|etrs89)\b/.test(name) ? 1 : 0;
    scored.push({ row, score: current + (words.includes(row.code) ? 1000 : 0) + inName * 10 - name.length / 100 });
  }
  scored.sort((p, q) => q.score - p.score || Number(p.row.code) - Number(q.row.code));
  return scored.slice(0, limit).map(({ row }) => entryOf(row));
}

function entryOf(row: ListRow): CrsEntry {
  const [north, west, south, east] = row.bbox;
  return {
    crs: `EPSG:${row.code}`,
    name: row.name,
    area: row.area ?? "",
    lonLat: { minX: west, minY: south, maxX: east, maxY: north },
    geographic: row.kind === "CRS-GEOGCRS",
  };
}

/**
 * The longitudes and latitudes a grid covers, from its edges and its inside. East of the date line longitudes go on
 * past 180, so that `minX < maxX` always holds. `undefined` when no point of the grid is on Earth.
 * @throws AppError "crs-unknown", "crs-unusable"
 */
export function lonLatBounds(grid: GeoBox): Bounds | undefined {
  const { forward } = transformer(grid.crs, "EPSG:4326");
  const [centreX, centreY] = apply(grid.affine, grid.width / 2, grid.height / 2);
  let anchor = forward(centreX, centreY)[0];
  const degrees = isGeographic(grid.crs);
  return boundsOfPoints(
    positionsOver(grid, 20).map(([col, row]) => {
      const [lon, lat] = forward(...apply(grid.affine, col, row));
      if (Number.isNaN(anchor)) anchor = lon;
      return [degrees ? lon : lon + 360 * Math.round((anchor - lon) / 360), lat];
    }),
  );
}
