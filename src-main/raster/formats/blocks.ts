import type { BlockReader, Others, StoredImage } from "./format.ts";
import { jp2Blocks } from "./jp2/blocks.ts";
import { rawBlocks } from "./raw/blocks.ts";
import { tiffBlocks } from "./tiff/blocks.ts";
import { vrtBlocks } from "./vrt/blocks.ts";

/** The blocks of an image, by the format that keeps them. */
export function blockReader(image: StoredImage, others: Others): BlockReader {
  const { stored } = image;
  switch (stored.format) {
    case "tiff":
      return tiffBlocks(image, stored.layout);
    case "raw":
      return rawBlocks(image, stored.raw);
    case "vrt":
      return vrtBlocks(image, stored.spec, others);
    case "jp2":
      return jp2Blocks(image, stored.tiles, stored.reduction);
  }
}
