import type { Bounds } from "../geo/bounds.ts";
import type { TileAddress } from "../geo/tile-grid.ts";

/**
 * Paths of pixels below a window's base address (`Bridge.pixels`), and what their answers hold.
 *
 * | path | answers |
 * |---|---|
 * | `/tile/LAYER/Z/X/Y?bands=B04,B03,B02&v=VERSION` | one map tile of a raster layer with all bands of the combination: `PixelTile` |
 * | `/vector/LAYER?bounds=minX,minY,maxX,maxY&resolution=R&v=VERSION` | GeoJSON in the project's CRS, cut to the view |
 * | `/scores/EPOCH/COL/ROW/WIDTH/HEIGHT/STEP` | how alike patches are to clicked ones: one byte each, rows from the top, `scoreByte` |
 * | `/file/export/FILE` | a file that lies in the project's folder of exports |
 *
 * `v` is the version that `layers.sources` gave: an address with the right one may be kept by the browser for good.
 */
export interface TileRequest extends TileAddress {
  readonly layer: string;
  readonly bands: readonly string[];
  readonly version: string;
}

const word = encodeURIComponent;

export const tilePath = ({ layer, z, x, y, bands, version }: TileRequest): string =>
  `/tile/${word(layer)}/${z}/${x}/${y}?bands=${bands.map(word).join(",")}&v=${word(version)}`;

export interface VectorRequest {
  readonly layer: string;
  readonly bounds: Bounds;
  /** map units per pixel on screen */
  readonly resolution: number;
  readonly version: string;
}

export const vectorPath = ({ layer, bounds, resolution, version }: VectorRequest): string => {
  const { minX, minY, maxX, maxY } = bounds;
  return `/vector/${word(layer)}?bounds=${[minX, minY, maxX, maxY].join(",")}&resolution=${resolution}&v=${word(version)}`;
};

/** Patches of a heat map of `similar.find`: every `step`th in both directions, from a corner that is counted as its `extent` is. */
export interface ScoresRequest {
  readonly epoch: string;
  readonly col: number;
  readonly row: number;
  /** answered scores, not patches */
  readonly width: number;
  readonly height: number;
  readonly step: number;
}

/** No more scores than this are answered at once. */
const mostScores = 4_000_000;
/** Of a patch without a score; the others: 1 is −1, 201 is 1. */
export const noScoreByte = 0;
export const scoreByte = (score: number): number => Math.round(score * 100) + 101;

export const scoresPath = ({ epoch, col, row, width, height, step }: ScoresRequest): string =>
  `/scores/${word(epoch)}/${[col, row, width, height, step].join("/")}`;

/** `file` is the name of a file in the project's own folder of exports. */
export const exportFilePath = (file: string): string => `/file/export/${word(file)}`;

/** A path taken apart; `undefined` when it is none of ours. */
export type PixelPath =
  | ({ readonly kind: "tile" } & TileRequest)
  | ({ readonly kind: "vector" } & VectorRequest)
  | ({ readonly kind: "scores" } & ScoresRequest)
  | { readonly kind: "export"; readonly file: string };

