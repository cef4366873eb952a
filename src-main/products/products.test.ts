// What every family of products is taken for, with metadata in the producers' words and without pixels.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { AppError } from "../../src-shared/errors/index.ts";
import { zipOf } from "../files/index.ts";
import { type Product, ProductFinder, productsIn } from "./index.ts";
import { mtl, mtlXml, safe, write, writeSafe } from "./testing/made-products.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-products-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
let count = 0;
const folder = () => {
  const path = join(room, String(++count));
  mkdirSync(path);
  return path;
};
const only = async (path: string): Promise<Product> => {
  const { products } = await productsIn(path);
  expect(products).toHaveLength(1);
  return products[0]!;
};
const bandsOf = ({ files }: Product) =>
  files.map(({ path, stated }) => `${basename(path)} ${(stated.bands ?? []).map(({ name }) => name).join(" ")}`);

const l2a = ["B02_10m", "B03_10m", "B02_20m", "B05_20m", "SCL_20m", "B01_60m", "TCI_10m", "SCL_60m"];

test("of a SAFE of level 2A every band is taken once, at its sharpest, with the numbers of its metadata", async () => {
  const product = await only(writeSafe(folder(), { add: -1000, listed: l2a }));
  expect(product).toMatchObject({ kind: "sentinel-2-safe", missing: [], leftOut: ["TCI"] });
  expect(product.name).toBe("S2B_MSIL2A_20190610T105703_N0509_R008_T31UFS_20190610T105703");
  expect(bandsOf(product)).toEqual([
    "T31UFS_20190610T105703_B02_10m.jp2 B02",
    "T31UFS_20190610T105703_B03_10m.jp2 B03",
    "T31UFS_20190610T105703_B05_20m.jp2 B05",
    "T31UFS_20190610T105703_SCL_20m.jp2 SCL",
    "T31UFS_20190610T105703_B01_60m.jp2 B01",
  ]);
  const { stated } = product.files[0]!;
  expect(stated).toMatchObject({
    source: "MTD_MSIL2A.xml",
    product: {
      sensor: "sentinel-2",
      platform: "S2B",
      level: "L2A",
      date: "2019-06-10",
      time: "10:57:03",
      relativeOrbit: 8,
      processingBaseline: "05.09",
      tile: "31UFS",
      resolutionMeters: 10,
    },
    bands: [{ name: "B02", bandIndex: 1, nodata: 0, scale: 1e-4, offset: -0.1 }],
    radiometry: { quantity: "reflectance", decidedBy: { code: "scale-stated", quantification: 10000, add: -1000 } },
  });
  expect(stated.product.evidence).toContainEqual({
    field: "tile",
    source: { code: "product-metadata", file: "MTD_MSIL2A.xml" },
  });
});

test("level 1C brings its raster mask of opaque clouds, and products before baseline 04.00 no offset", async () => {
  const made = { level: "1C" as const, listed: ["B02", "B10"] };
  const recent = writeSafe(folder(), { ...made, add: -1000 });
  write(recent, { [`${safe({ ...made }).granule}/QI_DATA/MSK_CLASSI_B00.jp2`]: "mask" });
  const product = await only(recent);
  expect(product.files.map(({ stated }) => stated.mask)).toEqual([
    undefined,
    undefined,
    { kind: "classes", clear: [0], bandIndex: 1 },
  ]);
  const old = await only(writeSafe(folder(), { ...made, baseline: "02.09" }));
  expect(old.files[0]!.stated.bands).toEqual([{ name: "B02", bandIndex: 1, nodata: 0, scale: 1e-4, offset: 0 }]);
});

