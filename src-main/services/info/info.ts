import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { endingOf, imageEndings, tableEndings, vectorEndings } from "../../../src-shared/domain/file-endings.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { projectFileName } from "../../catalog/index.ts";
import { openZip } from "../../files/index.ts";
import { marksProduct } from "../../products/index.ts";
import { legendFormats, readLegendFile } from "../legends/files.ts";
import { type FileInfo, fact } from "./fact.ts";
import { imageInfo } from "./image.ts";
import { labelInfo } from "./labels.ts";
import { modelInfo } from "./model.ts";
import { productInfo } from "./product.ts";
import { projectInfo } from "./project.ts";
import { refusedKindOf } from "./refused.ts";

export interface InfoOptions {
  readonly appVersion: string;
  /** of a file that names none */
  readonly crs?: string;
  /** of a vector file with several */
  readonly layer?: string;
}

const legendOnly = new Set(["qml", "sld", "clr", "qgs", "qgz", "xml"]);

/**
 * What a file, a folder or an archive is, and where each fact of it was found. Nothing is changed and no project is needed.
 * @throws AppError "file-missing", "file-not-regular", "import-format", "vector-not-read",
 * "info-unknown-folder", and the sentences of its reader
 */
export async function fileInfo(path: string, options: InfoOptions): Promise<FileInfo> {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts) throw new AppError("file-missing", { path });
  const isFolder = facts.isDirectory();
  // Opening a pipe would block.
  if (!isFolder && !facts.isFile()) throw new AppError("file-not-regular", { path });
  const refused = refusedKindOf(path, isFolder);
  if (refused === "fileGeodatabase") throw new AppError("vector-not-read", { path, kind: "fileGdb" });
  if (refused) throw new AppError("import-format", { path, kind: refused });
  const { appVersion, ...given } = options;
  if (isFolder) {
    if (existsSync(join(path, projectFileName))) return projectInfo(path, appVersion);
    if (existsSync(join(path, "model.json"))) return modelInfo(path);
    const found = await productInfo(path);
    if (!found) throw new AppError("info-unknown-folder", { path });
    return found;
  }
  const ending = endingOf(path);
  if (ending === endingOf(projectFileName)) return projectInfo(dirname(path), appVersion);
  if (ending === "zip" && (await holdsModel(path))) return modelInfo(path);
  const product = ending === "zip" || marksProduct(path) ? await productInfo(path) : undefined;
  if (product) return product;
  if (legendOnly.has(ending)) return legendInfo(path);
  if (ending === "json" || tableEndings.includes(ending)) return shapesOrLegend(path, given);
  if (vectorEndings.includes(ending)) return labelInfo(path, given);
  if (imageEndings.includes(ending)) return imageInfo(path, given.crs);
  // Any other name: an image by what is inside, else what vector files have to say of it.
  try {
    return await imageInfo(path, given.crs);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "raster-unknown-format") throw error;
    return await labelInfo(path, given).catch((other: unknown) => {
      throw other instanceof AppError && other.code !== "vector-unknown-format" ? other : error;
    });
  }
}

/** Why a table or a JSON may be classes after all. */
const noShapes: ReadonlySet<string> = new Set(["table-without-coordinates", "vector-unknown-format", "vector-damaged"]);

/** A table or a JSON may hold shapes or classes; what is neither is refused as a file of shapes. */
async function shapesOrLegend(path: string, given: Omit<InfoOptions, "appVersion">): Promise<FileInfo> {
  try {
    return await labelInfo(path, given);
  } catch (error) {
    if (!(error instanceof AppError) || !noShapes.has(error.code)) throw error;
    return await legendInfo(path).catch(() => {
      throw error;
    });
  }
}

async function legendInfo(path: string): Promise<FileInfo> {
  const { name, classes } = await readLegendFile(path);
  const format = legendFormats.find(({ endings }) => endings.includes(endingOf(path)));
  return {
    path,
    kind: "legend",
    reader: format?.name ?? "legend",
    facts: [
      ...fact("name", name, "its name"),
      ...fact(
        "classes",
        classes.map(({ code, name: own, color, source }) => `${code} ${own} ${color}${source ? ` (${source})` : ""}`),
        "the file",
      ),
    ],
    remarks: [],
  };
}

/** The list of an archive's files; one that cannot be read is refused where its contents are. */
async function holdsModel(path: string): Promise<boolean> {
  try {
    const archive = await openZip(path);
    await archive.close();
    return archive.members.some(({ name }) => /^([^/]+\/)?model\.json$/.test(name));
  } catch {
    return false;
  }
}
