import type { Imagery, OtherPlace, PretrainSpec, ProjectGrid } from "../../src-shared/domain/job.ts";
import { type Modality, matchBands, yearOf } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type DayCount, fitSeason, type TrainingPeriod } from "../cube/index.ts";
import { datesOf, dayCountOf } from "./imagery.ts";

// Several places as inputs of one network: what each of them gives it, and what it lacks.

/** One of the places that a pre-training learns from, as the network sees it. */
export interface TrainingPlace {
  /** of its project; empty where the project learns alone */
  readonly name: string;
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  /** its images as inputs of the network, in the network's order; an input without images here is left out */
  readonly modalities: readonly Modality[];
  /** how its dates are counted */
  readonly days: DayCount;
  /** by input: bands of the network that no band here shows */
  readonly lacking: Readonly<Record<string, readonly string[]>>;
  /** dates that no day of the common count stands for: they are not read */
  readonly leftOut: readonly string[];
  /** whole years by which its dates lie after those of the common count */
  readonly years: number;
}

/** What a pre-training gives its network. */
export interface JointInputs {
  readonly places: readonly TrainingPlace[];
  /** the inputs of all places together; of several places without acquisitions */
  readonly modalities: readonly Modality[];
  /** how the model counts dates */
  readonly days: DayCount;
  /** of a tile, in patches: the smallest of all places */
  readonly side: number;
}

/**
 * The inputs of all places of a pre-training together. Bands are matched by wavelength; an input that is a series anywhere is one
 * everywhere, with a single date where there is one.
 * @throws AppError "places-differ-in-patch", "place-without-common-input", "place-bands-differ"
 */
export function jointInputs({
  grid,
  imagery,
  placeName = "",
  others = [],
}: Pick<PretrainSpec, "grid" | "imagery" | "placeName" | "others">): JointInputs {
  const own = { name: placeName, grid, imagery };
  if (others.length === 0) {
    const { modalities } = imagery;
    const days = dayCountOf(imagery);
    return { places: [{ ...own, modalities, days, lacking: {}, leftOut: [], years: 0 }], modalities, days, side: grid.tilePatches }; // biome-ignore format: one value
  }
  const given = [own, ...others];
  for (const place of others) requireFit(place, given);
  const modalities = unionOf(given);
  const { days, counts } = commonCount(given.map((place) => place.imagery));
  const places = given.map((place, index) => placed(place, modalities, counts[index]!));
  return { places, modalities, days, side: Math.min(...given.map((place) => place.grid.tilePatches)) };
}

function requireFit({ name, grid, imagery }: OtherPlace, all: readonly OtherPlace[]): void {
  const { patchMeters } = all[0]!.grid;
  if (grid.patchMeters !== patchMeters)
    throw new AppError("places-differ-in-patch", { place: name, theirs: grid.patchMeters, ours: patchMeters });
  const inputs = imagery.modalities.map((modality) => modality.name);
  const elsewhere = new Set(
    all.filter((place) => place.imagery !== imagery).flatMap((place) => place.imagery.modalities.map((m) => m.name)),
  );
  if (!inputs.some((input) => elsewhere.has(input)))
    throw new AppError("place-without-common-input", { place: name, theirs: inputs, ours: [...elsewhere] });
}

/** Every input that any place has, with all bands of its sensor that any of them has; without acquisitions. */
function unionOf(places: readonly OtherPlace[]): Modality[] {
  const names = [...new Set(places.flatMap(({ imagery }) => imagery.modalities.map(({ name }) => name)))];
  return names.map((name) => {
    const members = places.flatMap(({ imagery }) => imagery.modalities.filter((modality) => modality.name === name));
    const kind = members.every((member) => member.kind === "image") ? "image" : "series";
    const first = members.find((member) => member.kind === kind)!;
    const bands = [...first.bands];
    for (const { sensor, bands: theirs } of members)
      if (sensor === first.sensor)
        for (const [index, match] of matchBands({ sensor, bands: theirs }, { sensor, bands }).entries())
          if (match.found === undefined) bands.push(theirs[index]!);
    const { readAs: _, ...rest } = first;
    return { ...rest, kind, bands, acquisitions: [] };
  });
}

interface Count {
  readonly days: DayCount;
  readonly leftOut: readonly string[];
  readonly years: number;
}

