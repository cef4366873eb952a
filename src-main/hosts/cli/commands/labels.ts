import type { SplitNote } from "../../../../src-shared/domain/split.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import { datumDoubtWords } from "../../../../src-shared/geo/crs.ts";
import type { Services } from "../../../services/services.ts";
import { type Command, command } from "../command.ts";
import type { Output } from "../output.ts";
import { table } from "../table.ts";
import { given } from "../values.ts";
import { withProject } from "../with-project.ts";
import { importTiles, splitTiles, tileImportOptions, tileSplitOptions } from "./tiles.ts";

const projectWord = { name: "PROJECT", summary: "the project's folder" } as const;

const importLabels = command({
  name: "labels import",
  summary:
    "add labelled polygons or points from a GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf, GeoParquet or CSV, a class raster, or labels of whole tiles",
  details:
    "Every shape is accounted for: how many came in, how many are used, and why the others are not. The class may be any text or number field; a table maps its values to classes. A point labels the patch that it lies in. A CSV needs columns for longitude and latitude, for x and y with a coordinate system (--crs, or a column “epsg”), or with shapes as WKT, GeoJSON or WKB; its separator, decimal sign and encoding are found. Of a class raster (GeoTIFF) every patch gets the class that most of it has; names and colours come from its palette and attribute table.",
  positionals: [
    projectWord,
    { name: "FILE", summary: "the file with polygons, points, classes per pixel, or classes of whole tiles" },
  ],
  options: {
    field: { type: "text", value: "NAME", summary: "the field that holds the class (needed of shapes)" },
    band: { type: "integer", value: "N", summary: "the band of a class raster that holds the classes" },
    purity: {
      type: "number",
      value: "0…1",
      summary: "the share of a patch that one class of a raster has to cover",
      fallback: "0.5",
    },
    "name-field": { type: "text", value: "NAME", summary: "a field with the classes' names" },
    layer: { type: "text", value: "NAME", summary: "the layer, when the file has several" },
    classes: {
      type: "text",
      value: "FILE",
      summary: "a table “value,class” per line; the class “ignore” leaves a value out",
    },
    map: { type: "list", value: "VALUE=CLASS", summary: "the same table on the command line" },
    unmapped: {
      type: "text",
      summary: "values the table does not name",
      choices: ["error", "ignore"],
      fallback: "error",
    },
    crs: { type: "text", value: "EPSG:CODE", summary: "coordinate system of a file that names none" },
    swap: { type: "flag", summary: "exchange x and y of the file" },
    x: { type: "text", value: "COLUMN", summary: "column of a CSV with the longitude or x", fallback: "by its name" },
    y: { type: "text", value: "COLUMN", summary: "column of a CSV with the latitude or y", fallback: "by its name" },
    wkt: {
      type: "text",
      value: "COLUMN",
      summary: "column of a CSV with shapes: WKT, GeoJSON or WKB",
      fallback: "by what it holds",
    },
    delimiter: {
      type: "text",
      value: "SIGN",
      summary: "what separates the columns of a CSV: , ; | or tab",
      fallback: "found",
    },
    radius: {
      type: "number",
      value: "METRES",
      summary: "a point also labels the patches whose centre lies this close",
      fallback: "0: the patch that it lies in",
    },
    encoding: { type: "text", summary: "text encoding of a Shapefile's or CSV's fields" },
    legend: { type: "text", value: "NAME", summary: "the legend to add to", fallback: "classes" },
    share: {
      type: "number",
      value: "0…1",
      summary: "a patch belongs to a polygon that covers this share of it",
      fallback: "its centre decides",
    },
    replace: { type: "flag", summary: "delete the labels imported before" },
    ...tileImportOptions,
  },
  examples: [
    ["omnisat labels import flanders parcels.gpkg --field class_name", "every value of a field is a class"],
    [
      "omnisat labels import flanders points.csv --field crop --radius 15",
      "points of a table, each with what lies around it",
    ],
    [
      "omnisat labels import flanders landcover.tif --purity 0.7",
      "a class raster; patches with less of one class stay free",
    ],
    [
      'omnisat labels import flanders parcels.shp --field code --map "1110=wheat,1200=maize,1300=ignore"',
      "codes mapped to classes",
    ],
    ["omnisat labels import forest TreeSatBA_v9_60m_multi_labels.json --tiles", "shares of classes by image name"],
    ["omnisat labels import forest tiles.gpkg --tiles --threshold 0.1", "footprints with shares in columns or JSON"],
  ],
  async run({ words, options, output, signal }) {
    const [project, path] = words;
    const { field, layer, crs, encoding, legend, share, unmapped, map, classes, replace } = options;
    const { x, y, wkt, delimiter, radius, swap } = options;
    const usage = (problem: string) => new AppError("usage", { problem, help: "omnisat labels import --help" });
    const { mappedName, readClassTable } = await import("../../../services/labels/labels.ts");
    const mapping = classes === undefined ? {} : readClassTable(classes);
    for (const pair of map ?? []) {
      const at = pair.lastIndexOf("=");
      if (at < 1) throw usage(`“${pair}” is not VALUE=CLASS.`);
      mapping[pair.slice(0, at).trim()] = mappedName(pair.slice(at + 1).trim());
    }
    if (options.tiles) return importTiles({ project: project!, output, signal }, path!, options, mapping);
    return withProject({ project: project!, purpose: "omnisat labels import", output, signal }, async (services) => {
      const file = { path: path!, ...given({ layer, crs, encoding, x, y, wkt, delimiter }) };
      const { importId, report } = await services["labels.import"]({
        ...file,
        replace,
        swap,
        ...given({
          field,
          band: options.band,
          purity: options.purity,
          nameField: options["name-field"],
          legend,
          share,
          radius,
        }),
        ...(unmapped === undefined ? {} : { unmapped: unmapped as "error" }),
        ...(Object.keys(mapping).length ? { classes: mapping } : {}),
      });
      const { describeImport } = await import("../../../services/labels/labels.ts");
      const { datumDoubt } = await services["labels.inspect"](file);
      if (datumDoubt) output.warn(`The coordinate system of “${path}”: ${datumDoubtWords(datumDoubt)}.`);
      const rows = report.classes.map((c) => [c.code, c.name, c.polygons, c.patches, Number(c.hectares.toFixed(1))]);
      output.result(
        { command: "labels import", importId, report },
        [...describeImport(report), "", table(["code", "class", "labels", "patches", "hectares"], rows)].join("\n"),
      );
      return 0;
    });
  },
});

