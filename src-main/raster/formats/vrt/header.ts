import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { AppError } from "../../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../../src-shared/errors/reasons/index.ts";
import { crsFromWkt } from "../../crs-from-wkt.ts";
import { contentKey } from "../../file-handles.ts";
import type { RasterInfo } from "../../raster.ts";
import type { SampleType } from "../../sample-type.ts";
import { readWorldFile } from "../../sidecars.ts";
import type { ValiditySource } from "../../validity.ts";
import { decodeXml } from "../../xml.ts";
import { describedBand, validityOfBands } from "../bands.ts";
import type { HeaderReader, StoredHeader, StoredImage } from "../format.ts";
import { placed, systemOf, usableAffine } from "../place.ts";
import { UnsupportedLayout } from "../problems.ts";
import { readBytes, type Source } from "../source.ts";
import { type BandText, type FileName, parseVrt, type VrtText } from "./parse.ts";
import type { VrtMosaic, VrtSource, VrtSpec } from "./spec.ts";

const largest = 32 * 2 ** 20;
/** Files of one virtual raster that are looked for when it is opened. */
const mostFiles = 20_000;
/** Virtual rasters inside one another. */
const mostDepth = 8;
/** Of so many sources the sizes of overviews are looked at: those of a mosaic are alike. */
const lookedAt = 4;
const blockSide = 512;

/** What an opening reader asks of the headers of files that a virtual raster names. */
export type ReadOther = (path: string, chain: readonly string[]) => Promise<StoredHeader>;

/** GDAL's virtual rasters: mosaics, separate bands, windows, scaled values, and images warped when they are read. */
export const vrtHeader = (readOther: ReadOther, chain: readonly string[]): HeaderReader => ({
  recognises: (head) => /<VRTDataset[\s>]/.test(Buffer.from(head).toString("latin1")),
  async read(source, crsGiven) {
    const { path, size } = source;
    if (size > largest) throw new UnsupportedLayout(reason("vrt-too-long", { mib: Math.round(size / 2 ** 20) }));
    const text = parseVrt(decodeXml(await readBytes(source, 0, size)));
    const files = await filesOf(path, text, chain, readOther);
    const spec = specOf(text, files);
    const affine = usableAffine(text.affine) ?? usableAffine(await readWorldFile(path));
    const system = systemOf(path, crsGiven, undefined, () => ({ crs: text.srs ? crsFromWkt(text.srs) : undefined }));
    const bands = text.bands.map(({ about, colorTable }) => describedBand(text.dataType, { colorTable }, about));
    const key = `${source.identity}|${files.state}`;
    const images = imagesOf(
      source,
      key,
      text,
      spec(text.bands),
      text.dataType,
      files.factors,
      bands.map(({ nodata }) => nodata ?? 0),
    );
    const masks = text.mask
      ? imagesOf(source, `${key}|mask`, text, spec([text.mask]), "uint8", files.factors, [0])
      : [];
    const validity: ValiditySource<StoredImage> = masks.length > 0 ? { kind: "mask", masks } : validityOfBands(bands);
    const info: RasterInfo = {
      path,
      width: text.width,
      height: text.height,
      ...placed(system, affine, text),
      bands,
      dataType: text.dataType,
      format: "VRT",
      interleave: "band",
      compression: "none",
      blockWidth: images[0]!.layout.blockWidth,
      blockHeight: images[0]!.layout.blockHeight,
      tiled: true,
      overviews: images.slice(1).map(({ layout }) => ({ width: layout.width, height: layout.height })),
      pointRegistered: false,
      metadata: text.metadata,
      validity: validity.kind,
    };
    return { info, images, validity };
  },
});

interface Files {
  /** where each named file lies */
  readonly at: (file: FileName) => string;
  /** size of a file whose rectangles are not said */
  readonly sizes: ReadonlyMap<string, { readonly width: number; readonly height: number }>;
  /** names the state of all of them, for the cache of decoded blocks */
  readonly state: string;
  /** by how much every one of them can be had coarser */
  readonly factors: readonly number[];
}

