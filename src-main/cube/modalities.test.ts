import { expect, test } from "vitest";
import { type Acquisition, type DuplicateDates, withPieces } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { checkModality, duplicateAcquisitions, proposeModalities, seriesDates } from "./modalities.ts";

function acquisition(id: string, date: string, more: Partial<Acquisition> = {}, bands = ["B02", "B8A"]): Acquisition {
  const flat = withPieces({
    id,
    sensor: "sentinel-2",
    date,
    bands: bands.map((name, index) => ({ name, path: `${id}.tif`, bandIndex: index + 1, scale: 1e-4, offset: 0 })),
    radiometry: {
      quantity: "reflectance",
      scale: 1e-4,
      offset: 0,
      decidedBy: { code: "written", text: "test" },
      warnings: [],
    },
    evidence: [],
  });
  return { ...flat, ...more };
}

const radar = (id: string, date: string, pass: "ascending" | "descending") =>
  acquisition(id, date, { sensor: "sentinel-1", pass }, ["VV", "VH"]);
const photo = acquisition("photo", "2018-07-01", { sensor: "aerial" }, ["R", "G", "B"]);

test("sensors and passes become modalities in the official order, dates in order of time", () => {
  const found = proposeModalities(
    [
      radar("d", "2019-01-02", "descending"),
      radar("d2", "2019-01-14", "descending"),
      radar("a2", "2019-01-13", "ascending"),
      radar("a", "2019-01-01", "ascending"),
      acquisition("o", "2019-01-05"),
      acquisition("o2", "2019-01-10"),
      photo,
    ],
    { patchMeters: 10, nativeMeters: { aerial: 0.2 } },
  );
  expect(found.map(({ name, kind, patchPixels, acquisitions }) => [name, kind, patchPixels, acquisitions])).toEqual([
    ["aerial", "image", 50, ["photo"]],
    ["s2", "series", 1, ["o", "o2"]],
    ["s1-asc", "series", 1, ["a", "a2"]],
    ["s1-des", "series", 1, ["d", "d2"]],
  ]);
  expect(found[0]!.resolutionMeters).toBeCloseTo(0.2, 12);
});

test("a pixel size that does not divide the patch is rounded to one that does", () => {
  const [modality] = proposeModalities([photo], { patchMeters: 10, nativeMeters: { aerial: 0.3 } });
  expect(modality!.patchPixels).toBe(33);
  expect(modality!.resolutionMeters * 33).toBeCloseTo(10, 12);
});

const day = [
  acquisition("morning", "2019-01-01"),
  acquisition("noon", "2019-01-01"),
  acquisition("next", "2019-01-02"),
];
const withPolicy = (duplicateDates: DuplicateDates) => proposeModalities(day, { patchMeters: 10, duplicateDates })[0]!;

test("sheets of one flight are one overpass however long it took, and satellites hours apart are two", () => {
  const at = (id: string, time: string, sensor: Acquisition["sensor"]) =>
    acquisition(id, "2019-01-01", { sensor, time });
  const pair = (sensor: Acquisition["sensor"]) => [at("early", "08:10:00", sensor), at("late", "12:40:00", sensor)];
  expect(duplicateAcquisitions(pair("aerial")).map((twins) => twins.map(({ id }) => id))).toEqual([["early", "late"]]);
  expect(duplicateAcquisitions(pair("sentinel-2"))).toEqual([]);
});

test("two products of one day are an error until somebody says what they become", () => {
  const error = caught(() => checkModality(withPolicy("error"), day));
  expect(error.code).toBe("acquisition-duplicate-date");
  expect(error.message).toBe(
    "“s2” has 2 products of 2019-01-01: “morning.tif”, “noon.tif”. Keep the clearest of each place with --duplicates best, join them with --duplicates merge, keep both with --duplicates keep, or leave one out.",
  );
});

test("merge and best make one date of the products of an overpass, the first of a place on top; keep makes two", () => {
  const ids = (policy: DuplicateDates) =>
    seriesDates(withPolicy(policy), day).map((date) => date.acquisitions.map(({ id }) => id));
  expect(ids("merge")).toEqual([["morning", "noon"], ["next"]]);
  expect(ids("best")).toEqual(ids("merge"));
  expect(ids("keep")).toEqual([["morning"], ["noon"], ["next"]]);
  const [copy, first] = [{ ...day[0]!, copy: 2 }, day[1]!];
  const dates = seriesDates({ ...withPolicy("best"), acquisitions: ["morning", "noon"] }, [copy, first]);
  expect(dates).toEqual([{ date: "2019-01-01", acquisitions: [first, copy] }]);
});

test("two overpasses of one day are two dates, and nobody is asked", () => {
  const passes = [
    acquisition("first", "2019-01-01", { time: "10:50:32" }),
    acquisition("second", "2019-01-01", { time: "12:31:00" }),
  ];
  const [modality] = proposeModalities(passes, { patchMeters: 10 });
  expect(seriesDates({ ...modality!, kind: "series" }, passes).map(({ acquisitions }) => acquisitions.length)).toEqual([
    1, 1,
  ]);
  const orbits = [
    acquisition("a", "2019-01-01", { relativeOrbit: 8 }),
    acquisition("b", "2019-01-01", { relativeOrbit: 51 }),
  ];
  expect(() => checkModality({ ...modality!, kind: "series", acquisitions: ["a", "b"] }, orbits)).not.toThrow();
});

test("a date without one of the modality's bands is named", () => {
  const short = [...day.slice(1), acquisition("short", "2019-02-01", {}, ["B02"])];
  const [modality] = proposeModalities(short, { patchMeters: 10 });
  const error = caught(() => checkModality(modality!, short));
  expect(error.code).toBe("acquisition-missing-bands");
  expect(error.message).toContain("The acquisition of 2019-02-01 (“short.tif”) lacks B8A, which “s2” needs.");
});

test("a single date without texture is a series of one, and pictures of several years are one picture, the newest on top", () => {
  const [single] = proposeModalities([acquisition("only", "2019-01-01")], { patchMeters: 10 });
  expect(single!.kind).toBe("series");
  const flights = [photo, { ...photo, id: "newer", date: "2021-07-01" }];
  const [aerial] = proposeModalities(flights, { patchMeters: 10, nativeMeters: { aerial: 0.2 } });
  expect(seriesDates(aerial!, flights)).toEqual([{ date: "2021-07-01", acquisitions: [flights[1], flights[0]] }]);
});

test("levels 1C and 2A of Sentinel-2 are never one series", () => {
  const both = [acquisition("a", "2019-01-01", { level: "L2A" }), acquisition("b", "2019-01-01", { level: "L1C" })];
  expect(proposeModalities(both, { patchMeters: 10 }).map(({ name }) => name)).toEqual(["s2", "s2-l1c"]);
});

test("images of no known sensor belong together when they have the same bands", () => {
  const other = (id: string, bands: string[]) => acquisition(id, "2019-01-01", { sensor: "other" }, bands);
  const found = proposeModalities([other("a", ["NDVI", "EVI"]), other("b", ["elevation"])], { patchMeters: 60 });
  expect(found.map(({ name }) => name)).toEqual(["elevation", "ndvi-evi"]);
});

test("the 60 m bands of Sentinel-2, which see the air, are not proposed", () => {
  const all = acquisition("all", "2019-01-01", {}, ["B01", "B02", "B09", "B12"]);
  expect(proposeModalities([all], { patchMeters: 10 })[0]!.bands).toEqual(["B02", "B12"]);
});

function caught(action: () => unknown): AppError {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("no error");
}
