// The check of a stack on files that GDAL wrote: what is found, what the repair does, and that it can be undone.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { radiometryOf } from "../../../src-shared/eo/index.ts";
import type { StackFinding } from "../../../src-shared/ipc/index.ts";
import type { Catalog } from "../../catalog/index.ts";
import { projectFolders } from "../projects/projects.ts";
import { type Services, services } from "../services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-stack-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
let number = 0;
let folder: string;
let catalog: Catalog;
let all: Services;

beforeEach(async () => {
  folder = join(room, String(number++));
  mkdirSync(join(folder, "images"), { recursive: true });
  catalog = await projectFolders({ appVersion: "0.1.0" })["project.create"]({
    folder: join(folder, "project"),
    area: { crs: "EPSG:32631", bounds: { minX: 575000, minY: 5622000, maxX: 575400, maxY: 5622400 } },
  });
  const runJob = () => Promise.reject(new Error("no jobs"));
  all = services({ catalog, appVersion: "0.1.0", runJob, announce: () => {} });
  return () => catalog.close();
});

/** Ten dates of 40 × 40 pixels with dark land and noise of their own; `change` is Python on `v` (numbers × 10000) of date `n`. */
function writeDates(change: string): void {
  const program = `
import sys, numpy as np
from osgeo import gdal, osr
folder, change = sys.argv[1:]
s = osr.SpatialReference(); s.ImportFromEPSG(32631)
land = np.random.default_rng(1).uniform(200, 1500, (40, 40))
for n in range(10):
    name = f"{folder}/S2_L2A_10m_2021{n + 1:02d}10T105703.tif"
    d = gdal.GetDriverByName("GTiff").Create(name, 40, 40, 4, gdal.GDT_UInt16)
    d.SetProjection(s.ExportToWkt()); d.SetGeoTransform([575000, 10, 0, 5622400, 0, -10])
    noise = np.random.default_rng(10 + n)
    for b in range(4):
        v = land * (1 + 0.2 * b) + noise.uniform(-30, 30, land.shape)
        d.GetRasterBand(b + 1).WriteArray(np.clip(eval(change, {"v": v, "n": n, "np": np}), 1, 65535))
    d = None
`;
  execFileSync("/usr/bin/python3", ["-c", program, join(folder, "images"), change]);
}

const importAll = () =>
  all["rasters.import"]({ paths: [join(folder, "images")], bands: ["B02", "B03", "B04", "B08"], radiometry: { scale: 0.0001, offset: 0, unit: "reflectance" } }); // biome-ignore format: one call
const kinds = (findings: readonly StackFinding[]) =>
  findings.map((finding) => [finding.kind === "level" ? finding.level : finding.kind, finding.dates.length]);
const hashes = () =>
  readdirSync(join(folder, "images")).map((name) => createHash("sha256").update(readFileSync(join(folder, "images", name))).digest("hex")); // biome-ignore format: one call

test("dates that fit together are told to, with how much each sees", { tags: ["gdal"] }, async () => {
  writeDates("v");
  await importAll();
  const { inputs, findings } = await all["stack.check"]({});
  expect(findings).toEqual([]);
  expect(inputs[0]).toMatchObject({ modality: "s2", sensor: "sentinel-2" });
  expect(inputs[0]!.dates).toHaveLength(10);
  for (const date of inputs[0]!.dates) expect(date).toMatchObject({ data: 1, clear: 1 });
});

test("+1000 from a day on is found with a picture, repaired in one step and undone; files stay as they are", {
  tags: ["gdal"],
}, async () => {
  writeDates("v + 1000 * (n >= 6)");
  await importAll();
  const before = hashes();
  const { findings } = await all["stack.check"]({});
  expect(kinds(findings)).toEqual([["offset-still-in", 4]]);
  const [{ pictures, repair, modality }] = findings as [StackFinding];
  expect(pictures.map(({ date }) => date)).toEqual(["2021-07-10", "2021-06-10"]);
  for (const { width, height, rgb } of pictures) expect(Buffer.from(rgb, "base64")).toHaveLength(3 * width * height);
  await all["stack.repair"]({ modality, repair: repair! });
  expect(catalog.acquisitions.list().map((one) => radiometryOf(one).offset)).toEqual([0, 0, 0, 0, 0, 0, -0.1, -0.1, -0.1, -0.1]); // biome-ignore format: one row
  expect((await all["stack.check"]({})).findings).toEqual([]);
  await all["edits.undo"]({});
  expect(kinds((await all["stack.check"]({})).findings)).toEqual([["offset-still-in", 4]]);
  expect(hashes()).toEqual(before);
});

test("a date with other numbers, a copy and a damaged file are told, and the input does without them when asked", {
  tags: ["gdal"],
}, async () => {
  writeDates("v / 100 if n == 2 else v");
  const images = join(folder, "images");
  writeFileSync(join(images, "S2_L2A_10m_20211020T105703.tif"), readFileSync(join(images, "S2_L2A_10m_20210510T105703.tif"))); // biome-ignore format: one call
  await importAll();
  const broken = join(images, "S2_L2A_10m_20211010T105703.tif");
  const whole = readFileSync(broken);
  writeFileSync(broken, whole.subarray(0, whole.length / 2));
  const { findings } = await all["stack.check"]({ modality: "s2" });
  expect(kinds(findings)).toEqual([
    ["factor", 1],
    ["same-pixels", 2],
    ["unreadable", 1],
  ]);
  expect(findings[0]!.repair).toMatchObject({ kind: "times", times: 100 });
  for (const { modality, repair } of findings) await all["stack.repair"]({ modality, repair: repair! });
  const { inputs, findings: left } = await all["stack.check"]({});
  expect(left).toEqual([]);
  expect(inputs[0]!.dates.map(({ date }) => date)).not.toContain("2021-10-20");
  // What an input does without stays in the project.
  expect(catalog.acquisitions.list()).toHaveLength(11);
});

test("a project without images is told so, and not that its dates fit", async () => {
  await expect(all["stack.check"]({})).rejects.toMatchObject({ code: "no-imagery" });
});

test("a repair of another input, or of nothing, is refused in words", { tags: ["gdal"] }, async () => {
  writeDates("v");
  await importAll();
  await expect(all["stack.check"]({ modality: "s1" })).rejects.toMatchObject({ code: "modality-not-found" });
  const add = { kind: "add", add: -0.1, acquisitions: ["nobody"] } as const;
  await expect(all["stack.repair"]({ modality: "s2", repair: add })).rejects.toMatchObject({ code: "repair-not-needed" }); // biome-ignore format: one call
  await expect(all["stack.repair"]({ modality: "s2", repair: { kind: "split-orbits" } })).rejects.toMatchObject({ code: "repair-not-needed" }); // biome-ignore format: one call
  const everything = { kind: "leave-out", acquisitions: catalog.acquisitions.list().map(({ id }) => id) } as const;
  await expect(all["stack.repair"]({ modality: "s2", repair: everything })).rejects.toMatchObject({ code: "modality-without-members" }); // biome-ignore format: one call
});
