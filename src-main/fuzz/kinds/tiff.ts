import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { allocate, blockCache, createCog, pool, type SampleType } from "../../raster/index.ts";
import type { FuzzKind, Seed } from "../kind.ts";
import { damageText } from "../mutate/text.ts";
import { damageTiff } from "../mutate/tiff.ts";
import { jpegSeeds, samplesOf, tiffOfJpeg } from "./jpeg-seeds.ts";
import { readImage } from "./read-image.ts";

/** GeoTIFFs with and without side files: opened, described, measured, read in windows and overviews, and warped. */
export const tiff: FuzzKind = {
  name: "tiff",

  async seeds(scratch) {
    // What stays in memory from other cases is not this case's.
    blockCache.budget = 8 * 2 ** 20;
    return [...(await ownCogs(scratch)), ...jpegs(), ...fixtures()];
  },

  mutate(seed, random, seeds) {
    const main = seed.files["image.tif"]!;
    const others = seeds.map(({ files }) => files["image.tif"]!);
    const files: Record<string, Uint8Array> = { "image.tif": damageTiff(main, random, others) };
    // Side files: of this image, of another, damaged or not.
    if (random.chance(0.05)) files["image.tif.ovr"] = damageTiff(random.pick(others), random, others);
    if (random.chance(0.05)) files["image.tif.msk"] = damageTiff(random.pick(others), random, others);
    if (random.chance(0.08)) files["image.tif.aux.xml"] = damageText(auxXml, random);
    if (random.chance(0.05)) files["image.tfw"] = damageText("10\n0\n0\n-10\n600000\n5000000\n", random);
    return files;
  },

  read: (folder) => readImage(join(folder, "image.tif")),

  async close() {
    await pool.close();
  },
};

const auxXml = `<PAMDataset><SRS dataAxisToSRSAxisMapping="1,2">EPSG:32631</SRS><GeoTransform>600000,10,0,5000000,0,-10</GeoTransform>
<Metadata><MDI key="AREA_OR_POINT">Area</MDI></Metadata><PAMRasterBand band="1"><Description>one</Description><NoDataValue>0</NoDataValue>
<Scale>0.1</Scale><Offset>2</Offset><CategoryNames><Category>a</Category></CategoryNames><Metadata domain="x"><MDI key="a">b &amp; c</MDI></Metadata></PAMRasterBand></PAMDataset>`;

/** Small COGs of our own writer: every sample type, one and several bands, masks, colour tables, overviews. */
async function ownCogs(scratch: string): Promise<Seed[]> {
  const seeds: Seed[] = [];
  const grid: GeoBox = { crs: "EPSG:32631", affine: northUp(600000, 5000000, 10, 10), width: 70, height: 53 };
  const dataTypes: SampleType[] = ["uint8", "int16", "uint16", "int32", "float32", "float64"];
  for (const [i, dataType] of dataTypes.entries()) {
    const path = join(scratch, `own-${dataType}.tif`);
    const bandCount = 1 + (i % 3);
    await createCog(
      path,
      {
        geobox: grid,
        bandCount,
        dataType,
        blockSize: 32,
        nodata: i % 2 ? 0 : undefined,
        bandNames: Array.from({ length: bandCount }, (_, b) => `band ${b}`),
        metadata: { SOURCE: "fuzz" },
        overviewMethod: "average",
        ...(dataType === "uint8"
          ? {
              colorTable: [
                [0, 0, 0, 0],
                [255, 0, 0, 255],
              ] as const,
            }
          : {}),
      },
      async ({ col, row, width, height }) =>
        Array.from({ length: bandCount }, (_, band) => {
          const pixels = allocate(dataType, width * height);
          for (let at = 0; at < pixels.length; at++) pixels[at] = (col + row + at * (band + 3)) % 100;
          return pixels;
        }),
    );
    seeds.push({ name: `own ${dataType}`, files: { "image.tif": readFileSync(path) } });
  }
  return seeds;
}

/** Each JPEG as the one strip of a TIFF. */
const jpegs = (): Seed[] =>
  jpegSeeds().map((seed) => ({
    ...seed,
    files: { "image.tif": tiffOfJpeg(seed.files["image.jpg"]!, samplesOf(seed)) },
  }));

/** The small awkward files of the raster room: big endian, BigTIFF, strips, planar, JPEG, LERC, ZSTD, masks, palettes. */
function fixtures(): Seed[] {
  const folder = join(import.meta.dirname, "../../raster/fixtures");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tiff?$/.test(name) && statSync(join(folder, name)).size < 40_000)
    .sort()
    .map((name) => ({ name, files: { "image.tif": readFileSync(join(folder, name)) } }));
}
