import { inflateSync, zstdDecompressSync } from "node:zlib";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import type { Encoding } from "../formats/tiff/image-layout.ts";
import { tiffPredictor } from "../formats/tiff/tags.ts";
import type { SampleType } from "../sample-type.ts";
import { BlockProblem } from "./block-problem.ts";

/** LERC2's numbers for sample types (Esri's lerc, Lerc2.h). */
const types: readonly SampleType[] = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"];

/** LERC is decoded by geotiff's decoder, after the sizes in its headers were checked. */
export async function decodeLerc(
  stored: Uint8Array,
  rows: number,
  encoding: Encoding,
  maxOutputLength: number,
): Promise<Uint8Array> {
  const { lercParameters, samplesPerBlock, blockWidth } = encoding;
  const outer = lercParameters?.[1] ?? 0;
  // A LERC blob is at most as large as its pixels and a mask; larger ones are damaged.
  const room = { maxOutputLength: maxOutputLength * 2 };
  const bytes = outer === 1 ? inflateSync(stored, room) : outer === 2 ? zstdDecompressSync(stored, room) : stored;
  if (outer > 2) throw new BlockProblem(reason("lerc-data-packed-way-not", { outer }));
  lookAtBlobs(bytes, rows, encoding);
  // Loaded on demand: most threads never read such a file.
  const { getDecoder } = await import("geotiff");
  const decoder = await getDecoder(encoding.compression, {
    tileWidth: blockWidth,
    tileHeight: rows,
    predictor: tiffPredictor.none,
    bitsPerSample: encoding.bits,
    planarConfiguration: samplesPerBlock > 1 ? 1 : 2,
    samplesPerPixel: samplesPerBlock,
    LercParameters: [lercParameters?.[0] ?? 4, 0],
  } as Parameters<typeof getDecoder>[1]);
  // A copy of its own: a Buffer's `buffer` may be a pool that it shares.
  return new Uint8Array(await decoder.decode(new Uint8Array(bytes).buffer));
}

/** Every blob's header: the block's own size, type and bands, before the decoder sets memory aside for what it says. */
function lookAtBlobs(bytes: Uint8Array, rows: number, encoding: Encoding): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let bands = 0;
  for (let at = 0; bands < encoding.samplesPerBlock; ) {
    if (at + 64 > bytes.length || Buffer.from(bytes.subarray(at, at + 6)).toString("latin1") !== "Lerc2 ") {
      throw new BlockProblem(reason("lerc-data-damaged"));
    }
    const version = view.getInt32(at + 6, true);
    if (version < 2 || version > 6) throw new BlockProblem(reason("lerc-version-not-known", { version }));
    let place = at + (version >= 3 ? 14 : 10);
    const next = () => {
      place += 4;
      return view.getInt32(place - 4, true);
    };
    const height = next();
    const width = next();
    const depth = version >= 4 ? next() : 1;
    next();
    next();
    const length = next();
    const type = types[next()];
    if (width !== encoding.blockWidth || height < rows || height > Math.max(rows, encoding.blockHeight)) {
      throw new BlockProblem(reason("lerc-data-pixels", { width, height }));
    }
    if (depth < 1 || depth > encoding.samplesPerBlock || length < 1 || at + length > bytes.length) {
      throw new BlockProblem(reason("lerc-data-damaged"));
    }
    if (type !== encoding.dataType) throw new BlockProblem(reason("lerc-data-type", { type: type ?? "?" }));
    bands += depth;
    at += length;
  }
}
