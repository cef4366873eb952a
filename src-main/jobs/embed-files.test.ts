import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { EmbeddingFile, EmbedFilesSpec, ProjectGrid } from "../../src-shared/domain/job.ts";
import { FeatureLayer, readGroup, storedError } from "../features/index.ts";
import { embedFiles } from "./embed-files.ts";
import { type EmbeddingTile, fromAlphaEarth, openEmbeddingTile, PatchMeans } from "./embedding-tiles.ts";
import { fileStates, filesKey, statedFiles } from "./feature-keys.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { quiet } from "./fixtures/sample.ts";

const fixtures = join(import.meta.dirname, "fixtures/embeddings");
const expected = JSON.parse(readFileSync(join(fixtures, "expected.json"), "utf8")) as Record<
  "alphaearth" | "tessera",
  { readonly value: number[]; readonly patch: number[]; readonly stored?: number[] }
>;
const room = mkdtempSync(join(tmpdir(), "omnisat-embed-files-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const signal = new AbortController().signal;
let own: string;
let next = 0;
beforeEach(() => {
  own = join(room, `files-${next++}`);
  cpSync(fixtures, own, { recursive: true });
});

const grid = "grid_31.15_-9.85";
const alphaEarth = (): EmbeddingFile => ({ product: "alphaearth", path: join(own, "2023/2023_18S_part.tiff"), scalesPath: null, gridPath: null }); // biome-ignore format: one line
const tessera = (): EmbeddingFile => ({ product: "tessera", path: join(own, `2024/${grid}.npy`), scalesPath: join(own, `2024/${grid}_scales.npy`), gridPath: join(own, `2024/${grid}.tiff`) }); // biome-ignore format: one line

/** Patches of `meters` around the tile, from its corner moved by some metres. */
const around = (crs: string, west: number, north: number, meters: number, side: number): ProjectGrid => ({
  geobox: { crs, affine: { a: west, b: meters, c: 0, d: north, e: 0, f: -meters }, width: side, height: side },
  patchMeters: meters,
  tilePatches: 6,
});
const chile = (meters: number, side: number) => around("EPSG:32718", 718_140, 5_699_800, meters, side);
const tanzania = (meters: number, side: number) => around("EPSG:32736", 617_720, 9_624_800, meters, side);

async function spec(file: EmbeddingFile, at: ProjectGrid, more: Partial<EmbedFilesSpec> = {}): Promise<EmbedFilesSpec> {
  const files = more.files ?? [file];
  const stated = statedFiles(files);
  const key = filesKey(at, file.product, stated.map(await fileStates(stated)));
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  return { kind: "embed-files", seed: 1, provider: "cpu", resume: false, appVersion: "test", folder, grid: at, files, product: file.product, year: 2023, title: "tiles", key, earlierFolder: null, ...more }; // biome-ignore format: one spec
}

/** De-standardised numbers of the patch that holds a point; `undefined` where it is not seen. */
function patchAt(folder: string, meters: number, x: number, y: number): number[] | undefined {
  const group = readGroup(folder)!;
  const layer = FeatureLayer.open([folder])!;
  const [col, row] = [Math.floor(x / meters), Math.floor(-y / meters)];
  const block = layer.blockAt(col, row);
  const p = (row - Math.floor(row / layer.side) * layer.side) * layer.side + col - Math.floor(col / layer.side) * layer.side; // biome-ignore format: one number
  const found = block?.seen[p] === 1 ? group.means.map((mean, j) => mean + group.steps[j]! * block.values[p * group.means.length + j]!) : undefined; // biome-ignore format: one line
  layer.close();
  return found;
}

test("pixels of both products are what GDAL and numpy read: de-quantised, where they lie, from the south or the north", async () => {
  expect(fromAlphaEarth(-44)).toBeCloseTo(-0.119092657, 9);
  expect(expected.alphaearth.stored!.map(fromAlphaEarth)).toEqual(expected.alphaearth.value.slice(0, 8).map((value) => expect.closeTo(value, 9))); // biome-ignore format: one line
  for (const [file, name] of [
    [alphaEarth(), "alphaearth"],
    [tessera(), "tessera"],
  ] as const) {
    const tile = await openEmbeddingTile(file);
    const { d, f } = tile.geobox.affine;
    // Row 8 from the north, column 6.
    const row = f > 0 ? tile.geobox.height - 9 : 8;
    expect([d, f]).toEqual(name === "alphaearth" ? [5_699_610, 10] : [9_624_780, -10]);
    const values = await tile.read({ col: 6, row, width: 1, height: 1 }, signal);
    expect([...values]).toEqual(expected[name].value.map((value) => expect.closeTo(value, 6)));
    await tile.close();
  }
});

test("a patch gets the mean of its vectors, each as much as it shares with the patch; pixels without data are left out", async () => {
  const four: EmbeddingTile = {
    path: "made",
    columns: 2,
    geobox: { crs: "EPSG:32631", affine: { a: 0, b: 10, c: 0, d: 0, e: 0, f: -10 }, width: 2, height: 2 },
    read: async ({ col, row, width, height }) => {
      const vectors = [[1, 10], [2, 20], [Number.NaN, Number.NaN], [4, 40]]; // biome-ignore format: one tile
      return Float32Array.from(
        Array.from(
          { length: width * height },
          (_, p) => vectors[2 * (row + Math.floor(p / width)) + col + (p % width)]!,
        ).flat(),
      );
    },
    close: async () => {},
  };
  const mean = async (col: number, row: number, meters: number) => {
    const means = new PatchMeans({ col, row, width: 1, height: 1 }, { crs: "EPSG:32631", patchMeters: meters }, 2);
    await means.add(four, signal);
    const { values, seen } = means.means();
    return [seen[0], ...values];
  };
  expect(await mean(0, 0, 20)).toEqual([1, expect.closeTo(7 / 3, 6), expect.closeTo(70 / 3, 5)]);
  expect(await mean(0, 0, 10)).toEqual([1, 1, 10]);
  expect(await mean(0, 1, 10)).toEqual([0, Number.NaN, Number.NaN]);
  expect(await mean(1, 1, 5)).toEqual([1, 1, 10]);
  // The whole of the first pixel, half of the second, a quarter of the last.
  expect(await mean(0, 0, 15)).toEqual([1, expect.closeTo((1 + 0.5 * 2 + 0.25 * 4) / 1.75, 6), expect.closeTo((10 + 10 + 10) / 1.75, 5)]); // biome-ignore format: one line
  expect((await mean(7, 7, 10))[0]).toBe(0);
});

test("layers of files hold those means to the error that they state, and nothing beside the tile", async () => {
  for (const [file, name, at, [x, y]] of [
    [alphaEarth(), "alphaearth", chile(20, 12), [718_245, 5_699_675]],
    [tessera(), "tessera", tanzania(20, 12), [617_805, 9_624_695]],
  ] as const) {
    const asked = await spec(file, at);
    const { group } = await embedFiles(asked, quiet);
    const read = readGroup(group.folder)!;
    expect(read.made.by).toMatchObject({ kind: "files", product: name, year: 2023 });
    const found = patchAt(group.folder, 20, x, y)!;
    for (const [j, value] of expected[name].patch.entries())
      if (Math.abs(value - read.means[j]!) < 127 * read.steps[j]!)
        expect(Math.abs(found[j]! - value), `${name} ${j}`).toBeLessThanOrEqual(read.steps[j]! / 2 + 1e-5);
    expect(storedError(read)).toBeLessThan(0.1);
    expect(patchAt(group.folder, 20, at.geobox.affine.a + 1, at.geobox.affine.d - 1)).toBeUndefined();
    // Again with another file beside it: what lies elsewhere changes nothing here.
    const again = await embedFiles({ ...asked, key: "other", folder: (await spec(file, at)).folder, earlierFolder: group.folder }, quiet); // biome-ignore format: one call
    expect(again.group.kept).toBe(again.group.blocks);
  }
});

test("tiles in another coordinate system give each patch the vectors of the pixels on it, as GDAL finds them", {
  tags: ["gdal"],
}, async () => {
  // The Chilean tile lies in zone 18; the project in 19, turned against it by three degrees, and in degrees.
  for (const [crs, meters] of [
    ["EPSG:32719", 20],
    ["EPSG:4326", 0.0002],
  ] as const) {
    const run = (...words: string[]) => execFileSync(words[0]!, words.slice(1), { encoding: "utf8" });
    const [x, y] = run("bash", "-c", `echo 718245 5699675 | gdaltransform -s_srs EPSG:32718 -t_srs ${crs} -output_xy`).trim().split(" ").map(Number) as [number, number]; // biome-ignore format: one line
    const at = around(crs, Math.floor(x / meters) * meters - 2 * meters, Math.ceil(y / meters) * meters + 2 * meters, meters, 5); // biome-ignore format: one line
    const { group } = await embedFiles(await spec(alphaEarth(), at), quiet);
    const read = readGroup(group.folder)!;
    const found = patchAt(group.folder, meters, x, y)!;
    // The same places of the patch, by GDAL: nearest, 12 × 12 of them, de-quantised and averaged.
    const [west, north] = [Math.floor(x / meters) * meters, Math.ceil(y / meters) * meters];
    const to = join(own, "warped.tif");
    run("gdalwarp", "-q", "-overwrite", "-t_srs", crs, "-te", `${west}`, `${north - meters}`, `${west + meters}`, `${north}`, "-ts", "12", "12", "-et", "0", "-r", "near", alphaEarth().path, to); // biome-ignore format: one call
    for (const [j, band] of gdalBands(to).entries()) {
      // Older versions of GDAL read signed bytes as unsigned ones.
      const values = band
        .map((value) => (value << 24) >> 24)
        .filter((value) => value !== -128)
        .map(fromAlphaEarth);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      if (Math.abs(mean - read.means[j]!) < 127 * read.steps[j]!)
        // A few places on the edge of a pixel fall on its other side.
        expect(Math.abs(found[j]! - mean), `${crs} ${j}`).toBeLessThan(0.03 + read.steps[j]! / 2);
    }
  }
});

test("scales that are no number are no data; a tile without any is refused", async () => {
  const { scalesPath } = tessera();
  const bytes = readFileSync(scalesPath!);
  const offset = bytes.length - 4 * 256;
  const scales = new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + bytes.length));
  const write = (values: Float32Array) => writeFileSync(scalesPath!, Buffer.concat([bytes.subarray(0, offset), Buffer.from(values.buffer)])); // biome-ignore format: one line
  // Row 8, columns 6 and 7 of two by two pixels.
  write(scales.map((scale, at) => (at === 8 * 16 + 6 || at === 8 * 16 + 7 ? Number.NaN : scale)));
  const { group } = await embedFiles(await spec(tessera(), tanzania(10, 24)), quiet);
  expect(patchAt(group.folder, 10, 617_805, 9_624_695)).toBeUndefined();
  expect(patchAt(group.folder, 10, 617_805, 9_624_685)).toBeDefined();
  write(scales.map(() => Number.NaN));
  await expect(embedFiles(await spec(tessera(), tanzania(10, 24)), quiet)).rejects.toMatchObject({ code: "embeddings-empty" }); // biome-ignore format: one line
});

