import { type ForeignVectors, foreignVectorWords } from "../domain/foreign-files.ts";
import { type PlaceHint, placeSentence } from "./place-hint.ts";
import { type Because, because, listOf } from "./reasons/index.ts";

/** Errors without values. */
type Nothing = Readonly<Record<string, never>>;

export interface Path {
  readonly path: string;
}

/** Columns of a table that may hold its positions: a pair of coordinates, or shapes as text. */
export type PositionColumns = { readonly x: string; readonly y: string } | { readonly wkt: string };

/** A name as one word of the command line. */
const argument = (name: string): string =>
  /^[\p{L}\p{N}_.-]+$/u.test(name) ? name : `"${name.replaceAll('"', '\\"')}"`;

const list = (words: readonly string[]): string => words.map((word) => `“${word}”`).join(", ");

const counted = (count: number, noun: "label" | "block" | "patch"): string =>
  `${count} ${noun}${count === 1 ? "" : noun === "patch" ? "es" : "s"}`;

/** One shape is not counted: “none of the 1 shapes” is not said. */
const noneOf = (count: number): string => (count === 1 ? "None of the shapes" : `None of the ${count} shapes`);

/** Vector files, labels and splits. */
export const labelErrors = {
  "vector-missing": ({ path }: Path) => `“${path}” does not exist. Check the name and the folder.`,
  "vector-unknown-format": ({ path }: Path) =>
    `“${path}” is not a vector file that can be read here. Choose a GeoPackage (.gpkg), a Shapefile (.shp, or a .zip of it), a GeoJSON (.geojson, .json), a KML (.kml, .kmz), a FlatGeobuf (.fgb), a GeoParquet (.parquet) or a table of text (.csv, .tsv).`,
  "vector-not-read": ({
    path,
    kind,
    inside = false,
  }: Path & { readonly kind: ForeignVectors; readonly inside?: boolean }) => {
    const { format, help } = foreignVectorWords(kind);
    return `“${path}” ${inside ? "holds" : "is"} ${format}, which is not read here. ${help}`;
  },
  "vector-damaged": ({ path, problem }: Path & { readonly problem: Because }) =>
    `“${path}” is damaged or incomplete: ${because(problem)}. Export it again from the program that made it.`,
  "vector-too-costly": ({
    path,
    why,
    limit,
  }: Path & { readonly why: "time" | "memory" | "crash"; readonly limit: number }) =>
    why === "crash"
      ? `“${path}” crashed the program that reads it, so it is damaged. Export it again from the program that made it.`
      : `Reading “${path}” was stopped: it took more than ${limit} ${why === "time" ? "seconds" : "MiB of memory"}. If the file is correct, keep only the layer and the shapes that are needed, and save views as tables.`,
  "vector-without-layers": ({ path }: Path) =>
    `“${path}” is a GeoPackage without vector layers. Choose a file that holds polygons.`,
  "vector-without-shapes": ({ path }: Path) =>
    `“${path}” holds no shape with coordinates. Choose a file that holds points, lines or polygons.`,
  "vector-layer-missing": ({
    path,
    layer,
    layers,
  }: Path & { readonly layer: string; readonly layers: readonly string[] }) =>
    `“${path}” has no layer “${layer}”. It has: ${list(layers)}.`,
  "vector-layer-needed": ({ path, layers }: Path & { readonly layers: readonly string[] }) =>
    `“${path}” holds ${layers.length} layers. Name one with --layer: ${list(layers.slice(0, 40))}.`,
  "vector-unknown-encoding": ({ path, encoding }: Path & { readonly encoding: string }) =>
    `The text encoding “${encoding}” of “${path}” is not known. Name another one, for example UTF-8 or windows-1252.`,
  "vector-unwritable": ({ path, reason }: Path & { readonly reason: Because }) =>
    `“${path}” cannot be written (${because(reason)}). Choose a folder where you may write.`,
  "table-unreadable": ({ path, problem }: Path & { readonly problem: Because }) =>
    `“${path}” cannot be read as a table of text: ${because(problem)}.`,
  "table-spreadsheet": ({ path }: Path) =>
    `“${path}” is a spreadsheet. Save it as CSV with columns for longitude and latitude (or x and y), and import that.`,
  "table-column-missing": ({
    path,
    column,
    columns,
  }: Path & { readonly column: string; readonly columns: readonly string[] }) =>
    `“${path}” has no column “${column}”. There are: ${list(columns.slice(0, 40))}.`,
  "table-one-coordinate": ({ path, columns }: Path & { readonly columns: readonly string[] }) =>
    `A position needs two columns: name both, --x COLUMN and --y COLUMN. “${path}” has: ${list(columns.slice(0, 40))}.`,
  "table-without-coordinates": ({ path, columns }: Path & { readonly columns: readonly string[] }) =>
    `No column of “${path}” looks like coordinates (longitude and latitude, x and y, or shapes as WKT, GeoJSON or WKB). Name them with --x and --y or --wkt; there are: ${list(columns)}.`,
  "table-ambiguous": ({ path, choices }: Path & { readonly choices: readonly PositionColumns[] }) =>
    `Several columns of “${path}” could be the position. Choose one: ${choices.map((one) => ("wkt" in one ? `--wkt ${argument(one.wkt)}` : `--x ${argument(one.x)} --y ${argument(one.y)}`)).join(", or ")}.`,
  "table-degrees-minutes": ({ path, column }: Path & { readonly column: string }) =>
    `The column “${column}” of “${path}” holds degrees, minutes and seconds. Write longitude and latitude as decimal degrees, in two columns.`,
  "table-not-degrees": ({
    path,
    x,
    y,
    values,
    exchanged,
  }: Path & {
    readonly x: string;
    readonly y: string;
    readonly values: readonly [number, number];
    readonly exchanged: boolean;
  }) =>
    exchanged
      ? `In “${path}”, “${x}” and “${y}” seem to be exchanged: (${values.join(", ")}) is no longitude and latitude. Name them the other way round: --x ${argument(y)} --y ${argument(x)} --crs EPSG:4326.`
      : `The columns “${x}” and “${y}” of “${path}” are called longitude and latitude, but hold (${values.join(", ")}). If these are metres, name the columns and their coordinate system: --x ${argument(x)} --y ${argument(y)} --crs EPSG:code.`,
  "class-raster-bands": ({ path, bands }: Path & { readonly bands: readonly string[] }) =>
    `“${path}” has ${bands.length} bands. Choose the one that holds the classes with --band: ${list(bands)}.`,
  "class-raster-image": ({ path }: Path) =>
    `“${path}” is a picture in red, green and blue, not a raster of classes. Choose a raster whose values are classes; if one of its bands is that, name it with --band.`,
  "class-raster-continuous": ({
    path,
    count,
    examples,
  }: Path & { readonly count: number; readonly examples: readonly number[] }) =>
    `“${path}” does not hold classes: ${count} different values, such as ${examples.map((value) => Number(value.toPrecision(6))).join(", ")}. Choose a raster whose values are whole numbers for classes.`,
  "class-raster-empty": ({ path }: Path) =>
    `“${path}” holds no class inside the project: every pixel there is without data. Choose a raster that covers the project.`,
  "class-raster-impure": ({ path, purity }: Path & { readonly purity: number }) =>
    `No patch of the project has one class of “${path}” on ${Math.round(purity * 100)} % of its area. Choose a lower --purity.`,
  "labels-field-needed": ({ path, fields }: Path & { readonly fields: readonly string[] }) =>
    `Name the field of “${path}” that holds the class: --field NAME. There are: ${list(fields)}.`,
  "labels-without-crs": ({ path, hint = null }: Path & { readonly hint?: PlaceHint | null }) =>
    `“${path}” does not say in which coordinate system its shapes are (a Shapefile needs its .prj file, a table a column “epsg”). ${placeSentence(hint, "Name one with --crs EPSG:code.")}`,
  "labels-unknown-crs": ({ path, crs }: Path & { readonly crs: string }) =>
    `The coordinate system “${crs}” of “${path}” is not known. Name one with --crs EPSG:code.`,
  "labels-not-lon-lat": ({ path, x, y }: Path & { readonly x: number; readonly y: number }) =>
    `“${path}” names no coordinate system, so its coordinates should be longitude and latitude, but (${x}, ${y}) is no place on Earth. Name the coordinate system with --crs EPSG:code.`,
  "labels-without-field": ({
    path,
    field,
    fields,
  }: Path & { readonly field: string; readonly fields: readonly string[] }) =>
    fields.length > 0
      ? `“${path}” has no field “${field}”. Choose one that it has: ${list(fields)}.`
      : `“${path}” has no field “${field}”: it has no attributes at all (a Shapefile keeps them in a .dbf file beside the .shp).`,
  "labels-without-class-values": ({ path, field }: Path & { readonly field: string }) =>
    `No shape of “${path}” has a value in the field “${field}”. Choose another field for the class.`,
  "labels-unmapped-values": ({
    path,
    field,
    values,
  }: Path & { readonly field: Because; readonly values: readonly string[] }) =>
    `The field “${because(field)}” of “${path}” holds values that the class table does not name: ${list(values)}. Map each of them to a class, or to “ignore”.`,
  "labels-too-many-classes": ({ path, field, count }: Path & { readonly field: Because; readonly count: number }) =>
    `The field “${because(field)}” of “${path}” holds ${count} different values, too many for classes. Choose the field that holds the class, or give a class table.`,
  "labels-outside": ({
    path,
    count,
    hint = null,
  }: Path & { readonly count: number; readonly hint?: PlaceHint | null }) =>
    `${noneOf(count)} of “${path}” touches the project’s area. ${placeSentence(hint, "Check the file and its coordinate system.")}`,
  "labels-none-usable": ({
    path,
    count,
    reasons,
  }: Path & { readonly count: number; readonly reasons: readonly Because[] }) =>
    `${noneOf(count)} of “${path}” can be used: ${listOf(reasons, because)}. Correct them, or choose another file.`,
  "tile-shares-unreadable": ({ path, problem }: Path & { readonly problem: Because }) =>
    `“${path}” cannot be read as labels of tiles: ${because(problem)}. Choose a JSON, a folder of JSON files, a CSV (file, label, share) or a vector file of footprints with shares.`,
  "tile-shares-no-columns": ({ path, fields }: Path & { readonly fields: readonly string[] }) =>
    `No column of “${path}” looks like shares of classes${fields.length > 0 ? ` (there are: ${list(fields)})` : ""}. Name the columns that hold the shares.`,
  "tile-labels-none-usable": ({
    path,
    count,
    reasons,
  }: Path & { readonly count: number; readonly reasons: readonly Because[] }) =>
    `None of the ${count} entries of “${path}” becomes a labelled tile: ${listOf(reasons, because)}. Check the names, the size of the project's tiles, and the shares.`,
  "tile-split-empty": ({ part }: { readonly part: string }) =>
    `No labelled tile falls into the ${part} part. Check the lists, the field or the shares of the split.`,
  "split-class-too-small": (d: {
    readonly className: string;
    readonly count: number;
    readonly needed: number;
    readonly unit: "polygons" | "blocks" | "patches";
  }) =>
    d.unit === "blocks"
      ? `The labels of class “${d.className}” lie in ${counted(d.count, "block")} of the split, but ${d.needed} are needed so that it can be both learned and tested. Choose smaller blocks, split label by label (--method polygons), or keep such classes for training only (--too-few train).`
      : `The class “${d.className}” has ${counted(d.count, d.unit === "patches" ? "patch" : "label")}, but the split needs ${d.needed} so that it can be both learned and tested. Add labels, map the class to “ignore”, or keep such classes for training only (--too-few train).`,
  "split-not-possible": ({ className, unit }: { readonly className: string; readonly unit: "polygons" | "blocks" }) =>
    `No assignment of ${unit === "blocks" ? "blocks" : "labels"} was found that has class “${className}” in every set. Choose smaller blocks, or split label by label.`,
  "split-without-images": ({ labels }: { readonly labels: number }) =>
    `No image of the project shows any of its labels (${labels}), so nothing can be learned or tested. Import images of these places, or label places that images show.`,
  "split-without-field": ({ field, fields }: { readonly field: string; readonly fields: readonly string[] }) =>
    `The labels have no field “${field}” to split by. There are: ${list(fields)}.`,
  "split-words-unknown": ({ field, words }: { readonly field: string; readonly words: readonly string[] }) =>
    `The field “${field}” holds words that are not known here: ${list(words)}. Say what each of them means: train, validation, test or unused (--parts WORD=SET).`,
  "split-buffer-too-wide": ({ buffer, block }: { readonly buffer: number; readonly block: number }) =>
    `A buffer of ${buffer} m leaves nothing of blocks of ${block} m. Choose a smaller buffer, or blocks of at least ${4 * buffer} m.`,
  "split-set-empty": ({ set, values }: { readonly set: string; readonly values: readonly string[] }) =>
    `No label falls into the set “${set}”. The field holds: ${list(values)}. Say which value means which set (--parts WORD=SET).`,
  "label-invalid": ({ problem }: { readonly problem: Because }) =>
    `This outline cannot be used: ${because(problem)}. Move or take away the corner, or draw it again; it stays on the map until then.`,
  "shapes-not-computed": ({ operation }: { readonly operation: "unite" | "clean" | "cut" | "compare" }) =>
    `These outlines could not be ${{ unite: "united", clean: "cleaned", cut: "cut", compare: "compared" }[operation]}: their corners lie too close together or cross too often. Simplify them, or move the corners that almost touch; nothing was changed.`,
  "label-outside": (_details: Nothing) =>
    "This shape lies outside of the project's area. Draw it inside the frame of the map.",
  "label-missing": (_details: Nothing) => "These labels were removed meanwhile. Select again.",
  "labels-not-divided": (_details: Nothing) =>
    "The line does not cut through any of the selected polygons. Begin and end it outside of them, and let it not cross itself.",
  "labels-merge-few": (_details: Nothing) => "One polygon alone cannot be merged. Select at least two of one class.",
  "labels-merge-classes": ({ classes }: { readonly classes: readonly string[] }) =>
    `The selected polygons have different classes: ${list(classes)}. Give them one class first, then merge them.`,
  "labels-cut-apart": (_details: Nothing) =>
    "Nothing would be left of a polygon. Draw a smaller hole, or delete the polygon instead.",
  "labels-cut-beside": (_details: Nothing) =>
    "The hole touches none of the selected polygons. Draw it over one of them.",
  "label-validity": ({ from, to }: { readonly from: string; readonly to: string }) =>
    `The validity would end (${to}) before it begins (${from}). Swap the two dates.`,
  "no-legend": (_details: Nothing) => "There is no legend yet. Make one, or take a ready one, before you draw.",
  "legend-missing": (_details: Nothing) => "This legend was removed meanwhile. Choose another one.",
  "legend-name-taken": ({ name }: { readonly name: string }) =>
    `There is already a legend “${name}”. Choose another name.`,
  "legend-full": (_details: Nothing) =>
    "A legend can hold 254 classes, and this one does. Remove one that is not needed.",
  "class-missing": ({ code }: { readonly code: number }) =>
    `The legend has no class ${code}. Choose one of its classes.`,
  "class-name-taken": ({ name }: { readonly name: string }) =>
    `There is already a class “${name}”. Choose another name.`,
  "class-code-taken": ({ code, name }: { readonly code: number; readonly name: string }) =>
    `The code ${code} belongs to “${name}”. Choose a free one from 1 to 254.`,
  "class-in-use": ({ name, count }: { readonly name: string; readonly count: number }) =>
    `${counted(count, "label")} ${count === 1 ? "has" : "have"} the class “${name}”. Choose the class that they get instead.`,
  "legend-unreadable": ({ path, problem }: Path & { readonly problem: Because }) =>
    `“${path}” is no legend that can be read here: ${because(problem)}. Choose a CSV (code,name,color), a JSON, a QGIS style (.qml), an SLD, a table of colours (.clr, .txt) or a GeoTIFF with classes.`,
  "legend-format": ({ path, writing = false }: Path & { readonly writing?: boolean }) =>
    `“${path}” has no ending of a legend file. Use .csv, .json, .qml${writing ? " or .sld" : ", .sld, .clr, .txt or a GeoTIFF with classes"}.`,
};
