import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import { zipOf } from "../../files/index.ts";
import { readInSubprocess } from "../reader/subprocess.ts";
import type { Feature } from "./feature.ts";
import { openFeatures, readFeatures } from "./read.ts";

// FlatGeobuf (written by GDAL) and GeoParquet (written by pyarrow) of the same made-up rows, beside the same rows as GeoJSON: `make_columns.py`.

const fixture = (name: string) => join(import.meta.dirname, "../fixtures", name);
const folder = mkdtempSync(join(tmpdir(), "vector-columns-"));
afterAll(() => rmSync(folder, { recursive: true }));

const shown = ({ properties, geometry, problem }: Feature) => ({ properties: { ...properties }, geometry, problem });
const every = (path: string): ReturnType<typeof shown>[] => [...readFeatures(path).features].map(shown);
const wanted = every(fixture("made_columns.geojson"));
const inOrder = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

async function refusal(path: string): Promise<AppError> {
  try {
    for (const feature of (await openFeatures(path)).features) void feature;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`${path} was read`);
}

test.for(["none", "snappy", "zstd", "gzip", "brotli"])(
  "GeoParquet packed with %s, whatever the encoding of its pages, holds the rows it was written from",
  (codec) => {
    const layer = readFeatures(fixture(`made_columns_${codec}.parquet`));
    expect([...layer.features].map(shown)).toEqual(wanted);
    expect(layer.crs).toBe(codec === "zstd" ? "EPSG:31370" : "EPSG:4326");
    // Lists and structures are left out.
    expect(layer.fields).toEqual([
      { name: "class", type: "text" },
      { name: "code", type: "integer" },
      { name: "large", type: "integer" },
      { name: "share", type: "number" },
      { name: "sure", type: "boolean" },
      { name: "day", type: "date" },
    ]);
  },
);

test("FlatGeobuf with an index, of shapes of every type, holds the rows it was written from", () => {
  const layer = readFeatures(fixture("made_columns.fgb"));
  const rows = [...layer.features].map(shown).map(({ properties, ...rest }) => ({
    // GDAL writes a day as a time.
    properties: { ...properties, day: properties.day === null ? null : String(properties.day).slice(0, 10) },
    ...rest,
  }));
  // Rows without a shape are not written where there is an index, and others are in the order of the index.
  expect(inOrder(rows)).toEqual(inOrder(wanted.filter(({ geometry }) => geometry)));
  expect(layer).toMatchObject({ layer: "fields", crs: "EPSG:4326" });
  expect(layer.fields.map(({ type }) => type)).toEqual(["text", "integer", "integer", "number", "boolean", "date"]);
});

test("FlatGeobuf without an index keeps its type and its coordinate system", () => {
  const layer = readFeatures(fixture("made_columns_no_index.fgb"));
  expect(layer.layers).toEqual([{ name: "fields", geometryType: "POLYGON", crs: "EPSG:31370" }]);
  expect([...layer.features].map(({ geometry }) => geometry)).toEqual(
    wanted.flatMap(({ geometry }) => (geometry?.type === "Polygon" ? [geometry] : [])),
  );
});

test("what makes a Parquet file no GeoParquet is said, and what to do", async () => {
  expect(await refusal(fixture("made_columns_plain_table.parquet"))).toMatchObject({
    code: "vector-not-read",
    details: { kind: "parquetTable" },
  });
  expect((await refusal(fixture("made_columns_lz4.parquet"))).message).toMatch(
    /a Parquet file in a rare compression, which is not read here\. Write it again with ZSTD/,
  );
  const bytes = readFileSync(fixture("made_columns_snappy.parquet"));
  const encrypted = join(folder, "encrypted.parquet");
  writeFileSync(encrypted, Buffer.concat([bytes.subarray(0, -4), Buffer.from("PARE")]));
  expect(await refusal(encrypted)).toMatchObject({ details: { kind: "parquetEncrypted" } });
});

test("a copy that broke off is refused, and damaged pages are one sentence", async () => {
  for (const name of ["made_columns.fgb", "made_columns_zstd.parquet"]) {
    const bytes = readFileSync(fixture(name));
    const short = join(folder, `short-${name}`);
    for (const length of [0, 3, 9, 40, bytes.length >> 1, bytes.length - 1]) {
      writeFileSync(short, bytes.subarray(0, length));
      expect([length, (await refusal(short)).code]).toEqual([length, "vector-damaged"]);
    }
  }
  const pages = Buffer.from(readFileSync(fixture("made_columns_snappy.parquet")));
  pages.fill(0x5a, 4, 1200);
  writeFileSync(join(folder, "pages.parquet"), pages);
  expect((await refusal(join(folder, "pages.parquet"))).message).toMatch(/its columns make no sense/);
});

