import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import type { BlockReader } from "../format.ts";
import { DamagedFile, TruncatedFile } from "../problems.ts";
import { NumberList } from "./directory.ts";
import type { ImageLayout } from "./image-layout.ts";
import { tiffCompression } from "./tags.ts";

/**
 * The places of an image's blocks, each checked before it is read.
 * @param size of the file in bytes
 */
export function blockPlaces(
  layout: ImageLayout,
  size: number,
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Pick<BlockReader, "locate"> {
  const { blocks, blocksDown, blockHeight, height, encoding } = layout;
  const { divided, storedDown, rowBytes, partBytes, mostBytes } = blocks;
  const offsets = new NumberList(blocks.offsets, encoding.littleEndian, read);
  const lengths = blocks.lengths && new NumberList(blocks.lengths, encoding.littleEndian, read);
  const checked = (index: number, offset: number, length: number) => {
    if (offset === 0 || length === 0) return { offset: 0, length: 0 };
    if (!Number.isSafeInteger(offset) || offset + length > size) throw new TruncatedFile();
    if (length > mostBytes) throw new DamagedFile(reason("block-says-stored-bytes", { index, length }));
    return { offset, length };
  };
  return {
    async locate(index) {
      if (divided === 1) {
        const offset = await offsets.at(index);
        const length = lengths ? await lengths.at(index) : partBytes;
        // An uncompressed block has its size from the header; some writers list less or more.
        if (encoding.compression === tiffCompression.none && length > partBytes)
          return checked(index, offset, partBytes);
        return checked(index, offset, length);
      }
      const plane = Math.floor(index / blocksDown);
      const row = index % blocksDown;
      const stored = plane * storedDown + Math.floor(row / divided);
      const offset = await offsets.at(stored);
      const rows = Math.min(blockHeight, height - row * blockHeight);
      return offset === 0
        ? { offset: 0, length: 0 }
        : checked(index, offset + (row % divided) * partBytes, rows * rowBytes);
    },
  };
}
