import { open, stat } from "node:fs/promises";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { missingBeside } from "./damage.ts";
import { XmlProblem } from "./xml.ts";

/** The most that a text beside an image may hold: a raster attribute table of 100,000 rows has a quarter of it. */
const largest = 32 * 1024 * 1024;

/**
 * The bytes of a small file beside an image, or `undefined` when there is none: a folder, a pipe or a device is none either.
 * @throws XmlProblem when it is far too large to be what its name says, SideFileProblem when it cannot be opened
 */
export async function bytesBeside(path: string): Promise<Buffer | undefined> {
  // Opening a pipe would wait for its writer.
  const missing = (cause: unknown) => missingBeside(path, cause);
  if (!(await stat(path).catch(missing))?.isFile()) return undefined;
  const file = await open(path, "r").catch(missing);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    if (size > largest) throw new XmlProblem(reason("beside-mib-far-too-much", { path, size: Math.round(size / 1024 ** 2) })); // biome-ignore format: one line
    return await file.readFile();
  } finally {
    await file.close();
  }
}

export async function textBeside(path: string): Promise<string | undefined> {
  return (await bytesBeside(path))?.toString("utf8");
}
