import { existsSync } from "node:fs";
import { isOfClasses, mapFileKind, pathOfMapLayer } from "../../../src-shared/domain/map-files.ts";
import { percentPerStep } from "../../../src-shared/domain/stored-shares.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import type { Catalog } from "../../catalog/index.ts";
import { openRaster, warp } from "../../raster/index.ts";

/** What a result layer is made of. */
export interface ResultLayer {
  readonly path: string;
  readonly name: string;
  readonly nodata: number;
}

/** The file behind `map:<id>`, `confidence:<id>`, `probabilities:<id>`, `set-size:<id>`, `uncertain:<id>` or `difference:<id>`. */
export function resultLayer(catalog: Catalog, layer: string): ResultLayer {
  const [kind, text] = layer.split(":");
  const id = Number(text);
  const found = ((): ResultLayer | undefined => {
    if (kind === "difference") {
      const { name, result } = catalog.comparisons.get(id);
      return { path: result.path, name, nodata: 0 };
    }
    const drawn = mapFileKind(kind ?? "");
    if (!drawn) return undefined;
    const { name, files } = catalog.maps.get(id);
    const path = pathOfMapLayer(files, drawn);
    return path === undefined ? undefined : { path, name, nodata: isOfClasses(drawn) ? 0 : 255 };
  })();
  if (!found) throw new AppError("layer-not-exportable", { layer });
  if (!existsSync(found.path)) throw new AppError("map-files-missing", { name: found.name, path: found.path });
  return found;
}

/** Values of a result layer in cells over `bounds` (in the project's CRS), for pictures: the nearest pixel of the fitting overview. */
export async function layerWindow(
  catalog: Catalog,
  layer: string,
  bounds: Bounds,
  width: number,
  height: number,
): Promise<{ readonly values: string; readonly nodata: number }> {
  const { path, nodata } = resultLayer(catalog, layer);
  const { crs } = catalog.project.get().grid.geobox;
  const cell = { x: (bounds.maxX - bounds.minX) / width, y: (bounds.maxY - bounds.minY) / height };
  const target = { crs, affine: northUp(bounds.minX, bounds.maxY, cell.x, cell.y), width, height };
  const raster = await openRaster(path);
  try {
    const { bands, valid } = await warp(raster, target, { bands: [1], method: "nearest" });
    // A picture needs no more than per cent; what is stored finer is rounded to them.
    const step =
      layer.startsWith("confidence:") || layer.startsWith("probabilities:") ? percentPerStep(raster.info.dataType) : 1;
    const values = Uint8Array.from(bands[0]!, (value) => Math.min(255, Math.round(value * step)));
    const mask = valid[0];
    if (mask) for (let i = 0; i < mask.length; i++) if (mask[i] === 0) values[i] = nodata;
    return { values: Buffer.from(values).toString("base64"), nodata };
  } finally {
    raster.close();
  }
}
