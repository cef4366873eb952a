/** Acquisitions → modalities: what the network could take as inputs, and whether every date has what its modality needs. */
import {
  type Acquisition,
  type AcquisitionPiece,
  bandNamesOf,
  bandsOfPiece,
  bandsRead,
  clearSclClasses,
  type DuplicateDates,
  type Modality,
  measuredPieces,
  patchPixels,
  type SensorId,
  sentinel2LandBands,
} from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { passGap, secondsOf } from "./mosaic.ts";

export interface ModalityOptions {
  /** side of a patch in metres: the finest thing the map can show */
  readonly patchMeters: number;
  /** what several products of one day become; `error` until somebody decides */
  readonly duplicateDates?: DuplicateDates;
  /** pixel size of the files by modality, for sensors that have none of their own (aerial images) */
  readonly nativeMeters?: Readonly<Record<string, number>>;
}

/** A patch of fewer pixels has no texture to look at: such a picture is read as a series of one date, as the published single-date models do. */
const leastImagePixels = 8;

/** A modality per sensor (and per pass for radar): images for single dates, series for more. */
export function proposeModalities(acquisitions: readonly Acquisition[], options: ModalityOptions): Modality[] {
  // A scene classification without its image is no input.
  const measured = acquisitions.filter((acquisition) => measuredPieces(acquisition).length > 0);
  const groups = Map.groupBy(inOrderOfTime(measured), modalityName);
  return [...groups]
    .sort(([p], [q]) => order(p) - order(q) || (p < q ? -1 : 1))
    .map(([name, members]) => {
      const sensor = members[0]!.sensor;
      const native = usualResolution(sensor) ?? options.nativeMeters?.[name] ?? options.patchMeters;
      const pixels = Math.max(1, Math.round(options.patchMeters / native));
      const dates = new Set(members.map((member) => member.date)).size;
      return {
        name,
        kind: pixels >= leastImagePixels && (sensor === "aerial" || dates === 1) ? "image" : "series",
        sensor,
        bands: usualBandsOf(members),
        resolutionMeters: options.patchMeters / pixels,
        patchPixels: patchPixels(options.patchMeters, options.patchMeters / pixels),
        acquisitions: members.map((member) => member.id),
        duplicateDates: options.duplicateDates ?? "error",
        resampling: "bilinear",
        clearClasses: sensor === "sentinel-2" ? clearSclClasses : [],
      };
    });
}

/** Pieces of an acquisition without some of the modality's bands. A mask alone is none. */
export function incompletePieces(
  modality: Pick<Modality, "bands" | "readAs">,
  acquisition: Acquisition,
): { readonly piece: AcquisitionPiece; readonly missing: readonly string[] }[] {
  return measuredPieces(acquisition).flatMap((piece) => {
    const names = new Set(bandsOfPiece(piece).map((band) => band.name));
    const missing = bandsRead(modality).filter((band) => !names.has(band));
    return missing.length > 0 ? [{ piece, missing }] : [];
  });
}

/** True when at least one place of an acquisition has all bands of the modality; bands of the other places may be imported later. */
export function suppliesBands(modality: Pick<Modality, "bands" | "readAs">, acquisition: Acquisition): boolean {
  return incompletePieces(modality, acquisition).length < measuredPieces(acquisition).length;
}

/** True when two acquisitions are products of one overpass, as far as is known, and so no independent observations. */
function samePass(p: Acquisition, q: Acquisition): boolean {
  const fits = (a: unknown, b: unknown) => a === undefined || b === undefined || a === b;
  if (p.sensor !== q.sensor || p.date !== q.date) return false;
  if (!fits(p.platform, q.platform) || !fits(p.relativeOrbit, q.relativeOrbit) || !fits(p.pass, q.pass)) return false;
  return !p.time || !q.time || Math.abs(secondsOf(p.time) - secondsOf(q.time)) <= passGap(p.sensor);
}

/** Acquisitions of one overpass that are there several times, day by day. */
export function duplicateAcquisitions(acquisitions: readonly Acquisition[]): Acquisition[][] {
  return [...Map.groupBy(acquisitions, ({ date }) => date).values()].flatMap((sameDay) => {
    const twins = sameDay.filter((one) => sameDay.some((other) => other !== one && samePass(one, other)));
    return twins.length > 1 ? [twins] : [];
  });
}

/**
 * Every acquisition has the bands its modality needs, and no overpass is there twice unless somebody said what becomes of it.
 * @throws AppError "acquisition-missing-bands", "acquisition-duplicate-date"
 */
export function checkModality(modality: Modality, acquisitions: readonly Acquisition[]): void {
  for (const member of membersOf(modality, acquisitions)) {
    if (suppliesBands(modality, member)) continue;
    const [incomplete] = incompletePieces(modality, member);
    const path = (incomplete?.piece ?? member.pieces[0])?.files[0]?.path ?? member.id;
    const missing = incomplete?.missing ?? bandsRead(modality);
    throw new AppError("acquisition-missing-bands", { path, date: member.date, missing, modality: modality.name });
  }
  if (modality.kind === "image" || modality.duplicateDates !== "error") return;
  const [twins] = duplicateAcquisitions(membersOf(modality, acquisitions));
  if (!twins) return;
  const paths = twins.map((member) => measuredPieces(member)[0]?.files[0]?.path ?? member.id);
  throw new AppError("acquisition-duplicate-date", { date: twins[0]!.date, modality: modality.name, paths });
}

