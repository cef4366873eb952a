import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import type { Affine } from "../../../../src-shared/geo/affine.ts";
import type { ResampleMethod } from "../../resample.ts";
import type { SampleType } from "../../sample-type.ts";
import { bandOf, metadataOf, parseNumber, type SidecarBand } from "../../sidecars.ts";
import { childrenNamed, childText, descendantsNamed, parseXml, type XmlElement, XmlProblem } from "../../xml.ts";
import { DamagedFile, UnsupportedLayout } from "../problems.ts";
import type { Rect, VrtValues } from "./spec.ts";

/** The text of a virtual raster as it stands there: files by the words that name them. @see GDAL, “VRT – GDAL Virtual Format” */
export interface VrtText {
  readonly width: number;
  readonly height: number;
  readonly srs?: string | undefined;
  readonly affine?: Affine | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly dataType: SampleType;
  readonly bands: readonly BandText[];
  /** of the whole image: its mask */
  readonly mask?: BandText | undefined;
  readonly warp?: WarpText | undefined;
}

export interface BandText {
  readonly about: SidecarBand;
  readonly colorTable?: readonly (readonly [number, number, number, number])[] | undefined;
  readonly sources: readonly SourceText[];
}

/** A file as it is named: relative to the virtual raster, or not. */
export interface FileName {
  readonly name: string;
  readonly relative: boolean;
}

export interface SourceText extends FileName {
  readonly band: number;
  readonly mask: boolean;
  readonly from?: Rect | undefined;
  readonly to?: Rect | undefined;
  readonly nodata?: number | undefined;
  readonly byMask: boolean;
  readonly values?: VrtValues | undefined;
}

export interface WarpText extends FileName {
  readonly srs?: string | undefined;
  readonly method: ResampleMethod;
  readonly bands: readonly number[];
}

const mostSide = 2 ** 31 - 1;
const mostBands = 65535;
const items = 2_000_000;

const types: Readonly<Record<string, SampleType>> = {
  Byte: "uint8",
  UInt8: "uint8",
  Int8: "int8",
  UInt16: "uint16",
  Int16: "int16",
  UInt32: "uint32",
  Int32: "int32",
  Float32: "float32",
  Float64: "float64",
};

/** @throws DamagedFile, UnsupportedLayout with what it asks for that is not done here */
export function parseVrt(text: string): VrtText {
  let root: XmlElement | undefined;
  try {
    root = parseXml(text, { limits: { items, length: 1 << 25 } });
  } catch (error) {
    throw error instanceof XmlProblem ? new DamagedFile(error.reason) : error;
  }
  if (root?.name !== "VRTDataset") throw new DamagedFile(reason("vrt-not-one"));
  const kind = root.attributes.subClass ?? "";
  if (kind === "VRTPansharpenedDataset") throw new UnsupportedLayout(reason("vrt-pansharpened"));
  if (kind !== "" && kind !== "VRTWarpedDataset") throw new UnsupportedLayout(reason("vrt-kind", { kind }));
  const width = sideOf(root.attributes.rasterXSize);
  const height = sideOf(root.attributes.rasterYSize);
  const elements = childrenNamed(root, "VRTRasterBand");
  if (elements.length === 0 || elements.length > mostBands) throw new DamagedFile(reason("vrt-without-bands"));
  const mask = childrenNamed(childrenNamed(root, "MaskBand")[0], "VRTRasterBand")[0];
  const numbers = childText(root, "GeoTransform")?.split(",").map(Number);
  return {
    width,
    height,
    srs: childText(root, "SRS")?.trim() || undefined,
    affine:
      numbers?.length === 6 && numbers.every(Number.isFinite)
        ? { a: numbers[0]!, b: numbers[1]!, c: numbers[2]!, d: numbers[3]!, e: numbers[4]!, f: numbers[5]! }
        : undefined,
    metadata: metadataOf(root),
    dataType: widest(elements.map(typeOf)),
    bands: elements.map(bandText),
    mask: mask && bandText(mask),
    warp: kind === "VRTWarpedDataset" ? warpText(root, elements.length) : undefined,
  };
}

