import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Acquisition,
  bandNamesOf,
  type FileFacts,
  pathsOf,
  qualityOfPiece,
  type SensorId,
} from "../../src-shared/eo/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { ImportedFile } from "./acquisitions.ts";
import { joinFiles, withoutFiles } from "./mosaic.ts";

const square = (x: number, y: number, side = 1000, crs = "EPSG:32631", meters = 10): GeoBox => ({
  crs,
  affine: northUp(x, y, meters, meters),
  width: side / meters,
  height: side / meters,
});
const [west, east] = [square(500_000, 5_600_000), square(501_000, 5_600_000)];

interface Given {
  readonly sensor?: SensorId;
  readonly date?: string;
  readonly grid?: GeoBox;
  readonly facts?: FileFacts;
  readonly preference?: number;
}

function file(path: string, bands: readonly string[], given: Given = {}): ImportedFile {
  const { sensor = "sentinel-2", date = "2019-06-10", grid = west, facts = {}, preference } = given;
  return {
    sensor,
    date,
    file: {
      path,
      grid,
      bands: bands
        .filter((name) => name !== "SCL")
        .map((name, i) => ({ name, bandIndex: i + 1, scale: 1e-4, offset: 0 })),
      ...(bands.includes("SCL") ? { quality: { kind: "scl" as const, bandIndex: 1 } } : {}),
      radiometry: {
        quantity: "reflectance",
        scale: 1e-4,
        offset: 0,
        decidedBy: { code: "written", text: "test" },
        warnings: [],
      },
      facts,
      evidence: [{ field: "date", source: { code: "name", name: path } }],
      ...(preference === undefined ? {} : { preference }),
    },
  };
}

const join = (...files: ImportedFile[]) => joinFiles([], files);
const shape = (acquisitions: readonly Acquisition[]) =>
  acquisitions.map((one) => [one.id, one.copy ?? 1, one.pieces.map((piece) => piece.files.map(({ path }) => path))]);

test("two halves of one overpass are pieces of one acquisition, whichever comes first and in one import or two", () => {
  const [a, b] = [file("a/UDS.tif", ["B02"], { facts: { tile: "31UDS" } }), file("b/UES.tif", ["B02"], { grid: east, facts: { tile: "31UES" } })]; // biome-ignore format: a pair
  const together = join(a, b).acquisitions;
  expect(shape(together)).toEqual([["s2-20190610", 1, [["a/UDS.tif"], ["b/UES.tif"]]]]);
  expect(joinFiles(join(a).acquisitions, [b]).acquisitions).toEqual(together);
  expect(joinFiles(join(b).acquisitions, [a]).acquisitions).toEqual(together);
});

test("tiles of one overpass in two coordinate systems lie side by side, and overlap by design where their names say so", () => {
  // The edge of zone 31 at 6° E: both tiles see the same strip.
  const zone31 = file("31.tif", ["B02"], { grid: square(690_000, 5_600_000, 20_000), facts: { tile: "31UGS" } });
  const zone32 = file("32.tif", ["B02"], {
    grid: square(282_000, 5_600_000, 20_000, "EPSG:32632"),
    facts: { tile: "32ULB" },
  });
  const { acquisitions, samePlaces } = join(zone31, zone32);
  expect(acquisitions.map(({ pieces }) => pieces.length)).toEqual([2]);
  expect(samePlaces).toEqual([]);
  // Without tile names the same ground in another system is the same place: reprojecting shows it.
  const copy = file("copy.tif", ["B02"], { grid: square(500_100, 5_599_900, 800, "EPSG:32631") });
  const degrees = file("degrees.tif", ["B02"], {
    grid: { crs: "EPSG:4326", affine: northUp(3.0, 50.5506, 1e-4, 1e-4), width: 140, height: 90 },
  });
  const found = join(file("whole.tif", ["B02"]), degrees);
  expect(found.samePlaces).toHaveLength(1);
  expect(
    join(copy, file("far.tif", ["B02"], { grid: square(282_000, 5_600_000, 1000, "EPSG:32632") })).samePlaces,
  ).toEqual([]);
});

