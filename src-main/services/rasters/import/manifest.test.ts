// Every product of the shared manifest that this import is about is opened or refused as it says, with GDAL's numbers. The folder is
// no part of the repository: where it is missing the test is skipped, and `products.test.ts` holds the same readers with made products.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { filesOf } from "../../../../src-shared/eo/index.ts";
import type { Catalog } from "../../../catalog/index.ts";
import { openRaster } from "../../../raster/index.ts";
import { projectFolders } from "../../projects/projects.ts";
import { rasterService } from "../rasters.ts";

interface Entry {
  readonly path: string;
  readonly expect: "open" | "refuse";
  readonly expected_file?: string;
  readonly date?: string;
  readonly add_offset?: number;
  readonly baseline?: string;
}

const shared = process.env.OMNISAT_PRODUCTS ?? join(import.meta.dirname, "../../../../../shared/data/products");
const families = [
  "sentinel2",
  "s2-other",
  "landsat",
  "hls",
  "planetscope",
  "maja",
  "dimap",
  "sentinel1",
  "stac",
  "modis",
];
/** Entries that open in the manifest and are refused here, with what is said instead. */
const refusedStill: Readonly<Record<string, string>> = {
  "sentinel1/grd-iw-dv": "radarGrd",
};
/** Entries whose pixels have no place: what GDAL knows of it lies in the metadata, which are read for dates and numbers alone. */
const placeless = ["sentinel2/gdal-long-names", "dimap/spot4-dimap1"];

const room = mkdtempSync(join(tmpdir(), "omnisat-manifest-"));
const open: Catalog[] = [];
afterAll(() => {
  for (const catalog of open) catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const entries: readonly Entry[] = existsSync(shared)
  ? (JSON.parse(readFileSync(join(shared, "manifest.json"), "utf8")) as { entries: Entry[] }).entries.filter(
      ({ path }) => families.includes(path.split("/")[0]!),
    )
  : [];

/** A project whose area is wherever the images of an entry are: the first image in it that has a place. */
async function projectAt(images: readonly string[], index: number) {
  for (const like of images) {
    // Patches of a kilometre: MODIS tiles are 1,100 km wide.
    const made = await projectFolders({ appVersion: "0.1.0" })
      ["project.create"]({
        folder: join(room, `project-${index}`),
        area: { like },
        patchMeters: like.includes("MYD13") ? 1000 : 10,
      })
      .catch(() => undefined);
    if (!made) continue;
    open.push(made);
    const runJob = () => Promise.reject(new Error("no job"));
    return { catalog: made, all: rasterService({ catalog: made, appVersion: "0.1.0", runJob, announce: () => {} }) };
  }
  throw new Error(`No image with a place among ${images.length}`);
}

/** Mean of the valid pixels of every band that GDAL's figures name, by file and band. */
async function expectGdalsMeans(entry: Entry, paths: readonly string[]): Promise<number> {
  const text = JSON.parse(readFileSync(join(shared, entry.expected_file!), "utf8"));
  const figures = (text.files ?? text) as Record<
    string,
    { band?: { mean?: number; nodata?: number; valid_pixels?: number }[]; bands?: number }
  >;
  let compared = 0;
  for (const path of paths) {
    const names = Object.keys(figures);
    // Two items of a catalogue have files of one name.
    const key =
      names.find((name) => path.endsWith(`/${name}`)) ?? names.find((name) => basename(name) === basename(path));
    const bands = key === undefined ? undefined : figures[key]!.band;
    if (!bands) continue;
    const raster = await openRaster(path);
    try {
      const { width, height } = raster.info;
      const { bands: planes, valid } = await raster.readWindow({ col: 0, row: 0, width, height });
      for (const [index, { mean, nodata }] of bands.entries()) {
        if (mean === undefined || !planes[index]) continue;
        let [sum, count] = [0, 0];
        for (let i = 0; i < planes[index].length; i++) {
          const value = planes[index][i]!;
          if ((nodata !== undefined && valid[index]?.[i] === 0) || value === nodata || Number.isNaN(value)) continue;
          sum += value;
          count++;
        }
        expect(Math.abs(sum / count - mean), `${path} band ${index + 1}`).toBeLessThan(
          Math.max(1e-6, Math.abs(mean) * 1e-4),
        );
        compared++;
      }
    } finally {
      raster.close();
    }
  }
  return compared;
}

test.skipIf(entries.length === 0)(
  `every product of the manifest opens with GDAL’s values, or is refused in a sentence (skipped where ${shared} is not there)`,
  async () => {
    let compared = 0;
    const done: string[] = [];
    const bootstrap = join(
      import.meta.dirname,
      "../../../../resources/sample/flanders-crops-2019/S2_L2A_10m/S2_L2A_10m_20190610T105703.tif",
    );
    const { all: anywhere } = await projectAt([bootstrap], 0);
    for (const [index, entry] of entries.entries()) {
      const path = join(shared, entry.path);
      const preview = await anywhere["rasters.preview"]({ paths: [path] });
      const still = Object.entries(refusedStill).find(([start]) => entry.path.startsWith(start))?.[1];
      if (entry.expect === "refuse" || still !== undefined) {
        expect([entry.path, preview.files]).toEqual([entry.path, []]);
        const [refusal] = preview.unused;
        expect(refusal!.error.code, entry.path).toBe("import-format");
        expect(refusal!.error.message, entry.path).toMatch(/\. \S.*\.$/s);
        if (still) expect(refusal!.error.details).toMatchObject({ kind: still });
        done.push(entry.path);
        continue;
      }
      const product = preview.products[0];
      if (!entry.path.startsWith("s2-other/cogs") && !entry.path.includes("rtc-planetary")) {
        expect(product?.problem ?? null, entry.path).toBeNull();
        if (entry.date) expect([entry.path, product?.date]).toEqual([entry.path, entry.date]);
        if (entry.baseline) expect([entry.path, product?.baseline]).toEqual([entry.path, entry.baseline]);
      }
      if (placeless.some((start) => entry.path.startsWith(start))) {
        done.push(entry.path);
        continue;
      }
      const images = preview.files.map((file) => file.path);
      const { catalog, all } = await projectAt(images, index + 1);
      const imported = await all["rasters.import"]({ paths: [path] });
      expect(imported.rasters, entry.path).toBe(images.length);
      const files = catalog.acquisitions.list().flatMap(filesOf);
      if (entry.add_offset !== undefined)
        for (const { bands } of files)
          for (const band of bands)
            expect(band, entry.path).toMatchObject({ scale: 1e-4, offset: entry.add_offset / 10_000 });
      if (entry.expected_file) compared += await expectGdalsMeans(entry, [...new Set(files.map((file) => file.path))]);
      done.push(entry.path);
    }
    expect(done).toHaveLength(entries.length);
    expect(entries.length).toBeGreaterThan(20);
    expect(compared).toBeGreaterThan(100);
    expect(dirname(room)).toBe(tmpdir());
  },
  600_000,
);
