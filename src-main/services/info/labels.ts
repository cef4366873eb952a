import { endingOf } from "../../../src-shared/domain/file-endings.ts";
import type { LabelFile } from "../../../src-shared/ipc/labels.ts";
import { crsName } from "../../raster/index.ts";
import { readInSubprocess, vectorFormats } from "../../vector/index.ts";
import { type FileInfo, fact } from "./fact.ts";

const mostFields = 40;

/**
 * What a vector file or a table holds: layers, shapes, fields, and the bounds of the layer that is looked at.
 * @throws AppError of the file's reader
 */
export async function labelInfo(
  path: string,
  given: { readonly crs?: string; readonly layer?: string },
): Promise<FileInfo> {
  const found = await readInSubprocess("inspect", { path, options: given });
  const format = vectorFormats.find(({ endings }) => endings.includes(endingOf(path)));
  const { layer, layers, crs, shapes, polygons, points, table, suggestedField } = found;
  const place = crs && shapes > 0 ? await bounds(path, { ...given, layer }) : null;
  const several = layers.length > 1;
  return {
    path,
    kind: "labels",
    reader: format?.name ?? "GeoPackage",
    facts: [
      ...(several ? fact("layers", layers.map(({ name, crs: own }) => `${name} (${own ?? "no coordinate system"})`), "the file") : []), // biome-ignore format: one line
      ...fact("layer", layer, several ? "the first of them; --layer chooses" : "the file"),
      ...fact("shapes", shapesOf(found), "every shape"),
      ...fact("CRS", crs && `${crs.length > 60 ? "" : `${crs} · `}${crsName(crs)}`, given.crs ? "chosen" : (format?.crsFrom ?? "the file")), // biome-ignore format: one line
      ...fact(
        "bounds",
        place?.map((value) => String(Number(value.toPrecision(12)))),
        "the coordinates of all shapes",
      ),
      ...fact("positions", table && ("wkt" in table && table.wkt ? [table.wkt] : [table.x ?? "", table.y ?? ""]), "its columns"), // biome-ignore format: one line
      ...fact("fields", found.fields.slice(0, mostFields).map(fieldText), "the table of attributes"),
      ...fact("field of classes", suggestedField, "the names and values of the fields: a guess"),
    ],
    remarks:
      shapes > 0 && crs === null
        ? ["It does not say in which coordinate system its shapes are. Name one with --crs EPSG:code."]
        : polygons + points === 0 && shapes > 0
          ? ["It holds neither polygons nor points, so no labels can be made of it."]
          : [],
  };
}

function shapesOf({ shapes, polygons, points }: LabelFile): string {
  const parts = [polygons > 0 ? `${polygons} polygons` : "", points > 0 ? `${points} points` : ""].filter(Boolean);
  return `${shapes}${parts.length > 0 ? ` (${parts.join(", ")})` : ""}`;
}

const fieldText = ({ name, type, distinct }: LabelFile["fields"][number]): string =>
  `${name} (${type}, ${distinct}${distinct >= 300 ? "+" : ""} values)`;

/** `null` where no shape has a place. */
async function bounds(
  path: string,
  options: { readonly layer: string; readonly crs?: string },
): Promise<number[] | null> {
  try {
    const { minX, minY, maxX, maxY } = (await readInSubprocess("facts", { path, options })).bounds;
    return [minX, minY, maxX, maxY];
  } catch {
    return null;
  }
}