test("files of another shape, without scales or place, in another coordinate system or elsewhere are one sentence each", async () => {
  const refused = async (file: EmbeddingFile, at: ProjectGrid, code: string) => {
    const error = (await embedFiles(await spec(file, at), quiet).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ code });
    expect(error.message.split("\n")).toHaveLength(1);
  };
  const here = tanzania(10, 24);
  await refused({ ...tessera(), scalesPath: null }, here, "embeddings-without-scales");
  await refused({ ...tessera(), gridPath: null }, here, "embeddings-without-place");
  await refused({ ...tessera(), path: tessera().scalesPath! }, here, "embeddings-shape");
  await refused({ ...alphaEarth(), path: tessera().gridPath! }, here, "embeddings-shape");
  // In another part of the world, and in a system that has no such place.
  await refused(tessera(), chile(10, 24), "embeddings-outside");
  await refused(alphaEarth(), around("EPSG:32718", 700_000, 5_600_000, 10, 24), "embeddings-outside");
  const cut = join(own, "cut.npy");
  writeFileSync(cut, readFileSync(tessera().path).subarray(0, 5000));
  await refused({ ...tessera(), path: cut }, here, "npy-unreadable");
  copyFileSync(tessera().gridPath!, cut);
  await refused({ ...tessera(), path: cut }, here, "npy-unreadable");
  await refused({ ...tessera(), path: join(own, "nowhere.npy") }, here, "npy-unreadable");
});
