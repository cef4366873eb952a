import type { MapResult } from "../../src-shared/domain/job.ts";
import type { MapProduct } from "../../src-shared/domain/map-product.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { fromJson, toJson } from "./json.ts";
import type { ProjectPaths } from "./paths.ts";
import type { Sql } from "./sql.ts";

interface Row {
  readonly id: number;
  readonly name: string;
  readonly modelId: number | null;
  readonly jobId: number | null;
  readonly modalities: string;
  readonly area: string;
  readonly files: string;
  readonly createdAt: string;
}

export function mapTable(sql: Sql, paths: ProjectPaths) {
  const withPaths = (files: MapResult, move: (path: string) => string): MapResult => ({
    ...files,
    classPath: move(files.classPath),
    confidencePath: move(files.confidencePath),
    probabilitiesPath: files.probabilitiesPath === null ? null : move(files.probabilitiesPath),
    qmlPath: move(files.qmlPath),
    sldPath: move(files.sldPath),
    sidecarPaths: files.sidecarPaths.map(move),
  });

  return {
    list(): MapProduct[] {
      return sql
        .all<Row>(
          `SELECT id, name, model_id AS modelId, job_id AS jobId, modalities, area, files, created_at AS createdAt
           FROM maps ORDER BY id`,
        )
        .map(({ modalities, area, files, ...row }) => ({
          ...row,
          modalities: fromJson<string[]>(modalities),
          area: fromJson<GeoBox>(area),
          files: withPaths(fromJson<MapResult>(files), paths.fromStored),
        }));
    },

    has(name: string): boolean {
      return sql.get("SELECT 1 FROM maps WHERE name = ?", name) !== undefined;
    },

    add(map: Omit<MapProduct, "id" | "createdAt">): number {
      return sql.run(
        "INSERT INTO maps (name, model_id, job_id, modalities, area, files, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        map.name,
        map.modelId,
        map.jobId,
        toJson(map.modalities),
        toJson(map.area),
        toJson(withPaths(map.files, paths.toStored)),
        new Date().toISOString(),
      ).id;
    },
  };
}
