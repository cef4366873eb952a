import type { Affine } from "../../../../src-shared/geo/affine.ts";
import { crsFromWkt } from "../../crs-from-wkt.ts";
import type { NamedCrs } from "../place.ts";
import { type EnviFields, listOf } from "./fields.ts";

/**
 * The transform of “map info”: projection, reference pixel (1, 1 is the first pixel's corner), its place, pixel sizes, then words.
 * A rotation is counter-clockwise, in degrees.
 */
export function affineOfEnvi(fields: EnviFields): Affine | undefined {
  const info = listOf(fields, "map info");
  if (!info || info.length < 7) return undefined;
  const [column, row, x, y, width, height] = info.slice(1, 7).map(Number);
  const rotation = info.map((word) => /^rotation\s*=\s*(.+)$/i.exec(word)?.[1]).find((value) => value !== undefined);
  const angle = (-Number(rotation ?? 0) * Math.PI) / 180;
  const [cos, sin] = rotation === undefined ? [1, 0] : [Math.cos(angle), Math.sin(angle)];
  return {
    a: x! - (column! - 1) * width!,
    b: cos * width!,
    c: -sin * width!,
    d: y! + (row! - 1) * height!,
    e: -sin * height!,
    f: -cos * height!,
  };
}

/** Datums of “map info” and EPSG's numbers of their UTM zones, north and south of the equator. */
const zones: readonly (readonly [RegExp, number, number | undefined])[] = [
  [/^wgs[- ]?(19)?84$/i, 32600, 32700],
  [/^north america(n)? 1983$|^nad[- ]?(19)?83$/i, 26900, undefined],
  [/^north america(n)? 1927$|^nad[- ]?(19)?27$/i, 26700, undefined],
];

/** The system: its own text where there is one, else what “map info” says in words, else none. */
export function systemOfEnvi(fields: EnviFields): NamedCrs {
  const text = fields.get("coordinate system string");
  if (text) return { crs: crsFromWkt(text) };
  const info = listOf(fields, "map info") ?? [];
  const [kind = ""] = info;
  if (/^utm$/i.test(kind)) {
    const zone = Number(info[7]);
    const [, north, south] = zones.find(([datum]) => datum.test(info[9] ?? "")) ?? [];
    const first = /^s/i.test(info[8] ?? "") ? south : north;
    if (first !== undefined && Number.isInteger(zone) && zone >= 1 && zone <= 60)
      return { crs: `EPSG:${first + zone}` };
  }
  if (/^geographic/i.test(kind) && /^wgs[- ]?(19)?84$/i.test(info[7] ?? "")) return { crs: "EPSG:4326" };
  return { crs: undefined };
}
