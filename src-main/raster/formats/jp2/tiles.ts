import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import { DamagedFile, TruncatedFile } from "../problems.ts";
import { type CodestreamSize, type MainHeader, marker } from "./codestream.ts";

/** The tiles of a codestream and where their parts lie in the file. Plain data. */
export interface Jp2Tiles {
  readonly size: CodestreamSize;
  /** the main header's segments besides SIZ */
  readonly segments: Uint8Array;
  readonly across: number;
  readonly down: number;
  /** the parts of tile t are those from `first[t]` to `first[t + 1]`, in their order */
  readonly first: Uint32Array;
  /** from the file's start */
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
}

/** The standard's: the number of a tile has 16 bits. */
const mostTiles = 65535;
const mostParts = 2 ** 20;
/** A tile-part's header. */
const tilePartBytes = 12;
/** Heads of tile-parts are read in pieces of this, so that many small ones are not as many readings. */
const pieceBytes = 65536;

interface Part {
  readonly tile: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * Finds all tile-parts: from the header's list when it has one, else by going from one to the next.
 * @param codestream its place in the file; it may be shorter than it says
 * @param read bytes of the file; fewer when it ends
 * @throws TruncatedFile when a tile lacks, DamagedFile
 */
export async function readTiles(
  header: MainHeader,
  codestream: { readonly offset: number; readonly length: number },
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<Jp2Tiles> {
  const { size } = header;
  const across = Math.ceil((size.right - size.tilesLeft) / size.tileWidth);
  const down = Math.ceil((size.bottom - size.tilesTop) / size.tileHeight);
  const count = across * down;
  if (count > mostTiles || count * (tilePartBytes + 2) > codestream.length) {
    throw new DamagedFile(reason("jp2-tiles-do-not-fit", { count }));
  }
  const parts = header.listed ? listedParts(header, codestream) : await walkedParts(header, codestream, read);
  const first = new Uint32Array(count + 1);
  for (const { tile } of parts) {
    if (tile >= count) throw new DamagedFile(reason("jp2-tile-not-of-image", { tile }));
    first[tile + 1]! += 1;
  }
  for (let tile = 0; tile < count; tile++) {
    // A tile without a part would be shown as zeros.
    if (first[tile + 1] === 0) throw new TruncatedFile();
    first[tile + 1]! += first[tile]!;
  }
  const next = first.slice();
  const offsets = new Float64Array(parts.length);
  const lengths = new Float64Array(parts.length);
  for (const { tile, offset, length } of parts) {
    const at = next[tile]!++;
    offsets[at] = offset;
    lengths[at] = length;
  }
  return { size, segments: header.segments, across, down, first, offsets, lengths };
}

function listedParts(
  { listed, firstTile }: MainHeader,
  { offset, length }: { offset: number; length: number },
): Part[] {
  let at = offset + firstTile;
  const end = offset + length;
  return listed!.map((part) => {
    const place = { tile: part.tile, offset: at, length: part.length };
    at += part.length;
    if (part.length < tilePartBytes + 2) throw new DamagedFile(reason("jp2-tile-part-damaged", { tile: part.tile }));
    if (at > end) throw new TruncatedFile();
    return place;
  });
}

async function walkedParts(
  { firstTile }: MainHeader,
  codestream: { readonly offset: number; readonly length: number },
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<Part[]> {
  const end = codestream.offset + codestream.length;
  const parts: Part[] = [];
  /** parts that each tile says it has */
  const promised = new Map<number, number>();
  const seen = new Map<number, number>();
  let piece: Uint8Array = new Uint8Array();
  let pieceAt = 0;
  let step = tilePartBytes;
  for (let at = codestream.offset + firstTile; at < end; ) {
    if (at < pieceAt || at + tilePartBytes > pieceAt + piece.length) {
      // Where the last part was long, only the head of this one is wanted.
      piece = await read(at, Math.min(step > pieceBytes / 4 ? tilePartBytes : pieceBytes, end - at));
      pieceAt = at;
    }
    const view = new DataView(piece.buffer, piece.byteOffset + at - pieceAt, piece.length - (at - pieceAt));
    if (view.byteLength >= 2 && view.getUint16(0) === marker.endOfCodestream) break;
    if (view.byteLength < tilePartBytes) throw new TruncatedFile();
    if (view.getUint16(0) !== marker.startOfTile || view.getUint16(2) !== 10) {
      throw new DamagedFile(reason("jp2-tile-parts-chain-broken"));
    }
    const tile = view.getUint16(4);
    // The last part may leave its length open.
    const length = view.getUint32(6) || end - at;
    if (length < tilePartBytes + 2) throw new DamagedFile(reason("jp2-tile-part-damaged", { tile }));
    if (at + length > end) throw new TruncatedFile();
    const all = view.getUint8(11);
    if (all > 0) promised.set(tile, all);
    seen.set(tile, (seen.get(tile) ?? 0) + 1);
    parts.push({ tile, offset: at, length });
    if (parts.length > mostParts) throw new DamagedFile(reason("jp2-tile-parts-chain-broken"));
    step = length;
    at += length;
  }
  for (const [tile, all] of promised) if ((seen.get(tile) ?? 0) < all) throw new TruncatedFile();
  return parts;
}

/** A tile on the reference grid, cut at the image's edges. */
export function tileBounds({ size, across }: Jp2Tiles, tile: number) {
  const left = size.tilesLeft + (tile % across) * size.tileWidth;
  const top = size.tilesTop + Math.floor(tile / across) * size.tileHeight;
  return {
    /** of the tile's square, which may begin before the image */
    gridLeft: left,
    gridTop: top,
    left: Math.max(left, size.left),
    top: Math.max(top, size.top),
    right: Math.min(left + size.tileWidth, size.right),
    bottom: Math.min(top + size.tileHeight, size.bottom),
  };
}
