import { AppError } from "../../../src-shared/errors/index.ts";
import type { Crs, DatumDoubt } from "../../../src-shared/geo/crs.ts";
import type { LabelFile } from "../../../src-shared/ipc/labels.ts";
import { datumDoubt } from "../../raster/crs.ts";
import { isPolygonal } from "../geometry/geometry.ts";
import { valueKey } from "../labels/class-table.ts";
import type { FeatureLayer } from "./feature.ts";

/** Values of a field that are counted: more than classes can be. */
const countedValues = 300;

/** What a file of labels holds, in steps, shape by shape; yields how many were looked at. */
export function* inspecting(layer: FeatureLayer): Generator<number, LabelFile> {
  const distinct = new Map(layer.fields.map(({ name }) => [name, new Map<string, string>()]));
  let shapes = 0;
  let polygons = 0;
  let points = 0;
  for (const { geometry, properties } of layer.features) {
    shapes++;
    if (geometry && isPolygonal(geometry)) polygons++;
    if (geometry?.type === "Point" || geometry?.type === "MultiPoint") points++;
    for (const [name, values] of distinct) {
      const value = properties[name];
      const key = valueKey(value);
      if (key !== undefined && values.size < countedValues && !values.has(key)) values.set(key, String(value).trim());
    }
    yield shapes;
  }
  const fields = layer.fields.map(({ name, type }) => {
    const values = [...distinct.get(name)!.values()];
    return { name, type, distinct: values.length, examples: values.slice(0, 4) };
  });
  return {
    path: layer.path,
    layer: layer.layer,
    layers: layer.layers.map(({ name, geometryType, crs }) => ({
      name,
      geometryType: geometryType ?? null,
      crs: crs ?? null,
    })),
    crs: layer.crs ?? null,
    datumDoubt: datumDoubtOf(layer.crs),
    shapes,
    polygons,
    points,
    table: layer.table ?? null,
    raster: false,
    fields,
    suggestedField: likelyField(fields, shapes),
  };
}

/** What is doubtful about the place of a file's shapes; a system that cannot be honoured is refused when they are asked for. */
export function datumDoubtOf(crs: Crs | undefined): DatumDoubt | null {
  try {
    return (crs === undefined ? undefined : datumDoubt(crs)) ?? null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

const classLike = /class|crop|culture|label|type|species|essence|code|cover|categor|espece|esp[eè]ce|legend|kind/i;

/** Few values, many shapes, a name that sounds like a class; text before numbers. */
function likelyField(fields: LabelFile["fields"], shapes: number): string | null {
  const rated = fields
    .filter(({ distinct, type }) => distinct >= 1 && distinct <= 254 && type !== "binary" && type !== "date")
    .filter(({ distinct }) => shapes < 4 || distinct <= shapes * 0.7)
    .map(({ name, type, distinct }) => ({
      name,
      score:
        (classLike.test(name) ? 2 : 0) +
        (/name|nom|label/i.test(name) ? 0.5 : 0) +
        (type === "text" ? 1 : type === "integer" ? 0.4 : 0) +
        (distinct >= 2 && distinct <= 60 ? 1 : 0),
    }))
    .toSorted((p, q) => q.score - p.score);
  return rated[0]?.name ?? null;
}
