/**
 * How our coordinate systems compare with PROJ's over the whole EPSG register, as GeoTIFFs hold them:
 *
 *     /usr/bin/python3 src-main/raster/testing/make-crs-tiffs.py FOLDER && node src-main/raster/testing/sweep-crs.ts FOLDER
 *
 * Prints a table by projection method: how many files agree within 1 cm, are refused, or differ (there must be none of these).
 */
import { AppError } from "../../../src-shared/errors/index.ts";
import { apart, rowsOf } from "./compare-crs.ts";

const folder = process.argv[2]!;
const show = Number(process.argv[3] ?? 3);
const counts = new Map<string, { agree: number; refused: number; differ: number; none: number; notes: string[] }>();

for (const row of rowsOf(folder)) {
  const key = `${row.method} | ${row.variant}`;
  const count = counts.get(key) ?? { agree: 0, refused: 0, differ: 0, none: 0, notes: [] };
  counts.set(key, count);
  if (!row.points || row.points.length === 0) {
    count.none++;
    continue;
  }
  try {
    const distance = await apart(folder, row);
    if (distance < 0.01) count.agree++;
    else {
      count.differ++;
      count.notes.push(`${row.file} ${row.name}: ${distance.toPrecision(3)} m`);
    }
  } catch (error) {
    if (error instanceof AppError) count.refused++;
    else {
      count.differ++;
      count.notes.push(`${row.file}: ${error}`);
    }
  }
}

const total = { agree: 0, refused: 0, differ: 0, none: 0 };
console.log("method | written as | agree < 1 cm | refused | differ | not readable by GDAL");
for (const [key, { agree, refused, differ, none, notes }] of [...counts].sort()) {
  console.log(`${key} | ${agree} | ${refused} | ${differ} | ${none}`);
  for (const note of notes.slice(0, show)) console.log(`    ${note}`);
  total.agree += agree;
  total.refused += refused;
  total.differ += differ;
  total.none += none;
}
console.log(`all | | ${total.agree} | ${total.refused} | ${total.differ} | ${total.none}`);
process.exitCode = total.differ > 0 ? 1 : 0;
