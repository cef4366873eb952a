// Harmonized Landsat Sentinel-2 (HLS) v2: one GeoTIFF per band and Fmask; the names say everything that the metadata do.
import { bandNamed, parseProduct, type StatedFile, statedProduct } from "../../src-shared/eo/index.ts";
import { folderOf, lastOf, type Product, type ProductFile, type ProductReader, placeOf } from "./product.ts";

/** Layers that are no bands of the surface: angles, and the temperatures of Landsat. */
const others = /^(?:SAA|SZA|VAA|VZA)$/i;

/** @see HLS User Guide v2.0, tables 8 and 9: reflectance × 10,000, −9999 is no data */
export const hls: ProductReader = {
  kind: "hls",
  mark: /(?:^|\/)HLS\.[LS]30\.T[^/]*\.v\d+\.\d+\.(?:B\d{2}|B8A)\.tiff?$/i,
  async read(listing, mark) {
    const folder = folderOf(mark);
    const name = lastOf(mark).replace(/\.B\w{2}\.tiff?$/i, "");
    const own = listing.names.filter((one) => folderOf(one) === folder && lastOf(one).startsWith(`${name}.`));
    const { evidence: _, bands: __, ...facts } = parseProduct(name);
    const sentinel = facts.sensor === "sentinel-2";
    const source = name;
    const product = statedProduct(source, facts);
    const files: ProductFile[] = [];
    const leftOut = new Set<string>();
    for (const one of own) {
      const layer = /\.(\w+)\.tiff?$/i.exec(one)?.[1];
      if (layer === undefined || listing.sizeOf(one) === 0) continue;
      const thermal = !sentinel && /^B1[01]$/i.test(layer);
      const band = thermal ? undefined : bandNamed(sentinel ? "sentinel-2" : "landsat", layer)?.name;
      if (band) files.push({ path: listing.pathOf(one), stated: statedBand(band) });
      else if (/^Fmask$/i.test(layer)) files.push({ path: listing.pathOf(one), stated: { product, source } });
      else if (thermal || others.test(layer)) leftOut.add(layer.toUpperCase());
    }
    const taken = new Set(files.map(({ path }) => path));
    const found: Product = {
      kind: "hls",
      name,
      path: placeOf(listing, folder),
      files,
      parts: own.map((one) => listing.pathOf(one)).filter((path) => !taken.has(path)),
      missing: [],
      leftOut: [...leftOut].sort(),
    };
    return [found];

    function statedBand(band: string): StatedFile {
      const said = statedProduct(source, { ...facts, bands: [band] });
      const [scale, offset] = [1e-4, 0];
      return {
        product: said,
        source,
        bands: [{ name: band, bandIndex: 1, nodata: -9999, scale, offset }],
        radiometry: { quantity: "reflectance", decidedBy: { code: "hls-scale" } },
      };
    }
  },
};