test("the same place twice is reported with both images, and nothing is lost", () => {
  const old = file("old.tif", ["B02"], { facts: { processingBaseline: "02.12", time: "10:57:03" } });
  const again = file("new.tif", ["B02"], { facts: { processingBaseline: "05.00", time: "10:57:03" } });
  const { acquisitions, samePlaces } = joinFiles(join(old).acquisitions, [again]);
  // The later processing stands first.
  expect(shape(acquisitions)).toEqual([
    ["s2-20190610T105703", 1, [["new.tif"]]],
    ["s2-20190610T105703-2", 2, [["old.tif"]]],
  ]);
  expect(samePlaces.map(({ rivals }) => rivals.map(({ piece, isAdded }) => [piece.files[0]!.path, isAdded]))).toEqual([
    [["new.tif", true], ["old.tif", false]], // biome-ignore format: a pair
  ]);
});

test("a person's preference decides which image of a place stands first; other places of the day stay", () => {
  const files = [
    file("clear.tif", ["B02"], { preference: 0.9 }),
    file("aa-cloudy.tif", ["B02"], { preference: 0.2 }),
    file("other.tif", ["B02"], { grid: east }),
  ];
  expect(shape(join(...files).acquisitions)).toEqual([
    ["s2-20190610", 1, [["clear.tif"], ["other.tif"]]],
    ["s2-20190610-2", 2, [["aa-cloudy.tif"]]],
  ]);
});

test("an image with fewer bands takes no place from one with more, whatever their moments", () => {
  const early = file("early.tif", ["B02"], { facts: { time: "10:50:00" } });
  const full = [file("10m.tif", ["B02", "B03"], { facts: { time: "10:51:00" } }), file("20m.tif", ["B05"], { facts: { time: "10:51:00" } })]; // biome-ignore format: a pair
  expect(shape(join(early, ...full).acquisitions).map(([, copy, pieces]) => [copy, pieces])).toEqual([
    [2, [["early.tif"]]],
    [1, [["10m.tif", "20m.tif"]]],
  ]);
});

test("L1C and L2A of one moment are never joined, and a file without a level is no L1C", () => {
  const facts = (level?: string) => ({ facts: { ...(level ? { level } : {}), time: "10:57:03" } });
  const { acquisitions, samePlaces } = join(
    file("l1c.tif", ["B02"], facts("L1C")),
    file("l2a.tif", ["B02"], facts("L2A")),
    file("b05.tif", ["B05"], facts()),
  );
  expect(acquisitions.map((one) => [one.id, one.level, bandNamesOf(one)])).toEqual([
    ["s2-20190610T105703", "L2A", ["B02", "B05"]],
    ["s2-20190610T105703-l1c", "L1C", ["B02"]],
  ]);
  expect(samePlaces).toEqual([]);
});

test("a mask joins its image whichever comes first, and one mask may cover several tiles", () => {
  const [image, mask] = [file("image.tif", ["B02"]), file("mask.tif", ["SCL"])];
  const late = joinFiles(join(image).acquisitions, [mask]).acquisitions;
  const early = joinFiles(join(mask).acquisitions, [image]).acquisitions;
  expect(late).toEqual(early);
  expect(late.map(({ pieces }) => pieces.map((piece) => qualityOfPiece(piece)?.path))).toEqual([["mask.tif"]]);
  const wide = file("wide.tif", ["SCL"], { grid: square(500_000, 5_600_000, 2000) });
  const both = join(wide, image, file("east.tif", ["B02"], { grid: east })).acquisitions;
  expect(both[0]!.pieces.map((piece) => qualityOfPiece(piece)?.path)).toEqual(["wide.tif", "wide.tif"]);
});

