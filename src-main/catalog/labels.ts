import type { LabelPolygon, SplitPart } from "../../src-shared/domain/job.ts";
import type {
  Label,
  LabelChanges,
  LabelImport,
  LabelPart,
  LabelProperties,
  LabelShape,
  Legend,
  NewLabel,
  Split,
} from "../../src-shared/domain/label.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { outlineOfCells, type PatchCells } from "../../src-shared/domain/patch-cells.ts";
import type { SplitFacts, SplitMethod, SplitParameters } from "../../src-shared/domain/split.ts";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { fromJson, toJson } from "./json-columns.ts";
import type { ProjectPaths } from "./paths.ts";
import type { Sql, SqlValue } from "./sql.ts";

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
  readonly hectares: number | null;
  readonly cells: string | null;
}

export interface LabelQuery {
  readonly legendId?: number | undefined;
  readonly ids?: readonly number[] | undefined;
  /** labels whose inner position lies in it */
  readonly bounds?: Bounds | undefined;
  readonly limit?: number | undefined;
}

/** Sums over the labels of one class in one set. */
export interface LabelTally {
  readonly classCode: number;
  readonly part: SplitPart | "random" | "none";
  readonly labels: number;
  readonly patches: number;
  readonly hectares: number;
}

const labelColumns = `id, legend_id AS legendId, class_code AS classCode, geometry, x, y, patches,
                      import_id AS importId, feature, properties, valid_from AS validFrom,
                      valid_to AS validTo, hectares, cells`;

export function legendTable(sql: Sql) {
  const table = {
    list(): Legend[] {
      return sql
        .all<{ id: number; name: string }>("SELECT id, name FROM legends ORDER BY id")
        .map((row) => ({ ...row, classes: table.classes(row.id) }));
    },

    classes(legendId: number): LegendClass[] {
      return sql
        .all<{ code: number; name: string; color: string; parent: string | null; source: string | null }>(
          "SELECT code, name, color, parent, source FROM classes WHERE legend_id = ? ORDER BY code",
          legendId,
        )
        .map(({ parent, source, ...row }) => ({
          ...row,
          ...(parent === null ? {} : { parent }),
          ...(source === null ? {} : { source }),
        }));
    },

    /** Adds the legend or brings its classes up to date. A class that labels use cannot be taken away. */
    put(name: string, classes: readonly LegendClass[]): number {
      return sql.transaction(() => {
        const known = sql.get<{ id: number }>("SELECT id FROM legends WHERE name = ?", name);
        const id = known?.id ?? sql.run("INSERT INTO legends (name) VALUES (?)", name).id;
        for (const { code, name: title, color, parent, source } of classes) {
          sql.run(
            `INSERT INTO classes (legend_id, code, name, color, parent, source) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (legend_id, code) DO UPDATE SET name = excluded.name, color = excluded.color,
               parent = excluded.parent, source = coalesce(excluded.source, source)`,
            id,
            code,
            title,
            color,
            parent ?? null,
            source ?? null,
          );
        }
        return id;
      });
    },

    rename(id: number, name: string): void {
      sql.run("UPDATE legends SET name = ? WHERE id = ?", name, id);
    },

    /** With every label of it: they would have no class. */
    remove(id: number): void {
      sql.transaction(() => {
        sql.run("DELETE FROM labels WHERE legend_id = ?", id);
        sql.run("DELETE FROM label_imports WHERE legend_id = ?", id);
        sql.run("DELETE FROM classes WHERE legend_id = ?", id);
        sql.run("DELETE FROM legends WHERE id = ?", id);
      });
    },

    /** Changes a class; another `code` moves its labels along. */
    putClass(id: number, code: number, { code: next, name, color, parent, source }: LegendClass): void {
      sql.run(
        "UPDATE classes SET code = ?, name = ?, color = ?, parent = ?, source = ? WHERE legend_id = ? AND code = ?",
        next,
        name,
        color,
        parent ?? null,
        source ?? null,
        id,
        code,
      );
    },

    removeClass(id: number, code: number): void {
      sql.run("DELETE FROM classes WHERE legend_id = ? AND code = ?", id, code);
    },
  };
  return table;
}

