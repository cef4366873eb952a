import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultColor } from "../../../src-shared/domain/legend.ts";
import { scoreByte, scoresPath } from "../../../src-shared/ipc/pixels.ts";
import type { Catalog } from "../../catalog/index.ts";
import { FeatureLayer } from "../../features/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { gdalBands } from "../../jobs/fixtures/gdal.ts";
import { runJob } from "../../jobs/run-job.ts";
import type { JobRunner } from "../deps.ts";
import { answerPixels } from "../pixels/pixels.ts";
import { projectFolders } from "../projects/projects.ts";
import { type Services, services } from "../services.ts";
import { closeSimilar } from "./similar-project.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-similar-"));
const project = join(room, "project");
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const running: JobRunner = (spec, on, signal) => runJob(spec, contextOf(on, signal));
let catalog: Catalog;
let all: Services;

const some = (folder: string) => readdirSync(join(sample, folder)).sort().filter((_, i) => i % 6 === 0).map((name) => join(sample, folder, name)); // biome-ignore format: one line
const [west, north] = [574_680, 5_622_440];
const at = (col: number, row: number): [number, number] => [west + 10 * col + 5, north - 10 * row - 5];
const code = (error: unknown) => (error as { readonly code?: string }).code;

beforeAll(async () => {
  mkdirSync(project);
  catalog = await projectFolders({ appVersion: "test" })["project.create"]({
    folder: project,
    name: "similar",
    area: { like: join(sample, "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif") },
    patchMeters: 10,
    tilePatches: 6,
  });
  all = services({ catalog, appVersion: "test", runJob: running, announce: () => {} });
  await all["rasters.import"]({ paths: [...some("S2_L2A_10m"), ...some("S2_SCL_20m")] });
}, 60_000);
afterAll(() => {
  closeSimilar(catalog);
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

test("before the values are prepared it says so; afterwards places, tiles and files tell the same scores", async () => {
  const clicks = { like: [at(10, 10), at(12, 11)], unlike: [at(40, 50)] };
  expect(await all["similar.find"](clicks).catch(code)).toBe("instant-not-prepared");
  await all["jobs.wait"]({ id: (await all["instant.prepare"]({}))!.id });
  const found = await all["similar.find"](clicks);
  expect(found).toMatchObject({ meters: 10, patches: 4096, outside: 0 });
  expect((await all["similar.find"](clicks)).epoch).toBe(found.epoch);

  const to = join(room, "scores.tif");
  expect(await all["similar.export"]({ ...clicks, to, threshold: 0.5 })).toMatchObject({ path: to, polygons: null });
  expect(await all["similar.export"]({ ...clicks, to, threshold: 0.5 }).catch(code)).toBe("file-exists");
  const info = JSON.parse(execFileSync("gdalinfo", ["-json", to], { encoding: "utf8" }));
  const [left, , , top] = info.geoTransform as number[];
  const [width] = info.size as number[];
  const [stored] = gdalBands(to);
  expect(info.bands[0]).toMatchObject({ type: "Int16", noDataValue: -32768, scale: 0.0001 });
  // Whoever finds the file later reads what it is of.
  const [, x, y] = [0, ...at(40, 50)];
  expect(info.metadata[""]).toMatchObject({
    UNWANTED: `${x!.toFixed(2)} ${y!.toFixed(2)}`,
    COMPARED: expect.stringMatching(/^s2: 12 dates from 2018-08-04 to 2019-10-28, values [0-9a-f]+$/),
    SOFTWARE: "OmniSat Desktop test",
  });
  expect(info.metadata[""].WANTED.split(", ")).toHaveLength(2);
  const score = (col: number, row: number) =>
    stored![((top! - north) / 10 + row) * width! + (west - left!) / 10 + col]! / 10_000;

  // The same from the values on the disk, in plain arithmetic.
  const [folder] = readdirSync(join(project, "features"));
  const layer = FeatureLayer.open([join(project, "features", folder!)])!;
  const row = (c: number, r: number) => {
    const [pc, pr] = [west / 10 + c, -north / 10 + r];
    const block = layer.blockAt(pc, pr)!;
    const p =
      (pr - Math.floor(pr / layer.side) * layer.side) * layer.side + pc - Math.floor(pc / layer.side) * layer.side;
    const values = Array.from(layer.factors, (factor, j) => factor * block.values[p * layer.columns + j]!);
    const length = Math.hypot(...values);
    return values.map((value) => value / length);
  };
  const [p, q, n] = [row(10, 10), row(12, 11), row(40, 50)];
  const direction = p.map((value, j) => (value + q[j]!) / 2 - n[j]! / 2);
  const length = Math.hypot(...direction);
  for (const [c, r] of [
    [10, 10],
    [40, 50],
    [0, 0],
    [63, 63],
    [30, 21],
  ] as const) {
    // biome-ignore format: one line
    const expected = row(c, r).reduce((sum, value, j) => sum + (value * direction[j]!) / length, 0);
    expect(Math.abs(score(c, r) - expected)).toBeLessThan(3e-4);
  }
  layer.close();

  const { places, hectares } = await all["similar.places"]({ ...clicks, threshold: 0.4 });
  let above = 0;
  for (let r = 0; r < 64; r++) for (let c = 0; c < 64; c++) if (score(c, r) >= 0.4) above++;
  expect(hectares).toBeCloseTo(above / 100, 6);
  expect(places.length).toBeGreaterThan(1);
  for (const { point, score: told } of places)
    expect(told).toBeCloseTo(score((point[0] - west - 5) / 10, (north - point[1] - 5) / 10), 3);

  // The window gets a byte of each patch; those of other clicks are gone.
  const [left0, top0, across, down] = found.extent;
  const scores = (epoch: string) => answerPixels(catalog, scoresPath({ epoch, col: left0, row: top0, width: across, height: down, step: 1 }), new AbortController().signal); // biome-ignore format: one call
  const { body } = await scores(found.epoch);
  const [c0, r0] = [west / 10 - left0, -north / 10 - top0];
  expect((body as Uint8Array)[(r0 + 21) * across + c0 + 30]).toBe(scoreByte(score(30, 21)));
  expect(await scores("other").catch(code)).toBe("layer-not-found");
}, 120_000);

test("what lies above the threshold is kept as a layer, which undo takes away, and its polygons have the counted area", async () => {
  const clicks = { like: [at(10, 10)] };
  const { hectares } = await all["similar.places"]({ ...clicks, threshold: 0.6 });
  const { id, polygons } = await all["similar.keep"]({ ...clicks, threshold: 0.6, name: "Like this" });
  expect((await all["vectors.list"]({})).map((one) => one.id)).toEqual([id]);
  const { path } = (await all["vectors.list"]({}))[0]!;
  const features = JSON.parse(
    execFileSync("ogr2ogr", ["-f", "GeoJSON", "/vsistdout/", path], { encoding: "utf8", maxBuffer: 1e8 }),
  ).features as { properties: { patches: number; score: number } }[];
  expect(features).toHaveLength(polygons);
  expect(features.reduce((sum, { properties }) => sum + properties.patches, 0) / 100).toBeCloseTo(hectares, 6);
  expect(features.every(({ properties }) => properties.score >= 0.6)).toBe(true);
  await all["edits.undo"]({});
  expect(await all["vectors.list"]({})).toEqual([]);
  expect(
    await all["similar.keep"]({ ...clicks, like: [at(10, 10), at(40, 50)], threshold: 1, name: "None" }).catch(code),
  ).toBe("similar-none-above");
  expect(existsSync(join(project, "exports", "None.gpkg"))).toBe(false);
}, 60_000);

test("an outline grows from a click, farther as it is let, and becomes a label that undo takes back", async () => {
  await all["legends.create"]({ name: "crops", classes: [{ code: 1, name: "wheat", color: defaultColor(0) }] });
  const proposed = await all["similar.outline"]({ at: at(10, 10) });
  const again = await all["similar.outline"]({ at: at(10, 10), grow: proposed.grow });
  expect(again.coordinates).toEqual(proposed.coordinates);
  const sizes: number[] = [];
  for (const grow of [0, 0.3, 0.6, 1]) sizes.push((await all["similar.outline"]({ at: at(10, 10), grow })).patches);
  expect(sizes[0]).toBe(1);
  expect(sizes.toSorted((p, q) => p - q)).toEqual(sizes);
  expect(sizes[3]).toBe(4096);
  const { ids } = await all["labels.add"]({ labels: [{ classCode: 1, coordinates: [proposed.coordinates.map((ring) => [...ring].map(([x, y]) => [x, y] as [number, number]))], drawn: "polygon" }] }); // biome-ignore format: one call
  const { labels } = await all["labels.list"]({});
  expect(labels.find(({ id }) => id === ids[0])).toMatchObject({ classCode: 1, importId: null });
  // The outline's corners are cut by less than half a patch: it labels the patches that it was grown over.
  expect(labels[0]!.patches).toBe(proposed.patches);
  await all["edits.undo"]({});
  expect((await all["labels.list"]({})).labels).toEqual([]);
});

test("outlines of several places go to one file, each as it grows alone; a place that is wrong leaves no file", async () => {
  const to = join(room, "fields.gpkg");
  const places = [at(10, 10), at(40, 50)];
  const written = await all["similar.writeOutlines"]({ at: places, to });
  const alone = await Promise.all(places.map((place) => all["similar.outline"]({ at: place })));
  expect(written.outlines).toEqual(alone.map(({ coordinates: _, ...facts }) => facts));
  const { features } = JSON.parse(execFileSync("ogr2ogr", ["-f", "GeoJSON", "/vsistdout/", to], { encoding: "utf8" }));
  expect((features as { properties: object }[]).map(({ properties }) => properties)).toMatchObject(
    places.map(([x, y], i) => ({ from_x: x, from_y: y, patches: alone[i]!.patches })),
  );
  expect(await all["similar.writeOutlines"]({ at: places, to }).catch(code)).toBe("file-exists");
  const beside = join(room, "beside.gpkg");
  const wrong = [at(10, 10), [west - 90_000, north] as [number, number]];
  expect(await all["similar.writeOutlines"]({ at: wrong, to: beside }).catch(code)).toBe("similar-nothing-there");
  expect(await all["similar.writeOutlines"]({ at: places, to: join(room, "a.tif") }).catch(code)).toBe(
    "similar-format",
  );
  expect(existsSync(beside)).toBe(false);
});

test("clicks beside the images, and files of no known kind, are refused in a sentence; nothing is written", async () => {
  const beside: [number, number] = [west - 90_000, north];
  expect(await all["similar.find"]({ like: [beside] }).catch(code)).toBe("similar-nothing-there");
  expect(await all["similar.outline"]({ at: beside }).catch(code)).toBe("similar-nothing-there");
  expect(await all["similar.find"]({ like: [beside, at(1, 1)], unlike: [beside] })).toMatchObject({ outside: 2 });
  expect(await all["similar.export"]({ like: [at(1, 1)], to: join(room, "a.doc"), threshold: 0 }).catch(code)).toBe("similar-format"); // biome-ignore format: one call
  expect(await all["similar.find"]({ like: [[4.063, 50.746]], lonLat: true })).toMatchObject({ outside: 0 });
  expect(await all["similar.find"]({ like: [[Number.NaN, 1]] }).catch(code)).toBe("request-invalid");
});