test("passes of one day with times or orbits are acquisitions of their own; what a file does not say it takes from the others when they agree", () => {
  const at = (path: string, facts: FileFacts, bands = ["VV"]) => file(path, bands, { sensor: "sentinel-1", facts });
  const passes = join(at("a.tif", { time: "05:50:00" }), at("b.tif", { time: "17:31:00" }));
  expect(shape(passes.acquisitions)).toEqual([
    ["s1-20190610T055000", 1, [["a.tif"]]],
    ["s1-20190610T173100", 1, [["b.tif"]]],
  ]);
  expect(passes.samePlaces).toEqual([]);
  const known = join(at("vv.tif", { pass: "ascending", time: "17:31:00" }), at("vh.tif", {}, ["VH"]));
  expect(known.acquisitions.map((one) => [one.pass, bandNamesOf(one)])).toEqual([["ascending", ["VV", "VH"]]]);
  const torn = join(
    at("asc.tif", { pass: "ascending" }),
    at("des.tif", { pass: "descending" }),
    at("who.tif", {}, ["VH"]),
  );
  expect(torn.acquisitions).toHaveLength(3);
  // Slices of one pass along its track, 25 seconds apart.
  const slices = join(at("n.tif", { time: "17:31:00" }), file("s.tif", ["VV"], { sensor: "sentinel-1", grid: east, facts: { time: "17:31:25" } })); // biome-ignore format: a pair
  expect(slices.acquisitions.map(({ time, pieces }) => [time, pieces.length])).toEqual([["17:31:00", 2]]);
});

test("taking files out gives what would be there had they never come, and the second image of a place moves up", () => {
  const files = [file("a.tif", ["B02"]), file("b.tif", ["B02"]), file("c.tif", ["B02"], { grid: east })];
  const all = join(...files).acquisitions;
  const left = withoutFiles(all, ({ path }) => path === "a.tif");
  expect(left.acquisitions).toEqual(join(...files.slice(1)).acquisitions);
  expect(withoutFiles(all, () => true)).toMatchObject({ acquisitions: [], gone: ["s2-20190610", "s2-20190610-2"] });
});

test("names and corrections of position follow the files", () => {
  const [first] = join(file("late.tif", ["B02"], { facts: { time: "10:57:30" } })).acquisitions;
  const known = [{ ...first!, name: "June", shift: { dx: 1, dy: 2 } }];
  const { acquisitions, renamed } = joinFiles(known, [
    file("early.tif", ["B02"], { grid: east, facts: { time: "10:57:03" } }),
  ]);
  expect(acquisitions).toMatchObject([{ id: "s2-20190610T105703", name: "June", shift: { dx: 1, dy: 2 } }]);
  expect([...renamed]).toEqual([["s2-20190610T105730", "s2-20190610T105703"]]);
});

test("one decision on the offset holds for all bands of a product, and dark pixels are the best evidence", () => {
  const decided = (path: string, band: string, offset: number, basis: "pixels" | "guess") => {
    const given = file(path, [band]);
    const radiometry = {
      ...given.file.radiometry,
      offset,
      basis,
      decidedBy: { code: "written", text: `${basis} of ${band}` } as const,
    };
    return {
      ...given,
      file: { ...given.file, radiometry, bands: given.file.bands.map((one) => ({ ...one, offset })) },
    };
  };
  const dark = decided("b02.tif", "B02", 0, "pixels");
  const bright = decided("b08.tif", "B08", -0.1, "pixels");
  const guess = decided("b11.tif", "B11", -0.1, "guess");
  const files = join(guess, bright, dark).acquisitions[0]!.pieces[0]!.files;
  expect(files.flatMap(({ bands }) => bands.map(({ offset }) => offset))).toEqual([0, 0, 0]);
  expect(joinFiles(join(guess).acquisitions, [bright, dark]).acquisitions).toEqual(
    join(dark, bright, guess).acquisitions,
  );
});

