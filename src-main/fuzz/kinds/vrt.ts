import { readFileSync } from "node:fs";
import { join } from "node:path";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { allocate, blockCache, createCog, pool } from "../../raster/index.ts";
import type { FuzzKind } from "../kind.ts";
import { damageText } from "../mutate/text.ts";
import { readImage } from "./read-image.ts";

const srs = "<SRS>EPSG:32631</SRS><GeoTransform>600000,10,0,5000000,0,-10</GeoTransform>";
const rect = (name: string, numbers: readonly number[]) =>
  `<${name} xOff="${numbers[0]}" yOff="${numbers[1]}" xSize="${numbers[2]}" ySize="${numbers[3]}"/>`;
const source = (file: string, more: string) =>
  `<ComplexSource><SourceFilename relativeToVRT="1">${file}</SourceFilename><SourceBand>1</SourceBand>${more}</ComplexSource>`;
const band = (number: number, inside: string) =>
  `<VRTRasterBand dataType="UInt16" band="${number}"><NoDataValue>0</NoDataValue>${inside}</VRTRasterBand>`;
const whole = (inside: string) => `<VRTDataset rasterXSize="90" rasterYSize="60">${srs}${inside}</VRTDataset>`;

const left = `${rect("SrcRect", [0, 0, 70, 53])}${rect("DstRect", [0, 0, 70, 53])}<NODATA>0</NODATA>`;
const right = `${rect("SrcRect", [3, 2, 35, 26])}${rect("DstRect", [40, 5, 50, 55])}<ScaleRatio>0.5</ScaleRatio><ScaleOffset>3</ScaleOffset><LUT>0:0,50:9,100:200</LUT>`;
const mosaic = whole(band(1, source("tile.tif", left) + source("tile.tif", right)) + band(2, source("tile.tif", left)));
const nested = whole(band(1, source("inner.vrt", left)));
const warped = `<VRTDataset rasterXSize="40" rasterYSize="30" subClass="VRTWarpedDataset">${srs}
<VRTRasterBand dataType="UInt16" band="1" subClass="VRTWarpedRasterBand"/><GDALWarpOptions><ResampleAlg>Bilinear</ResampleAlg>
<SourceDataset relativeToVRT="1">tile.tif</SourceDataset><BandList><BandMapping src="1" dst="1"/></BandList></GDALWarpOptions></VRTDataset>`;

/** Virtual rasters over one small tile: mosaics with scaled values, one inside another, a warped one. */
export const vrt: FuzzKind = {
  name: "vrt",

  async seeds(scratch) {
    blockCache.budget = 8 * 2 ** 20;
    const path = join(scratch, "tile.tif");
    const geobox = { crs: "EPSG:32631", affine: northUp(600000, 5000000, 10, 10), width: 70, height: 53 };
    await createCog(path, { geobox, bandCount: 1, dataType: "uint16", blockSize: 32, overviewMethod: "average" }, async ({ col, row, width, height }) => [allocate("uint16", width * height).fill(col + row + 7)]); // biome-ignore format: one line
    const tile = readFileSync(path);
    return Object.entries({ mosaic, nested, warped }).map(([name, text]) => ({
      name,
      files: { "image.vrt": Buffer.from(text), "inner.vrt": Buffer.from(mosaic), "tile.tif": tile },
    }));
  },

  mutate(seed, random) {
    const { "image.vrt": text, "inner.vrt": inner, "tile.tif": tile } = seed.files;
    const damaged = (bytes: Uint8Array) => damageText(Buffer.from(bytes).toString("utf8"), random);
    return {
      "image.vrt": damaged(text!),
      "inner.vrt": random.chance(0.2) ? damaged(inner!) : inner!,
      ...(random.chance(0.95) ? { "tile.tif": tile! } : {}),
    };
  },

  read: (folder) => readImage(join(folder, "image.vrt")),

  async close() {
    await pool.close();
  },
};
