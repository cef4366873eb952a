import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { checkSchema } from "./schema-check.ts";
import type { Sql } from "./sql.ts";

/**
 * The project format, step by step. `user_version` of the database is the number of steps it has taken.
 * A step that has been released never changes: add another one.
 */
export const migrations: readonly string[] = [
  // 1: the project and its imagery
  `CREATE TABLE project (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     name TEXT NOT NULL,
     geobox TEXT NOT NULL CHECK (json_valid(geobox)),
     patch_meters REAL NOT NULL CHECK (patch_meters > 0),
     tile_patches INTEGER NOT NULL CHECK (tile_patches > 0),
     created_at TEXT NOT NULL,
     app_version TEXT NOT NULL
   ) STRICT;
   CREATE TABLE rasters (
     id INTEGER PRIMARY KEY,
     path TEXT NOT NULL UNIQUE,
     header TEXT NOT NULL CHECK (json_valid(header)),
     bytes INTEGER NOT NULL,
     added_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE acquisitions (
     id TEXT PRIMARY KEY,
     sensor TEXT NOT NULL,
     date TEXT NOT NULL,
     time TEXT,
     origin TEXT NOT NULL CHECK (json_valid(origin)),
     quality_raster_id INTEGER REFERENCES rasters ON DELETE SET NULL,
     quality_band INTEGER,
     quality_kind TEXT,
     radiometry TEXT NOT NULL CHECK (json_valid(radiometry)),
     shift TEXT CHECK (shift IS NULL OR json_valid(shift)),
     evidence TEXT NOT NULL CHECK (json_valid(evidence))
   ) STRICT;
   CREATE INDEX acquisitions_by_date ON acquisitions (date, time);
   CREATE TABLE acquisition_bands (
     acquisition_id TEXT NOT NULL REFERENCES acquisitions ON DELETE CASCADE,
     name TEXT NOT NULL,
     position INTEGER NOT NULL,
     raster_id INTEGER NOT NULL REFERENCES rasters ON DELETE CASCADE,
     band_index INTEGER NOT NULL CHECK (band_index > 0),
     scale REAL NOT NULL,
     "offset" REAL NOT NULL,
     nodata REAL,
     PRIMARY KEY (acquisition_id, name)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX acquisition_bands_by_raster ON acquisition_bands (raster_id);
   CREATE TABLE modalities (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     kind TEXT NOT NULL CHECK (kind IN ('image', 'series')),
     sensor TEXT NOT NULL,
     bands TEXT NOT NULL CHECK (json_valid(bands)),
     resolution_meters REAL NOT NULL CHECK (resolution_meters > 0),
     patch_pixels INTEGER NOT NULL CHECK (patch_pixels > 0),
     duplicate_dates TEXT NOT NULL,
     resampling TEXT NOT NULL,
     clear_classes TEXT NOT NULL CHECK (json_valid(clear_classes))
   ) STRICT;
   CREATE TABLE modality_acquisitions (
     modality_id INTEGER NOT NULL REFERENCES modalities ON DELETE CASCADE,
     acquisition_id TEXT NOT NULL REFERENCES acquisitions ON DELETE CASCADE,
     position INTEGER NOT NULL,
     PRIMARY KEY (modality_id, acquisition_id)
   ) STRICT, WITHOUT ROWID;`,
  // 2: what people know about the place
  `CREATE TABLE legends (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE
   ) STRICT;
   CREATE TABLE classes (
     legend_id INTEGER NOT NULL REFERENCES legends ON DELETE CASCADE,
     code INTEGER NOT NULL CHECK (code BETWEEN 1 AND 254),
     name TEXT NOT NULL,
     color TEXT NOT NULL,
     PRIMARY KEY (legend_id, code),
     UNIQUE (legend_id, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE label_imports (
     id INTEGER PRIMARY KEY,
     path TEXT NOT NULL,
     class_field TEXT NOT NULL,
     legend_id INTEGER NOT NULL REFERENCES legends ON DELETE CASCADE,
     report TEXT NOT NULL CHECK (json_valid(report)),
     imported_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE labels (
     id INTEGER PRIMARY KEY,
     legend_id INTEGER NOT NULL,
     class_code INTEGER NOT NULL,
     geometry TEXT NOT NULL CHECK (json_valid(geometry)),
     x REAL NOT NULL,
     y REAL NOT NULL,
     patches INTEGER NOT NULL,
     import_id INTEGER REFERENCES label_imports ON DELETE CASCADE,
     feature TEXT,
     properties TEXT NOT NULL CHECK (json_valid(properties)),
     FOREIGN KEY (legend_id, class_code) REFERENCES classes (legend_id, code) ON UPDATE CASCADE
   ) STRICT;
   CREATE INDEX labels_by_class ON labels (legend_id, class_code);
   CREATE INDEX labels_by_import ON labels (import_id);
   CREATE TABLE splits (
     id INTEGER PRIMARY KEY,
     method TEXT NOT NULL,
     parameters TEXT NOT NULL CHECK (json_valid(parameters)),
     optimistic INTEGER NOT NULL CHECK (optimistic IN (0, 1)),
     report TEXT NOT NULL CHECK (json_valid(report)),
     created_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE split_parts (
     split_id INTEGER NOT NULL REFERENCES splits ON DELETE CASCADE,
     label_id INTEGER NOT NULL REFERENCES labels ON DELETE CASCADE,
     part TEXT NOT NULL CHECK (part IN ('train', 'validation', 'test', 'unused')),
     patch_parts TEXT,
     PRIMARY KEY (split_id, label_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX split_parts_by_label ON split_parts (label_id);`,
  // 3: work and what came out of it
  `CREATE TABLE jobs (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     kind TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'failed', 'cancelled', 'resumable')),
     folder TEXT NOT NULL,
     owner TEXT CHECK (owner IS NULL OR json_valid(owner)),
     phase TEXT NOT NULL DEFAULT '',
     fraction REAL NOT NULL DEFAULT 0,
     reason TEXT,
     attempts INTEGER NOT NULL DEFAULT 0,
     created_at TEXT NOT NULL,
     started_at TEXT,
     finished_at TEXT,
     CHECK (state <> 'running' OR owner IS NOT NULL),
     CHECK (state <> 'failed' OR reason IS NOT NULL)
   ) STRICT;
   CREATE INDEX jobs_by_state ON jobs (state);
   CREATE TABLE models (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     kind TEXT NOT NULL CHECK (kind IN ('pretrained', 'finetuned')),
     folder TEXT NOT NULL,
     parent_id INTEGER REFERENCES models ON DELETE SET NULL,
     job_id INTEGER REFERENCES jobs ON DELETE SET NULL,
     modalities TEXT NOT NULL CHECK (json_valid(modalities)),
     summary TEXT NOT NULL CHECK (json_valid(summary)),
     created_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE runs (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     job_id INTEGER NOT NULL UNIQUE REFERENCES jobs ON DELETE CASCADE,
     kind TEXT NOT NULL,
     model_id INTEGER REFERENCES models ON DELETE SET NULL,
     split_id INTEGER REFERENCES splits ON DELETE SET NULL,
     result TEXT CHECK (result IS NULL OR json_valid(result)),
     created_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE run_metrics (
     run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
     step INTEGER NOT NULL,
     name TEXT NOT NULL,
     value REAL,
     PRIMARY KEY (run_id, name, step)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE maps (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     model_id INTEGER REFERENCES models ON DELETE SET NULL,
     job_id INTEGER REFERENCES jobs ON DELETE SET NULL,
     modalities TEXT NOT NULL CHECK (json_valid(modalities)),
     area TEXT NOT NULL CHECK (json_valid(area)),
     files TEXT NOT NULL CHECK (json_valid(files)),
     created_at TEXT NOT NULL
   ) STRICT;`,
  // 4: how things are shown, and everything a person may undo
  `ALTER TABLE rasters ADD COLUMN name TEXT;
   ALTER TABLE rasters ADD COLUMN crs TEXT;
   ALTER TABLE acquisitions ADD COLUMN name TEXT;
   ALTER TABLE runs ADD COLUMN name TEXT;
   ALTER TABLE runs ADD COLUMN settings TEXT CHECK (settings IS NULL OR json_valid(settings));
   CREATE TABLE run_reviews (
     run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
     step INTEGER NOT NULL,
     review TEXT NOT NULL CHECK (json_valid(review)),
     preview TEXT CHECK (preview IS NULL OR json_valid(preview)),
     PRIMARY KEY (run_id, step)
   ) STRICT, WITHOUT ROWID;
   ALTER TABLE jobs ADD COLUMN title TEXT NOT NULL DEFAULT '';
   ALTER TABLE jobs ADD COLUMN cause TEXT CHECK (cause IS NULL OR json_valid(cause));
   ALTER TABLE classes ADD COLUMN parent TEXT;
   ALTER TABLE labels ADD COLUMN valid_from TEXT;
   ALTER TABLE labels ADD COLUMN valid_to TEXT;
   ALTER TABLE labels ADD COLUMN hectares REAL;
   CREATE INDEX labels_by_place ON labels (x, y);
   CREATE TABLE comparisons (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     from_map INTEGER REFERENCES maps ON DELETE SET NULL,
     to_map INTEGER REFERENCES maps ON DELETE SET NULL,
     job_id INTEGER REFERENCES jobs ON DELETE SET NULL,
     result TEXT NOT NULL CHECK (json_valid(result)),
     created_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE layers (
     id TEXT PRIMARY KEY,
     position REAL NOT NULL,
     visible INTEGER NOT NULL CHECK (visible IN (0, 1)),
     opacity REAL NOT NULL CHECK (opacity BETWEEN 0 AND 1),
     style TEXT NOT NULL CHECK (json_valid(style))
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE vectors (
     id INTEGER PRIMARY KEY,
     path TEXT NOT NULL,
     layer TEXT,
     crs TEXT,
     name TEXT NOT NULL,
     added_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE bookmarks (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL,
     bounds TEXT NOT NULL CHECK (json_valid(bounds)),
     created_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE view_state (
     key TEXT PRIMARY KEY,
     value TEXT NOT NULL CHECK (json_valid(value))
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE edits (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL CHECK (json_valid(name)),
     undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
     made_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE edit_changes (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     edit_id INTEGER NOT NULL REFERENCES edits ON DELETE CASCADE,
     "table" TEXT NOT NULL,
     before TEXT CHECK (before IS NULL OR json_valid(before)),
     after TEXT CHECK (after IS NULL OR json_valid(after))
   ) STRICT;
   CREATE INDEX edit_changes_by_edit ON edit_changes (edit_id);`,
  // labels that name patches, classes that keep the source's codes, splits that know their blocks
  `ALTER TABLE labels ADD COLUMN cells TEXT CHECK (cells IS NULL OR json_valid(cells));
   ALTER TABLE classes ADD COLUMN source TEXT;
   ALTER TABLE splits ADD COLUMN blocks TEXT CHECK (blocks IS NULL OR json_valid(blocks));`,
  // labels of whole tiles, their split, and what models said of tiles
  `CREATE TABLE tile_imports (
     id INTEGER PRIMARY KEY,
     path TEXT NOT NULL,
     legend_id INTEGER NOT NULL REFERENCES legends ON DELETE CASCADE,
     report TEXT NOT NULL CHECK (json_valid(report)),
     imported_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE tile_labels (
     id INTEGER PRIMARY KEY,
     import_id INTEGER NOT NULL REFERENCES tile_imports ON DELETE CASCADE,
     legend_id INTEGER NOT NULL REFERENCES legends ON DELETE CASCADE,
     key TEXT NOT NULL,
     geometry TEXT NOT NULL CHECK (json_valid(geometry)),
     x REAL NOT NULL,
     y REAL NOT NULL,
     properties TEXT NOT NULL CHECK (json_valid(properties)),
     UNIQUE (legend_id, key)
   ) STRICT;
   CREATE INDEX tile_labels_by_import ON tile_labels (import_id);
   CREATE TABLE tile_shares (
     tile_id INTEGER NOT NULL REFERENCES tile_labels ON DELETE CASCADE,
     legend_id INTEGER NOT NULL,
     class_code INTEGER NOT NULL,
     share REAL NOT NULL CHECK (share >= 0),
     PRIMARY KEY (tile_id, class_code),
     FOREIGN KEY (legend_id, class_code) REFERENCES classes (legend_id, code) ON UPDATE CASCADE ON DELETE CASCADE
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX tile_shares_by_class ON tile_shares (legend_id, class_code);
   CREATE TABLE tile_splits (
     id INTEGER PRIMARY KEY,
     method TEXT NOT NULL,
     parameters TEXT NOT NULL CHECK (json_valid(parameters)),
     optimistic INTEGER NOT NULL CHECK (optimistic IN (0, 1)),
     report TEXT NOT NULL CHECK (json_valid(report)),
     created_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE tile_parts (
     split_id INTEGER NOT NULL REFERENCES tile_splits ON DELETE CASCADE,
     tile_id INTEGER NOT NULL REFERENCES tile_labels ON DELETE CASCADE,
     part TEXT NOT NULL CHECK (part IN ('train', 'validation', 'test', 'unused')),
     fold INTEGER,
     PRIMARY KEY (split_id, tile_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX tile_parts_by_tile ON tile_parts (tile_id);
   CREATE TABLE tile_maps (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     model_id INTEGER REFERENCES models ON DELETE SET NULL,
     job_id INTEGER REFERENCES jobs ON DELETE SET NULL,
     modalities TEXT NOT NULL CHECK (json_valid(modalities)),
     files TEXT NOT NULL CHECK (json_valid(files)),
     created_at TEXT NOT NULL
   ) STRICT;`,
  // an acquisition is a mosaic of pieces, each with its own files; those of before are mosaics of one piece
  `CREATE TABLE pieces (
     id INTEGER PRIMARY KEY,
     acquisition_id TEXT NOT NULL REFERENCES acquisitions ON DELETE CASCADE
   ) STRICT;
   CREATE INDEX pieces_by_acquisition ON pieces (acquisition_id);
   CREATE TABLE piece_files (
     piece_id INTEGER NOT NULL REFERENCES pieces ON DELETE CASCADE,
     raster_id INTEGER NOT NULL REFERENCES rasters ON DELETE CASCADE,
     position INTEGER NOT NULL,
     bands TEXT NOT NULL CHECK (json_valid(bands)),
     quality TEXT CHECK (quality IS NULL OR json_valid(quality)),
     radiometry TEXT NOT NULL CHECK (json_valid(radiometry)),
     facts TEXT NOT NULL CHECK (json_valid(facts)),
     evidence TEXT NOT NULL CHECK (json_valid(evidence)),
     preference REAL NOT NULL DEFAULT 0,
     PRIMARY KEY (piece_id, raster_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX piece_files_by_raster ON piece_files (raster_id);
   CREATE TEMP TABLE pieces_before AS
     SELECT row_number() OVER (ORDER BY date, time, id) AS piece, * FROM acquisitions;
   CREATE TEMP TABLE members_before AS SELECT * FROM modality_acquisitions;
   CREATE TEMP TABLE files_before AS
     SELECT p.piece, r.raster_id AS raster,
            (SELECT json_group_array(json_object('name', b.name, 'bandIndex', b.band_index, 'scale', b.scale,
                                                 'offset', b."offset", 'nodata', b.nodata) ORDER BY b.position)
             FROM acquisition_bands b WHERE b.acquisition_id = p.id AND b.raster_id = r.raster_id) AS bands,
            (SELECT min(b.position) FROM acquisition_bands b
             WHERE b.acquisition_id = p.id AND b.raster_id = r.raster_id) AS first,
            CASE WHEN p.quality_raster_id = r.raster_id AND p.quality_kind IS NOT NULL
                 THEN json_object('kind', p.quality_kind, 'bandIndex', p.quality_band) END AS quality
     FROM pieces_before p
     JOIN (SELECT acquisition_id, raster_id FROM acquisition_bands
           UNION SELECT id, quality_raster_id FROM acquisitions WHERE quality_raster_id IS NOT NULL) r
       ON r.acquisition_id = p.id;
   DROP TABLE acquisition_bands;
   DROP TABLE acquisitions;
   CREATE TABLE acquisitions (
     id TEXT PRIMARY KEY,
     name TEXT,
     sensor TEXT NOT NULL,
     date TEXT NOT NULL,
     time TEXT,
     origin TEXT NOT NULL CHECK (json_valid(origin)),
     shift TEXT CHECK (shift IS NULL OR json_valid(shift))
   ) STRICT;
   CREATE INDEX acquisitions_by_date ON acquisitions (date, time);
   INSERT INTO acquisitions (id, name, sensor, date, time, origin, shift)
     SELECT id, name, sensor, date, time, json_remove(origin, '$.tile', '$.processingBaseline'), shift FROM pieces_before;
   INSERT INTO modality_acquisitions SELECT * FROM members_before WHERE acquisition_id IN (SELECT id FROM acquisitions);
   INSERT INTO pieces (id, acquisition_id) SELECT piece, id FROM pieces_before;
   INSERT INTO piece_files (piece_id, raster_id, position, bands, quality, radiometry, facts, evidence)
     SELECT f.piece, f.raster, row_number() OVER (PARTITION BY f.piece ORDER BY f.first IS NULL, f.first) - 1,
            f.bands, f.quality, p.radiometry,
            iif(p.time IS NULL, p.origin, json_set(p.origin, '$.time', p.time)), p.evidence
     FROM files_before f JOIN pieces_before p ON p.piece = f.piece;
   DROP TABLE pieces_before;
   DROP TABLE members_before;
   DROP TABLE files_before;
   -- Rows of the old shape cannot be put back: what was done until the last of them can no longer be undone.
   DELETE FROM edits WHERE id <= (SELECT max(edit_id) FROM edit_changes
                                  WHERE "table" IN ('acquisitions', 'acquisition_bands'));`,
  // The patches of an area that is less than the box around it, as windows in JSON; NULL: all of the box.
  `ALTER TABLE project ADD COLUMN area_limit TEXT;`,
  // The map draws backscatter in decibels, also where files hold power: ranges that a person set for power mean nothing now.
  `UPDATE layers SET style = json_remove(style, '$.stretch', '$.ranges')
   WHERE json_extract(style, '$.stretch') IN ('manual', 'view')
     AND id IN (SELECT 'acquisition:' || p.acquisition_id FROM pieces p JOIN piece_files f ON f.piece_id = p.id
                WHERE json_extract(f.radiometry, '$.quantity') = 'backscatter-linear');`,
  // How numbers are read, and on what evidence, is written as codes from here on, which older releases do not know. Sentences of
  // before are read as they stand (`older-words.ts`): rewriting them would end the undo of the steps that wrote them.
  `SELECT 1;`,
  // A layer whose eye or opacity was set had a place stored with it: 0 where the window did not know it yet, which is under the
  // base map. NULL is what nobody has set.
  `CREATE TEMP TABLE layers_before AS SELECT * FROM layers;
   DROP TABLE layers;
   CREATE TABLE layers (
     id TEXT PRIMARY KEY,
     position REAL,
     visible INTEGER CHECK (visible IN (0, 1)),
     opacity REAL CHECK (opacity BETWEEN 0 AND 1),
     style TEXT NOT NULL CHECK (json_valid(style))
   ) STRICT, WITHOUT ROWID;
   INSERT INTO layers SELECT id, iif(position = 0 AND id <> 'basemap', NULL, position), visible, opacity, style
     FROM layers_before;
   DROP TABLE layers_before;`,
  // A split belongs to the legend that it was made for: one of a second legend took the first one's away, and labels that were drawn
  // with a second legend joined a split by a field that they do not have. Those of before belong to the legend of most of their labels.
  `ALTER TABLE splits ADD COLUMN legend_id INTEGER REFERENCES legends ON DELETE SET NULL;
   UPDATE splits SET legend_id =
     (SELECT l.legend_id FROM split_parts p JOIN labels l ON l.id = p.label_id WHERE p.split_id = splits.id
      GROUP BY l.legend_id ORDER BY count(*) DESC, l.legend_id LIMIT 1);`,
  // Probability samples of maps, with what people saw at their places: a test of their own, apart from the labels that teach.
  `CREATE TABLE area_samples (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     map_id INTEGER REFERENCES maps ON DELETE SET NULL,
     design TEXT NOT NULL CHECK (json_valid(design)),
     created_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE area_units (
     sample_id INTEGER NOT NULL REFERENCES area_samples ON DELETE CASCADE,
     position INTEGER NOT NULL,
     col INTEGER NOT NULL,
     "row" INTEGER NOT NULL,
     stratum INTEGER NOT NULL,
     answer INTEGER,
     PRIMARY KEY (sample_id, position)
   ) STRICT, WITHOUT ROWID;`,
  // Numbers instead of classes: what is known of places, the models that learned it, and rasters of numbers.
  `CREATE TABLE number_targets (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     unit TEXT NOT NULL,
     minimum REAL,
     maximum REAL,
     path TEXT NOT NULL,
     field TEXT NOT NULL,
     report TEXT NOT NULL CHECK (json_valid(report)),
     imported_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE number_places (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     target_id INTEGER NOT NULL REFERENCES number_targets ON DELETE CASCADE,
     value REAL NOT NULL,
     geometry TEXT NOT NULL CHECK (json_valid(geometry)),
     cells TEXT CHECK (cells IS NULL OR json_valid(cells)),
     x REAL NOT NULL,
     y REAL NOT NULL,
     patches INTEGER NOT NULL,
     feature TEXT
   ) STRICT;
   CREATE INDEX number_places_by_target ON number_places (target_id);
   CREATE TABLE number_models (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     target_id INTEGER,
     job_id INTEGER REFERENCES jobs ON DELETE SET NULL,
     facts TEXT NOT NULL CHECK (json_valid(facts)),
     result TEXT NOT NULL CHECK (json_valid(result)),
     created_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE surfaces (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     model_id INTEGER REFERENCES number_models ON DELETE SET NULL,
     job_id INTEGER REFERENCES jobs ON DELETE SET NULL,
     result TEXT NOT NULL CHECK (json_valid(result)),
     created_at TEXT NOT NULL
   ) STRICT;`,
  // From labels to a trained map in several jobs.
  `CREATE TABLE chains (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     plan TEXT NOT NULL CHECK (json_valid(plan)),
     jobs TEXT NOT NULL CHECK (json_valid(jobs)),
     ended TEXT CHECK (ended IN ('done', 'cancelled')),
     problem TEXT CHECK (problem IS NULL OR json_valid(problem)),
     created_at TEXT NOT NULL
   ) STRICT;`,
];

