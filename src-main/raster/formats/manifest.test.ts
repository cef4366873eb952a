import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openRaster } from "../raster.ts";
import { type Exactness, expectAsGdal, expectedIn } from "../testing/products.ts";

// The products as people download them are too large, and partly too bound by their licences, to lie in the project: where they are
// at hand, each entry of a kind that this room reads is opened or refused as the manifest says. `fixtures/` has small ones that
// always run.
const folder = process.env.OMNISAT_PRODUCTS ?? join(import.meta.dirname, "../../../../shared/data/products");
const manifest = join(folder, "manifest.json");

interface Entry {
  readonly path: string;
  readonly expect: "open" | "refuse";
  readonly expected_file?: string;
}

const entries: readonly Entry[] = existsSync(manifest)
  ? (JSON.parse(readFileSync(manifest, "utf8")) as { readonly entries: readonly Entry[] }).entries
  : [];

const exactnessOf: readonly (readonly [RegExp, Exactness])[] = [
  [/lossy|ycc/, { mean: 0.05 }],
  // GDAL warps with a transform that is exact to an eighth of a pixel.
  [/warped/, { mean: 0.5 }],
  // GDAL's checksum reads the bytes of a scaled source as 32-bit numbers, before they are cut at 255.
  [/window_scaled/, { mean: 1e-3 }],
];

/** The codes of refusals: sentences that say what is wrong with the file and what to do. */
const refusals =
  /^raster-(unknown-format|damaged|truncated|unsupported-layout|unsupported-compression|unreadable|source)$/;

/** Entries of other formats in a folder of several. */
const notYet = /\.gpkg$|\/cbers4$|TSA_LNDLG/;
const kinds = ["jp2", "vrt", "gpkg-envi-sidecars"].map((name) => ({
  name,
  entries: entries.filter(({ path }) => path.startsWith(`${name}/`) && !notYet.test(path)),
}));

for (const kind of kinds) {
  describe.skipIf(entries.length === 0)(`products: ${kind.name} (skipped where ${folder} is not there)`, () => {
    test.each(kind.entries)("$path: $expect", async ({ path, expect: wanted, expected_file }) => {
      const file = join(folder, path);
      if (wanted === "refuse") {
        await expect(openRaster(file)).rejects.toMatchObject({ code: expect.stringMatching(refusals) });
        return;
      }
      const expected = expectedIn(join(folder, expected_file!))[path.slice(path.indexOf("/") + 1)]!;
      const exactness = exactnessOf.find(([pattern]) => pattern.test(path))?.[1] ?? "same";
      (await expectAsGdal(file, expected, exactness)).close();
    });
  });
}
