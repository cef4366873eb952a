import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Imagery, MapSpec } from "../../src-shared/domain/job.ts";
import { geoboxOfWindow } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { cogComplaints } from "../raster/testing/gdal.ts";
import { evaluate } from "./evaluate.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { quiet, randomModel, sampleGrid, sampleImagery, sampleLabels } from "./fixtures/sample.ts";
import { patchGrid, projectArea } from "./imagery.ts";
import { LabelPatches } from "./label-patches.ts";
import { map } from "./map.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-map-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(22, 8, 10);
const labels = sampleLabels();
const modelFolder = join(room, "model");
let imagery: Imagery;

beforeAll(async () => {
  imagery = await sampleImagery(grid);
  await randomModel(modelFolder, grid, imagery, labels.legend);
});

let next = 0;
function mapSpec(window: PixelWindow, more: Partial<MapSpec> = {}): MapSpec {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  return {
    kind: "map",
    folder,
    seed: 1,
    provider: "cpu",
    resume: false,
    appVersion: "test",
    grid,
    imagery,
    modelFolder,
    modalities: imagery.modalities.map(({ name }) => name),
    area: geoboxOfWindow(grid.geobox, window),
    overlapPatches: 2,
    batchSize: 4,
    probabilities: true,
    baseName: "crops",
    ...more,
  };
}

const all: PixelWindow = { col: 0, row: 0, width: 22, height: 22 };
const files = [
  "crops_class.tif",
  "crops_confidence.tif",
  "crops_probabilities.tif",
  "crops_class.qml",
  "crops_class.sld",
];
const bytesOf = (folder: string) => files.map((name) => readFileSync(join(folder, name)).toString("base64"));

/** Every band of the products of a map, in one list. */
function bandsOf(folder: string): number[][] {
  return files.slice(0, 3).flatMap((name) => gdalBands(join(folder, name)));
}

test("the map of a union is the union of the maps, value by value, with every modality and with one missing", {
  tags: ["gdal"],
}, async () => {
  const s2 = imagery.modalities.map(({ name }) => name).filter((name) => name.startsWith("s2"));
  for (const more of [{}, { modalities: s2 }]) {
    const whole = mapSpec(all, more);
    await map(whole, quiet);
    const union = bandsOf(whole.folder);
    const parts: PixelWindow[] = [{ ...all, width: 9 }, { ...all, col: 9, width: 13 }, { col: 3, row: 11, width: 10, height: 7 }]; // biome-ignore format: a row of windows
    for (const part of parts) {
      // Other batches on purpose: an answer may not depend on its neighbours in the batch.
      const spec = mapSpec(part, { ...more, batchSize: 3 });
      await map(spec, quiet);
      const cut = union.map((band) =>
        band.filter((_, i) => {
          const [x, y] = [(i % 22) - part.col, Math.floor(i / 22) - part.row];
          return x >= 0 && x < part.width && y >= 0 && y < part.height;
        }),
      );
      expect(bandsOf(spec.folder)).toEqual(cut);
    }
  }
});

test("a map inside a polygon is the map, cut where gdal_rasterize cuts; outside nothing is there in any band", {
  tags: ["gdal"],
}, async () => {
  const whole = mapSpec(all);
  await map(whole, quiet);
  const { a, d } = grid.geobox.affine;
  const corners = [
    [a + 23, d - 12],
    [a + 201, d - 60],
    [a + 140, d - 213],
    [a + 5, d - 120],
  ] as const;
  const outline = [[...corners, corners[0]]];
  const spec = mapSpec(all, { outline });
  const { pixels } = await map(spec, quiet);
  const shape = join(spec.folder, "outline.geojson");
  const geometry = { type: "Polygon", coordinates: outline };
  writeFileSync(shape, JSON.stringify({ type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry }] })); // biome-ignore format: one file
  const burnt = join(spec.folder, "inside.tif");
  const extent = [a, d - 220, a + 220, d].map(String);
  execFileSync("gdal_rasterize", [
    "-q",
    "-burn",
    "1",
    "-ot",
    "Byte",
    "-te",
    ...extent,
    "-tr",
    "10",
    "10",
    shape,
    burnt,
  ]);
  const inside = gdalBands(burnt)[0]!;
  expect(inside.filter(Boolean).length).toBeGreaterThan(100);
  const before = bandsOf(whole.folder);
  bandsOf(spec.folder).forEach((band, k) => {
    const nothing = k === 0 ? 0 : 65_535;
    expect(band).toEqual(before[k]!.map((value, i) => (inside[i] ? value : nothing)));
  });
  expect(Object.values(pixels).reduce((sum, count) => sum + count, 0)).toBe(inside.filter((v, i) => v && before[0]![i]! > 0).length); // biome-ignore format: one sum
});

