import { AppError } from "../../../../src-shared/errors/index.ts";
import { type Command, command } from "../command.ts";
import { withProject } from "../with-project.ts";
import { sourceOf } from "./features.ts";

/** Places of the list that are written out. */
const told = 10;
const usualThreshold = 0.5;

const help = "omnisat similar --help";

/** Places, each an option of its own. */
const placesOption = (what: string) =>
  ({ type: "list", whole: true, value: "LON,LAT", summary: `${what}; repeat it for more` }) as const;

/** Of --at: at least one. @throws AppError "usage" */
function placesAt(texts: readonly string[] | undefined, what: string, help: string): [number, number][] {
  const places = placesOf(texts, "--at", help);
  if (places.length === 0) throw new AppError("usage", { help, problem: `--at LON,LAT is needed: ${what}.` });
  return places;
}

/** “4.06,50.74” → longitude and latitude. */
function placesOf(texts: readonly string[] = [], option: string, help: string): [number, number][] {
  return texts.map((text) => {
    const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
    const [longitude, latitude] = numbers as [number, number];
    if (numbers.length !== 2 || !(Math.abs(longitude) <= 180) || !(Math.abs(latitude) <= 90))
      throw new AppError("usage", {
        help,
        problem: `${option} needs LON,LAT in degrees, as in 4.06,50.74: “${text}” is none.`,
      });
    return [longitude, latitude];
  });
}

const similar = command({
  name: "similar",
  summary: "find places like some that you name, as a raster of scores or as polygons",
  details:
    "The score of a place is the cosine of the angle between its standardised values and the mean of those of --at, less half of the mean of those of --not: 1 is alike, 0 has nothing in common. Needs “omnisat features” first. --out writes the scores (.tif, −1 to 1) or what lies above --threshold as polygons (.gpkg, .geojson, .shp).",
  positionals: [{ name: "PROJECT", summary: "the project's folder" }],
  options: {
    at: placesOption("a wanted place"),
    not: placesOption("an unwanted place"),
    out: { type: "text", value: "FILE", summary: "file to write: .tif, .gpkg, .geojson or .shp" },
    threshold: {
      type: "number",
      value: "SHARE",
      summary: "least score of what is alike, −1 to 1",
      fallback: String(usualThreshold),
    },
    from: {
      type: "text",
      value: "WHAT",
      summary: "compare values, NAME (an embedding) or both:NAME; without it what the instant map learns from",
    },
    overwrite: { type: "flag", summary: "replace the file" },
  },
  examples: [
    ["omnisat similar flanders --at 4.0630,50.7460 --out wheat.tif", "how alike every patch is to that place"],
    [
      "omnisat similar flanders --at 4.0630,50.7460 --not 4.0650,50.7470 --threshold 0.6 --out wheat.gpkg",
      "polygons of what is alike",
    ],
  ],
  async run({ words, options, output, signal }) {
    const like = placesAt(options.at, "a place to look for", help);
    const unlike = placesOf(options.not, "--not", help);
    const threshold = options.threshold ?? usualThreshold;
    const from = options.from === undefined ? undefined : sourceOf(options.from, help);
    const clicks = { like, unlike, lonLat: true, from };
    return withProject(
      { project: words[0]!, purpose: "omnisat similar", readOnly: true, output, signal },
      async (services) => {
        const found = await services["similar.find"](clicks);
        const { places, hectares } = await services["similar.places"]({ ...clicks, threshold });
        const written = options.out
          ? await services["similar.export"]({ ...clicks, to: options.out, threshold, overwrite: options.overwrite })
          : null;
        if (found.outside > 0)
          output.warn(
            `${found.outside} of ${like.length + unlike.length} places lie where no image shows anything, and count for nothing.`,
          );
        output.result(
          { command: "similar", ...found, threshold, hectares, places, written },
          [
            `Compared ${found.patches} patches of ${found.meters} m in ${found.milliseconds.toFixed(0)} ms: ${hectares.toFixed(1)} ha are at least ${(100 * threshold).toFixed(0)} % alike.`,
            ...places
              .slice(0, told)
              .map(
                ({ point: [x, y], score, hectares: own }) =>
                  `  ${(100 * score).toFixed(0)} %  ${own.toFixed(2)} ha  at ${x.toFixed(0)}, ${y.toFixed(0)}`,
              ),
            ...(written
              ? [
                  `Wrote ${written.path}${written.polygons === null ? "" : ` with ${written.polygons} ${written.polygons === 1 ? "polygon" : "polygons"}`}.`,
                ]
              : []),
          ].join("\n"),
        );
        return 0;
      },
    );
  },
});

const outline = command({
  name: "outline",
  summary: "outlines that grow from places that you name, as polygons",
  details:
    "A region grows from each place over neighbouring patches with like values, up to the strongest edge around it; --grow says how far instead. Import the file with “omnisat labels import” once you have looked at it. Needs “omnisat features” first.",
  positionals: [{ name: "PROJECT", summary: "the project's folder" }],
  options: {
    at: placesOption("a place inside what you want"),
    out: { type: "text", value: "FILE", summary: "file to write: .gpkg, .geojson or .shp" },
    grow: {
      type: "number",
      value: "SHARE",
      summary: "how far it grows, 0 to 1; proposed for each place when left out",
    },
    overwrite: { type: "flag", summary: "replace the file" },
  },
  examples: [["omnisat outline flanders --at 4.0630,50.7460 --out field.gpkg", "the field around that place"]],
  async run({ words, options, output, signal }) {
    const ownHelp = "omnisat outline --help";
    const usage = (problem: string) => new AppError("usage", { help: ownHelp, problem });
    const at = placesAt(options.at, "a place inside what you want", ownHelp);
    if (!options.out) throw usage("--out FILE is needed: .gpkg, .geojson or .shp.");
    const { grow, overwrite } = options;
    if (grow !== undefined && !(grow >= 0 && grow <= 1))
      throw usage(`--grow needs a number from 0 to 1: ${grow} is none.`);
    const to = options.out;
    return withProject(
      { project: words[0]!, purpose: "omnisat outline", readOnly: true, output, signal },
      async (services) => {
        const written = await services["similar.writeOutlines"]({ at, lonLat: true, to, overwrite, grow });
        output.result(
          { command: "outline", ...written },
          [
            `Wrote ${written.path} with ${written.outlines.length} ${written.outlines.length === 1 ? "outline" : "outlines"}:`,
            ...written.outlines.map(
              ({ hectares, patches, grow: grown }, i) =>
                `  ${at[i]!.join(",")}: ${hectares.toFixed(2)} ha, ${patches} patches, grown by ${grown.toFixed(2)}`,
            ),
          ].join("\n"),
        );
        return 0;
      },
    );
  },
});

export const similarCommands: readonly Command[] = [similar, outline];
