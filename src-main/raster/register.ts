// What the EPSG register says about parts of coordinate systems: ellipsoids, meridians, units, datums and their shifts.
import { listRow } from "./epsg-list.ts";
import * as tables from "./epsg-register.ts";
import { farShifts } from "./far-shifts.ts";

/** The figure of the Earth; `rf` is the inverse flattening, 0 for a sphere. */
export interface Ellipsoid {
  /** metres */
  readonly a: number;
  readonly rf: number;
}

/** Longitudes and latitudes on a figure, and how they shift to WGS 84. */
export interface GeographicSystem extends Ellipsoid {
  /** degrees east of Greenwich */
  readonly meridian: number;
  /** to WGS 84, position vector convention (EPSG 9606): metres, then arc seconds and parts per million; 3 or 7 numbers */
  readonly shift?: readonly number[] | undefined;
}

export interface KnownShift {
  readonly shift: readonly number[];
  /** metres, as the register has it; 999 when it does not say */
  readonly accuracyMeters: number;
}

type Table = ReadonlyMap<number, readonly string[]>;

/** Lines of “code word word …”, read when the first of them is asked for. */
function table(text: () => string): () => Table {
  let read: Table | undefined;
  return () => {
    read ??= new Map(
      text()
        .split("\n")
        .map((line) => line.split(" "))
        .map(([code, ...words]) => [Number(code), words]),
    );
    return read;
  };
}

const ellipsoids = table(() => tables.ellipsoids);
const meridians = table(() => tables.meridians);
const lengths = table(() => tables.lengths);
const datums = table(() => tables.datums);
const systems = table(() => tables.systems);
const shifts = table(() => tables.shifts);
const bases = table(() => tables.bases);

export function ellipsoidOf(code: number): Ellipsoid | undefined {
  const row = ellipsoids().get(code);
  return row && { a: Number(row[0]), rf: Number(row[1]) };
}

/** Degrees east of Greenwich. */
export const meridianOf = (code: number): number | undefined => numberIn(meridians(), code);

/** Metres per unit. */
export const lengthOf = (code: number): number | undefined => numberIn(lengths(), code);

function numberIn(rows: Table, code: number): number | undefined {
  const text = rows.get(code)?.[0];
  return text === undefined ? undefined : Number(text);
}

/** A geographic system by its own code (4277), with the shift of its datum where there is one. */
export function geographicOf(code: number): (GeographicSystem & { readonly inGrads: boolean }) | undefined {
  const row = systems().get(code);
  const datum = row && datumFigure(Number(row[0]));
  return datum && { ...datum, inGrads: row[1] === "grad", shift: shiftOf(code)?.shift };
}

/** A geographic system by the code of its datum (6277). */
export function geographicOfDatum(datum: number): GeographicSystem | undefined {
  const figure = datumFigure(datum);
  if (!figure) return undefined;
  for (const [code, row] of systems()) {
    const known = Number(row[0]) === datum ? shiftOf(code) : undefined;
    if (known) return { ...figure, shift: known.shift };
  }
  return figure;
}

function datumFigure(code: number): GeographicSystem | undefined {
  const row = datums().get(code);
  const figure = row && ellipsoidOf(Number(row[0]));
  return figure && { ...figure, meridian: meridianOf(Number(row[1])) ?? 0 };
}

const inRanges = (ranges: string, code: number): boolean =>
  ranges.split(",").some((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return code >= first! && code <= last!;
  });

/** The geographic system under a projected one. */
export const baseOf = (projected: number): number | undefined => {
  for (const [base, [ranges]] of bases()) if (inRanges(ranges!, projected)) return base;
  return undefined;
};

/** True when the register has a geographic or projected system of this code. */
export const isRegistered = (code: number): boolean => systems().has(code) || baseOf(code) !== undefined;

/** True when the register has an axis of a projected system run to the south or west. */
export const isTurned = (code: number): boolean => inRanges(tables.turned, code);

export const countsInGrads = (code: number): boolean => systems().get(code)?.[1] === "grad";

/** The shift of a geographic or projected system to WGS 84; for a projected one, that of its own area. */
export function shiftOf(code: number): KnownShift | undefined {
  if (!systems().has(code)) {
    for (const line of tables.ownShifts.split("\n")) {
      const [accuracy, numbers, ranges] = line.split(" ");
      if (ranges && inRanges(ranges, code)) return knownShift([accuracy!, numbers!]);
    }
  }
  const base = systems().has(code) ? code : baseOf(code);
  if (base === undefined) return undefined;
  const row = shifts().get(base);
  return row ? knownShift(row) : listShift(base);
}

/** Metres, at most, between PROJ's place of a system and ours where PROJ's transformation is another in parts of its area. */
export function farShiftOf(code: number): number | undefined {
  const row = farShifts.split("\n").find((line) => inRanges(line.split(" ")[1] ?? "", code));
  return row === undefined ? undefined : Number(row.split(" ")[0]);
}

/** The shift of the offline list, for the few systems whose transformation is none of EPSG's own to WGS 84. */
function listShift(base: number): KnownShift | undefined {
  const numbers = /\+towgs84=([-\d.,]+)/.exec(listRow(base)?.proj4 ?? "")?.[1];
  if (!numbers) return undefined;
  const shift = numbers.split(",").map(Number);
  // Zeros on a figure of the time before satellites stand for “not known”.
  const unknown =
    shift.every((value) => value === 0) && !isSatelliteFigure(datumFigure(Number(systems().get(base)?.[0])));
  return unknown ? undefined : { shift, accuracyMeters: 999 };
}

/** The figures of WGS 84 and of the frames that lie within a metre or two of it; a sphere has no place to be shifted from. */
export const isSatelliteFigure = (figure: Ellipsoid | undefined): boolean =>
  figure !== undefined && (Math.abs(figure.a - 6378137) <= 1 || figure.rf === 0);

const knownShift = ([accuracy, numbers]: readonly string[]): KnownShift => ({
  shift: numbers!.split(",").map(Number),
  accuracyMeters: Number(accuracy),
});
