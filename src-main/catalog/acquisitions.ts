import {
  type Acquisition,
  type AcquisitionFile,
  type AcquisitionPiece,
  byFirstPath,
  currentEvidences,
  currentRadiometry,
  type FileBand,
  type FileFacts,
  type Radiometry,
  type Shift,
} from "../../src-shared/eo/acquisition.ts";
import type { Evidence } from "../../src-shared/eo/evidence.ts";
import type { SensorId } from "../../src-shared/eo/sensors.ts";
import type { Affine } from "../../src-shared/geo/affine.ts";
import { fromJson, fromJsonOrNull, toJson } from "./json-columns.ts";
import type { ProjectPaths } from "./paths.ts";
import type { Sql } from "./sql.ts";

/** What the catalog keeps of an acquisition besides its pieces: facts nobody searches by. */
type Origin = Pick<Acquisition, "platform" | "level" | "relativeOrbit" | "pass" | "copy">;

interface Row {
  readonly id: string;
  readonly name: string | null;
  readonly sensor: SensorId;
  readonly date: string;
  readonly time: string | null;
  readonly origin: string;
  readonly shift: string | null;
}

interface FileRow {
  readonly acquisitionId: string;
  readonly pieceId: number;
  readonly path: string;
  readonly crs: string | null;
  readonly header: string;
  readonly bands: string;
  readonly quality: string | null;
  readonly radiometry: string;
  readonly facts: string;
  readonly evidence: string;
  readonly preference: number;
}

interface StoredBand extends Omit<FileBand, "nodata"> {
  readonly nodata?: number | null;
  readonly spare?: boolean;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly crs: string | null;
  readonly affine: Affine | null;
}

const select = "SELECT id, name, sensor, date, time, origin, shift FROM acquisitions";
const selectFiles = `SELECT p.acquisition_id AS acquisitionId, p.id AS pieceId, r.path, r.crs, r.header, f.bands, f.quality,
                            f.radiometry, f.facts, f.evidence, f.preference
                     FROM pieces p JOIN piece_files f ON f.piece_id = p.id JOIN rasters r ON r.id = f.raster_id`;
const filesOrder = "ORDER BY p.acquisition_id, p.id, f.position";

