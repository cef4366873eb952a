import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { LabelFile } from "../../../src-shared/ipc/labels.ts";
import { writeGeoPackage } from "./geopackage-write.ts";
import { inspecting } from "./inspect-layer.ts";
import { readFeatures } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "inspect-layer-"));
afterAll(() => rmSync(folder, { recursive: true }));

function inspected(crs: Crs, index: number): LabelFile {
  const path = join(folder, `${index}.gpkg`);
  writeGeoPackage(path, { name: "a", crs, geometryType: "POINT", fields: [], features: [] });
  const steps = inspecting(readFeatures(path));
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

test("a file of labels says when its datum is not safely tied to WGS 84", () => {
  const doubts = ["EPSG:32631", "EPSG:6991", "EPSG:9895", "EPSG:4718"].map((crs, i) => inspected(crs, i).datumDoubt);
  expect(doubts).toEqual([
    null,
    { kind: "varying", meters: expect.toSatisfy((meters: number) => meters >= 70 && meters <= 90) },
    { kind: "none" },
    { kind: "varying", meters: expect.toSatisfy((meters: number) => meters > 500) },
  ]);
});
