import { AppError } from "../../../../src-shared/errors/index.ts";
import type { StoredBlock } from "../../decode/decode-block.ts";
import { files } from "../../file-handles.ts";
import { pool } from "../../pool/pool.ts";
import { buffersIn } from "../../pool/transfer.ts";
import { sampleTypes } from "../../sample-type.ts";
import type { BlockPlace, BlockReader, StoredImage } from "../format.ts";
import { blockPlaces } from "./block-places.ts";
import type { ImageLayout } from "./image-layout.ts";

/** The blocks of one image of a TIFF: found in its lists, read together, decompressed in the pool. */
export function tiffBlocks(image: StoredImage, layout: ImageLayout): BlockReader {
  const { path, state, size } = image;
  const { encoding, blockWidth, blockHeight, dataType } = layout;
  const { locate } = blockPlaces(layout, size, (offset, length) => files.read(path, offset, length, state));
  return {
    blockBytes: blockWidth * blockHeight * encoding.samplesPerBlock * sampleTypes[dataType].bytes,
    locate,
    async decode(places, { signal, urgent }) {
      const blocks = await fetchBlocks(image, layout, places);
      return pool.run("decode", { encoding, blocks }, { signal, urgent, transfer: buffersIn(blocks) });
    },
  };
}

/** The stored bytes of neighbouring blocks, in one read. */
async function fetchBlocks(
  { path, state }: StoredImage,
  layout: ImageLayout,
  places: readonly BlockPlace[],
): Promise<StoredBlock[]> {
  const start = places[0]!.offset;
  const end = Math.max(...places.map(({ offset, length }) => offset + length));
  const bytes = await files.read(path, start, end - start, state);
  return places.map(({ offset, length, row }) => {
    const rows = layout.tiled
      ? layout.blockHeight
      : Math.min(layout.blockHeight, layout.height - row * layout.blockHeight);
    // The file became shorter since its header was read.
    if (offset + length - start > bytes.length) throw new AppError("raster-truncated", { path });
    // A copy of its own can move to the worker; a single block already has one.
    const own = places.length === 1 ? bytes : bytes.slice(offset - start, offset - start + length);
    return { bytes: own, rows };
  });
}
