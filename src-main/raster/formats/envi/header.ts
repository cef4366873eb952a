import { extname } from "node:path";
import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import type { Crs } from "../../../../src-shared/geo/crs.ts";
import { type SampleType, sampleTypes } from "../../sample-type.ts";
import { parseNumber } from "../../sidecars.ts";
import { textBeside } from "../../text-beside.ts";
import { describedBand, validityOfBands } from "../bands.ts";
import type { BlockGrid, StoredHeader } from "../format.ts";
import { placed, sidecarOf, systemOf, usableAffine } from "../place.ts";
import { DamagedFile, TruncatedFile, UnsupportedLayout } from "../problems.ts";
import type { RawImage } from "../raw/spec.ts";
import type { Source } from "../source.ts";
import { tiffCompression, tiffPhotometric, tiffPredictor } from "../tiff/tags.ts";
import { type EnviFields, listOf, parseEnvi, typeOfEnvi, wholeField } from "./fields.ts";
import { affineOfEnvi, systemOfEnvi } from "./place.ts";

const mostSide = 2 ** 31 - 1;
const mostBands = 65535;
/** A block has about this many bytes of a band, or of all where they lie together. */
const blockBytes = 1 << 18;
const mostLineBytes = 2 ** 28;

/** The header beside an image of bare numbers: `image.hdr`, or `image.dat.hdr`. */
async function fieldsBeside(path: string): Promise<EnviFields | undefined> {
  const stem = path.slice(0, path.length - extname(path).length);
  for (const candidate of [`${stem}.hdr`, `${path}.hdr`, `${stem}.HDR`]) {
    if (candidate === path) continue;
    const text = await textBeside(candidate);
    const fields = text === undefined ? undefined : parseEnvi(text);
    if (fields) return fields;
  }
  return undefined;
}

/** ENVI: numbers without a form of their own, which a text beside them describes. `undefined` when there is no such text. */
export async function readEnvi(source: Source, crsGiven: Crs | undefined): Promise<StoredHeader | undefined> {
  const { path, identity, state, size } = source;
  const fields = await fieldsBeside(path);
  if (!fields) return undefined;
  const kind = fields.get("file type") ?? "ENVI Standard";
  if (!/^envi (standard|classification)$/i.test(kind))
    throw new UnsupportedLayout(reason("envi-kind", { kind: kind.slice(0, 40) }));
  if (wholeField(fields, "file compression", 0, 1, 0) === 1) throw new UnsupportedLayout(reason("envi-compressed"));
  const dataType = typeOfEnvi(fields);
  const { layout, raw } = layoutOf(fields, dataType, size);
  const { width, height, samples } = layout;
  const sidecar = await sidecarOf(path);
  const system = systemOf(path, crsGiven, sidecar?.crs, () => systemOfEnvi(fields));
  const affine = usableAffine(sidecar?.affine) ?? usableAffine(affineOfEnvi(fields));
  const own = ownBands(fields, samples);
  const bands = own.map((band, i) => describedBand(dataType, band, sidecar?.bands.get(i + 1)));
  const validity = validityOfBands(bands);
  const info = {
    path,
    width,
    height,
    ...placed(system, affine, layout),
    bands: withClasses(fields, bands),
    dataType,
    format: "ENVI" as const,
    interleave: raw.interleave === "bip" ? ("pixel" as const) : ("band" as const),
    compression: "none",
    blockWidth: layout.blockWidth,
    blockHeight: layout.blockHeight,
    tiled: false,
    overviews: [],
    pointRegistered: false,
    metadata: { ...metadataOf(fields), ...sidecar?.metadata },
    validity: validity.kind,
  };
  const image = { path, state, key: `${identity}|raw`, layout, stored: { format: "raw", raw }, size } as const;
  return { info, images: [image], validity };
}

