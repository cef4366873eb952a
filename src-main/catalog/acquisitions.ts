import type { Acquisition, AcquisitionBand, QualityBand, Radiometry } from "../../src-shared/eo/acquisition.ts";
import type { SensorId } from "../../src-shared/eo/sensors.ts";
import { fromJson, fromJsonOrNull, toJson } from "./json.ts";
import type { ProjectPaths } from "./paths.ts";
import type { Sql } from "./sql.ts";

/** What the catalog keeps of an acquisition besides its bands: facts nobody searches by. */
type Origin = Pick<Acquisition, "platform" | "level" | "relativeOrbit" | "pass" | "tile" | "processingBaseline">;

interface Row {
  readonly id: string;
  readonly name: string | null;
  readonly sensor: SensorId;
  readonly date: string;
  readonly time: string | null;
  readonly origin: string;
  readonly qualityPath: string | null;
  readonly qualityCrs: string | null;
  readonly qualityBand: number | null;
  readonly qualityKind: QualityBand["kind"] | null;
  readonly radiometry: string;
  readonly shift: string | null;
  readonly evidence: string;
}

interface BandRow {
  readonly acquisitionId: string;
  readonly name: string;
  readonly path: string;
  readonly crs: string | null;
  readonly bandIndex: number;
  readonly scale: number;
  readonly offset: number;
  readonly nodata: number | null;
}

const select = `SELECT a.id, a.name, a.sensor, a.date, a.time, a.origin, q.path AS qualityPath,
                       q.crs AS qualityCrs, a.quality_band AS qualityBand,
                       a.quality_kind AS qualityKind, a.radiometry, a.shift, a.evidence
                FROM acquisitions a LEFT JOIN rasters q ON q.id = a.quality_raster_id`;
const selectBands = `SELECT b.acquisition_id AS acquisitionId, b.name, r.path, r.crs, b.band_index AS bandIndex,
                            b.scale, b."offset", b.nodata
                     FROM acquisition_bands b JOIN rasters r ON r.id = b.raster_id`;

export function acquisitionTable(sql: Sql, paths: ProjectPaths) {
  const readBand = ({ name, path, crs, bandIndex, scale, offset, nodata }: BandRow): AcquisitionBand => ({
    name,
    path: paths.fromStored(path),
    ...(crs === null ? {} : { crs }),
    bandIndex,
    scale,
    offset,
    ...(nodata === null ? {} : { nodata }),
  });

  const read = (row: Row, bands: readonly BandRow[]): Acquisition => {
    const shift = fromJsonOrNull<{ dx: number; dy: number }>(row.shift);
    const quality: QualityBand | undefined =
      row.qualityPath === null || row.qualityBand === null || row.qualityKind === null
        ? undefined
        : {
            kind: row.qualityKind,
            path: paths.fromStored(row.qualityPath),
            ...(row.qualityCrs === null ? {} : { crs: row.qualityCrs }),
            bandIndex: row.qualityBand,
          };
    return {
      id: row.id,
      ...(row.name === null ? {} : { name: row.name }),
      sensor: row.sensor,
      date: row.date,
      ...(row.time === null ? {} : { time: row.time }),
      ...fromJson<Origin>(row.origin),
      bands: bands.map(readBand),
      ...(quality ? { quality } : {}),
      radiometry: fromJson<Radiometry>(row.radiometry),
      ...(shift ? { shift } : {}),
      evidence: fromJson<string[]>(row.evidence),
    };
  };

  /** The rasters that the bands lie in have to be in the catalog already. */
  const rasterId = (path: string): number => {
    const row = sql.get<{ id: number }>("SELECT id FROM rasters WHERE path = ?", paths.locate(path));
    if (!row) throw new Error(`Acquisition of a raster that is not in the catalog: ${path}`);
    return row.id;
  };

  return {
    /** In order of time. */
    list(): Acquisition[] {
      const bands = Map.groupBy(
        sql.all<BandRow>(`${selectBands} ORDER BY b.acquisition_id, b.position`),
        ({ acquisitionId }) => acquisitionId,
      );
      return sql.all<Row>(`${select} ORDER BY a.date, a.time, a.id`).map((row) => read(row, bands.get(row.id) ?? []));
    },

    get(id: string): Acquisition | undefined {
      const row = sql.get<Row>(`${select} WHERE a.id = ?`, id);
      return row && read(row, sql.all<BandRow>(`${selectBands} WHERE b.acquisition_id = ? ORDER BY b.position`, id));
    },

    /** Adds the acquisition, or replaces what was known of it: not its name, nor a shift that the new one does not have. */
    put(acquisition: Acquisition): void {
      const { id, name: _, sensor, date, time, bands, quality, radiometry, shift, evidence, ...origin } = acquisition;
      sql.transaction(() => {
        sql.run(
          `INSERT INTO acquisitions (id, sensor, date, time, origin, quality_raster_id, quality_band, quality_kind,
                                     radiometry, shift, evidence)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET sensor = excluded.sensor, date = excluded.date, time = excluded.time,
             origin = excluded.origin, quality_raster_id = excluded.quality_raster_id,
             quality_band = excluded.quality_band, quality_kind = excluded.quality_kind,
             radiometry = excluded.radiometry, shift = coalesce(excluded.shift, shift), evidence = excluded.evidence`,
          id,
          sensor,
          date,
          time ?? null,
          toJson(origin satisfies Origin),
          quality ? rasterId(quality.path) : null,
          quality?.bandIndex ?? null,
          quality?.kind ?? null,
          toJson(radiometry),
          shift ? toJson(shift) : null,
          toJson(evidence),
        );
        sql.run("DELETE FROM acquisition_bands WHERE acquisition_id = ?", id);
        bands.forEach((band, position) => {
          sql.run(
            `INSERT INTO acquisition_bands (acquisition_id, name, position, raster_id, band_index, scale, "offset", nodata)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
            id,
            band.name,
            position,
            rasterId(band.path),
            band.bandIndex,
            band.scale,
            band.offset,
            band.nodata ?? null,
          );
        });
      });
    },

    rename(id: string, name: string | null): void {
      sql.run("UPDATE acquisitions SET name = ? WHERE id = ?", name, id);
    },

    /** In units of the project's CRS; `null` puts the pixels back to where their file says. */
    setShift(id: string, shift: Acquisition["shift"] | null): void {
      sql.run("UPDATE acquisitions SET shift = ? WHERE id = ?", shift ? toJson(shift) : null, id);
    },

    remove(id: string): void {
      sql.run("DELETE FROM acquisitions WHERE id = ?", id);
    },
  };
}
