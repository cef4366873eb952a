// The offline EPSG list (npm package epsg-index): one file per code.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** A system as the list has it. */
export interface ListRow {
  readonly code: string;
  readonly kind: string;
  readonly unit: string | null;
  readonly name: string;
  readonly wkt: string | null;
  readonly proj4: string | null;
  /** north, west, south, east */
  readonly bbox: readonly [number, number, number, number];
  readonly area: string | null;
}

const require = createRequire(import.meta.url);
const rows = new Map<number, ListRow | undefined>();

export function listRow(code: number): ListRow | undefined {
  if (!rows.has(code)) {
    try {
      rows.set(code, JSON.parse(readFileSync(require.resolve(`epsg-index/s/${code}.json`), "utf8")) as ListRow);
    } catch {
      rows.set(code, undefined);
    }
  }
  return rows.get(code);
}

/** Every row of the list (a quarter of a second, and 20 MB). */
export const everyListRow = (): readonly ListRow[] =>
  Object.values(JSON.parse(readFileSync(require.resolve("epsg-index/all.json"), "utf8")) as Record<string, ListRow>);