/** @throws TruncatedFile when the file has fewer numbers than the header says */
function layoutOf(
  fields: EnviFields,
  dataType: SampleType,
  size: number,
): { readonly layout: BlockGrid; readonly raw: RawImage } {
  const width = wholeField(fields, "samples", 1, mostSide);
  const height = wholeField(fields, "lines", 1, mostSide);
  const samples = wholeField(fields, "bands", 1, mostBands, 1);
  const start = wholeField(fields, "header offset", 0, Number.MAX_SAFE_INTEGER, 0);
  const interleave = (fields.get("interleave") ?? "bsq").toLowerCase();
  if (interleave !== "bsq" && interleave !== "bil" && interleave !== "bip")
    throw new DamagedFile(reason("field-value", { tag: "interleave", value: interleave.slice(0, 40) }));
  const { bytes } = sampleTypes[dataType];
  const lineBytes = width * bytes;
  const stride = interleave === "bsq" ? lineBytes : lineBytes * samples;
  if (stride > mostLineBytes)
    throw new UnsupportedLayout(reason("blocks-pixels-too-large-hold", { blockWidth: width, blockHeight: samples }));
  if (start + lineBytes * height * samples > size) throw new TruncatedFile();
  const blockHeight = Math.min(height, Math.max(1, Math.floor(blockBytes / stride)));
  const together = interleave === "bip" ? samples : 1;
  return {
    layout: {
      width,
      height,
      samples,
      dataType,
      blockWidth: width,
      blockHeight,
      blocksAcross: 1,
      blocksDown: Math.ceil(height / blockHeight),
      planar: interleave === "bsq",
    },
    raw: {
      interleave,
      start,
      lineBytes,
      encoding: {
        compression: tiffCompression.none,
        predictor: tiffPredictor.none,
        bits: bytes * 8,
        dataType,
        halfFloat: false,
        littleEndian: wholeField(fields, "byte order", 0, 1, 0) === 0,
        fillOrder: 1,
        samplesPerBlock: together,
        // Lines of all bands one behind the other are one long line.
        blockWidth: interleave === "bil" ? width * samples : width,
        blockHeight,
        photometric: tiffPhotometric.blackIsZero,
      },
    },
  };
}

function ownBands(fields: EnviFields, samples: number) {
  const names = listOf(fields, "band names");
  const numbers = (name: string) => listOf(fields, name)?.map(Number);
  const [gains, offsets] = [numbers("data gain values"), numbers("data offset values")];
  const [waves, widths] = [listOf(fields, "wavelength"), listOf(fields, "fwhm")];
  const units = fields.get("wavelength units");
  const ignored = fields.get("data ignore value");
  const nodata = ignored === undefined ? undefined : parseNumber(ignored);
  return Array.from({ length: samples }, (_, i) => {
    const metadata: Record<string, string> = {};
    if (waves?.[i]) metadata.wavelength = waves[i];
    if (waves?.[i] && units) metadata.wavelength_units = units;
    if (widths?.[i]) metadata.fwhm = widths[i];
    const usable = (list: readonly number[] | undefined) => (Number.isFinite(list?.[i]) ? list![i] : undefined);
    const colorTable = i === 0 ? coloursOf(fields) : undefined;
    return {
      name: names?.[i] || undefined,
      nodata,
      scale: usable(gains),
      offset: usable(offsets),
      colorInterpretation: colorTable ? "palette" : undefined,
      colorTable,
      metadata,
    };
  });
}

/** “class lookup”: red, green, blue of each class in turn. */
function coloursOf(fields: EnviFields): readonly (readonly [number, number, number, number])[] | undefined {
  const parts = listOf(fields, "class lookup")?.map(Number);
  if (!parts || parts.length < 3 || !parts.every((part) => part >= 0 && part <= 255)) return undefined;
  return Array.from({ length: Math.floor(parts.length / 3) }, (_, i): readonly [number, number, number, number] => [
    parts[3 * i]!,
    parts[3 * i + 1]!,
    parts[3 * i + 2]!,
    255,
  ]);
}

const withClasses = (fields: EnviFields, bands: StoredHeader["info"]["bands"]) => {
  const names = listOf(fields, "class names");
  return names
    ? bands.map((band, i) => (i === 0 ? { ...band, categoryNames: band.categoryNames ?? names } : band))
    : bands;
};

/** What else the header says and people look for. */
function metadataOf(fields: EnviFields): Record<string, string> {
  const told = ["description", "sensor type", "acquisition time", "cloud cover", "reflectance scale factor"];
  return Object.fromEntries(told.flatMap((name) => (fields.has(name) ? [[name, fields.get(name)!]] : [])));
}
