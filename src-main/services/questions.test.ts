import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type TableName, tableNames } from "../../src-shared/domain/tables.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import type { RequestOf } from "../../src-shared/ipc/contract.ts";
import { type QuestionName, questionTables } from "../../src-shared/ipc/questions.ts";
import type { Catalog } from "../catalog/index.ts";
import { Sql } from "../catalog/sql.ts";
import { contextOf } from "../jobs/context.ts";
import { writeClassMap } from "../jobs/fixtures/class-map.ts";
import type { JobRunner } from "./deps.ts";
import { countingJob } from "./fixtures/counting-job.ts";
import { projectFolders } from "./projects/projects.ts";
import { type Services, services } from "./services.ts";

const sample = join(import.meta.dirname, "../../resources/sample/flanders-crops-2019");
const room = mkdtempSync(join(tmpdir(), "omnisat-questions-"));
let catalog: Catalog;
let all: Services;

const runJob: JobRunner = async (spec, on, signal) => (await countingJob(spec, contextOf(on, signal))) as never;

/** Nine squares of 60 m with the shares of two species. */
function tilesFile(): string {
  const { minX, maxY } = boundsOf(catalog.project.get().grid.geobox);
  const features = [...Array(9).keys()].map((n) => {
    const [x, y] = [minX + 60 * (n % 3), maxY - 60 * Math.floor(n / 3)];
    const ring = [[x, y], [x + 60, y], [x + 60, y - 60], [x, y - 60], [x, y]]; // biome-ignore format: one ring
    const properties = { name: `tile_${n}`, frac_Fagus: n / 10, frac_Abies: 1 - n / 10 };
    return { type: "Feature", properties, geometry: { type: "Polygon", coordinates: [ring] } };
  });
  const crs = { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::32631" } };
  const path = join(room, "tiles.geojson");
  writeFileSync(path, JSON.stringify({ type: "FeatureCollection", crs, features }));
  return path;
}

async function addMap(): Promise<void> {
  const { geobox } = catalog.project.get().grid;
  const files = await writeClassMap(join(room, "map"), geobox, [{ code: 1, name: "maize", color: "#ffcc00" }], () => 1);
  catalog.maps.add({
    name: "map",
    modelId: 1,
    jobId: null,
    modalities: ["s2"],
    area: geobox,
    files: { ...files, probabilitiesPath: null, qmlPath: join(room, "map.qml"), sldPath: join(room, "map.sld"), sidecarPaths: [], tiles: 1, seconds: 1, pixels: { 1: 4096 } }, // biome-ignore format: one line
  });
}

beforeAll(async () => {
  const imagery = join(room, "imagery");
  mkdirSync(imagery);
  for (const folder of ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m"])
    for (const name of readdirSync(join(sample, folder)).slice(40, 42))
      cpSync(join(sample, folder, name), join(imagery, name));
  const like = join(imagery, readdirSync(imagery).find((name) => name.startsWith("S2_L2A_10m"))!);
  const projects = projectFolders({ appVersion: "0.1.0" });
  catalog = await projects["project.create"]({ folder: join(room, "project"), area: { like }, tilePatches: 6 });
  all = services({ catalog, appVersion: "0.1.0", runJob, announce: () => {} });
  await all["rasters.import"]({ paths: [imagery] });
  await all["labels.import"]({ path: join(sample, "parcels.gpkg"), field: "class_name", unmapped: "ignore", classes: { "winter wheat": "wheat", maize: "maize" } }); // biome-ignore format: one call
  await all["labels.split"]({ method: "field" });
  const { id } = await all["runs.pretrain"]({ name: "encoder", size: "tiny", recipe: { steps: 2 } });
  await all["jobs.wait"]({ id });
  await addMap();
  await all["areas.draw"]({ map: 1, units: 20 });
  await all["tiles.import"]({ path: tilesFile() });
  await all["tiles.split"]({ method: "random" });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

/** Questions that are answered from the project's database. */
type Asked = {
  [Name in QuestionName]: (typeof questionTables)[Name] extends readonly [] ? never : Name;
}[QuestionName];

const file = { path: join(sample, "parcels.gpkg"), field: "class_name" };
const requests = (): { readonly [Name in Asked]: RequestOf<Name> } => {
  const layer = `acquisition:${catalog.acquisitions.list()[0]!.id}`;
  const bounds = boundsOf(catalog.project.get().grid.geobox);
  const place = { kind: "point", x: bounds.minX + 5, y: bounds.minY + 5 } as const;
  return {
    "project.describe": {},
    "project.places": {},
    "project.imagery": {},
    "project.area": {},
    "project.withheld": {},
    "rasters.list": {},
    "acquisitions.list": {},
    "rasters.preview": { paths: [join(room, "imagery")] },
    "radiometry.repairs": {},
    "layers.list": {},
    "layers.properties": { id: layer },
    "layers.sources": { ids: [layer, "map:1"] },
    "layers.statistics": { id: layer, bands: ["B02"] },
    "layers.display": {},
    "vectors.list": {},
    "bookmarks.list": {},
    "view.get": { key: "map.camera" },
    "modalities.facts": {},
    "modalities.coverage": { name: "s2" },
    "labels.previewImport": { ...file, unmapped: "ignore", classes: { maize: "maize" } },
    "labels.input": {},
    "labels.list": {},
    "labels.changes": { legendId: 1, since: 0 },
    "labels.parts": {},
    "labels.summary": {},
    "labels.problems": {},
    "labels.splitWords": { field: "class_name" },
    "labels.splitState": {},
    "tiles.preview": { path: join(room, "tiles.geojson") },
    "tiles.summary": {},
    "tiles.list": {},
    "tiles.accuracy": { model: "encoder" },
    "tiles.maps": {},
    "tiles.answers": { id: 1 },
    "legends.list": {},
    "models.list": {},
    "models.scores": { part: "validation" },
    "models.details": { name: "encoder" },
    "models.shipped": {},
    "models.inputs": { name: "encoder" },
    "runs.list": {},
    "runs.metrics": { id: 1 },
    "runs.summaries": {},
    "runs.reviews": { id: 1 },
    "runs.preview": { id: 1, step: 1 },
    "runs.accuracy": { model: "encoder" },
    "chains.list": {},
    "chains.offer": {},
    "runs.estimate": { kind: "finetune", name: "next", size: "tiny" },
    "numbers.targets": {},
    "numbers.preview": { path: join(sample, "parcels.gpkg"), field: "class_code" },
    "numbers.models": {},
    "surfaces.list": {},
    "surfaces.at": { id: 1, x: bounds.minX + 5, y: bounds.minY + 5 },
    "maps.list": {},
    "maps.estimate": { model: "encoder" },
    "maps.expected": { model: "encoder" },
    "maps.partial": { job: 1 },
    "maps.describe": { id: 1 },
    "maps.comparisons": {},
    "maps.window": { layer: "map:1", bounds, width: 8, height: 8 },
    "areas.plan": { map: 1 },
    "areas.list": {},
    "areas.places": { id: 1 },
    "areas.estimate": { id: 1 },
    "jobs.list": {},
    "jobs.log": { id: 1 },
    "timeline.list": {},
    "timeline.clouds": {},
    "inspect.series": { places: [place] },
    "alignment.report": {},
    "alignment.dates": {},
    "instant.state": { learn: true },
    "instant.suspicious": {},
    "edits.list": {},
  };
};

test("a question is answered from the tables that its line names, and from no other", async () => {
  const read = new Set<string>();
  for (const method of ["all", "get"] as const) {
    const own = Sql.prototype[method] as (text: string, ...values: never[]) => never;
    vi.spyOn(Sql.prototype, method).mockImplementation(function (this: Sql, text: string, ...values: unknown[]) {
      for (const [, table] of text.matchAll(/\b(?:FROM|JOIN)\s+"?(\w+)/gi)) read.add(table!);
      return own.call(this, text, ...(values as never[]));
    } as never);
  }
  // What a window remembers (its camera, the active legend) is told by the tables of what it is about.
  const watched = (table: string): table is TableName =>
    tableNames.includes(table as TableName) && table !== "view_state";
  const unnamed: Record<string, readonly string[]> = {};
  const refused: string[] = [];
  for (const [name, request] of Object.entries(requests()) as [Asked, never][]) {
    read.clear();
    await all[name](request).catch(({ code, message }: { code?: string; message: string }) =>
      refused.push(`${name}: ${code ?? message}`),
    );
    const named = new Set<string>(questionTables[name]);
    const others = [...read].filter((table) => watched(table) && !named.has(table));
    if (others.length > 0) unnamed[name] = others;
  }
  expect(unnamed).toEqual({});
  // These look into files of a model, a map or the instant map, or ask the job process: their rows were read before.
  expect(refused).toEqual([
    "tiles.answers: map-not-found",
    "models.details: model-unreadable",
    "runs.estimate: No test estimates counting",
    "surfaces.at: surface-not-found",
    "maps.estimate: model-has-no-head",
    "instant.suspicious: instant-not-prepared",
  ]);
});
