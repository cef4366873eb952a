import { type EvidenceSource, type ProductName, parseProduct, sensors } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { boundsOf, resolutionOf } from "../../../src-shared/geo/geobox.ts";
import { describeFile, type FileDescription, factsOf, requireMeasurement } from "../../cube/index.ts";
import { rasterReader } from "../../imagery/index.ts";
import { imageFormats } from "../../raster/formats/known.ts";
import { crsName, openRaster, type RasterInfo } from "../../raster/index.ts";
import { declaredClasses } from "../../vector/index.ts";
import { type FileFact, type FileInfo, fact } from "./fact.ts";

/**
 * What an image is: its header, and what its name, its tags and its bands say of sensor, date and bands.
 * @throws AppError of the raster's reader
 */
export async function imageInfo(path: string, crs: string | undefined): Promise<FileInfo> {
  const raster = await openRaster(path, { crs });
  raster.close();
  const { info } = raster;
  const remarks: string[] = [];
  const described = await describedAs(info, crs, remarks);
  const product = described?.product ?? parseProduct(path);
  const header = "the header";
  return {
    path,
    kind: "image",
    reader: imageFormats.find(({ name }) => name.includes(info.format))?.name ?? info.format,
    facts: [
      ...fact("size", `${info.width} × ${info.height} pixels`, header),
      ...fact("values", `${info.bands.length} × ${info.dataType}`, header),
      ...placeOf(info, crs === undefined ? header : "chosen"),
      ...productFacts(product),
      ...slices(described),
      ...fact("classes", classesOf(info), "its attribute table, category names or palette"),
    ],
    remarks,
  };
}

function placeOf({ geobox, crs: own }: RasterInfo, from: string): FileFact[] {
  const crs = geobox?.crs || own;
  const bounds = geobox && boundsOf(geobox);
  const resolution = geobox && resolutionOf(geobox);
  const number = (value: number) => String(Number(value.toPrecision(12)));
  return [
    ...fact("CRS", crs ? `${crs.length > 60 ? "" : `${crs} · `}${crsName(crs)}` : null, from),
    ...fact("bounds", bounds && [bounds.minX, bounds.minY, bounds.maxX, bounds.maxY].map(number), "the header"),
    ...fact("pixel size", resolution && `${number(resolution.x)} × ${number(resolution.y)}`, "the header"),
  ];
}

/** What an import would take the file for; what it would say against it goes into `remarks`. */
async function describedAs(
  info: RasterInfo,
  crs: string | undefined,
  remarks: string[],
): Promise<FileDescription | undefined> {
  const reader = rasterReader();
  const choice = { path: info.path, ...(crs === undefined ? {} : { crs }) };
  try {
    const facts = await factsOf(reader, choice);
    requireMeasurement(facts, choice);
    return describeFile(facts, choice);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    remarks.push(error.message);
    return undefined;
  } finally {
    await reader.close();
  }
}

const told = ["sensor", "platform", "level", "date", "time", "tile", "relativeOrbit", "pass", "processingBaseline", "provider", "quality"] as const; // biome-ignore format: one line

/** Fields of the product, each with what gave it. */
export function productFacts(product: ProductName): FileFact[] {
  return told.flatMap((field) => {
    const value = product[field];
    const source = product.evidence.find((one) => one.field === field)?.source;
    if (value === undefined) return [];
    const shown = field === "sensor" ? sensors[product.sensor!].title : value;
    return fact(field.replace(/[A-Z]/g, (sign) => ` ${sign.toLowerCase()}`), shown, source ? sourceText(source) : "its name"); // biome-ignore format: one line
  });
}

function slices(described: FileDescription | undefined): FileFact[] {
  if (!described) return [];
  const { evidence } = described.product;
  const from = (field: "date" | "bandNames") => {
    const source = evidence.find((one) => one.field === field)?.source;
    return source ? sourceText(source) : "its name";
  };
  const [first] = described.slices;
  return [
    ...(described.slices.length > 1
      ? fact(
          "dates",
          described.slices.map(({ date }) => date),
          from("date"),
        )
      : []),
    ...fact(
      "bands",
      first?.bands.map(({ name }) => name),
      from("bandNames"),
    ),
    ...(described.mask ? fact("mask", `band ${described.mask.bandIndex}`, sourceText(described.mask.source)) : []),
  ];
}

function classesOf({ bands }: RasterInfo): string[] {
  const classes = bands.map(declaredClasses).find((found) => found.length > 0 && found.length < 255) ?? [];
  return classes.map(({ value, name }) => (name ? `${value} ${name}` : String(value)));
}

/** Where something was found: the words of the code, and what it names. */
function sourceText({ code, ...rest }: EvidenceSource): string {
  const words = code === "name" ? "its name" : code.replaceAll("-", " ");
  const named = Object.values(rest).filter((value) => typeof value === "string" || typeof value === "number");
  return named.length === 0
    ? words
    : `${words} ${named.map((one) => (typeof one === "string" ? `“${one}”` : one)).join(", ")}`;
}