test("a product of before 2016 has one granule per tile, and each image says which it is of", async () => {
  const long = (tile: string, band: string) =>
    `GRANULE/S2A_OPER_MSI_L1C_TL_EPA__20151231T235959_A000123_T${tile}_N01.03/IMG_DATA/S2A_OPER_MSI_L1C_TL_EPA__20151231T235959_A000123_T${tile}_${band}.jp2`;
  const { metadata } = safe({ level: "1C", listed: ["B02", "B03"], baseline: "01.03", moment: "20151231T235959" });
  const product = await only(
    write(join(folder(), "S2A_OPER_PRD_MSIL1C.SAFE"), {
      "S2A_OPER_MTD_SAFL1C_PDMC_20151231T235959.xml": metadata,
      [long("32TQR", "B02")]: "pixels",
      [long("32TRQ", "B02")]: "pixels",
    }),
  );
  expect(product.files.map(({ stated }) => [stated.product.tile, stated.bands?.[0]?.name])).toEqual([
    ["32TQR", "B02"],
    ["32TRQ", "B02"],
  ]);
  expect(product.missing).toEqual(["B03"]);
});

test("a half-downloaded SAFE opens with what is there and names what is not; without any band it is refused", async () => {
  const part = await only(writeSafe(folder(), { listed: l2a, there: ["B02_10m"] }));
  expect([bandsOf(part).length, part.missing]).toEqual([1, ["B01", "B03", "B05", "SCL"]]);
  // What was begun and not written has no bytes.
  const begun = await only(writeSafe(folder(), { listed: ["B02_10m"] }, ""));
  expect([begun.files, begun.refusal?.code]).toEqual([[], "product-without-bands"]);
  const cut = writeSafe(folder(), { listed: l2a });
  truncateSync(join(cut, "MTD_MSIL2A.xml"), 700);
  const { products, others } = await productsIn(cut);
  expect(products.map(({ refusal }) => refusal?.code)).toEqual(["product-metadata-unreadable"]);
  // The images lie there all the same, and their names say much.
  expect(others).toHaveLength(l2a.length);
});

test("a product in an archive has paths as if the archive were a folder", async () => {
  const parts = safe({ listed: ["B02_10m", "SCL_20m"] });
  const path = join(folder(), `${parts.name.replace(".SAFE", "")}.zip`);
  const inside = {
    [`${parts.name}/${parts.metadataName}`]: parts.metadata,
    [`${parts.name}/${parts.image("B02_10m")}`]: "pixels",
  };
  writeFileSync(path, zipOf(Object.entries(inside).map(([name, text]) => ({ name, bytes: Buffer.from(text) }))));
  const product = await only(path);
  expect(product.files.map((file) => relative(path, file.path))).toEqual([join(parts.name, parts.image("B02_10m"))]);
  expect(product.missing).toEqual(["SCL"]);
  const finder = new ProductFinder(() => true);
  expect((await finder.of(product.files[0]!.path))?.name).toBe(product.name);
});

test("archives that are cut off, none at all, or name files outside of themselves are refused in a sentence", async () => {
  const here = folder();
  const refusal = (path: string) =>
    productsIn(path).then(
      () => "read",
      (error: AppError) => error.code,
    );
  const whole = join(here, "whole.zip");
  writeFileSync(whole, zipOf([{ name: "a.tif", bytes: Buffer.alloc(4000) }]));
  const cut = join(here, "cut.zip");
  writeFileSync(cut, readFileSync(whole).subarray(0, -30));
  const text = join(here, "text.zip");
  writeFileSync(text, "no archive");
  const out = join(here, "out.zip");
  writeFileSync(out, zipOf([{ name: "../../etc/passwd", bytes: Buffer.from("x") }]));
  expect(await refusal(whole)).toBe("read");
  expect([await refusal(cut), await refusal(text)]).toEqual(["archive-unreadable", "archive-unreadable"]);
  expect(await refusal(out)).toBe("archive-leads-out");
});

