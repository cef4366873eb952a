import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import { definitionOf, isGeographic, openRaster, transformer } from "../index.ts";

/** One file of make-crs-tiffs.py, and what GDAL and PROJ make of it. */
export interface Row {
  readonly file: string;
  readonly code: number;
  readonly variant: string;
  readonly method: string;
  readonly name: string;
  readonly points?: readonly (readonly [lon: number, lat: number, x: number, y: number])[];
  readonly a: number;
  readonly rf: number;
  readonly geographic: boolean;
  readonly unit: number;
  readonly error?: string;
}

export const rowsOf = (folder: string): Row[] =>
  readFileSync(join(folder, "points.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);

const figures: Readonly<Record<string, string>> = { WGS84: "WGS84", NAD83: "GRS80", NAD27: "clrk66" };

/** The projection alone: points are given in the system's own datum. */
function withoutShift(definition: string): string {
  return definition
    .replace(/\+(towgs84|nadgrids)=\S+/g, "")
    .replace(/\+datum=(\S+)/, (whole, name: string) => (figures[name] ? `+ellps=${figures[name]}` : whole));
}

/** Metres between what we and PROJ make of the file, the worst of its points and of both directions. */
export async function apart(folder: string, row: Row, crs?: string): Promise<number> {
  if (crs === undefined) {
    const raster = await openRaster(join(folder, row.file));
    crs = raster.info.crs;
    raster.close();
  }
  if (!crs) throw new AppError("raster-without-crs", { path: row.file });
  const own = `+proj=longlat +a=${row.a} ${row.rf === 0 ? `+b=${row.a}` : `+rf=${row.rf}`} +no_defs`;
  const { forward, inverse } = transformer(own, withoutShift(definitionOf(crs)));
  if (isGeographic(crs) !== row.geographic) return Number.POSITIVE_INFINITY;
  const metres = row.geographic ? 111_320 : row.unit;
  let worst = 0;
  let off = 0;
  for (const [lon, lat, x, y] of row.points!) {
    const [ourX, ourY] = forward(lon, lat);
    const turn = row.geographic ? Math.round((ourX - x) / 360) * 360 : 0;
    const [ourLon, ourLat] = inverse(x, y);
    const away = ourLon - lon - 360 * Math.round((ourLon - lon) / 360);
    const back = Math.hypot(away * Math.cos((lat * Math.PI) / 180), ourLat - lat) * 111_320;
    if (Number.isNaN(ourLon) || Number.isNaN(ourX)) {
      off++;
      continue;
    }
    const there = Math.hypot(ourX - turn - x, ourY - y) * metres;
    worst = Math.max(worst, there, back);
  }
  // Points that have no coordinates here are skipped; a system without any comparable point counts as failed.
  return off === row.points!.length ? Number.POSITIVE_INFINITY : worst;
}
