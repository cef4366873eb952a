/** Real images that gdalwarp moved by known amounts, with noise and clouds: what the measurements are judged by. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Acquisition, AcquisitionFile } from "../../../src-shared/eo/index.ts";
import { boundsOf, type GeoBox } from "../../../src-shared/geo/geobox.ts";
import { type Random, seededRandom } from "../../files/index.ts";
import { createCog, openRaster, requireGeobox } from "../../raster/index.ts";

/** One band of a file, at a resolution (map units; that of the file when left out). */
export interface SourceImage {
  readonly path: string;
  readonly band: number;
  readonly resolution?: number | undefined;
}

/** What happens to an image. */
export interface Mishap {
  /** how far it has to be moved to lie right again, in map units, at a place */
  readonly correction: (x: number, y: number) => readonly [dx: number, dy: number];
  /** the same everywhere */
  readonly constant: boolean;
  /** standard deviation of what is added to every pixel, as a share of the image's own */
  readonly noise: number;
  /** share of the pixels under clouds, which a mask names */
  readonly cloud: number;
  readonly seed: string;
}

export const unharmed: Mishap = { correction: () => [0, 0], constant: true, noise: 0, cloud: 0, seed: "" };

const noData = -99_999;
const quiet = { stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"] };

/**
 * The image on its own bounds after `mishap`, as an acquisition with a mask of its clouds, in two files of `folder`.
 * Needs gdalwarp and gdal_translate.
 */
export async function movedImage(
  folder: string,
  name: string,
  source: SourceImage,
  mishap: Mishap,
  date = "2019-01-01",
): Promise<{ acquisition: Acquisition; grid: GeoBox }> {
  const raster = await openRaster(source.path);
  const own = requireGeobox(raster);
  raster.close();
  const resolution = source.resolution ?? own.affine.b;
  const area = wholeBounds(own, resolution);
  const warped = join(folder, `${name}-warped.tif`);
  (mishap.constant ? shift : bend)(source, own, area, resolution, mishap, warped);
  const [path, maskPath] = [join(folder, `${name}.tif`), join(folder, `${name}-mask.tif`)];
  const grid = await writeHarmed(warped, path, maskPath, mishap);
  const file = (own: Pick<AcquisitionFile, "path" | "bands" | "quality">): AcquisitionFile => ({
    ...own,
    grid,
    radiometry: { quantity: "unknown", scale: 1, offset: 0, decidedBy: { code: "as-stored" }, warnings: [] },
    facts: {},
    evidence: [],
  });
  return {
    grid,
    acquisition: {
      id: name,
      sensor: "other",
      date,
      pieces: [
        {
          files: [
            file({ path, bands: [{ name: "B1", bandIndex: 1, scale: 1, offset: 0, nodata: noData }] }),
            file({ path: maskPath, bands: [], quality: { kind: "classes", clear: [1], bandIndex: 1 } }),
          ],
        },
      ],
    },
  };
}

/** The bounds of a grid, cut to whole pixels of `resolution`. */
function wholeBounds(grid: GeoBox, resolution: number) {
  const { minX, minY, maxX, maxY } = boundsOf(grid);
  const [width, height] = [Math.floor((maxX - minX) / resolution), Math.floor((maxY - minY) / resolution)];
  return { minX, maxY, maxX: minX + width * resolution, minY: maxY - height * resolution };
}

type Area = ReturnType<typeof wholeBounds>;

/** The pixels are resampled somewhere else, and then the grid is put back. */
function shift({ path, band }: SourceImage, own: GeoBox, area: Area, resolution: number, mishap: Mishap, to: string) {
  const [dx, dy] = mishap.correction(area.minX, area.minY);
  const moved = [area.minX + dx, area.minY + dy, area.maxX + dx, area.maxY + dy].map(String);
  const single = one(path, band, to);
  const size = ["-tr", String(resolution), String(resolution)];
  const kernel = resolution > own.affine.b * 1.5 ? "average" : "lanczos";
  warpWith(["-r", kernel, "-te", ...moved, ...size], single, `${to}-moved.tif`);
  const corners = [area.minX, area.maxY, area.maxX, area.minY].map(String);
  execFileSync("gdal_translate", ["-q", "-a_ullr", ...corners, `${to}-moved.tif`, to], quiet);
}

/** Control points that are off by the correction, and a thin-plate spline through them. */
function bend({ path, band }: SourceImage, own: GeoBox, area: Area, resolution: number, mishap: Mishap, to: string) {
  const points: string[] = [];
  const steps = 12;
  for (let j = -1; j <= steps + 1; j++)
    for (let i = -1; i <= steps + 1; i++) {
      const [x, y] = [
        area.minX + ((area.maxX - area.minX) * i) / steps,
        area.minY + ((area.maxY - area.minY) * j) / steps,
      ];
      // What lies at the point is said to lie where the correction has not yet been applied.
      const [dx, dy] = mishap.correction(x, y);
      const { a, b, d, f } = own.affine;
      points.push("-gcp", ...[(x - a) / b, (y - d) / f, x - dx, y - dy].map(String));
    }
  const single = one(path, band, to);
  execFileSync("gdal_translate", ["-q", "-a_srs", own.crs, ...points, single, `${to}-points.tif`], quiet);
  const bounds = [area.minX, area.minY, area.maxX, area.maxY].map(String);
  const size = ["-tr", String(resolution), String(resolution)];
  const kernel = resolution > own.affine.b * 1.5 ? "average" : "lanczos";
  warpWith(["-tps", "-et", "0", "-r", kernel, "-te", ...bounds, ...size], `${to}-points.tif`, to);
}

function one(path: string, band: number, to: string): string {
  execFileSync("gdal_translate", ["-q", "-b", String(band), "-ot", "Float32", path, `${to}-band.tif`], quiet);
  return `${to}-band.tif`;
}

const warpWith = (words: readonly string[], from: string, to: string): void => {
  execFileSync("gdalwarp", ["-q", "-overwrite", "-dstnodata", String(noData), ...words, from, to], quiet);
};

async function writeHarmed(
  from: string,
  to: string,
  maskPath: string,
  { noise, cloud, seed }: Mishap,
): Promise<GeoBox> {
  const raster = await openRaster(from);
  const geobox = requireGeobox(raster);
  const { width, height } = geobox;
  const { bands } = await raster.readWindow({ col: 0, row: 0, width, height });
  raster.close();
  const values = Float32Array.from(bands[0]!);
  const seen = values.filter((value) => value !== noData);
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
  const spread = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length);
  const random = seededRandom("mishap", seed);
  if (noise > 0)
    for (let i = 0; i < values.length; i++) if (values[i] !== noData) values[i]! += noise * spread * bell(random);
  const mask = new Uint8Array(values.length).fill(1);
  paintClouds(values, mask, { width, height, share: cloud, bright: mean + 5 * spread }, random);
  const whole = async (path: string, pixels: Float32Array | Uint8Array, dataType: "float32" | "uint8") =>
    createCog(
      path,
      {
        geobox,
        bandCount: 1,
        dataType,
        ...(dataType === "float32" ? { nodata: noData } : {}),
        bandNames: ["B1"],
        overviewMethod: "average",
      },
      async ({ col, row, width: across, height: down }) => {
        const part = pixels instanceof Float32Array ? new Float32Array(across * down) : new Uint8Array(across * down);
        for (let y = 0; y < down; y++)
          part.set(pixels.subarray((row + y) * width + col, (row + y) * width + col + across), y * across);
        return [part];
      },
    );
  await whole(to, values, "float32");
  await whole(maskPath, mask, "uint8");
  return geobox;
}

/** A bell of spread 1 around 0, from twelve random numbers. */
const bell = (random: Random): number => {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
};

/** Round clouds until the share is covered. */
function paintClouds(
  values: Float32Array,
  mask: Uint8Array,
  { width, height, share, bright }: { width: number; height: number; share: number; bright: number },
  random: Random,
): void {
  let covered = 0;
  while (covered < share * mask.length) {
    const [x, y, radius] = [random() * width, random() * height, Math.min(width, height) * (0.04 + 0.1 * random())];
    for (let row = Math.max(0, Math.floor(y - radius)); row < Math.min(height, y + radius); row++)
      for (let col = Math.max(0, Math.floor(x - radius)); col < Math.min(width, x + radius); col++) {
        const at = row * width + col;
        if (mask[at] === 0 || (col - x) ** 2 + (row - y) ** 2 > radius * radius) continue;
        mask[at] = 0;
        covered++;
        if (values[at] !== noData) values[at] = bright * (0.9 + 0.2 * random());
      }
  }
}
