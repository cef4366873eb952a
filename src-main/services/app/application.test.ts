import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RecentProject } from "../../../src-shared/ipc/index.ts";
import { contextOf } from "../../jobs/context.ts";
import type { JobRunner } from "../deps.ts";
import { countingJob } from "../fixtures/counting-job.ts";
import { projectFolders } from "../projects/projects.ts";
import { services } from "../services.ts";
import { Application } from "./application.ts";

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019/S1_GRD_ASC_20m");
const room = mkdtempSync(join(tmpdir(), "omnisat-application-"));
const appVersion = "0.1.0";
const projects = projectFolders({ appVersion });
const runJob: JobRunner = async (spec, on, signal) => (await countingJob(spec, contextOf(on, signal))) as never;

function newApplication(name: string): Application {
  return new Application({
    kind: "web",
    appVersion,
    settingsFolder: join(room, `${name}-settings`),
    sampleFolder: null,
    runJob,
    device: () => Promise.reject(new Error("Nobody asks")),
    roots: [room],
  });
}

/** A project of its own with three dates of radar. */
function newProject(name: string): string {
  const folder = join(room, name);
  cpSync(join(room, "base"), folder, { recursive: true });
  return folder;
}

beforeAll(async () => {
  const images = join(room, "images");
  mkdirSync(images);
  for (const name of readdirSync(sample).slice(0, 3)) cpSync(join(sample, name), join(images, name));
  const like = join(images, readdirSync(images)[0]!);
  const catalog = await projects["project.create"]({ folder: join(room, "base"), area: { like } });
  await services({ catalog, appVersion, runJob, announce: () => {} })["rasters.import"]({ paths: [images] });
  catalog.close();
});
afterAll(() => rmSync(room, { recursive: true, force: true }));

test("windows that open one project in the same moment share it, and hear of each other's edits", async () => {
  const application = newApplication("shared");
  const folder = newProject("shared");
  const heard: string[] = [];
  const first = application.openSession(() => {});
  const second = application.openSession((topic) => heard.push(topic));
  const opened = await Promise.all([first.open(folder, false), second.open(folder, false)]);
  expect(opened[0]).toEqual(opened[1]);
  expect(application.projects.size).toBe(1);
  await first.invoke("bookmarks.add", { name: "here", bounds: { minX: 0, minY: 0, maxX: 1, maxY: 1 } });
  expect(heard).toContain("catalog.changed");
  first.close();
  expect(application.projects.size).toBe(1);
  second.close();
  expect(application.projects.size).toBe(0);
});

test("a project that is left at once has its picture on the start screen, which is told of it", async () => {
  const application = newApplication("left");
  const folder = join(room, "left");
  const like = join(room, "images", readdirSync(join(room, "images"))[0]!);
  const catalog = await projects["project.create"]({ folder, area: { like } });
  cpSync(join(room, "images"), join(folder, "images"), { recursive: true });
  const own = services({ catalog, appVersion, runJob, announce: () => {} });
  await own["rasters.import"]({ paths: [join(folder, "images")] });
  catalog.close();
  const heard: string[] = [];
  const staying = application.openSession((topic) => heard.push(topic));
  const leaving = application.openSession(() => {});
  await leaving.open(folder, false);
  leaving.leave();
  expect(application.projects.size).toBe(0);
  await expect.poll(() => heard, { timeout: 30_000 }).toContain("recent.changed");
  const [card] = (await staying.invoke("app.recent", {})) as RecentProject[];
  expect(card!.picture).toMatch(/^data:image\/png;base64,/);
  await application.close();
});

test("a project that could not be opened can be tried again", async () => {
  const application = newApplication("again");
  const folder = newProject("again");
  const holder = await projects["project.open"]({ folder, purpose: "another program" });
  const window = application.openSession(() => {});
  await expect(window.open(folder, false)).rejects.toMatchObject({ code: "project-in-use" });
  holder.close();
  await expect(window.open(folder, false)).resolves.toMatchObject({ readOnly: false });
  window.close();
});

test("without a window the running job and those that wait behind it end, and only then the project is closed", async () => {
  const application = newApplication("alone");
  const folder = newProject("alone");
  const window = application.openSession(() => {});
  await window.open(folder, false);
  // A copy of a project reaches nothing outside of itself until that is allowed.
  await expect(window.invoke("runs.pretrain", { name: "one" })).rejects.toMatchObject({ code: "path-withheld" });
  await window.invoke("project.allow", { folders: [join(room, "images")] });
  for (const name of ["one", "two"]) await window.invoke("runs.pretrain", { name, recipe: { steps: 5 } });
  window.close();
  expect(application.projects.size).toBe(1);
  await expect.poll(() => application.projects.size).toBe(0);
  const catalog = await projects["project.open"]({ folder, purpose: "a look", readOnly: true });
  expect(catalog.jobs.list().map(({ state }) => state)).toEqual(["finished", "finished"]);
  expect(catalog.models.list().map(({ name }) => name)).toEqual(["one", "two"]);
  catalog.close();
});
