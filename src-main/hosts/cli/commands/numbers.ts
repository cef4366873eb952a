import type { ChangeResult, NumberMapResult, NumbersResult } from "../../../../src-shared/domain/numbers.ts";
import { numberDropWords, numberMethodNames, numberMethods } from "../../../../src-shared/domain/numbers.ts";
import { isoDate } from "../../../../src-shared/eo/index.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import { type Command, command } from "../command.ts";
import { duration } from "../progress.ts";
import { table } from "../table.ts";
import { given } from "../values.ts";
import { withProject } from "../with-project.ts";

const projectWord = { name: "PROJECT", summary: "the project's folder" } as const;
const figure = (value: number): string => String(Number(value.toPrecision(4)));
const withUnit = (value: number, unit: string): string => `${figure(value)}${unit === "" ? "" : ` ${unit}`}`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const importNumbers = command({
  name: "numbers import",
  summary:
    "add places with a number (height, biomass, cover, yield) from a GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf, GeoParquet or CSV",
  details:
    "Points and polygons with a field of numbers, beside the classes of labels. Every shape is accounted for: texts, NaN, numbers for no data and numbers out of range are counted and left out. Points on one patch are averaged.",
  positionals: [projectWord, { name: "FILE", summary: "the file with places" }],
  options: {
    field: { type: "text", value: "NAME", summary: "the field that holds the number" },
    name: { type: "text", value: "NAME", summary: "what it is called", fallback: "the field's name" },
    unit: { type: "text", value: "UNIT", summary: "m, t/ha, % …" },
    minimum: { type: "number", value: "N", summary: "lower numbers cannot be, and are left out" },
    maximum: { type: "number", value: "N", summary: "higher numbers cannot be, and are left out" },
    nodata: { type: "list", value: "N", summary: "numbers that stand for no data", fallback: "-9999 and its like" },
    layer: { type: "text", value: "NAME", summary: "the layer, when the file has several" },
    crs: { type: "text", value: "EPSG:CODE", summary: "coordinate system of a file that names none" },
    swap: { type: "flag", summary: "exchange x and y of the file" },
    x: { type: "text", value: "COLUMN", summary: "column of a CSV with the longitude or x", fallback: "by its name" },
    y: { type: "text", value: "COLUMN", summary: "column of a CSV with the latitude or y", fallback: "by its name" },
    wkt: { type: "text", value: "COLUMN", summary: "column of a CSV with shapes", fallback: "by what it holds" },
    delimiter: { type: "text", value: "SIGN", summary: "what separates the columns of a CSV", fallback: "found" },
    encoding: { type: "text", summary: "text encoding of a Shapefile's or CSV's fields" },
  },
  examples: [
    ["omnisat numbers import forest plots.gpkg --field height --unit m --minimum 0 --maximum 80", "canopy heights"],
    ["omnisat numbers import farm yields.csv --field t_ha --name Yield --unit t/ha", "points of a table"],
  ],
  async run({ words, options, output, signal }) {
    const { field, name, unit, minimum, maximum, layer, crs, swap, x, y, wkt, delimiter, encoding } = options;
    const nodata = options.nodata?.map((text) => {
      const value = Number(text);
      if (Number.isFinite(value) && text.trim() !== "") return value;
      throw new AppError("usage", { problem: `“${text}” of --nodata is no number.`, help: "omnisat numbers import --help" }); // biome-ignore format: one error
    });
    return withProject({ project: words[0]!, purpose: "omnisat numbers import", output, signal }, async (services) => {
      const { id, report } = await services["numbers.import"]({
        path: words[1]!,
        swap,
        ...given({ field, name, unit, minimum, maximum, nodata, layer, crs, x, y, wkt, delimiter, encoding }),
      });
      const target = (await services["numbers.targets"]({})).find((one) => one.id === id)!;
      const own = target.unit;
      output.result(
        { command: "numbers import", ...target },
        [
          `${report.total} shapes came in, ${report.used} places of “${target.name}” are used: ${withUnit(report.low, own)} to ${withUnit(report.high, own)}, mean ${withUnit(report.mean, own)}.`,
          ...(report.merged > 0
            ? [`  ${report.merged} points share a patch with another one: their numbers were averaged.`]
            : []),
          ...report.dropped.map(({ reason, count }) => `  ${count} not used: ${numberDropWords[reason]}.`),
        ].join("\n"),
      );
      if (report.farOff.length > 0)
        output.findings([{ code: "numbers-far-off", details: { values: report.farOff, unit: own } }]);
      return 0;
    });
  },
});

