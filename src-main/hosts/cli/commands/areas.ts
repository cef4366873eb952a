import type { Allocation, SampleMethod } from "../../../../src-shared/domain/area-sample.ts";
import { allocations, mayBeWrong, placesFor, sampleMethods } from "../../../../src-shared/domain/area-sample.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import type { AreaEstimate, SampleSummary, WithError } from "../../../../src-shared/ipc/areas.ts";
import type { Services } from "../../../services/services.ts";
import { type Command, command, type Values } from "../command.ts";
import { mapNamed } from "../map-named.ts";
import { table } from "../table.ts";
import { given } from "../values.ts";
import { withProject } from "../with-project.ts";

const projectWord = { name: "PROJECT", summary: "the project's folder" } as const;
const sampleWord = { name: "SAMPLE", summary: "a sample's name; the newest without it", optional: true } as const;

const wishOptions = {
  map: { type: "text", value: "NAME", summary: "the map that is assessed", fallback: "the newest" },
  method: {
    type: "text",
    choices: sampleMethods,
    summary: "places class by class, all alike, or on a grid with a random start",
    fallback: "stratified",
  },
  allocation: {
    type: "text",
    choices: allocations,
    summary: "divide places by area, alike, or by area times expected spread",
    fallback: "proportional",
  },
  minimum: { type: "integer", value: "PLACES", summary: "at least so many places of each class", fallback: "30" },
  places: { type: "integer", value: "PLACES", summary: "how many places in all, instead of --error" },
  error: {
    type: "number",
    value: "SHARE",
    summary: "half of the wanted 95 % interval, as a share of the map",
    fallback: "0.05",
  },
  of: { type: "text", value: "CLASS", summary: "the class whose area --error is of; else the overall accuracy" },
  expected: {
    type: "list",
    value: "CLASS=SHARE",
    summary: "the accuracy that is expected of a class; else as measured, else 0.75",
  },
} as const;

const wishNames = { units: "places" } as const;

type Wish = Values<typeof wishOptions>;

const hectares = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString("en-US") : value >= 100 ? value.toFixed(1) : value.toFixed(2);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
/** Answers that all agree say nothing of an interval: none is written. */
const both = (own: WithError | null, write: (value: number) => string): string =>
  own ? `${write(own.value)}${own.error > 0 ? ` ± ${write(own.error)}` : ""}` : "–";

async function sampleNamed(services: Services, name: string | undefined): Promise<SampleSummary> {
  const samples = await services["areas.list"]({});
  const found = name === undefined ? samples.at(-1) : samples.find((sample) => sample.name === name);
  if (!found)
    throw new AppError("usage", {
      problem:
        name === undefined
          ? "The project has no sample yet. Draw one with omnisat areas draw."
          : `There is no sample “${name}”. There are: ${samples.map((one) => `“${one.name}”`).join(", ") || "none"}.`,
      help: "omnisat areas draw --help",
    });
  return found;
}

async function wishOf(services: Services, options: Wish) {
  const map = await mapNamed(services, options.map, "omnisat areas draw --help");
  const { legend } = await services["maps.describe"]({ id: map });
  const codeOf = (name: string): number => {
    const found = legend.find(
      (one) => one.name.toLowerCase() === name.trim().toLowerCase() || String(one.code) === name,
    );
    if (!found)
      throw new AppError("usage", {
        problem: `The map has no class “${name}”. It has: ${legend.map((one) => `“${one.name}”`).join(", ")}.`,
        help: "omnisat areas plan --help",
      });
    return found.code;
  };
  const expected = Object.fromEntries(
    (options.expected ?? []).map((text) => {
      const at = text.lastIndexOf("=");
      const share = Number(text.slice(at + 1));
      if (at < 1 || !(share >= 0 && share <= 1))
        throw new AppError("usage", {
          problem: `“${text}” is not CLASS=SHARE with a share from 0 to 1.`,
          help: "omnisat areas plan --help",
        });
      return [String(codeOf(text.slice(0, at))), share];
    }),
  );
  return {
    map,
    expected,
    ...given({
      method: options.method as SampleMethod | undefined,
      allocation: options.allocation as Allocation | undefined,
      minimum: options.minimum,
      units: options.places,
      error: options.error,
      of: options.of === undefined ? undefined : codeOf(options.of),
    }),
  };
}

