/** @module-tag gdal */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { datesBeyond } from "../../../src-shared/domain/alignment.ts";
import type { Catalog } from "../../catalog/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { runJob } from "../../jobs/run-job.ts";
import { projectFolders } from "../projects/projects.ts";
import { type Services, services } from "../services.ts";

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019/S2_L2A_10m");
const room = mkdtempSync(join(tmpdir(), "omnisat-align-test-"));
const images = join(room, "imagery");
const clearDates = ["20190215T105652", "20190225T105651", "20190322T105655", "20190401T105658", "20190421T105702", "20191013T105658"]; // biome-ignore format: one line
const [source] = [join(sample, "S2_L2A_10m_20190421T105702.tif")];
/** metres that the ground of the moved date lies east and north of where it should */
const [east, north] = [23.4, -31.7];
let catalog: Catalog;
let all: Services;
let stopAfter: AbortController | undefined;

beforeAll(async () => {
  mkdirSync(images);
  for (const date of clearDates) cpSync(join(sample, `S2_L2A_10m_${date}.tif`), join(images, `S2_L2A_10m_${date}.tif`));
  const gdal = (tool: string, ...words: string[]) => execFileSync(tool, ["-q", ...words]);
  // The ground is cut out beside the place that the file then claims.
  const beside = [574_680 - east, 5_621_800 - north, 575_320 - east, 5_622_440 - north].map(String);
  const cut = join(room, "cut.tif");
  gdal("gdalwarp", "-r", "lanczos", "-te", ...beside, "-tr", "10", "10", source!, cut);
  const corners = ["574680", "5622440", "575320", "5621800"];
  gdal("gdal_translate", "-a_ullr", ...corners, cut, join(images, "S2_L2A_10m_20190422T105702.tif"));
  const appVersion = "0.1.0";
  catalog = await projectFolders({ appVersion })["project.create"]({
    folder: join(room, "project"),
    name: "Flanders",
    area: { like: source! },
    patchMeters: 10,
  });
  all = services({
    catalog,
    appVersion,
    announce: (topic, what) => {
      const { event } = what as { event?: { type: string; name?: string; fraction?: number } };
      if (topic === "job.event" && event?.name === "Comparing dates" && event.fraction! > 0.4) stopAfter?.abort();
    },
    runJob: (spec, on, signal) => runJob(spec, contextOf(on, signal)),
  });
  await all["rasters.import"]({ paths: [images] });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const idOf = (date: string) => catalog.acquisitions.list().find((one) => one.date === date)!.id;
const measured = async (request: Parameters<Services["alignment.align"]>[0]) => {
  const { id } = await all["alignment.align"](request);
  await all["jobs.wait"]({ id });
  return (await all["alignment.dates"]({}))!;
};

test("a date that was moved is found against the median and against one image; applying it is one step that undo takes back", async () => {
  const before = readFileSync(join(images, "S2_L2A_10m_20190422T105702.tif"));
  for (const reference of ["median", "2019-04-21"]) {
    const { dates, job, resolution } = await measured({ reference });
    expect(resolution).toBe(10);
    expect(dates).toHaveLength(reference === "median" ? 7 : 6);
    const moved = dates.find(({ date }) => date === "2019-04-22")!;
    const limit = reference === "median" ? 5 : 1;
    expect(Math.hypot(moved.correction!.dx + east, moved.correction!.dy + north)).toBeLessThan(limit);
    expect(moved.applied).toBe(false);
    expect(datesBeyond(dates, 2).map(({ date }) => date)).toEqual(["2019-04-22"]);
    // Measuring changes nothing.
    expect(catalog.acquisitions.list().every(({ shift }) => shift === undefined)).toBe(true);
    if (reference === "median") continue;
    expect(await all["alignment.apply"]({ job, pixels: 2 })).toEqual([idOf("2019-04-22")]);
    expect(catalog.acquisitions.get(idOf("2019-04-22"))!.shift).toEqual(moved.correction);
    expect((await all["alignment.dates"]({}))!.dates.filter(({ applied }) => applied)).toHaveLength(1);
    // Applying again finds nothing left to do, and measuring again finds it in its place.
    expect(await all["alignment.apply"]({ job, pixels: 2 })).toEqual([]);
    const again = (await measured({ reference })).dates.find(({ date }) => date === "2019-04-22")!;
    expect(again.off!).toBeLessThan(0.05);
    expect(datesBeyond([again], 0)).toEqual([]);
    await all["edits.undo"]({});
    expect(catalog.acquisitions.list().every(({ shift }) => shift === undefined)).toBe(true);
  }
  expect(readFileSync(join(images, "S2_L2A_10m_20190422T105702.tif")).equals(before)).toBe(true);
});

test("a measurement that was stopped goes on with the next date and ends with the same figures", async () => {
  const whole = await measured({});
  const { id } = await all["alignment.align"]({});
  stopAfter = new AbortController();
  stopAfter.signal.addEventListener("abort", () => void all["jobs.stop"]({ id }));
  await all["jobs.wait"]({ id }).catch(() => {});
  stopAfter = undefined;
  const job = catalog.jobs.get(id)!;
  expect(job.state).toBe("resumable");
  const path = join(job.folder, "alignment.json");
  const kept = JSON.parse(readFileSync(path, "utf8")) as { dates: { confidence: number }[] };
  expect(kept.dates.length).toBeGreaterThan(0);
  expect(kept.dates.length).toBeLessThan(7);
  // A mark on what was measured: it is not measured again.
  kept.dates[0]!.confidence = 0.123;
  writeFileSync(path, JSON.stringify(kept));
  await all["jobs.resume"]({ id });
  await all["jobs.wait"]({ id });
  const resumed = (await all["alignment.dates"]({}))!;
  expect(resumed.job).toBe(id);
  expect(resumed.dates[0]!.confidence).toBe(0.123);
  expect(resumed.dates.slice(1)).toEqual(whole.dates.slice(1));
});

test("what cannot be compared is refused in words, and a damaged result is none", async () => {
  const code = (work: Promise<unknown>) => work.then(() => "", (error: { code: string }) => error.code); // biome-ignore format: one line
  expect(await code(all["alignment.align"]({ reference: "2001-01-01" }))).toBe("align-reference-unknown");
  expect(await code(all["alignment.align"]({ modality: "s9" }))).toBe("modality-not-found");
  expect(await code(all["alignment.apply"]({ job: 9999, pixels: 1 }))).toBe("align-not-measured");
  const { job } = await measured({});
  writeFileSync(join(catalog.jobs.get(job)!.folder, "alignment.json"), `{"modality": "s2", "dates": [{"off": "far"}]}`);
  expect(await code(all["alignment.apply"]({ job, pixels: 1 }))).toBe("align-not-measured");
  const ids = catalog.acquisitions.list().map((one) => `acquisition:${one.id}`);
  await all["layers.remove"]({ ids: ids.slice(0, 3) });
  expect(await code(all["alignment.align"]({}))).toBe("align-too-few-dates");
});
