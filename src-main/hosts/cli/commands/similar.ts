import { AppError } from "../../../../src-shared/errors/index.ts";
import { type Command, command } from "../command.ts";
import { withProject } from "../with-project.ts";

/** Places of the list that are written out. */
const told = 10;
const usualThreshold = 0.5;

const help = "omnisat similar --help";

/** “4.06,50.74” → longitude and latitude. */
function placesOf(texts: readonly string[], option: string): [number, number][] {
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
    at: { type: "list", whole: true, value: "LON,LAT", summary: "a wanted place; repeat it for more" },
    not: { type: "list", whole: true, value: "LON,LAT", summary: "an unwanted place; repeat it for more" },
    out: { type: "text", value: "FILE", summary: "file to write: .tif, .gpkg, .geojson or .shp" },
    threshold: {
      type: "number",
      value: "SHARE",
      summary: "least score of what is alike, −1 to 1",
      fallback: String(usualThreshold),
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
    const like = placesOf(options.at ?? [], "--at");
    const unlike = placesOf(options.not ?? [], "--not");
    if (like.length === 0)
      throw new AppError("usage", { help, problem: "--at LON,LAT is needed: a place to look for." });
    const threshold = options.threshold ?? usualThreshold;
    const clicks = { like, unlike, lonLat: true };
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

export const similarCommands: readonly Command[] = [similar];
