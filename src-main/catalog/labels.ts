import type { LabelPolygon, SplitPart } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { fromJson, toJson } from "./json.ts";
import type { ProjectPaths } from "./paths.ts";
import type { Sql } from "./sql.ts";

export interface Legend {
  readonly id: number;
  readonly name: string;
  readonly classes: readonly LegendClass[];
}

/** A labelled polygon in the project's CRS. */
export interface Label {
  readonly id: number;
  readonly legendId: number;
  readonly classCode: number;
  readonly coordinates: LabelPolygon["coordinates"];
  /** a position inside of it: what a block split goes by */
  readonly x: number;
  readonly y: number;
  /** patches of the project that it labels */
  readonly patches: number;
  /** `null` when a person drew it here */
  readonly importId: number | null;
  /** the feature's own identifier in its file */
  readonly feature: string | null;
  /** the other fields of its file: a split may go by one of them */
  readonly properties: LabelProperties;
}

export type LabelProperties = Readonly<Record<string, string | number | boolean | null>>;

export type NewLabel = Omit<Label, "id">;

/** One reading of a label file: where from, and what became of every polygon. */
export interface LabelImport {
  readonly id: number;
  readonly path: string;
  readonly classField: string;
  readonly legendId: number;
  readonly report: unknown;
  readonly importedAt: string;
}

export interface Split {
  readonly id: number;
  readonly method: string;
  readonly parameters: unknown;
  /** neighbours of test places were trained on: the accuracy will look better than it is */
  readonly optimistic: boolean;
  readonly report: unknown;
  readonly createdAt: string;
}

interface LabelRow {
  readonly id: number;
  readonly legendId: number;
  readonly classCode: number;
  readonly geometry: string;
  readonly x: number;
  readonly y: number;
  readonly patches: number;
  readonly importId: number | null;
  readonly feature: string | null;
  readonly properties: string;
}

const labelColumns = `id, legend_id AS legendId, class_code AS classCode, geometry, x, y, patches,
                      import_id AS importId, feature, properties`;

export function legendTable(sql: Sql) {
  const table = {
    list(): Legend[] {
      return sql
        .all<{ id: number; name: string }>("SELECT id, name FROM legends ORDER BY id")
        .map((row) => ({ ...row, classes: table.classes(row.id) }));
    },

    classes(legendId: number): LegendClass[] {
      return sql.all<LegendClass>("SELECT code, name, color FROM classes WHERE legend_id = ? ORDER BY code", legendId);
    },

    /** Adds the legend or brings its classes up to date. A class that labels use cannot be taken away. */
    put(name: string, classes: readonly LegendClass[]): number {
      return sql.transaction(() => {
        const known = sql.get<{ id: number }>("SELECT id FROM legends WHERE name = ?", name);
        const id = known?.id ?? sql.run("INSERT INTO legends (name) VALUES (?)", name).id;
        for (const { code, name: title, color } of classes) {
          sql.run(
            `INSERT INTO classes (legend_id, code, name, color) VALUES (?, ?, ?, ?)
             ON CONFLICT (legend_id, code) DO UPDATE SET name = excluded.name, color = excluded.color`,
            id,
            code,
            title,
            color,
          );
        }
        return id;
      });
    },
  };
  return table;
}

