import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { DecodeOutput } from "../pool/tasks.ts";
import type { Work } from "../pool/work.ts";
import type { PixelBlock, Raster, RasterInfo } from "../raster.ts";
import type { SampleType } from "../sample-type.ts";
import type { ValiditySource } from "../validity.ts";
import type { WarpOptions } from "../warp.ts";
import type { Jp2Tiles } from "./jp2/tiles.ts";
import type { RawImage } from "./raw/spec.ts";
import type { Source } from "./source.ts";
import type { ImageLayout } from "./tiff/image-layout.ts";
import type { VrtSpec } from "./vrt/spec.ts";

/** How an image is cut into the blocks that are decoded, and kept, one by one. Plain data. */
export interface BlockGrid {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly dataType: SampleType;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** pixels of the first block left of the image and above it: 0 in most formats */
  readonly before?: { readonly cols: number; readonly rows: number };
  /** each band in blocks of its own, all blocks of the first band first */
  readonly planar: boolean;
}

/** How a format keeps the blocks of one image: plain data of its own, by its name. */
export type StoredBlocks =
  | { readonly format: "tiff"; readonly layout: ImageLayout }
  | { readonly format: "raw"; readonly raw: RawImage }
  | { readonly format: "vrt"; readonly spec: VrtSpec; readonly fill?: readonly number[] }
  | { readonly format: "jp2"; readonly tiles: Jp2Tiles; readonly reduction: number };

/** One image of a file as its header says it: full resolution, an overview, or a mask. Plain data. */
export interface StoredImage {
  readonly path: string;
  /** of the file, when its header was read: bytes of another one are not taken for it */
  readonly state: string;
  /** names the file's state and the image, for the cache of decoded blocks */
  readonly key: string;
  readonly layout: BlockGrid;
  readonly stored: StoredBlocks;
  /** of the file, in bytes, when its header was read */
  readonly size: number;
}

/** What `openRaster` gets from the thread that read the header: plain data. */
export interface StoredHeader {
  readonly info: RasterInfo;
  /** full resolution first, then the overviews, largest first */
  readonly images: readonly StoredImage[];
  readonly validity: ValiditySource<StoredImage>;
}

/** A kind of file, in the thread that reads headers. */
export interface HeaderReader {
  /** by what is inside, never by the name: the first bytes of the file, at most `headBytes` */
  recognises(head: Uint8Array): boolean;
  /** everything but the pixels, in limits of memory that do not grow with what the file claims */
  read(source: Source, crsGiven: Crs | undefined): Promise<StoredHeader>;
}

/** Where a block lies in its file; length 0 says that the file leaves it out. */
export interface BlockPlace {
  readonly index: number;
  readonly col: number;
  readonly row: number;
  readonly plane: number;
  readonly offset: number;
  readonly length: number;
}

/** What an image that is made of other images asks for: whoever opens it has it. */
export interface Others {
  open(path: string, crs: Crs | undefined): Promise<Raster>;
  warp(source: Raster, target: GeoBox, options: WarpOptions): Promise<PixelBlock>;
}

/** The blocks of an image, where pixels are asked for. */
export interface BlockReader {
  /** bytes that are taken while one block is decoded */
  readonly blockBytes: number;
  /** its blocks are made of other images' blocks, which count their own bytes */
  readonly borrows?: true;
  locate(index: number): Promise<{ readonly offset: number; readonly length: number }>;
  /** per block its bands, blockWidth pixels in a row, or why it could not be decoded */
  decode(places: readonly BlockPlace[], work: Work): Promise<DecodeOutput>;
  /** frees what was opened beside the file itself */
  close?(): void;
}
