import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobSpec } from "../../../src-shared/domain/job.ts";
import type { Catalog } from "../../catalog/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { makeSample } from "../app/sample.ts";
import type { JobRunner } from "../deps.ts";
import { countingJob } from "../fixtures/counting-job.ts";
import { inputPaths } from "../jobs/inputs.ts";
import { withinRoots } from "../path-gate.ts";
import { projectFolders } from "../projects/projects.ts";
import { TrustedFolders } from "../projects/trusted-folders.ts";
import { services } from "../services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-other-places-"));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const images = join(room, "images");
const outside = new TrustedFolders(join(room, "settings"));
const projects = projectFolders({ appVersion: "0.1.0", outside });
const folderOf = (name: string) => join(room, name);
let catalog: Catalog;

/** A project of a corner of the sample whose images lie outside of it. */
async function made(name: string, patchMeters = 10, what: "S2_L2A_10m" | "S1_GRD_ASC_20m" | null = "S2_L2A_10m") {
  const bounds = { minX: 574_700, minY: 5_621_900, maxX: 574_900, maxY: 5_622_100 };
  const own = await projects["project.create"]({ folder: folderOf(name), name, area: { crs: "EPSG:32631", bounds }, patchMeters }); // biome-ignore format: one line
  const all = services({ catalog: own, appVersion: "0.1.0", runJob: counting, announce: () => {} });
  if (what) await all["rasters.import"]({ paths: [join(images, what)] });
  own.close();
}

const specs: JobSpec[] = [];
const counting: JobRunner = async (spec, on, signal) => {
  specs.push(spec);
  return (await countingJob(spec, contextOf(on, signal))) as never;
};

beforeAll(async () => {
  for (const name of ["S2_L2A_10m/S2_L2A_10m_20190416T105658.tif", "S1_GRD_ASC_20m/S1_GRD_ASC_20m_20190105T173152.tif"]) cpSync(join(sample, name), join(images, name)); // biome-ignore format: one line
  await makeSample(sample, folderOf("home"), "0.1.0");
  await made("elsewhere");
  await made("coarse", 20);
  await made("empty", 10, null);
  await made("radar", 10, "S1_GRD_ASC_20m");
  catalog = await projects["project.open"]({ folder: folderOf("home"), purpose: "a test" });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const open = () => services({ catalog, appVersion: "0.1.0", runJob: counting, announce: () => {} });
const asked = (name: string, ...also: string[]) => open()["runs.pretrain"]({ name, also });

test("another project comes into the training by value, and its files are looked after like the own ones", async () => {
  const all = open();
  const { id } = await all["runs.pretrain"]({ name: "both", also: [folderOf("elsewhere")], recipe: { steps: 2 } });
  await all["jobs.wait"]({ id });
  const spec = specs.at(-1)!;
  if (spec.kind !== "pretrain") throw new Error(spec.kind);
  const [other, ...rest] = spec.others!;
  expect([spec.placeName, other!.name, rest.length]).toEqual([catalog.project.get().name, "elsewhere", 0]);
  expect(other!.grid.geobox).toMatchObject({ width: 20, height: 20 });
  const own = join(images, "S2_L2A_10m/S2_L2A_10m_20190416T105658.tif");
  expect(other!.imagery.acquisitions.flatMap(({ pieces }) => pieces.flatMap(({ files }) => files.map(({ path }) => path)))).toEqual([own]); // biome-ignore format: one line
  expect(inputPaths(spec)).toContain(own);
  expect(catalog.runs.ofJob(id)).toMatchObject({ settings: { also: ["elsewhere"] } });
  // The other project is closed again, and free for others to write to.
  (await projects["project.open"]({ folder: folderOf("elsewhere"), purpose: "another" })).close();
});

test.each([
  ["the same project twice", ["elsewhere", "elsewhere"], "project-chosen-twice"],
  ["the project itself", ["home"], "project-chosen-twice"],
  ["no project there", ["nowhere"], "project-not-found"],
  ["a project without images", ["empty"], "no-imagery"],
])("%s is refused before anything starts", async (_, names, code) => {
  const before = catalog.jobs.list().length;
  await expect(asked("never", ...names.map(folderOf))).rejects.toMatchObject({ code });
  expect(catalog.jobs.list()).toHaveLength(before);
});

test("patches of another size, and nothing in common, are refused before a job is made of them", async () => {
  const before = catalog.jobs.list().length;
  await expect(asked("never", folderOf("coarse"))).rejects.toMatchObject({ code: "places-differ-in-patch" });
  const optical = { name: "never", modalities: ["s2"], also: [folderOf("radar")] };
  await expect(open()["runs.pretrain"](optical)).rejects.toMatchObject({ code: "place-without-common-input" });
  expect(catalog.jobs.list()).toHaveLength(before);
});

test("a folder outside of those the host may reach is refused, and so are images that the other project may not read", async () => {
  const outsideOfRoots = () => asked("never", folderOf("elsewhere"));
  await expect(withinRoots([folderOf("home")], outsideOfRoots)).rejects.toMatchObject({ code: "path-not-allowed" });
  // A copy is another project, whose images nobody has allowed yet.
  cpSync(folderOf("elsewhere"), folderOf("copy"), { recursive: true });
  await expect(asked("never", folderOf("copy"))).rejects.toMatchObject({ code: "path-withheld" });
});