export function labelTable(sql: Sql, paths: ProjectPaths) {
  const read = ({ geometry, properties, ...row }: LabelRow): Label => ({
    ...row,
    properties: fromJson<LabelProperties>(properties),
    coordinates: fromJson<LabelPolygon["coordinates"]>(geometry),
  });

  return {
    list(legendId?: number): Label[] {
      const rows =
        legendId === undefined
          ? sql.all<LabelRow>(`SELECT ${labelColumns} FROM labels ORDER BY id`)
          : sql.all<LabelRow>(`SELECT ${labelColumns} FROM labels WHERE legend_id = ? ORDER BY id`, legendId);
      return rows.map(read);
    },

    count(): number {
      return sql.get<{ n: number }>("SELECT count(*) AS n FROM labels")!.n;
    },

    /** Polygons per class code of a legend. */
    countByClass(legendId: number): ReadonlyMap<number, number> {
      const rows = sql.all<{ code: number; n: number }>(
        "SELECT class_code AS code, count(*) AS n FROM labels WHERE legend_id = ? GROUP BY class_code ORDER BY class_code",
        legendId,
      );
      return new Map(rows.map(({ code, n }) => [code, n]));
    },

    add(labels: readonly NewLabel[]): number[] {
      return sql.transaction(() =>
        labels.map(
          ({ legendId, classCode, coordinates, x, y, patches, importId, feature, properties }) =>
            sql.run(
              `INSERT INTO labels (legend_id, class_code, geometry, x, y, patches, import_id, feature, properties)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
              legendId,
              classCode,
              toJson(coordinates),
              x,
              y,
              patches,
              importId,
              feature,
              toJson(properties),
            ).id,
        ),
      );
    },

    setClass(id: number, classCode: number): void {
      sql.run("UPDATE labels SET class_code = ? WHERE id = ?", classCode, id);
    },

    remove(ids: readonly number[]): void {
      sql.transaction(() => {
        for (const id of ids) sql.run("DELETE FROM labels WHERE id = ?", id);
      });
    },

    imports(): LabelImport[] {
      return sql
        .all<{
          id: number;
          path: string;
          classField: string;
          legendId: number;
          report: string;
          importedAt: string;
        }>(
          `SELECT id, path, class_field AS classField, legend_id AS legendId, report, imported_at AS importedAt
           FROM label_imports ORDER BY id`,
        )
        .map((row) => ({ ...row, path: paths.fromStored(row.path), report: fromJson<unknown>(row.report) }));
    },

    addImport({ path, classField, legendId, report }: Omit<LabelImport, "id" | "importedAt">): number {
      return sql.run(
        "INSERT INTO label_imports (path, class_field, legend_id, report, imported_at) VALUES (?, ?, ?, ?, ?)",
        paths.toStored(path),
        classField,
        legendId,
        toJson(report),
        new Date().toISOString(),
      ).id;
    },

    /** Forgets an import with every label that came from it. */
    removeImport(id: number): void {
      sql.run("DELETE FROM label_imports WHERE id = ?", id);
    },
  };
}

/** To which set a label belongs; a random split gives each of its patches a set of its own, row by row. */
export interface LabelPart {
  readonly part: SplitPart;
  readonly patches: readonly SplitPart[] | null;
}

const letters: Readonly<Record<SplitPart, string>> = { train: "t", validation: "v", test: "s", unused: "u" };
const partOfLetter = new Map(Object.entries(letters).map(([part, letter]) => [letter, part as SplitPart]));
const readLetters = (text: string): SplitPart[] => [...text].map((letter) => partOfLetter.get(letter) ?? "unused");

export function splitTable(sql: Sql) {
  interface Row {
    readonly id: number;
    readonly method: string;
    readonly parameters: string;
    readonly optimistic: number;
    readonly report: string;
    readonly createdAt: string;
  }
  const read = (row: Row): Split => ({
    ...row,
    parameters: fromJson<unknown>(row.parameters),
    report: fromJson<unknown>(row.report),
    optimistic: row.optimistic === 1,
  });
  const columns = "id, method, parameters, optimistic, report, created_at AS createdAt";

  return {
    list(): Split[] {
      return sql.all<Row>(`SELECT ${columns} FROM splits ORDER BY id`).map(read);
    },

    /** The newest split is the one in force; older ones stay for the runs that used them. */
    current(): Split | undefined {
      const row = sql.get<Row>(`SELECT ${columns} FROM splits ORDER BY id DESC LIMIT 1`);
      return row && read(row);
    },

    parts(splitId: number): ReadonlyMap<number, LabelPart> {
      const rows = sql.all<{ labelId: number; part: SplitPart; patchParts: string | null }>(
        "SELECT label_id AS labelId, part, patch_parts AS patchParts FROM split_parts WHERE split_id = ?",
        splitId,
      );
      return new Map(
        rows.map(({ labelId, part, patchParts }) => [
          labelId,
          { part, patches: patchParts === null ? null : readLetters(patchParts) },
        ]),
      );
    },

    add(split: Omit<Split, "id" | "createdAt">, parts: ReadonlyMap<number, LabelPart>): number {
      return sql.transaction(() => {
        const { id } = sql.run(
          "INSERT INTO splits (method, parameters, optimistic, report, created_at) VALUES (?, ?, ?, ?, ?)",
          split.method,
          toJson(split.parameters),
          split.optimistic ? 1 : 0,
          toJson(split.report),
          new Date().toISOString(),
        );
        for (const [label, { part, patches }] of parts) {
          sql.run(
            "INSERT INTO split_parts (split_id, label_id, part, patch_parts) VALUES (?, ?, ?, ?)",
            id,
            label,
            part,
            patches?.map((patch) => letters[patch]).join("") ?? null,
          );
        }
        return id;
      });
    },
  };
}
