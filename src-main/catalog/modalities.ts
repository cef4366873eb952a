import type { DuplicateDates, Modality, ResamplingMethod } from "../../src-shared/eo/modality.ts";
import type { SensorId } from "../../src-shared/eo/sensors.ts";
import { fromJson, toJson } from "./json-columns.ts";
import type { Sql } from "./sql.ts";

interface Row {
  readonly id: number;
  readonly name: string;
  readonly kind: Modality["kind"];
  readonly sensor: SensorId;
  readonly bands: string;
  readonly resolutionMeters: number;
  readonly patchPixels: number;
  readonly duplicateDates: DuplicateDates;
  readonly resampling: ResamplingMethod;
  readonly clearClasses: string;
}

const sensorOrder: readonly SensorId[] = ["aerial", "sentinel-2", "sentinel-1", "landsat", "other"];

export function modalityTable(sql: Sql) {
  return {
    /** In the order the network takes them in: image, optical, radar, and by name. It does not depend on what was added first. */
    list(): Modality[] {
      const members = Map.groupBy(
        sql.all<{ modalityId: number; acquisitionId: string }>(
          `SELECT modality_id AS modalityId, acquisition_id AS acquisitionId
           FROM modality_acquisitions ORDER BY modality_id, position`,
        ),
        ({ modalityId }) => modalityId,
      );
      return sql
        .all<Row>(
          `SELECT id, name, kind, sensor, bands, resolution_meters AS resolutionMeters, patch_pixels AS patchPixels,
                  duplicate_dates AS duplicateDates, resampling, clear_classes AS clearClasses
           FROM modalities ORDER BY id`,
        )
        .map(({ id, bands, clearClasses, ...row }) => ({
          ...row,
          bands: fromJson<string[]>(sql, "modalities.bands", bands),
          clearClasses: fromJson<number[]>(sql, "modalities.clear_classes", clearClasses),
          acquisitions: (members.get(id) ?? []).map(({ acquisitionId }) => acquisitionId),
        }))
        .sort((p, q) => sensorOrder.indexOf(p.sensor) - sensorOrder.indexOf(q.sensor) || (p.name < q.name ? -1 : 1));
    },

    /** Adds the modality, or replaces the one of that name. */
    put(modality: Modality): void {
      sql.transaction(() => {
        const values = [
          modality.kind,
          modality.sensor,
          toJson("modalities.bands", modality.bands),
          modality.resolutionMeters,
          modality.patchPixels,
          modality.duplicateDates,
          modality.resampling,
          toJson("modalities.clear_classes", modality.clearClasses),
        ];
        sql.run(
          `INSERT INTO modalities (kind, sensor, bands, resolution_meters, patch_pixels, duplicate_dates, resampling,
                                   clear_classes, name)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, sensor = excluded.sensor, bands = excluded.bands,
             resolution_meters = excluded.resolution_meters, patch_pixels = excluded.patch_pixels,
             duplicate_dates = excluded.duplicate_dates, resampling = excluded.resampling,
             clear_classes = excluded.clear_classes`,
          ...values,
          modality.name,
        );
        const { id } = sql.get<{ id: number }>("SELECT id FROM modalities WHERE name = ?", modality.name)!;
        sql.run("DELETE FROM modality_acquisitions WHERE modality_id = ?", id);
        modality.acquisitions.forEach((acquisition, position) => {
          sql.run(
            "INSERT INTO modality_acquisitions (modality_id, acquisition_id, position) VALUES (?, ?, ?)",
            id,
            acquisition,
            position,
          );
        });
      });
    },

    rename(from: string, to: string): void {
      sql.run("UPDATE modalities SET name = ? WHERE name = ?", to, from);
    },

    remove(name: string): void {
      sql.run("DELETE FROM modalities WHERE name = ?", name);
    },
  };
}
