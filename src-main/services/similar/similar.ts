import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { LearnedFrom } from "../../../src-shared/domain/learned-from.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { GrownOutline, SimilarClicks, SimilarCommands } from "../../../src-shared/ipc/similar.ts";
import { makeOwnFolder } from "../../catalog/index.ts";
import { fileName } from "../../files/index.ts";
import { transformer } from "../../raster/index.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { writable } from "../exports/exports.ts";
import { learnedFrom } from "../instant/instant.ts";
import { vectorFacts } from "../layers/vectors.ts";
import { filePath } from "../path-gate.ts";
import { validated } from "../validated.ts";
import { writeOutlines, writeSimilar } from "./files.ts";
import { outlineOf } from "./outline.ts";
import { similarProject } from "./similar-project.ts";

const position = z.tuple([z.number(), z.number()]);
const clicks = {
  like: z.array(position).min(1).max(200),
  unlike: z.array(position).max(200).optional(),
  lonLat: z.boolean().optional(),
  from: learnedFrom.optional(),
};
const threshold = z.number().min(-1).max(1);

/** Places of the list that are told unless more are asked for. */
const usualPlaces = 24;
/** Outlines of one file. */
const mostOutlines = 1000;
/** Neighbouring places of the list are at least so many patches apart, more in a large project. */
const leastApart = 5;

/** Places like those that were clicked, and outlines that grow from a click. */
export function similarService(deps: Deps): SimilarCommands {
  const { catalog, appVersion } = deps;
  const project = similarProject(catalog);
  const placed = (places: SimilarClicks["like"], lonLat = false) => {
    const { crs } = catalog.project.get().grid.geobox;
    const { forward } = lonLat ? transformer("EPSG:4326", crs) : { forward: (x: number, y: number) => [x, y] as const };
    return places.map(([x, y]) => forward(x, y));
  };
  const inProject = ({ like, unlike = [], lonLat, from }: SimilarClicks) => ({
    like: placed(like, lonLat),
    unlike: placed(unlike, lonLat),
    from,
  });
  const outlineAt = async (
    at: readonly [number, number],
    grow: number | undefined,
    from?: LearnedFrom,
  ): Promise<GrownOutline> => {
    const region = await project.region(at, from);
    const { grid } = catalog.project.get();
    const meters = grid.patchMeters;
    const affine = northUp(region.col * meters, -region.row * meters, meters, meters);
    const { width, height } = region;
    const outline = outlineOf(region, { crs: grid.geobox.crs, affine, width, height }, grow);
    return { ...outline, hectares: hectaresOf(outline.patches, meters) };
  };
  const hectaresOf = (patches: number, meters: number) => (patches * meters * meters) / 10_000;
  const write = async ({ to, threshold, ...asked }: Parameters<SimilarCommands["similar.export"]>[0]) =>
    writeSimilar(await project.find(inProject(asked)), catalog.project.get().grid.geobox.crs, to, threshold, {
      ...inProject(asked),
      appVersion,
    });
  return {
    "similar.find": validated("similar.find", z.strictObject(clicks), async (asked) => {
      const { epoch, field, meters, scored, outside, milliseconds } = await project.find(inProject(asked));
      return { epoch, extent: field.extent(), meters, patches: scored, outside, milliseconds };
    }),

    "similar.places": validated(
      "similar.places",
      z.strictObject({ ...clicks, threshold, most: z.int().min(1).max(1000).default(usualPlaces) }),
      async ({ threshold, most, ...asked }) => {
        const placed = inProject(asked);
        const { field, meters } = await project.find(placed);
        const beside = [...placed.like, ...placed.unlike].map(([x, y]) => ({
          col: Math.floor(x / meters),
          row: Math.floor(-y / meters),
        }));
        const apart = Math.max(leastApart, Math.round(Math.sqrt(field.scores.length) / 60));
        return {
          places: field.places(threshold, { most, apart, beside }).map(({ col, row, score, patches }) => ({
            point: [(col + 0.5) * meters, -(row + 0.5) * meters] as const,
            score,
            hectares: hectaresOf(patches, meters),
          })),
          hectares: hectaresOf(field.count(threshold), meters),
        };
      },
    ),

    "similar.outline": validated(
      "similar.outline",
      z.strictObject({ at: position, grow: z.number().min(0).max(1).optional(), from: learnedFrom.optional() }),
      ({ at, grow, from }) => outlineAt(at, grow, from),
    ),

    "similar.writeOutlines": validated(
      "similar.writeOutlines",
      z.strictObject({
        at: z.array(position).min(1).max(mostOutlines),
        lonLat: z.boolean().optional(),
        grow: z.number().min(0).max(1).optional(),
        to: filePath,
        overwrite: z.boolean().default(false),
      }),
      async ({ at, lonLat, grow, to, overwrite }) => {
        const path = writable(catalog, to, overwrite);
        const grown: Parameters<typeof writeOutlines>[0][number][] = [];
        for (const place of placed(at, lonLat)) {
          const [x, y] = place;
          grown.push({ at: [x, y], outline: await outlineAt([x, y], grow) });
        }
        return writeOutlines(grown, catalog.project.get().grid.geobox.crs, path);
      },
    ),

    "similar.export": validated(
      "similar.export",
      z.strictObject({ ...clicks, to: filePath, threshold, overwrite: z.boolean().default(false) }),
      ({ to, overwrite, ...asked }) => write({ ...asked, to: writable(catalog, to, overwrite) }),
    ),

    "similar.keep": validated(
      "similar.keep",
      z.strictObject({ ...clicks, threshold, name: z.string().trim().min(1).max(200) }),
      async ({ name, ...asked }) => {
        const folder = makeOwnFolder(catalog.folder, "exports");
        let path = join(folder, `${fileName(name)}.gpkg`);
        for (let n = 2; existsSync(path); n++) path = join(folder, `${fileName(name)}-${n}.gpkg`);
        const { polygons } = await write({ ...asked, to: path });
        const { layer } = await vectorFacts(path, {});
        return edit(deps, { key: "similar.keep", params: { name } }, () => ({
          id: catalog.vectors.add({ path, layer, crs: null, name }),
          polygons: polygons ?? 0,
        }));
      },
    ),
  };
}
