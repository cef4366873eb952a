import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import type { SampleType } from "../../sample-type.ts";
import { readWorldFile } from "../../sidecars.ts";
import { describedBand, validityOfBands } from "../bands.ts";
import type { BlockGrid, HeaderReader, StoredImage } from "../format.ts";
import { placed, sidecarOf, systemOf, usableAffine } from "../place.ts";
import { TruncatedFile, UnsupportedLayout } from "../problems.ts";
import { readBytes, type Source } from "../source.ts";
import { type Jp2Boxes, readBoxes } from "./boxes.ts";
import { type CodestreamSize, type Component, type MainHeader, readMainHeader } from "./codestream.ts";
import { placeOfGeoTiff, placeOfGml } from "./geo.ts";
import { type Jp2Tiles, readTiles } from "./tiles.ts";

const signature = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a];
const codestreamStart = [0xff, 0x4f, 0xff, 0x51];
const begins = (head: Uint8Array, bytes: readonly number[]) => bytes.every((byte, i) => head[i] === byte);

/** JPEG 2000: JP2 files and bare codestreams. */
export const jp2Header: HeaderReader = {
  recognises: (head) => begins(head, signature) || begins(head, codestreamStart),
  async read(source, crsGiven) {
    const { path } = source;
    const boxes = await boxesOf(source);
    const { codestream } = boxes;
    // Past the end of the file there is nothing; a header that is cut there is a file that is cut off.
    const read = (offset: number, length: number) => readBytes(source, offset, Math.max(0, length));
    const main = await readMainHeader((offset, length) =>
      read(codestream.offset + offset, Math.min(length, codestream.length - offset)),
    );
    const dataType = sampleTypeOf(main.size.components);
    refuseLargeTiles(main.size);
    const tiles = await readTiles(main, codestream, read);
    const images = imagesOf(source, main, tiles, dataType);
    const { layout } = images[0]!;

    const sidecar = await sidecarOf(path);
    const geo = (await firstOf(boxes.geoTiffs.map((bytes) => () => placeOfGeoTiff(bytes)))) ?? gmlPlace(boxes);
    const affine =
      usableAffine(sidecar?.affine) ??
      geo?.affine ??
      gmlPlace(boxes)?.affine ??
      usableAffine(await readWorldFile(path));
    const system = systemOf(path, crsGiven, sidecar?.crs, () => {
      const own = geo?.system();
      return own?.crs ? own : (gmlPlace(boxes)?.system() ?? own);
    });
    const bands = main.size.components.map((_, i) => {
      const own = { colorInterpretation: interpretationOf(boxes, main.size.components.length, i) };
      return describedBand(dataType, i === 0 ? { ...own, colorTable: boxes.palette } : own, sidecar?.bands.get(i + 1));
    });
    const validity = validityOfBands(bands);
    const info = {
      path,
      width: layout.width,
      height: layout.height,
      ...placed(system, affine, layout),
      bands,
      dataType,
      format: "JPEG 2000" as const,
      interleave: bands.length > 1 ? ("pixel" as const) : ("band" as const),
      compression: main.reversible ? "reversible 5-3" : "9-7",
      blockWidth: layout.blockWidth,
      blockHeight: layout.blockHeight,
      tiled: tiles.across * tiles.down > 1,
      overviews: images.slice(1).map((image) => ({ width: image.layout.width, height: image.layout.height })),
      pointRegistered: geo?.pointRegistered ?? false,
      metadata: { ...sidecar?.metadata },
      validity: validity.kind,
    };
    return { info, images, validity };
  },
};

async function boxesOf(source: Source): Promise<Jp2Boxes> {
  const { size } = source;
  const head = await readBytes(source, 0, 4);
  if (begins(head, codestreamStart)) {
    return { codestream: { offset: 0, length: size }, geoTiffs: [], channels: new Map() };
  }
  return await readBoxes(async (offset, length) => {
    if (offset + length > size) throw new TruncatedFile();
    return await readBytes(source, offset, length);
  }, size);
}