function sideOf(text: string | undefined): number {
  const side = Number(text);
  if (Number.isInteger(side) && side >= 1 && side <= mostSide) return side;
  throw new DamagedFile(reason("image-without-size"));
}

function typeOf(band: XmlElement): SampleType {
  const name = band.attributes.dataType ?? "Byte";
  const type = types[name];
  if (!type) throw new UnsupportedLayout(reason("pixels-of-type", { type: name.slice(0, 40) }));
  return type;
}

/** One type that holds the numbers of all bands. */
function widest(all: readonly SampleType[]): SampleType {
  const has = (...names: SampleType[]) => all.some((type) => names.includes(type));
  const [first] = all;
  if (all.every((type) => type === first)) return first!;
  if (has("float64") || (has("float32") && has("int32", "uint32")) || (has("uint32") && has("int8", "int16", "int32")))
    return "float64";
  if (has("float32")) return "float32";
  if (has("uint32")) return "uint32";
  if (has("int32") || (has("uint16") && has("int8", "int16"))) return "int32";
  if (has("uint16")) return "uint16";
  return "int16";
}

function bandText(element: XmlElement): BandText {
  const kind = element.attributes.subClass ?? "";
  if (kind === "VRTDerivedRasterBand") {
    const python = /python/i.test(childText(element, "PixelFunctionLanguage") ?? "");
    const name = (childText(element, "PixelFunctionType") ?? "").trim().slice(0, 40);
    throw new UnsupportedLayout(python ? reason("vrt-python") : reason("vrt-pixel-function", { name }));
  }
  if (kind === "VRTRawRasterBand") throw new UnsupportedLayout(reason("vrt-raw-band"));
  if (kind !== "" && kind !== "VRTSourcedRasterBand" && kind !== "VRTWarpedRasterBand")
    throw new UnsupportedLayout(reason("vrt-kind", { kind }));
  const table = childrenNamed(element, "ColorTable")[0];
  return {
    about: bandOf(element),
    colorTable: table && childrenNamed(table, "Entry").map(colourOf),
    sources: element.children.flatMap((child) => (child.name.endsWith("Source") ? [sourceText(child)] : [])),
  };
}

function colourOf({ attributes }: XmlElement): readonly [number, number, number, number] {
  const part = (name: string, none: number) => {
    const value = Number(attributes[name] ?? none);
    return value >= 0 && value <= 255 ? Math.round(value) : none;
  };
  return [part("c1", 0), part("c2", 0), part("c3", 0), part("c4", 255)];
}

function fileName(element: XmlElement | undefined): FileName {
  const name = element?.text.trim();
  if (!name) throw new DamagedFile(reason("vrt-source-without-name"));
  return { name, relative: element?.attributes.relativeToVRT === "1" };
}

function sourceText(element: XmlElement): SourceText {
  if (element.name !== "SimpleSource" && element.name !== "ComplexSource")
    throw new UnsupportedLayout(reason("vrt-source-kind", { kind: element.name.slice(0, 40) }));
  const named = /^(mask,)?\s*(\d+)$/i.exec((childText(element, "SourceBand") ?? "1").trim());
  if (!named || Number(named[2]) < 1) throw new DamagedFile(reason("vrt-source-band"));
  const from = rectOf(childrenNamed(element, "SrcRect")[0]);
  const to = rectOf(childrenNamed(element, "DstRect")[0]);
  const method = element.attributes.resampling;
  const resized = from && to && (from.width !== to.width || from.height !== to.height);
  if (method && !/^near/i.test(method) && resized)
    throw new UnsupportedLayout(reason("vrt-resampling", { method: method.slice(0, 40) }));
  const complex = element.name === "ComplexSource";
  return {
    ...fileName(childrenNamed(element, "SourceFilename")[0]),
    band: Number(named[2]),
    mask: named[1] !== undefined,
    from,
    to,
    nodata: complex ? numberIn(element, "NODATA") : undefined,
    byMask: complex && /^(true|1)$/i.test(childText(element, "UseMaskBand")?.trim() ?? ""),
    values: complex ? valuesOf(element) : undefined,
  };
}

