// Where a new project would lie: the places of files, and what an area becomes in whole patches of a CRS.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { endingOf, imageEndings, tableEndings, vectorEndings } from "../../../src-shared/domain/file-endings.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Bounds, union } from "../../../src-shared/geo/bounds.ts";
import { type Crs, epsgCode, utmEpsg } from "../../../src-shared/geo/crs.ts";
import { boundsOf, resolutionOf } from "../../../src-shared/geo/geobox.ts";
import type { AreaOfFile, ProjectPlan } from "../../../src-shared/ipc/app.ts";
import { boundsOfPatches, type Grid, type PatchWindow, patchesCovering } from "../../cube/index.ts";
import { filesBelow } from "../../files/index.ts";
import { crsEntry, crsName, isGeographic, lonLatBounds, sameCrs, transformer } from "../../raster/index.ts";
import { boundsIn, edgeOf, vectorFacts } from "../layers/vectors.ts";
import { imageFiles, knownCrs, readRasterInfo } from "../rasters/info.ts";

/** The largest area that a project can handle: 4 billion patches of 10 m are the land of France and Spain. */
const mostPatches = 2 ** 32;

/**
 * The places of images and vector files. An image below a folder may have none that is known, as long as another one has; the import names it.
 * @throws AppError why a file that was named by itself, or the first image of a folder of which none has a place, cannot be read
 * @throws AppError "no-images-found" when a folder holds none
 */
export async function areaOfFiles(paths: readonly string[], crs: string | undefined): Promise<AreaOfFile[]> {
  const given = crs === undefined ? undefined : knownCrs(crs);
  const areas: AreaOfFile[] = [];
  for (const path of paths) {
    if (isVector(path) || !isFolder(path)) areas.push(await placeOf(resolve(path), given));
    else areas.push(...(await placesBelow(path, given)));
  }
  if (areas.length === 0) throw new AppError("no-images-found", { paths });
  return areas;
}

async function placesBelow(folder: string, crs: Crs | undefined): Promise<AreaOfFile[]> {
  const areas: AreaOfFile[] = [];
  let refusal: AppError | undefined;
  for (const image of imageFiles([folder])) {
    try {
      areas.push(await placeOf(image, crs));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refusal ??= error;
    }
  }
  if (areas.length === 0 && refusal) throw refusal;
  return areas;
}

