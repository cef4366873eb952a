import { northUp } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { openRaster, requireGeobox, statistics, warp } from "../../raster/index.ts";

/** An image as the program reads it: opened, described, measured, read in windows and overviews, and warped. */
export async function readImage(path: string): Promise<void> {
  const raster = await openRaster(path);
  try {
    const { info } = raster;
    JSON.stringify(info);
    const bands = info.bands.slice(0, 3).map((_, i) => i + 1);
    await statistics(raster, { bands, maxPixels: 40_000 });
    const last = { col: Math.max(0, info.width - 7), row: Math.max(0, info.height - 5), width: 9, height: 7 };
    await raster.readWindow(last, { bands: [info.bands.length] });
    for (let overview = 0; overview < Math.min(3, info.overviews.length); overview++) {
      await raster.readWindow({ col: -1, row: 0, width: 20, height: 20 }, { bands, overview });
    }
    const source = requireGeobox(raster);
    // Far out, over more pixels than the map reads at once: services/pixels makes a quick look of such images instead.
    const near = info.width * info.height > 4_000_000;
    const [zoomX, zoomY] = near ? [1, 1] : [source.width / 40, source.height / 40];
    const target: GeoBox = {
      ...source,
      width: 40,
      height: 40,
      affine: {
        ...source.affine,
        b: source.affine.b * zoomX,
        c: source.affine.c * zoomY,
        e: source.affine.e * zoomX,
        f: source.affine.f * zoomY,
      },
    };
    await warp(raster, target, { bands: [1], method: "bilinear" });
    await warp(
      raster,
      { crs: "EPSG:3857", affine: northUp(0, 6e6, 1000, 1000), width: 20, height: 20 },
      { bands: [1], method: "nearest" },
    );
  } finally {
    raster.close();
  }
}