test("the score is the score of the map: the same patches, the same classes, counted from the file GDAL reads", {
  tags: ["gdal"],
}, async () => {
  const spec = mapSpec(all);
  await map(spec, quiet);
  const [classes] = gdalBands(join(spec.folder, "crops_class.tif"));
  const codes = labels.legend.map(({ code }) => code);
  const area = projectArea(grid);
  const { classes: reference, polygons } = new LabelPatches(labels, "test", codes, patchGrid(grid), area).labels(area);
  const confusion = codes.map(() => codes.map(() => 0));
  const votes = new Map<number, { index: number; counts: number[] }>();
  const confidence = gdalBands(join(spec.folder, "crops_confidence.tif"))[0]!;
  const bins = Array.from({ length: 15 }, () => ({ right: 0, sure: 0 }));
  for (const [p, index] of reference.entries()) {
    const mapped = codes.indexOf(classes![p]!);
    if (index < 0 || mapped < 0) continue;
    confusion[mapped]![index]!++;
    const vote = votes.get(polygons[p]!) ?? { index, counts: codes.map(() => 0) };
    votes.set(polygons[p]!, vote);
    vote.counts[mapped]!++;
    const bin = bins[Math.max(0, Math.ceil((15 * confidence[p]!) / 10_000) - 1)]!;
    bin.sure += confidence[p]! / 10_000;
    if (mapped === index) bin.right++;
  }
  const won = [...votes.values()].filter(({ index, counts }) => counts[index] === Math.max(...counts)).length;
  const samples = confusion.flat().reduce((sum, count) => sum + count, 0);
  const { subsets } = await evaluate(
    { ...spec, kind: "evaluate", labels, part: "test", subsets: [spec.modalities], classSets: [], batchSize: 5 },
    quiet,
  );
  expect(samples).toBeGreaterThan(50);
  expect(subsets[0]).toMatchObject({ samples, confusion });
  // Votes of whole polygons and the calibration error, from the same files; the map stores confidence in ten-thousandths.
  expect(votes.size).toBeGreaterThan(3);
  expect(subsets[0]!.perPolygon!.samples).toBe(votes.size);
  expect(subsets[0]!.perPolygon!.overallAccuracy).toBeCloseTo(won / votes.size, 12);
  const error = bins.reduce((sum, { right, sure }) => sum + Math.abs(right - sure), 0) / samples;
  expect(Math.abs(subsets[0]!.calibrationError! - error)).toBeLessThan(0.01);
});

test("GDAL finds a valid COG with colours, names and nodata, and probabilities that add up to one", {
  tags: ["gdal"],
}, async () => {
  const spec = mapSpec(all);
  await map(spec, quiet);
  const path = join(spec.folder, "crops_class.tif");
  const info = JSON.parse(execFileSync("gdalinfo", ["-json", path], { encoding: "utf8" }));
  const [band] = info.bands;
  expect(info.size).toEqual([22, 22]);
  expect(info.metadata.IMAGE_STRUCTURE.LAYOUT ?? "COG").toBe("COG");
  expect(band).toMatchObject({ type: "Byte", noDataValue: 0, colorInterpretation: "Palette" });
  for (const { code, name, color } of labels.legend) {
    expect(band.colorTable.entries[code].slice(0, 3)).toEqual([1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))); // biome-ignore format: one colour
    const text = execFileSync("gdalinfo", [path], { encoding: "utf8" });
    expect(text).toMatch(new RegExp(`^\\s+${code}: ${name.replace(/[()]/g, "\\$&")}$`, "m"));
  }
  for (const name of files.slice(0, 3)) expect([name, cogComplaints(join(spec.folder, name))]).toEqual([name, ""]);
  const [, confidence, ...probabilities] = bandsOf(spec.folder);
  for (const [p, percent] of confidence!.entries()) {
    const own = probabilities.map((values) => values[p]!);
    if (percent === 65_535) {
      expect(own).toEqual(own.map(() => 65_535));
      continue;
    }
    // Shares of 10,000: three digits and more, where per cent in a byte had two.
    expect(Math.abs(own.reduce((sum, value) => sum + value, 0) - 10_000)).toBeLessThanOrEqual(own.length / 2);
    expect(Math.max(...own)).toBe(percent);
  }
  const scaleOf = (name: string) => JSON.parse(execFileSync("gdalinfo", ["-json", join(spec.folder, name)], { encoding: "utf8" })).bands.map((own: { type: string; scale: number; noDataValue: number }) => [own.type, own.scale, own.noDataValue]); // biome-ignore format: one call
  expect(scaleOf("crops_confidence.tif")).toEqual([["UInt16", 0.01, 65_535]]);
  expect(scaleOf("crops_probabilities.tif")).toEqual(probabilities.map(() => ["UInt16", 0.0001, 65_535]));
  // GDAL applies the scale: per cent, and probabilities from 0 to 1.
  const unscaled = join(spec.folder, "unscaled.tif");
  execFileSync("gdal_translate", ["-q", "-unscale", "-ot", "Float32", join(spec.folder, "crops_confidence.tif"), unscaled]); // biome-ignore format: one call
  const text = execFileSync("gdalinfo", ["-stats", unscaled], { encoding: "utf8" });
  const highest = Number(/STATISTICS_MAXIMUM=([\d.]+)/.exec(text)![1]);
  expect(highest).toBeCloseTo(Math.max(...confidence!.filter((value) => value !== 65_535)) / 100, 2);
});

