import { AppError } from "../../../../src-shared/errors/index.ts";
import type { fileService } from "../../../services/app/files.ts";
import type { FileInfo } from "../../../services/info/fact.ts";
import { appVersion } from "../../app-version.ts";
import { type Command, command } from "../command.ts";
import type { Output } from "../output.ts";
import { table } from "../table.ts";
import { given, parseBounds } from "../values.ts";

async function files(output: Output, signal: AbortSignal, phase: string): Promise<ReturnType<typeof fileService>> {
  const service = await import("../../../services/app/files.ts");
  return service.fileService({
    signal,
    onProgress: (fraction) => output.progress({ type: "phase", name: phase, fraction }),
  });
}

const shown = (value: number): string => String(Number(value.toPrecision(12)));

const info = command({
  name: "info",
  summary: "say what a file or a folder is, and where every fact of it was found",
  details:
    "An image, labels, a legend, a project, a model, or an archive of these; of an image also size, place, bands, values and blocks. “omnisat formats” lists what is read. What is not read is one sentence with the way out, and exit code 1.",
  positionals: [{ name: "FILE", summary: "an image, a file of labels or classes, a project, a model, an archive" }],
  options: {
    crs: { type: "text", value: "EPSG:CODE", summary: "coordinate system, when the file names none" },
    layer: { type: "text", value: "NAME", summary: "the layer of a vector file with several", fallback: "the first" },
    stats: {
      type: "flag",
      summary: "look at the pixels of an image too: smallest, largest, mean, spread, percentiles",
    },
  },
  examples: [
    ["omnisat info S2_L2A_10m_20190416T105658.tif", "the header, sensor, date and bands"],
    ["omnisat info parcels.gpkg", "layers, shapes, fields and the coordinate system"],
    ["omnisat info ortho.tif --stats --json", "with statistics, for a program"],
  ],
  async run({ words, options, output, signal }) {
    const path = words[0]!;
    const service = await files(output, signal, "Reading");
    const found = await service["file.info"]({
      path,
      appVersion,
      ...given({ crs: options.crs, layer: options.layer }),
    });
    if (found.kind !== "image") {
      if (options.stats)
        throw new AppError("usage", { problem: `--stats looks at pixels, and “${path}” is no image.`, help: "omnisat info --help" }); // biome-ignore format: one line
      output.result({ command: "info", ...found }, [path, `  ${found.reader}`, "", factsText(found)].join("\n"));
      return 0;
    }
    const about = await service["raster.info"]({ path, statistics: options.stats, ...given({ crs: options.crs }) });
    const { geobox, bounds, lonLat, resolution } = about;
    const kind = [
      about.format,
      about.tiled ? "tiles" : about.format.endsWith("TIFF") ? "strips" : "one block",
      about.compression,
    ];
    const lines = [
      path,
      `  ${about.width} × ${about.height} pixels, ${about.bands.length} ${about.bands.length === 1 ? "band" : "bands"} of ${about.dataType}`,
      geobox?.crs ? `  ${geobox.crs.length > 60 ? "" : `${geobox.crs} · `}${about.crsName}` : "  no coordinate system",
      ...(about.crsNote ? [`  ${about.crsNote}`] : []),
      ...(bounds && resolution
        ? [
            `  ${shown(bounds.minX)}, ${shown(bounds.minY)} to ${shown(bounds.maxX)}, ${shown(bounds.maxY)}; pixels of ${shown(resolution.x)} × ${shown(resolution.y)}${about.pointRegistered ? " (point-registered)" : ""}`,
          ]
        : ["  no place on Earth (no geotransform)"]),
      ...(lonLat
        ? [
            `  longitude ${lonLat.minX.toFixed(5)} to ${lonLat.maxX.toFixed(5)}, latitude ${lonLat.minY.toFixed(5)} to ${lonLat.maxY.toFixed(5)}`,
          ]
        : []),
      `  ${kind.join(", ")}, ${about.blockWidth} × ${about.blockHeight} blocks, ${about.interleave}-interleaved`,
      `  overviews: ${about.overviews.map(({ width, height }) => `${width}×${height}`).join(", ") || "none"} · no data: ${about.validity === "all" ? "everything is data" : about.validity}`,
      "",
    ];
    const rows = about.bands.map((band, i) => [
      i + 1,
      band.name ?? "",
      band.dataType,
      band.nodata ?? "",
      band.scale === 1 && band.offset === 0 ? "" : `× ${band.scale} + ${band.offset}`,
      band.categoryNames ? `${band.categoryNames.length} classes` : (band.colorInterpretation ?? ""),
      ...statisticsCells(about.statistics?.[i]),
    ]);
    const headings = ["band", "name", "type", "nodata", "value", "meaning"];
    const { statistics, ...header } = about;
    output.result(
      {
        command: "info",
        ...found,
        ...header,
        ...(statistics
          ? { statistics: statistics.map((s) => ({ ...s, percentiles: Object.fromEntries(s.percentiles) })) }
          : {}),
      },
      [
        ...lines,
        table(about.statistics ? [...headings, "min", "max", "mean", "std", "2 %", "98 %"] : headings, rows),
        "",
        factsText({ ...found, facts: found.facts.filter(({ name }) => !headerFacts.has(name)) }),
      ].join("\n"),
    );
    return 0;
  },
});

