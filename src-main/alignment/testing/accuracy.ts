// npm run bench:align [-- --data DIR] [-- --only accuracy|speed] [-- --dates 72]: the tables of README.md. Real images, moved by gdalwarp by known
// amounts, with noise and clouds. DIR adds images that are not part of the project (`naip-dakota`, `bahia-cbers-64m`, `products`).
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, cpuUsage, stdout } from "node:process";
import { parseArgs } from "node:util";
import { type AlignedDate, isOff } from "../../../src-shared/domain/alignment.ts";
import type { Acquisition } from "../../../src-shared/eo/index.ts";
import { rasterReader } from "../../imagery/index.ts";
import { openRaster, requireGeobox } from "../../raster/index.ts";
import { measureSeries } from "../series.ts";
import { type Mishap, movedImage, type SourceImage, unharmed } from "./moved-image.ts";

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    data: { type: "string" },
    only: { type: "string" },
    dates: { type: "string", default: "72" },
  },
});

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019/S2_L2A_10m/S2_L2A_10m_");
const below = (path: string) => (values.data ? join(values.data, path) : "");
const sets: Readonly<Record<string, readonly SourceImage[]>> = {
  "Sentinel-2, 64² (sample)": ["20190421T105702", "20190620T105703", "20190630T105704"].map((date) => ({
    path: `${sample}${date}.tif`,
    band: 4,
  })),
  "Sentinel-2, 224²": [
    { path: below("products/s2-other/cogs-planetary-computer/T36MYB_20210617T073621_B08_10m.tif"), band: 1 },
  ],
  "NAIP at 20 m, 233 × 180": [{ path: below("naip-dakota/m_4709963_se_14_1_20140720.tif"), band: 4, resolution: 20 }],
  "NAIP at 5 m, 934 × 723": [{ path: below("naip-dakota/m_4709963_se_14_1_20140720.tif"), band: 4 }],
  "CBERS-4 NDVI, 1000 × 300": [{ path: below("bahia-cbers-64m/CB4_NDVI_EVI/CB4_NDVI_EVI_20190306.tif"), band: 1 }],
};
const harms = [
  { name: "resampled", noise: 0, cloud: 0 },
  { name: "with noise", noise: 0.15, cloud: 0 },
  { name: "noise, 30 % cloud", noise: 0.15, cloud: 0.3 },
];
/** pixels */
const shifts = [
  [0, 0],
  [0.3, -0.4],
  [1.37, 0.72],
  [-2.5, 3.6],
  [9.25, -6.5],
] as const;

const room = mkdtempSync(join(tmpdir(), "omnisat-align-"));
const reader = rasterReader();
try {
  if (values.only !== "speed") await accuracy();
  if (values.only !== "accuracy" && values.data) await speed(Number(values.dates));
} finally {
  await reader.close();
  rmSync(room, { recursive: true, force: true });
}

async function accuracy(): Promise<void> {
  stdout.write(
    "| image | harm | RMSE, px | largest, px | refused | aligned pairs: false corrections |\n| --- | --- | --- | --- | --- | --- |\n",
  );
  for (const [name, sources] of Object.entries(sets)) {
    if (!sources.every(({ path }) => existsSync(path))) continue;
    for (const { name: harm, noise, cloud } of harms) {
      const errors: number[] = [];
      let [refused, aligned, corrected] = [0, 0, 0];
      for (const [at, source] of sources.entries()) {
        const folder = mkdtempSync(join(room, "set-"));
        const { acquisition: reference, grid } = await movedImage(folder, "reference", source, unharmed);
        for (const [i, [x, y]] of shifts.entries()) {
          const correction = () => [x * grid.affine.b, y * grid.affine.b] as const;
          const mishap: Mishap = { correction, constant: true, noise, cloud, seed: `${at}-${harm}-${i}` };
          const { acquisition } = await movedImage(folder, `moved-${i}`, source, mishap, "2019-01-02");
          const found = await measure(reference, acquisition, grid.crs);
          if (found.correction == null) {
            refused++;
            continue;
          }
          const [dx, dy] = correction();
          errors.push(Math.hypot(found.correction.dx - dx, found.correction.dy - dy) / grid.affine.b);
          if (x !== 0 || y !== 0) continue;
          aligned++;
          if (isOff(found)) corrected++;
        }
        rmSync(folder, { recursive: true, force: true });
      }
      const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
      stdout.write(
        `| ${name} | ${harm} | ${rmse.toFixed(3)} | ${Math.max(...errors).toFixed(3)} | ${refused} of ${refused + errors.length} | ${corrected} of ${aligned} |\n`,
      );
    }
  }
}

async function measure(reference: Acquisition, moved: Acquisition, crs: string): Promise<AlignedDate> {
  const [file] = reference.pieces[0]!.files;
  const area = { ...file!.grid!, crs };
  const spec = {
    area,
    dates: [moved],
    reference: [reference],
    model: "shift",
    signal: new AbortController().signal,
  } as const;
  return (await measureSeries(reader, spec)).dates[0]!;
}

/** Files of a Sentinel-2 tile's size: NAIP, enlarged, as Cloud Optimized GeoTIFF. As many dates as are asked for read eight files in turn. */
async function speed(count: number): Promise<void> {
  const side = "10980";
  const base = join(room, "tile-0.tif");
  const from = below("naip-dakota/m_4709963_se_14_1_20140720.tif");
  execFileSync("gdal_translate", ["-q", "-b", "4", "-ot", "UInt16", "-scale", "0", "255", "0", "8000", "-outsize", side, side, "-r", "cubic", "-of", "COG", "-co", "COMPRESS=DEFLATE", from, base]); // biome-ignore format: one call
  const files = Array.from({ length: Math.min(8, count) }, (_, i) => join(room, `tile-${i}.tif`));
  for (const file of files.slice(1)) cpSync(base, file);
  const raster = await openRaster(base);
  const grid = requireGeobox(raster);
  raster.close();
  const dates = Array.from({ length: count }, (_, i): Acquisition => {
    const bands = [{ name: "B1", bandIndex: 1, scale: 1, offset: 0 }];
    const radiometry = {
      quantity: "unknown",
      scale: 1,
      offset: 0,
      decidedBy: { code: "as-stored" },
      warnings: [],
    } as const;
    const file = { path: files[i % files.length]!, grid, bands, radiometry, facts: {}, evidence: [] };
    return { id: `tile-${i}`, sensor: "other", date: "2019-01-01", pieces: [{ files: [file] }] };
  });
  const [wall, processor] = [performance.now(), cpuUsage()];
  const { dates: found } = await measureSeries(reader, {
    area: grid,
    dates,
    reference: dates,
    model: "shift",
    signal: new AbortController().signal,
  });
  const { user, system } = cpuUsage(processor);
  const most = Math.max(...found.map(({ off }) => off ?? Number.POSITIVE_INFINITY));
  stdout.write(
    `${count} dates of ${side}² against their median: ${((performance.now() - wall) / 1000).toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of processor, ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB; largest ${most.toFixed(3)} px\n`,
  );
}