const trainNumbers = command({
  name: "numbers train",
  summary: "learn the numbers of a target from the images, measured on places that nothing learned from",
  details:
    "A method learns from the values of each patch that the instant map uses (monthly medians, indices), from what an encoder makes of the images, or from both; “network” fine-tunes an encoder. RMSE, MAE, bias and R² come from places or blocks of the ground that were held out, beside always answering with the mean.",
  positionals: [projectWord, { name: "TARGET", summary: "name of the target" }],
  options: {
    name: { type: "text", value: "NAME", summary: "name of the model", fallback: "made of target and method" },
    method: { type: "text", summary: "what learns", choices: numberMethods, fallback: "ridge" },
    features: {
      type: "text",
      summary: "what a method learns from",
      choices: ["monthly", "encoder", "both"],
      fallback: "monthly",
    },
    from: { type: "text", value: "MODEL", summary: "the model whose encoder is used, or that the network starts from" },
    modalities: { type: "list", summary: "inputs to use", fallback: "all" },
    "hold-out": {
      type: "text",
      summary: "what is held out together",
      choices: ["places", "blocks"],
      fallback: "blocks of points, places of polygons",
    },
    block: { type: "number", value: "METRES", summary: "side of a block", fallback: "a sixth of the places' extent" },
    level: { type: "number", value: "0.5…0.99", summary: "share of places that the interval holds", fallback: "0.9" },
    steps: { type: "integer", value: "N", summary: "steps of a network", fallback: "300" },
    seed: { type: "integer", value: "N", summary: "of random choices", fallback: "0" },
  },
  optionOf: { blockMeters: "block", groups: "hold-out", encoder: "from" },
  examples: [
    ["omnisat numbers train forest height", "a penalised linear regression, in seconds"],
    ["omnisat numbers train forest height --method regression-forest --block 500", "held out by blocks of 500 m"],
    ["omnisat numbers train forest height --method network --from encoder", "fine-tune a pre-trained network"],
  ],
  async run({ words, options, output, signal }) {
    const { name, from, modalities, level, steps, seed } = options;
    if (from !== undefined && options.method !== "network" && (options.features ?? "monthly") === "monthly")
      throw new AppError("usage", {
        problem: "--from names an encoder, which --method network starts from, and --features encoder or both use.",
        help: "omnisat numbers train --help",
      });
    return withProject({ project: words[0]!, purpose: "omnisat numbers train", output, signal }, async (services) => {
      const { id } = await services["numbers.train"]({
        numbers: words[1]!,
        ...given({ name, encoder: from, modalities, level, steps, seed, blockMeters: options.block }),
        ...(options.method === undefined ? {} : { method: options.method as "ridge" }),
        ...(options.features === undefined ? {} : { features: options.features as "monthly" }),
        ...(options["hold-out"] === undefined ? {} : { groups: options["hold-out"] as "places" }),
      });
      const result = (await services["jobs.wait"]({ id })).result as NumbersResult;
      const model = (await services["numbers.models"]({})).find(({ jobId }) => jobId === id)!;
      const { unit } = model.meaning;
      const { score } = result;
      const { baseline, interval } = score;
      const held = score.groups === "blocks" ? `blocks of ${score.blockMeters} m` : "places";
      output.result(
        { command: "numbers train", job: id, name: model.name, ...result, modelFolder: model.result.modelFolder },
        [
          `Learned “${model.meaning.name}” by ${numberMethodNames[result.method]} in ${duration(result.seconds)}: the model “${model.name}”.`,
          `Measured on ${score.places} places, ${score.groupCount} ${held} held out in ${score.folds} ${score.folds === 1 ? "round" : "rounds"}:`,
          table(
            ["", "RMSE", "MAE", "bias", "R²"],
            [
              [
                "model",
                figure(score.rmse),
                figure(score.mae),
                figure(score.bias),
                score.r2 === null ? "–" : score.r2.toFixed(3),
              ],
              ["always the mean", figure(baseline.rmse), figure(baseline.mae), "", ""],
            ],
          ),
          ...(interval
            ? [
                `Interval for ${percent(interval.level)} of the places: ± ${withUnit(interval.halfWidth, unit)}${interval.covered === null ? "" : `; made without them, it holds ${percent(interval.covered)} of the held-out places`}.`,
              ]
            : []),
          `  Draw it with: omnisat numbers map ${words[0]} "${model.name}"`,
        ].join("\n"),
      );
      output.findings(result.findings);
      return 0;
    });
  },
});

