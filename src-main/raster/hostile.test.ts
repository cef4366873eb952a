import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { AppError } from "../../src-shared/errors/index.ts";
import { tiffTag } from "./formats/tiff/tags.ts";
import { Pool } from "./pool/pool.ts";
import { TaskStopped } from "./pool/task-stopped.ts";
import { openRaster } from "./raster.ts";
import { requireGeobox } from "./require-geobox.ts";
import { statistics } from "./statistics.ts";
import { temporaryFolder } from "./testing/gdal.ts";
import { hostileTiffs } from "./testing/hostile-tiffs.ts";
import { imageFields, makeTiff } from "./testing/make-tiff.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Everything that a file is asked for: its header, its last pixel, its figures, its place. */
async function readAll(path: string): Promise<string> {
  const raster = await openRaster(path);
  try {
    const { width, height, bands } = raster.info;
    await raster.readWindow({ col: width - 1, row: height - 1, width: 1, height: 1 }, { bands: [bands.length] });
    await statistics(raster, { maxPixels: 10_000 });
    requireGeobox(raster);
    return "read";
  } finally {
    raster.close();
  }
}

const endOf = (path: string): Promise<string | AppError> =>
  readAll(path).catch((error: unknown) => {
    if (error instanceof AppError) return error;
    throw error;
  });

describe("a hostile file ends in one sentence:", () => {
  test.each(hostileTiffs.map((file, index) => ({ ...file, index })))(
    "$name",
    async ({ bytes, ends, reason, beside, index }) => {
      const path = folder.file(`hostile-${index}.tif`);
      writeFileSync(path, bytes());
      for (const [ending, content] of Object.entries(beside ?? {})) writeFileSync(`${path}${ending}`, content());
      const before = process.memoryUsage.rss();
      const end = await endOf(path);
      expect(end instanceof AppError ? end.code : end).toBe(ends);
      if (end instanceof AppError) {
        expect(end.message).toContain(path);
        expect(end.message.split("\n")).toHaveLength(1);
        if (reason) expect(end.message).toMatch(reason);
      }
      expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 2 ** 20);
    },
  );
});

test("what is no file is refused before it is opened", async () => {
  const pipe = folder.file("pipe.tif");
  execFileSync("mkfifo", [pipe]);
  mkdirSync(folder.file("folder.tif"));
  symlinkSync("/dev/zero", folder.file("zero.tif"));
  symlinkSync(folder.file("loop.tif"), folder.file("loop.tif"));
  const refusals = [];
  for (const name of ["pipe.tif", "folder.tif", "zero.tif", "loop.tif", "missing.tif"]) {
    const end = (await endOf(folder.file(name))) as AppError;
    refusals.push(`${end.code} ${(end.details as { what?: string }).what ?? ""}`.trim());
  }
  expect(refusals).toEqual([
    "raster-not-a-file pipe",
    "raster-not-a-file folder",
    "raster-not-a-file device",
    "raster-unreadable",
    "raster-missing",
  ]);
});

test("pipes and folders beside an image are none of its side files", async () => {
  const path = folder.file("beside.tif");
  writeFileSync(path, makeTiff({ fields: imageFields(), data: new Uint8Array(256) }));
  for (const ending of [".ovr", ".msk", ".aux.xml"]) execFileSync("mkfifo", [`${path}${ending}`]);
  execFileSync("mkfifo", [folder.file("beside.tfw")]);
  expect(await endOf(path)).toBe("read");
});

test("a side file that is there and cannot be opened stops the image: it may hold a mask, a scale or a coordinate system", async () => {
  for (const ending of [".msk", ".aux.xml"]) {
    const path = folder.file(`closed${ending}.tif`);
    writeFileSync(path, makeTiff({ fields: imageFields(), data: new Uint8Array(256) }));
    symlinkSync(`${path}${ending}`, `${path}${ending}`);
    expect(await endOf(path)).toMatchObject({ code: "raster-side-file", details: { beside: `${path}${ending}` } });
  }
});

test("masks of the overviews do not stand in for a mask of the image that cannot be read", {
  tags: ["gdal"],
}, async () => {
  const path = folder.file("half-masked.tif");
  const program = `
import sys
from osgeo import gdal
gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
d = gdal.GetDriverByName("GTiff").Create(sys.argv[1], 64, 64)
d.GetRasterBand(1).Fill(7)
d.CreateMaskBand(gdal.GMF_PER_DATASET)
d.GetRasterBand(1).GetMaskBand().Fill(255)
d.BuildOverviews("NEAREST", [2])
d.SetGeoTransform([500000, 10, 0, 5600000, 0, -10])
d = None
`;
  execFileSync("/usr/bin/python3", ["-c", program, path]);
  const whole = await openRaster(path);
  expect(whole.info.validity).toBe("mask");
  whole.close();
  const bytes = readFileSync(path);
  // The directory of the whole mask (NewSubfileType 4) says that it is compressed in a way that nobody knows.
  const [next, kind, compression] = [
    (at: number) => bytes.readUInt32LE(at),
    tiffTag.NewSubfileType,
    tiffTag.Compression,
  ];
  let changed = 0;
  for (let at = next(4); at !== 0; ) {
    const count = bytes.readUInt16LE(at);
    const entries = Array.from({ length: count }, (_, i) => at + 2 + 12 * i);
    const entry = (tag: number) => entries.find((place) => bytes.readUInt16LE(place) === tag);
    if (entry(kind) !== undefined && bytes.readUInt32LE(entry(kind)! + 8) === 4) {
      bytes.writeUInt16LE(65000, entry(compression)! + 8);
      changed++;
    }
    at = next(at + 2 + 12 * count);
  }
  expect(changed).toBe(1);
  const damaged = folder.file("half-masked-damaged.tif");
  writeFileSync(damaged, bytes);
  expect(await endOf(damaged)).toMatchObject({ code: "raster-damaged" });
});

test("a file that is cut while it is read says so", async () => {
  const path = folder.file("shrinking.tif");
  writeFileSync(path, makeTiff({ fields: imageFields(), data: new Uint8Array(256) }));
  const raster = await openRaster(path);
  truncateSync(path, 300);
  const read = raster.readWindow({ col: 0, row: 0, width: 16, height: 16 }).catch((error) => error.code);
  // A file that changed since its header was read is not read further.
  expect(await read).toBe("raster-changed");
  raster.close();
});

test("a thread that loops is ended with its task, and the next task has a new one", async () => {
  const small = new Pool({ size: 1, deadline: 1000, patience: 60_000, heap: 128, preload: "header" });
  const encoding = {
    compression: 1,
    predictor: 1,
    bits: 3,
    dataType: "uint8" as const,
    halfFloat: false,
    littleEndian: true,
    fillOrder: 1,
    samplesPerBlock: 1,
    blockWidth: 4096,
    blockHeight: 512,
    photometric: 1,
  };
  // Seconds of unpacking, in a task that nothing inside of it can stop.
  const block = { bytes: new Uint8Array(1536 * 512), rows: 512 };
  const endless = { encoding, blocks: new Array(10_000).fill(block) as (typeof block)[] };
  try {
    const stopped = await small.run("decode", endless).catch((error: unknown) => error);
    expect(stopped).toBeInstanceOf(TaskStopped);
    const header = await small.run("header", { path: folder.file("hostile-0.tif"), crs: undefined });
    expect("header" in header).toBe(true);
  } finally {
    await small.close();
  }
});