/** Of an image, what its header already said above. */
const headerFacts = new Set(["size", "values", "CRS", "bounds", "pixel size"]);
/** Values of a fact that are written out. */
const mostValues = 12;

function factsText({ facts, remarks }: FileInfo): string {
  const shownValue = (value: FileInfo["facts"][number]["value"]) =>
    typeof value === "string" || typeof value === "number"
      ? String(value)
      : [...value.slice(0, mostValues), ...(value.length > mostValues ? [`and ${value.length - mostValues} more`] : [])].join(", "); // biome-ignore format: one line
  const width = Math.max(0, ...facts.map(({ name }) => name.length));
  const lines = facts.map(({ name, value, from }) => `  ${name.padEnd(width)}  ${shownValue(value)}  (${from})`);
  return [...lines, ...remarks].join("\n");
}

const formats = command({
  name: "formats",
  summary: "list the kinds of files that are read, and what of each is not",
  positionals: [],
  options: {},
  examples: [["omnisat formats --json", "for a program"]],
  async run({ output }) {
    const { formatsNotRead, knownFormats } = await import("../../../services/info/formats.ts");
    const lines = knownFormats.flatMap(({ kind, name, endings, read, notRead }) => [
      `${kind} · ${name} (${endings.map((ending) => `.${ending}`).join(" ")})`,
      `  reads ${read}`,
      ...(notRead === "" ? [] : [`  not ${notRead}`]),
    ]);
    output.result(
      { command: "formats", formats: knownFormats, notRead: formatsNotRead },
      [...lines, "", "Not read:", ...formatsNotRead.map(({ format, help }) => `  ${format}. ${help}`)].join("\n"),
    );
    return 0;
  },
});

interface Figures {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly percentiles: ReadonlyMap<number, number>;
}

function statisticsCells(figures: Figures | undefined): string[] {
  if (!figures) return [];
  const { min, max, mean, std, percentiles } = figures;
  const cell = (value: number | undefined) => (value === undefined ? "" : String(Number(value.toPrecision(6))));
  return [min, max, mean, std, percentiles.get(2), percentiles.get(98)].map(cell);
}

const writeOptions = {
  bands: { type: "list", value: "1,2,…", summary: "bands to take, in this order", fallback: "all" },
  nodata: { type: "number", value: "VALUE", summary: "the value of pixels without data", fallback: "the source's" },
  overwrite: { type: "flag", summary: "replace the output when it exists" },
} as const;

/** Band numbers as they were typed. */
function bandNumbers(bands: readonly string[] | undefined, name: string): number[] | undefined {
  const numbers = bands?.map(Number);
  if (numbers?.every((band) => Number.isInteger(band) && band > 0) === false) {
    throw new AppError("usage", {
      problem: `Bands are numbers from 1, as in 3,2,1, not “${bands?.join(",")}”.`,
      help: `omnisat ${name} --help`,
    });
  }
  return numbers;
}

