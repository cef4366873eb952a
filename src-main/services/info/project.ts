import { openCatalog } from "../../catalog/index.ts";
import { crsName } from "../../raster/index.ts";
import { currentSplit } from "../labels/active.ts";
import { checkForeignProject } from "../projects/check.ts";
import { type FileInfo, fact } from "./fact.ts";
import { projectFormat } from "./known.ts";

/**
 * What a project's folder holds, read without a trace and without its images.
 * @throws AppError "project-damaged" and those of opening it
 */
export async function projectInfo(folder: string, appVersion: string): Promise<FileInfo> {
  await checkForeignProject(folder);
  const catalog = openCatalog(folder, { purpose: "omnisat info", readOnly: true, appVersion });
  try {
    const { name, grid } = catalog.project.get();
    const { geobox, patchMeters } = grid;
    const acquisitions = catalog.acquisitions.list();
    const dates = acquisitions
      .map(({ date }) => date)
      .filter((date) => date !== "")
      .sort();
    const from = "its catalog";
    return {
      path: folder,
      kind: "project",
      reader: projectFormat.name,
      facts: [
        ...fact("name", name, from),
        ...fact("area", `${geobox.width} × ${geobox.height} patches of ${patchMeters} m`, from),
        ...fact("CRS", `${geobox.crs.length > 60 ? "" : `${geobox.crs} · `}${crsName(geobox.crs)}`, from),
        ...fact("images", catalog.rasters.list().length, from),
        ...fact("sensors", [...new Set(acquisitions.map(({ sensor }) => sensor))].sort(), from),
        ...fact("dates", dates.length > 0 ? `${dates[0]} to ${dates.at(-1)}` : null, from),
        ...fact(
          "inputs",
          catalog.modalities.list().map((one) => `${one.name} (${one.bands.join(" ")})`),
          from,
        ),
        ...fact(
          "legends",
          catalog.legends.list().map((one) => `${one.name} (${one.classes.length} classes)`),
          from,
        ),
        ...fact("split", currentSplit(catalog)?.method, from),
        ...fact(
          "models",
          catalog.models.list().map((one) => one.name),
          from,
        ),
        ...fact("maps", catalog.maps.list().length, from),
      ],
      remarks: [],
    };
  } finally {
    catalog.close();
  }
}