const mapNumbers = command({
  name: "numbers map",
  summary: "draw the map of a model of numbers: a float32 GeoTIFF with the value and its interval",
  details:
    "Bands: the number, and the lower and upper end of the interval. What the model tells beyond the numbers it was taught is shown at the end of the range, and the share is said.",
  positionals: [projectWord, { name: "MODEL", summary: "name of the model" }],
  options: { name: { type: "text", value: "NAME", summary: "name of the map", fallback: "that of the model" } },
  examples: [["omnisat numbers map forest height-ridge --name heights", "a map in the project's folder"]],
  async run({ words, options, output, signal }) {
    return withProject({ project: words[0]!, purpose: "omnisat numbers map", output, signal }, async (services) => {
      const { id } = await services["numbers.map"]({ model: words[1]!, ...given({ name: options.name }) });
      await services["jobs.wait"]({ id });
      const surface = (await services["surfaces.list"]({})).find(({ jobId }) => jobId === id)!;
      const result = surface.result as NumberMapResult;
      const { unit } = result.meaning;
      output.result(
        { command: "numbers map", job: id, id: surface.id, name: surface.name, ...result },
        [
          `Drew “${surface.name}” in ${duration(result.seconds)}: ${result.pixels} patches, ${withUnit(result.low, unit)} to ${withUnit(result.high, unit)}, mean ${withUnit(result.mean, unit)}.`,
          `  ${result.path}`,
        ].join("\n"),
      );
      output.findings(result.findings);
      return 0;
    });
  },
});

const listNumbers = command({
  name: "numbers list",
  summary: "targets of numbers, the models that learned them, and maps",
  positionals: [projectWord],
  options: {},
  examples: [["omnisat numbers list forest", "all of a project"]],
  async run({ words, output, signal }) {
    return withProject(
      { project: words[0]!, purpose: "omnisat numbers list", readOnly: true, output, signal },
      async (services) => {
        const targets = await services["numbers.targets"]({});
        const models = await services["numbers.models"]({});
        const surfaces = await services["surfaces.list"]({});
        output.result(
          { command: "numbers list", targets, models, surfaces },
          [
            targets.length === 0
              ? "There are no numbers yet. Add some with omnisat numbers import."
              : table(
                  ["target", "places", "from", "to", "unit"],
                  targets.map(({ name, report, unit }) => [name, String(report.used), figure(report.low), figure(report.high), unit]), // biome-ignore format: one line
                ),
            ...(models.length === 0
              ? []
              : [
                  table(
                    ["model", "measured on", "RMSE", "mean's RMSE", "R²", "unit"],
                    models.map(({ name, meaning, result: { score } }) => [name, `${score.places} places`, figure(score.rmse), figure(score.baseline.rmse), score.r2 === null ? "–" : score.r2.toFixed(3), meaning.unit]), // biome-ignore format: one line
                  ),
                ]),
            ...(surfaces.length === 0
              ? []
              : [table(["map", "file"], surfaces.map(({ name, result }) => [name, result.path]))]), // biome-ignore format: one line
          ].join("\n\n"),
        );
        return 0;
      },
    );
  },
});