function numberIn(element: XmlElement, name: string): number | undefined {
  const text = childText(element, name);
  return text === undefined ? undefined : parseNumber(text);
}

/** −1 everywhere is how some writers say “all of it”. */
function rectOf(element: XmlElement | undefined): Rect | undefined {
  if (!element) return undefined;
  const [x, y, width, height] = ["xOff", "yOff", "xSize", "ySize"].map((name) => Number(element.attributes[name]));
  if (width === -1 && height === -1) return undefined;
  const usable = [x, y, width, height].every((value) => Number.isFinite(value) && Math.abs(value!) < 2 ** 32);
  if (!usable || width! <= 0 || height! <= 0) throw new DamagedFile(reason("vrt-rectangle"));
  return { x: x!, y: y!, width: width!, height: height! };
}

function valuesOf(element: XmlElement): VrtValues | undefined {
  const exponent = numberIn(element, "Exponent");
  const range = (name: string): readonly [number, number] => [
    numberIn(element, `${name}Min`) ?? Number.NaN,
    numberIn(element, `${name}Max`) ?? Number.NaN,
  ];
  const power = exponent === undefined ? undefined : { exponent, from: range("Src"), to: range("Dst") };
  if (power && ![...power.from, ...power.to].every(Number.isFinite))
    throw new UnsupportedLayout(reason("vrt-exponent"));
  const table = childText(element, "LUT")
    ?.split(",")
    .map((pair) => pair.split(":").map(Number))
    .map(([from, to]) => [from ?? Number.NaN, to ?? Number.NaN] as const);
  const rising = table?.every(([from, to], i) => Number.isFinite(to) && (i === 0 || from > table[i - 1]![0]));
  if (table && !rising) throw new DamagedFile(reason("vrt-table"));
  const colour = numberIn(element, "ColorTableComponent");
  const values: VrtValues = {
    colour: colour && colour >= 1 && colour <= 4 ? colour - 1 : undefined,
    scale: numberIn(element, "ScaleRatio") ?? 1,
    offset: numberIn(element, "ScaleOffset") ?? 0,
    power,
    table,
  };
  const changes = values.colour !== undefined || values.scale !== 1 || values.offset !== 0 || power || table;
  return changes ? values : undefined;
}

const methods: readonly (readonly [RegExp, ResampleMethod])[] = [
  [/^near/i, "nearest"],
  [/^bilinear$/i, "bilinear"],
  [/^cubic$/i, "cubic"],
  [/^average$/i, "average"],
  [/^mode$/i, "mode"],
];

function warpText(root: XmlElement, bands: number): WarpText {
  const options = childrenNamed(root, "GDALWarpOptions")[0];
  if (!options) throw new DamagedFile(reason("vrt-warp-without-options"));
  const word = (childText(options, "ResampleAlg") ?? "NearestNeighbour").trim();
  const method = methods.find(([pattern]) => pattern.test(word))?.[1];
  if (!method) throw new UnsupportedLayout(reason("vrt-resampling", { method: word.slice(0, 40) }));
  for (const name of ["Cutline", "GCPTransformer", "TPSTransformer", "RPCTransformer", "GeoLocTransformer"])
    if (descendantsNamed(options, name).length > 0) throw new UnsupportedLayout(reason("vrt-warp-way", { name }));
  const mapped = new Map(
    descendantsNamed(options, "BandMapping").map(({ attributes }) => [Number(attributes.dst), Number(attributes.src)]),
  );
  const alpha = numberIn(options, "DstAlphaBand");
  return {
    ...fileName(childrenNamed(options, "SourceDataset")[0]),
    srs: descendantsNamed(options, "SourceSRS")[0]?.text.trim() || undefined,
    method,
    bands: Array.from({ length: bands }, (_, i) => (i + 1 === alpha ? 0 : (mapped.get(i + 1) ?? i + 1))),
  };
}
