import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Acquisition, type AcquisitionBand, type Modality, withPieces } from "../../src-shared/eo/index.ts";
import { type Affine, northUp } from "../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { createCog } from "../raster/index.ts";
import { footprintOf, footprintsOf } from "./footprints.ts";
import { boundsOfPatches, type PatchWindow } from "./grid.ts";

const room = mkdtempSync(join(tmpdir(), "footprints-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const grid = { crs: "EPSG:32631", patchMeters: 10 };
const within: PatchWindow = { col: 57_300, row: -562_500, width: 600, height: 700 };

/** The patches whose centre GDAL finds inside an image of ones. */
async function gdalCentres(name: string, image: GeoBox): Promise<Uint8Array> {
  const path = join(room, `${name}.tif`);
  const spec = { geobox: image, bandCount: 1, dataType: "uint8", overviewMethod: "none" } as const;
  await createCog(path, spec, async ({ width, height }) => [new Uint8Array(width * height).fill(1)]);
  const { minX, minY, maxX, maxY } = boundsOfPatches(grid, within);
  const target = join(room, `${name}.bin`);
  const size = [String(within.width), String(within.height)];
  // Without -et 0 GDAL approximates its transform by up to an eighth of a pixel.
  const options = ["-q", "-of", "ENVI", "-r", "near", "-et", "0", "-t_srs", grid.crs, "-ts", ...size];
  execFileSync("gdalwarp", [...options, "-te", ...[minX, minY, maxX, maxY].map(String), path, target]);
  return readFileSync(target);
}

const turned = (degrees: number, x: number, y: number, pixel: number): Affine => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return { a: x, b: pixel * cos, c: pixel * sin, d: y, e: pixel * sin, f: -pixel * cos };
};

const images: Record<string, GeoBox> = {
  "of the same system, between patches": {
    crs: "EPSG:32631",
    affine: northUp(574_683, 5_622_437, 20, 20),
    width: 40,
    height: 30,
  },
  "of the next zone": { crs: "EPSG:32632", affine: northUp(151_174, 5_635_656, 10, 10), width: 300, height: 250 },
  "in degrees": { crs: "EPSG:4326", affine: northUp(4.04, 50.76, 1e-4, 1e-4), width: 350, height: 200 },
  "turned by 30 degrees": { crs: "EPSG:32631", affine: turned(30, 574_700, 5_623_500, 10), width: 200, height: 90 },
  "turned, in Web Mercator": {
    crs: "EPSG:3857",
    affine: turned(-20, 450_000, 6_573_000, 15),
    width: 200,
    height: 120,
  },
  "far larger than the project": {
    crs: "EPSG:4326",
    affine: northUp(-180, 84, 0.05, 0.05),
    width: 7200,
    height: 3200,
  },
};

test.each(Object.entries(images))(
  "an image %s reaches the patches that GDAL fills from it",
  { tags: ["gdal"] },
  async (name, image) => {
    const centres = await gdalCentres(name.replaceAll(/\W+/g, "-"), image);
    const set = footprintOf(grid, within, image);
    const filled = (col: number, row: number) => {
      const [x, y] = [col - within.col, row - within.row];
      return x >= 0 && y >= 0 && x < within.width && y < within.height && centres[y * within.width + x] === 1;
    };
    // What lies beyond the window is not known here.
    const onEdge = (col: number, row: number) =>
      col === within.col ||
      row === within.row ||
      col === within.col + within.width - 1 ||
      row === within.row + within.height - 1;
    let held = 0;
    for (let row = within.row; row < within.row + within.height; row++) {
      for (let col = within.col; col < within.col + within.width; col++) {
        if (filled(col, row)) {
          held++;
          if (!set.has(col, row)) expect.fail(`patch ${col} ${row} is missing`);
        } else if (set.has(col, row) && !onEdge(col, row)) {
          // A patch that is only touched has a neighbour whose centre is inside.
          const near = [-1, 0, 1].some((dx) => [-1, 0, 1].some((dy) => filled(col + dx, row + dy)));
          if (!near) expect.fail(`patch ${col} ${row} is too much`);
        }
      }
    }
    expect(held).toBeGreaterThan(1000);
  },
);

test("coordinates that have no place in the project's system make a footprint larger, never smaller", () => {
  const world: GeoBox = { crs: "EPSG:4326", affine: northUp(-180, 90, 1, 1), width: 360, height: 180 };
  const polar = { crs: "EPSG:3031", patchMeters: 10_000 };
  const around = { col: -300, row: -300, width: 600, height: 600 };
  expect(footprintOf(polar, around, world).size).toBe(360_000);
});

const band = (name: string, path: string) => ({ name, path, bandIndex: 1, scale: 1, offset: 0 });
const acquisition = (id: string, bands: readonly AcquisitionBand[], shift?: Acquisition["shift"]): Acquisition =>
  withPieces({
    id,
    sensor: "other",
    date: "2020-01-01",
    bands,
    radiometry: { quantity: "unknown", scale: 1, offset: 0, decidedBy: { code: "written", text: "" }, warnings: [] },
    evidence: [],
    ...(shift ? { shift } : {}),
  });
const modality = (name: string, bands: readonly string[], acquisitions: readonly string[]): Modality => ({
  name,
  kind: "series",
  sensor: "other",
  bands,
  resolutionMeters: 10,
  patchPixels: 1,
  acquisitions,
  duplicateDates: "keep",
  resampling: "bilinear",
  clearClasses: [],
});

test("a modality reaches as far as its dates, a date as far as all its bands, a shift moves it, and each file is asked once", async () => {
  const square = (x: number, y: number, side: number): GeoBox => ({
    crs: "EPSG:32631",
    affine: northUp(x, y, 10, 10),
    width: side,
    height: side,
  });
  const places: Record<string, GeoBox> = {
    "/a": square(574_000, 5_624_000, 6),
    "/b": square(574_030, 5_624_000, 6),
    "/c": square(576_000, 5_620_000, 6),
  };
  const asked: string[] = [];
  const found = await footprintsOf(
    {
      grid,
      within,
      modalities: [modality("one", ["red", "nir"], ["first", "second"]), modality("two", ["red"], ["third"])],
      acquisitions: [
        acquisition("first", [band("red", "/a"), band("nir", "/b")]),
        acquisition("second", [band("red", "/c"), band("nir", "/c")]),
        acquisition("third", [band("red", "/a"), band("blue", "/never")], { dx: 100, dy: -50 }),
      ],
    },
    (path) => {
      asked.push(path);
      return places[path]!;
    },
  );
  expect(asked.sort()).toEqual(["/a", "/b", "/c"]);
  // Bands of two files that overlap by half: only there is a pixel of both.
  expect(found.acquisition("one", "first").bounds).toEqual({ col: 57_403, row: -562_400, width: 3, height: 6 });
  expect(found.modality("one").size).toBe(18 + 36);
  expect(found.modality("two").bounds).toEqual({ col: 57_410, row: -562_395, width: 6, height: 6 });
  expect(found.any().places()).toHaveLength(3);
  expect(found.shared().size).toBe(0);
});