const tableOfNumbers = command({
  name: "numbers table",
  summary: "write known and predicted numbers of the held-out places of a model, or its scores, as CSV",
  positionals: [
    projectWord,
    { name: "MODEL", summary: "name of the model" },
    { name: "OUTPUT", summary: "the .csv to write" },
  ],
  options: {
    scores: { type: "flag", summary: "the figures of the model beside those of the mean, and not its places" },
    overwrite: { type: "flag", summary: "replace the output when it exists" },
  },
  examples: [["omnisat numbers table forest height-ridge places.csv", "known, predicted, error"]],
  async run({ words, options, output, signal }) {
    const [project, name, to] = words as [string, string, string];
    return withProject({ project, purpose: "omnisat numbers table", output, signal }, async (services) => {
      const models = await services["numbers.models"]({});
      const model = models.find((one) => one.name === name);
      if (!model) throw new AppError("number-model-not-found", { name, available: models.map((one) => one.name) });
      const table = options.scores ? "number-scores" : "numbers";
      const { path } = await services["exports.table"]({ table, id: model.id, to, overwrite: options.overwrite });
      output.result({ command: "numbers table", path }, `Wrote ${path}.`);
      return 0;
    });
  },
});

const parsePeriod = (option: string, text: string | undefined) => {
  const [from, to, ...more] = (text ?? "").split("..");
  const isDay = (word: string | undefined): word is string =>
    /^\d{4}-\d{2}-\d{2}$/.test(word ?? "") && isoDate(...(word!.split("-").map(Number) as [number, number, number])) === word; // biome-ignore format: one line
  if (text === undefined) return {};
  if (more.length > 0 || !isDay(from) || !isDay(to))
    throw new AppError("usage", {
      problem: `The period is two days: ${option} 2018-04-01..2018-09-30, not “${text}”.`,
      help: "omnisat change --help",
    });
  return { first: from, last: to };
};

const changeCommand = command({
  name: "change",
  summary: "score how much every patch changed between two periods, or between two projects on the same patches",
  details:
    "The same months of both are compared, band by band; what changed everywhere alike (weather, processing) is taken off. The score is in times of the usual difference, and the threshold is the value that 99 % of the unchanged places do not reach.",
  positionals: [projectWord],
  options: {
    before: { type: "text", value: "DAY..DAY", summary: "first and last day of the first period" },
    after: { type: "text", value: "DAY..DAY", summary: "first and last day of the second period" },
    with: { type: "text", value: "PROJECT", summary: "another project, whose images are the second side" },
    modalities: { type: "list", summary: "inputs to compare", fallback: "all" },
    name: { type: "text", value: "NAME", summary: "name of the map", fallback: "made of the periods" },
  },
  examples: [
    [
      "omnisat change farm --before 2018-08-01..2018-10-31 --after 2019-08-01..2019-10-31",
      "the same season of two years",
    ],
    ["omnisat change farm-2018 --with farm-2019", "two projects on the same patches"],
  ],
  async run({ words, options, output, signal }) {
    if (options.with === undefined && (options.before === undefined || options.after === undefined))
      throw new AppError("usage", {
        problem: "Two periods are needed (--before, --after), or another project (--with).",
        help: "omnisat change --help",
      });
    return withProject({ project: words[0]!, purpose: "omnisat change", output, signal }, async (services) => {
      const { id } = await services["numbers.change"]({
        before: parsePeriod("--before", options.before),
        after: { ...parsePeriod("--after", options.after), ...given({ project: options.with }) },
        ...given({ modalities: options.modalities, name: options.name }),
      });
      await services["jobs.wait"]({ id });
      const surface = (await services["surfaces.list"]({})).find(({ jobId }) => jobId === id)!;
      const result = surface.result as ChangeResult;
      const hectares = (result.changedPixels * result.squareMetersPerPixel) / 10_000;
      output.result(
        { command: "change", job: id, id: surface.id, name: surface.name, ...result },
        [
          `“${surface.name}”: ${result.pixels} patches compared in ${duration(result.seconds)}.`,
          ...result.inputs.map(
            ({ modality, months, dates }) =>
              `  ${modality}: ${months.length > 0 ? `months ${months.join(", ")}` : "as it is"}; ${dates[0]} and ${dates[1]} dates`,
          ),
          `Above the threshold (${figure(result.threshold)} × usual) lie ${result.changedPixels} patches (${percent(result.changedPixels / Math.max(1, result.pixels))}), ${hectares.toFixed(2)} ha.`,
          `  ${result.path}`,
        ].join("\n"),
      );
      output.findings(result.findings);
      return 0;
    });
  },
});

export const numberCommands: readonly Command[] = [
  importNumbers,
  trainNumbers,
  mapNumbers,
  tableOfNumbers,
  listNumbers,
  changeCommand,
];
