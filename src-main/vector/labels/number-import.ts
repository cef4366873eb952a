import type { NumberDrop, NumberMeaning, NumberReport } from "../../../src-shared/domain/numbers.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply, invert } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { decimalIn, numberIn } from "../formats/csv-table.ts";
import type { Feature, FeatureLayer, PropertyValue } from "../formats/feature.ts";
import { expectField } from "./class-table.ts";
import { type ImportedPolygon, importingLabels, transformOf } from "./label-import.ts";

export interface NumberImportOptions extends Pick<NumberMeaning, "minimum" | "maximum"> {
  /** the field that holds the number */
  readonly field: string;
  /** numbers of the file that stand for no data */
  readonly nodata: readonly number[];
  /** the project's patches */
  readonly grid: GeoBox;
  /** x and y of the file are exchanged */
  readonly swap: boolean;
}

/** A place with its number. */
export type ImportedNumber = Pick<ImportedPolygon, "sourceId" | "coordinates" | "cells" | "point" | "patches"> & {
  readonly value: number;
};

export interface NumberImport {
  readonly places: readonly ImportedNumber[];
  readonly report: NumberReport;
}

/** Nothing that is measured on the ground is larger, whatever its unit. */
const absurd = 1e12;
/** Numbers that programs write where nothing is known. */
const usualNodata: ReadonlySet<number> = new Set([-9999, -99_999, -32_768, -3.4028234663852886e38]);
/** A number so many times the middle half of all away from it is named. */
const farOff = 20;

/**
 * The number of a field's value: texts such as “12,5” too. What is none says why.
 * @param decimal the sign that is decimal in the texts of the field
 * @returns a number, or the reason
 */
export function numberOf(
  value: PropertyValue | undefined,
  { minimum, maximum, nodata }: Pick<NumberImportOptions, "minimum" | "maximum" | "nodata">,
  decimal: "." | "," = ".",
): number | NumberDrop {
  if (value === null || value === undefined) return "no-number";
  let found: number;
  if (typeof value === "number") found = value;
  else if (typeof value === "boolean") return "text";
  else {
    const text = value.trim();
    if (text === "") return "no-number";
    if (/^[+-]?(nan|inf(inity)?)$/i.test(text)) return "not-finite";
    const read = numberIn(text, decimal) ?? numberIn(text, decimal === "." ? "," : ".");
    if (read === undefined) return "text";
    found = read;
  }
  if (nodata.includes(found) || nodata.includes(Math.fround(found))) return "no-data";
  if (!Number.isFinite(found)) return "not-finite";
  if (usualNodata.has(found) || usualNodata.has(Math.fround(found)))
    return minimum !== null && minimum <= found ? found : "no-data";
  if (Math.abs(found) > absurd) return "absurd";
  if (minimum !== null && found < minimum) return "below-minimum";
  if (maximum !== null && found > maximum) return "above-maximum";
  return found;
}

/** Numbers of a field that are texts. */
function* textsOf({ features }: FeatureLayer, field: string): Generator<string> {
  for (const { properties } of features) {
    const value = properties[field];
    if (typeof value === "string") yield value;
  }
}

const marker = "\u0000number";

/**
 * The places of a layer with the numbers of a field, in the project's patches, shape by shape; yields how many shapes were looked at. Points on one
 * patch become one place with their mean. Of polygons that overlap the first keeps a patch.
 * @throws AppError "labels-without-field", "labels-without-crs", "labels-outside", "numbers-comma-doubtful", "numbers-not-numeric", "numbers-none-usable"
 */
export function* importingNumbers(layer: FeatureLayer, options: NumberImportOptions): Generator<number, NumberImport> {
  const { field, grid, swap } = options;
  expectField(layer, field);
  const counts = new Map<NumberDrop, number>();
  const drop = (reason: NumberDrop) => counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const { sign: decimal, doubtful } = decimalIn(textsOf(layer, field));
  if (doubtful !== undefined) {
    const [whole, part] = (["", "."] as const).map((sign) => Number(doubtful.replace(",", sign))) as [number, number];
    throw new AppError("numbers-comma-doubtful", { path: layer.path, field, whole, decimal: part });
  }
  const texts = new Set<string>();
  let [total, merged] = [0, 0];
  const transform = transformOf(layer, grid);
  const toPatch = invert(grid.affine);
  const points = new Map<string, { feature: Feature; sum: number; count: number }>();
  const shapes: Feature[] = [];
  const numberAt = new Map<Feature["id"], number>();
  for (const feature of layer.features) {
    yield ++total;
    const value = numberOf(feature.properties[field], options, decimal);
    if (typeof value === "string") {
      drop(value);
      if (value === "text" && texts.size < 3) texts.add(String(feature.properties[field]).slice(0, 40));
      continue;
    }
    const { geometry } = feature;
    // Identifiers of files need not be unique: places are known by their position in the file.
    const own = { ...feature, id: total, properties: { [marker]: "1" } };
    if (geometry?.type === "Point") {
      const [x, y] = geometry.coordinates as readonly [number, number];
      const at = apply(toPatch, ...((swap ? transform(y, x) : transform(x, y)) as [number, number])).map(Math.floor);
      const known = points.get(at.join(" "));
      if (known && at.every(Number.isFinite)) {
        known.sum += value;
        known.count++;
        merged++;
        continue;
      }
      points.set(at.join(" "), { feature: own, sum: value, count: 1 });
    }
    numberAt.set(total, value);
    shapes.push(own);
  }
  for (const { feature, sum, count } of points.values()) numberAt.set(feature.id, sum / count);
  const dropped = () => [...counts].map(([reason, count]) => ({ reason, count }));
  if (shapes.length === 0) {
    if ((counts.get("text") ?? 0) > 0 && counts.size <= 2)
      throw new AppError("numbers-not-numeric", { path: layer.path, field, values: [...texts] });
    throw new AppError("numbers-none-usable", { path: layer.path, field, total, dropped: dropped() });
  }
  const marked: FeatureLayer = { ...layer, fields: [{ name: marker, type: "text" }], features: shapes };
  const table = {
    legend: [{ code: 1, name: field, color: "#808080" }],
    rules: [{ value: "1", classCode: 1 }],
  };
  const labels = importingLabels(marked, { field: marker, table, grid, swap });
  let step = labels.next();
  while (!step.done) {
    yield total;
    step = labels.next();
  }
  for (const { reason } of step.value.report.dropped) drop(reason === "duplicate" ? "overlap" : (reason as NumberDrop));
  const places = step.value.polygons.map(
    ({ sourceId, coordinates, cells, point, patches }): ImportedNumber => ({
      sourceId,
      coordinates,
      cells,
      point,
      patches,
      value: numberAt.get(sourceId)!,
    }),
  );
  const sorted = places.map(({ value }) => value).sort((p, q) => p - q);
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const [first, third] = [quantile(0.25), quantile(0.75)];
  const reach = farOff * Math.max(third - first, 1e-9 * Math.abs(third));
  const far = sorted.filter((value) => value < first - reach || value > third + reach);
  return {
    places,
    report: {
      total,
      used: places.length,
      points: places.filter(({ cells }) => cells !== null).length,
      merged,
      dropped: dropped(),
      low: sorted[0]!,
      high: sorted.at(-1)!,
      mean: sorted.reduce((sum, value) => sum + value / sorted.length, 0),
      farOff: third > first ? [...far.slice(0, 3), ...far.slice(3).slice(-3)] : [],
    },
  };
}