const product = "LC08_L2SP_199024_20190612_20200828_02_T1";
const landsatGroups = (level = "L2SP", name = product) => ({
  PRODUCT_CONTENTS: {
    LANDSAT_PRODUCT_ID: name,
    PROCESSING_LEVEL: level,
    FILE_NAME_BAND_4: `${name}_SR_B4.TIF`,
    FILE_NAME_BAND_5: `${name}_SR_B5.TIF`,
    FILE_NAME_BAND_ST_B10: `${name}_ST_B10.TIF`,
    FILE_NAME_QUALITY_L1_PIXEL: `${name}_QA_PIXEL.TIF`,
  },
  IMAGE_ATTRIBUTES: {
    DATE_ACQUIRED: "2019-06-12",
    SCENE_CENTER_TIME: "10:38:51.8610990Z",
    WRS_PATH: 199,
    WRS_ROW: 24,
    SUN_ELEVATION: 30,
  },
  LEVEL2_SURFACE_REFLECTANCE_PARAMETERS: { REFLECTANCE_MULT_BAND_4: 2.75e-5, REFLECTANCE_ADD_BAND_4: -0.2 },
  LEVEL1_RADIOMETRIC_RESCALING: { REFLECTANCE_MULT_BAND_4: 2e-5, REFLECTANCE_ADD_BAND_4: -0.1 },
});

test("Landsat's metadata give the same facts as text, XML and JSON; level 1 is brought to the sun's height", async () => {
  const files = {
    [`${product}_SR_B4.TIF`]: "pixels",
    [`${product}_QA_PIXEL.TIF`]: "mask",
    [`${product}_ST_B10.TIF`]: "kelvin",
  };
  const groups = landsatGroups();
  const forms = {
    txt: mtl(groups),
    xml: mtlXml(groups),
    json: JSON.stringify({ LANDSAT_METADATA_FILE: groups }),
  };
  for (const [ending, text] of Object.entries(forms)) {
    const found = await only(write(folder(), { ...files, [`${product}_MTL.${ending}`]: text }));
    expect(found).toMatchObject({ kind: "landsat", name: product, missing: ["B5"], leftOut: ["ST_B10"] });
    const [band, mask] = found.files;
    expect(band!.stated).toMatchObject({
      product: { platform: "LC08", level: "L2SP", date: "2019-06-12", time: "10:38:51", tile: "199024" },
      bands: [{ name: "B4", nodata: 0, scale: 2.75e-5, offset: -0.2 }],
    });
    expect([basename(mask!.path), mask!.stated.bands]).toEqual([`${product}_QA_PIXEL.TIF`, undefined]);
  }
  // All three together are one product.
  const all = Object.fromEntries(Object.entries(forms).map(([ending, text]) => [`${product}_MTL.${ending}`, text]));
  expect((await only(write(folder(), { ...files, ...all }))).files).toHaveLength(2);

  const first = product.replace("L2SP", "L1TP");
  const level1 = landsatGroups("L1TP", first);
  const raw = await only(write(folder(), { [`${first}_SR_B4.TIF`]: "pixels", [`${first}_MTL.txt`]: mtl(level1) }));
  // sin 30° = ½
  const { scale, offset } = raw.files[0]!.stated.bands![0]!;
  expect([scale, offset]).toEqual([expect.closeTo(4e-5, 12), expect.closeTo(-0.2, 12)]);
});

test("Landsat 7 numbers its bands otherwise, and its sixth is a temperature", async () => {
  const name = "LE07_L2SP_199024_20100112_20200911_02_T1";
  const groups = landsatGroups("L2SP", name);
  const contents = { ...groups.PRODUCT_CONTENTS, FILE_NAME_BAND_6: `${name}_ST_B6.TIF` };
  const found = await only(
    write(folder(), {
      [`${name}_SR_B4.TIF`]: "pixels",
      [`${name}_SR_B5.TIF`]: "pixels",
      [`${name}_ST_B6.TIF`]: "kelvin",
      [`${name}_MTL.xml`]: mtlXml({ ...groups, PRODUCT_CONTENTS: contents }),
    }),
  );
  expect(bandsOf(found)).toEqual([`${name}_SR_B4.TIF B5`, `${name}_SR_B5.TIF B6`]);
});