/** One date of a modality: several acquisitions where products of a day are merged. */
export interface SeriesDate {
  readonly date: string;
  readonly acquisitions: readonly Acquisition[];
}

/**
 * The dates of a series in order of time; the single date of an image.
 * @throws AppError "acquisition-missing-bands", "acquisition-duplicate-date"
 */
export function seriesDates(modality: Modality, acquisitions: readonly Acquisition[]): SeriesDate[] {
  checkModality(modality, acquisitions);
  const members = inOrderOfTime(membersOf(modality, acquisitions));
  if (modality.kind === "image") {
    // One picture of all: the newest on top.
    return members.length === 0 ? [] : [{ date: members.at(-1)!.date, acquisitions: members.reverse() }];
  }
  if (modality.duplicateDates === "merge") {
    return [...Map.groupBy(members, (member) => member.date)].map(([date, sameDay]) => ({
      date,
      acquisitions: sameDay,
    }));
  }
  // The clearest of each place stands in the first mosaic, and the others are no members; should one be, it fills the holes.
  if (modality.duplicateDates === "best") return firstWithCopies(members);
  return members.map((member) => ({ date: member.date, acquisitions: [member] }));
}

function firstWithCopies(members: readonly Acquisition[]): SeriesDate[] {
  const dates: { date: string; acquisitions: Acquisition[] }[] = [];
  for (const member of members) {
    const home = dates.find(({ date, acquisitions }) => date === member.date && samePass(acquisitions[0]!, member));
    if (home) home.acquisitions.push(member);
    else dates.push({ date: member.date, acquisitions: [member] });
  }
  for (const { acquisitions } of dates) acquisitions.sort((p, q) => (p.copy ?? 1) - (q.copy ?? 1));
  return dates;
}

/** The acquisitions of a modality, in its order. */
export function membersOf(modality: Modality, acquisitions: readonly Acquisition[]): Acquisition[] {
  const byId = new Map(acquisitions.map((acquisition) => [acquisition.id, acquisition]));
  return modality.acquisitions.map((id) => {
    const found = byId.get(id);
    if (!found) throw new Error(`Modality ${modality.name}: no acquisition ${id}`);
    return found;
  });
}

function inOrderOfTime(acquisitions: readonly Acquisition[]): Acquisition[] {
  const moment = (acquisition: Acquisition) =>
    `${acquisition.date}T${acquisition.time ?? "00:00:00"} ${acquisition.id}`;
  return [...acquisitions].sort((p, q) => (moment(p) < moment(q) ? -1 : 1));
}

/** What an acquisition's modality is called: products of one name are one input of the network. */
export function modalityName(acquisition: Pick<Acquisition, "sensor" | "level" | "pass" | "pieces">): string {
  const { sensor, level, pass } = acquisition;
  // Top-of-atmosphere and surface reflectance are not mixed in one series.
  if (sensor === "sentinel-2") return level === "L1C" ? "s2-l1c" : "s2";
  if (sensor === "sentinel-1") return pass ? `s1-${pass === "ascending" ? "asc" : "des"}` : "s1";
  if (sensor !== "other") return sensor;
  // Images of no known sensor belong together when they have the same bands: `ndvi-evi`.
  const words = bandNamesOf(acquisition).map((name) => name.toLowerCase().replace(/[^a-z0-9]+/g, ""));
  return (
    words
      .filter((word) => word !== "")
      .join("-")
      .slice(0, 40) || "other"
  );
}

/** The official order: image first, then optical, then radar. */
function order(name: string): number {
  const known = ["aerial", "s2", "s2-l1c", "s1-asc", "s1-des", "s1", "landsat"];
  const index = known.indexOf(name);
  return index === -1 ? known.length : index;
}

/** Sentinel data are put on a 10 m grid, as the network was published. */
function usualResolution(sensor: SensorId): number | undefined {
  return sensor === "sentinel-2" || sensor === "sentinel-1" ? 10 : undefined;
}

/**
 * The list of bands most pieces have; of two as frequent the one that more of them can fill. For Sentinel-2 without the 60 m bands, which observe the atmosphere and not the land.
 */
function usualBandsOf(members: readonly Acquisition[]): string[] {
  const { sensor } = members[0]!;
  const lists = members.flatMap((member) =>
    measuredPieces(member).map((piece) => bandsOfPiece(piece, sensor).map(({ name }) => name)),
  );
  const counts = [...Map.groupBy(lists, (list) => list.join("\n"))].map(([, same]) => ({
    list: same[0]!,
    count: same.length,
    filled: lists.filter((list) => same[0]!.every((name) => list.includes(name))).length,
  }));
  const [most] = counts.sort((p, q) => q.count - p.count || q.filled - p.filled || q.list.length - p.list.length);
  const names = most?.list ?? [];
  const land = names.filter((name) => sentinel2LandBands.includes(name));
  return sensor === "sentinel-2" && land.length > 0 ? land : names;
}