export function parsePixelPath(path: string): PixelPath | undefined {
  const [route = "", query = ""] = path.split("?", 2);
  const parts = route.split("/").slice(1);
  const given = new Map(
    query.split("&").map((pair): [string, string] => {
      const at = pair.indexOf("=");
      return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
  try {
    const version = decodeURIComponent(given.get("v") ?? "");
    if (parts[0] === "tile" && parts.length === 5) {
      const [z, x, y] = parts.slice(2).map(Number) as [number, number, number];
      const bands = (given.get("bands") ?? "").split(",").filter(Boolean).map(decodeURIComponent);
      if (![z, x, y].every(Number.isInteger) || z < 0 || bands.length === 0) return undefined;
      return { kind: "tile", layer: decodeURIComponent(parts[1]!), z, x, y, bands, version };
    }
    if (parts[0] === "vector" && parts.length === 2) {
      const [minX, minY, maxX, maxY] = (given.get("bounds") ?? "").split(",").map(Number) as [
        number,
        number,
        number,
        number,
      ];
      const resolution = Number(given.get("resolution"));
      if (![minX, minY, maxX, maxY].every(Number.isFinite) || !(resolution > 0)) return undefined;
      const bounds = { minX, minY, maxX, maxY };
      return { kind: "vector", layer: decodeURIComponent(parts[1]!), bounds, resolution, version };
    }
    if (parts[0] === "scores" && parts.length === 7) {
      const numbers = parts.slice(2).map(Number) as [number, number, number, number, number];
      const [col, row, width, height, step] = numbers;
      if (!numbers.every(Number.isSafeInteger) || width < 1 || height < 1 || step < 1) return undefined;
      if (width * height > mostScores) return undefined;
      return { kind: "scores", epoch: decodeURIComponent(parts[1]!), col, row, width, height, step };
    }
    if (parts[0] === "file" && parts[1] === "export" && parts.length === 3)
      return { kind: "export", file: decodeURIComponent(parts[2]!) };
  } catch {
    // A percent sign that encodes nothing is no path of ours.
  }
  return undefined;
}

/** How the samples of a tile are stored. Everything that is none of the first three comes as float32. */
export type TileSampleType = "uint8" | "uint16" | "int16" | "float32";
export type TileSamples = Uint8Array | Uint16Array | Int16Array | Float32Array;

/**
 * The pixels of one map tile. Its layout, little endian:
 *
 * | bytes | |
 * |---|---|
 * | 0–3 | `OMT1` |
 * | 4 | sample type: 0 uint8, 1 uint16, 2 int16, 3 float32 |
 * | 5 | number of bands, n |
 * | 6 | mask: 0 every pixel is data, 1 none is and nothing follows the scales, 2 a bit mask comes before the samples |
 * | 7 | 1: what follows the scales is compressed (raw DEFLATE) |
 * | 8–9, 10–11 | width, height |
 * | 12–15 | zero |
 * | 16 … 16 + 8n | per band scale and offset, float32: physical value = stored · scale + offset |
 * | … | mask, the lowest bit first, rows from the top; padded to a multiple of 4 bytes |
 * | … | samples, interleaved by pixel |
 */
export interface PixelTile {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly type: TileSampleType;
  readonly scales: readonly { readonly scale: number; readonly offset: number }[];
  /** one bit per pixel; `undefined`: every pixel is data */
  readonly mask: Uint8Array | undefined;
  /** `null`: no pixel of the tile is data */
  readonly samples: TileSamples | null;
}

const types: readonly TileSampleType[] = ["uint8", "uint16", "int16", "float32"];
const sampleBytes = [1, 2, 2, 4] as const;
const magic = 0x31544d4f; // "OMT1" read little endian
const headerBytes = 16;

const maskBytes = (pixels: number): number => 4 * Math.ceil(pixels / 32);

/** The head and, still uncompressed, what follows it. Typed arrays of the machine are little endian everywhere we run. */
export function encodePixelTile(tile: PixelTile): { readonly head: Uint8Array; readonly payload: Uint8Array } {
  const head = new Uint8Array(headerBytes + 8 * tile.bands);
  const view = new DataView(head.buffer);
  view.setUint32(0, magic, true);
  view.setUint8(4, types.indexOf(tile.type));
  view.setUint8(5, tile.bands);
  view.setUint8(6, tile.samples === null ? 1 : tile.mask ? 2 : 0);
  view.setUint16(8, tile.width, true);
  view.setUint16(10, tile.height, true);
  tile.scales.forEach(({ scale, offset }, band) => {
    view.setFloat32(headerBytes + 8 * band, scale, true);
    view.setFloat32(headerBytes + 8 * band + 4, offset, true);
  });
  if (tile.samples === null) return { head, payload: new Uint8Array() };
  const { buffer, byteOffset, byteLength } = tile.samples;
  const samples = new Uint8Array(buffer, byteOffset, byteLength);
  if (!tile.mask) return { head, payload: samples };
  const before = maskBytes(tile.width * tile.height);
  const payload = new Uint8Array(before + samples.length);
  payload.set(tile.mask);
  payload.set(samples, before);
  return { head, payload };
}

/** Marks a head as followed by raw DEFLATE. */
export function markCompressed(head: Uint8Array): void {
  head[7] = 1;
}

/** Where the payload begins in an answer, and whether it has to be inflated before `decodePixelTile`. */
export function openPixelTile(bytes: Uint8Array): { readonly payloadAt: number; readonly compressed: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes || view.getUint32(0, true) !== magic) throw new Error("These bytes are no map tile");
  return { payloadAt: headerBytes + 8 * view.getUint8(5), compressed: view.getUint8(7) === 1 };
}

/** A tile from its head and its inflated payload. */
export function decodePixelTile(head: Uint8Array, payload: Uint8Array): PixelTile {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const kind = view.getUint8(4);
  const type = types[kind];
  if (!type) throw new Error(`A map tile of sample type ${kind}`);
  const bands = view.getUint8(5);
  const width = view.getUint16(8, true);
  const height = view.getUint16(10, true);
  const scales = Array.from({ length: bands }, (_, band) => ({
    scale: view.getFloat32(headerBytes + 8 * band, true),
    offset: view.getFloat32(headerBytes + 8 * band + 4, true),
  }));
  const state = view.getUint8(6);
  if (state === 1) return { width, height, bands, type, scales, mask: undefined, samples: null };
  const before = state === 2 ? maskBytes(width * height) : 0;
  const length = width * height * bands;
  if (payload.length !== before + length * sampleBytes[kind]!) {
    throw new Error(`A map tile of ${payload.length} bytes for ${width} × ${height} × ${bands} ${type}`);
  }
  // A copy that starts at 0, so that every sample type is aligned; Node's own byte arrays would share their memory instead.
  const copy = (from: number, to?: number) => Uint8Array.prototype.slice.call(payload, from, to);
  const own = copy(before).buffer;
  const samples =
    type === "uint8"
      ? new Uint8Array(own)
      : type === "uint16"
        ? new Uint16Array(own)
        : type === "int16"
          ? new Int16Array(own)
          : new Float32Array(own);
  return { width, height, bands, type, scales, mask: state === 2 ? copy(0, before) : undefined, samples };
}

/** Is pixel `i` data? */
export const isData = ({ mask, samples }: PixelTile, i: number): boolean =>
  samples !== null && (!mask || (mask[i >> 3]! & (1 << (i & 7))) !== 0);
