/** What lies in a SAFE folder, an archive, a Landsat folder, a STAC item: files with sensor, date, bands and numbers, each with its evidence. */
export {
  archiveAbove,
  isArchiveName,
  marksProduct,
  ProductFinder,
  productsIn,
} from "./find.ts";
export type { Product } from "./product.ts";
