import { disk, temporaryName, writeAt } from "./disk.ts";

/** Writes a small text file whole or not at all. */
export async function writeTextWhole(path: string, text: string): Promise<void> {
  const temporary = temporaryName(path, "text");
  try {
    const handle = await disk.open(temporary, "wx");
    try {
      await writeAt(handle, new TextEncoder().encode(text), 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await disk.rename(temporary, path);
  } catch (error) {
    await disk.rm(temporary, { force: true });
    throw error;
  }
}
