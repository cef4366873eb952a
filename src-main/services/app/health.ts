import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { sqliteVersion } from "../../catalog/index.ts";
import { removeSync } from "../../files/index.ts";
import { createCog, openRaster, pool } from "../../raster/index.ts";

/** For `doctor`: the parts of the program, tried by using them. Each answers in words, or throws. */

export const tryDatabase = (): string => `SQLite ${sqliteVersion()}`;

/** Writes a small image and reads it back, through the worker threads. */
export async function tryImages(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "omnisat-doctor-"));
  try {
    const path = join(folder, "try.tif");
    const side = 64;
    const value = (i: number): number => (i * 7919) % 65521;
    const geobox = { crs: "EPSG:32631", affine: northUp(500_000, 5_600_000, 10, 10), width: side, height: side };
    await createCog(
      path,
      { geobox, bandCount: 1, dataType: "uint16", overviewMethod: "average" },
      async ({ col, row, width, height }) => [
        Uint16Array.from({ length: width * height }, (_, i) =>
          value((row + Math.floor(i / width)) * side + col + (i % width)),
        ),
      ],
    );
    const raster = await openRaster(path);
    const { bands } = await raster.readWindow({ col: 0, row: 0, width: side, height: side });
    raster.close();
    if (!bands[0]?.every((stored, i) => stored === value(i))) throw new Error("an image came back changed");
    return `an image was written and read back by ${pool.size} worker threads`;
  } finally {
    removeSync(folder);
  }
}