/** The format this program writes. */
export const currentFormat = migrations.length;

/** "OmSa": marks the file as a project of this program. */
export const applicationId = 0x4f6d5361;

/** Brings the database to the current format. Each step commits whole, with its number. */
export function migrate(sql: Sql, appVersion: string, readOnly: boolean): void {
  const format = Number(sql.pragma("user_version"));
  if (format < 0)
    throw new AppError("project-damaged", { path: sql.path, detail: reason("project-format", { format }) });
  const application = Number(sql.pragma("application_id"));
  if (application !== applicationId && !(format === 0 && application === 0 && isEmpty(sql))) {
    throw new AppError("project-damaged", { path: sql.path, detail: reason("not-project-database") });
  }
  if (format > currentFormat) {
    throw new AppError("project-newer", {
      path: sql.path,
      format,
      writtenBy: writerOf(sql) ?? null,
      supported: currentFormat,
      appVersion,
    });
  }
  // Before any step runs: a trigger of somebody else's would run with it.
  if (format > 0) checkSchema(sql, migrations.slice(0, format));
  if (format === currentFormat) return;
  if (readOnly) {
    throw new AppError("project-older-read-only", { path: sql.path, format, supported: currentFormat });
  }
  migrations.slice(format).forEach((step, index) => {
    sql.transaction(() => {
      sql.script(step);
      sql.pragma(`application_id = ${applicationId}`);
      sql.pragma(`user_version = ${format + index + 1}`);
    });
  });
  sql.run("UPDATE project SET app_version = ?", appVersion);
}

function isEmpty(sql: Sql): boolean {
  return sql.get<{ n: number }>("SELECT count(*) AS n FROM sqlite_schema")?.n === 0;
}

/** A later format may have renamed even this table: then the version is simply not known. */
function writerOf(sql: Sql): string | undefined {
  try {
    return sql.get<{ version: string }>("SELECT app_version AS version FROM project")?.version;
  } catch {
    return undefined;
  }
}
