import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeSync } from "../../files/index.ts";
import { crsName } from "../../raster/index.ts";
import { unpackModel } from "../models/import.ts";
import { type FileInfo, fact } from "./fact.ts";
import { modelFormat } from "./known.ts";

/**
 * What a model's folder or package holds; all of it is read and checked, in a process that can be killed.
 * @throws AppError "model-package-damaged", "model-package-not-found", "no-disk-space"
 */
export async function modelInfo(path: string): Promise<FileInfo> {
  const room = mkdtempSync(join(tmpdir(), "omnisat-info-"));
  try {
    const model = await unpackModel(path, join(room, "model"));
    const { modalities, legend, grid, tiles, method, numbers, training, weights } = model;
    const from = "model.json";
    const dates = training.dates.map(({ modality, first, last, count }) => `${modality}: ${count} from ${first} to ${last}`); // biome-ignore format: one line
    return {
      path,
      kind: "model",
      reader: modelFormat.name,
      facts: [
        ...fact("what", numbers ? `numbers: ${numbers.name} (${numbers.unit})` : tiles ? "classes of whole tiles" : legend ? "classes of patches" : "an encoder, taught without labels", from), // biome-ignore format: one line
        ...fact("method", method?.name ?? numbers?.method ?? "network", from),
        ...fact(
          "inputs",
          modalities.map(({ name, bands }) => `${name} (${bands.join(" ")})`),
          from,
        ),
        ...fact(
          "classes",
          (legend ?? []).map(({ code, name }) => `${code} ${name}`),
          from,
        ),
        ...fact("patches", `${grid.patchMeters} m, ${grid.tilePatches} to a tile`, from),
        ...fact("CRS of its training", grid.crs.length > 60 ? crsName(grid.crs) : grid.crs, from),
        ...fact("dates of its training", dates, from),
        ...fact("parameters", weights.parameters, from),
        ...fact("size", `${(weights.bytes / 2 ** 20).toFixed(1)} MiB`, "its weights, whose sum was compared"),
      ],
      remarks: [],
    };
  } finally {
    removeSync(room);
  }
}