/** What a copy lacks because its source does. */
const missingWords = {
  crs: "It has no coordinate reference system, as its source has none: it cannot be laid over other images. Name one with --crs EPSG:code.",
  place:
    "It does not say where on Earth it lies, as its source has no geotransform: georeference the source, or add a world file (.tfw), and convert again.",
} as const;

const convert = command({
  name: "convert",
  summary: "write an image as a Cloud Optimized GeoTIFF",
  details:
    "Tiled, DEFLATE with predictor, overviews; BigTIFF when needed. The image is never held in memory as a whole.",
  positionals: [
    { name: "INPUT", summary: "the image to read" },
    { name: "OUTPUT", summary: "the file to write; it appears whole or not at all" },
  ],
  options: {
    crs: { type: "text", value: "EPSG:CODE", summary: "coordinate system of an input that names none" },
    ...writeOptions,
  },
  examples: [
    ["omnisat convert ortho.tif ortho-cog.tif", "as it is"],
    [
      "omnisat convert scan.tif scan-cog.tif --crs EPSG:2056 --bands 1,2,3 --nodata 0",
      "name what the file does not say",
    ],
  ],
  async run({ words, options, output, signal }) {
    const [from, to] = words;
    const result = await (await files(output, signal, "Converting"))["raster.convert"]({
      from: from!,
      to: to!,
      overwrite: options.overwrite,
      ...given({ crs: options.crs, nodata: options.nodata, bands: bandNumbers(options.bands, "convert") }),
    });
    const { width, height, missing } = result;
    output.result(
      { command: "convert", path: to, width, height, missing },
      missing === null ? `Wrote ${to}.` : `Wrote ${to}.\n${missingWords[missing]}`,
    );
    return 0;
  },
});

const warp = command({
  name: "warp",
  summary: "bring an image onto another grid or coordinate system",
  positionals: [
    { name: "INPUT", summary: "the image to read" },
    { name: "OUTPUT", summary: "the Cloud Optimized GeoTIFF to write" },
  ],
  options: {
    like: { type: "text", value: "FILE", summary: "exactly the grid of this image" },
    crs: { type: "text", value: "EPSG:CODE", summary: "the output's coordinate system", fallback: "the input's" },
    resolution: { type: "number", value: "UNITS", summary: "pixel size; edges lie on multiples of it" },
    bounds: { type: "text", value: "X,Y,X,Y", summary: "left, bottom, right, top in the output's system" },
    method: {
      type: "text",
      summary: "how pixels are computed",
      choices: ["nearest", "bilinear", "cubic", "average", "mode"],
      fallback: "nearest",
    },
    "source-crs": { type: "text", value: "EPSG:CODE", summary: "coordinate system of an input that names none" },
    ...writeOptions,
  },
  examples: [
    ["omnisat warp ortho.tif utm.tif --crs EPSG:32631 --resolution 0.5 --method bilinear", "another coordinate system"],
    [
      "omnisat warp landcover.tif same-grid.tif --like S2_L2A_10m_20190416T105658.tif --method mode",
      "onto the pixels of another image",
    ],
  ],
  async run({ words, options, output, signal }) {
    const [from, to] = words;
    const { like, crs, resolution, bounds, method, nodata, overwrite } = options;
    if (like !== undefined && (crs ?? resolution ?? bounds) !== undefined) {
      throw new AppError("usage", {
        problem: "--like gives the whole grid: leave out --crs, --resolution and --bounds.",
        help: "omnisat warp --help",
      });
    }
    const result = await (await files(output, signal, "Warping"))["raster.warp"]({
      from: from!,
      to: to!,
      overwrite,
      ...given({
        like,
        crs,
        resolution,
        nodata,
        sourceCrs: options["source-crs"],
        bands: bandNumbers(options.bands, "warp"),
      }),
      ...(bounds === undefined ? {} : { bounds: parseBounds("warp", bounds) }),
      ...(method === undefined ? {} : { method: method as "nearest" }),
    });
    const { width, height, geobox } = result;
    output.result(
      { command: "warp", path: to, width, height, crs: geobox.crs },
      `Wrote ${to}: ${width} × ${height} pixels, ${geobox.crs}.`,
    );
    return 0;
  },
});

export const fileCommands: readonly Command[] = [info, formats, convert, warp];
