import { existsSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError } from "../../../../src-shared/errors/index.ts";
import type { Services } from "../../../services/services.ts";
import { cliProjects } from "../with-project.ts";
import type { ClassPixels } from "./figures.ts";

/** The sample that ships with the program. */
const sampleFolder = resolve(import.meta.dirname, "../../../../resources/sample/flanders-crops-2019");

const marker = ".omnisat-demo";
const seriesFolders = ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m", "S1_GRD_ASC_20m"] as const;

/** Side of a tile, in patches of 10 m. */
const tilePatches = 6;

/** Makes the project folder with its own copy of the imagery, so that it can be moved. An earlier demo is replaced; anything else is left alone. */
export async function makeSampleProject(folder: string): Promise<void> {
  if (existsSync(folder)) {
    if (!existsSync(join(folder, marker))) throw new AppError("demo-folder-taken", { folder: resolve(folder) });
    await rm(folder, { recursive: true });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, marker), "This folder was made by `omnisat demo` and is replaced by the next one.\n");
  await cp(sampleFolder, join(folder, "imagery"), { recursive: true });
  const catalog = await (await cliProjects())["project.create"]({
    folder,
    name: "Flanders crops 2019",
    area: { like: join(folder, "imagery", "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif") },
    patchMeters: 10,
    tilePatches,
  });
  catalog.close();
}

/** Imagery, parcels and their split; the single parcels of rare crops (`train_only`) are taught too, so that the map knows them. */
export async function fillSampleProject(services: Services, folder: string): Promise<ClassPixels[]> {
  const imagery = resolve(folder, "imagery");
  await services["rasters.import"]({ paths: seriesFolders.map((name) => join(imagery, name)) });
  await services["labels.import"]({
    path: join(imagery, "parcels.gpkg"),
    field: "class_code",
    nameField: "class_name",
  });
  const { counts, classes } = await services["labels.split"]({
    method: "field",
    field: "split",
    parts: { train_only: "train" },
  });
  const pixels = (code: number, part: "train" | "test") =>
    counts.find((count) => count.classCode === code && count.part === part)?.weight ?? 0;
  return classes.map(({ code }) => ({ code, train: pixels(code, "train"), test: pixels(code, "test") }));
}

/** The sample's classes by name, as codes of the project's legend. */
export async function sampleClasses(services: Services): Promise<{ readonly crops: number[]; readonly all: number[] }> {
  const { legends } = await services["project.describe"]({});
  const codeOf = (name: string): number => {
    const found = legends.flatMap(({ classes }) => classes).find((entry) => entry.name.startsWith(name));
    if (!found) throw new Error(`The sample has no class “${name}”`);
    return found.code;
  };
  const crops = ["winter wheat", "maize", "permanent grass"].map(codeOf);
  return { crops, all: [...crops, codeOf("not a crop")] };
}