const gmlPlace = ({ gml }: Jp2Boxes) => (gml === undefined ? undefined : placeOfGml(gml));

async function firstOf<T>(attempts: readonly (() => Promise<T | undefined>)[]): Promise<T | undefined> {
  for (const attempt of attempts) {
    const found = await attempt();
    if (found) return found;
  }
  return undefined;
}

/** One type that holds every component: 13 and 1 bit become uint16. */
function sampleTypeOf(components: readonly Component[]): SampleType {
  const bits = Math.max(...components.map((each) => each.bits));
  if (bits > 16) throw new UnsupportedLayout(reason("pixels-bit-integers", { bits }));
  if (components.some(({ stepX, stepY }) => stepX !== 1 || stepY !== 1)) {
    throw new UnsupportedLayout(reason("jp2-bands-thinned-out"));
  }
  const signed = components.filter((each) => each.signed);
  if (signed.length === 0) return bits <= 8 ? "uint8" : "uint16";
  const unsignedBits = Math.max(0, ...components.filter((each) => !each.signed).map((each) => each.bits));
  if (bits <= 8 && unsignedBits < 8) return "int8";
  return unsignedBits < 16 ? "int16" : "int32";
}

/** Samples of one tile: a decoder holds all of them, as 32-bit numbers and as what they become. */
const mostTileSamples = 2 ** 26;

function refuseLargeTiles(size: CodestreamSize): void {
  const width = Math.min(size.tileWidth, size.right - size.left);
  const height = Math.min(size.tileHeight, size.bottom - size.top);
  if (width * height * size.components.length > mostTileSamples) {
    throw new UnsupportedLayout(reason("blocks-pixels-too-large-hold", { blockWidth: width, blockHeight: height }));
  }
}

/** What GDAL and others show of few components; a cdef box says otherwise. */
function interpretationOf({ channels, palette }: Jp2Boxes, count: number, band: number): string | undefined {
  if (palette && band === 0) return "palette";
  const named = channels.get(band);
  if (named) return named;
  return count >= 3 ? ["red", "green", "blue"][band] : band === 0 ? "gray" : undefined;
}

/** No smaller picture is needed than this, in pixels of its longer side. */
const smallOverview = 128;

/** Full resolution and the reduced ones that cut at the tiles' edges: those where a tile's side halves evenly. */
function imagesOf(source: Source, main: MainHeader, tiles: Jp2Tiles, dataType: SampleType): StoredImage[] {
  const { path, identity, state, size: fileSize } = source;
  const images: StoredImage[] = [];
  for (let reduction = 0; reduction <= main.levels; reduction++) {
    const layout = gridOf(tiles, dataType, reduction);
    if (!layout) break;
    images.push({
      path,
      state,
      key: `${identity}|${reduction}`,
      layout,
      stored: { format: "jp2", tiles, reduction },
      size: fileSize,
    });
    if (Math.max(layout.width, layout.height) <= smallOverview) break;
  }
  return images;
}

function gridOf({ size, across, down }: Jp2Tiles, dataType: SampleType, reduction: number): BlockGrid | undefined {
  const step = 2 ** reduction;
  const reduced = (place: number) => Math.ceil(place / step);
  const side = (count: number, first: number, length: number, from: number, to: number) => {
    const whole = reduced(to) - reduced(from);
    if (count === 1) return { whole, block: whole, before: 0 };
    return length % step === 0 && first % step === 0
      ? { whole, block: length / step, before: reduced(from) - first / step }
      : undefined;
  };
  const x = side(across, size.tilesLeft, size.tileWidth, size.left, size.right);
  const y = side(down, size.tilesTop, size.tileHeight, size.top, size.bottom);
  if (!x || !y || x.whole < 1 || y.whole < 1) return undefined;
  return {
    width: x.whole,
    height: y.whole,
    samples: size.components.length,
    dataType,
    blockWidth: x.block,
    blockHeight: y.block,
    blocksAcross: across,
    blocksDown: down,
    planar: false,
    ...(x.before || y.before ? { before: { cols: x.before, rows: y.before } } : {}),
  };
}
