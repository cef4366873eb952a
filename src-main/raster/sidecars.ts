import { basename, dirname, extname, join } from "node:path";
import type { Affine } from "../../src-shared/geo/affine.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { crsFromWkt } from "./crs-from-wkt.ts";
import { bytesBeside, textBeside } from "./text-beside.ts";
import { childrenNamed, childText, decodeXml, parseXml, type XmlElement } from "./xml.ts";

/** Side files of an image: GDAL's `.aux.xml` and world files. */
export interface Sidecar {
  readonly crs?: Crs;
  readonly affine?: Affine;
  readonly metadata: Readonly<Record<string, string>>;
  readonly bands: ReadonlyMap<number, SidecarBand>;
}

export interface SidecarBand {
  readonly name?: string;
  readonly nodata?: number;
  readonly scale?: number;
  readonly offset?: number;
  readonly categoryNames?: readonly string[];
  readonly attributeTable?: readonly AttributeRow[];
  readonly colorInterpretation?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * GDAL's PAM file, `image.tif.aux.xml`.
 * @throws XmlProblem when it is too large or too deep, or declares entities
 */
export async function readSidecar(path: string): Promise<Sidecar | undefined> {
  const bytes = await bytesBeside(`${path}.aux.xml`);
  const root = bytes === undefined ? undefined : parseXml(decodeXml(bytes));
  if (root?.name !== "PAMDataset") return undefined;
  const bands = new Map<number, SidecarBand>();
  for (const element of childrenNamed(root, "PAMRasterBand")) {
    const number = Number(element.attributes.band);
    if (Number.isInteger(number)) bands.set(number, bandOf(element));
  }
  const srs = childText(root, "SRS")?.trim();
  const numbers = childText(root, "GeoTransform")?.split(",").map(Number);
  const affine =
    numbers?.length === 6 && numbers.every(Number.isFinite)
      ? { a: numbers[0]!, b: numbers[1]!, c: numbers[2]!, d: numbers[3]!, e: numbers[4]!, f: numbers[5]! }
      : undefined;
  return {
    ...(srs ? { crs: crsFromWkt(srs) } : {}),
    ...(affine ? { affine } : {}),
    metadata: metadataOf(root),
    bands,
  };
}

/** What GDAL's XML says of a band, in a sidecar or a virtual raster. */
export function bandOf(element: XmlElement): SidecarBand {
  const number = (name: string) => {
    const text = childText(element, name);
    return text === undefined ? undefined : parseNumber(text);
  };
  const nodata = number("NoDataValue");
  const scale = number("Scale");
  const offset = number("Offset");
  const name = childText(element, "Description");
  const categories = childrenNamed(element, "CategoryNames")[0];
  const colorInterpretation = childText(element, "ColorInterp");
  const attributeTable = attributesOf(childrenNamed(element, "GDALRasterAttributeTable")[0]);
  return {
    ...(name ? { name } : {}),
    ...(nodata === undefined ? {} : { nodata }),
    ...(scale === undefined ? {} : { scale }),
    ...(offset === undefined ? {} : { offset }),
    ...(categories ? { categoryNames: childrenNamed(categories, "Category").map(({ text }) => text) } : {}),
    ...(attributeTable.length > 0 ? { attributeTable } : {}),
    ...(colorInterpretation ? { colorInterpretation: colorInterpretation.toLowerCase() } : {}),
    metadata: metadataOf(element),
  };
}

/** One value of a raster attribute table. */
export interface AttributeRow {
  readonly value: number;
  readonly name?: string;
  /** `#rrggbb` */
  readonly color?: string;
  /** the code of the class where it came from */
  readonly source?: string;
}

/** What GDAL's `GDALRATFieldUsage` calls name, value (or the ends of a range of one value), red, green, blue. */
const usages = { name: 2, min: 3, max: 4, value: 5, red: 6, green: 7, blue: 8 } as const;

/** Values with names and colours of a raster attribute table; rows that stand for ranges are left out. */
function attributesOf(table: XmlElement | undefined): AttributeRow[] {
  if (!table) return [];
  const fields = childrenNamed(table, "FieldDefn").map((field) => ({
    usage: Number(childText(field, "Usage") ?? 0),
    name: (childText(field, "Name") ?? "").trim().toLowerCase(),
  }));
  const column = (usage: number, ...names: string[]): number => {
    const found = fields.findIndex((field) => field.usage === usage);
    return found >= 0 ? found : fields.findIndex(({ name }) => names.includes(name));
  };
  const value = column(usages.value, "value", "code", "class");
  const [min, max] = [column(usages.min), column(usages.max)];
  const name = column(usages.name, "name", "class_name", "classname", "label", "category", "description");
  const colors = [column(usages.red, "red", "r"), column(usages.green, "green", "g"), column(usages.blue, "blue", "b")];
  const origin = column(-1, "source");
  const [first, size] = [Number(table.attributes.Row0Min ?? 0), Number(table.attributes.BinSize ?? 1)];
  return childrenNamed(table, "Row").flatMap((row, i): AttributeRow[] => {
    const cells = childrenNamed(row, "F").map(({ text }) => text.trim());
    if (min >= 0 && max >= 0 && value < 0 && Number(cells[min]) !== Number(cells[max])) return [];
    const text = value >= 0 ? cells[value] : min >= 0 ? cells[min] : String(first + i * size);
    const number = Number(text);
    if (text === undefined || text === "" || !Number.isFinite(number)) return [];
    const parts = colors.map((at) => (at >= 0 ? Number(cells[at]) : Number.NaN));
    const scale = parts.some((part) => part > 1) ? 1 : 255;
    const color = parts.every((part) => part >= 0 && part <= 255)
      ? `#${parts
          .map((part) =>
            Math.round(part * (Number.isInteger(part) ? 1 : scale))
              .toString(16)
              .padStart(2, "0"),
          )
          .join("")}`
      : undefined;
    const words = name >= 0 ? cells[name] : undefined;
    return [
      {
        value: number,
        ...(words ? { name: words } : {}),
        ...(color ? { color } : {}),
        ...(origin >= 0 && cells[origin] ? { source: cells[origin] } : {}),
      },
    ];
  });
}

export function metadataOf(element: XmlElement): Record<string, string> {
  const items: Record<string, string> = {};
  for (const block of childrenNamed(element, "Metadata")) {
    const domain = block.attributes.domain;
    for (const item of childrenNamed(block, "MDI")) {
      const key = item.attributes.key;
      if (key) items[domain ? `${domain}:${key}` : key] = item.text;
    }
  }
  return items;
}

/** GDAL writes numbers as text, `nan`, `-inf` and, from some Windows software, `1.#QNAN` among them. */
export function parseNumber(text: string): number | undefined {
  const word = text.trim().replace(/\0+$/, "").trim().toLowerCase();
  if (word === "") return undefined;
  if (/^[+-]?(nan|1\.#(qnan|snan|ind))/.test(word)) return Number.NaN;
  if (/^[+-]?(inf|infinity|1\.#inf)$/.test(word))
    return word.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(word.replace(/^\+/, ""));
  return Number.isNaN(value) ? undefined : value;
}

/** A world file: `image.tfw`, `image.tifw` or `image.wld`. Its coordinate is the centre of the first pixel. */
export async function readWorldFile(path: string): Promise<Affine | undefined> {
  const extension = extname(path).slice(1);
  const stem = join(dirname(path), basename(path, extname(path)));
  const short = extension.length >= 2 ? `${extension[0]}${extension.at(-1)}w` : "tfw";
  for (const candidate of new Set([
    `${stem}.${short}`,
    `${stem}.${extension}w`,
    `${stem}.tfw`,
    `${stem}.wld`,
    `${path}w`,
  ])) {
    const text =
      (await textBeside(candidate)) ?? (await textBeside(candidate.replace(/\.\w+$/, (e) => e.toUpperCase())));
    const numbers = text?.trim().split(/\s+/).map(Number);
    if (!numbers || numbers.length < 6 || !numbers.slice(0, 6).every(Number.isFinite)) continue;
    const [b, e, c, f, x, y] = numbers as [number, number, number, number, number, number];
    return { a: x - (b + c) / 2, b, c, d: y - (e + f) / 2, e, f };
  }
  return undefined;
}
