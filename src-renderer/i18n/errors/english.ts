import { type ForeignKind, foreignWords } from "../../../src-shared/domain/foreign-files.ts";
import { refusalLines } from "../../../src-shared/errors/acquisitions.ts";
import type { ErrorCode } from "../../../src-shared/errors/index.ts";
import { placeSentence } from "../../../src-shared/errors/place-hint.ts";
import { because } from "../../../src-shared/errors/reasons/index.ts";
import { onClock, type Sentences } from "./words.ts";

const list = (words: readonly string[]): string => words.map((word) => `“${word}”`).join(", ");

/** What the import of labels offers about a hint. */
const inWizard = {
  fits: () => "if that is right, choose “Read it this way”.",
  unit: () => "Choose the right one on the page “File”.",
};

/** English sentences for the window, where the shared one names an option of the command line that nobody types here. */
export const english: Partial<Sentences<ErrorCode>> = {
  "acquisition-without-date": ({ path }) =>
    `No date was found for “${path}”: neither its name nor its metadata has one. Enter the date, or put it in the file's name, as in image_20190410.tif. For elevation, heights of trees or soil choose “Does not change with time”.`,
  "acquisition-band-count": ({ path, found, expected }) =>
    `“${path}” has ${found} ${found === 1 ? "band" : "bands"}, but ${because(expected)}. Choose a file with the right bands, or name them in order, such as B02, B03, B04, B08.`,
  "acquisition-duplicate-date": ({ date, modality, paths }) =>
    `“${modality}” has ${paths.length} products of ${date}: ${list(paths)}. Keep the clearest, join them, or remove one.`,
  "acquisition-same-place": ({ date, sensor, count, evidence }) =>
    `${evidence.length} images show the same place at the same overpass (${sensor}, ${date}${count > 1 ? `, and ${count - 1} more such places` : ""}):\n${evidence.map((line) => `  ${line}`).join("\n")}\nSay what becomes of them: keep both, replace the old one, keep the clearest, or join them. Nothing was added.`,
  "acquisition-not-found": ({ name }) => `The project has no acquisition “${name}”.`,
  "align-which-modality": ({ available }) =>
    available.length > 0
      ? `Choose whose dates are to be compared: ${list(available)}.`
      : "There are no dates to compare yet. Import images first.",
  "align-reference-unknown": ({ name, modality }) =>
    `“${modality}” has no image of “${name}” to compare with. Choose another reference.`,
  "align-too-few-dates": ({ modality, count, least }) =>
    `“${modality}” has ${count} ${count === 1 ? "date" : "dates"}. A median needs at least ${least}: choose one image as the reference.`,
  "import-format": ({ path, kind }) => {
    const { format, help } = foreignWords(kind);
    const words: Partial<Record<ForeignKind, string>> = {
      vectors: "If its shapes are labels, import it in the Labels panel.",
      mask: "It is no image by itself: import the images, then choose it as their mask in the properties of a layer.",
      table: "If its rows are labels, import it in the Labels or the Tiles panel.",
      json: "Nothing in it is needed, unless it holds labels: then import it in the Labels or the Tiles panel.",
    };
    return `“${path}” is ${format}, which is not read here. ${words[kind] ?? help}`;
  },
  "import-nothing-usable": ({ count, reasons }) =>
    `None of ${count} files could be used:\n${refusalLines(count, reasons, ({ message }) => message)}`,
  "import-class-raster": ({ path }) =>
    `“${path}” holds classes or numbers of objects, no measurements. Import it as labels; if it is an image after all, choose its sensor.`,
  "import-elevation": ({ path }) =>
    `“${path}” holds elevations, which belong to no date. To use them as an input, choose “Does not change with time”.`,
  "mask-without-sensor": ({ path }) =>
    `“${path}” is a mask, and its name does not say of which images. Choose their sensor, and their date where the name has none.`,
  "raster-without-crs": ({ path }) =>
    `“${path}” has no coordinate reference system. Choose one in the file’s details under “Add images”.`,
  "raster-crs-unusable": ({ path, reason }) =>
    `The coordinate reference system of “${path}” cannot be honoured in full here, and nothing is guessed: ${because(reason)}. Choose the right one in the file’s details under “Add images”, or convert the file first (gdalwarp -t_srs EPSG:code in.tif out.tif).`,
  "raster-needs-overviews": ({ path }) =>
    `“${path}” is far finer than the map asked for and has no overviews to read instead. Make a copy with overviews first: gdal_translate -of COG in.tif out.tif.`,
  "table-one-coordinate": ({ path, columns }) =>
    `A position needs two columns: choose both. “${path}” has: ${list(columns.slice(0, 40))}.`,
  "table-without-coordinates": ({ path, columns }) =>
    `No column of “${path}” looks like coordinates (longitude and latitude, x and y, or WKT). Choose them; there are: ${list(columns)}.`,
  "table-ambiguous": ({ path, choices }) =>
    `Several columns of “${path}” could be the position: ${choices.map((one) => ("wkt" in one ? `“${one.wkt}”` : `“${one.x}” with “${one.y}”`)).join(", or ")}. Choose which of them.`,
  "table-not-degrees": ({ path, x, y, values, exchanged }) =>
    exchanged
      ? `In “${path}”, “${x}” and “${y}” seem to be exchanged: (${values.join(", ")}) is no longitude and latitude. Choose the columns the other way round.`
      : `The columns “${x}” and “${y}” of “${path}” are called longitude and latitude, but hold (${values.join(", ")}). If these are metres, choose their coordinate system.`,
  "class-raster-bands": ({ path, bands }) =>
    `“${path}” has ${bands.length} bands. Choose the one that holds the classes: ${list(bands)}.`,
  "class-raster-image": ({ path }) =>
    `“${path}” is a picture in red, green and blue, not a raster of classes. Choose a raster whose values are classes.`,
  "class-raster-impure": ({ path, purity }) =>
    `No patch of the project has one class of “${path}” on ${Math.round(purity * 100)} % of its area. Choose a lower purity.`,
  "labels-field-needed": ({ path, fields }) =>
    `Choose the field of “${path}” that holds the class. There are: ${list(fields)}.`,
  "labels-without-crs": ({ path, hint = null }) =>
    `“${path}” does not say in which coordinate system its shapes are (a Shapefile needs its .prj file, a table a column “epsg”). ${placeSentence(hint, "Choose one.", inWizard)}`,
  "labels-outside": ({ path, count, hint = null }) =>
    `${count === 1 ? "None of the shapes" : `None of the ${count} shapes`} of “${path}” touches the project’s area. ${placeSentence(hint, "Check the file and its coordinate system.", inWizard)}`,
  "labels-unknown-crs": ({ path, crs }) =>
    `The coordinate system “${crs}” of “${path}” is not known. Choose one by its EPSG code.`,
  "vector-layer-needed": ({ path, layers }) =>
    `“${path}” holds ${layers.length} layers. Choose one of them: ${list(layers.slice(0, 40))}.`,
  "labels-not-lon-lat": ({ path, x, y }) =>
    `“${path}” names no coordinate system, so its coordinates should be longitude and latitude, but (${x}, ${y}) is no place on Earth. Choose the coordinate system.`,
  "split-class-too-small": ({ className, count, needed, unit }) =>
    unit === "blocks"
      ? `The labels of class “${className}” lie in ${count} ${count === 1 ? "block" : "blocks"} of the split, but ${needed} are needed so that it can be both learned and tested. Choose smaller blocks, split label by label, or keep such classes for training only.`
      : `The class “${className}” has ${count} ${unit === "patches" ? "patch" : "label"}${count === 1 ? "" : unit === "patches" ? "es" : "s"}, but the split needs ${needed} so that it can be both learned and tested. Add labels, map the class to “ignore”, or keep such classes for training only.`,
  "split-words-unknown": ({ field, words }) =>
    `The field “${field}” holds words that are not known here: ${list(words)}. Choose for each of them what it means: training, validation, test or unused.`,
  "split-set-empty": ({ set, values }) =>
    `No label falls into the set “${set}”. The field holds: ${list(values)}. Choose which value means which set.`,
  "project-in-use": ({ folder, purpose, pid, host, since, lockPath, elsewhere }) =>
    `The project “${folder}” is open for writing in “${purpose}” (process ${pid} on ${host}, since ${onClock(since)}). ${
      elsewhere
        ? `Close it there, or open it for reading only; if that computer no longer has it open, delete “${lockPath}”.`
        : "Close it there, wait until it has finished, or open it for reading only."
    }`,
  "no-tile-labels": () => "This project has no labels of whole tiles. Import some first.",
  "path-withheld": ({ path, folder }) =>
    `The project names “${path}”, which lies outside of its folder, and you have not allowed that yet: nothing there was read. If you trust this project, allow “${folder}” under “Files outside the project”.`,
  "project-not-found": ({ folder }) =>
    `“${folder}” is not a project: there is no project.omniproj in it. Choose another folder, or make a new project.`,
  "project-rasters-missing": ({ paths }) =>
    `${paths.length === 1 ? "An image of the project is" : `${paths.length} images of the project are`} no longer where the project expects: ${list(paths.slice(0, 3))}${paths.length > 3 ? ", …" : ""}. Put it back, or name its new place in the layer tree.`,
  "no-imagery": () => "The project has no imagery yet. Add images first.",
  "no-labels": ({ tiles = false }) =>
    tiles
      ? "The labels of this project are of whole tiles, not of polygons or points. Use the Tiles panel and the training task for tiles."
      : "The project has no labels yet. Draw or import some first.",
  "no-split": () =>
    "The labels are not split yet. Split them in the Labels panel first, so that accuracy is measured on places the model has not seen.",
  "job-not-found": ({ id }) => `There is no job ${id} in this project. The Jobs panel shows those that exist.`,
  "job-nothing-to-resume": ({ kind }) => `This project has no interrupted ${kind} job to resume. Start a new one.`,
  "checkpoint-of-another-run": ({ path }) =>
    `The checkpoint “${path}” belongs to a training with other settings or data. Start a new training.`,
  "path-not-allowed": ({ path, roots }) =>
    `“${path}” lies outside the folders this program may use (${roots.join(", ")}). Choose another place, or start the program with that folder among those it may use.`,
  "port-in-use": ({ port }) =>
    `Port ${port} is used by another program. Start this one with another port, or without one to get a free one.`,
  "port-not-permitted": ({ port }) =>
    `Port ${port} may not be used by this account. Start the program with a port above 1023.`,
  "no-project-open": () => "No project is open. Open a project or make a new one.",
  "file-exists": ({ path }) => `“${path}” exists already. Choose another name.`,
  "embedding-not-ready": ({ name }) =>
    `The embedding “${name}” is not there, or is of images or a model that changed since. Compute it again in “What the map knows”, or choose another one.`,
  "embedding-not-found": ({ name }) =>
    `There is no embedding “${name}” in this project. Choose another one in “What the map knows”.`,
  "demo-folder-taken": ({ folder }) =>
    `“${folder}” exists and was not made by the demo, so it is left alone. Remove it, or choose another folder.`,
  "provider-unavailable": ({ provider, why }) =>
    `“${provider}” does not work on this machine (${because(why)}). Choose another device, or leave the choice to the program.`,
};
