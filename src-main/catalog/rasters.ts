import type { Raster, RasterHeader, RasterState } from "../../src-shared/domain/raster.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Reason, reason } from "../../src-shared/errors/reasons/index.ts";
import { statHolder } from "../files/index.ts";
import { fromJson, toJson } from "./json-columns.ts";
import type { ProjectPaths } from "./paths.ts";
import type { Sql } from "./sql.ts";

interface Row {
  readonly id: number;
  readonly name: string | null;
  readonly path: string;
  readonly crs: string | null;
  readonly header: string;
  readonly bytes: number;
  readonly addedAt: string;
}

const columns = "id, name, path, crs, header, bytes, added_at AS addedAt";

export function rasterTable(sql: Sql, paths: ProjectPaths) {
  const read = (row: Row): Raster => {
    const path = paths.fromStored(row.path);
    const { header, ...rest } = row;
    return { ...rest, path, header: fromJson<RasterHeader>(sql, "rasters.header", header), state: stateOf(path, row) };
  };

  const table = {
    list(): Raster[] {
      return sql.all<Row>(`SELECT ${columns} FROM rasters ORDER BY id`).map(read);
    },

    get(id: number): Raster | undefined {
      const row = sql.get<Row>(`SELECT ${columns} FROM rasters WHERE id = ?`, id);
      return row && read(row);
    },

    find(path: string): Raster | undefined {
      const row = sql.get<Row>(`SELECT ${columns} FROM rasters WHERE path = ?`, paths.locate(path));
      return row && read(row);
    },

    missing(): Raster[] {
      return table.list().filter(({ state }) => state === "missing");
    },

    /** The id of the raster at `path`; a file that is known already is looked at anew. `crs`: as a person chose it. */
    add(path: string, header: RasterHeader, crs: string | null = null): number {
      const { size } = present(path);
      const known = sql.get<{ id: number }>("SELECT id FROM rasters WHERE path = ?", paths.locate(path));
      if (known) {
        sql.run(
          "UPDATE rasters SET header = ?, bytes = ?, crs = ? WHERE id = ?",
          toJson("rasters.header", header),
          size,
          crs,
          known.id,
        );
        return known.id;
      }
      return sql.run(
        "INSERT INTO rasters (path, header, bytes, crs, added_at) VALUES (?, ?, ?, ?, ?)",
        paths.toStored(path),
        toJson("rasters.header", header),
        size,
        crs,
        new Date().toISOString(),
      ).id;
    },

    /** The raster that `path` may take the place of; a file with another header is refused. */
    checkRelink(id: number, path: string, header: RasterHeader): Raster {
      const known = table.get(id);
      if (!known) throw new Error(`No raster ${id}`);
      const differences = headerDifferences(known.header, header);
      if (differences.length) {
        throw new AppError("raster-relink-differs", { path, expected: known.path, differences });
      }
      return known;
    },

    /** Points a raster to where its file is now. A file with another header is refused, and said how it differs. */
    relink(id: number, path: string, header: RasterHeader, crs?: string | null): void {
      const known = table.checkRelink(id, path, header);
      const { size } = present(path);
      const chosen = crs === undefined ? known.crs : crs;
      sql.run("UPDATE rasters SET path = ?, bytes = ?, crs = ? WHERE id = ?", paths.toStored(path), size, chosen, id);
    },

    rename(id: number, name: string | null): void {
      sql.run("UPDATE rasters SET name = ? WHERE id = ?", name, id);
    },

    /** Forgets the raster and what was read from it; the file stays. */
    remove(id: number): void {
      sql.run("DELETE FROM rasters WHERE id = ?", id);
    },
  };
  return table;
}

/** The file, or the archive that holds it: its size tells whether it is the one that was imported. */
function present(path: string) {
  const stats = statHolder(path);
  if (!stats) throw new AppError("raster-missing", { path });
  return stats;
}

function stateOf(path: string, { bytes }: Pick<Row, "bytes">): RasterState {
  const stats = statHolder(path);
  if (!stats?.isFile()) return "missing";
  return stats.size === bytes ? "present" : "changed";
}

/** Each difference in words: `3 bands instead of 4`. */
function headerDifferences(expected: RasterHeader, found: RasterHeader): Reason[] {
  const differences: Reason[] = [];
  if (expected.width !== found.width || expected.height !== found.height) {
    const { width: expectedWidth, height: expectedHeight } = expected;
    differences.push(
      reason("differs-size", { width: found.width, height: found.height, expectedWidth, expectedHeight }),
    );
  }
  if (expected.bands !== found.bands)
    differences.push(reason("differs-bands", { found: found.bands, expected: expected.bands }));
  if (expected.dataType !== found.dataType) {
    differences.push(reason("differs-type", { found: found.dataType, expected: expected.dataType }));
  }
  if (expected.crs !== found.crs) {
    const none = reason("no-crs");
    differences.push(reason("differs-crs", { found: found.crs ?? none, expected: expected.crs ?? none }));
  }
  if (!sameAffine(expected, found)) {
    differences.push(reason("differs-place", { found: corner(found), expected: corner(expected) }));
  }
  return differences;
}

/** The same to a thousandth of a pixel. */
function sameAffine({ affine: p }: RasterHeader, { affine: q }: RasterHeader): boolean {
  if (!p || !q) return p === q;
  const tolerance = Math.max(Math.abs(p.b), Math.abs(p.c), Math.abs(p.e), Math.abs(p.f)) * 1e-3;
  return (["a", "b", "c", "d", "e", "f"] as const).every((key) => Math.abs(p[key] - q[key]) <= tolerance);
}

const corner = ({ affine }: RasterHeader): Reason =>
  affine
    ? reason("corner-and-pixels", { x: affine.a, y: affine.d, size: Math.hypot(affine.b, affine.e) })
    : reason("no-position");
