// Layers of MODIS as GeoTIFF. Their scale tags follow the habit of HDF-EOS, in which a number is divided by the factor.
import { dateOfDay, type ProductName, statedProduct } from "../../src-shared/eo/index.ts";
import { folderOf, lastOf, type ProductReader, placeOf } from "./product.ts";

const layerName =
  /^(?<product>M[OY]D13[AQC]\d)\.A(?<year>\d{4})(?<day>\d{3})\.(?<tile>h\d{2}v\d{2})\..*_(?<layer>NDVI|EVI)(?:_B\d{2})?\.tiff?$/i;

/** Vegetation indices × 10,000. @see MODIS Vegetation Index User's Guide (MOD13, collection 6), table 2 */
export const modis: ProductReader = {
  kind: "modis",
  mark: /(?:^|\/)M[OY]D13[AQC]\d\.A\d{7}\.h\d{2}v\d{2}\.[^/]*_(?:NDVI|EVI)(?:_B\d{2})?\.tiff?$/i,
  async read(listing, mark) {
    const groups = layerName.exec(lastOf(mark))?.groups;
    const date = groups && dateOfDay(Number(groups.year), Number(groups.day));
    if (!groups || !date) return [];
    const source = lastOf(mark);
    const [scale, offset] = [1e-4, 0];
    const facts: Omit<ProductName, "evidence"> = {
      sensor: "other",
      level: groups.product!.toUpperCase(),
      date,
      tile: groups.tile!,
    };
    return [
      {
        kind: "modis",
        name: source.replace(/\.tiff?$/i, ""),
        path: placeOf(listing, folderOf(mark)),
        files: [
          {
            path: listing.pathOf(mark),
            stated: {
              product: statedProduct(source, facts),
              source,
              bands: [{ name: groups.layer!.toUpperCase(), bandIndex: 1, scale, offset, nodata: -3000 }],
              radiometry: { quantity: "unknown", decidedBy: { code: "metadata-scale", file: source, scale, offset } },
            },
          },
        ],
        parts: [],
        missing: [],
        leftOut: [],
      },
    ];
  },
};
