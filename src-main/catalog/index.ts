export type { Job } from "../../src-shared/domain/job-row.ts";
export type {
  Label,
  LabelPart,
  Legend,
  NewLabel,
  Split,
} from "../../src-shared/domain/label.ts";
export type { Model } from "../../src-shared/domain/model.ts";
export type { Raster, RasterHeader } from "../../src-shared/domain/raster.ts";
export {
  Catalog,
  createCatalog,
  openBeside,
  openCatalog,
  projectFileName,
} from "./catalog.ts";
export { specFileName } from "./jobs.ts";
export { checkLargeCells } from "./large-cells.ts";
export { lockFileName } from "./lock.ts";
export { currentFormat } from "./migrations.ts";
export {
  assertNoLinkOut,
  assertPlainFolder,
  makeOwnFolder,
  openRegularFile,
  ownFolders,
  readPlainText,
  regularFilePieces,
  removeOwnIfEmpty,
} from "./own-files.ts";
export {
  canonical,
  isWithin,
  leadsTo,
  type OutsideAccess,
  type ProjectIdentity,
} from "./paths.ts";
export { livenessOf, ownIdentity } from "./process-identity.ts";
export { sqliteVersion } from "./sql.ts";
