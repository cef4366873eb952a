import type { ForeignKind } from "../../src-shared/domain/foreign-files.ts";
import type { ProductKind, StatedFile } from "../../src-shared/eo/index.ts";
import type { AppError } from "../../src-shared/errors/index.ts";
import type { Listing } from "./listing.ts";

/** A file of a product that is to be imported, with what the product's metadata say of it. */
export interface ProductFile {
  readonly path: string;
  readonly stated: StatedFile;
}

/** What was delivered as one: a SAFE folder, the bands of one Landsat scene, a STAC item. */
export interface Product {
  readonly kind: ProductKind;
  /** as its producer calls it: `S2A_MSIL2A_20230625T234621_…` */
  readonly name: string;
  /** its folder, its archive, or its metadata file */
  readonly path: string;
  readonly files: readonly ProductFile[];
  /** everything else that belongs to it and needs no word of its own: metadata, coarser copies, previews */
  readonly parts: readonly string[];
  /** bands that its metadata list and that are not there */
  readonly missing: readonly string[];
  /** layers that are there and are not read, as the producer calls them: `TCI`, `SRE` */
  readonly leftOut: readonly string[];
  /** why nothing of it can be read */
  readonly refusal?: AppError;
  /** what it is, when that is the reason */
  readonly foreign?: ForeignKind;
}

/** Knows one family of products. */
export interface ProductReader {
  readonly kind: ProductKind;
  /** the names (with the folders above) of files each of which marks one product */
  readonly mark: RegExp;
  /** the mark lies in the product's own folder, above its files; else it lies beside them */
  readonly isAbove?: boolean;
  /**
   * The products that a marking file stands for; none when it is something else after all.
   * @throws AppError "product-metadata-unreadable" when it cannot be understood
   */
  read(listing: Listing, mark: string): Promise<readonly Product[]>;
}

/** The folder of a name within its listing, with a slash at its end; "" at the top. */
export const folderOf = (name: string): string => name.slice(0, name.lastIndexOf("/") + 1);
/** The name without folders. */
export const lastOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/** Where the files of `folder` (as `folderOf` gives it) lie, for people: the folder, or the archive. */
export const placeOf = (listing: Listing, folder: string): string =>
  folder === "" ? listing.root : listing.pathOf(folder.slice(0, -1));