/** Looks for every file that is named. @throws AppError "raster-source" that names the first that cannot be used */
async function filesOf(path: string, text: VrtText, chain: readonly string[], readOther: ReadOther): Promise<Files> {
  const named = text.warp ? [text.warp] : [...text.bands, ...(text.mask ? [text.mask] : [])].flatMap((b) => b.sources);
  const problem = (source: string, why: Because) =>
    new AppError("raster-source", { path, beside: source, reason: why });
  const own = await realpath(path).catch(() => undefined);
  if (own === undefined) throw new UnsupportedLayout(reason("vrt-in-archive"));
  const folder = dirname(own);
  const places = new Map<string, string>();
  const state = createHash("sha256");
  const keyOf = ({ name, relative: beside }: FileName) => `${beside ? 1 : 0}${name}`;
  for (const file of named) {
    const { name } = file;
    if (places.has(keyOf(file))) continue;
    if (places.size >= mostFiles) throw new UnsupportedLayout(reason("vrt-too-many-files", { most: mostFiles }));
    if (/^(\/vsi|[a-z][a-z0-9+.-]+:\/\/|[A-Z][A-Za-z0-9_]+:["/])/.test(name))
      throw problem(name, reason(/^(\/vsi(curl|s3|gs|az|oss|swift|webhdfs)|[a-z]+:\/\/)/.test(name) ? "vrt-source-remote" : "vrt-source-not-a-file")); // biome-ignore format: one line
    const place = file.relative || !isAbsolute(name) ? join(dirname(path), name) : resolve(name);
    // Looked at before the disk is asked: what lies outside is not even said to be there or not.
    if (isOutside(dirname(resolve(path)), place)) throw problem(name, reason("vrt-source-outside"));
    const real = await realpath(place).catch(() => undefined);
    const about = real === undefined ? undefined : await stat(real, { bigint: true });
    if (real === undefined || !about?.isFile()) throw problem(name, reason("vrt-source-missing"));
    if (isOutside(folder, real)) throw problem(name, reason("vrt-source-outside"));
    if (real === own || chain.includes(real)) throw problem(name, reason("vrt-names-itself"));
    places.set(keyOf(file), real);
    state.update(`${real}|${contentKey(about)}\n`);
  }
  if (chain.length >= mostDepth) throw new UnsupportedLayout(reason("vrt-too-deep", { most: mostDepth }));
  const at = (file: FileName) => places.get(keyOf(file))!;
  const headers = new Map<string, StoredHeader>();
  const inner = [...chain, own];
  const unsized = named.flatMap((file) => ("from" in file && file.from && file.to ? [] : [at(file)]));
  const distinct = [...new Set(places.values())];
  const wanted = [...distinct.filter((each) => /\.vrt$/i.test(each)), ...unsized, ...distinct.slice(0, lookedAt)];
  for (const file of new Set(wanted)) headers.set(file, await readOther(file, inner));
  const sizes = new Map([...headers].map(([file, { info }]) => [file, { width: info.width, height: info.height }]));
  return { at, sizes, state: state.digest("hex"), factors: commonFactors([...headers.values()]) };
}

function isOutside(folder: string, place: string): boolean {
  const way = relative(folder, place);
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
}

/** Powers of two by which all of the images have coarser ones. */
function commonFactors(headers: readonly StoredHeader[]): number[] {
  const factors: number[] = [];
  for (let factor = 2; factor <= 2 ** 12; factor *= 2) {
    const own = headers.map(({ info }) => info.overviews.some(({ width }) => info.width / width >= factor * 0.75));
    // What is small has no overviews, and needs none.
    const enough = own.every((has, i) => has || headers[i]!.info.width / factor < blockSide);
    if (!enough || !own.includes(true)) break;
    factors.push(factor);
  }
  return factors;
}

/** What the bands are made of, with the files where they lie. */
function specOf(text: VrtText, files: Files): (bands: readonly BandText[]) => VrtSpec {
  const { width, height, warp } = text;
  if (warp) {
    const affine = usableAffine(text.affine);
    if (!affine || !text.srs) throw new UnsupportedLayout(reason("vrt-warp-without-grid"));
    const grid = { crs: crsFromWkt(text.srs), affine, width, height };
    const crs = warp.srs ? crsFromWkt(warp.srs) : undefined;
    return () => ({ kind: "warp", path: files.at(warp), crs, grid, method: warp.method, bands: warp.bands });
  }
  const sourceOf = (source: BandText["sources"][number]): VrtSource => {
    const path = files.at(source);
    const size = files.sizes.get(path);
    const whole = { x: 0, y: 0, width: size?.width ?? width, height: size?.height ?? height };
    const { band, mask, nodata, byMask, values } = source;
    return { path, band, mask, nodata, byMask, values, from: source.from ?? whole, to: source.to ?? { x: 0, y: 0, width, height } }; // biome-ignore format: one line
  };
  return (bands): VrtMosaic => ({
    kind: "mosaic",
    width,
    height,
    bands: bands.map(({ sources }) => sources.map(sourceOf)),
  });
}

/** The image, and coarser ones as far as its sources have them. */
function imagesOf(
  { path, state, size }: Source,
  key: string,
  text: VrtText,
  spec: VrtSpec,
  dataType: SampleType,
  factors: readonly number[],
  fill: readonly number[],
): StoredImage[] {
  const coarser = spec.kind === "warp" ? [] : factors;
  return [1, ...coarser]
    .filter((factor) => factor === 1 || Math.max(text.width, text.height) / factor >= blockSide / 4)
    .map((factor) => {
      const width = Math.ceil(text.width / factor);
      const height = Math.ceil(text.height / factor);
      const [blockWidth, blockHeight] = [Math.min(width, blockSide), Math.min(height, blockSide)];
      const layout = {
        width,
        height,
        samples: spec.bands.length,
        dataType,
        blockWidth,
        blockHeight,
        blocksAcross: Math.ceil(width / blockWidth),
        blocksDown: Math.ceil(height / blockHeight),
        planar: true,
      };
      return { path, state, key: `${key}|${factor}`, layout, stored: { format: "vrt", spec, fill }, size } as const;
    });
}
