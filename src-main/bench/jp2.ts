// node src-main/bench/jp2.ts [--side N] [--folder DIR]: how fast a Sentinel-2 band in JPEG 2000 is decoded, beside GDAL's OpenJPEG.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, execPath, stdout } from "node:process";
import { parseArgs } from "node:util";
import { blockCache, openRaster, pool } from "../raster/index.ts";

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    side: { type: "string", default: "10980" },
    folder: { type: "string", default: join(tmpdir(), "omnisat-bench-jp2") },
    cold: { type: "string" },
  },
});
const side = Number(values.side);
const path = join(values.folder, `band-${side}.jp2`);
const python = "/usr/bin/python3";

/** Fields with edges, texture and noise, 15 bits, written as ESA writes: reversible 5-3, tiles of 1024, six resolutions, PLT, GML. */
const make = `
import sys, numpy as np
from osgeo import gdal, osr
from scipy import ndimage
side, out = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(7)
band = gdal.GetDriverByName("MEM").Create("", side, side, 1, gdal.GDT_UInt16)
fields = rng.integers(0, 9, (side // 60 + 2, side // 60 + 2)).astype(np.float32)
for top in range(0, side, 1024):
    rows = min(1024, side - top)
    y, x = np.arange(top, top + rows) / 60, np.arange(side) / 60
    at = lambda v, k: (v + 0.35 * np.sin(v * k)).astype(int).clip(0, len(fields) - 1)
    ground = 900 + fields[at(y, 3.1)][:, at(x, 2.3)] * 260 + 200 * np.sin(y[:, None] * 0.7) * np.cos(x[None, :] * 0.5)
    texture = ndimage.gaussian_filter(rng.standard_normal((rows, side)).astype(np.float32), 1.2) * 180
    noise = rng.standard_normal((rows, side)).astype(np.float32) * 12
    band.GetRasterBand(1).WriteArray((ground + texture + noise).clip(1, 32767).astype(np.uint16), 0, top)
system = osr.SpatialReference(); system.ImportFromEPSG(32631)
band.SetProjection(system.ExportToWkt()); band.SetGeoTransform([600000, 10, 0, 5700000, 0, -10])
gdal.GetDriverByName("JP2OpenJPEG").CreateCopy(out, band, options=["REVERSIBLE=YES", "QUALITY=100", "NBITS=15", "BLOCKXSIZE=1024", "BLOCKYSIZE=1024", "RESOLUTIONS=6", "PLT=YES", "GeoJP2=NO"])
`;

/** Processor seconds of a whole reading by GDAL in one thread. */
const theirs = `
import sys, time
from osgeo import gdal
gdal.SetConfigOption("GDAL_NUM_THREADS", "1"); gdal.SetConfigOption("GDAL_PAM_ENABLED", "NO")
image = gdal.Open(sys.argv[1])
start = time.process_time()
for top in range(0, image.RasterYSize, 1024):
    image.GetRasterBand(1).ReadAsArray(0, top, image.RasterXSize, min(1024, image.RasterYSize - top))
print(time.process_time() - start)
`;

const processorSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** One window of a file that was never read, with the threads started as the program has them, in seconds: header, decoder and all. */
async function coldWindow(col: number, row: number): Promise<{ readonly wall: number; readonly processor: number }> {
  pool.warmUp();
  await openRaster(import.meta.filename).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const [start, worked] = [performance.now(), processorSeconds()];
  const raster = await openRaster(path);
  await raster.readWindow({ col, row, width: 512, height: 512 }, { urgent: true });
  raster.close();
  return { wall: (performance.now() - start) / 1000, processor: processorSeconds() - worked };
}

async function ours(): Promise<number> {
  const raster = await openRaster(path);
  const start = processorSeconds();
  for (let row = 0; row < side; row += 1024) {
    await raster.readWindow({ col: 0, row, width: side, height: Math.min(1024, side - row) }, { once: true });
  }
  const seconds = processorSeconds() - start;
  raster.close();
  blockCache.clear();
  return seconds;
}

if (values.cold) {
  const [col, row] = values.cold.split(",").map(Number);
  stdout.write(JSON.stringify(await coldWindow(col!, row!)));
} else {
  mkdirSync(values.folder, { recursive: true });
  if (!existsSync(path)) execFileSync(python, ["-c", make, String(side), path], { stdio: "inherit" });
  const cold = (col: number, row: number) => {
    const words = [import.meta.filename, "--side", String(side), "--folder", values.folder, "--cold", `${col},${row}`];
    const { wall, processor } = JSON.parse(spawnSync(execPath, words, { encoding: "utf8" }).stdout) as Awaited<ReturnType<typeof coldWindow>>; // biome-ignore format: one line
    return `${wall.toFixed(3)} s, processor ${processor.toFixed(3)} s`;
  };
  const middle = Math.floor(side / 2048) * 1024;
  stdout.write(`a window of 512² inside a tile, cold: ${cold(middle + 128, middle + 128)} (bar 0.4)\n`);
  stdout.write(`a window of 512² over the corner of four tiles, cold: ${cold(middle - 256, middle - 256)}\n`);
  const gdal = Number(execFileSync(python, ["-c", theirs, path], { encoding: "utf8" }));
  const own = await ours();
  stdout.write(`${side}² pixels, processor time: GDAL ${gdal.toFixed(1)} s, here ${own.toFixed(1)} s, ratio ${(gdal / own).toFixed(2)} (bar 0.7)\n`); // biome-ignore format: one line
}
await pool.close();
