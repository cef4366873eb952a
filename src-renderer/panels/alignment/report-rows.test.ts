import { expect, test } from "vitest";
import type { AlignmentEntry } from "../../../src-shared/ipc/index.ts";
import { reportRows } from "./report-rows.ts";

const entry = (date: string, change: Partial<AlignmentEntry> = {}): AlignmentEntry => ({
  acquisition: `s2-${date}`,
  name: null,
  sensor: "sentinel-2",
  pass: null,
  date,
  files: [
    { path: `/${date}-20.tif`, bands: ["B11"], crs: "UTM 31N", resolution: 20, overlap: 1, offset: { x: 0, y: 0 } },
    { path: `/${date}-10.tif`, bands: ["B08"], crs: "UTM 31N", resolution: 10, overlap: 0.9, offset: { x: 0, y: 0 } },
  ],
  shift: null,
  problems: [{ code: "coarse", resolution: 20, patch: 10 }],
  ...change,
});

test("dates that lie alike are one row, the one that differs has its own", () => {
  const rows = reportRows([
    entry("2019-04-01"),
    entry("2019-04-06"),
    entry("2019-04-11", { problems: [{ code: "missing", path: "/gone.tif" }], files: [] }),
  ]);
  expect(rows.map(({ entries }) => entries.length)).toEqual([2, 1]);
  expect(rows[0]).toMatchObject({ resolutions: [10, 20], overlap: 0.9, onGrid: true, crs: ["UTM 31N"], problems: [] });
  expect(rows[0]!.notes).toHaveLength(1);
  expect(rows[1]).toMatchObject({ overlap: null, onGrid: null });
  expect(rows[1]!.problems).toEqual([{ code: "missing", path: "/gone.tif" }]);
});