const split = command({
  name: "split",
  summary: "decide which labels train and which test",
  details:
    "The default gives whole squares of the ground to one set, so that the score is measured on places the model has not seen. Polygons and class rasters are cut at the borders of the squares, so that every class trains and tests wherever its patches lie in more than one square. A random split is possible and marked as optimistic.",
  positionals: [projectWord],
  options: {
    method: {
      type: "text",
      summary: "how the labels are divided",
      choices: ["blocks", "polygons", "field", "random", "lists"],
      fallback: "blocks",
    },
    block: {
      type: "number",
      value: "METRES",
      summary: "side of a block",
      fallback: "two tiles, or less where a class would not be tested otherwise",
    },
    buffer: {
      type: "number",
      value: "METRES",
      summary: "with blocks: leave out patches this close to a block of another set",
      fallback: "0",
    },
    field: {
      type: "text",
      value: "NAME",
      summary:
        "field of the label file that says train, validation or test, in words of several languages, as a flag (is_test) or as numbers of folds (the last one tests)",
      fallback: "split",
    },
    parts: {
      type: "list",
      value: "WORD=SET",
      summary:
        "what the field's words mean: train, train-only (outside of the balance of the sets), validation, test or unused; words that are not known are asked about",
    },
    shares: { type: "text", value: "T,V,T", summary: "shares of train, validation and test", fallback: "0.6,0.1,0.3" },
    seed: { type: "integer", summary: "random seed; another number gives another split", fallback: "0" },
    folds: {
      type: "integer",
      value: "N",
      summary:
        "cross-validation instead of shares, by blocks or polygons: of so many folds one tests, the next validates",
    },
    fold: { type: "integer", value: "N", summary: "the fold that tests", fallback: "1" },
    "too-few": {
      type: "text",
      summary: "a class with too few labels, or in one block only",
      choices: ["error", "train"],
      fallback: "train with blocks, else error",
    },
    ...tileSplitOptions,
  },
  examples: [
    ["omnisat split flanders", "spatial blocks"],
    ["omnisat split flanders --block 2000 --buffer 100", "blocks of 2 km; nothing within 100 m of another set"],
    ["omnisat split flanders --method field --field split", "as the label file says"],
    ["omnisat split flanders --method field --parts zone_7=test", "a word of the field's own"],
    ["omnisat split forest --tiles --list train=train.txt,test=test.txt --validation-share 0.1", "official lists"],
    ["omnisat split flanders --folds 5 --fold 2", "five folds of blocks; the second tests"],
    ["omnisat split forest --tiles --folds 5 --fold 2", "the same with tiles"],
    ["omnisat split flanders --method polygons --too-few train", "label by label; rare classes only train"],
  ],
  async run({ words, options, output, signal }) {
    const { method, block, buffer, field, seed, shares, folds, fold } = options;
    if (buffer !== undefined && method !== undefined && method !== "blocks") {
      throw new AppError("usage", {
        problem: `A buffer belongs to a split by blocks, not by ${method}.`,
        help: "omnisat split --help",
      });
    }
    if (folds !== undefined && shares !== undefined) {
      throw new AppError("usage", {
        problem: "Folds have equal shares: give --folds or --shares, not both.",
        help: "omnisat split --help",
      });
    }
    if (fold !== undefined && (folds === undefined || fold > folds)) {
      throw new AppError("usage", {
        problem:
          folds === undefined
            ? "--fold needs --folds, the number of all folds."
            : `There are ${folds} folds, not ${fold}.`,
        help: "omnisat split --help",
      });
    }
    const numbers = shares?.split(",").map(Number);
    if (numbers && (numbers.length !== 3 || !numbers.every((share) => share >= 0))) {
      throw new AppError("usage", {
        problem: `The shares are three numbers, as in 0.6,0.1,0.3, not “${shares}”.`,
        help: "omnisat split --help",
      });
    }
    const meanings = (options.parts ?? []).map((pair) => pair.split("="));
    const sets = options.tiles
      ? ["train", "validation", "test", "unused"]
      : ["train", "train-only", "validation", "test", "unused"];
    const wrong = meanings.find(([word, set, ...rest]) => !word || !sets.includes(set ?? "") || rest.length > 0);
    if (wrong) {
      throw new AppError("usage", {
        problem: `“${wrong.join("=")}” is not WORD=SET with a set of ${sets.join(", ")}.`,
        help: "omnisat split --help",
      });
    }
    const split = numbers && { train: numbers[0]!, validation: numbers[1]!, test: numbers[2]! };
    if (options.tiles)
      return splitTiles(
        { project: words[0]!, output, signal },
        options,
        Object.fromEntries(meanings) as Record<string, "train">,
        split,
      );
    if (method === "lists") {
      throw new AppError("usage", { problem: "Lists name tiles: add --tiles.", help: "omnisat split --help" });
    }
    return withProject({ project: words[0]!, purpose: "omnisat split", output, signal }, async (services) => {
      const result = await services["labels.split"]({
        ...(method === undefined ? {} : { method: method as "blocks" }),
        ...given({ blockMeters: block, bufferMeters: buffer, field, seed, folds, fold }),
        parts: Object.fromEntries(meanings) as Record<string, "train">,
        ...(split ? { shares: split } : {}),
        ...(options["too-few"] === undefined ? {} : { tooFew: options["too-few"] as "error" }),
      });
      const parts = ["train", "validation", "test", "unused"] as const;
      const unit = result.method === "random" ? "patches" : "labels";
      const rows = result.classes
        .filter(({ code }) => result.counts.some(({ classCode }) => classCode === code))
        .map(({ code, name }) => [
          name,
          ...parts.map((part) => {
            const count = result.counts.find((own) => own.classCode === code && own.part === part);
            return count ? (unit === "patches" ? String(count.items) : `${count.items} (${count.weight})`) : "–";
          }),
        ]);
      output.result(
        { command: "split", ...result },
        [
          `Split by ${result.method}: ${unit} per class${unit === "patches" ? "" : " (patches)"}.`,
          ...(result.method === "blocks"
            ? [
                `Blocks of ${(result.parameters as { blockMeters: number }).blockMeters} m; labels are cut at their borders.`,
              ]
            : []),
          "",
          table(["class", ...parts], rows),
        ].join("\n"),
      );
      for (const note of result.notes) {
        const text = describeNote(
          note,
          (code) => result.classes.find((one) => one.code === code)?.name ?? String(code),
        );
        if (["words", "field-found", "train-only"].includes(note.kind)) output.text(text);
        else output.warn(text);
      }
      if (result.optimistic && result.reason) output.warn(result.reason);
      for (const [part, missing] of Map.groupBy(result.missing, (gap) => gap.part)) {
        const names = missing.map(({ classCode }) => result.classes.find(({ code }) => code === classCode)?.name);
        output.warn(`No ${part} labels of: ${names.join(", ")}.`);
      }
      return 0;
    });
  },
});

