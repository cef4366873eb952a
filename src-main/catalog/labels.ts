import type { LabelPolygon, SplitPart } from "../../src-shared/domain/job.ts";
import type {
  Label,
  LabelImport,
  LabelPart,
  LabelProperties,
  Legend,
  NewLabel,
  Split,
} from "../../src-shared/domain/label.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { fromJson, toJson } from "./json.ts";
import type { ProjectPaths } from "./paths.ts";
import type { Sql } from "./sql.ts";

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
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

const labelColumns = `id, legend_id AS legendId, class_code AS classCode, geometry, x, y, patches,
                      import_id AS importId, feature, properties, valid_from AS validFrom,
                      valid_to AS validTo`;

export function legendTable(sql: Sql) {
  const table = {
    list(): Legend[] {
      return sql
        .all<{ id: number; name: string }>("SELECT id, name FROM legends ORDER BY id")
        .map((row) => ({ ...row, classes: table.classes(row.id) }));
    },

    classes(legendId: number): LegendClass[] {
      return sql
        .all<{ code: number; name: string; color: string; parent: string | null }>(
          "SELECT code, name, color, parent FROM classes WHERE legend_id = ? ORDER BY code",
          legendId,
        )
        .map(({ parent, ...row }) => (parent === null ? row : { ...row, parent }));
    },

    /** Adds the legend or brings its classes up to date. A class that labels use cannot be taken away. */
    put(name: string, classes: readonly LegendClass[]): number {
      return sql.transaction(() => {
        const known = sql.get<{ id: number }>("SELECT id FROM legends WHERE name = ?", name);
        const id = known?.id ?? sql.run("INSERT INTO legends (name) VALUES (?)", name).id;
        for (const { code, name: title, color, parent } of classes) {
          sql.run(
            `INSERT INTO classes (legend_id, code, name, color, parent) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (legend_id, code) DO UPDATE SET name = excluded.name, color = excluded.color,
               parent = excluded.parent`,
            id,
            code,
            title,
            color,
            parent ?? null,
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
          ({ legendId, classCode, coordinates, x, y, patches, importId, feature, properties, validFrom, validTo }) =>
            sql.run(
              `INSERT INTO labels (legend_id, class_code, geometry, x, y, patches, import_id, feature, properties,
                                   valid_from, valid_to)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
              legendId,
              classCode,
              toJson(coordinates),
              x,
              y,
              patches,
              importId,
              feature,
              toJson(properties),
              validFrom ?? null,
              validTo ?? null,
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
