import { join, resolve } from "node:path";

/** The program's own folder, where package.json lies. */
export const programFolder = resolve(import.meta.dirname, "../..");

/** The built window. */
export const rendererFolder = join(programFolder, "dist/renderer");

/** The sample's data, which a person copies to try everything at once. */
export const sampleFolder = join(unpacked(programFolder), "resources/sample/flanders-crops-2019");

/** What is copied and read by the system lies beside Electron's archive, not in it. */
function unpacked(path: string): string {
  return path.replace(/app\.asar$/, "app.asar.unpacked");
}