test("sizes that a file only claims take no memory", async () => {
  // A header, an index and a feature of 4 GiB each; a footer of as much.
  const flat = Buffer.from(readFileSync(fixture("made_columns.fgb")));
  const claims: [string, Buffer][] = [];
  const claim = (name: string, source: Buffer, at: number) => {
    const bytes = Buffer.from(source);
    bytes.writeUInt32LE(0xffffffff, at);
    claims.push([name, bytes]);
  };
  claim("header.fgb", flat, 8);
  claim("footer.parquet", readFileSync(fixture("made_columns_gzip.parquet")), 4867 - 8);
  const plain = Buffer.from(readFileSync(fixture("made_columns_no_index.fgb")));
  const first = 12 + plain.readUInt32LE(8);
  claim("feature.fgb", plain, first);
  const before = process.memoryUsage().rss;
  for (const [name, bytes] of claims) {
    writeFileSync(join(folder, name), bytes);
    expect([name, (await refusal(join(folder, name))).code]).toEqual([name, "vector-damaged"]);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
});

test("shapes that refer to the same parts again and again end with their bytes", () => {
  // A collection of 200 collections that are the next table, eight levels deep: 2.5 kB for 200⁸ shapes.
  const levels = 8;
  const width = 200;
  const bytes = Buffer.alloc(64 + levels * (16 + 4 + 4 * width) + 64);
  // One layout of fields for all of them: parts (7) at 4, type (6) at 8.
  const fields = 16;
  bytes.writeUInt16LE(20, fields);
  bytes.writeUInt16LE(12, fields + 2);
  bytes.writeUInt16LE(8, fields + 4 + 2 * 6);
  bytes.writeUInt16LE(4, fields + 4 + 2 * 7);
  const level = (i: number) => 64 + i * (16 + 4 + 4 * width);
  for (let i = 0; i < levels; i++) {
    const at = level(i);
    bytes.writeInt32LE(at - fields, at);
    bytes.writeUInt32LE(8, at + 4);
    bytes.writeUInt8(7, at + 8);
    bytes.writeUInt32LE(i === levels - 1 ? 0 : width, at + 12);
    for (let k = 0; i < levels - 1 && k < width; k++) {
      const place = at + 16 + 4 * k;
      bytes.writeUInt32LE(level(i + 1) - place, place);
    }
  }
  // The feature: its geometry (0) is the first level.
  const feature = 40;
  bytes.writeUInt32LE(feature, 0);
  bytes.writeUInt16LE(6, 6);
  bytes.writeUInt16LE(8, 8);
  bytes.writeUInt16LE(4, 10);
  bytes.writeInt32LE(feature - 6, feature);
  bytes.writeUInt32LE(level(0) - feature - 4, feature + 4);
  const source = readFileSync(fixture("made_columns_no_index.fgb"));
  const head = source.subarray(0, 12 + source.readUInt32LE(8));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  const path = join(folder, "again.fgb");
  const begun = performance.now();
  // The second feature that the header promises is the same again.
  writeFileSync(path, Buffer.concat([head, length, bytes, length, bytes]));
  expect(every(path).map(({ problem }) => problem)).toEqual(Array(2).fill("the geometry is nested too deeply"));
  expect(performance.now() - begun).toBeLessThan(1000);
});

test("both are read out of an archive, and what cannot be read there is named", async () => {
  const archive = join(folder, "both.zip");
  const member = (name: string) => ({ name: `data/${name}`, bytes: readFileSync(fixture(name)) });
  writeFileSync(archive, zipOf([member("made_columns.fgb"), member("made_columns_zstd.parquet")]));
  const { layers } = await openFeatures(archive);
  expect(layers.map(({ name, crs }) => [name, crs])).toEqual([
    ["fields", "EPSG:4326"],
    ["made_columns_zstd", "EPSG:31370"],
  ]);
  expect([...(await openFeatures(archive, { layer: "made_columns_zstd" })).features].map(shown)).toEqual(wanted);

  writeFileSync(archive, zipOf([{ name: "land.gml", bytes: Buffer.from("<gml/>") }]));
  expect((await refusal(archive)).message).toMatch(
    /holds a GML file, which is not read here\. Export it as a GeoPackage/,
  );
  const database = join(folder, "parcels.gdb");
  mkdirSync(database);
  expect((await refusal(database)).message).toMatch(/is an ESRI file geodatabase/);
});

test("files of the format's own authors hold their rows", () => {
  const countries = [...readFeatures(fixture("geoparquet__example.parquet")).features];
  expect(countries.map(({ properties }) => properties.name)).toEqual([
    "Fiji",
    "Tanzania",
    "W. Sahara",
    "Canada",
    "United States of America",
  ]);
  const types = [...readFeatures(fixture("geoparquet__multipolygon_wkb.parquet")).features].map(({ geometry }) => geometry?.type ?? null); // biome-ignore format: one line
  expect(types).toEqual(["MultiPolygon", "MultiPolygon", "MultiPolygon", null, null]);
});

test("of several layers an import asks which one", async () => {
  const archive = join(folder, "several.zip");
  const member = (name: string) => ({ name, bytes: readFileSync(fixture(name)) });
  writeFileSync(archive, zipOf([member("made_columns.fgb"), member("made_columns_gzip.parquet")]));
  const suggest = (layer?: string) =>
    readInSubprocess("suggest", {
      path: archive,
      options: layer ? { layer } : {},
      field: "class",
      nameField: undefined,
    });
  await expect(suggest()).rejects.toMatchObject({
    code: "vector-layer-needed",
    message: `“${archive}” holds 2 layers. Name one with --layer: “fields”, “made_columns_gzip”.`,
  });
  expect((await suggest("fields")).legend.map(({ name }) => name)).toContain("wheat");
});

test("a footer whose numbers, lists or structures never end is refused at once", async () => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(3_000_000);
  const begun = process.cpuUsage();
  for (const [first, rest] of [
    [0x16, 0xff],
    [0x19, 0x19],
    [0x1c, 0x1c],
  ] as const) {
    const path = join(folder, "endless.parquet");
    const footer = Buffer.alloc(3_000_000, rest).fill(first, 0, 1);
    writeFileSync(path, Buffer.concat([Buffer.from("PAR1"), footer, length, Buffer.from("PAR1")]));
    expect((await refusal(path)).message).toMatch(/its columns make no sense/);
  }
  expect(process.cpuUsage(begun).user).toBeLessThan(1_000_000);
});