const quoted = (words: readonly string[]): string => words.map((word) => `“${word}”`).join(", ");

/** Before a training: images came or went, or the area changed, since the labels were split. */
export async function warnOfOldSplit(services: Services, output: Output): Promise<void> {
  const { split } = await services["labels.splitState"]({});
  for (const note of split?.notes ?? []) if (note.kind === "images-changed") output.warn(describeNote(note, String));
}

function describeNote(note: SplitNote, nameOf: (code: number) => string): string {
  const names = "classCodes" in note ? quoted(note.classCodes.map(nameOf)) : "";
  switch (note.kind) {
    case "one-block":
      return `All patches of ${names} lie in one block: they train and are not tested. Smaller blocks (--block METRES) or more labels would change that.`;
    case "uneven":
      return `${names}: less than half of the wanted share of patches in training or in test. Another --seed, smaller blocks, or more labels would change that.`;
    case "smaller-blocks":
      return `Blocks are ${note.meters} m wide instead of ${note.usual} m, so that classes both train and test.`;
    case "narrow-blocks":
      return `Blocks of ${note.meters} m are smaller than a tile (${note.tile} m): what surrounds a test patch was partly trained on, and scores are somewhat optimistic.`;
    case "buffer":
      return `${note.patches} patches within ${note.meters} m of another set are left out.${names === "" ? "" : ` Without training or without test patches: ${names}.`}`;
    case "without-images":
      return `${note.labels === 1 ? "1 label lies" : `${note.labels} labels lie`} where the project has no images and neither train${note.labels === 1 ? "s" : ""} nor test${note.labels === 1 ? "s" : ""}.${names === "" ? "" : ` No image shows a label of ${names}.`}`;
    case "images-changed":
      return "Images or the area of the project have changed since this split was made: labels that are seen now may be in no set, and the sets out of balance. Split again: omnisat split.";
    case "train-only":
      return `${note.labels === 1 ? "1 label trains" : `${note.labels} labels train`} only, as the field says.${names === "" ? "" : ` Not tested: ${names}.`}`;
    case "field-found":
      return `No field was named; “${note.field}” says the split.`;
    case "words": {
      const words = note.words.map(({ word, count, part }) => `${word === "" ? "(empty)" : word} (${count}) = ${part}`);
      return `${note.folds ? "Numbers of folds" : "Words"}: ${words.join(", ")}.`;
    }
  }
}

export const labelCommands: readonly Command[] = [importLabels, split];
