import type { Crs } from "../../../src-shared/geo/crs.ts";
import { readEnvi } from "./envi/header.ts";
import type { HeaderReader, StoredHeader } from "./format.ts";
import { jp2Header } from "./jp2/header.ts";
import { UnknownFormat } from "./problems.ts";
import { openSource, readBytes } from "./source.ts";
import { tiffHeader } from "./tiff/header.ts";
import { vrtHeader } from "./vrt/header.ts";

/** The kinds of files that are read, as the thread for headers knows them. `blocks.ts` has their pixels. */
const readers = (chain: readonly string[]): readonly HeaderReader[] => [
  tiffHeader,
  jp2Header,
  vrtHeader((path, inner) => headerOf(path, undefined, inner), chain),
];

const headBytes = 1024;

/**
 * Everything but the pixels of a file and of what lies beside it (`.ovr`, `.msk`, `.aux.xml`, world files).
 * Runs in a thread that may be ended at any time: it opens and closes its own handles and changes nothing.
 */
export const readHeader = (path: string, crsGiven: Crs | undefined): Promise<StoredHeader> =>
  headerOf(path, crsGiven, []);

/** @param chain the files that name this one as a part of theirs */
async function headerOf(path: string, crsGiven: Crs | undefined, chain: readonly string[]): Promise<StoredHeader> {
  const source = await openSource(path);
  try {
    const head = await readBytes(source, 0, Math.min(headBytes, source.size));
    const reader = readers(chain).find((each) => each.recognises(head));
    // Bare numbers begin with anything: they are asked about when nothing else is sure.
    const known = await reader?.read(source, crsGiven).catch((error: unknown) => {
      if (error instanceof UnknownFormat) return undefined;
      throw error;
    });
    const found = known ?? (await readEnvi(source, crsGiven));
    if (!found) throw new UnknownFormat("no format begins like this");
    return found;
  } finally {
    await source.handle.close();
  }
}
