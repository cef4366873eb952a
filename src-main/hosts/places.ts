import { join, resolve } from "node:path";

/** The program's own folder, where package.json lies. */
export const programFolder = resolve(import.meta.dirname, "../..");

/** The built window. */
export const rendererFolder = join(programFolder, "dist/renderer");

/** The sample's data, which a person copies to try everything at once. */
export const sampleFolder = join(unpacked(programFolder), "resources/sample/flanders-crops-2019");

/** Where a program in this folder has its models: beside Electron's archive, where electron-builder.yml puts them, or in the folder. */
export const modelsOf = (program: string): string =>
  program.endsWith("app.asar") ? resolve(program, "../models") : join(program, "models");

/** Models that come with the program. */
export const shippedModelsFolder = modelsOf(programFolder);

/** What is copied and read by the system lies beside Electron's archive, not in it. */
function unpacked(path: string): string {
  return path.replace(/app\.asar$/, "app.asar.unpacked");
}
