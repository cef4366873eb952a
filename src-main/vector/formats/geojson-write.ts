import { closeSync, openSync } from "node:fs";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { replaceWholeSync, writeAllSync } from "../../files/index.ts";
import { transformer } from "../../raster/crs.ts";
import {
  type Geometry,
  isPolygonal,
  type Transform,
  transformGeometry,
  withStandardWinding,
} from "../geometry/geometry.ts";
import type { NewFeature } from "./geopackage-write.ts";

/**
 * Writes a FeatureCollection by RFC 7946: longitude and latitude with nine decimals (a tenth of a millimetre), outsides
 * counter-clockwise. One feature at a time goes to the disk.
 */
export function writeGeoJson(
  path: string,
  layer: { readonly crs: Crs; readonly features: Iterable<NewFeature> },
): void {
  const { forward } = transformer(layer.crs, "EPSG:4326");
  const rounded: Transform = (x, y) => {
    const [longitude, latitude] = forward(x, y);
    return [Number(longitude.toFixed(9)), Number(latitude.toFixed(9))];
  };
  const standard = (geometry: Geometry): Geometry => {
    const moved = transformGeometry(geometry, rounded);
    return isPolygonal(moved) ? withStandardWinding(moved) : moved;
  };
  replaceWholeSync(
    path,
    (temporary) => {
      const file = openSync(temporary, "w");
      try {
        const write = (text: string) => writeAllSync(file, Buffer.from(text));
        write('{"type":"FeatureCollection","features":[');
        let separator = "\n";
        for (const { properties, geometry } of layer.features) {
          const feature = { type: "Feature", properties, geometry: geometry && standard(geometry) };
          write(`${separator}${JSON.stringify(feature)}`);
          separator = ",\n";
        }
        write("\n]}\n");
      } finally {
        closeSync(file);
      }
    },
    { unwritable: "vector-unwritable" },
  );
}
