import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createCatalog } from "../../catalog/index.ts";
import { fileInfo } from "./info.ts";

const folder = mkdtempSync(join(tmpdir(), "info-"));
afterAll(() => rmSync(folder, { recursive: true }));
const root = join(import.meta.dirname, "../../..");
const sample = (name: string) => join(root, "resources/sample/flanders-crops-2019", name);
const vectors = (name: string) => join(root, "src-main/vector/fixtures", name);
const info = (path: string, options = {}) => fileInfo(path, { appVersion: "0", ...options });
const file = (name: string, bytes: string | Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const valuesOf = async (path: string, options = {}) =>
  Object.fromEntries((await info(path, options)).facts.map(({ name, value }) => [name, value]));

test("an image tells its sensor, date and bands, and what gave each", async () => {
  const about = await info(sample("S2_L2A_10m/S2_L2A_10m_20190610T105703.tif"));
  expect(about).toMatchObject({ kind: "image", reader: "GeoTIFF, BigTIFF, COG", remarks: [] });
  expect(about.facts).toContainEqual({
    name: "date",
    value: "2019-06-10",
    from: "its name “S2_L2A_10m_20190610T105703.tif”",
  });
  expect(about.facts).toContainEqual({ name: "bands", value: ["B02", "B03", "B04", "B08"], from: "band descriptions" });
  expect(about.facts).toContainEqual({ name: "size", value: "64 × 64 pixels", from: "the header" });
});

test("labels tell their layers, shapes and where the coordinate system comes from", async () => {
  const about = await info(vectors("made_columns.fgb"));
  expect(about).toMatchObject({ kind: "labels", reader: "FlatGeobuf" });
  expect(about.facts).toContainEqual({ name: "CRS", value: "EPSG:4326 · WGS 84", from: "its header" });
  expect(about.facts).toContainEqual({ name: "bounds", value: ["4", "50", "8", "51"], from: "the coordinates of all shapes" }); // biome-ignore format: one line
  expect((await info(vectors("made_shp_without_prj.shp"))).remarks).toEqual([expect.stringMatching(/--crs EPSG:code/)]);
  expect(await valuesOf(vectors("made_shp_without_prj.shp"), { crs: "EPSG:32631" })).toMatchObject({ CRS: expect.stringMatching(/EPSG:32631/) }); // biome-ignore format: one line
});

test("a table and a JSON are shapes or classes, whichever they hold", async () => {
  expect((await info(file("points.csv", "lon,lat,class\n4.1,50.2,wheat\n4.2,50.3,maize\n"))).kind).toBe("labels");
  expect((await info(file("legend.csv", "value,name,color\n1,wheat,#aabbcc\n"))).kind).toBe("legend");
  expect((await info(file("legend.json", '{"classes":[{"name":"wheat"}]}'))).kind).toBe("legend");
  expect(await valuesOf(file("map.clr", "10 0 100 0\n"))).toMatchObject({ classes: ["10 10 #006400"] });
  await expect(info(file("words.csv", "a,b\n1,2\n"))).rejects.toMatchObject({ code: "table-without-coordinates" });
});

test("a project tells what it holds, by its folder and by its file, and keeps no trace of being read", async () => {
  const project = join(folder, "project");
  const geobox = { crs: "EPSG:32631", width: 8, height: 8, affine: { a: 570_000, b: 10, c: 0, d: 5_630_000, e: 0, f: -10 } }; // biome-ignore format: one line
  createCatalog(project, { name: "fields", grid: { geobox, patchMeters: 10, tilePatches: 8 } }, { purpose: "test", appVersion: "0" }).close(); // biome-ignore format: one line
  const before = readFileSync(join(project, "project.omniproj"));
  for (const path of [project, join(project, "project.omniproj")])
    expect(await valuesOf(path)).toMatchObject({ name: "fields", area: "8 × 8 patches of 10 m", images: 0 });
  expect(readFileSync(join(project, "project.omniproj")).equals(before)).toBe(true);
});

test("what is not read is one sentence with the way out", async () => {
  const hdf4 = file("MOD13.hdf", Uint8Array.of(0x0e, 0x03, 0x13, 0x01, 0, 0));
  await expect(info(hdf4)).rejects.toThrow(/an HDF4 file.+gdal_translate/);
  await expect(info(file("a.ecw", "x"))).rejects.toThrow(/an ECW image.+gdal_translate/);
  await expect(info(file("a.sid", "x"))).rejects.toThrow(/a MrSID image.+gdal_translate/);
  await expect(info(file("a.gml", "<gml/>"))).rejects.toThrow(/a GML file.+GeoPackage/);
  mkdirSync(join(folder, "land.gdb"));
  await expect(info(join(folder, "land.gdb"))).rejects.toThrow(/an ESRI file geodatabase.+GeoPackage/);
  mkdirSync(join(folder, "S1A_IW_SLC__1SDV_20200101T000000.SAFE"));
  await expect(info(join(folder, "S1A_IW_SLC__1SDV_20200101T000000.SAFE"))).rejects.toThrow(/\(SLC\).+RTC/);
  mkdirSync(join(folder, "empty"));
  await expect(info(join(folder, "empty"))).rejects.toMatchObject({ code: "info-unknown-folder" });
  await expect(info(join(folder, "none.tif"))).rejects.toMatchObject({ code: "file-missing" });
  await expect(info(file("words.bin", "x"))).rejects.toMatchObject({ code: "raster-unknown-format" });
});

// The files as people download them are no part of the project; where they are at hand, all labels and legends are opened or refused.
const products = process.env.OMNISAT_PRODUCTS ?? join(import.meta.dirname, "../../../../shared/data/products");
interface Entry {
  readonly path: string;
  readonly expect: "open" | "refuse";
}
interface Layer {
  readonly name: string;
  readonly features: number;
  readonly crs: string | null;
}
interface Known {
  readonly layers?: readonly Layer[];
  readonly rows?: number;
  readonly entries?: readonly { readonly value: number | string; readonly color: string }[];
}
const manifest = join(products, "manifest.json");
const read = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;
const entries = existsSync(manifest)
  ? read<{ readonly entries: readonly Entry[] }>(manifest).entries.filter(({ path }) => /^(labels|styles)\//.test(path))
  : [];

describe.skipIf(entries.length === 0)(
  `labels and legends as downloaded (skipped where ${products} is not there)`,
  () => {
    test.each(entries)("$path: $expect", async ({ path, expect: wanted }) => {
      if (wanted === "refuse") {
        await expect(info(join(products, path))).rejects.toMatchObject({
          code: expect.stringMatching(/^(vector|table|legend)-/),
        });
        return;
      }
      const facts = await valuesOf(join(products, path));
      const name = path.slice(path.indexOf("/") + 1);
      const expected = read<Readonly<Record<string, Known | Known["entries"]>>>(join(products, path.startsWith("labels") ? "labels/expected.json" : "styles/expected.json"))[name]; // biome-ignore format: one line
      const known: Known = Array.isArray(expected) ? { entries: expected } : ((expected ?? {}) as Known);
      const [layer] = known?.layers ?? [];
      const rows = layer?.features ?? known?.rows;
      if (rows !== undefined) expect(String(facts.shapes).split(" ")[0]).toBe(String(rows));
      if (layer?.crs) expect(String(facts.CRS)).toContain(layer.crs);
      for (const { value, color } of known?.entries ?? [])
        expect(facts.classes).toContainEqual(expect.stringMatching(new RegExp(`^${value} .*${color}`, "i")));
    });
  },
);