/** Which labels changed when, as long as this connection lives: windows ask for these alone, whichever window changed them. */
const touches = `
  CREATE TEMP TABLE label_touches (version INTEGER PRIMARY KEY AUTOINCREMENT, label INTEGER NOT NULL);
  CREATE TEMP TRIGGER label_added AFTER INSERT ON main.labels BEGIN
    INSERT INTO label_touches (label) VALUES (NEW.id);
  END;
  CREATE TEMP TRIGGER label_changed AFTER UPDATE ON main.labels BEGIN
    INSERT INTO label_touches (label) VALUES (NEW.id);
  END;
  CREATE TEMP TRIGGER label_removed AFTER DELETE ON main.labels BEGIN
    INSERT INTO label_touches (label) VALUES (OLD.id);
  END;`;

/** Cells as they were written; of a damaged row none, before memory is taken for its sizes. */
function soundCells(cells: PatchCells): PatchCells {
  const { col, row, width, height, bits } = cells;
  const sizes = [width, height].every((size) => Number.isInteger(size) && size > 0 && size <= 1 << 20);
  const bytes = typeof bits === "string" ? (bits.length / 4) * 3 : 0;
  return sizes && Number.isInteger(col) && Number.isInteger(row) && Math.ceil((width * height) / 8) <= bytes
    ? cells
    : { col: 0, row: 0, width: 0, height: 0, bits: "" };
}