test("of Theia's two reflectances the one with slopes corrected is taken, and the other where it is the only one", async () => {
  const name = "SENTINEL2A_20190716-105909-385_L2A_T31TFJ_C_V2-2";
  const xml = `<Muscate_Metadata_Document><PRODUCT_ID>${name}</PRODUCT_ID><ACQUISITION_DATE>2019-07-16T10:59:09.385Z</ACQUISITION_DATE><PRODUCT_LEVEL>L2A</PRODUCT_LEVEL><PLATFORM>SENTINEL2A</PLATFORM><REFLECTANCE_QUANTIFICATION_VALUE>10000.000000</REFLECTANCE_QUANTIFICATION_VALUE><SPECIAL_VALUE name="nodata">-10000</SPECIAL_VALUE></Muscate_Metadata_Document>`;
  const found = await only(
    write(join(folder(), name), {
      [`${name}_MTD_ALL.xml`]: xml,
      [`${name}_SRE_B2.tif`]: "pixels",
      [`${name}_FRE_B2.tif`]: "pixels",
      [`${name}_SRE_B3.tif`]: "pixels",
      [`MASKS/${name}_CLM_R1.tif`]: "mask",
      [`MASKS/${name}_CLM_R2.tif`]: "mask",
      [`MASKS/${name}_EDG_R1.tif`]: "mask",
    }),
  );
  expect(bandsOf(found)).toEqual([`${name}_FRE_B2.tif B02`, `${name}_SRE_B3.tif B03`, `${name}_CLM_R1.tif `]);
  expect(found.files[0]!.stated.bands).toEqual([{ name: "B02", bandIndex: 1, scale: 1e-4, offset: 0, nodata: -10000 }]);
  expect(found.leftOut).toEqual(["EDG", "SRE"]);
  expect(found.missing).toContain("B12");
});

const planetXml = (count: number) =>
  `<ps:EarthObservation xmlns:ps="p" xmlns:eop="e"><eop:serialIdentifier>101c</eop:serialIdentifier><ps:acquisitionDateTime>2017-08-31T17:27:54+00:00</ps:acquisitionDateTime><ps:numBands>${count}</ps:numBands>${[1.5, 2, 2.5, 3].map((value, i) => `<ps:bandSpecificMetadata><ps:bandNumber>${i + 1}</ps:bandNumber><ps:reflectanceCoefficient>${value}e-05</ps:reflectanceCoefficient></ps:bandSpecificMetadata>`).join("")}</ps:EarthObservation>`;

test("PlanetScope is read in the order of its bands, with a coefficient for each, and its usable data mask", async () => {
  const scene = "20170831_172754_101c";
  const found = await only(
    write(join(folder(), scene), {
      [`${scene}_3B_AnalyticMS.tif`]: "pixels",
      [`${scene}_3B_AnalyticMS_DN_udm.tif`]: "mask",
      [`${scene}_3B_AnalyticMS_metadata.xml`]: planetXml(4),
    }),
  );
  expect(bandsOf(found)).toEqual([`${scene}_3B_AnalyticMS.tif B G R NIR`, `${scene}_3B_AnalyticMS_DN_udm.tif `]);
  expect(found.files[0]!.stated.bands?.map(({ scale }) => scale)).toEqual([1.5e-5, 2e-5, 2.5e-5, 3e-5]);
  expect(found.files[0]!.stated.product).toMatchObject({ date: "2017-08-31", time: "17:27:54", platform: "PS-101c" });

  const eight = "20230315_102132_44_24c2";
  const surface = await only(
    write(join(folder(), eight), {
      [`${eight}_3B_AnalyticMS_8b_clip.tif`]: "counts",
      [`${eight}_3B_AnalyticMS_SR_8b_clip.tif`]: "pixels",
      [`${eight}_3B_udm2_clip.tif`]: "mask",
      [`${eight}_3B_AnalyticMS_8b_metadata_clip.xml`]: planetXml(8),
      [`${eight}_metadata.json`]: JSON.stringify({
        properties: { acquired: "2023-03-15T10:21:32.44Z", satellite_id: "24c2" },
      }),
    }),
  );
  expect(bandsOf(surface)[0]).toBe(`${eight}_3B_AnalyticMS_SR_8b_clip.tif coastal B green1 G yellow R rededge NIR`);
  expect(surface.files[0]!.stated.bands?.every(({ scale }) => scale === 1e-4)).toBe(true);
  expect(surface.files[0]!.stated.product).toMatchObject({ time: "10:21:32", platform: "PS-24c2" });
  expect(surface.leftOut).toEqual(["3B_AnalyticMS_8b_clip.tif"]);
});

