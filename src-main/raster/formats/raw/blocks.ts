import { isReason } from "../../decode/block-problem.ts";
import { pool } from "../../pool/pool.ts";
import { buffersIn } from "../../pool/transfer.ts";
import type { TypedArray } from "../../sample-type.ts";
import type { BlockReader, StoredImage } from "../format.ts";
import { storedBytes } from "../stored-bytes.ts";
import type { RawImage } from "./spec.ts";

/** Blocks of whole lines: where they lie is computed, and the threads turn their bytes as this machine has them. */
export function rawBlocks(image: StoredImage, raw: RawImage): BlockReader {
  const { layout } = image;
  const { width, height, samples, blockHeight, blocksDown } = layout;
  const { interleave, start, lineBytes, encoding } = raw;
  const linesAt = (row: number) => Math.min(blockHeight, height - row * blockHeight);
  /** bytes of a line in a block: of one band, or of all */
  const stride = interleave === "bsq" ? lineBytes : lineBytes * samples;
  return {
    blockBytes: stride * blockHeight,
    async locate(index) {
      const row = index % blocksDown;
      const lines = Math.floor(index / blocksDown) * height + row * blockHeight;
      // A block at the very start of a file is one too: the numbers begin behind the header that the length counts.
      return { offset: start + lines * stride, length: linesAt(row) * stride };
    },
    async decode(places, { signal, urgent }) {
      const bytes = await storedBytes(image, places);
      const blocks = bytes.map((each, i) => ({ bytes: each, rows: linesAt(places[i]!.row) }));
      const decoded = await pool.run("decode", { encoding, blocks }, { signal, urgent, transfer: buffersIn(blocks) });
      if (interleave !== "bil") return decoded;
      return decoded.map((bands) => (isReason(bands) ? bands : byBand(bands[0]!, width, samples)));
    },
  };
}

/** Lines of each band in turn, band by band. */
function byBand(lines: TypedArray, width: number, samples: number): TypedArray[] {
  const rows = lines.length / (width * samples);
  return Array.from({ length: samples }, (_, band) => {
    const out = lines.slice(0, rows * width);
    for (let row = 0; row < rows; row++) {
      const from = (row * samples + band) * width;
      out.set(lines.subarray(from, from + width), row * width);
    }
    return out;
  });
}
