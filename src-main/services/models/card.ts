import { countedGroups } from "../../../src-shared/domain/calibration-words.ts";
import { type Finding, inOrderOfSeverity, severityOf } from "../../../src-shared/domain/finding.ts";
import { plainSentence } from "../../../src-shared/domain/finding-words.ts";
import { methodInWords, methodNames, usesEncoder } from "../../../src-shared/domain/method.ts";
import type { ModelDescription } from "../../learning/trained-model.ts";
import { findingsOfDescription } from "../runs/findings.ts";

/**
 * The README of an exported model: what it reads, what it gives, how it was made, and its limits.
 * @param measured what was found since its training
 * @param golden answers in its golden.json
 */
export function modelCard(
  model: ModelDescription,
  {
    onnxDates,
    measured,
    golden,
  }: { readonly onnxDates: number | null; readonly measured: readonly Finding[]; readonly golden: number },
): string {
  const { name, task, modalities, legend, training, weights, grid, appVersion, method, ensemble } = model;
  const { bounds, dates } = training;
  const findings = inOrderOfSeverity([...findingsOfDescription(model), ...measured]);
  const range = (modality: string) => dates.find((entry) => entry.modality === modality);
  return `${[
    `# ${name}`,
    "",
    task === "pretrained"
      ? "A pre-trained OmniSat encoder: it has learned from images without labels and has no classes yet."
      : model.tiles
        ? `An OmniSat model that says which of ${legend?.length ?? 0} classes a tile of ${grid.tilePatches * grid.patchMeters} m holds, several at once: one probability per class.`
        : method
          ? `A model (${methodInWords(method.name, { features: method.features, instant: training.settings.instant === true })}) that gives each patch of ${grid.patchMeters} m one of ${legend?.length ?? 0} classes from ${[...(method.features === "encoder" ? [] : ["monthly values of its series and figures of its images"]), ...(usesEncoder(method.features) ? ["the embedding of a network that learns nothing more"] : [])].join(", beside ")}.`
          : `An OmniSat model that gives each patch of ${grid.patchMeters} m one of ${legend?.length ?? 0} classes.`,
    ...(ensemble
      ? [
          `Its network does not answer alone: the logarithm of each class's probability is a weighted mean of the network's and of ${membersInWords(ensemble)}.`,
        ]
      : []),
    `Made with OmniSat Desktop ${appVersion}.`,
    "",
    "## Inputs",
    "",
    "| modality | kind | sensor | bands | metres per pixel | pixels per patch | trained on |",
    "|---|---|---|---|---|---|---|",
    ...modalities.map((modality) => {
      const trained = range(modality.name);
      const days = trained ? `${trained.count} dates, ${trained.first} to ${trained.last}` : "";
      const { kind, sensor, bands, resolutionMeters, patchPixels } = modality;
      return `| ${modality.name} | ${kind} | ${sensor} | ${bands.join(" ")} | ${resolutionMeters} | ${patchPixels} | ${days} |`;
    }),
    "",
    method
      ? `All of these are needed. Values are physical (reflectance, decibels).${usesEncoder(method.features) ? ` A row has what the encoder${training.startedFrom ? ` of “${training.startedFrom}”` : ""} gives of a patch before any head: ${2 * model.config.width} numbers, of tiles of ${grid.tilePatches} × ${grid.tilePatches} patches; its weights are in the same file. ${daysOf(model)}.` : ""}${method.features === "encoder" ? "" : ` A row has, of each band of a series, the median of every month's clear values (radar: the mean of decibels), with gaps interpolated in time; of each band of an image, figures of its pixels. ${method.months.everyYear ? "Months are those of any year." : `The season has ${method.months.count} months and begins in month ${method.months.month}; it is looked for in the years of the images.`}`}`
      : `Any subset of these works with the same weights. Values are physical (reflectance, decibels); ${model.statistics === "place" ? "of each band the mean of the images that it is used on is subtracted, and divided by their standard deviation, as each place was read in its training (`model.json` has the figures of all places together; `--normalization model` takes those)" : "the model subtracts the mean and divides by the standard deviation of each band, which are in `model.json`"}. ${daysOf(model)}; 0 is padding.`,
    "",
    "Images of other sensors are read by wavelength (centres within 20 nm or half of the wider band); bands that none shows are given their mean, and the map says so.",
    ...(model.statistics === "place"
      ? []
      : ["Of a place that is brighter throughout, `--normalization place` takes the place's own mean and spread instead of the model's."]), // biome-ignore format: one line
    ...(legend
      ? [
          "",
          "## Classes",
          "",
          "| value | class | colour |",
          "|---|---|---|",
          ...legend.map((entry) => `| ${entry.code} | ${entry.name} | ${entry.color} |`),
        ]
      : []),
    ...(model.tiles
      ? [
          "",
          "## Tiles",
          "",
          `A class counted as present where its share of the tile was above ${model.tiles.shareThreshold}; ${model.tiles.target === "presence" ? "presence was learned" : "shares were learned"} by binary cross-entropy. A class is given where its probability is above ${model.tiles.thresholds ? "its threshold, which the validation tiles chose" : model.tiles.decision}:`,
          "",
          "| class | threshold |",
          "|---|---|",
          ...(legend ?? []).map(
            (entry, k) => `| ${entry.name} | ${model.tiles!.thresholds?.[k] ?? model.tiles!.decision} |`,
          ),
        ]
      : []),
    "",
    "## Training",
    "",
    method
      ? `- ${methodInWords(method.name, { features: method.features, instant: training.settings.instant === true })}, taught in ${training.seconds.toFixed(1)} s, seed ${training.seed}`
      : `- ${training.steps} steps in ${Math.round(training.seconds)} s on ${training.provider}, seed ${training.seed}`,
    training.places
      ? `- ${training.places.length} places, each step one of them; tiles of ${grid.tilePatches} × ${grid.tilePatches} patches`
      : `- area: ${bounds.minX}, ${bounds.minY} to ${bounds.maxX}, ${bounds.maxY} (${grid.crs}), tiles of ${grid.tilePatches} × ${grid.tilePatches} patches`,
    ...(model.calibrations ?? []).map(
      ({ modalities: used, codes, groups, unit }) =>
        `- calibrated with ${used.join(" + ")} on ${countedGroups(codes.length, groups, unit)} of the validation part: maps say which classes are possible and what is uncertain or untaught`,
    ),
    ...(training.startedFrom ? [`- started from “${training.startedFrom}”`] : []),
    ...Object.entries(training.settings).map(([key, value]) => `- ${key}: ${JSON.stringify(value)}`),
    ...(training.places
      ? ["", "| place | where | dates | steps |", "|---|---|---|---|", ...training.places.map(placeLine)]
      : []),
    "",
    "## Limits",
    "",
    ...findings.map(
      (finding) =>
        `- ${severityOf(finding) === "severe" ? "**Do not rely on this model.** " : ""}${plainSentence(finding)}`,
    ),
    ...(findings.length > 0 ? [""] : []),
    `The model knows the area, the seasons and the sensors it was trained on. Elsewhere, and in other years, measure its accuracy on labels of that place before using its maps.${model.tiles || method ? "" : " The classification of single patches is an extension of OmniSat, whose publication classifies whole tiles."}`,
    "",
    "## Files",
    "",
    "- `model.json`: architecture, inputs, normalisation, legend, how it was trained",
    `- \`${weights.file}\`: ${weights.parameters.toLocaleString("en")} numbers, SHA-256 \`${weights.sha256}\``,
    ...(golden > 0
      ? [
          `- \`golden.json\`: ${golden} answers of this model to made-up inputs. OmniSat Desktop asks the same again before it uses the model, on the processor and where it computes; other answers are refused.`,
        ]
      : []),
    ...(onnxDates === null
      ? []
      : [
          `- \`model.onnx\`: the network for one tile of ${grid.tilePatches} × ${grid.tilePatches} patches and ${onnxDates} dates per series as an ONNX graph, weights inside. Its inputs are values after normalisation, days (\`…_dates\`, 0 is padding) and \`…_mask\` (1 where a patch is seen clearly on a date).${ensemble ? " **It is the network alone**: its answers differ from those of this model in OmniSat Desktop." : ""}`,
        ]),
  ].join("\n")}\n`;
}

/** Each method once, with its share: every set of inputs has its own. */
function membersInWords({ members }: NonNullable<ModelDescription["ensemble"]>): string {
  const named = (own: typeof members) =>
    [...new Set(own.map(({ method, weight }) => `a ${methodNames[method]} (share ${Number(weight.toPrecision(3))})`))].join(" and "); // biome-ignore format: one line
  const [monthly, encoded] = [members.filter(({ features }) => !features), members.filter(({ features }) => features)];
  return [
    ...(monthly.length > 0 ? [`${named(monthly)}, learned from monthly values of the same patches`] : []),
    ...(encoded.length > 0
      ? [`${named(encoded)}, learned from what the encoder made of them before it was taught classes`]
      : []),
  ].join(", and of ");
}

/** Where a place lies and what it gave. */
function placeLine({ name, crs, bounds, dates, steps }: NonNullable<ModelDescription["training"]["places"]>[number]) {
  const { minX, minY, maxX, maxY } = bounds;
  const given = dates.map(({ modality, first, last, count }) => count === 1 ? `${modality}: ${first}` : `${modality}: ${count} dates, ${first} to ${last}`); // biome-ignore format: one line
  return `| ${name} | ${minX}, ${minY} to ${maxX}, ${maxY} (${crs}) | ${given.join("; ")} | ${steps} |`;
}

/** How dates become numbers, and what images of other years are. */
function daysOf({ days, training }: ModelDescription): string {
  if (days.kind === "of-year") return "Days count from 1 on 1 January of each date's own year";
  const learned = training.dates.map(({ first, last }) => `${first} to ${last}`)[0];
  return `Days count from 1 on 1 January ${days.referenceYear}, on through the following years${learned ? ` (${learned})` : ""}; images of other years are counted from the year that puts most of them into the same season (\`--season\` chooses it)`;
}