const dimapXml = (files: readonly string[], ids: readonly string[]) =>
  `<Dimap_Document><Dataset_Identification><DATASET_NAME>DS_SPOT7</DATASET_NAME></Dataset_Identification><Raster_Data><Data_Access><Data_Files>${files.map((file) => `<Data_File><DATA_FILE_PATH href="${file}"/></Data_File>`).join("")}</Data_Files></Data_Access></Raster_Data><Radiometric_Data>${ids.map((id) => `<Band_Radiance><BAND_ID>${id}</BAND_ID><GAIN>8</GAIN><BIAS>1</BIAS></Band_Radiance>`).join("")}</Radiometric_Data><Dataset_Sources><Strip_Source><MISSION>SPOT</MISSION><MISSION_INDEX>7</MISSION_INDEX><IMAGING_DATE>2017-07-20</IMAGING_DATE><IMAGING_TIME>10:43:56.3</IMAGING_TIME></Strip_Source></Dataset_Sources></Dimap_Document>`;

test("the tiles that a DIMAP names are one image, and a path out of its folder is no tile", async () => {
  const tiles = ["IMG_R1C1.TIF", "IMG_R2C1.TIF", "IMG_R3C1.TIF", "../../elsewhere.TIF", "/etc/hosts"];
  const found = await only(
    write(folder(), {
      "DIM_SPOT7_MS.XML": dimapXml(tiles, ["B0", "B1", "B2", "B3"]),
      "IMG_R1C1.TIF": "pixels",
      "IMG_R2C1.TIF": "pixels",
    }),
  );
  expect(bandsOf(found)).toEqual(["IMG_R1C1.TIF R G B NIR", "IMG_R2C1.TIF R G B NIR"]);
  expect(found.missing).toEqual(["IMG_R3C1.TIF"]);
  expect(found.files[0]!.stated).toMatchObject({
    product: { platform: "SPOT7", date: "2017-07-20", time: "10:43:56" },
    // radiance = number / GAIN + BIAS
    bands: [{ scale: 0.125, offset: 1 }, {}, {}, {}],
    radiometry: { quantity: "brightness" },
  });
});

test("radar products say amplitude or power by their name; layers of angles are no bands; SAFE folders have a way out", async () => {
  const rtc = async (scale: string) => {
    const name = `S1A_IW_20220103T033712_DVP_RTC10_G_g${scale}uned_77AA`;
    const layers = ["VV", "VH", "dem", "inc_map", "ls_map"].map((layer) => [`${name}_${layer}.tif`, "pixels"] as const);
    return only(write(join(folder(), name), Object.fromEntries(layers)));
  };
  const amplitude = await rtc("a");
  expect(bandsOf(amplitude).map((text) => text.split(" ")[1])).toEqual(["VH", "VV"]);
  expect(amplitude.leftOut).toEqual(["dem", "inc_map", "ls_map"]);
  expect(amplitude.files[0]!.stated).toMatchObject({
    product: { platform: "S1A", level: "RTC", date: "2022-01-03", time: "03:37:12" },
    radiometry: { quantity: "backscatter-amplitude" },
  });
  expect((await rtc("p")).files[0]!.stated.radiometry?.quantity).toBe("backscatter-linear");
  expect((await rtc("d")).files[0]!.stated.radiometry?.quantity).toBe("backscatter-db");
  for (const [type, kind] of [
    ["GRDH_1SDV", "radarGrd"],
    ["SLC__1SDV", "radarSlc"],
  ]) {
    const name = `S1A_IW_${type}_20210809T173953_20210809T174018_039156_049F13_6FF8.SAFE`;
    const safeFolder = write(folder(), {
      [`${name}/manifest.safe`]: "<xml/>",
      [`${name}/measurement/a.tiff`]: "pixels",
    });
    const { products, others } = await productsIn(safeFolder);
    expect([products.map(({ foreign }) => foreign), others]).toEqual([[kind], []]);
  }
});

