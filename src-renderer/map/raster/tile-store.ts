import type { LayerSource } from "../../../src-shared/ipc/index.ts";
import {
  decodePixelTile,
  isData,
  openPixelTile,
  type PixelTile,
  type ScoresRequest,
  scoresPath,
  tilePath,
} from "../../../src-shared/ipc/pixels.ts";
import { bridge } from "../../client/index.ts";
import { textureBands } from "../style/webgl-style.ts";

/** What a texture is made of. `factor` and `offset` per band make physical values of what WebGL reads from it. */
export interface Texture {
  readonly data: Uint8Array | Float32Array;
  readonly factors: readonly { readonly factor: number; readonly offset: number }[] | null;
  /** physical values stay at hand for statistics of the view */
  readonly tile: PixelTile;
}

/** Asks for one tile with all bands of a combination. */
export async function fetchTexture(
  source: LayerSource,
  bands: readonly string[],
  z: number,
  x: number,
  y: number,
  signal: AbortSignal | undefined,
): Promise<Texture> {
  const path = tilePath({ layer: source.id, z, x, y, bands, version: source.version });
  const answer = await answered(path, signal);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const { payloadAt, compressed } = openPixelTile(bytes);
  const payload = bytes.subarray(payloadAt);
  const tile = decodePixelTile(bytes.subarray(0, payloadAt), compressed ? await inflate(payload) : payload);
  return textureOf(tile);
}

/** Scores of patches, a byte each; `undefined` when the program has them no more. */
export async function fetchScores(asked: ScoresRequest, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const answer = await fetch(`${bridge.pixels}${scoresPath(asked)}`, { signal });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return answer.ok && bytes.length === asked.width * asked.height ? bytes : undefined;
}

const pauses = [300, 1200, 4000];

/** Retries after connection and server errors: otherwise a tile that failed once would stay empty. */
async function answered(path: string, signal: AbortSignal | undefined): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    const pause = pauses[attempt];
    try {
      // The address is made anew each time: a new connection has another one.
      const answer = await fetch(`${bridge.pixels}${path}`, signal ? { signal } : {});
      // 204: the project was left, or the layer taken away, while the tile was on its way.
      if (answer.ok && answer.status !== 204) return answer;
      if (pause === undefined || (answer.status < 500 && answer.status !== 404)) {
        throw new TileRefused(`${answer.status} ${path}`);
      }
    } catch (error) {
      if (signal?.aborted || error instanceof TileRefused || pause === undefined) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    signal?.throwIfAborted();
  }
}

class TileRefused extends Error {}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Bytes stay bytes, which is a quarter of the memory; everything else becomes physical values. */
function textureOf(tile: PixelTile): Texture {
  const { samples, bands, scales, width, height } = tile;
  const across = textureBands(bands);
  const pixels = width * height;
  if (samples === null) return { data: new Uint8Array(pixels * across), factors: null, tile };
  const bytes = samples instanceof Uint8Array;
  const data = bytes ? new Uint8Array(pixels * across) : new Float32Array(pixels * across);
  const full = bytes ? 255 : 1;
  for (let i = 0; i < pixels; i++) {
    if (!isData(tile, i)) continue;
    const to = i * across;
    const from = i * bands;
    for (let band = 0; band < bands; band++) {
      const { scale, offset } = scales[band]!;
      data[to + band] = bytes ? samples[from + band]! : samples[from + band]! * scale + offset;
    }
    data[to + bands] = full;
  }
  return {
    data,
    factors: scales.map(({ scale, offset }) => (bytes ? { factor: 255 * scale, offset } : { factor: 1, offset: 0 })),
    tile,
  };
}