const seriesDatesOf = (imagery: Imagery): string[] =>
  imagery.modalities.filter(({ kind }) => kind === "series").flatMap((modality) => datesOf(imagery, modality));

/** Longer than two years a running count says more of the year than of the season. */
const longestRun = 734;

/**
 * One count of days for places of different years. Where all have dates of one year, or any has more than two years, days are those of
 * each date's own year. Otherwise the longest season is counted on from its first year, and the dates of the others are put
 * into that season by whole years (`fitSeason`), so that a date and the same date a year later have one number.
 */
function commonCount(places: readonly Imagery[]): { readonly days: DayCount; readonly counts: readonly Count[] } {
  const own = places.map(dayCountOf);
  const running = own.flatMap((days, index) => (days.kind === "running" ? [{ days, index }] : []));
  if (running.length === 0 || running.some(({ days }) => days.period > longestRun)) {
    const days: DayCount = { kind: "of-year", period: 367 };
    return { days, counts: places.map(() => ({ days, leftOut: [], years: 0 })) };
  }
  const dates = places.map((imagery) => [...new Set(seriesDatesOf(imagery))].sort());
  const longest = running.reduce((p, q) => (dates[q.index]!.length > dates[p.index]!.length ? q : p));
  const of = dates[longest.index]!;
  const season: TrainingPeriod = { first: of[0]!, last: of.at(-1)! };
  const counts = dates.map((theirs, index): Count => {
    if (index === longest.index) return { days: longest.days, leftOut: [], years: 0 };
    const { days, leftOut, years } = fitSeason(longest.days, season, theirs);
    return { days, leftOut, years };
  });
  return { days: longest.days, counts };
}

function placed(place: OtherPlace, inputs: readonly Modality[], { days, leftOut, years }: Count): TrainingPlace {
  const { imagery } = place;
  const out = new Set(leftOut);
  const dateOf = new Map(imagery.acquisitions.map(({ id, date }) => [id, date]));
  const lacking: Record<string, readonly string[]> = {};
  const modalities = inputs.flatMap((input): Modality[] => {
    const here = imagery.modalities.find(({ name }) => name === input.name);
    if (!here) return [];
    const { bands, readAs, acquisitions, clearClasses, duplicateDates } = here;
    const kept = input.kind === "series" ? acquisitions.filter((id) => !out.has(dateOf.get(id)!)) : acquisitions;
    if (kept.length === 0) return [];
    const matches = matchBands(input, { sensor: here.sensor, bands });
    const found = matches.flatMap((match) => match.found ?? []);
    if (found.length === 0)
      throw new AppError("place-bands-differ", { place: place.name, modality: input.name, theirs: bands, ours: input.bands }); // biome-ignore format: one line
    const lacks = matches.flatMap((match) => (match.found === undefined ? [match.wanted] : []));
    if (lacks.length > 0) lacking[input.name] = lacks;
    // What the images call the band; one that lacks is read as another, and then hidden.
    const called = (band: string) => readAs?.[bands.indexOf(band)] ?? band;
    const read = matches.map((match) => called(match.found ?? found[0]!));
    const named = read.join() === input.bands.join() ? {} : { readAs: read };
    return [{ ...input, ...named, acquisitions: kept, clearClasses, duplicateDates }];
  });
  return { ...place, modalities, days, lacking, leftOut, years };
}

/** First, last and number of the dates of an input over all places, each counted in the years of the model's season. */
export function datesTogether(
  places: readonly TrainingPlace[],
  name: string,
): { readonly modality: string; readonly first: string; readonly last: string; readonly count: number } {
  const dates = places
    .flatMap(({ imagery, modalities, years }) =>
      modalities
        .filter((modality) => modality.name === name)
        .flatMap((modality) => datesOf(imagery, modality))
        .map((date) => yearsEarlier(date, years)),
    )
    .sort();
  return { modality: name, first: dates[0] ?? "", last: dates.at(-1) ?? "", count: dates.length };
}

/** The same day of another year; 29 February is the 28th where there is none. */
function yearsEarlier(date: string, years: number): string {
  if (years === 0) return date;
  const year = yearOf(date) - years;
  const leap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
  const day = date.slice(4);
  return `${String(year).padStart(4, "0")}${day === "-02-29" && !leap ? "-02-28" : day}`;
}