export function acquisitionTable(sql: Sql, paths: ProjectPaths) {
  const readFile = (row: FileRow): AcquisitionFile => {
    const { width, height, crs, affine } = fromJson<Header>(sql, "rasters.header", row.header);
    const system = row.crs ?? crs;
    const stored = fromJson<StoredBand[]>(sql, "piece_files.bands", row.bands).map(
      ({ nodata, spare = false, ...band }) => ({
        spare,
        band: { ...band, ...(nodata === undefined || nodata === null ? {} : { nodata }) } satisfies FileBand,
      }),
    );
    const quality = fromJsonOrNull<NonNullable<AcquisitionFile["quality"]>>(sql, "piece_files.quality", row.quality);
    return {
      path: paths.fromStored(row.path),
      ...(row.crs === null ? {} : { crs: row.crs }),
      ...(affine && system ? { grid: { crs: system, affine, width, height } } : {}),
      bands: stored.filter(({ spare }) => !spare).map(({ band }) => band),
      ...(stored.some(({ spare }) => spare)
        ? { spare: stored.filter(({ spare }) => spare).map(({ band }) => band) }
        : {}),
      ...(quality ? { quality } : {}),
      radiometry: currentRadiometry(fromJson<Radiometry>(sql, "piece_files.radiometry", row.radiometry)),
      facts: fromJson<FileFacts>(sql, "piece_files.facts", row.facts),
      evidence: currentEvidences(fromJson<(string | Evidence)[]>(sql, "piece_files.evidence", row.evidence)),
      ...(row.preference === 0 ? {} : { preference: row.preference }),
    };
  };

  const read = (row: Row, files: readonly FileRow[]): Acquisition => {
    const shift = fromJsonOrNull<Shift>(sql, "acquisitions.shift", row.shift);
    const pieces = [...Map.groupBy(files, ({ pieceId }) => pieceId).values()]
      .map((own): AcquisitionPiece => ({ files: own.map(readFile) }))
      .sort(byFirstPath);
    return {
      id: row.id,
      ...(row.name === null ? {} : { name: row.name }),
      sensor: row.sensor,
      date: row.date,
      ...(row.time === null ? {} : { time: row.time }),
      ...fromJson<Origin>(sql, "acquisitions.origin", row.origin),
      pieces,
      ...(shift ? { shift } : {}),
    };
  };

  /** The rasters that the bands lie in have to be in the catalog already. */
  const rasterId = (path: string): number => {
    const row = sql.get<{ id: number }>("SELECT id FROM rasters WHERE path = ?", paths.locate(path));
    if (!row) throw new Error(`Acquisition of a raster that is not in the catalog: ${path}`);
    return row.id;
  };

  const storedFiles = (id: string) =>
    Map.groupBy(
      sql.all<FileRow>(`${selectFiles} WHERE p.acquisition_id = ? ${filesOrder}`, id),
      ({ pieceId }) => pieceId,
    );

  const addPiece = (id: string, { files }: AcquisitionPiece): void => {
    const piece = sql.run("INSERT INTO pieces (acquisition_id) VALUES (?)", id).id;
    files.forEach(({ path, bands, spare = [], quality, radiometry, facts, evidence, preference }, position) => {
      sql.run(
        `INSERT INTO piece_files (piece_id, raster_id, position, bands, quality, radiometry, facts, evidence, preference)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        piece,
        rasterId(path),
        position,
        toJson("piece_files.bands", [...bands, ...spare.map((band) => ({ ...band, spare: true }))]),
        quality ? toJson("piece_files.quality", quality) : null,
        toJson("piece_files.radiometry", radiometry),
        toJson("piece_files.facts", facts),
        toJson("piece_files.evidence", evidence),
        preference ?? 0,
      );
    });
  };

  return {
    /** In order of time. */
    list(): Acquisition[] {
      const files = Map.groupBy(sql.all<FileRow>(`${selectFiles} ${filesOrder}`), ({ acquisitionId }) => acquisitionId);
      return sql.all<Row>(`${select} ORDER BY date, time, id`).map((row) => read(row, files.get(row.id) ?? []));
    },

    get(id: string): Acquisition | undefined {
      const row = sql.get<Row>(`${select} WHERE id = ?`, id);
      return row && read(row, sql.all<FileRow>(`${selectFiles} WHERE p.acquisition_id = ? ${filesOrder}`, id));
    },

    /**
     * Adds the acquisition, or brings what is known of it up to date: not its name, nor a shift that the new one does not
     * have. Only pieces that differ are written, so that a tile more among hundreds is a few rows.
     */
    put(acquisition: Acquisition): void {
      const { id, name: _, sensor, date, time, pieces, shift, ...origin } = acquisition;
      sql.transaction(() => {
        sql.run(
          `INSERT INTO acquisitions (id, sensor, date, time, origin, shift) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET sensor = excluded.sensor, date = excluded.date, time = excluded.time,
             origin = excluded.origin, shift = coalesce(excluded.shift, shift)`,
          id,
          sensor,
          date,
          time ?? null,
          toJson("acquisitions.origin", origin satisfies Origin),
          shift ? toJson("acquisitions.shift", shift) : null,
        );
        const wanted = Map.groupBy(pieces, (piece) => keyOf(piece.files));
        for (const [pieceId, rows] of storedFiles(id)) {
          const same = wanted.get(keyOf(rows.map(readFile)));
          if (same?.length) same.pop();
          else sql.run("DELETE FROM pieces WHERE id = ?", pieceId);
        }
        for (const piece of [...wanted.values()].flat()) addPiece(id, piece);
      });
    },

    /** Gives an acquisition another id; modalities and the display follow. */
    changeId(from: string, to: string): void {
      sql.transaction(() => {
        sql.run(
          `INSERT INTO acquisitions (id, name, sensor, date, time, origin, shift)
           SELECT ?, name, sensor, date, time, origin, shift FROM acquisitions WHERE id = ?`,
          to,
          from,
        );
        sql.run("UPDATE pieces SET acquisition_id = ? WHERE acquisition_id = ?", to, from);
        sql.run("UPDATE modality_acquisitions SET acquisition_id = ? WHERE acquisition_id = ?", to, from);
        sql.run("DELETE FROM layers WHERE id = ?", `acquisition:${to}`);
        sql.run("UPDATE layers SET id = ? WHERE id = ?", `acquisition:${to}`, `acquisition:${from}`);
        sql.run("DELETE FROM acquisitions WHERE id = ?", from);
      });
    },

    rename(id: string, name: string | null): void {
      sql.run("UPDATE acquisitions SET name = ? WHERE id = ?", name, id);
    },

    /** In units of the project's CRS; `null` puts the pixels back to where their file says. */
    setShift(id: string, shift: Acquisition["shift"] | null): void {
      sql.run("UPDATE acquisitions SET shift = ? WHERE id = ?", shift ? toJson("acquisitions.shift", shift) : null, id);
    },

    remove(id: string): void {
      sql.run("DELETE FROM acquisitions WHERE id = ?", id);
    },
  };
}

/** What is written of a piece: the grid is its raster's. */
const keyOf = (files: readonly AcquisitionFile[]): string =>
  JSON.stringify(
    files.map(({ path, bands, spare = [], quality, radiometry, facts, evidence, preference = 0 }) => [
      path,
      ...[bands, spare].map((list) =>
        list.map(({ name, bandIndex, scale, offset, nodata }) => [name, bandIndex, scale, offset, nodata ?? null]),
      ),
      quality
        ? [quality.kind, quality.bandIndex, quality.clear ?? null, quality.bits ?? null, quality.chosen ?? 0]
        : null,
      sorted(radiometry),
      sorted(facts),
      evidence,
      preference,
    ]),
  );

const sorted = (object: object): [string, unknown][] => Object.entries(object).sort(([p], [q]) => (p < q ? -1 : 1));
