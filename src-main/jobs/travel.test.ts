import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FinetuneSpec, Imagery, MapSpec, ModelUse } from "../../src-shared/domain/job.ts";
import { finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import { isoDate, type Modality } from "../../src-shared/eo/index.ts";
import { importFiles, nativeMeters, proposeModalities } from "../cube/index.ts";
import { rasterReader } from "../imagery/index.ts";
import { readModelDescription } from "../learning/index.ts";
import { openRaster, releaseFile } from "../raster/index.ts";
import { applyModel } from "./applied-model.ts";
import { evaluate } from "./evaluate.ts";
import { finetune } from "./finetune.ts";
import { quiet, sampleFolder, sampleGrid, tinyFinetuning } from "./fixtures/sample.ts";
import { map } from "./map.ts";

// A model of the sample's season, 2018-08 to 2019-11, where it was not trained: other years, other sensors, other brightness.

const room = mkdtempSync(join(tmpdir(), "omnisat-travel-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(20, 10, 10);
let next = 0;
const folderOf = () => {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  return folder;
};

/** Sentinel-2 with its clouds on `dates` days of both years. */
async function bothYears(dates: number): Promise<Imagery> {
  const reader = rasterReader();
  try {
    const days = readdirSync(join(sampleFolder, "S2_L2A_10m"));
    const some = Array.from({ length: dates }, (_, i) => days[Math.floor((i * (days.length - 1)) / (dates - 1))]!);
    const paths = some.flatMap((name) => [
      join(sampleFolder, "S2_L2A_10m", name),
      join(sampleFolder, "S2_SCL_20m", name.replace("S2_L2A_10m", "S2_SCL_20m")),
    ]);
    const acquisitions = await importFiles(
      reader,
      paths.map((path) => ({ path })),
    );
    const native = await nativeMeters(reader, acquisitions);
    return { acquisitions, modalities: proposeModalities(acquisitions, { patchMeters: 10, nativeMeters: native }) };
  } finally {
    await reader.close();
  }
}

/** The same images as if they had been taken so many years later. */
const laterBy = (imagery: Imagery, years: number): Imagery => ({
  ...imagery,
  acquisitions: imagery.acquisitions.map((acquisition) => {
    const [year, month, day] = acquisition.date.split("-").map(Number) as [number, number, number];
    return { ...acquisition, date: isoDate(year + years, month, day)! };
  }),
});

let imagery: Imagery;
let spec: FinetuneSpec;
let model: string;
beforeAll(async () => {
  imagery = await bothYears(8);
  spec = {
    ...tinyFinetuning(grid, folderOf()),
    imagery,
    recipe: { ...finetuneDefaults, steps: 12, batchSize: 2, warmupSteps: 1, datesPerTile: 6, checkpointEverySteps: 12 },
  };
  model = (await finetune(spec, quiet)).modelFolder;
});

/** The sum of a map's probabilities: what is written beside them names the findings. */
async function pixelsOf(path: string): Promise<string> {
  const { bands } = await (await openRaster(path)).readWindow({ col: 0, row: 0, width: 20, height: 20 });
  const hash = createHash("sha256");
  for (const band of bands) hash.update(new Uint8Array(band.buffer, band.byteOffset, band.byteLength));
  releaseFile(path);
  return hash.digest("hex");
}

async function mapped(own: Imagery, use?: ModelUse) {
  const { folder: _, labels: __, architecture: ___, recipe: ____, modelName: _____, ...common } = spec;
  const request: MapSpec = {
    ...common,
    kind: "map",
    folder: folderOf(),
    imagery: own,
    modelFolder: model,
    modalities: own.modalities.map(({ name }) => name),
    area: grid.geobox,
    overlapPatches: 2,
    batchSize: 2,
    probabilities: true,
    baseName: "map",
    ...(use ? { use } : {}),
  };
  const result = await map(request, quiet);
  return {
    pixels: await pixelsOf(result.probabilitiesPath!),
    codes: (result.findings ?? [])
      .map(({ code }) => code)
      .filter((code) => /dates|years|season|bands|values/.test(code)),
  };
}

test("images of 2020/21 or 2014/15 give the map of 2018/19, pixel by pixel: years are counted from the season", async () => {
  const { days } = await readModelDescription(model);
  expect(days).toEqual({ kind: "running", referenceYear: 2018, period: 734 });
  const own = await mapped(imagery);
  expect(own.codes).toEqual([]);
  // No leap day lies between these dates and 1 January of the first year: not one number differs.
  for (const years of [4, -1, 3]) expect([years, await mapped(laterBy(imagery, years))]).toEqual([years, own]);
  // With one, numbers after 29 February differ by a day, and the map by as little.
  const leap = await readModelDescription(model);
  const applied = applyModel(leap, grid, laterBy(imagery, 2), ["s2"]);
  expect(applied.days).toMatchObject({ referenceYear: 2020 });
  expect(applied.modalities[0]!.acquisitions).toHaveLength(8);
  expect((await mapped(laterBy(imagery, 2), { season: 2020 })).codes).toEqual([]);
});

test("a package of an earlier release, which tells no dates, gives the same map", async () => {
  const own = await mapped(imagery);
  const path = join(model, "model.json");
  const text = readFileSync(path, "utf8");
  const stored = JSON.parse(text) as { training: { dates: unknown[] }; days: object };
  const others = [[], [{ modality: "s2", first: "last summer", last: "2019-02-30T", count: -1 }]];
  try {
    for (const dates of others) {
      writeFileSync(path, JSON.stringify({ ...stored, training: { ...stored.training, dates } }));
      expect(await mapped(imagery)).toEqual(own);
    }
  } finally {
    writeFileSync(path, text);
  }
});

test("a year can be chosen, a year that fits no date is refused in a sentence, and dates outside are named", async () => {
  const description = await readModelDescription(model);
  const apply = (own: Imagery, use?: ModelUse) => applyModel(description, grid, own, ["s2"], use);
  expect(() => apply(imagery, { season: 1990 })).toThrow(
    expect.objectContaining({
      code: "model-season-differs",
      message: expect.stringMatching(/2018-0\d.*2019-1\d.*1990/),
    }),
  );
  // Two seasons in one series: the later dates of the first are the earlier of the second.
  const twice: Imagery = {
    acquisitions: [imagery, laterBy(imagery, 3)].flatMap(({ acquisitions }, n) => acquisitions.map((own) => ({ ...own, id: `${own.id}-${n}` }))),
    modalities: [{ ...imagery.modalities[0]!, acquisitions: [0, 1].flatMap((n) => imagery.modalities[0]!.acquisitions.map((id) => `${id}-${n}`)) }],
  }; // biome-ignore format: one value
  const first = apply(twice);
  expect(first.days).toMatchObject({ referenceYear: 2018 });
  expect(first.modalities[0]!.acquisitions).toEqual(imagery.modalities[0]!.acquisitions.map((id) => `${id}-0`));
  expect(first.findings).toEqual([expect.objectContaining({ code: "dates-left-out", details: expect.objectContaining({ dates: 8, of: 16 }) })]); // biome-ignore format: one line
  expect(apply(twice, { season: 2021 }).modalities[0]!.acquisitions.every((id) => id.endsWith("-1"))).toBe(true);
});

/** The sample's images under other names of bands, as another sensor would bring them. */
function asSensor(sensor: Modality["sensor"], names: Readonly<Record<string, string>>, gain = 1): Imagery {
  return {
    acquisitions: imagery.acquisitions.map((acquisition) => ({
      ...acquisition,
      sensor,
      pieces: acquisition.pieces.map(({ files }) => ({
        files: files.map((file) => ({
          ...file,
          bands: file.bands.flatMap((band) => (names[band.name] === undefined ? [] : [{ ...band, name: names[band.name]!, scale: band.scale * gain }])),
        })),
      })),
    })),
    modalities: imagery.modalities.map((own) => ({ ...own, sensor, bands: own.bands.flatMap((band) => names[band] ?? []) })),
  };
} // biome-ignore format: one value

test("images of another sensor are read by wavelength: Landsat's names over the same pixels give the same map, and say so", async () => {
  const own = await mapped(imagery);
  const landsat = asSensor("landsat", { B02: "B2", B03: "B3", B04: "B4", B08: "B5" });
  const through = await mapped(landsat);
  expect(through.pixels).toBe(own.pixels);
  expect(through.codes).toEqual(["bands-stand-in"]);
});

test("a band that is not there is the mean of the training; with too few bands the model is refused by their light", async () => {
  const rgb = asSensor("aerial", { B02: "B", B03: "G", B04: "R" });
  const found = await mapped(rgb);
  expect(found.codes.toSorted()).toEqual(["bands-masked", "bands-stand-in"]);
  expect(found.pixels).not.toBe((await mapped(imagery)).pixels);
  const description = await readModelDescription(model);
  const one = asSensor("other", { B04: "red" });
  expect(() => applyModel(description, grid, one, ["s2"])).toThrow(/B02 \(493 nm\).*red \(662 nm\).*None of them shows the light of B02, B03, B08.*20 nm/s); // biome-ignore format: one line
});

test("with the statistics of the place a sensor that is brighter throughout changes nothing; with the model's it does", async () => {
  const brighter = asSensor("sentinel-2", { B02: "B02", B03: "B03", B04: "B04", B08: "B08" }, 1.25);
  const place = { normalization: "place" } as const;
  const score = async (own: Imagery, use: ModelUse) => {
    const { labels } = spec;
    const { subsets } = await evaluate({ ...spec, kind: "evaluate", folder: folderOf(), imagery: own, labels, modelFolder: model, part: "train", subsets: [["s2"]], classSets: [], overlapPatches: 2, batchSize: 2, use }, quiet); // biome-ignore format: one call
    return subsets[0]!.confusion;
  };
  expect(await score(brighter, place)).toEqual(await score(imagery, place));
  expect(await score(brighter, { normalization: "model" })).not.toEqual(
    await score(imagery, { normalization: "model" }),
  );
});

test("a fine-tuning goes on from a model of another sensor, and its own package is read again with what it masks", async () => {
  const rgb = asSensor("aerial", { B02: "B", B03: "G", B04: "R" });
  const folder = folderOf();
  const tuned = await finetune({ ...spec, folder, imagery: rgb, modelFolder: model, recipe: { ...spec.recipe, steps: 3 } }, quiet); // biome-ignore format: one call
  expect(tuned.findings!.map(({ code }) => code)).toEqual(expect.arrayContaining(["bands-masked", "bands-stand-in"]));
  const [input] = (await readModelDescription(tuned.modelFolder)).modalities;
  expect(input!.bands).toEqual(["B02", "B03", "B04", "B08"]);
  expect(input!.normalization.bands[3]).toEqual({ name: "B08", mean: 0, std: 1, clip: { low: 0, high: 0 } });
  // Infrared that comes later was not learned: it stays masked.
  const before = model;
  model = tuned.modelFolder;
  try {
    expect((await mapped(imagery)).pixels).toBe((await mapped(rgb)).pixels);
  } finally {
    model = before;
  }
});

test("labels of another project, which numbers its classes apart, give the score of the same labels", async () => {
  const score = async (labels: FinetuneSpec["labels"]) => {
    const request = { ...spec, kind: "evaluate", folder: folderOf(), labels, modelFolder: model, part: "train", subsets: [["s2"]], classSets: [], overlapPatches: 2, batchSize: 2 } as const; // biome-ignore format: one value
    const { subsets, findings } = await evaluate(request, quiet);
    return { subsets, codes: findings!.map(({ code }) => code) };
  };
  const { labels } = spec;
  const other = (code: number) => labels.legend.length + 1 - code;
  const renumbered = {
    ...labels,
    legend: labels.legend.map((own) => ({ ...own, code: other(own.code) })),
    polygons: labels.polygons.map((own) => ({ ...own, classCode: other(own.classCode) })),
  };
  const own = await score(labels);
  expect(own.subsets[0]!.samples).toBeGreaterThan(0);
  expect(await score(renumbered)).toEqual(own);
});
