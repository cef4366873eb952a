import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import { files } from "../../file-handles.ts";
import { pool } from "../../pool/pool.ts";
import type { BlockReader, StoredImage } from "../format.ts";
import { DamagedFile, TruncatedFile } from "../problems.ts";
import { type CodestreamSize, marker } from "./codestream.ts";
import type { Jp2Block } from "./decode.ts";
import { type Jp2Tiles, tileBounds } from "./tiles.ts";

/** A decoder holds a sample as 32 bits twice, and once as what it becomes. */
const bytesPerSample = 10;

/**
 * The tiles of a codestream as blocks: the parts of a tile are read from their places, and become a codestream of one tile that the
 * pool decodes at the wanted resolution.
 */
export function jp2Blocks(image: StoredImage, tiles: Jp2Tiles, reduction: number): BlockReader {
  const { path, state, layout } = image;
  const { components } = tiles.size;
  return {
    // The resolution below is what the decoder works on; the full one only lies there as code.
    blockBytes: layout.blockWidth * layout.blockHeight * components.length * bytesPerSample,
    async locate(tile) {
      const [from, to] = [tiles.first[tile]!, tiles.first[tile + 1]!];
      let length = 0;
      for (let part = from; part < to; part++) length += tiles.lengths[part]!;
      return { offset: tiles.offsets[from]!, length };
    },
    async decode(places, { signal, urgent }) {
      const blocks: Jp2Block[] = [];
      for (const { index, row } of places) {
        const codestream = await codestreamOf(tiles, index, (offset, length) =>
          files.read(path, offset, length, state),
        );
        const { left, top, right, bottom } = tileBounds(tiles, index);
        const reduced = (place: number) => Math.ceil(place / 2 ** reduction);
        const before = layout.before ?? { cols: 0, rows: 0 };
        const col = index % tiles.across === 0 ? before.cols : 0;
        const down = row === 0 ? before.rows : 0;
        blocks.push({
          codestream,
          width: reduced(right) - reduced(left),
          height: reduced(bottom) - reduced(top),
          col,
          row: down,
        });
      }
      const { blockWidth, dataType } = layout;
      return pool.run(
        "decodeJp2",
        { blocks, components, reduction, blockWidth, dataType },
        { signal, urgent, transfer: blocks.map(({ codestream }) => codestream.buffer) },
      );
    },
  };
}

/** A codestream of one tile, in its place on the reference grid: code-blocks and precincts are cut by that place. */
async function codestreamOf(
  tiles: Jp2Tiles,
  tile: number,
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for (let part = tiles.first[tile]!; part < tiles.first[tile + 1]!; part++) {
    const length = tiles.lengths[part]!;
    const bytes = await read(tiles.offsets[part]!, length);
    if (bytes.length < length) throw new TruncatedFile();
    parts.push(ownPart(bytes, tile));
  }
  const size = sizeSegment(tiles, tile);
  const start = Uint8Array.of(marker.start >> 8, marker.start & 255);
  const end = Uint8Array.of(marker.endOfCodestream >> 8, marker.endOfCodestream & 255);
  return joined([start, size, tiles.segments, ...parts, end]);
}

/** A tile-part as part of the first and only tile. */
function ownPart(bytes: Uint8Array, tile: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const begins = view.getUint16(0) === marker.startOfTile && view.getUint16(4) === tile;
  const length = view.getUint32(6);
  if (!begins || (length !== 0 && length !== bytes.length)) {
    throw new DamagedFile(reason("jp2-tile-part-damaged", { tile }));
  }
  // A part that left its length open goes to the end of the file, whose last marker is not its own.
  const closed = length === 0 && view.getUint16(bytes.length - 2) === marker.endOfCodestream;
  const part = closed ? bytes.subarray(0, bytes.length - 2) : bytes;
  view.setUint16(4, 0);
  view.setUint32(6, part.length);
  return part;
}

function sizeSegment(tiles: Jp2Tiles, tile: number): Uint8Array {
  const { capabilities, tileWidth, tileHeight, components }: CodestreamSize = tiles.size;
  const { gridLeft, gridTop, left, top, right, bottom } = tileBounds(tiles, tile);
  const bytes = new Uint8Array(40 + 3 * components.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, marker.size);
  view.setUint16(2, bytes.length - 2);
  view.setUint16(4, capabilities);
  const places = [right, bottom, left, top, tileWidth, tileHeight, gridLeft, gridTop];
  for (const [i, place] of places.entries()) view.setUint32(6 + 4 * i, place);
  view.setUint16(38, components.length);
  components.forEach(({ bits, signed, stepX, stepY }, i) => {
    bytes.set([bits - 1 + (signed ? 128 : 0), stepX, stepY], 40 + 3 * i);
  });
  return bytes;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
