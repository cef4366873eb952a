/** Files written whole or not at all, JSON files, ZIP archives; a bounded cache and seeded random numbers, which every floor takes. */

export { ByteCache, cacheOf, LoadingCache } from "./cache.ts";
export { diskError, isDiskFull, onDisk, onDiskSync, type Unwritable } from "./disk-error.ts";
export { readJsonFile, writeJsonFile } from "./json-file.ts";
export { type Random, randomStream, seededRandom, seedOf, shuffled } from "./random.ts";
export { renameOver, renameOverSync } from "./rename.ts";
export { syncFile, syncFileSync, syncFolder, syncFolderSync } from "./sync.ts";
export { system } from "./system.ts";
export {
  discard,
  type Placement,
  placeFolderSync,
  placeTogetherSync,
  replaceWhole,
  replaceWholeSync,
  temporaryBeside,
  type WholeOptions,
  type Writable,
  writeAll,
  writeAllSync,
  writeWhole,
  writeWholeSync,
} from "./whole.ts";
export { DamagedZip, openZip, type ZipArchive, type ZipLimits, type ZipMember } from "./zip-read.ts";
export { writeZip, type ZipSource, zipOf } from "./zip-write.ts";
