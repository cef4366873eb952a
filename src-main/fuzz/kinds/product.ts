import { join } from "node:path";
import { DamagedZip, memberOf, openBytes, zipOf } from "../../files/index.ts";
import { productsIn } from "../../products/index.ts";
import { mtl, safe } from "../../products/testing/made-products.ts";
import type { CaseFiles, FuzzKind, Seed } from "../kind.ts";
import { oddValues } from "../mutate/json.ts";
import { damageText } from "../mutate/text.ts";
import { damageZip } from "../mutate/zip.ts";
import type { Random } from "../random.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (files: Readonly<Record<string, string>>): CaseFiles =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, bytes(text)]));

const made = safe({ listed: ["B02_10m", "B05_20m", "SCL_20m"], add: -1000 });
const landsat = "LC08_L2SP_199024_20190612_20200828_02_T1";
const scene = "20170831_172754_101c";
const asset = {
  href: "./B04.tif",
  type: "image/tiff",
  "eo:bands": [{ name: "B04" }],
  "raster:bands": [{ scale: 1e-4 }],
};

/** The metadata first: it is what is damaged. */
const products: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  safe: { [made.metadataName]: made.metadata, [made.image("B02_10m")]: "pixels", [made.image("SCL_20m")]: "mask" },
  landsat: {
    [`${landsat}_MTL.txt`]: mtl({
      PRODUCT_CONTENTS: {
        LANDSAT_PRODUCT_ID: landsat,
        PROCESSING_LEVEL: "L2SP",
        FILE_NAME_BAND_4: `${landsat}_SR_B4.TIF`,
      },
      IMAGE_ATTRIBUTES: { DATE_ACQUIRED: "2019-06-12", SCENE_CENTER_TIME: "10:38:51Z", SUN_ELEVATION: 30 },
      LEVEL2_SURFACE_REFLECTANCE_PARAMETERS: { REFLECTANCE_MULT_BAND_4: 2.75e-5, REFLECTANCE_ADD_BAND_4: -0.2 },
    }),
    [`${landsat}_SR_B4.TIF`]: "pixels",
  },
  planetscope: {
    [`${scene}_3B_AnalyticMS_metadata.xml`]: `<ps:EarthObservation><ps:acquisitionDateTime>2017-08-31T17:27:54+00:00</ps:acquisitionDateTime><ps:numBands>4</ps:numBands><ps:bandSpecificMetadata><ps:bandNumber>1</ps:bandNumber><ps:reflectanceCoefficient>1.5e-05</ps:reflectanceCoefficient></ps:bandSpecificMetadata></ps:EarthObservation>`,
    [`${scene}_3B_AnalyticMS.tif`]: "pixels",
  },
  dimap: {
    "DIM_SPOT7.XML": `<Dimap_Document><Data_Files><Data_File><DATA_FILE_PATH href="IMG_R1C1.TIF"/></Data_File></Data_Files><Band_Radiance><BAND_ID>B0</BAND_ID><GAIN>8</GAIN><BIAS>1</BIAS></Band_Radiance><Strip_Source><IMAGING_DATE>2017-07-20</IMAGING_DATE></Strip_Source></Dimap_Document>`,
    "IMG_R1C1.TIF": "pixels",
  },
  stac: {
    "item.json": JSON.stringify({
      type: "Feature",
      stac_version: "1.0.0",
      id: "scene",
      properties: { datetime: "2023-06-12T10:15:21Z", platform: "sentinel-2a" },
      links: [{ rel: "item", href: "./item.json" }],
      assets: { red: asset },
    }),
    "B04.tif": "pixels",
  },
};

/** Products as people download them: their metadata damaged, and their archives. */
export const product: FuzzKind = {
  name: "product",
  seeds: async () => {
    const folders = Object.entries(products).map(([name, files]): Seed => ({ name, files: texts(files) }));
    const inside = folders.map(({ name, files }): Seed => {
      const members = Object.entries(files).map(([member, content]) => ({ name: member, bytes: content }));
      return { name: `${name}.zip`, files: { "product.zip": zipOf(members) } };
    });
    return [...folders, ...inside];
  },
  mutate: (seed, random) => damaged(seed, random),
  async read(folder, files) {
    const archive = files.find((name) => name.endsWith(".zip"));
    const { products: found } = await productsIn(archive === undefined ? folder : join(folder, archive));
    for (const one of found)
      for (const { path } of one.files) {
        if (!memberOf(path)) continue;
        // As an image is opened: of these two the raster room makes sentences.
        const opened = await openBytes(path).catch((error: NodeJS.ErrnoException) => {
          if (error instanceof DamagedZip || error.code === "ENOENT") return undefined;
          throw error;
        });
        await opened?.close();
      }
  },
};

function damaged(seed: Seed, random: Random): CaseFiles {
  const archive = seed.files["product.zip"];
  if (archive) return { "product.zip": damageZip(archive, random) };
  const [[metadata, content] = ["", new Uint8Array()], ...others] = Object.entries(seed.files);
  const words = new TextDecoder().decode(content);
  const odd = metadata.endsWith(".json") && random.chance(0.7);
  return {
    [metadata]: odd ? bytes(oddValues(words, random)) : damageText(words, random, 4),
    ...Object.fromEntries(others),
  };
}
