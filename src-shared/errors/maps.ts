import { type Because, because } from "./reasons/index.ts";
/** Result maps, their comparisons and what is exported of them. */
export const mapErrors = {
  "map-not-found": ({ id }: { readonly id: number }) =>
    `There is no map ${id} in this project any more. It was probably deleted in another window; choose another map.`,
  "map-exists": ({ name }: { readonly name: string }) =>
    `There is already a map called “${name}”. Choose another name.`,
  "map-files-missing": ({ name, path }: { readonly name: string; readonly path: string }) =>
    `The files of the map “${name}” are gone (“${path}”). Put them back, or delete the map and draw it again.`,
  "comparison-not-found": ({ id }: { readonly id: number }) =>
    `There is no comparison ${id} in this project any more. Compare the maps again.`,
  "maps-apart": ({ from, to }: { readonly from: string; readonly to: string }) =>
    `“${from}” and “${to}” have no place in common, so nothing can be compared. Choose maps that overlap.`,
  "maps-on-other-grids": ({ from, to }: { readonly from: string; readonly to: string }) =>
    `The pixels of “${from}” and “${to}” do not lie on one grid. Draw one of them again in this project, then compare.`,
  "same-map-twice": ({ name }: { readonly name: string }) => `“${name}” was chosen twice. Choose two different maps.`,
  "layer-not-exportable": ({ layer }: { readonly layer: string }) =>
    `“${layer}” cannot be exported from here. Choose a map, its confidence, its probabilities or a difference of two maps.`,
  "nothing-to-export": ({ name }: { readonly name: string }) =>
    `Nothing is left of “${name}” with these classes in this area. Choose more classes or a larger area.`,
  "vector-without-polygons": ({ path }: { readonly path: string }) =>
    `“${path}” holds no polygon. Choose a file or a layer of polygons.`,
  "fields-apart-from-map": ({ path, map }: { readonly path: string; readonly map: string }) =>
    `No polygon of “${path}” lies where the map “${map}” has a class. Choose polygons of the same place, or another map.`,
  "export-unwritable": ({ path, reason }: { readonly path: string; readonly reason: Because }) =>
    `“${path}” cannot be written (${because(reason)}). Choose a folder that exists and where you may write.`,
  "export-over-input": ({ path }: { readonly path: string }) =>
    `“${path}” is a file that is read here, and would be lost. Choose another name.`,
  "export-too-large": ({ path, limit }: { readonly path: string; readonly limit: string }) =>
    `“${path}” would become larger than a Shapefile can be (${limit}). Export a GeoPackage instead.`,
  "run-without-table": ({ id, table }: { readonly id: number; readonly table: string }) =>
    `Run ${id} has no ${table} table. Choose an evaluation that has ended.`,
  "sample-not-found": ({ id }: { readonly id: number }) =>
    `There is no sample ${id} in this project any more. It was probably deleted in another window; choose another one.`,
  "sample-exists": ({ name }: { readonly name: string }) =>
    `There is already a sample called “${name}”. Choose another name.`,
  "sample-place-not-found": ({
    name,
    position,
    places,
  }: {
    readonly name: string;
    readonly position: number;
    readonly places: number;
  }) => `The sample “${name}” has places 1 to ${places}; there is no place ${position}.`,
  "sample-of-empty-map": ({ name }: { readonly name: string }) =>
    `No pixel of the map “${name}” has a class, so no place can be drawn. Choose another map.`,
  "sample-missed-map": ({ name, places }: { readonly name: string; readonly places: number }) =>
    `The grid for ${places} ${places === 1 ? "place" : "places"} met no pixel of the map “${name}”. Ask for more places, or choose another seed.`,
  "sample-too-large": ({ places, most }: { readonly places: number; readonly most: number }) =>
    `The sample would have ${places} places; ${most} are the most. Choose a wider interval, or fewer places of each class.`,
  "sample-answer-unknown": ({
    name,
    answer,
    classes,
  }: {
    readonly name: string;
    readonly answer: string;
    readonly classes: readonly string[];
  }) =>
    `“${answer}” is not an answer of the sample “${name}”. Answer with one of: ${classes.join(", ")}, other, cannot tell.`,
  "sample-apart-from-map": ({ sample, map }: { readonly sample: string; readonly map: string }) =>
    `The map “${map}” has no class at any place of the sample “${sample}”. Choose a map of the same area.`,
  "answers-without-columns": ({ path, columns }: { readonly path: string; readonly columns: readonly string[] }) =>
    `“${path}” has no ${columns.map((name) => `“${name}”`).join(" and no ")} column, so its answers cannot be read. Answer in a file that was exported from the sample.`,
  "answers-of-another-sample": ({
    path,
    sample,
    row,
  }: {
    readonly path: string;
    readonly sample: string;
    readonly row: number;
  }) =>
    `Row ${row} of “${path}” does not belong to the sample “${sample}”. Import the file that was exported from this sample; nothing was changed.`,
  "answers-unknown": ({
    path,
    values,
    classes,
  }: {
    readonly path: string;
    readonly values: readonly string[];
    readonly classes: readonly string[];
  }) =>
    `“${path}” holds answers that are no class of the sample: ${values.join(", ")}. Use ${classes.join(", ")}; nothing was changed.`,
  "instant-not-prepared": (_: Readonly<Record<string, never>>) =>
    "The instant map needs its values first, which are computed once from the images. Prepare it with “Prepare the instant map” or omnisat features.",
  "instant-stale": ({ modalities }: { readonly modalities: readonly string[] }) =>
    `The images of ${modalities.join(", ")} or the project's area changed since the instant map was prepared. Prepare it again: only what changed is computed.`,
  "embeddings-format": ({ path }: { readonly path: string }) =>
    `“${path}” holds no embeddings that are known: choose AlphaEarth tiles (GeoTIFFs of 64 int8 bands) or Tessera tiles (.npy files), or a folder of one of them.`,
  "embeddings-mixed": ({ found }: { readonly found: readonly string[] }) =>
    `The files are of ${found.join(" and ")}. Import those of one product and one year at a time.`,
  "embeddings-shape": ({
    path,
    found,
    expected,
  }: {
    readonly path: string;
    readonly found: string;
    readonly expected: string;
  }) => `“${path}” holds ${found}, where ${expected} is needed. Download it again, or choose another file.`,
  "embeddings-without-scales": ({ path }: { readonly path: string }) =>
    `The scales of “${path}” are missing. Put the file of the same name that ends in _scales.npy beside it.`,
  "embeddings-without-place": ({ path }: { readonly path: string }) =>
    `Where “${path}” lies is not known. Put the GeoTIFF of the same name beside it, or in global_0.1_degree_tiff_all as geotessera does.`,
  "embeddings-outside": ({ paths }: { readonly paths: readonly string[] }) =>
    `${paths.length === 1 ? `“${paths[0]}” lies` : `All ${paths.length} files lie`} outside of the project. Choose tiles of the project's area.`,
  "embeddings-empty": ({ paths }: { readonly paths: readonly string[] }) =>
    `${paths.length === 1 ? `“${paths[0]}” has` : `The ${paths.length} files have`} no data in the project's area. Choose other tiles or another year.`,
  "npy-unreadable": ({ path }: { readonly path: string }) =>
    `“${path}” is no array of int8 or float32 that NumPy wrote, or is cut off. Download it again.`,
  "embedding-not-ready": ({ name }: { readonly name: string }) =>
    `The embedding “${name}” is not there, or is of images or a model that changed since. Compute it with omnisat features --of, or choose another one.`,
  "embedding-not-found": ({ name }: { readonly name: string }) =>
    `There is no embedding “${name}” in this project. omnisat features lists those that there are.`,
  "instant-keeps-no-files": ({ name }: { readonly name: string }) =>
    `The instant map learns from “${name}”, which was made elsewhere: a model cannot hold it. Let it learn from values or from one of your models, then keep it.`,
  "instant-inputs-differ": ({ name, inputs }: { readonly name: string; readonly inputs: readonly string[] }) =>
    `“${name}” reads ${inputs.join(", ")} only, and the instant map also values of other inputs: one model cannot hold both. Let it learn from the values or from the embedding alone, then keep it.`,
  "instant-needs-classes": ({ classes }: { readonly classes: number }) =>
    `A map needs labels of at least two classes where there are images; there ${classes === 1 ? "is one class" : "are none"}. Label a place of another class.`,
  "chain-not-found": ({ id }: { readonly id: number }) =>
    `There is no training from labels with the number ${id} in this project. Look at those there are in the Labels panel.`,
  "chain-under-way": ({ name }: { readonly name: string }) =>
    `The training “${name}” from labels has not ended. Resume or cancel it first.`,
  "similar-nothing-there": (_: Readonly<Record<string, never>>) =>
    "No image shows anything at this place. Choose one that the images cover.",
  "similar-none-above": ({ threshold }: { readonly threshold: number }) =>
    `No place is at least ${Math.round(100 * threshold)} % like the ones you clicked. Lower the threshold.`,
  "similar-format": ({ path }: { readonly path: string }) =>
    `“${path}” has no known extension. Write .tif for the scores, or .gpkg, .geojson or .shp for polygons.`,
  "model-package-not-found": ({ path }: { readonly path: string }) =>
    `“${path}” holds no model: a model package is a folder or a .zip with model.json and weights.safetensors. Choose another one.`,
  "model-package-damaged": ({ path, reason }: { readonly path: string; readonly reason: Because }) =>
    `The package “${path}” cannot be read (${because(reason)}). Copy it again from its source.`,
};
