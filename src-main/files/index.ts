/** Files written whole or not at all, JSON files, ZIP archives; a bounded cache and seeded random numbers, for all other rooms. */

export { ByteCache, cacheOf, LoadingCache } from "./cache.ts";
export { diskError, isDiskFull, onDisk, onDiskSync, systemReason } from "./disk-error.ts";
export { filesBelow } from "./files-below.ts";
export { readJsonFile, writeJsonFile } from "./json-file.ts";
export { fileSize, holderState, memberOf, type OpenBytes, openBytes, statHolder, unfold } from "./members.ts";
export { fileName, isReservedName } from "./names.ts";
export { type Random, randomStream, seededRandom, seedOf, shuffled } from "./random.ts";
export { remove, removeSync } from "./remove.ts";
export { renameOverSync } from "./rename.ts";
export { system } from "./system.ts";
export {
  discard,
  placeFolderSync,
  placeTogetherSync,
  replaceWhole,
  replaceWholeSync,
  temporaryBeside,
  writeAll,
  writeAllSync,
  writeWhole,
  writeWholeSync,
} from "./whole.ts";
export { DamagedZip, openZip, type ZipMember } from "./zip-read.ts";
export { writeZip, zipOf } from "./zip-write.ts";
