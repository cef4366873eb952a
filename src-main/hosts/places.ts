import { join, resolve } from "node:path";

/** The program's own folder, where package.json lies. */
export const programFolder = resolve(import.meta.dirname, "../..");

/** The built window. */
export const rendererFolder = join(programFolder, "dist/renderer");

/** The sample's data, which a person copies to try everything at once. */
export const sampleFolder = join(programFolder, "resources/sample/flanders-crops-2019");
