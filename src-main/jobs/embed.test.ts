import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { architectures, type EmbedSpec, type Imagery } from "../../src-shared/domain/job.ts";
import { finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import { planBlend } from "../cube/index.ts";
import { FeatureLayer, readGroup, storedError } from "../features/index.ts";
import { readModelDescription } from "../learning/index.ts";
import { embed } from "./embed.ts";
import { embeddingKey, statesOfImagery } from "./feature-keys.ts";
import { finetune } from "./finetune.ts";
import { quiet, randomModel, sampleGrid, sampleImagery, sampleLabels } from "./fixtures/sample.ts";
import { openCube, projectArea } from "./imagery.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { embeddingColumns, Predictor } from "./predict.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-embed-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const side = 6;
/** Patches along a side of the area: no multiple of a tile, nor of a block. */
const across = 44;
const grid = sampleGrid(across, 0, 0, side);
const labels = sampleLabels();
const model = join(room, "model");
let imagery: Imagery;
let next = 0;
const folderOf = () => {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  return folder;
};

/** The same images in a folder of the test's own, so that one can be changed. */
async function copied(): Promise<Imagery> {
  const own = join(room, "images");
  mkdirSync(own);
  const found = await sampleImagery(grid, 4);
  const moved = (path: string) => {
    const to = join(own, `${basename(path)}`);
    copyFileSync(path, to);
    return to;
  };
  return JSON.parse(
    JSON.stringify(found, (key, value) => (key === "path" ? moved(value as string) : value)),
  ) as Imagery;
}

async function spec(more: Partial<EmbedSpec> = {}): Promise<EmbedSpec> {
  const own = { grid, imagery, ...more };
  const { sha256 } = (await readModelDescription(more.modelFolder ?? model)).weights;
  const key = embeddingKey(own.grid, own.imagery, sha256, await statesOfImagery(own.imagery));
  return { kind: "embed", seed: 1, provider: "cpu", resume: false, appVersion: "test", folder: folderOf(), modelFolder: model, title: "random", key, earlierFolder: null, batchSize: 4, ...own }; // biome-ignore format: one spec
}

beforeAll(async () => {
  imagery = await copied();
  await randomModel(model, grid, imagery, labels.legend);
}, 120_000);

/** [P, columns] what the network gives of the area, tile by tile. */
async function direct() {
  const { description, weights } = await readWorkingModel(model);
  const modalities = imagery.modalities.map(({ name }) => name);
  const cube = openCube(grid, imagery, imagery.modalities, description.days);
  const predictor = await Predictor.create({ cube, model: description, weights, modalities, batchSize: 3, provider: "cpu", embeddings: true }); // biome-ignore format: one call
  const columns = embeddingColumns(description.config);
  const values = new Float32Array(across ** 2 * columns);
  const area = projectArea(grid);
  for await (const { window, logits } of predictor.run(planBlend(area, side, 0).tiles, new AbortController().signal))
    for (let p = 0; p < side * side; p++) {
      const [x, y] = [window.col - area.col + (p % side), window.row - area.row + Math.floor(p / side)];
      if (x >= 0 && x < across && y >= 0 && y < across)
        values.set(logits.subarray(p * columns, (p + 1) * columns), (across * y + x) * columns);
    }
  await predictor.release();
  await cube.close();
  return { values, columns };
}

test("a layer holds what the network gives, to the error that it states; a job that was killed ends with the same bytes", async () => {
  const asked = await spec();
  const { group: made } = await embed(asked, quiet);
  expect(made).toMatchObject({ patches: across ** 2, kept: 0, modality: "random" });
  const group = readGroup(made.folder)!;
  const { values, columns } = await direct();
  expect(made.columns).toBe(columns);
  const layer = FeatureLayer.open([made.folder])!;
  const area = projectArea(grid);
  let [largest, cut, seen] = [0, 0, 0];
  for (let y = 0; y < across; y++)
    for (let x = 0; x < across; x++) {
      const [col, row] = [area.col + x, area.row + y];
      const block = layer.blockAt(col, row)!;
      const p = (row - Math.floor(row / layer.side) * layer.side) * layer.side + col - Math.floor(col / layer.side) * layer.side; // biome-ignore format: one number
      seen += block.seen[p]!;
      for (let j = 0; j < columns; j++) {
        const standard = (values[(across * y + x) * columns + j]! - group.means[j]!) / group.spreads[j]!;
        const stored = block.values[p * columns + j]!;
        if (Math.abs(stored) === 127) cut++;
        else largest = Math.max(largest, Math.abs(stored * layer.factors[j]! - standard));
      }
    }
  layer.close();
  expect(seen).toBe(across ** 2);
  expect(largest).toBeLessThanOrEqual(storedError(group) + 1e-3);
  expect(cut / (across ** 2 * columns)).toBeLessThan(0.01);

  // Stopped within the second block, then gone on with.
  const again = { ...asked, folder: folderOf() };
  const controller = new AbortController();
  let told = 0;
  const phase = (name: string) => name === "Embedding" && ++told === 3 && controller.abort();
  await expect(embed(again, { ...quiet, signal: controller.signal, phase } as never)).rejects.toThrow();
  const begun = join(again.folder, basename(made.folder), "values.i8");
  expect(statSync(begun).size).toBeLessThan(statSync(join(made.folder, "values.i8")).size);
  truncateSync(begun, statSync(begun).size - 7);
  const { group: resumed } = await embed({ ...again, resume: true }, quiet);
  expect(readFileSync(join(resumed.folder, "values.i8"))).toEqual(readFileSync(join(made.folder, "values.i8")));
}, 300_000);

/** Of all patches and columns of two layers that hold the same, in steps of both together; cut values are left out. */
function largestDifference(one: string, other: string): number {
  const groups = [readGroup(one)!, readGroup(other)!] as const;
  const layers = [FeatureLayer.open([one])!, FeatureLayer.open([other])!] as const;
  const columns = groups[0].columns.length;
  let largest = 0;
  for (const [col, row] of layers[0].corners()) {
    const blocks = layers.map((layer) => layer.block(col, row)!);
    expect(blocks[0]!.seen).toEqual(blocks[1]!.seen);
    for (let p = 0; p < blocks[0]!.seen.length; p++)
      for (let j = 0; j < columns && blocks[0]!.seen[p] === 1; j++) {
        const [a, b] = blocks.map(({ values }) => values[p * columns + j]!) as [number, number];
        if (Math.abs(a) === 127 || Math.abs(b) === 127) continue;
        const value = (at: 0 | 1, stored: number) => groups[at].means[j]! + groups[at].steps[j]! * stored;
        const steps = (groups[0].steps[j]! + groups[1].steps[j]!) / 2;
        largest = Math.max(largest, Math.abs(value(0, a) - value(1, b)) / steps - 1e-3);
      }
  }
  for (const layer of layers) layer.close();
  return largest;
}

test("only squares whose images changed are computed again; another model, and another key, begin anew", async () => {
  const wide = sampleGrid(64, 0, 0, side);
  const asked = await spec({ grid: { ...wide, geobox: { ...wide.geobox, width: 58 } } });
  const { group: before } = await embed(asked, quiet);
  // The project reaches further to the east: squares of its eastern edge have other patches, the others stay.
  const larger = await spec({ grid: wide, earlierFolder: before.folder });
  expect(larger.key).not.toBe(asked.key);
  const { group: more } = await embed(larger, quiet);
  const east = Math.floor((projectArea(asked.grid).col + 57) / 32);
  const stays = readGroup(before.folder)!.blocks.filter(([col]) => col < east);
  expect(stays.length).toBeGreaterThan(0);
  expect([more.kept, more.blocks]).toEqual([stays.length, 9]);
  const { group: whole } = await embed({ ...larger, earlierFolder: null, folder: folderOf() }, quiet);
  expect(whole.kept).toBe(0);
  expect(largestDifference(more.folder, whole.folder)).toBeLessThan(1);
  // An image of the whole area was replaced: all squares follow from it.
  const [path] = imagery.acquisitions.flatMap(({ pieces }) =>
    pieces.flatMap(({ files }) => files.map((file) => file.path)),
  );
  utimesSync(path!, new Date(), new Date(1e12));
  const touched = await spec({ grid: wide, earlierFolder: more.folder });
  expect(touched.key).not.toBe(larger.key);
  expect((await embed(touched, quiet)).group.kept).toBe(0);
  // The same images and area under another name of the same work: all squares are there.
  const same = { ...touched, key: "another", earlierFolder: (await embed(touched, quiet)).group.folder, folder: folderOf() }; // biome-ignore format: one spec
  const { group: kept } = await embed(same, quiet);
  expect(kept.kept).toBe(kept.blocks);
  expect(readFileSync(join(kept.folder, "values.i8"))).toEqual(readFileSync(join(same.earlierFolder, "values.i8")));
  const other = join(room, "other");
  await randomModel(other, grid, { ...imagery, modalities: imagery.modalities.slice(0, 1) }, labels.legend);
  const one = { ...imagery, modalities: imagery.modalities.slice(0, 1) };
  const { group: fresh } = await embed(await spec({ modelFolder: other, imagery: one, earlierFolder: kept.folder }), quiet); // biome-ignore format: one call
  expect(fresh.kept).toBe(0);
}, 300_000);

test("a model without a network, of another patch or without an input of the project is refused", async () => {
  const own = await finetune({ kind: "finetune", seed: 1, provider: "cpu", resume: false, appVersion: "test", grid, folder: folderOf(), imagery, labels, modelFolder: null, architecture: architectures.tiny, recipe: finetuneDefaults, modelName: "forest", method: "random-forest" }, quiet); // biome-ignore format: one spec
  await expect(embed(await spec({ modelFolder: own.modelFolder }), quiet)).rejects.toMatchObject({
    code: "model-without-network",
  });
  await expect(embed(await spec({ grid: { ...grid, patchMeters: 20 } }), quiet)).rejects.toMatchObject({
    code: "model-grid-differs",
  });
  const others = { ...imagery, modalities: imagery.modalities.map((one) => ({ ...one, name: `${one.name}-other` })) };
  await expect(embed(await spec({ imagery: others }), quiet)).rejects.toMatchObject({
    code: "model-modalities-missing",
  });
  const damaged = join(room, "damaged");
  cpSync(model, damaged, { recursive: true });
  truncateSync(join(damaged, "weights.safetensors"), 1000);
  await expect(embed(await spec({ modelFolder: damaged }), quiet)).rejects.toMatchObject({ code: "model-damaged" });
}, 300_000);