/** Runs the map in a process of its own and kills it when it has said “Mapping” so many times. */
function killedAt(spec: MapSpec, says: number): void {
  const path = join(spec.folder, "spec.json");
  writeFileSync(path, JSON.stringify(spec));
  const work = join(import.meta.dirname, "fixtures/work.ts");
  const { signal, stderr } = spawnSync(process.execPath, [work, path, "phase:Mapping", String(says)], {
    encoding: "utf8",
  });
  expect([signal, stderr]).toEqual(["SIGKILL", ""]);
}

test("a map killed again and again ends with the files of an undisturbed one, byte for byte", async () => {
  const undisturbed = mapSpec(all);
  const { tiles } = await map(undisturbed, quiet);
  expect(tiles).toBeGreaterThan(100);
  const disturbed = mapSpec(all, { resume: true });
  for (const says of [7, 40, 33]) {
    killedAt(disturbed, says);
    // What a kill in the middle of a write leaves: half a row, half a tile.
    const rows = join(disturbed.folder, "rows.part");
    writeFileSync(rows, "half a row", { flag: "a" });
    const tileFiles = readdirSync(join(disturbed.folder, "tiles.part"));
    writeFileSync(join(disturbed.folder, "tiles.part", tileFiles[0]!), "half", { flag: "a" });
  }
  let said = 0;
  const done = await map(disturbed, { ...quiet, phase: (name) => void (name === "Mapping" && said++) });
  expect(said).toBeLessThan(tiles);
  expect(done.tiles).toBe(tiles);
  expect(bytesOf(disturbed.folder)).toEqual(bytesOf(undisturbed.folder));
  expect(readdirSync(disturbed.folder).filter((name) => name.includes("part") || name.includes("tmp"))).toEqual([]);
});

test("killed between the rows and the tiles they were made of, or before the files, a map goes on all the same", async () => {
  const undisturbed = mapSpec(all);
  await map(undisturbed, quiet);
  const disturbed = mapSpec(all, { resume: true });
  // Keep the tiles that are forgotten: as if every kill came before they were.
  const tilesFolder = join(disturbed.folder, "tiles.part");
  const kept = join(disturbed.folder, "kept");
  const stop = new AbortController();
  let said = 0;
  const signal = stop.signal;
  const phase = (name: string) => {
    if (name !== "Mapping") return;
    if (existsSync(tilesFolder)) cpSync(tilesFolder, kept, { recursive: true, force: true });
    if (++said === 60) stop.abort();
  };
  await expect(map(disturbed, { ...quiet, signal, phase })).rejects.toMatchObject({ name: "AbortError" });
  cpSync(kept, tilesFolder, { recursive: true, force: false });
  rmSync(kept, { recursive: true });
  const beforeFiles = new AbortController();
  const writing = (name: string) => void (name === "Writing" && beforeFiles.abort());
  await expect(map(disturbed, { ...quiet, signal: beforeFiles.signal, phase: writing })).rejects.toThrow();
  let again = 0;
  await map(disturbed, { ...quiet, phase: (name) => void (name === "Mapping" && again++) });
  expect(again).toBe(0);
  expect(bytesOf(disturbed.folder)).toEqual(bytesOf(undisturbed.folder));
});

test("what another map left in the folder is not taken for this one's", async () => {
  const first = mapSpec(all, { resume: true });
  const stop = new AbortController();
  let said = 0;
  const phase = (name: string) => void (name === "Mapping" && ++said === 60 && stop.abort());
  await expect(map(first, { ...quiet, signal: stop.signal, phase })).rejects.toThrow();
  const other = { ...first, modalities: first.modalities.slice(0, 1) };
  await map(other, quiet);
  const clean = mapSpec(all, { modalities: other.modalities });
  await map(clean, quiet);
  expect(bytesOf(other.folder)).toEqual(bytesOf(clean.folder));
});

