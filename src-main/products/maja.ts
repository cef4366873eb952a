// Sentinel-2 of Theia (MAJA): surface reflectance with (FRE) and without (SRE) the correction of slopes, and masks.
import { bandNamed, type ProductName, type StatedBand, statedProduct } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { descendantsNamed, textWithin, type XmlElement } from "../raster/xml.ts";
import { firstNumber, firstText, momentOf, xmlOf } from "./metadata.ts";
import { folderOf, lastOf, type Product, type ProductFile, type ProductReader, placeOf } from "./product.ts";

/** Bands of the instrument that Theia delivers: those of 60 m are none of them. */
const delivered = ["B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"];

/** @see THEIA, MUSCATE product format, Sentinel-2 level 2A */
export const maja: ProductReader = {
  kind: "sentinel-2-maja",
  isAbove: true,
  mark: /(?:^|\/)SENTINEL2[A-D]_[^/]*_MTD_ALL\.xml$/i,
  async read(listing, mark) {
    const root = await xmlOf(listing, mark);
    const folder = folderOf(mark);
    const source = lastOf(mark);
    const name = firstText(root, "PRODUCT_ID") ?? source.replace(/_MTD_ALL\.xml$/i, "");
    const own = listing.names.filter(
      (one) => one.startsWith(folder) && lastOf(one).startsWith(name.split("_").slice(0, 4).join("_")),
    );
    const facts = factsOf(root, name);
    const quantification = firstNumber(root, "REFLECTANCE_QUANTIFICATION_VALUE") ?? 10_000;
    const nodata = specialValue(root, "nodata") ?? -10_000;
    const images = new Map<string, { readonly name: string; readonly kind: string }>();
    const leftOut = new Set<string>();
    let mask: string | undefined;
    for (const one of own) {
      if (listing.sizeOf(one) === 0) continue;
      const found = /_(?<kind>FRE|SRE)_(?<band>B\d{1,2}A?)\.tiff?$/i.exec(lastOf(one))?.groups;
      const band = found && bandNamed("sentinel-2", found.band!)?.name;
      const layer = /_(?<layer>ATB|CLM|EDG|SAT|MG2|IAB|DTF|FLG|USI)_[^_/]*?(?<group>R[12]|XS|ALL)?\.tiff?$/i.exec(
        lastOf(one),
      )?.groups;
      if (band) {
        const kind = found.kind!.toUpperCase();
        const known = images.get(band);
        // Slopes are corrected in FRE: what is on them compares with what lies flat.
        if (!known || (known.kind === "SRE" && kind === "FRE")) images.set(band, { name: one, kind });
        if (known) leftOut.add("SRE");
      } else if (/^CLM$/i.test(layer?.layer ?? "")) {
        if (mask === undefined || /_R1\./i.test(one)) mask = one;
      } else if (layer) leftOut.add(layer.layer!.toUpperCase());
    }
    const scale = 1 / quantification;
    const decidedBy = { code: "metadata-scale", file: source, scale, offset: 0 } as const;
    const files = [...images].map(([band, image]): ProductFile => {
      const own: StatedBand = { name: band, bandIndex: 1, scale, offset: 0, nodata };
      const product = statedProduct(source, { ...facts, bands: [band] });
      return {
        path: listing.pathOf(image.name),
        stated: { product, source, bands: [own], radiometry: { quantity: "reflectance", decidedBy } },
      };
    });
    // What the bits of CLM mean is in the table of masks, by its name.
    if (mask !== undefined)
      files.push({ path: listing.pathOf(mask), stated: { product: statedProduct(source, facts), source } });
    const taken = new Set(files.map(({ path }) => path));
    const product: Product = {
      kind: "sentinel-2-maja",
      name,
      path: placeOf(listing, folder),
      files,
      parts: own.map((one) => listing.pathOf(one)).filter((path) => !taken.has(path)),
      missing: delivered.filter((band) => !images.has(band)),
      leftOut: [...leftOut].sort(),
    };
    return images.size > 0
      ? [product]
      : [{ ...product, files: [], refusal: new AppError("product-without-bands", { path: product.path }) }];
  },
};

function factsOf(root: XmlElement, name: string): Omit<ProductName, "evidence"> {
  const unit = /SENTINEL2([A-D])/i.exec(firstText(root, "PLATFORM") ?? name)?.[1];
  const tile = /_T(\d{2}[A-Z]{3})_/i.exec(name)?.[1];
  const level = firstText(root, "PRODUCT_LEVEL");
  return {
    sensor: "sentinel-2",
    provider: "theia",
    ...(unit ? { platform: `S2${unit.toUpperCase()}` } : {}),
    ...(level ? { level: level.toUpperCase() } : {}),
    ...momentOf(firstText(root, "ACQUISITION_DATE")),
    ...(tile ? { tile: tile.toUpperCase() } : {}),
  };
}

function specialValue(root: XmlElement, name: string): number | undefined {
  const found = descendantsNamed(root, "SPECIAL_VALUE").find(({ attributes }) => attributes.name === name);
  const value = found && Number(textWithin(found));
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}
