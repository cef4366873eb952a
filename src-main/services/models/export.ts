import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Finding } from "../../../src-shared/domain/finding.ts";
import type { GoldenResult } from "../../../src-shared/domain/job.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { diskError, placeFolderSync, removeSync, replaceWhole, temporaryBeside, writeZip } from "../../files/index.ts";
import { modelCard } from "./card.ts";

export interface ExportedModel {
  readonly path: string;
  readonly files: readonly string[];
}

/**
 * Writes model.json, weights.safetensors, golden.json, README.md and, when asked, model.onnx into a folder or a .zip: whole or not
 * at all.
 */
export async function exportModel(
  folder: string,
  to: string,
  {
    onnxDates,
    overwrite,
    measured,
    golden,
  }: {
    readonly onnxDates: number | null;
    readonly overwrite: boolean;
    /** what was found since its training: its card says so */
    readonly measured: readonly Finding[];
    /** the model's answers to made-up inputs, as golden.json has them */
    readonly golden: (folder: string) => Promise<GoldenResult>;
  },
): Promise<ExportedModel> {
  if (existsSync(to) && !overwrite) throw new AppError("file-exists", { path: to });
  const [{ readModel }, { goldenFile }] = await Promise.all([
    import("../../learning/trained-model.ts"),
    import("../../learning/golden.ts"),
  ]);
  // Reads the whole model to check its weights, so that no damaged model is exported.
  const { description } = await readModel(folder);
  const temporary = temporaryBeside(to);
  try {
    mkdirSync(temporary, { recursive: true });
    for (const name of ["model.json", description.weights.file])
      copyFileSync(join(folder, name), join(temporary, name));
    const { text, outputs } = await golden(folder);
    if (text !== null) writeFileSync(join(temporary, goldenFile), text);
    if (onnxDates !== null) {
      const { exportOnnx } = await import("../../jobs/export-onnx.ts");
      await exportOnnx(folder, join(temporary, "model.onnx"), onnxDates);
    }
    writeFileSync(join(temporary, "README.md"), modelCard(description, { onnxDates, measured, golden: outputs }));
    const files = readdirSync(temporary).sort();
    mkdirSync(dirname(to), { recursive: true });
    if (to.toLowerCase().endsWith(".zip")) {
      const sources = files.map((name) => ({ name, path: join(temporary, name), shrink: /\.(json|md)$/.test(name) }));
      await replaceWhole(to, (archive) => writeZip(archive, sources));
    } else placeFolderSync(temporary, to, { overwrite });
    return { path: to, files };
  } catch (error) {
    throw diskError(to, error);
  } finally {
    removeSync(temporary);
  }
}
