import { expect, test } from "vitest";
import type { ChangeSide } from "../../src-shared/domain/numbers.ts";
import type { Acquisition, Modality } from "../../src-shared/eo/index.ts";
import { seededRandom } from "../files/index.ts";
import { comparedInputs, scoreOf, usualOf } from "./change.ts";

const columns = 6;
const normal = (random: () => number) => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
/** Places that differ by a drought everywhere and by noise; some of them by much more in half of the columns. */
function differences(changed: number, of: number): Float32Array[] {
  const random = seededRandom("change-test", of + changed);
  return Array.from({ length: of }, (_, i) =>
    Float32Array.from(
      { length: columns },
      (_, j) => -50 * j + (j + 1) * (normal(random) + (i < changed && j < 3 ? 9 : 0)),
    ),
  );
}

test("what differs everywhere is no change, what differs from the others is", () => {
  const rows = differences(60, 2000);
  const usual = usualOf(rows, columns)!;
  const above = rows.map((row) => scoreOf(row, usual)! > usual.threshold);
  expect(above.slice(0, 60).filter(Boolean).length).toBeGreaterThan(57);
  // One per cent of the unchanged places is promised.
  const wrong = above.slice(60).filter(Boolean).length / 1940;
  expect(wrong).toBeLessThan(0.02);
  expect(usual.changedShare).toBeCloseTo(above.filter(Boolean).length / 2000, 6);
});

test("the threshold stays where it is when a third of all places changed", () => {
  const [few, many] = [usualOf(differences(0, 2000), columns)!, usualOf(differences(650, 2000), columns)!];
  const rows = differences(650, 2000);
  const found = rows.slice(0, 650).filter((row) => scoreOf(row, many)! > many.threshold).length;
  expect(found).toBeGreaterThan(550);
  const wrong = rows.slice(650).filter((row) => scoreOf(row, many)! > many.threshold).length;
  expect(wrong).toBeLessThan(0.02 * 1350);
  expect(many.threshold).toBeLessThan(3 * few.threshold);
});

test("a place of which less than half is known in both periods has no score, and the same images have none at all", () => {
  const rows = differences(0, 100);
  const usual = usualOf(rows, columns)!;
  const half = rows[0]!.map((value, j) => (j < 4 ? Number.NaN : value));
  expect(scoreOf(half, usual)).toBeUndefined();
  expect(scoreOf(rows[0]!.map((value, j) => (j < 3 ? Number.NaN : value)), usual)).toBeGreaterThan(0); // biome-ignore format: one call
  expect(usualOf([new Float32Array(columns), new Float32Array(columns)], columns)).toBeUndefined();
});

const modality = (name: string, acquisitions: readonly string[], own: Partial<Modality> = {}): Modality => ({
  name,
  sensor: "sentinel-2",
  kind: "series",
  bands: ["B04", "B08"],
  resolutionMeters: 10,
  patchPixels: 1,
  resampling: "nearest",
  clearClasses: [],
  duplicateDates: "error",
  acquisitions,
  ...own,
});
const side = (name: string, dates: readonly string[], own: Partial<Acquisition> = {}): ChangeSide => {
  const radiometry = { quantity: "reflectance", scale: 1, offset: 0, decidedBy: { code: "as-stored" }, warnings: [] };
  const file = { path: "/a.tif", bands: [], radiometry, facts: {}, evidence: [] };
  const acquisitions = dates.map(
    (date) => ({ id: date, sensor: "sentinel-2", date, pieces: [{ files: [file] }], ...own }) as unknown as Acquisition,
  );
  return {
    name,
    first: dates[0]!,
    last: dates.at(-1)!,
    imagery: { modalities: [modality("s2", dates)], acquisitions },
  };
};

test("only the months that both periods show are compared, and what differs between them is said", () => {
  const before = side("2018", ["2018-03-04", "2018-05-02", "2018-05-12", "2018-06-01"], { level: "L2A" });
  const after = side("2019", ["2019-05-02", "2019-06-01", "2019-07-01"], { level: "L1C" });
  const { inputs, findings } = comparedInputs(before, after);
  expect(inputs).toMatchObject([{ modality: "s2", months: [5, 6], dates: [3, 2], columns: 4 }]);
  expect(findings).toEqual([
    { code: "change-months-left", details: { modality: "s2", months: [3, 7] } },
    {
      code: "change-sensors-differ",
      details: { modality: "s2", before: ["sentinel-2 L2A reflectance"], after: ["sentinel-2 L1C reflectance"] },
    },
  ]);
});

test("periods without a month in common, and inputs of one side alone, leave nothing", () => {
  const before = side("winter", ["2018-01-04"]);
  const after = side("summer", ["2019-07-01"]);
  expect(comparedInputs(before, after).inputs).toEqual([]);
  const radar = { ...after, imagery: { ...after.imagery, modalities: [modality("s1", ["2019-07-01"])] } };
  expect(comparedInputs(before, radar).findings).toEqual([
    { code: "change-inputs-differ", details: { left: ["s2", "s1"] } },
  ]);
});
