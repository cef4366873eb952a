// node src-main/bench/made-up-project.ts FOLDER: a project around one image of the sample whose million patches have made-up values, for measurements
// in the window.
import { cpSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { argv } from "node:process";
import { wantedGroups } from "../services/instant/feature-groups.ts";
import { projectFolders } from "../services/projects/projects.ts";
import { imageryOf } from "../services/rasters/imagery.ts";
import { services } from "../services/services.ts";
import { patchesAlongEdge, writeMadeUpLayer } from "./made-up-layer.ts";

const columns = 256;
const patchMeters = 10;
/** Blocks of the layer lie on multiples of their side: the project begins where one does, and the sample lies within. */
const [minX, maxY] = [569_600, 5_626_880];
const image = join(
  import.meta.dirname,
  "../../resources/sample/flanders-crops-2019/S2_L2A_10m/S2_L2A_10m_20190610T105703.tif",
);

const folder = argv[2]!;
mkdirSync(folder, { recursive: true });
const reach = patchesAlongEdge * patchMeters;
const catalog = await projectFolders({ appVersion: "bench" })["project.create"]({
  folder,
  name: "A million patches",
  area: { crs: "EPSG:32631", bounds: { minX, minY: maxY - reach, maxX: minX + reach, maxY } },
  patchMeters,
  tilePatches: 6,
});
try {
  const all = services({ catalog, appVersion: "bench", announce: () => {}, runJob: () => Promise.reject(new Error("No job is needed.")) }); // biome-ignore format: one call
  const path = join(folder, "imagery", basename(image));
  cpSync(image, path);
  await all["rasters.import"]({ paths: [path] });
  const [group] = (await wantedGroups(catalog, imageryOf(catalog))).groups;
  const block = (meters: number) => meters / (32 * patchMeters);
  await writeMadeUpLayer(group!.folder, {
    key: group!.key,
    modality: group!.modality,
    columns,
    origin: [block(minX), -block(maxY)],
  });
} finally {
  catalog.close();
}
