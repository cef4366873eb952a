/** Acquisitions → modalities: what the network could take as inputs, and whether every date has what its modality needs. */
import {
  type Acquisition,
  clearSclClasses,
  type DuplicateDates,
  type Modality,
  patchPixels,
  type SensorId,
  sentinel2LandBands,
} from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";

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
  // A scene classification whose image was not given is no input.
  const measured = acquisitions.filter((acquisition) => acquisition.bands.length > 0);
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

/** Every acquisition has the bands its modality needs, and no day has two products unless somebody said what they become. */
export function checkModality(modality: Modality, acquisitions: readonly Acquisition[]): void {
  const members = membersOf(modality, acquisitions);
  for (const member of members) {
    const names = member.bands.map((band) => band.name);
    const missing = modality.bands.filter((band) => !names.includes(band));
    if (missing.length > 0) {
      const path = member.bands[0]?.path ?? member.quality?.path ?? member.id;
      throw new AppError("acquisition-missing-bands", { path, date: member.date, missing, modality: modality.name });
    }
  }
  if (modality.kind === "image" || modality.duplicateDates !== "error") return;
  for (const [date, sameDay] of Map.groupBy(members, (member) => member.date)) {
    if (sameDay.length < 2) continue;
    const paths = sameDay.map((member) => member.bands[0]!.path);
    throw new AppError("acquisition-duplicate-date", { date, modality: modality.name, paths });
  }
}

/** Keeps, of the products of one day, the one with the largest clear share (of equals the first). */
export function keepBest(
  modality: Modality,
  acquisitions: readonly Acquisition[],
  clearShares: ReadonlyMap<string, number>,
): Modality {
  const kept: string[] = [];
  for (const sameDay of Map.groupBy(membersOf(modality, acquisitions), (member) => member.date).values()) {
    const shares = sameDay.map((member) => clearShares.get(member.id) ?? 0);
    kept.push(sameDay[shares.indexOf(Math.max(...shares))]!.id);
  }
  return { ...modality, acquisitions: kept };
}

/** One date of a modality: several acquisitions where products of a day are merged. */
export interface Step {
  readonly date: string;
  readonly acquisitions: readonly Acquisition[];
}

/** The dates of a series in order of time; the single step of an image. */
export function stepsOf(modality: Modality, acquisitions: readonly Acquisition[]): Step[] {
  checkModality(modality, acquisitions);
  const members = inOrderOfTime(membersOf(modality, acquisitions));
  if (modality.kind === "image") {
    // One picture of all: the newest on top.
    return members.length === 0 ? [] : [{ date: members.at(-1)!.date, acquisitions: members.reverse() }];
  }
  // “best” is settled by `keepBest` once pixels have been looked at; until then the pixels themselves decide.
  if (modality.duplicateDates === "merge" || modality.duplicateDates === "best") {
    return [...Map.groupBy(members, (member) => member.date)].map(([date, sameDay]) => ({
      date,
      acquisitions: sameDay,
    }));
  }
  return members.map((member) => ({ date: member.date, acquisitions: [member] }));
}

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
export function modalityName({ sensor, level, pass, bands }: Acquisition): string {
  // What the satellite sees and what the ground reflects are not one series.
  if (sensor === "sentinel-2") return level === "L1C" ? "s2-l1c" : "s2";
  if (sensor === "sentinel-1") return pass ? `s1-${pass === "ascending" ? "asc" : "des"}` : "s1";
  if (sensor !== "other") return sensor;
  // Images of no known sensor belong together when they have the same bands: `ndvi-evi`.
  const words = bands.map((band) => band.name.toLowerCase().replace(/[^a-z0-9]+/g, ""));
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

/** The list of bands most acquisitions have; for Sentinel-2 without the 60 m bands, which see the air and not the land. */
function usualBandsOf(members: readonly Acquisition[]): string[] {
  const lists = members
    .filter((member) => member.bands.length > 0)
    .map((member) => member.bands.map((band) => band.name).join(" "));
  const counts = [...Map.groupBy(lists, (list) => list)].map(([list, same]) => ({ list, count: same.length }));
  const most = counts.reduce((best, next) => (next.count > best.count ? next : best), { list: "", count: 0 });
  const names = most.list.split(" ").filter((name) => name !== "");
  const land = names.filter((name) => sentinel2LandBands.includes(name));
  return members[0]!.sensor === "sentinel-2" && land.length > 0 ? land : names;
}
