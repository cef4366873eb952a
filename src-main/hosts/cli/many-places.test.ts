import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { MapResult } from "../../../src-shared/domain/job.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { createCog } from "../../raster/index.ts";
import { commandLine, jsonLines } from "./fixtures/command-line.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-many-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const crs = "EPSG:32631";
const count = 200;
/** Upper left corners, 20 by 10, kilometres apart: a box of 118 by 149 km. */
const corners = Array.from({ length: count }, (_, i): [x: number, y: number] => [
  440_000 + 6_200 * (i % 20) + 60 * ((i * 7) % 5),
  5_700_060 - 16_500 * Math.floor(i / 20) - 60 * ((i * 3) % 4),
]);
const dates = ["20190416", "20190616", "20190815"];

/**
 * Tiles of 60 m as tile by tile data sets come: two sensors, three dates, a folder each. Every second one is darker. A file is
 * written once for each of the two and copied to the other places by its corner, the only thing that differs.
 */
async function writeTiles(folder: string): Promise<void> {
  for (const [kind, first] of corners.slice(0, 2).entries()) {
    const own = join(folder, nameOf(kind));
    mkdirSync(own, { recursive: true });
    const geobox = { crs, affine: northUp(...first, 10, 10), width: 6, height: 6 };
    const common = { geobox, overviewMethod: "none", blockSize: 16 } as const;
    for (const [d, date] of dates.entries()) {
      const level = (band: number, pixel: number) => (kind ? 2000 : 600) + 150 * band + 100 * d + ((pixel * 37) % 50);
      await createCog(
        join(own, `S2_L2A_10m_${date}T105658.tif`),
        { ...common, bandCount: 4, dataType: "uint16", nodata: 0, bandNames: ["B02", "B03", "B04", "B08"] },
        async () => [0, 1, 2, 3].map((band) => Uint16Array.from({ length: 36 }, (_, pixel) => level(band, pixel))),
      );
      await createCog(
        join(own, `S1_GRD_ASC_20m_${date}T173300.tif`),
        { ...common, bandCount: 2, dataType: "float32", bandNames: ["VV", "VH"] },
        async () =>
          [0, 1].map((band) =>
            Float32Array.from({ length: 36 }, (_, pixel) => -9 - 6 * band - kind * 3 - (pixel % 7) / 3),
          ),
      );
    }
    for (const name of readdirSync(own)) {
      const file = readFileSync(join(own, name));
      const at = file.indexOf(cornerBytes(first));
      expect([at > 0, file.lastIndexOf(cornerBytes(first))]).toEqual([true, at]);
      for (let i = kind + 2; i < count; i += 2) {
        mkdirSync(join(folder, nameOf(i)), { recursive: true });
        cornerBytes(corners[i]!).copy(file, at);
        writeFileSync(join(folder, nameOf(i), name), file);
      }
    }
  }
}

const nameOf = (i: number) => `tile-${String(i).padStart(3, "0")}`;
const cornerBytes = (corner: readonly number[]) => Buffer.from(Float64Array.from(corner).buffer);

/** One square a tile, every fourth of each class for the test. */
function writeLabels(path: string): void {
  const features = corners.map(([x, y], i) => {
    const [left, top, right, bottom] = [x + 10, y - 10, x + 50, y - 50];
    const ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]; // biome-ignore format: one ring
    const split = Math.floor(i / 2) % 4 === 0 ? "test" : "train";
    return {
      type: "Feature",
      properties: { kind: i % 2 ? "bright" : "dark", split },
      geometry: { type: "Polygon", coordinates: [ring] },
    };
  });
  const named = { type: "name", properties: { name: `urn:ogc:def:crs:EPSG::${crs.slice(5)}` } };
  writeFileSync(path, JSON.stringify({ type: "FeatureCollection", crs: named, features }));
}

async function omnisat(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await commandLine([...args, "--json"]);
  expect([args[0], code, code === 0 ? "" : err]).toEqual([args[0], 0, ""]);
  return jsonLines(out).findLast(({ type }) => type === "result")!;
}

test("two hundred separate tiles of 60 m are one project: import, pre-train, fine-tune, evaluate and map follow the tiles", {
  timeout: 600_000,
}, async () => {
  const tiles = join(room, "tiles");
  await writeTiles(tiles);
  const labels = join(room, "labels.geojson");
  writeLabels(labels);
  const project = join(room, "project");
  const created = await omnisat("project", "create", project, "--like", tiles, "--patch", "10", "--tile", "6");
  const { geobox } = created.grid as { geobox: { width: number; height: number } };
  expect(geobox.width * geobox.height).toBeGreaterThan(170e6);

  const imported = await omnisat("project", "import", project, tiles, "--allow", tiles);
  expect(imported).toMatchObject({ acquisitions: 6 });
  await omnisat("labels", "import", project, labels, "--field", "kind");
  await omnisat("split", project, "--method", "field", "--field", "split");

  const small = ["--size", "tiny", "--steps", "5", "--batch", "2", "--provider", "cpu"];
  await omnisat("pretrain", project, "encoder", ...small);
  const model = JSON.parse(readFileSync(join(project, "models/encoder/model.json"), "utf8"));
  for (const { normalization } of model.modalities) {
    // Three dates of whole places, until as many patches were seen as are enough.
    expect(normalization.pixels % 3).toBe(0);
    expect(normalization.pixels / 3).toBeGreaterThanOrEqual(3072);
  }
  const [optical] = model.modalities;
  expect(optical.normalization.bands[0].mean).toBeGreaterThan(0.09);
  expect(optical.normalization.bands[0].mean).toBeLessThan(0.19);

  await omnisat("finetune", project, "kinds", "--from", "encoder", ...small.slice(2));
  const scores = (await omnisat("evaluate", project, "kinds")) as { subsets: { samples: number }[] };
  // 50 tiles of 16 labelled patches.
  expect(scores.subsets[0]!.samples).toBe(50 * 16);

  const map = (await omnisat("map", project, "kinds", "--name", "kinds", "--overlap", "2")) as unknown as MapResult;
  expect(map.places).toHaveLength(count);
  expect(Object.values(map.pixels).reduce((sum, pixels) => sum + pixels, 0)).toBe(count * 36);
  for (const { patches, pixels } of map.places!)
    expect([patches, Object.values(pixels).reduce((sum, value) => sum + value, 0)]).toEqual([36, 36]);
  expect(statSync(map.classPath).size).toBeLessThan(1_000_000);
  // With an overlap of 2 some nine tiles see a place of 6 × 6 patches; never the box.
  expect(map.tiles).toBeLessThan(count * 16);
});