// ---- any sequence of imports of one set of files gives the same acquisitions

const facts: fc.Arbitrary<FileFacts> = fc.record(
  {
    time: fc.constantFrom("10:50:31", "10:50:46", "12:31:00"),
    level: fc.constantFrom("L1C", "L2A"),
    relativeOrbit: fc.constantFrom(8, 51),
    pass: fc.constantFrom("ascending" as const, "descending" as const),
    tile: fc.constantFrom("31UDS", "31UES"),
    processingBaseline: fc.constantFrom("02.12", "05.00"),
    resolutionMeters: fc.constantFrom(10, 20),
    platform: fc.constantFrom("S2A", "S2B"),
  },
  { requiredKeys: [] },
);
const places = fc.constantFrom(
  west,
  east,
  square(500_000, 5_600_000, 2000),
  square(500_000, 5_600_000, 1000, "EPSG:32631", 20),
  square(500_600, 5_600_000),
  { crs: "EPSG:4326", affine: northUp(3.0, 50.5506, 1e-4, 1e-4), width: 140, height: 90 },
);
const anyFile = fc
  .record({
    sensor: fc.constantFrom<SensorId>("sentinel-2", "sentinel-1", "aerial", "other"),
    date: fc.constantFrom("2019-06-10", "2019-06-20"),
    bands: fc.constantFrom(["B02"], ["B02", "B03"], ["B05"], ["SCL"], ["VV"]),
    grid: places,
    facts,
    preference: fc.constantFrom(undefined, undefined, 0.4, 0.9),
  })
  .map(({ bands, preference, ...given }) => ({ bands, given: { ...given, ...(preference ? { preference } : {}) } }));

const sets = fc.array(anyFile, { minLength: 1, maxLength: 12 }).map((all) => all.map(({ bands, given }, i) => file(`${String.fromCharCode(97 + ((i * 7) % 26))}${i}.tif`, bands, given))); // biome-ignore format: names in another order than the files

test("any order, any split into imports and any repeats give the same acquisitions", () => {
  const plan = sets.chain((files) =>
    fc.record({
      files: fc.constant(files),
      order: fc.shuffledSubarray(files, { minLength: files.length }),
      repeats: fc.array(fc.nat({ max: files.length - 1 }), { maxLength: 4 }),
      cuts: fc.array(fc.nat({ max: files.length }), { maxLength: 5 }),
    }),
  );
  fc.assert(
    fc.property(plan, ({ files, order, repeats, cuts }) => {
      const whole = joinFiles([], files);
      const sequence = [...order, ...repeats.map((i) => files[i]!)];
      const edges = [...new Set([0, ...cuts, sequence.length])].sort((p, q) => p - q);
      let known: readonly Acquisition[] = [];
      for (let i = 1; i < edges.length; i++)
        known = joinFiles(known, sequence.slice(edges[i - 1], edges[i])).acquisitions;
      expect(known).toEqual(whole.acquisitions);
      const kept = new Set(whole.acquisitions.flatMap(pathsOf));
      expect(files.filter((one) => !kept.has(one.file.path))).toEqual([]);
    }),
    { numRuns: 400, seed: 20_261_121 },
  );
});

test("any files taken out leave what the others make by themselves", () => {
  const plan = sets.chain((files) => fc.record({ files: fc.constant(files), gone: fc.subarray(files) }));
  fc.assert(
    fc.property(plan, ({ files, gone }) => {
      const all = joinFiles([], files);
      const lost = new Set(gone.map((one) => one.file.path));
      const left = withoutFiles(all.acquisitions, ({ path }) => lost.has(path)).acquisitions;
      expect(left).toEqual(
        joinFiles(
          [],
          files.filter((one) => !lost.has(one.file.path)),
        ).acquisitions,
      );
    }),
    { numRuns: 300, seed: 7 },
  );
});
