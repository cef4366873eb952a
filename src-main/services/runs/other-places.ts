import { resolve } from "node:path";
import type { OtherPlace } from "../../../src-shared/domain/job.ts";
import { pathsOf } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { canonical, leadsTo } from "../../catalog/index.ts";
import type { Deps } from "../deps.ts";
import { projectFolders } from "../projects/projects.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { naming } from "../withheld.ts";

/**
 * Other projects as places of a pre-training, by value: each is opened for reading, looked at and closed. Their images may be read from
 * then on by jobs of this project, since a person named them for one.
 * @param wanted inputs to take, where not all
 * @throws AppError "project-chosen-twice", "project-not-found", "no-imagery", "place-without-common-input", "path-withheld",
 *   "project-rasters-missing"
 */
export async function otherPlaces(
  { catalog, appVersion }: Pick<Deps, "catalog" | "appVersion">,
  folders: readonly string[],
  wanted?: readonly string[],
): Promise<OtherPlace[]> {
  const seen = new Set([canonical(catalog.folder)]);
  const places: OtherPlace[] = [];
  for (const given of folders) {
    const folder = canonical(resolve(given));
    if (seen.has(folder)) throw new AppError("project-chosen-twice", { folder });
    seen.add(folder);
    places.push(await placeIn(folder, { catalog, appVersion }, wanted));
  }
  return places;
}

async function placeIn(
  folder: string,
  { catalog, appVersion }: Pick<Deps, "catalog" | "appVersion">,
  wanted: readonly string[] | undefined,
): Promise<OtherPlace> {
  const { outside } = catalog;
  const open = projectFolders({ appVersion, outside })["project.open"];
  const other = await open({ folder, purpose: "learn from several projects", readOnly: true });
  try {
    const { name, grid } = other.project.get();
    const own = other.modalities.list().map((modality) => modality.name);
    const names = wanted && own.filter((input) => wanted.includes(input));
    if (own.length > 0 && names?.length === 0)
      throw new AppError("place-without-common-input", { place: name, theirs: own, ours: [...wanted!] });
    const imagery = imageryOf(other, names);
    const paths = imagery.acquisitions.flatMap(pathsOf);
    const withheld = paths.find((path) => leadsTo(path) !== undefined);
    if (withheld !== undefined) throw naming(new AppError("file-missing", { path: withheld }));
    for (const path of paths) catalog.noteRead(path);
    return { name, grid, imagery };
  } catch (error) {
    throw naming(error);
  } finally {
    other.close();
  }
}