test("an area smaller than a tile is mapped whole, and an overlap as wide as a tile is refused in words", async () => {
  const small = mapSpec({ col: 5, row: 5, width: 2, height: 1 });
  expect(Object.values((await map(small, quiet)).pixels).reduce((sum, count) => sum + count)).toBe(2);
  await expect(map(mapSpec(all, { overlapPatches: 4 }), quiet)).rejects.toMatchObject({ code: "overlap-too-large" });
});

test("codes up to 254 keep their colours and names, and pixels that no image covers are no data", {
  tags: ["gdal"],
}, async () => {
  const legend = [1, 77, 254].map((code) => ({ code, name: `class ${code}`, color: "#0a0b0c" }));
  const folder = join(room, "high-codes");
  const wide = sampleGrid(70, -3, -3);
  await randomModel(folder, grid, imagery, legend);
  const spec = mapSpec(all, { modelFolder: folder, grid: wide, area: geoboxOfWindow(wide.geobox, { col: 0, row: 0, width: 12, height: 9 }) }); // biome-ignore format: one spec
  const { pixels } = await map(spec, quiet);
  const [classes] = gdalBands(join(spec.folder, "crops_class.tif"));
  const [confidence] = gdalBands(join(spec.folder, "crops_confidence.tif"));
  for (let i = 0; i < 12 * 9; i++) {
    const outside = i % 12 < 3 || i < 36;
    expect([classes![i] === 0, confidence![i] === 65_535]).toEqual([outside, outside]);
  }
  const counts = Map.groupBy(classes!.filter((code) => code > 0), String); // biome-ignore format: one call
  expect(pixels).toEqual(Object.fromEntries([...counts].map(([code, list]) => [code, list.length])));
  const text = execFileSync("gdalinfo", [join(spec.folder, "crops_class.tif")], { encoding: "utf8" });
  expect(text).toMatch(/^\s+254: class 254$/m);
  expect(text).toMatch(/^\s+254: 10,11,12,255$/m);
});

test("in a project as large as a Sentinel-2 scene the same parcels get the same scores, without looking at all of it", async () => {
  const measure = (side: number, offset: number) =>
    evaluate(
      {
        ...mapSpec(all),
        kind: "evaluate",
        grid: sampleGrid(side, offset, offset),
        labels,
        part: "test",
        subsets: [imagery.modalities.map(({ name }) => name)],
        classSets: [],
      },
      quiet,
    );
  const sample = await measure(64, 0);
  expect(await measure(10_980, -5000)).toEqual(sample);
  expect(sample.subsets[0]!.samples).toBe(1401);
});

test("a map of a model that must not be relied on says so itself: in its files, its styles and its result", {
  tags: ["gdal"],
}, async () => {
  const doubtful = join(room, "doubtful");
  cpSync(modelFolder, doubtful, { recursive: true });
  const described = JSON.parse(readFileSync(join(doubtful, "model.json"), "utf8"));
  const chance = { code: "loss-near-chance", details: { loss: 1.38, chance: 1.386, classes: 4 } };
  const findings = [chance, { code: "no-validation", details: {} }];
  writeFileSync(join(doubtful, "model.json"), JSON.stringify({ ...described, findings }));
  const below = { code: "score-below-commonest", details: { modalities: ["s2"], accuracy: 0.16, commonest: "maize", share: 0.734 } } as const; // biome-ignore format: one line
  const spec = mapSpec({ col: 0, row: 0, width: 8, height: 8 }, { modelFolder: doubtful, findings: [below] });
  const result = await map(spec, quiet);
  expect(result.findings!.map(({ code }) => code).slice(0, 2)).toEqual(["loss-near-chance", "score-below-commonest"]);
  const sentence = "always answering “maize” gets 73.4 %";
  for (const name of files.slice(0, 3)) {
    const { metadata } = JSON.parse(execFileSync("gdalinfo", ["-json", join(spec.folder, name)], { encoding: "utf8" }));
    expect(metadata[""].WARNING).toMatch(/^Do not rely on this map\. The loss ended at 1\.380/);
    expect(metadata[""].WARNING).toContain(sentence);
  }
  for (const name of files.slice(3))
    expect(readFileSync(join(spec.folder, name), "utf8")).toContain("Do not rely on this map");
  const calm = mapSpec({ col: 0, row: 0, width: 8, height: 8 });
  await map(calm, quiet);
  expect(readFileSync(join(calm.folder, "crops_class.qml"), "utf8")).not.toContain("rely");
});
