import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";
import { modelCard } from "./model-card.ts";
import { zip } from "./zip.ts";

export interface ExportedModel {
  readonly path: string;
  readonly files: readonly string[];
}

/** Writes model.json, weights.safetensors, README.md and, when asked, model.onnx into a folder or a .zip: whole or not at all. */
export async function exportModel(
  folder: string,
  to: string,
  { onnxDates, overwrite }: { readonly onnxDates: number | null; readonly overwrite: boolean },
): Promise<ExportedModel> {
  if (existsSync(to) && !overwrite) throw new AppError("file-exists", { path: to });
  const { readModel } = await import("../learning/model.ts");
  // Reading it whole checks the weights: a damaged model is not passed on.
  const { description } = await readModel(folder);
  const temporary = `${to}.${process.pid}.tmp`;
  try {
    mkdirSync(temporary, { recursive: true });
    for (const name of ["model.json", description.weights.file])
      copyFileSync(join(folder, name), join(temporary, name));
    if (onnxDates !== null) {
      const { exportOnnx } = await import("../jobs/export-onnx.ts");
      await exportOnnx(folder, join(temporary, "model.onnx"), onnxDates);
    }
    writeFileSync(join(temporary, "README.md"), modelCard(description, onnxDates));
    const files = readdirSync(temporary).sort();
    if (to.toLowerCase().endsWith(".zip")) {
      const archive = `${temporary}.zip`;
      writeFileSync(archive, zip(files.map((name) => ({ name, bytes: readFileSync(join(temporary, name)) }))), {
        flush: true,
      });
      renameSync(archive, to);
    } else {
      for (const name of files) syncFile(join(temporary, name));
      if (overwrite) rmSync(to, { recursive: true, force: true });
      mkdirSync(dirname(to), { recursive: true });
      renameSync(temporary, to);
    }
    return { path: to, files };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC")
      throw new AppError("no-disk-space", { path: to }, { cause: error });
    throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    rmSync(`${temporary}.zip`, { force: true });
  }
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
