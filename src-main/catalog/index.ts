export type { Job, ProcessIdentity } from "../../src-shared/domain/job-row.ts";
export type {
  Label,
  LabelImport,
  LabelPart,
  LabelProperties,
  Legend,
  NewLabel,
  Split,
} from "../../src-shared/domain/label.ts";
export type { MapProduct } from "../../src-shared/domain/map-product.ts";
export type { Model, ModelSummary, NewModel } from "../../src-shared/domain/model.ts";
export type { Project, ProjectSettings } from "../../src-shared/domain/project.ts";
export type { Raster, RasterHeader, RasterState } from "../../src-shared/domain/raster.ts";
export type { Run } from "../../src-shared/domain/run.ts";
export {
  Catalog,
  createCatalog,
  type OpenOptions,
  openCatalog,
  projectFileName,
} from "./catalog.ts";
export type { BookmarkRow, LayerRow, VectorRow } from "./display.ts";
export { type Edit, type EditName, undoableTables } from "./edits.ts";
export { specFileName } from "./jobs.ts";
export { type LockHolder, lockFileName, readLock } from "./lock.ts";
export { lookThroughDatabase } from "./look-through.ts";
export { currentFormat } from "./migrations.ts";
export {
  assertNoLinkOut,
  assertPlainFolder,
  makeOwnFolder,
  type OwnFolder,
  openPlain,
  ownFolders,
  plainPieces,
  readPlainText,
  removeOwn,
  removeOwnIfEmpty,
} from "./own-files.ts";
export {
  canonical,
  isWithin,
  leadsTo,
  memoryAccess,
  type OutsideAccess,
  type ProjectIdentity,
  withheldFolder,
} from "./paths.ts";
export { livenessOf, ownIdentity } from "./process-identity.ts";
export { headerDifferences } from "./rasters.ts";
export { sqliteVersion } from "./sql.ts";
