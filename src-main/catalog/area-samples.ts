import { type AreaSample, type AreaUnit, cannotTell, type SampleDesign } from "../../src-shared/domain/area-sample.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { fromJson, toJson } from "./json-columns.ts";
import { renameRow } from "./rename.ts";
import type { Sql } from "./sql.ts";

interface Row extends Omit<AreaSample, "design"> {
  readonly design: string;
}

/** Probability samples of maps: which places, and what people saw there. They never mix with the labels that teach. */
export function areaSampleTable(sql: Sql) {
  const columns = "id, name, map_id AS mapId, design, created_at AS createdAt";
  const read = ({ design, ...row }: Row): AreaSample => ({
    ...row,
    design: fromJson<SampleDesign>(sql, "area_samples.design", design),
  });
  const table = {
    list(): AreaSample[] {
      return sql.all<Row>(`SELECT ${columns} FROM area_samples ORDER BY id`).map(read);
    },

    get(id: number): AreaSample {
      const row = sql.get<Row>(`SELECT ${columns} FROM area_samples WHERE id = ?`, id);
      if (!row) throw new AppError("sample-not-found", { id });
      return read(row);
    },

    add(
      sample: Pick<AreaSample, "name" | "mapId" | "design">,
      units: readonly Pick<AreaUnit, "col" | "row" | "stratum">[],
    ): number {
      return sql.transaction(() => {
        if (table.has(sample.name)) throw new AppError("sample-exists", { name: sample.name });
        const { id } = sql.run(
          "INSERT INTO area_samples (name, map_id, design, created_at) VALUES (?, ?, ?, ?)",
          sample.name,
          sample.mapId,
          toJson("area_samples.design", sample.design),
          new Date().toISOString(),
        );
        for (const [at, { col, row, stratum }] of units.entries())
          sql.run(
            'INSERT INTO area_units (sample_id, position, col, "row", stratum) VALUES (?, ?, ?, ?, ?)',
            id,
            at + 1,
            col,
            row,
            stratum,
          );
        return id;
      });
    },

    /** How many places a sample has, how many are answered, and of how many nothing can be told. */
    counts(id: number): { readonly places: number; readonly answered: number; readonly cannotTell: number } {
      return sql.get(
        `SELECT count(*) AS places, count(answer) AS answered, count(*) FILTER (WHERE answer = ?) AS cannotTell
         FROM area_units WHERE sample_id = ?`,
        cannotTell,
        id,
      )!;
    },

    has(name: string): boolean {
      return sql.get("SELECT 1 FROM area_samples WHERE name = ?", name) !== undefined;
    },

    /** In the order in which they are shown. */
    units(id: number): AreaUnit[] {
      return sql.all<AreaUnit>(
        'SELECT position, col, "row", stratum, answer FROM area_units WHERE sample_id = ? ORDER BY position',
        id,
      );
    },

    /** `null` opens the place again. Is there such a place? */
    answer(id: number, position: number, answer: number | null): boolean {
      return (
        sql.run("UPDATE area_units SET answer = ? WHERE sample_id = ? AND position = ?", answer, id, position).changes >
        0
      );
    },

    rename(id: number, name: string): void {
      renameRow(sql, "area_samples", { id, name }, () => new AppError("sample-exists", { name }));
    },

    remove(id: number): void {
      sql.run("DELETE FROM area_samples WHERE id = ?", id);
    },
  };
  return table;
}
