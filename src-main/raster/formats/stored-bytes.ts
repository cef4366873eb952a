import { AppError } from "../../../src-shared/errors/index.ts";
import { files } from "../file-handles.ts";
import type { BlockPlace, StoredImage } from "./format.ts";

/** The stored bytes of neighbouring blocks, in one read. */
export async function storedBytes(
  { path, state }: StoredImage,
  places: readonly BlockPlace[],
): Promise<Uint8Array<ArrayBuffer>[]> {
  const start = places[0]!.offset;
  const end = Math.max(...places.map(({ offset, length }) => offset + length));
  const bytes = await files.read(path, start, end - start, state);
  return places.map(({ offset, length }) => {
    // The file became shorter since its header was read.
    if (offset + length - start > bytes.length) throw new AppError("raster-truncated", { path });
    // A copy of its own can move to the worker; a single block already has one.
    return places.length === 1 ? bytes : bytes.slice(offset - start, offset - start + length);
  });
}
