// The curves of several places as one table: a row per place and date, a column per band and index, with its unit.

import { type Cell, csv } from "../../../src-shared/domain/csv.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { Place, PlaceSeries, Variable } from "../../../src-shared/ipc/inspect.ts";
import { boundsOfGeometry } from "../../vector/index.ts";

export interface NamedSeries {
  readonly name: string;
  readonly place: Place;
  readonly series: PlaceSeries;
}

/** CSV as RFC 4180 has it, with a dot in numbers whatever the language: it is meant for programs. */
export function seriesTable(
  places: readonly NamedSeries[],
  crs: Crs,
): { readonly text: string; readonly rows: number } {
  const variables = new Map<string, Variable>();
  for (const { series } of places)
    for (const group of series.groups)
      for (const variable of group.variables) variables.set(variable.name, variables.get(variable.name) ?? variable);
  const names = [...variables.keys()];
  const spread = places.some(({ place }) => place.kind === "polygon");
  const unit = (name: string) => {
    const of = variables.get(name)!.unit;
    return of === "" || of === "ratio" ? name : `${name} (${of})`;
  };
  const header = [
    "place",
    "kind",
    `x (${crs})`,
    `y (${crs})`,
    "sensor",
    "pass",
    "date",
    "time (UTC)",
    "acquisition",
    "state",
    "clear share",
    "pixels",
    ...names.map(unit),
    ...(spread ? names.map((name) => `${name} standard deviation`) : []),
  ];
  const lines = places.flatMap(({ name, place, series }) =>
    series.groups.flatMap((group) => {
      const at = (wanted: string) => group.variables.findIndex((variable) => variable.name === wanted);
      const columns = names.map(at);
      return group.observations.map((observation) => [
        name,
        place.kind,
        ...middleOf(place),
        group.sensor,
        group.pass ?? "",
        observation.date,
        observation.time ?? "",
        observation.acquisition,
        observation.state,
        observation.clearShare,
        observation.count,
        ...columns.map((column) => observation.values[column] ?? null),
        ...(spread ? columns.map((column) => observation.deviations?.[column] ?? null) : []),
      ]);
    }),
  );
  return { text: csv([header, ...lines.map((line) => line.map(shortened))]), rows: lines.length };
}

/** The point itself, or the middle of the rectangle around a polygon. */
function middleOf(place: Place): readonly [number, number] {
  if (place.kind === "point") return [place.x, place.y];
  const bounds = boundsOfGeometry({ type: "MultiPolygon", coordinates: place.coordinates })!;
  return [(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2];
}

/** Seven digits are what a float32 holds. */
const shortened = (value: Cell): Cell =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value;
