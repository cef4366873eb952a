import "../dom.fixture.ts";
import { deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LayerSource } from "../../../src-shared/ipc/index.ts";
import { encodePixelTile, markCompressed, type PixelTile } from "../../../src-shared/ipc/pixels.ts";
import { fetchTexture } from "./tile-store.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

const source = { id: "acquisition:s2 été", version: "7" } as LayerSource;
const tileOf = (change: Partial<PixelTile>): PixelTile => ({
  width: 2,
  height: 2,
  bands: 1,
  type: "uint16",
  scales: [{ scale: 0.0001, offset: -0.1 }],
  mask: undefined,
  samples: new Uint16Array([1000, 2000, 3000, 4000]),
  ...change,
});
const answer = (tile: PixelTile, compressed = false) => {
  const { head, payload } = encodePixelTile(tile);
  if (compressed) markCompressed(head);
  const rest = compressed ? deflateRawSync(payload) : payload;
  return new Response(new Uint8Array([...head, ...rest]));
};

let answers: (() => Response)[];
let asked: string[];
beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (address: string, { signal }: { signal?: AbortSignal } = {}) => {
    asked.push(address);
    signal?.throwIfAborted();
    return (answers.length > 1 ? answers.shift()! : answers[0]!)();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const fetchOne = (signal?: AbortSignal) => fetchTexture(source, ["B04"], 9, 3, 4, signal);

test("stored numbers become physical values beside a mask, by the tile's own scale and offset", async () => {
  answers = [() => answer(tileOf({ mask: new Uint8Array([0b0111, 0, 0, 0]) }))];
  const { data, factors } = await fetchOne();
  // The fourth pixel is no data: zero, and so is its mask. A texel has four channels.
  const texels = [0, 1, 2, 3].map((pixel) => [...data.subarray(4 * pixel, 4 * pixel + 2)]);
  const wanted = [
    [0, 1],
    [0.1, 1],
    [0.2, 1],
    [0, 0],
  ];
  for (const [pixel, [value, mask]] of wanted.entries()) {
    expect(texels[pixel]![0]).toBeCloseTo(value!, 6);
    expect(texels[pixel]![1]).toBe(mask);
  }
  expect(factors).toEqual([{ factor: 1, offset: 0 }]);
  expect(asked[0]).toContain(`/tile/${encodeURIComponent(source.id)}/9/3/4?bands=B04&v=7`);
});

test("bytes stay bytes; what makes them physical goes to the graphics card", async () => {
  const scales = [
    { scale: 0.5, offset: 2 },
    { scale: 1, offset: 0 },
  ];
  const samples = new Uint8Array([10, 20, 30, 40, 50, 60, 70, 80]);
  answers = [() => answer(tileOf({ type: "uint8", bands: 2, scales, samples }))];
  const { data, factors } = await fetchOne();
  expect(data).toBeInstanceOf(Uint8Array);
  expect([...data.subarray(0, 3)]).toEqual([10, 20, 255]);
  // WebGL reads a byte as a part of 255: part · factor + offset is the value.
  expect((10 / 255) * factors![0]!.factor + factors![0]!.offset).toBeCloseTo(10 * 0.5 + 2, 9);
});

test("a compressed tile is the same tile, and one without data is all mask", async () => {
  answers = [() => answer(tileOf({}), true)];
  const { data } = await fetchOne();
  expect(data[4]).toBeCloseTo(0.1, 6);
  answers = [() => answer(tileOf({ samples: null }))];
  const empty = await fetchOne();
  expect(empty.data.every((value) => value === 0)).toBe(true);
  expect(empty.factors).toBeNull();
});

test("a tile that failed is asked for again with pauses, and at last given up", async () => {
  vi.useFakeTimers();
  answers = [
    () => {
      throw new TypeError("no connection");
    },
    () => new Response(null, { status: 503 }),
    () => new Response(null, { status: 404 }),
    () => answer(tileOf({})),
  ];
  const asking = fetchOne();
  await vi.advanceTimersByTimeAsync(299);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(6000);
  expect((await asking).data[4]).toBeCloseTo(0.1, 6);
  expect(asked).toHaveLength(4);
  answers = [() => new Response(null, { status: 500 })];
  const never = expect(fetchOne()).rejects.toThrow("500");
  await vi.advanceTimersByTimeAsync(6000);
  await never;
  expect(asked).toHaveLength(8);
});

test("a tile that is refused, or that nobody wants any longer, is not asked for again", async () => {
  vi.useFakeTimers();
  for (const status of [400, 204]) {
    answers = [() => new Response(null, { status })];
    await expect(fetchOne()).rejects.toThrow(String(status));
  }
  expect(asked).toHaveLength(2);
  answers = [() => new Response(null, { status: 503 })];
  const stop = new AbortController();
  const gone = expect(fetchOne(stop.signal)).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(100);
  stop.abort();
  await vi.advanceTimersByTimeAsync(6000);
  await gone;
  expect(asked).toHaveLength(3);
});
