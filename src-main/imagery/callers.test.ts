import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Files of the rooms above that match, by their path in `src-main`. */
function matching(pattern: RegExp): string[] {
  return ["alignment", "cube", "jobs", "report", "services", "vector"]
    .flatMap((room) => readdirSync(join(root, room), { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !/\.test\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.split(sep).includes("fixtures") && pattern.test(readFileSync(path, "utf8")))
    .map((path) => relative(root, path).split(sep).join("/"))
    .sort();
}

test("what opens or warps files by itself reads no acquisitions: each is listed with its reason", () => {
  const reasons: Record<string, string> = {
    "alignment/testing/accuracy.ts": "makes images that are measured",
    "alignment/testing/moved-image.ts": "makes images that are measured",
    "cube/aerial-order.ts": "which band of a file is near infrared, before anybody knows",
    "cube/analytic-reader.ts": "formulas, for tests",
    "cube/import-files.ts": "numbers of a file before anybody knows what they mean",
    "jobs/compare.ts": "result maps",
    "jobs/embedding-tiles.ts": "embeddings that others made, which are no images",
    "jobs/export/fields.ts": "result maps",
    "jobs/export/polygons.ts": "result maps",
    "jobs/export/raster.ts": "result maps",
    "report/index.ts": "result maps",
    "services/app/files.ts": "raster.info, .convert and .warp: files as they are",
    "services/app/health.ts": "a file of its own",
    "services/areas/draw.ts": "result maps",
    "services/areas/estimate.ts": "result maps",
    "services/info/image.ts": "a header, to say what a file is",
    "services/layers/properties.ts": "a header, for its table",
    "services/legends/files.ts": "names and colours of a class raster",
    "services/maps/legend.ts": "colours of a class raster",
    "services/maps/window.ts": "result maps",
    "services/numbers/numbers.ts": "result maps",
    "services/pixels/quick-looks.ts": "small copies of files, as stored",
    "services/pixels/read-tile.ts": "the reader that imagery reads a tile with",
    "services/rasters/info.ts": "a header, at import",
    "vector/labels/class-raster.ts": "labels",
  };
  expect(matching(/\b(?:openRaster|warp)\(\s*[^)\s]/)).toEqual(Object.keys(reasons).sort());
});

test("only this room applies corrections of position and turns power into decibels", () => {
  expect(matching(/[+-] *\(?\w*\.?shift\??\.d[xy]|shift\??\.d[xy] *[+-]/)).toEqual([
    // Shifts are what these work on.
    "alignment/measure-shift.ts",
    "services/alignment/measure.ts",
  ]);
  // What a repair would make of values is told before it is done; powers of ten between two scales; marks along an axis, digits of a legend.
  expect(matching(/log10\(/)).toEqual([
    "cube/repairs.ts",
    "cube/stack-judgement.ts",
    "report/ticks.ts",
    "vector/styles/ramp.ts",
  ]);
});
