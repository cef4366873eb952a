import type { ExportResult } from "../../../../src-shared/domain/job.ts";
import { type Command, command } from "../command.ts";
import { mapNamed } from "../map-named.ts";
import { given } from "../values.ts";
import { withProject } from "../with-project.ts";

const projectWord = { name: "PROJECT", summary: "the project's folder" } as const;
const mapOption = { type: "text", value: "NAME", summary: "which map", fallback: "the newest" } as const;

const fields = command({
  name: "export fields",
  summary: "one class per parcel: the majority of a map's pixels in each polygon of a file",
  details:
    "Writes a GeoPackage and a CSV beside it: class, its share of the parcel's pixels, mean confidence, hectares, pixels, and the mean margin where the map keeps probabilities; the file's own columns go along. A parcel without the centre of a pixel gets the class of the pixel that it lies in.",
  positionals: [
    projectWord,
    { name: "POLYGONS", summary: "a GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf, GeoParquet or zip of parcels" },
    { name: "OUTPUT", summary: "the .gpkg to write" },
  ],
  options: {
    map: mapOption,
    layer: { type: "text", value: "NAME", summary: "the layer of the file", fallback: "the first with shapes" },
    crs: { type: "text", value: "CODE", summary: "the file's coordinate system, where it names none" },
    overwrite: { type: "flag", summary: "replace the output when it exists" },
  },
  examples: [["omnisat export fields flanders parcels.gpkg fields.gpkg", "and fields.csv"]],
  async run({ words, options, output, signal }) {
    const use = { project: words[0]!, purpose: "omnisat export fields", output, signal };
    return withProject(use, async (services) => {
      const map = await mapNamed(services, options.map, "omnisat export fields --help");
      const { id } = await services["exports.fields"]({
        map,
        path: words[1]!,
        to: words[2]!,
        overwrite: options.overwrite,
        ...given({ layer: options.layer, crs: options.crs }),
      });
      const result = (await services["jobs.wait"]({ id })).result as ExportResult;
      output.result(
        { command: "export fields", job: id, ...result },
        [`Wrote ${result.polygons} polygons with their class:`, ...result.paths.map((path) => `  ${path}`)].join("\n"),
      );
      return 0;
    });
  },
});

const map = command({
  name: "export map",
  summary: "write a map as a Cloud Optimized GeoTIFF with its styles",
  details:
    "With --minimum, areas that are smaller get the class of their largest neighbour, as gdal_sieve gives it with four neighbours.",
  positionals: [projectWord, { name: "OUTPUT", summary: "the .tif to write" }],
  options: {
    map: mapOption,
    minimum: { type: "number", value: "M2", summary: "smallest area in square metres (minimum mapping unit)" },
    crs: { type: "text", value: "CODE", summary: "another coordinate system" },
    overwrite: { type: "flag", summary: "replace the output when it exists" },
  },
  examples: [["omnisat export map flanders map.tif --minimum 2500", "without areas below a quarter of a hectare"]],
  async run({ words, options, output, signal }) {
    const use = { project: words[0]!, purpose: "omnisat export map", output, signal };
    return withProject(use, async (services) => {
      const id = await mapNamed(services, options.map, "omnisat export map --help");
      const job = await services["exports.raster"]({
        layer: `map:${id}`,
        to: words[1]!,
        overwrite: options.overwrite,
        ...given({ crs: options.crs, minimumSquareMeters: options.minimum }),
      });
      const result = (await services["jobs.wait"]({ id: job.id })).result as ExportResult;
      output.result(
        { command: "export map", job: job.id, ...result },
        ["Wrote:", ...result.paths.map((path) => `  ${path}`)].join("\n"),
      );
      return 0;
    });
  },
});

export const exportCommands: readonly Command[] = [map, fields];
