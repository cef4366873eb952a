import { existsSync, readdirSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import { remove } from "../../files/index.ts";
import type { Announce } from "../deps.ts";
import { projectFolders } from "../projects/projects.ts";
import { services } from "../services.ts";

const seriesFolders = ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m", "S1_GRD_ASC_20m"] as const;

/** A project with its own copy of the sample's imagery and parcels, split as the sample's README says. All of it or nothing. */
export async function makeSample(
  source: string,
  folder: string,
  appVersion: string,
  announce: Announce = () => {},
): Promise<void> {
  const existed = existsSync(folder);
  if (existed && readdirSync(folder).length > 0) throw new AppError("folder-not-empty", { path: folder });
  const imagery = join(folder, "imagery");
  try {
    await cp(source, imagery, { recursive: true });
    const catalog = await projectFolders({ appVersion })["project.create"]({
      folder,
      name: "Flanders crops 2019",
      area: { like: join(imagery, "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif") },
      patchMeters: 10,
      tilePatches: 6,
      preset: "crops",
    });
    try {
      const runJob = () => Promise.reject(new Error("The sample needs no job"));
      const commands = services({ catalog, appVersion, runJob, announce });
      await commands["rasters.import"]({ paths: seriesFolders.map((name) => join(imagery, name)), task: "sample" });
      await commands["labels.import"]({
        path: join(imagery, "parcels.gpkg"),
        field: "class_code",
        nameField: "class_name",
      });
      await commands["labels.split"]({ method: "field", field: "split", parts: { train_only: "train" } });
      // Undo must not remove the sample.
      catalog.edits.forget();
    } finally {
      catalog.close();
    }
  } catch (error) {
    for (const name of existed ? readdirSync(folder) : []) await remove(join(folder, name));
    if (!existed) await remove(folder);
    throw error;
  }
}
