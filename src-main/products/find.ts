// Which products lie in a folder, in an archive or above a file.
import { readdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";
import { memberOf } from "../files/index.ts";
import { archiveListing, folderListing, type Listing, shallowListing } from "./listing.ts";
import { folderOf, lastOf, type Product, placeOf } from "./product.ts";
import { readers } from "./readers.ts";

export interface FoundProducts {
  readonly products: readonly Product[];
  /** files that belong to no product, in order of name */
  readonly others: readonly string[];
}

/** Products among the files of a listing. A product whose metadata cannot be read is there with its refusal. */
async function productsAmong(listing: Listing): Promise<FoundProducts> {
  const products: Product[] = [];
  const claimed = new Set<string>();
  for (const reader of readers)
    for (const mark of listing.names) {
      if (!reader.mark.test(mark) || claimed.has(listing.pathOf(mark))) continue;
      for (const product of await readMark(reader, listing, mark)) {
        products.push(product);
        claimed.add(listing.pathOf(mark));
        for (const path of product.parts) claimed.add(path);
        for (const { path } of product.files) claimed.add(path);
      }
    }
  return {
    products: products.sort((p, q) => (p.path + p.name < q.path + q.name ? -1 : 1)),
    others: listing.names.map((name) => listing.pathOf(name)).filter((path) => !claimed.has(path)),
  };
}

async function readMark(reader: (typeof readers)[number], listing: Listing, mark: string): Promise<readonly Product[]> {
  try {
    return await reader.read(listing, mark);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const folder = folderOf(mark);
    const refused = { kind: reader.kind, name: lastOf(mark), path: placeOf(listing, folder), refusal: error };
    // Without its metadata nothing says which of the files beside it are its own.
    return [{ ...refused, files: [], parts: [listing.pathOf(mark)], missing: [], leftOut: [] }];
  }
}

/** Is that the name of a file from which a product can be found? */
export const marksProduct = (path: string): boolean => {
  const name = path.replaceAll("\\", "/");
  return readers.some(({ mark }) => mark.test(name));
};

/** Is a file called a ZIP archive? What it holds is seen when it is opened. */
export const isArchiveName = (path: string): boolean => /\.zip$/i.test(path);

/**
 * The products of a folder, of a ZIP archive, or those that a metadata file stands for.
 * @throws AppError "file-missing", "archive-unreadable", "archive-leads-out", "product-folder-too-large"
 */
export async function productsIn(path: string): Promise<FoundProducts> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new AppError("file-missing", { path });
  if (!stats.isDirectory() && !isArchiveName(path)) return productsOfMark(path);
  const listing = stats.isDirectory() ? folderListing(path) : await archiveListing(path);
  try {
    return await productsAmong(listing);
  } finally {
    await listing.close();
  }
}

async function productsOfMark(path: string): Promise<FoundProducts> {
  const name = basename(path);
  for (const reader of readers) {
    if (!reader.mark.test(name)) continue;
    const below = reader.isAbove || reader.kind === "stac";
    const products = await readMark(reader, below ? folderListing(dirname(path)) : shallowListing(dirname(path)), name);
    if (products.length > 0) return { products, others: [] };
  }
  return { products: [], others: [path] };
}

/** Levels of folders between an image and the metadata of its product: SAFE/GRANULE/granule/IMG_DATA/R10m/image. */
const mostLevels = 5;

/**
 * What products say of images that were named one by one, by looking into the folders above them. What was found is kept for the next
 * image; `within` says which folders may be looked into.
 */
export class ProductFinder {
  readonly #within: (folder: string) => boolean;
  readonly #marked = new Map<string, boolean>();
  readonly #found = new Map<string, Promise<readonly Product[]>>();

  constructor(within: (folder: string) => boolean) {
    this.#within = within;
  }

  /** The product that an image belongs to, if there is one. @throws AppError as `productsIn` for an archive */
  async of(path: string): Promise<Product | undefined> {
    const holds = ({ files }: Product) => files.some((file) => file.path === path);
    const archive = archiveAbove(path);
    if (archive !== undefined) return (await this.#products(archive, () => productsIn(archive))).find(holds);
    let folder = dirname(path);
    for (let level = 0; level < mostLevels && this.#within(folder); level++) {
      const here = folder;
      const beside = level === 0;
      if (this.#holdsMark(here, beside)) {
        // Of the folder itself only what lies in it: what is below may be a whole disk.
        const found = () => (beside ? productsAmong(shallowListing(here)) : productsIn(here));
        const own = (await this.#products(`${here}|${beside}`, found)).find(holds);
        if (own) return own;
      }
      folder = dirname(folder);
    }
    return undefined;
  }

  #products(key: string, find: () => Promise<FoundProducts>): Promise<readonly Product[]> {
    let found = this.#found.get(key);
    if (!found) {
      found = find().then(({ products }) => products);
      this.#found.set(key, found);
    }
    return found;
  }

  /** Does a folder hold a metadata file: of any product beside it, or of a product whose files lie below? */
  #holdsMark(folder: string, beside: boolean): boolean {
    const key = `${folder}|${beside}`;
    let marked = this.#marked.get(key);
    if (marked === undefined) {
      try {
        marked = readdirSync(folder).some((name) =>
          readers.some((reader) => (beside || reader.isAbove) && reader.mark.test(name)),
        );
      } catch {
        marked = false;
      }
      this.#marked.set(key, marked);
    }
    return marked;
  }
}

/** The archive that a path leads into, as if it were a folder; `undefined` for a path of the disk. */
export function archiveAbove(path: string): string | undefined {
  const archive = memberOf(path)?.archive;
  return archive !== undefined && statSync(archive, { throwIfNoEntry: false })?.isFile() ? archive : undefined;
}