const plan = command({
  name: "areas plan",
  summary: "how many places a sample needs for a wanted interval of a map's accuracy or areas",
  details:
    "Before a map's areas can be stated with an interval, places drawn at random have to be looked at by people who do not see the map (Olofsson et al. 2014).",
  positionals: [projectWord],
  options: wishOptions,
  optionOf: wishNames,
  examples: [
    ["omnisat areas plan flanders", "for ± 5 % of the overall accuracy"],
    ["omnisat areas plan flanders --of maize --error 0.02", "for the area of maize to ± 2 % of the map"],
  ],
  async run({ words, options, output, signal }) {
    const use = { project: words[0]!, purpose: "omnisat areas plan", readOnly: true, output, signal };
    return withProject(use, async (services) => {
      const planned = await services["areas.plan"](await wishOf(services, options));
      output.result(
        { command: "areas plan", ...planned },
        [
          `${planned.units} places, ${planned.method}; expected: ± ${percent(planned.error)} (95 %).`,
          table(
            ["class", "mapped ha", "expected accuracy", "places", "expected ± ha"],
            planned.classes.map((one) => [
              one.name,
              hectares(one.hectares),
              `${percent(one.expected)}${one.measured ? " (measured)" : ""}`,
              Math.round(one.units),
              Number.isFinite(one.error) ? hectares(one.error) : "–",
            ]),
          ),
        ].join("\n"),
      );
      return 0;
    });
  },
});

const draw = command({
  name: "areas draw",
  summary: "draw a probability sample of places from a map",
  details:
    "Only places where the map has a class are drawn. The seed is stored: the same map, options and seed draw the same places. Answer them in the window, or with “omnisat areas export” and “omnisat areas answer”. Their answers never teach a model.",
  positionals: [projectWord, { name: "SAMPLE", summary: "a name for the sample", optional: true }],
  optionOf: wishNames,
  options: { ...wishOptions, seed: { type: "integer", value: "N", summary: "decides which places", fallback: "1" } },
  examples: [["omnisat areas draw flanders --places 300", "300 places, class by class"]],
  async run({ words, options, output, signal }) {
    return withProject({ project: words[0]!, purpose: "omnisat areas draw", output, signal }, async (services) => {
      const token = "areas.draw";
      signal.addEventListener("abort", () => void services["areas.stop"]({ token }), { once: true });
      const drawn = await services["areas.draw"]({
        ...(await wishOf(services, options)),
        token,
        ...given({ name: words[1], seed: options.seed }),
      });
      output.result(
        { command: "areas draw", ...drawn },
        [
          `Drew ${drawn.places} places of “${drawn.design.mapName}” as the sample “${drawn.name}” (${drawn.design.method}, seed ${drawn.design.seed}).`,
          `  Answer them in the window, or elsewhere: omnisat areas export ${words[0]} places.gpkg`,
        ].join("\n"),
      );
      return 0;
    });
  },
});

const exporting = command({
  name: "areas export",
  summary: "write the places of a sample as points, to be answered elsewhere",
  details: "The file does not say what the map has at the places. Fill the column “answer”.",
  positionals: [projectWord, { name: "OUTPUT", summary: "a .gpkg or .csv file" }, sampleWord],
  options: { overwrite: { type: "flag", summary: "replace the output when it exists" } },
  examples: [["omnisat areas export flanders places.csv", "the newest sample, as a table"]],
  async run({ words, options, output, signal }) {
    const use = { project: words[0]!, purpose: "omnisat areas export", output, signal };
    return withProject(use, async (services) => {
      const { id } = await sampleNamed(services, words[2]);
      const written = await services["areas.export"]({ id, to: words[1]!, overwrite: options.overwrite });
      output.result({ command: "areas export", ...written }, `Wrote ${written.places} places to ${written.path}.`);
      return 0;
    });
  },
});

const answer = command({
  name: "areas answer",
  summary: "read the answers of a file that was written by “areas export”",
  details:
    "The column “answer” holds a class, its code, “other” or “cannot tell”; empty is open. Places that are answered otherwise in the project keep their answer, unless --replace.",
  positionals: [projectWord, { name: "FILE", summary: "the answered .gpkg or .csv" }, sampleWord],
  options: { replace: { type: "flag", summary: "the file's answers take the place of other ones" } },
  examples: [["omnisat areas answer flanders places.csv", "then: omnisat areas estimate flanders"]],
  async run({ words, options, output, signal }) {
    const use = { project: words[0]!, purpose: "omnisat areas answer", output, signal };
    return withProject(use, async (services) => {
      const { id, name } = await sampleNamed(services, words[2]);
      const read = await services["areas.import"]({ id, path: words[1]!, replace: options.replace });
      output.result(
        { command: "areas answer", sample: name, ...read },
        [
          `Read ${read.answered} new answers of the sample “${name}”; ${read.open} places are open.`,
          ...(read.kept > 0
            ? [`  ${read.kept} places are answered otherwise here and were kept. Use --replace for the file's answers.`]
            : []),
        ].join("\n"),
      );
      return 0;
    });
  },
});