const item = (assets: Readonly<Record<string, object>>, properties: object = {}) =>
  JSON.stringify({
    type: "Feature",
    stac_version: "1.0.0",
    id: "scene",
    collection: "sentinel-2-l2a",
    properties: {
      datetime: "2023-06-12T10:15:21Z",
      platform: "sentinel-2a",
      "s2:processing_baseline": "05.09",
      ...properties,
    },
    assets,
  });
const asset = (href: string, name: string) => ({
  href,
  type: "image/tiff; application=geotiff",
  "eo:bands": [{ name }],
  "raster:bands": [{ nodata: 0, scale: 1e-4, offset: -0.1, spatial_resolution: 10 }],
});

test("a STAC catalogue leads to its items once, and links that go round or out lead nowhere", async () => {
  const here = write(folder(), {
    "catalog.json": JSON.stringify({
      type: "Catalog",
      stac_version: "1.0.0",
      links: [
        { rel: "child", href: "./s2/collection.json" },
        { rel: "child", href: "./catalog.json" },
        { rel: "child", href: "../../outside.json" },
        { rel: "child", href: "https://example.com/catalog.json" },
      ],
    }),
    "s2/collection.json": JSON.stringify({
      type: "Collection",
      stac_version: "1.0.0",
      links: [
        { rel: "parent", href: "../catalog.json" },
        { rel: "item", href: "./a/a.json" },
        { rel: "item", href: "a/a.json" },
      ],
    }),
    "s2/a/a.json": item({
      blue: asset("./B02.tif", "B02"),
      visual: asset("./TCI.tif", "B02"),
      scl: { href: "./SCL.tif", type: "image/tiff" },
      gone: asset("./B08.tif", "B08"),
    }),
    "s2/a/B02.tif": "pixels",
    "s2/a/SCL.tif": "mask",
    "s2/a/TCI.tif": "picture",
    "notes.json": '{"any": "thing"}',
  });
  for (const path of [here, join(here, "catalog.json"), join(here, "s2", "a", "a.json")]) {
    const found = await only(path);
    expect(bandsOf(found)).toEqual(["B02.tif B02", "SCL.tif SCL"]);
    expect(found).toMatchObject({ kind: "stac", name: "scene", missing: ["B08"] });
    expect(found.files[0]!.stated).toMatchObject({
      product: {
        sensor: "sentinel-2",
        platform: "S2A",
        level: "L2A",
        date: "2023-06-12",
        time: "10:15:21",
        processingBaseline: "05.09",
      },
      bands: [{ name: "B02", nodata: 0, scale: 1e-4, offset: -0.1 }],
    });
  }
});

test("assets on the internet are never asked for; what was downloaded beside the item is read", async () => {
  const remote = {
    red: asset("https://example.com/data/B04.tif?sig=1", "B04"),
    nir: asset("s3://bucket/B08.tif", "B08"),
  };
  const here = write(folder(), { "item.json": item(remote) });
  expect((await only(here)).foreign).toBe("remoteStac");
  write(here, { "B04.tif": "pixels" });
  const found = await only(here);
  expect([bandsOf(found), found.foreign]).toEqual([["B04.tif B04"], undefined]);
});

test("a damaged JSON beside images is no product, and the images are there all the same", async () => {
  const here = write(folder(), { "broken.json": "{", "image_20190610.tif": "pixels" });
  expect((await productsIn(here)).products).toEqual([]);
});

test("an image that is named by itself is read as its product says, and folders out of reach are not looked into", async () => {
  const path = writeSafe(folder(), { listed: ["B02_10m"] });
  const image = join(path, safe({ listed: [] }).image("B02_10m"));
  expect((await new ProductFinder(() => true).of(image))?.path).toBe(path);
  expect(await new ProductFinder((one) => one.startsWith(join(path, "GRANULE"))).of(image)).toBeUndefined();
  expect(await new ProductFinder(() => true).of(join(room, "nothing.tif"))).toBeUndefined();
});

test.skipIf(process.platform === "win32")("a link to a folder above does not lead round", async () => {
  const path = writeSafe(folder(), { listed: ["B02_10m"] });
  symlinkSync(path, join(path, "again"));
  expect((await only(path)).files).toHaveLength(1);
});
