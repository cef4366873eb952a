import type { MultiLineString, MultiPolygon, Polygon, Position } from "geojson";
import { feature } from "topojson-client";
import type { GeometryCollection, MultiLineString as LineObject, Topology } from "topojson-specification";
import { continuous, continuousRing, moveEast } from "./clip-lonlat.ts";

/**
 * Land and borders of the world in longitude and latitude. No project is needed; the files belong to the window. What crosses the
 * antimeridian goes on past ±180, so that no edge leads once round the Earth, and land around a pole reaches to it.
 */
export interface World {
  /** each an outer ring and its holes */
  readonly land: readonly (readonly Position[])[][];
  readonly borders: readonly (readonly Position[])[];
}

export interface Place {
  readonly name: string;
  readonly population: number;
  readonly lonLat: readonly [longitude: number, latitude: number];
  readonly capital: boolean;
}

const addresses = {
  coarse: new URL("../../resources/basemap/world-50m.json", import.meta.url).href,
  fine: new URL("../../resources/basemap/world-10m.json", import.meta.url).href,
  places: new URL("../../resources/basemap/places.json", import.meta.url).href,
};

const loaded = new Map<string, Promise<unknown>>();

/** Each file is fetched once; a failure may be tried again. */
function once<T>(address: string, read: (json: unknown) => T): Promise<T> {
  const known = loaded.get(address) as Promise<T> | undefined;
  if (known) return known;
  const loading = fetch(address)
    .then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status} ${address}`);
      return answer.json();
    })
    .then(read);
  loaded.set(address, loading);
  loading.catch(() => loaded.delete(address));
  return loading;
}

/** Holes lie on the same turn round the Earth as what they are in. */
function continuousPolygon(rings: readonly (readonly Position[])[]): (readonly Position[])[] {
  const [outer = [], ...holes] = rings.map(continuousRing);
  const middle = (ring: readonly Position[]): number => {
    const xs = ring.map(([x]) => x!);
    return (xs.reduce((least, x) => Math.min(least, x)) + xs.reduce((most, x) => Math.max(most, x))) / 2;
  };
  return [outer, ...holes.map((hole) => moveEast(hole, 360 * Math.round((middle(outer) - middle(hole)) / 360)))];
}

/** Natural Earth at 1 : 50 million (`coarse`, 0.7 MB) or 1 : 10 million (`fine`, 3.6 MB). */
export const loadWorld = (detail: "coarse" | "fine"): Promise<World> =>
  once(addresses[detail], (json) => {
    const topology = json as Topology;
    const land = feature(topology, topology.objects.land as GeometryCollection);
    const lines = feature(topology, topology.objects.borders as LineObject);
    const borders = lines.geometry as MultiLineString;
    const shapes = "features" in land ? land.features.map(({ geometry }) => geometry) : [];
    return {
      land: (shapes as (Polygon | MultiPolygon)[])
        .flatMap((shape) => (shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates))
        .map(continuousPolygon),
      borders: borders.coordinates.map(continuous),
    };
  });

/** Places of 2,000 people and more, the largest first. */
export const loadPlaces = (): Promise<readonly Place[]> =>
  once(addresses.places, (json) => {
    const { names, population, lonLat, capitals } = json as {
      readonly names: readonly string[];
      readonly population: readonly number[];
      readonly lonLat: readonly number[];
      readonly capitals: readonly number[];
    };
    const first = new Set(capitals);
    return names.map((name, i) => ({
      name,
      population: population[i]!,
      lonLat: [lonLat[2 * i]!, lonLat[2 * i + 1]!],
      capital: first.has(i),
    }));
  });