const estimate = command({
  name: "areas estimate",
  summary: "accuracy and areas with 95 % intervals, from the answers of a sample",
  details:
    "User's, producer's and overall accuracy and the area of each class (Olofsson et al. 2014). --map assesses another map with the same places; their strata stay those they were drawn from (Stehman 2014).",
  positionals: [projectWord, sampleWord],
  options: { map: { type: "text", value: "NAME", summary: "another map that is assessed with the same places" } },
  examples: [["omnisat areas estimate flanders", "from the answers so far: places come in random order"]],
  async run({ words, options, output, signal }) {
    const use = { project: words[0]!, purpose: "omnisat areas estimate", readOnly: true, output, signal };
    return withProject(use, async (services) => {
      const { id } = await sampleNamed(services, words[1]);
      const map =
        options.map === undefined
          ? {}
          : { map: await mapNamed(services, options.map, "omnisat areas estimate --help") };
      const found = await services["areas.estimate"]({ id, ...map });
      output.result({ command: "areas estimate", ...found }, estimateText(found));
      return 0;
    });
  },
});

function estimateText(found: AreaEstimate): string {
  const { sample, map, another, used, missing, untold, unmapped, overallAccuracy, classes } = found;
  const open = sample.places - sample.answered;
  return [
    `“${map.name}”${another ? `, with places drawn from “${sample.design.mapName}”` : ""}: ${used} of ${sample.places} places (${sample.design.method}, seed ${sample.design.seed})${sample.cannotTell > 0 ? `, ${sample.cannotTell} cannot be told` : ""}${open > 0 ? `, ${open} open` : ""}.`,
    ...(unmapped > 0 ? [`  The map has no class at ${unmapped} of these; they count for areas alone.`] : []),
    ...(missing.length > 0
      ? [`  Nothing can be estimated yet: fewer than two answered places of ${missing.join(", ")}.`]
      : [`  Overall accuracy ${both(overallAccuracy, percent)} (95 %)`]),
    ...(untold.length > 0
      ? [`  Nobody could tell the places of ${untold.map((one) => `${one.name} (${hectares(one.hectares)} ha)`).join(", ")}: the figures are of the rest of the map.`] // biome-ignore format: one line
      : []),
    table(
      ["class", "mapped ha", "area, ha", "user's accuracy", "producer's accuracy", "places mapped", "places found"],
      classes.map((one) => [
        one.name,
        one.mappedHectares === null ? "–" : hectares(one.mappedHectares),
        both(one.hectares, hectares),
        both(one.usersAccuracy, percent),
        both(one.producersAccuracy, percent),
        one.mapped,
        one.reference,
      ]),
    ),
    ...noErrorText(classes),
  ].join("\n");
}

/** What classes without an error leave open. */
function noErrorText(classes: AreaEstimate["classes"]): string[] {
  const sure = classes.flatMap(({ name, noErrorIn }) =>
    noErrorIn === null ? [] : [`${name} ${percent(mayBeWrong(noErrorIn))} (${noErrorIn} places)`],
  );
  if (sure.length === 0) return [];
  return [
    `  No error was found in some classes, which is not ± 0. Of each may still be wrong (95 %): ${sure.join(", ")}. ${placesFor(aimed)} places of a class without an error leave ${percent(aimed)}.`,
  ];
}

/** The share of a class that may be wrong, to which the number of places is named. */
const aimed = 0.05;

const list = command({
  name: "areas list",
  summary: "the samples of a project, and how far they are answered",
  positionals: [projectWord],
  options: {},
  examples: [["omnisat areas list flanders", "name, map, places, answered"]],
  async run({ words, output, signal }) {
    const use = { project: words[0]!, purpose: "omnisat areas list", readOnly: true, output, signal };
    return withProject(use, async (services) => {
      const samples = await services["areas.list"]({});
      output.result(
        { command: "areas list", samples },
        samples.length === 0
          ? "There is no sample yet. Draw one with omnisat areas draw."
          : table(
              ["sample", "map", "method", "seed", "places", "answered", "cannot tell"],
              samples.map((one) => [
                one.name,
                one.design.mapName,
                one.design.method,
                one.design.seed,
                one.places,
                one.answered,
                one.cannotTell,
              ]),
            ),
      );
      return 0;
    });
  },
});

export const areaCommands: readonly Command[] = [plan, draw, list, exporting, answer, estimate];