export function labelTable(sql: Sql, paths: ProjectPaths, readOnly: boolean) {
  if (!readOnly) sql.script(touches);
  const affine = () =>
    fromJson<GeoBox>(sql, "project.geobox", sql.get<{ geobox: string }>("SELECT geobox FROM project")!.geobox).affine;
  const read = ({ geometry, properties, cells: packed, ...row }: LabelRow): Label => {
    const cells = packed === null ? null : soundCells(fromJson<PatchCells>(sql, "labels.cells", packed));
    let outline = cells ? undefined : fromJson<LabelPolygon["coordinates"]>(sql, "labels.geometry", geometry);
    return {
      ...row,
      properties: fromJson<LabelProperties>(sql, "labels.properties", properties),
      cells,
      // Outlines of thousands of patches are large, and most callers need the patches only.
      get coordinates() {
        outline ??= outlineOfCells(cells!, affine());
        return outline;
      },
    };
  };

  return {
    list(legendId?: number): Label[] {
      return this.find(legendId === undefined ? {} : { legendId });
    },

    find({ legendId, ids, bounds, limit }: LabelQuery): Label[] {
      const conditions: string[] = [];
      const values: SqlValue[] = [];
      const where = (condition: string, ...given: SqlValue[]) => {
        conditions.push(condition);
        values.push(...given);
      };
      if (legendId !== undefined) where("legend_id = ?", legendId);
      if (ids) where("id IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
      if (bounds) where("x BETWEEN ? AND ? AND y BETWEEN ? AND ?", bounds.minX, bounds.maxX, bounds.minY, bounds.maxY);
      const text = `SELECT ${labelColumns} FROM labels${conditions.length > 0 ? ` WHERE ${conditions.join(" AND ")}` : ""} ORDER BY id LIMIT ?`;
      return sql.all<LabelRow>(text, ...values, limit ?? -1).map(read);
    },

    /** Where the labels of a legend lie, without their outlines. */
    places(legendId: number): Pick<Label, "id" | "classCode" | "x" | "y" | "patches">[] {
      return sql.all(
        "SELECT id, class_code AS classCode, x, y, patches FROM labels WHERE legend_id = ? ORDER BY id",
        legendId,
      );
    },

    /** Fields and values of up to 2,000 labels of a legend, spread over all of them. */
    someProperties(legendId: number): Pick<Label, "properties">[] {
      return sql
        .all<{ properties: string }>(
          `SELECT properties FROM labels WHERE legend_id = ?
             AND id % max(1, (SELECT count(*) FROM labels WHERE legend_id = ?) / 1000) = 0
           ORDER BY id LIMIT 2000`,
          legendId,
          legendId,
        )
        .map(({ properties }) => ({ properties: fromJson<LabelProperties>(sql, "labels.properties", properties) }));
    },

    /** Labels, patches and hectares of each class in each set of a split; `hectares` leaves out labels that know none. */
    tally(legendId: number, splitId: number | null): LabelTally[] {
      return sql.all(
        `SELECT l.class_code AS classCode,
                CASE WHEN p.patch_parts IS NOT NULL THEN 'random' ELSE coalesce(p.part, 'none') END AS part,
                count(*) AS labels, sum(l.patches) AS patches, total(l.hectares) AS hectares
         FROM labels l LEFT JOIN split_parts p ON p.label_id = l.id AND p.split_id = ?
         WHERE l.legend_id = ? GROUP BY 1, 2 ORDER BY 1, 2`,
        splitId,
        legendId,
      );
    },

    /** Patches of each class and set among the labels that a split divides patch by patch. */
    dividedTally(legendId: number, splitId: number): Pick<LabelTally, "classCode" | "part" | "patches">[] {
      const sums = new Map<string, { classCode: number; part: SplitPart; patches: number }>();
      const rows = sql.all<{ classCode: number; letters: string }>(
        `SELECT l.class_code AS classCode, p.patch_parts AS letters
         FROM labels l JOIN split_parts p ON p.label_id = l.id AND p.split_id = ?
         WHERE l.legend_id = ? AND p.patch_parts IS NOT NULL`,
        splitId,
        legendId,
      );
      for (const { classCode, letters } of rows) {
        for (const [, letter = "", times] of letters.matchAll(letterRuns)) {
          const part = partOfLetter.get(letter) ?? "unused";
          const sum = sums.get(`${classCode} ${part}`) ?? { classCode, part, patches: 0 };
          sum.patches += times ? Number(times) : 1;
          sums.set(`${classCode} ${part}`, sum);
        }
      }
      return [...sums.values()];
    },

    /** How many labels of a legend are valid on no day from `from` to `to`. */
    countOutside(legendId: number, from: string, to: string): number {
      return sql.get<{ n: number }>(
        "SELECT count(*) AS n FROM labels WHERE legend_id = ? AND (valid_to < ? OR valid_from > ?)",
        legendId,
        from,
        to,
      )!.n;
    },

    /** The current state of the counter, to ask later what changed since. */
    version(): number {
      if (readOnly) return 0;
      return sql.get<{ version: number | null }>("SELECT max(version) AS version FROM label_touches")?.version ?? 0;
    },

    changesSince(version: number): LabelChanges {
      if (readOnly) return { version: 0, changed: [], removed: [] };
      const rows = sql.all<{ label: number; there: number }>(
        `SELECT DISTINCT label, EXISTS (SELECT 1 FROM labels WHERE id = label) AS there
         FROM label_touches WHERE version > ?`,
        version,
      );
      return {
        version: this.version(),
        changed: rows.filter(({ there }) => there === 1).map(({ label }) => label),
        removed: rows.filter(({ there }) => there === 0).map(({ label }) => label),
      };
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
          (label) =>
            sql.run(
              `INSERT INTO labels (legend_id, class_code, geometry, x, y, patches, import_id, feature, properties,
                                   valid_from, valid_to, hectares, cells)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
              label.legendId,
              label.classCode,
              label.cells ? "[]" : toJson("labels.geometry", label.coordinates),
              label.x,
              label.y,
              label.patches,
              label.importId,
              label.feature,
              toJson("labels.properties", label.properties),
              label.validFrom ?? null,
              label.validTo ?? null,
              label.hectares ?? null,
              label.cells ? toJson("labels.cells", label.cells) : null,
            ).id,
        ),
      );
    },

    setShape(id: number, { coordinates, x, y, patches, hectares }: LabelShape): void {
      sql.run(
        "UPDATE labels SET geometry = ?, x = ?, y = ?, patches = ?, hectares = ?, cells = NULL WHERE id = ?",
        toJson("labels.geometry", coordinates),
        x,
        y,
        patches,
        hectares,
        id,
      );
    },

    setClass(id: number, classCode: number): void {
      sql.run("UPDATE labels SET class_code = ? WHERE id = ?", classCode, id);
    },

    /** Gives all labels of one class another. */
    recode(legendId: number, from: number, to: number): void {
      sql.run("UPDATE labels SET class_code = ? WHERE legend_id = ? AND class_code = ?", to, legendId, from);
    },

    setValidity(id: number, from: string | null, to: string | null): void {
      sql.run("UPDATE labels SET valid_from = ?, valid_to = ? WHERE id = ?", from, to, id);
    },

    setProperties(id: number, properties: LabelProperties): void {
      sql.run("UPDATE labels SET properties = ? WHERE id = ?", toJson("labels.properties", properties), id);
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
        .map((row) => ({
          ...row,
          path: paths.fromStored(row.path),
          report: fromJson<unknown>(sql, "label_imports.report", row.report),
        }));
    },

    addImport({ path, classField, legendId, report }: Omit<LabelImport, "id" | "importedAt">): number {
      return sql.run(
        "INSERT INTO label_imports (path, class_field, legend_id, report, imported_at) VALUES (?, ?, ?, ?, ?)",
        paths.toStored(path),
        classField,
        legendId,
        toJson("label_imports.report", report),
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
const letterRuns = /([a-z])(\d*)/g;

/** One letter per patch, or, where that is shorter, a letter and how often it is repeated: “t120v3”. */
function writeLetters(parts: readonly SplitPart[]): string {
  const plain = parts.map((part) => letters[part]).join("");
  const runs = plain.replace(/(.)\1{2,}/g, (run, letter: string) => `${letter}${run.length}`);
  return runs.length < plain.length ? runs : plain;
}

function readLetters(text: string): SplitPart[] {
  const parts: SplitPart[] = [];
  for (const [, letter = "", times] of text.matchAll(letterRuns)) {
    const part = partOfLetter.get(letter) ?? "unused";
    for (let i = times ? Number(times) : 1; i > 0; i--) parts.push(part);
  }
  return parts;
}

export function splitTable(sql: Sql) {
  interface Row {
    readonly id: number;
    readonly method: SplitMethod;
    readonly parameters: string;
    readonly optimistic: number;
    readonly report: string;
    readonly blocks: string | null;
    readonly createdAt: string;
    readonly legendId: number | null;
  }
  const read = (row: Row): Split => ({
    ...row,
    blocks: row.blocks === null ? null : fromJson<Record<string, SplitPart>>(sql, "splits.blocks", row.blocks),
    parameters: fromJson<SplitParameters>(sql, "splits.parameters", row.parameters),
    report: fromJson<Partial<SplitFacts>>(sql, "splits.report", row.report),
    optimistic: row.optimistic === 1,
  });
  const columns = "id, method, parameters, optimistic, report, blocks, created_at AS createdAt, legend_id AS legendId";

  return {
    list(): Split[] {
      return sql.all<Row>(`SELECT ${columns} FROM splits ORDER BY id`).map(read);
    },

    isOptimistic(id: number): boolean {
      return sql.get("SELECT 1 FROM splits WHERE id = ? AND optimistic = 1", id) !== undefined;
    },

    /** The newest split of a legend is the one in force; older ones stay for the runs that used them. */
    current(legendId: number): Split | undefined {
      const row = sql.get<Row>(`SELECT ${columns} FROM splits WHERE legend_id = ? ORDER BY id DESC LIMIT 1`, legendId);
      return row && read(row);
    },

    /** No newer one was made for the same legend. */
    isCurrent(id: number): boolean {
      const newest = "SELECT max(n.id) FROM splits n WHERE n.legend_id IS splits.legend_id";
      return sql.get(`SELECT 1 FROM splits WHERE id = ? AND id = (${newest})`, id) !== undefined;
    },

    /** The set of each label; with `ids` of these labels alone. */
    parts(splitId: number, ids?: readonly number[]): ReadonlyMap<number, LabelPart> {
      const rows = sql.all<{ labelId: number; part: SplitPart; patchParts: string | null }>(
        `SELECT label_id AS labelId, part, patch_parts AS patchParts FROM split_parts WHERE split_id = ?
         ${ids ? "AND label_id IN (SELECT value FROM json_each(?))" : ""}`,
        splitId,
        ...(ids ? [JSON.stringify(ids)] : []),
      );
      return new Map(
        rows.map(({ labelId, part, patchParts }) => [
          labelId,
          { part, patches: patchParts === null ? null : readLetters(patchParts) },
        ]),
      );
    },

    add(
      split: Omit<Split, "id" | "createdAt" | "blocks"> & Partial<Pick<Split, "blocks">>,
      parts: ReadonlyMap<number, LabelPart>,
    ): number {
      return sql.transaction(() => {
        const { id } = sql.run(
          "INSERT INTO splits (method, parameters, optimistic, report, blocks, created_at, legend_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
          split.method,
          toJson("splits.parameters", split.parameters),
          split.optimistic ? 1 : 0,
          toJson("splits.report", split.report),
          split.blocks ? toJson("splits.blocks", split.blocks) : null,
          new Date().toISOString(),
          split.legendId,
        );
        for (const [label, { part, patches }] of parts) {
          sql.run(
            "INSERT INTO split_parts (split_id, label_id, part, patch_parts) VALUES (?, ?, ?, ?)",
            id,
            label,
            part,
            patches === null ? null : writeLetters(patches),
          );
        }
        return id;
      });
    },

    /** The set of a label that lies in the rectangle, which is closed below and open above. */
    partWithin(splitId: number, { minX, minY, maxX, maxY }: Bounds): SplitPart | undefined {
      return sql.get<{ part: SplitPart }>(
        `SELECT p.part FROM labels l JOIN split_parts p ON p.label_id = l.id AND p.split_id = ?
         WHERE l.x >= ? AND l.x < ? AND l.y >= ? AND l.y < ? LIMIT 1`,
        splitId,
        minX,
        maxX,
        minY,
        maxY,
      )?.part;
    },

    partOf(splitId: number, labelId: number): SplitPart | undefined {
      return sql.get<{ part: SplitPart }>(
        "SELECT part FROM split_parts WHERE split_id = ? AND label_id = ?",
        splitId,
        labelId,
      )?.part;
    },

    /** Adds labels that were drawn since to the sets of an existing split. */
    assign(splitId: number, parts: ReadonlyMap<number, LabelPart>): void {
      sql.transaction(() => {
        for (const [label, { part, patches }] of parts) {
          sql.run(
            `INSERT INTO split_parts (split_id, label_id, part, patch_parts) VALUES (?, ?, ?, ?)
             ON CONFLICT (split_id, label_id) DO UPDATE SET part = excluded.part, patch_parts = excluded.patch_parts`,
            splitId,
            label,
            part,
            patches === null ? null : writeLetters(patches),
          );
        }
      });
    },

    /** The sets of a split's blocks, after labels came into new ones. */
    setBlocks(splitId: number, blocks: NonNullable<Split["blocks"]>): void {
      sql.run("UPDATE splits SET blocks = ? WHERE id = ?", toJson("splits.blocks", blocks), splitId);
    },

    /** No run was made with it, so that it may be replaced. */
    isUnused(id: number): boolean {
      return sql.get<unknown>("SELECT 1 FROM runs WHERE split_id = ? LIMIT 1", id) === undefined;
    },

    remove(id: number): void {
      sql.transaction(() => {
        sql.run("DELETE FROM split_parts WHERE split_id = ?", id);
        sql.run("DELETE FROM splits WHERE id = ?", id);
      });
    },
  };
}
