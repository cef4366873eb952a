import { files } from "../../file-handles.ts";
import { pool } from "../../pool/pool.ts";
import { buffersIn } from "../../pool/transfer.ts";
import { sampleTypes } from "../../sample-type.ts";
import type { BlockReader, StoredImage } from "../format.ts";
import { storedBytes } from "../stored-bytes.ts";
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
      const bytes = await storedBytes(image, places);
      const rowsAt = (row: number) =>
        layout.tiled ? blockHeight : Math.min(blockHeight, layout.height - row * blockHeight);
      const blocks = bytes.map((each, i) => ({ bytes: each, rows: rowsAt(places[i]!.row) }));
      return pool.run("decode", { encoding, blocks }, { signal, urgent, transfer: buffersIn(blocks) });
    },
  };
}
