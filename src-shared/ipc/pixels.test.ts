import { expect, test } from "vitest";
import {
  decodePixelTile,
  encodePixelTile,
  isData,
  markCompressed,
  openPixelTile,
  type PixelTile,
  parsePixelPath,
  scoresPath,
  tilePath,
  vectorPath,
} from "./pixels.ts";

test("a path says what it asks for, whatever the layer is called", () => {
  const tile = {
    layer: "acquisition:S2/2019-04-10 & 50 %?",
    z: 13,
    x: -2,
    y: -2227,
    bands: ["B04", "a,b"],
    version: "x=1",
  };
  expect(parsePixelPath(tilePath(tile))).toEqual({ kind: "tile", ...tile });
  const vector = { layer: "vector:3", bounds: { minX: -1.5, minY: 2, maxX: 3, maxY: 4 }, resolution: 0.5, version: "" };
  expect(parsePixelPath(vectorPath(vector))).toEqual({ kind: "vector", ...vector });
  const scores = { epoch: "a/b", col: -3, row: 17, width: 1024, height: 900, step: 2 };
  expect(parsePixelPath(scoresPath(scores))).toEqual({ kind: "scores", ...scores });
});

test("what is no path of ours is none", () => {
  for (const path of [
    "/tile/a/1/2",
    "/tile/a/1/2/x?bands=B",
    "/tile/a/1/2/3",
    "/tile/%/1/2/3?bands=B",
    "/vector/a",
    "/scores/a/0/0/1/1",
    "/scores/a/0/0/0/1/1",
    "/scores/a/0/0/1.5/1/1",
    "/scores/a/0/0/4000/4000/1",
    "/",
  ]) {
    expect(parsePixelPath(path)).toBeUndefined();
  }
});

test("a tile comes back as it went, with its mask and its scales", () => {
  const tile: PixelTile = {
    width: 5,
    height: 3,
    bands: 2,
    type: "uint16",
    scales: [
      { scale: 0.5, offset: -1 },
      { scale: 1, offset: 0 },
    ],
    mask: Uint8Array.from([0b10101010, 0b01111111, 0, 0]),
    samples: Uint16Array.from({ length: 30 }, (_, i) => i * 1000),
  };
  const { head, payload } = encodePixelTile(tile);
  expect(openPixelTile(head)).toEqual({ payloadAt: 32, compressed: false });
  markCompressed(head);
  expect(openPixelTile(head).compressed).toBe(true);
  const back = decodePixelTile(head, payload);
  expect(back).toEqual(tile);
  expect([isData(back, 0), isData(back, 1), isData(back, 15)]).toEqual([false, true, false]);
});

test("a tile without data is its head alone", () => {
  const scales = [{ scale: 1, offset: 0 }];
  const empty: PixelTile = { width: 256, height: 256, bands: 1, type: "uint8", scales, mask: undefined, samples: null };
  const { head, payload } = encodePixelTile(empty);
  expect([head.length, payload.length]).toEqual([24, 0]);
  expect(decodePixelTile(head, payload)).toEqual(empty);
  expect(isData(empty, 0)).toBe(false);
});
