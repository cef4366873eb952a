import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { commandLine } from "./fixtures/command-line.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-datum-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

test("labels in a system that is not safely tied to WGS 84 are imported with a warning, others without", async () => {
  const project = join(room, "project");
  const csv = join(room, "points.csv");
  // Points in the middle of Israel, and the same numbers in Israeli TM Grid, whose shift is known.
  writeFileSync(csv, "x,y,kind\n200005,600005,wheat\n200105,600005,wheat\n200205,600005,maize\n");
  const grid = ["--crs", "EPSG:32636", "--bounds", "680000,3475000,700000,3495000", "--patch", "100", "--tile", "4"];
  expect((await commandLine(["project", "create", project, ...grid])).code).toBe(0);
  const warned: boolean[] = [];
  for (const crs of ["EPSG:6991", "EPSG:2039"]) {
    const { code, err } = await commandLine(["labels", "import", project, csv, "--field", "kind", "--crs", crs]);
    expect([crs, code, code === 0 ? "" : err]).toEqual([crs, 0, ""]);
    warned.push(/points\.csv”: its datum is shifted to WGS 84 by other amounts .* up to \d+ m/.test(err));
  }
  expect(warned).toEqual([true, false]);
});