async function placeOf(path: string, crs: Crs | undefined): Promise<AreaOfFile> {
  if (isVector(path)) {
    const facts = await factsOf(path, crs);
    const lonLat = boundsIn(facts.bounds, facts.crs, "EPSG:4326");
    if (!lonLat) throw new AppError("raster-outside-crs", { crs: facts.crs });
    return {
      path,
      kind: "vector",
      crs: facts.crs,
      crsName: crsName(facts.crs),
      bounds: facts.bounds,
      lonLat,
      resolution: null,
    };
  }
  const { geobox } = await infoOf(path, crs);
  const lonLat = lonLatBounds(geobox);
  if (!lonLat) throw new AppError("raster-outside-crs", { crs: geobox.crs });
  return {
    path,
    kind: "raster",
    crs: geobox.crs,
    crsName: crsName(geobox.crs),
    bounds: boundsOf(geobox),
    lonLat,
    resolution: resolutionOf(geobox).x,
  };
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The system and the box of a project over several places: images, folders of images and vector files. */
export interface ProjectPlaces {
  readonly crs: Crs;
  readonly bounds: Bounds;
  readonly places: readonly AreaOfFile[];
  /** files below folders whose place nobody knows, each with the reason */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * What several files have in common: their system when all have one that counts in metres (or the one that was asked for),
 * else the UTM zone in their middle, and the box around all. A file named by itself has to be readable; one below a folder
 * may be left out.
 * @throws AppError "project-crs-geographic" when the system that was asked for counts in degrees
 * @throws AppError "project-places-apart" when no UTM zone holds all of them and none was asked for
 */
export async function projectOfPlaces(paths: readonly string[], wanted: string | undefined): Promise<ProjectPlaces> {
  const places: AreaOfFile[] = [];
  const skipped: { path: string; reason: string }[] = [];
  for (const path of paths) {
    const inFolder = isFolder(path);
    for (const file of inFolder ? placedBelow(path) : [path]) {
      try {
        places.push(...(await areaOfFiles([file], wanted)));
      } catch (error) {
        if (!inFolder || !(error instanceof AppError)) throw error;
        skipped.push({ path: file, reason: error.message });
      }
    }
  }
  if (places.length === 0) throw new AppError("no-images-found", { paths: [...paths] });
  const crs = wanted === undefined ? commonCrs(places) : knownCrs(wanted);
  if (isGeographic(crs)) throw new AppError("project-crs-geographic", { crs });
  let bounds: Bounds | undefined;
  for (const place of places) {
    const own = sameCrs(place.crs, crs) ? place.bounds : boundsIn(place.bounds, place.crs, crs);
    if (!own) throw new AppError("raster-outside-crs", { crs });
    bounds = bounds ? union(bounds, own) : own;
  }
  return { crs, bounds: bounds!, places, skipped };
}

/** Images and vector files of a folder; of tables few have places. */
const placedBelow = (folder: string): string[] =>
  filesBelow(folder).filter((file) => [...imageEndings, ...vectorEndings].includes(endingOf(file)));

/** A zone is meant for 6°; a few degrees more change the scale, but stay correct. */
const widestZone = 12;

function commonCrs(places: readonly AreaOfFile[]): Crs {
  // Files say one system in several ways: of those the one with a code is kept. Images decide before outlines.
  const images = places.filter(({ kind }) => kind === "raster");
  const deciding = images.length > 0 ? images : places;
  const named = deciding.find(({ crs }) => epsgCode(crs) !== undefined) ?? deciding[0]!;
  if (!isGeographic(named.crs) && deciding.every(({ crs }) => sameCrs(crs, named.crs))) return named.crs;
  const lonLat = places.map((place) => place.lonLat).reduce(union);
  if (lonLat.maxX - lonLat.minX > widestZone) {
    const degrees = Math.round(lonLat.maxX - lonLat.minX);
    throw new AppError("project-places-apart", { degrees });
  }
  return utmEpsg((lonLat.minX + lonLat.maxX) / 2, (lonLat.minY + lonLat.maxY) / 2);
}

/** A CRS that a person gives is for files that name none. */
async function factsOf(path: string, crs: Crs | undefined) {
  try {
    return await vectorFacts(path);
  } catch (error) {
    if (crs === undefined || !(error instanceof AppError && error.code === "labels-without-crs")) throw error;
    return vectorFacts(path, { crs });
  }
}

async function infoOf(path: string, crs: string | undefined) {
  try {
    return await readRasterInfo(path);
  } catch (error) {
    if (crs === undefined || !(error instanceof AppError && /^raster-(without-crs|crs-unusable)$/.test(error.code)))
      throw error;
    return readRasterInfo(path, crs);
  }
}

/** Read as shapes; a table of points among them, where somebody names it. */
const isVector = (path: string): boolean => [...vectorEndings, ...tableEndings].includes(endingOf(path));

export interface PlanRequest {
  readonly area: { readonly crs: string; readonly bounds: Bounds };
  readonly crs: string | null;
  readonly patchMeters: number;
  readonly tilePatches: number;
}

/**
 * The patches of a project's area.
 * @throws project-area-too-large, raster-outside-crs when the area is no place on Earth
 */
export function projectPatches(grid: Grid, bounds: Bounds): PatchWindow {
  const { crs, patchMeters } = grid;
  const patches = patchesCovering(grid, bounds);
  const count = patches.width * patches.height;
  if (!(count <= mostPatches)) {
    const squareKilometers = Math.round(((bounds.maxX - bounds.minX) * (bounds.maxY - bounds.minY)) / 1e6);
    throw new AppError("project-area-too-large", {
      squareKilometers,
      patch: patchMeters,
      patches: count,
      most: mostPatches,
    });
  }
  // Coordinates farther from the origin than a few circumferences of the Earth are damaged.
  const far = Math.max(...[bounds.minX, bounds.minY, bounds.maxX, bounds.maxY].map(Math.abs));
  if (!(far < 1e9)) throw new AppError("raster-outside-crs", { crs });
  return patches;
}

/** The area in whole patches, its edge on Earth, and whether the CRS fits the place. */
export function planProject({ area, crs: wanted, patchMeters, tilePatches }: PlanRequest): ProjectPlan {
  const source = knownCrs(area.crs);
  const onEarth = boundsIn(area.bounds, source, "EPSG:4326");
  if (!onEarth) throw new AppError("raster-outside-crs", { crs: source });
  const centre = { lon: (onEarth.minX + onEarth.maxX) / 2, lat: (onEarth.minY + onEarth.maxY) / 2 };
  const utm = utmEpsg(((centre.lon + 540) % 360) - 180, centre.lat);
  const crs = wanted === null ? utm : knownCrs(wanted);
  if (isGeographic(crs)) throw new AppError("project-crs-geographic", { crs });
  const bounds = source === crs ? area.bounds : boundsIn(area.bounds, source, crs);
  if (!bounds) throw new AppError("raster-outside-crs", { crs });
  const grid = { crs, patchMeters };
  const patches = projectPatches(grid, bounds);
  const whole = boundsOfPatches(grid, patches);
  const toEarth = transformer(crs, "EPSG:4326");
  const outline = [...edgeOf(whole)].map(([x, y]) => toEarth.forward(x, y));
  const meant = crsEntry(crs)?.lonLat;
  // The zone that was meant for a place reaches a little beyond its frame.
  const margin = 0.5;
  const outsideCrs =
    meant !== undefined &&
    outline.some(
      ([lon, lat]) =>
        lat < meant.minY - margin ||
        lat > meant.maxY + margin ||
        (meant.minX <= meant.maxX
          ? lon < meant.minX - margin || lon > meant.maxX + margin
          : lon < meant.minX - margin && lon > meant.maxX + margin),
    );
  return {
    crs,
    crsName: crsName(crs),
    bounds: whole,
    squareKilometers: ((whole.maxX - whole.minX) * (whole.maxY - whole.minY)) / 1e6,
    columns: patches.width,
    rows: patches.height,
    tileColumns: Math.floor(patches.width / tilePatches),
    tileRows: Math.floor(patches.height / tilePatches),
    outline,
    utm: { code: utm, name: crsName(utm) },
    outsideCrs,
    scale: scaleAt(whole, toEarth.forward),
  };
}

/** How long a metre of the map is beside one on the ground, at the centre, along the parallel and the meridian. */
function scaleAt(bounds: Bounds, toEarth: (x: number, y: number) => [number, number]): number {
  const x = (bounds.minX + bounds.maxX) / 2;
  const y = (bounds.minY + bounds.maxY) / 2;
  const step = 100;
  const ground = Math.sqrt(
    distance(toEarth(x, y), toEarth(x + step, y)) * distance(toEarth(x, y), toEarth(x, y + step)),
  );
  return step / ground;
}

/** Between two near places on the WGS 84 ellipsoid, in metres. */
function distance([lon1, lat1]: readonly [number, number], [lon2, lat2]: readonly [number, number]): number {
  const radians = Math.PI / 180;
  const flattening = 1 / 298.257223563;
  const squared = flattening * (2 - flattening);
  const sine = Math.sin(((lat1 + lat2) / 2) * radians);
  const w = 1 - squared * sine * sine;
  const meridian = (6_378_137 * (1 - squared)) / w ** 1.5;
  const parallel = (6_378_137 / Math.sqrt(w)) * Math.cos(((lat1 + lat2) / 2) * radians);
  return Math.hypot((lat2 - lat1) * radians * meridian, (lon2 - lon1) * radians * parallel);
}

/** A folder below `base` that does not exist or is empty, named after the project. */
export function suggestedFolder(base: string, name: string): string {
  const word =
    name
      .trim()
      .replace(/[\\/:*?"<>|\s]+/g, "-")
      .replace(/^[-.]+|[-.]+$/g, "") || "project";
  for (let n = 1; ; n++) {
    const folder = join(base, n === 1 ? word : `${word}-${n}`);
    if (!existsSync(folder) || readdirSync(folder).length === 0) return folder;
  }
}
