// What a product's own metadata say of one of its files: read by the room `products`, used where a file is described for an import.
import type { FileBand, Radiometry } from "./acquisition.ts";
import type { Evidence } from "./evidence.ts";
import type { MaskMeaning } from "./masks.ts";
import type { ProductName } from "./products.ts";
import type { Remark } from "./remarks.ts";

/** One band of a product's file. What is left out is decided by the file's tags or name, as for any other file. */
export type StatedBand = Pick<FileBand, "name" | "bandIndex"> & Partial<Pick<FileBand, "scale" | "offset" | "nodata">>;

/** What the metadata of a product say of a file: they win over its name and its tags, and a person's word wins over them. */
export interface StatedFile {
  /** sensor, date, tile …; each field with the metadata file that gave it */
  readonly product: ProductName;
  /** bands to be read, in the order of the file; those that are left out are none */
  readonly bands?: readonly StatedBand[];
  readonly radiometry?: {
    readonly quantity: Radiometry["quantity"];
    readonly decidedBy: Remark;
  };
  /** the band (from 1) that says which pixels are clear */
  readonly mask?: MaskMeaning & { readonly bandIndex: number };
  /** the metadata file, as people see its name: `MTD_MSIL2A.xml` */
  readonly source: string;
}

/** The fields of a name with those that metadata state in their place; evidence follows. */
export function withStatedFields(named: ProductName, stated: ProductName): ProductName {
  const said = new Set<Evidence["field"]>(
    Object.keys(stated).filter((field) => field !== "evidence") as Evidence["field"][],
  );
  return {
    ...named,
    ...stated,
    evidence: [...stated.evidence, ...named.evidence.filter(({ field }) => !said.has(field))],
  };
}

/** The facts of a product as `metadata` says them, without those that it does not say. */
export function statedProduct(
  metadata: string,
  facts: { readonly [Field in Exclude<keyof ProductName, "evidence">]?: ProductName[Field] | undefined },
): ProductName {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(known) as Omit<ProductName, "evidence">),
    evidence: known.map(([field]) => ({
      field: field as Evidence["field"],
      source: { code: "product-metadata", file: metadata },
    })),
  };
}

/** Families of products that are known as a whole, by their metadata. */
export const productKinds = [
  "sentinel-2-safe",
  "sentinel-2-tile",
  "sentinel-2-maja",
  "sentinel-1-rtc",
  "sentinel-1-safe",
  "landsat",
  "hls",
  "planetscope",
  "dimap",
  "modis",
  "stac",
] as const;
export type ProductKind = (typeof productKinds)[number];
