import { AppError } from "../../../src-shared/errors/index.ts";
import { type Product, productsIn } from "../../products/index.ts";
import { type FileFact, type FileInfo, fact } from "./fact.ts";
import { imageInfo, productFacts } from "./image.ts";
import { productFormats } from "./known.ts";

const ofHeader = new Set(["size", "values", "CRS", "bounds", "pixel size"]);

/**
 * The products of a folder, of an archive, or that a metadata file stands for; `undefined` when there is none.
 * @throws AppError "import-format" of one that is never read, and why the only one cannot be read
 */
export async function productInfo(path: string): Promise<FileInfo | undefined> {
  const products = await found(path);
  const [first] = products;
  if (!first) return undefined;
  const one = products.length === 1;
  if (one && first.refusal) throw first.refusal;
  if (one && first.foreign) throw new AppError("import-format", { path, kind: first.foreign });
  return {
    path,
    kind: "product",
    reader: productFormats[first.kind].name,
    facts: one ? await factsOf(first) : products.flatMap(({ name, kind, files }) => fact("product", `${name} (${files.length} images)`, productFormats[kind].name)), // biome-ignore format: one line
    remarks: products.flatMap(({ refusal, name, missing }) => [
      ...(refusal && !one ? [refusal.message] : []),
      ...(missing.length > 0 ? [`${name} lacks ${missing.join(", ")}, which its metadata list.`] : []),
    ]),
  };
}

/** An archive that is no archive is refused where its contents are read. */
async function found(path: string): Promise<readonly Product[]> {
  try {
    return (await productsIn(path)).products;
  } catch (error) {
    if (error instanceof AppError && error.code === "archive-unreadable") return [];
    throw error;
  }
}

async function factsOf({ name, files, leftOut }: Product): Promise<FileFact[]> {
  const [first] = files;
  if (!first) return fact("name", name, "its name");
  const { stated } = first;
  const bands = files.flatMap(({ stated: own }) => own.bands ?? []).map((band) => band.name);
  const header = await imageInfo(first.path, undefined);
  return [
    ...fact("name", name, stated.source),
    ...productFacts(stated.product),
    ...fact("images", files.length, "its files"),
    ...fact("bands", [...new Set(bands)], stated.source),
    ...fact("values", stated.radiometry?.quantity, stated.source),
    ...header.facts.filter(({ name: own }) => ofHeader.has(own)).map((own) => ({ ...own, name: `${own.name} of the first image` })), // biome-ignore format: one line
    ...fact("not read", leftOut, "its files"),
  ];
}
