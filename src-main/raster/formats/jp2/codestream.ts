import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import { DamagedFile, TruncatedFile, UnsupportedLayout } from "../problems.ts";

/** The main header of a JPEG 2000 codestream. @see ISO/IEC 15444-1, annex A */
export interface MainHeader {
  readonly size: CodestreamSize;
  /** halvings that every component has: so many reduced resolutions can be had */
  readonly levels: number;
  readonly reversible: boolean;
  /** the segments that a decoder needs besides SIZ, as they are stored */
  readonly segments: Uint8Array;
  /** tile and length of each tile-part, when the header lists them all */
  readonly listed: readonly { readonly tile: number; readonly length: number }[] | undefined;
  /** where the first tile-part begins, from the codestream's start */
  readonly firstTile: number;
}

/** The SIZ segment: places on the reference grid, in pixels. */
export interface CodestreamSize {
  readonly capabilities: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
  readonly top: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly tilesLeft: number;
  readonly tilesTop: number;
  readonly components: readonly Component[];
}

export interface Component {
  readonly bits: number;
  readonly signed: boolean;
  readonly stepX: number;
  readonly stepY: number;
}

export const marker = {
  start: 0xff4f,
  size: 0xff51,
  coding: 0xff52,
  codingOfComponent: 0xff53,
  tileLengths: 0xff55,
  packetLengths: 0xff57,
  packedHeaders: 0xff60,
  componentRegistration: 0xff63,
  comment: 0xff64,
  startOfTile: 0xff90,
  endOfCodestream: 0xffd9,
} as const;

/** Segments that say where packets lie, or nothing for a decoder: they are not passed on with single tiles. */
const leftOut: ReadonlySet<number> = new Set<number>([
  marker.tileLengths,
  marker.packetLengths,
  marker.componentRegistration,
  marker.comment,
]);

const mostHeaderBytes = 8 * 2 ** 20;
const mostCoordinate = 2 ** 31 - 1;
const mostComponents = 1024;

/**
 * Reads up to the first tile-part, in pieces of 64 KiB.
 * @param read bytes from the codestream's start; fewer when it ends
 * @throws TruncatedFile, DamagedFile, UnsupportedLayout
 */
export async function readMainHeader(
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<MainHeader> {
  let bytes = await read(0, 65536);
  let view = viewOf(bytes);
  const need = async (end: number) => {
    if (end > mostHeaderBytes) {
      throw new DamagedFile(reason("header-asks-more-mib", { headerBytes: mostHeaderBytes / 2 ** 20 }));
    }
    if (end <= bytes.length) return;
    bytes = await read(0, Math.min(mostHeaderBytes, end + 65536));
    view = viewOf(bytes);
    if (end > bytes.length) throw new TruncatedFile();
  };
  await need(4);
  if (view.getUint16(0) !== marker.start || view.getUint16(2) !== marker.size) {
    throw new DamagedFile(reason("jp2-does-not-begin"));
  }
  const kept: Uint8Array[] = [];
  const lists: { readonly index: number; readonly parts: readonly ListedPart[] }[] = [];
  let size: CodestreamSize | undefined;
  let levels: number | undefined;
  let reversible = true;
  for (let at = 2; ; ) {
    await need(at + 4);
    const kind = view.getUint16(at);
    if (kind === marker.startOfTile) {
      if (!size || levels === undefined) throw new DamagedFile(reason("jp2-header-incomplete"));
      const list = lists.sort((p, q) => p.index - q.index).flatMap(({ parts }) => parts);
      const listed = list.length > 0 ? list : undefined;
      return { size, levels, reversible, segments: Buffer.concat(kept), listed, firstTile: at };
    }
    const length = view.getUint16(at + 2);
    if (kind < 0xff00 || length < 2) throw new DamagedFile(reason("jp2-header-damaged"));
    await need(at + 2 + length);
    const segment = bytes.slice(at, at + 2 + length);
    const body = segment.subarray(4);
    if (kind === marker.size) size = sizeOf(body);
    else if (kind === marker.packedHeaders) throw new UnsupportedLayout(reason("jp2-packed-headers"));
    else if (kind === marker.tileLengths) lists.push(listOf(body));
    else if (kind === marker.coding || kind === marker.codingOfComponent) {
      const start = kind === marker.coding ? 5 : (size?.components.length ?? 1) < 257 ? 2 : 3;
      if (body.length < start + 5) throw new DamagedFile(reason("jp2-header-damaged"));
      if (body[start]! > 32) throw new DamagedFile(reason("jp2-header-damaged"));
      levels = Math.min(levels ?? 32, body[start]!);
      reversible &&= body[start + 4] === 1;
    }
    if (kind !== marker.size && !leftOut.has(kind)) kept.push(segment);
    at += 2 + length;
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function sizeOf(body: Uint8Array): CodestreamSize {
  const view = viewOf(body);
  const count = body.length >= 36 ? view.getUint16(34) : 0;
  if (count < 1 || body.length < 36 + 3 * count) throw new DamagedFile(reason("jp2-header-damaged"));
  if (count > mostComponents)
    throw new UnsupportedLayout(reason("jp2-too-many-bands", { count, most: mostComponents }));
  const at = (index: number) => view.getUint32(2 + 4 * index);
  const size = {
    capabilities: view.getUint16(0),
    right: at(0),
    bottom: at(1),
    left: at(2),
    top: at(3),
    tileWidth: at(4),
    tileHeight: at(5),
    tilesLeft: at(6),
    tilesTop: at(7),
    components: Array.from({ length: count }, (_, i): Component => {
      const [depth, stepX, stepY] = body.subarray(36 + 3 * i);
      return { bits: (depth! & 0x7f) + 1, signed: depth! >= 128, stepX: stepX!, stepY: stepY! };
    }),
  };
  const { right, bottom, left, top, tileWidth, tileHeight, tilesLeft, tilesTop } = size;
  const whole =
    right <= mostCoordinate &&
    bottom <= mostCoordinate &&
    left < right &&
    top < bottom &&
    tileWidth > 0 &&
    tileHeight > 0 &&
    tilesLeft <= left &&
    tilesTop <= top &&
    tilesLeft + tileWidth > left &&
    tilesTop + tileHeight > top;
  if (!whole) throw new DamagedFile(reason("jp2-size-contradicts-itself", { width: right, height: bottom }));
  return size;
}

interface ListedPart {
  readonly tile: number;
  readonly length: number;
}

/** A TLM segment: tile-parts in the order of the file. Without tile numbers, each tile is one part, in order. */
function listOf(body: Uint8Array): { readonly index: number; readonly parts: readonly ListedPart[] } {
  const [index = 0, kind = 0] = body;
  const tileBytes = (kind >> 4) & 3;
  const lengthBytes = (kind >> 6) & 1 ? 4 : 2;
  // Without tile numbers, or in a form that is reserved, the tile-parts themselves are looked at.
  if (tileBytes === 0 || tileBytes === 3) return { index, parts: [] };
  const view = viewOf(body);
  const parts: ListedPart[] = [];
  for (let at = 2; at + tileBytes + lengthBytes <= body.length; at += tileBytes + lengthBytes) {
    const tile = tileBytes === 1 ? view.getUint8(at) : view.getUint16(at);
    const length = lengthBytes === 2 ? view.getUint16(at + tileBytes) : view.getUint32(at + tileBytes);
    parts.push({ tile, length });
  }
  return { index, parts };
}
