import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultColor } from "../../../src-shared/domain/legend.ts";
import { decodePixelTile, isData, openPixelTile } from "../../../src-shared/ipc/pixels.ts";
import type { Catalog } from "../../catalog/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { gdalBands } from "../../jobs/fixtures/gdal.ts";
import { runJob } from "../../jobs/run-job.ts";
import type { JobRunner } from "../deps.ts";
import { answerPixels } from "../pixels/pixels.ts";
import { projectFolders } from "../projects/projects.ts";
import { type Services, services } from "../services.ts";
import { closeInstant } from "./instant-project.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-instant-"));
const project = join(room, "project");
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const projects = projectFolders({ appVersion: "test" });
const running: JobRunner = (spec, on, signal) => runJob(spec, contextOf(on, signal));
let catalog: Catalog;
let all: Services;

/** Every sixth date of both sensors. */
const some = (folder: string) => readdirSync(join(sample, folder)).sort().filter((_, i) => i % 6 === 0).map((name) => join(sample, folder, name)); // biome-ignore format: one line

beforeAll(async () => {
  mkdirSync(project);
  catalog = await projects["project.create"]({
    folder: project,
    name: "instant",
    area: { like: join(sample, "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif") },
    patchMeters: 10,
    tilePatches: 6,
  });
  all = services({ catalog, appVersion: "test", runJob: running, announce: () => {} });
  await all["rasters.import"]({ paths: [...some("S2_L2A_10m"), ...some("S2_SCL_20m"), ...some("S1_GRD_ASC_20m")] });
}, 60_000);
afterAll(() => {
  closeInstant(catalog);
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const state = () => all["instant.state"]({ learn: true });
/** The classes of the sample's 64 × 64 patches as two tiles show them: 0 where there is none. */
async function drawn(what: string, epoch: string): Promise<number[]> {
  const values = new Array<number>(64 * 64).fill(0);
  const [col, row] = [57_468, -562_244];
  for (const x of [Math.floor(col / 256), Math.floor((col + 63) / 256)])
    for (const y of new Set([Math.floor(row / 256), Math.floor((row + 63) / 256)])) {
      const { body } = await answerPixels(catalog, `/tile/${encodeURIComponent(`instant:${what}`)}/13/${x}/${y}?bands=1&v=${epoch}`, new AbortController().signal); // biome-ignore format: one call
      const bytes = body as Uint8Array;
      const { payloadAt, compressed } = openPixelTile(bytes);
      const payload = bytes.subarray(payloadAt);
      const tile = decodePixelTile(bytes.subarray(0, payloadAt), compressed ? inflateRawSync(payload) : payload);
      for (let p = 0; p < values.length; p++) {
        const [c, r] = [col + (p % 64) - 256 * x, row + Math.floor(p / 64) - 256 * y];
        if (c < 0 || r < 0 || c >= 256 || r >= 256 || !isData(tile, r * 256 + c)) continue;
        values[p] = tile.samples![r * 256 + c]! * tile.scales[0]!.scale + tile.scales[0]!.offset;
      }
    }
  return values;
}
const at = (col: number, row: number): [number, number] => [574_680 + 10 * col + 5, 5_622_440 - 10 * row - 5];
const click = async (classCode: number, col: number, row: number): Promise<number> => {
  const { ids } = await all["labels.add"]({ labels: [{ classCode, point: at(col, row) }] });
  return ids[0]!;
};
const wheat = { code: 1, name: "wheat", color: defaultColor(0) };
const grass = { code: 2, name: "grass", color: defaultColor(1) };
const maize = { code: 3, name: "maize", color: defaultColor(2) };

test("values are prepared once; after a change of one sensor's images only its values are computed again", async () => {
  expect(await state()).toMatchObject({
    possible: true,
    features: { state: "none", missing: ["s2", "s1-asc"] },
    learned: null,
  });
  expect(await all["instant.keep"]({ name: "early" }).catch(({ code }) => code as string)).toBe("instant-not-prepared");
  const started = await all["instant.prepare"]({});
  await all["jobs.wait"]({ id: started!.id });
  const ready = await state();
  expect(ready).toMatchObject({ features: { state: "ready", missing: [] }, job: null, learned: { kind: "nothing" } });
  expect(ready.features.error).toBeLessThan(0.1);
  expect(await all["instant.prepare"]({})).toBeNull();
  const before = readdirSync(join(project, "features")).sort();
  expect(before).toHaveLength(2);

  const radar = catalog.acquisitions.list().find(({ sensor }) => sensor === "sentinel-1")!;
  await all["alignment.setShift"]({ shifts: [{ id: radar.id, shift: { dx: 20, dy: 0 } }] });
  expect(await state()).toMatchObject({ features: { state: "stale", missing: ["s1-asc"] }, learned: null });
  expect(await all["instant.keep"]({ name: "stale" }).catch(({ message }) => message as string)).toMatch(
    /s1-asc.*changed/,
  );
  const again = await all["instant.prepare"]({});
  const { result } = await all["jobs.wait"]({ id: again!.id });
  expect(result).toMatchObject({ groups: [{ modality: "s1-asc" }] });
  expect(await state()).toMatchObject({ features: { state: "ready" } });
  // The values of the earlier images are gone, those of the other sensor are as they were.
  const after = readdirSync(join(project, "features")).sort();
  expect(after.filter((name) => before.includes(name))).toEqual(before.filter((name) => name.startsWith("s2")));
  expect(after).toHaveLength(2);
}, 120_000);

test("one class shows what is alike; two make a map; every label changes it, and undo brings the map before back", async () => {
  await all["legends.create"]({ name: "crops", classes: [wheat, grass, maize] });
  await click(1, 10, 10);
  const one = (await state()).learned!;
  expect(one).toMatchObject({ kind: "similarity", labels: 1, rows: 1 });
  const alike = await drawn("similarity", one.epoch);
  expect(alike[10 * 64 + 10]).toBe(100);
  expect(Math.min(...alike)).toBeLessThan(50);
  expect(await all["instant.keep"]({ name: "one" }).catch(({ code }) => code as string)).toBe("instant-needs-classes");

  await click(2, 40, 50);
  const two = (await state()).learned!;
  expect(two).toMatchObject({ kind: "classes", labels: 2, heldBack: 0, outside: 0 });
  expect(two.epoch).not.toBe(one.epoch);
  const map = await drawn("class", two.epoch);
  expect([map[10 * 64 + 10], map[50 * 64 + 40]]).toEqual([1, 2]);
  expect(new Set(map)).toEqual(new Set([1, 2]));
  const [confidence, margin] = [await drawn("confidence", two.epoch), await drawn("margin", two.epoch)];
  // Of two classes the margin is twice what the confidence has above a half.
  expect(confidence.every((share, p) => share >= 50 && Math.abs(2 * share - 100 - margin[p]!) <= 1.5)).toBe(true);
  // Nothing changed: nothing is learned.
  expect((await state()).learned!.epoch).toBe(two.epoch);

  await click(3, 60, 5);
  const three = (await state()).learned!;
  expect(new Set(await drawn("class", three.epoch))).toEqual(new Set([1, 2, 3]));
  await all["edits.undo"]({});
  expect(await drawn("class", (await state()).learned!.epoch)).toEqual(map);
  await all["edits.redo"]({});
});

test("edits that come faster than it learns end with what the last one says", async () => {
  const before = await drawn("class", (await state()).learned!.epoch);
  const asked: Promise<unknown>[] = [];
  for (let i = 0; i < 5; i++) {
    await click(1 + (i % 3), 20 + i, 30);
    asked.push(state());
  }
  await Promise.all(asked);
  const told = (await state()).learned!;
  expect(told.labels).toBe(8);
  const map = await drawn("class", told.epoch);
  expect(map).not.toEqual(before);
  for (let i = 0; i < 5; i++) await all["edits.undo"]({});
  expect(await drawn("class", (await state()).learned!.epoch)).toEqual(before);
});

test("whoever asks at once about the same labels gets one answer", async () => {
  await click(1, 25, 31);
  const [one, two, three] = await Promise.all([state(), all["instant.next"]({ count: 1 }), state()]);
  expect(one.learned).toEqual(three.learned);
  expect(two).toHaveLength(1);
  await all["edits.undo"]({});
  const { labels } = (await state()).learned!;
  await click(2, 26, 31);
  // Newer labels while it learns: both end with those.
  const early = state();
  await click(3, 27, 31);
  const answers = await Promise.all([early, state(), state(), all["instant.next"]({ count: 1 })]);
  expect(answers.slice(1, 3)).toMatchObject([{ learned: { labels: labels + 2 } }, { learned: { labels: labels + 2 } }]);
  for (let i = 0; i < 2; i++) await all["edits.undo"]({});
});

test("labels of the test part never teach it, not even where another label lies on them; clicks without a word in the split's field do", async () => {
  const [first, second, third, fourth] = [await click(1, 12, 10), await click(2, 42, 50), await click(3, 58, 5), await click(1, 30, 30)]; // biome-ignore format: one line
  const { labels } = await all["labels.list"]({});
  await all["labels.setProperties"]({ ids: labels.map(({ id }) => id), properties: { set: "train" } });
  await all["labels.setProperties"]({ ids: [fourth], properties: { set: "test" } });
  const undivided = (await state()).learned!;
  expect(undivided).toMatchObject({ labels: 7, rows: 7, heldBack: 0 });
  await all["labels.split"]({ method: "field", field: "set", tooFew: "train" });
  const divided = (await state()).learned!;
  expect(divided).toMatchObject({ labels: 6, rows: 6, heldBack: 1 });
  const map = await drawn("class", divided.epoch);
  // On the test label, of another class and of none of its words: nothing is learned of it.
  await click(2, 30, 30);
  const onTest = (await state()).learned!;
  expect(onTest).toMatchObject({ labels: 6, rows: 6, outside: 1 });
  expect(await drawn("class", onTest.epoch)).toEqual(map);
  // Elsewhere it teaches.
  await click(2, 31, 40);
  expect((await state()).learned).toMatchObject({ labels: 7, rows: 7 });
  expect([first, second, third].every(Number.isInteger)).toBe(true);
});

test("places to label next lie on no label and in no test block, are unlike each other, and what is labelled there teaches", async () => {
  const key = ({ patch }: { patch: readonly [number, number] }) => patch.join();
  const places = await all["instant.next"]({ count: 12 });
  expect(new Set(places.map(key)).size).toBe(12);
  const { labels } = await all["labels.list"]({});
  for (const { bounds, x, y, classCode, confidence, margin } of places) {
    expect([(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2]).toEqual([x, y]);
    expect(labels.some((label) => Math.abs(label.x - x) < 5 && Math.abs(label.y - y) < 5)).toBe(false);
    expect([1, 2, 3]).toContain(classCode);
    expect(margin).toBeLessThanOrEqual(confidence);
    for (const other of places)
      if (other.x !== x || other.y !== y)
        expect(Math.max(Math.abs(other.x - x), Math.abs(other.y - y))).toBeGreaterThanOrEqual(40);
  }
  // What is skipped does not come again.
  const later = await all["instant.next"]({
    count: 12,
    skipped: places.map(({ patch }) => [...patch] as [number, number]),
  });
  expect(later.map(key).filter((one) => places.map(key).includes(one))).toEqual([]);

  // The split's field says nothing of it: it would be used for nothing, but was chosen to teach.
  const before = (await state()).learned!;
  const [first] = places;
  await all["labels.add"]({ labels: [{ classCode: 1, point: [first!.x, first!.y], drawn: "point" }], teaching: true });
  const taught = (await state()).learned!;
  expect(taught).toMatchObject({ labels: before.labels + 1, heldBack: before.heldBack });
  expect(taught.agreement).toMatchObject({ steady: false, changed: expect.any(Number) });
  const input = await all["labels.input"]({});
  expect(input.polygons.at(-1)).toMatchObject({ part: "train" });
  await all["edits.undo"]({});

  // Blocks of which some test: nothing is proposed there, nor where a new block would test.
  await all["labels.split"]({ method: "blocks", blockMeters: 160, bufferMeters: 0, seed: 1, tooFew: "train" });
  for (const { x, y } of await all["instant.next"]({ count: 20 })) {
    const { ids } = await all["labels.add"]({ labels: [{ classCode: 1, point: [x, y], drawn: "point" }] });
    const parts = await all["labels.input"]({});
    expect(parts.polygons.filter(({ id }) => id === ids[0]).map(({ part }) => part)).toEqual(["train"]);
    await all["edits.undo"]({});
  }
  await all["edits.undo"]({});
  expect((await state()).learned).toMatchObject({ labels: before.labels, heldBack: before.heldBack });
});

test("a label that the others contradict is found, with the class that they say", async () => {
  expect(await all["instant.suspicious"]({})).toMatchObject({ labels: [] });
  // Around a place that is grass, more of it, and one patch that says wheat.
  const grassy = [[38, 50], [39, 50], [41, 50], [40, 48], [40, 52]] as const; // biome-ignore format: one line
  for (const [col, row] of grassy) await click(2, col, row);
  for (const [col, row] of [[9, 10], [11, 10], [10, 9], [10, 12]] as const) await click(1, col, row); // biome-ignore format: one line
  const wrong = await click(1, 40, 49);
  const { labels, judged } = await all["instant.suspicious"]({});
  expect(judged).toBeGreaterThanOrEqual(10);
  expect(labels[0]).toMatchObject({ id: wrong, classCode: 1, proposed: 2, patches: 1 });
  expect(labels[0]!.proposedShare).toBeGreaterThan(0.5);
  // A person looked and keeps it: it is not asked about again.
  await all["labels.setProperties"]({ ids: [wrong], properties: { confirmed: true } });
  expect((await all["instant.suspicious"]({})).labels.map(({ id }) => id)).not.toContain(wrong);
  for (let i = 0; i < 11; i++) await all["edits.undo"]({});
});

test("a kept map is the one that was seen, is scored on the test part like any model, and says that it was instant", async () => {
  const seen = await drawn("class", (await state()).learned!.epoch);
  const kept = await all["instant.keep"]({ name: "clicks" });
  await all["jobs.wait"]({ id: kept.id });
  let job: { readonly id: number } | undefined;
  for (let i = 0; i < 100 && !job; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    job = (await all["jobs.list"]({})).find(({ kind }) => kind === "map");
  }
  await all["jobs.wait"]({ id: job!.id });
  const [map] = await all["maps.list"]({});
  expect(map).toMatchObject({ name: "clicks" });
  const [classes] = gdalBands(map!.files.classPath);
  const same = seen.filter((code, p) => code === classes![p]).length;
  // It reads the images and not the stored bytes: patches between two classes may differ.
  expect(same).toBeGreaterThan(0.99 * 64 * 64);
  const [run] = await all["runs.summaries"]({});
  expect(run).toMatchObject({ settings: { method: "logistic-regression", instant: true } });
  const score = await all["runs.evaluate"]({ model: "clicks" });
  const { result } = await all["jobs.wait"]({ id: score.id });
  expect(result).toMatchObject({ part: "test", subsets: [{ samples: 1 }] });
  expect(await all["instant.keep"]({ name: "clicks" }).catch(({ code }) => code as string)).toBe("model-exists");

  // Whatever the test labels say, the same is learned and kept: only the score tells the difference.
  const { labels } = await all["labels.list"]({});
  const tests = labels.filter(({ properties }) => properties.set === "test").map(({ id }) => id);
  expect(tests).toHaveLength(1);
  await all["labels.setClass"]({ ids: tests, classCode: 3 });
  expect(await drawn("class", (await state()).learned!.epoch)).toEqual(seen);
  const again = await all["instant.keep"]({ name: "again", map: false });
  await all["jobs.wait"]({ id: again.id });
  const weights = (name: string) => readFileSync(join(catalog.models.find(name)!.folder, "weights.safetensors"));
  expect(weights("again").equals(weights("clicks"))).toBe(true);
  const other = await all["jobs.wait"]({ id: (await all["runs.evaluate"]({ model: "again" })).id });
  expect(other.result).not.toMatchObject({ subsets: (result as { subsets: object[] }).subsets });
}, 120_000);

test("values that were damaged are prepared again; nothing else is lost", async () => {
  const folder = join(project, "features");
  const [one] = readdirSync(folder).sort();
  truncateSync(join(folder, one!, "values.i8"), 1000);
  expect(await state()).toMatchObject({ features: { state: "stale" }, learned: null });
  const again = await all["instant.prepare"]({});
  await all["jobs.wait"]({ id: again!.id });
  expect(await state()).toMatchObject({ features: { state: "ready" }, learned: { kind: "classes", labels: 7 } });
}, 120_000);
