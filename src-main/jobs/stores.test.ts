import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { onDisk, writeAll } from "../files/index.ts";
import { RowStore } from "./row-store.ts";
import { TileStore } from "./tile-store.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-working-file-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

test.runIf(process.platform === "linux")("a full disk is told in words, with the file that did not fit", async () => {
  const file = await open("/dev/full", "r+");
  const writing = onDisk("/data/rows.part", () => writeAll(file, new Uint8Array(10), 0));
  await expect(writing).rejects.toMatchObject({ code: "no-disk-space", details: { path: "/data/rows.part" } });
  await file.close();
});

test("an error of another kind stays what it is", async () => {
  const other = Object.assign(new Error("no"), { code: "EACCES" });
  await expect(onDisk("x", () => Promise.reject(other))).rejects.toBe(other);
});

test("a write that takes a few bytes at a time is gone on with", async () => {
  const written: number[] = [];
  const sparing = {
    write: async (bytes: Uint8Array, offset: number, length: number, position: number) => {
      const count = Math.min(3, length);
      for (let i = 0; i < count; i++) written[position + i] = bytes[offset + i]!;
      return { bytesWritten: count };
    },
  };
  await writeAll(sparing, Uint8Array.from([1, 2, 3, 4, 5, 6, 7]), 2);
  expect(written.slice(2)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("rows come back by window and band, and half a row is cut off when the file is opened again", async () => {
  const path = join(room, "rows.part");
  // Two places: one of 3 × 2 pixels, one of 1 × 2.
  const windows = [
    { col: 0, row: 0, width: 3, height: 2 },
    { col: 90, row: 70, width: 1, height: 2 },
  ];
  const rows = await RowStore.open(path, windows, 2, { keep: false });
  await rows.append(Uint8Array.from([1, 2, 3, 11, 12, 13, 4, 5, 6, 14, 15, 16]));
  expect(await rows.read(0, { col: 1, row: 0, width: 2, height: 2 }, [1, 0])).toEqual([
    Uint8Array.from([12, 13, 15, 16]),
    Uint8Array.from([2, 3, 5, 6]),
  ]);
  expect([rows.next, rows.complete]).toEqual([{ window: 1, rows: 0 }, false]);
  await expect(rows.read(1, { col: 0, row: 0, width: 1, height: 1 }, [0])).rejects.toThrow("is not there");
  await rows.append(Uint8Array.from([7, 17]));
  expect(await rows.read(1, { col: 0, row: 0, width: 1, height: 1 }, [0, 1])).toEqual([
    Uint8Array.of(7),
    Uint8Array.of(17),
  ]);
  await expect(rows.append(Uint8Array.from([8, 18, 9, 19]))).rejects.toThrow("no rows");
  await rows.close();
  await writeAll(await open(path, "r+"), Uint8Array.from([9]), 14);
  const again = await RowStore.open(path, windows, 2, { keep: true });
  expect([again.rows, again.next, readFileSync(path).length]).toEqual([3, { window: 1, rows: 1 }, 14]);
  await again.append(Uint8Array.from([8, 18]));
  expect(again.complete).toBe(true);
  await again.close();
});

test("tiles come back in order, half a tile is written over, and finished rows of tiles are forgotten", async () => {
  const folder = join(room, "tiles.part");
  const line = (row: number, window = 0) => ({ window, row });
  const store = await TileStore.open(folder, 2, { keep: false });
  await store.add(line(-2), Float32Array.of(1, 2));
  await store.add(line(-2), Float32Array.of(3, 4));
  await store.add(line(0), Float32Array.of(5, 6));
  await store.add(line(-7, 1), Float32Array.of(5, 6));
  await writeAll(await open(join(folder, "0_-2.tiles"), "r+"), Uint8Array.of(7), 16);
  const again = await TileStore.open(folder, 2, { keep: true });
  expect(again.lines).toEqual([line(-2), line(0), line(-7, 1)]);
  expect(await again.saved(line(-2))).toEqual([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
  await again.cut(line(-2), 2);
  expect(again.lines).toEqual([line(-2)]);
  await again.add(line(-2), Float32Array.of(8, 9));
  expect((await again.saved(line(-2)))[2]).toEqual(Float32Array.of(8, 9));
  await again.add(line(-9, 1), Float32Array.of(8, 9));
  await again.forgetAbove(line(-9, 1));
  expect([again.lines, await again.saved(line(-2))]).toEqual([[line(-9, 1)], []]);
});
