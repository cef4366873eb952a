/** @module-tag gdal */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Catalog } from "../../catalog/index.ts";
import type { Deps } from "../deps.ts";
import { editService } from "../edits.ts";
import { JobQueue } from "../jobs/jobs.ts";
import { resultHandlers } from "../jobs/result-handlers.ts";
import { projectFolders } from "../projects/projects.ts";
import { rasterService } from "../rasters/rasters.ts";
import { alignmentService } from "./alignment.ts";

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019/S2_L2A_10m");
const room = mkdtempSync(join(tmpdir(), "omnisat-alignment-test-"));
const file = (date: string) => join(room, "imagery", `S2_L2A_10m_${date}T105700.tif`);
const every = (deps: Deps) => ({
  ...rasterService(deps),
  ...alignmentService(deps, new JobQueue(deps, resultHandlers(deps))),
  ...editService(deps),
});
let catalog: Catalog;
let all: ReturnType<typeof every>;

beforeAll(async () => {
  mkdirSync(join(room, "imagery"));
  const source = join(sample, "S2_L2A_10m_20190421T105702.tif");
  cpSync(source, file("20190421"));
  const gdal = (tool: string, ...words: string[]) => execFileSync(tool, ["-q", ...words]);
  // 3 m east and 4 m south of the grid.
  gdal("gdal_translate", "-a_ullr", "574683", "5622436", "575323", "5621796", source, file("20190501"));
  // The western half.
  gdal("gdal_translate", "-srcwin", "0", "0", "32", "64", source, file("20190502"));
  gdal("gdalwarp", "-t_srs", "EPSG:32632", "-tr", "10", "10", source, file("20190503"));
  gdal("gdal_translate", "-outsize", "16", "16", "-r", "average", source, file("20190504"));
  const appVersion = "0.1.0";
  catalog = await projectFolders({ appVersion })["project.create"]({
    folder: join(room, "project"),
    name: "Flanders",
    area: { like: source },
    patchMeters: 10,
  });
  all = every({ catalog, appVersion, announce: () => {}, runJob: () => Promise.reject(new Error("no job here")) });
  await all["rasters.import"]({ paths: [join(room, "imagery")] });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const entryOf = async (date: string) => (await all["alignment.report"]({})).find((entry) => entry.date === date)!;

test("every layer's cover, resolution and place on the grid are told, and what is wrong with them", async () => {
  const right = await entryOf("2019-04-21");
  expect(right.files).toMatchObject([{ resolution: 10, overlap: 1, offset: { x: 0, y: 0 } }]);
  expect(right.problems).toEqual([]);

  const beside = await entryOf("2019-05-01");
  expect(beside.files[0]!.offset!.x).toBeCloseTo(0.3, 9);
  expect(Math.abs(beside.files[0]!.offset!.y)).toBeCloseTo(0.4, 9);
  expect(beside.files[0]!.overlap).toBeCloseTo((637 * 636) / 640 ** 2, 9);
  expect(beside.problems.map(({ code }) => code).sort()).toEqual(["off-grid", "partial"]);

  expect((await entryOf("2019-05-02")).problems).toEqual([{ code: "partial", overlap: 0.5 }]);

  const elsewhere = await entryOf("2019-05-03");
  expect(elsewhere.files[0]!.resolution).toBeCloseTo(10, 1);
  expect(elsewhere.files[0]!.offset).toBeNull();
  expect(elsewhere.problems.map(({ code }) => code)).toContain("other-crs");

  expect((await entryOf("2019-05-04")).problems).toEqual([{ code: "coarse", resolution: 40, patch: 10 }]);
});

test("a file that has gone is named; a correction is noted and not taken for a fault of the grid", async () => {
  const before = statSync(file("20190421"));
  const { acquisition } = await entryOf("2019-04-21");
  await all["alignment.setShift"]({ shifts: [{ id: acquisition, shift: { dx: 1.5, dy: -2 } }] });
  const moved = await entryOf("2019-04-21");
  expect(moved.shift).toEqual({ dx: 1.5, dy: -2 });
  expect(moved.problems.filter(({ code }) => code !== "partial")).toEqual([{ code: "shifted", dx: 1.5, dy: -2 }]);
  expect(statSync(file("20190421")).mtimeMs).toBe(before.mtimeMs);
  await all["edits.undo"]({});
  expect((await entryOf("2019-04-21")).shift).toBeNull();

  unlinkSync(file("20190502"));
  expect((await entryOf("2019-05-02")).problems).toEqual([{ code: "missing", path: file("20190502") }]);
});

test("several corrections are one step; a shift of nothing is none; one that is no number is refused", async () => {
  const ids = catalog.acquisitions.list().map(({ id }) => id);
  await all["alignment.setShift"]({ shifts: ids.map((id) => ({ id, shift: { dx: 5, dy: 5 } })) });
  expect(catalog.acquisitions.list().every(({ shift }) => shift?.dx === 5)).toBe(true);
  await all["alignment.setShift"]({ shifts: [{ id: ids[0]!, shift: { dx: 0, dy: 0 } }] });
  expect(catalog.acquisitions.get(ids[0]!)!.shift).toBeUndefined();
  await all["edits.undo"]({});
  await all["edits.undo"]({});
  expect(catalog.acquisitions.list().every(({ shift }) => shift === undefined)).toBe(true);
  const far = { shifts: [{ id: ids[0]!, shift: { dx: 1e9, dy: 0 } }] };
  await expect(all["alignment.setShift"](far)).rejects.toMatchObject({ code: "request-invalid" });
  const unknown = { shifts: [{ id: "nobody", shift: null }] };
  await expect(all["alignment.setShift"](unknown)).rejects.toMatchObject({ code: "layer-not-found" });
});

test("a moved copy is measured against the original", async () => {
  const [moving, reference] = [(await entryOf("2019-05-01")).acquisition, (await entryOf("2019-04-21")).acquisition];
  const found = await all["alignment.measure"]({ moving, reference });
  expect(found.refused).toBeNull();
  expect(found.bands).toEqual({ moving: "B08", reference: "B08" });
  // It lies 3 m east and 4 m south of where it was taken.
  expect(Math.hypot(found.dx + 3, found.dy - 4)).toBeLessThan(2);
});
