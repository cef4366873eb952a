import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { epsgColumns, everyListRow, listRow } from "./epsg-list.ts";

const all = createRequire(import.meta.url)("epsg-index/all.json") as Readonly<Record<string, Record<string, unknown>>>;
const expected = (row: Record<string, unknown>) =>
  Object.fromEntries(epsgColumns.map((name) => [name, row[name] ?? null]));

test("the packed list holds every system of the package it was made of, with every column that is used", () => {
  const rows = everyListRow();
  expect(rows.length).toBe(Object.keys(all).length);
  for (const row of rows) expect(row).toEqual(expected(all[row.code]!));
  const codes = rows.map(({ code }) => Number(code));
  expect(codes).toEqual(codes.toSorted((p, q) => p - q));
});

test("one code is found without the others, at the ends and the borders of blocks too; codes between them are none", () => {
  const codes = Object.keys(all)
    .map(Number)
    .sort((p, q) => p - q);
  for (const code of [codes[0]!, codes[127]!, codes[128]!, codes[129]!, codes.at(-1)!, 4326, 32631])
    expect(listRow(code)).toEqual(expected(all[code]!));
  for (const code of [0, -1, 1, 99_999_999, 4327.5, Number.NaN]) expect(listRow(code)).toBeUndefined();
});
