import { type ForeignKind, foreignWords } from "../domain/foreign-files.ts";
import { type Because, because } from "./reasons/index.ts";

/** Why a file was refused: an error as it travels. */
export interface Refusal {
  readonly code?: string | undefined;
  readonly details?: unknown;
  /** its sentence in English */
  readonly message: string;
}

export interface UnusableFiles {
  readonly count: number;
  /** of the first files; a job that an earlier version stored has sentences */
  readonly reasons: readonly (Refusal | string)[];
}

/** A line for each refusal in the words of `say`, and how many more there are. */
export function refusalLines(
  count: number,
  reasons: UnusableFiles["reasons"],
  say: (refusal: Refusal) => string,
  more = (rest: number) => `… and ${rest} more`,
): string {
  const lines = reasons.map((given) => `  ${typeof given === "string" ? given : say(given)}`);
  const stored = reasons.some((given) => typeof given === "string");
  return [...lines, ...(count > lines.length && !stored ? [`  ${more(count - lines.length)}`] : [])].join("\n");
}

/** What can be wrong with the bands, the dates or the place of an image. */
export const acquisitionErrors = {
  "acquisition-date-tag": ({
    path,
    tag,
    found,
    tags,
  }: {
    readonly path: string;
    readonly tag: string;
    readonly found: string | null;
    readonly tags: readonly string[];
  }) =>
    found === null
      ? `“${path}” has no metadata item “${tag}”. It has: ${tags.join(", ") || "none"}.`
      : `“${found}”, the item “${tag}” of “${path}”, is no date that can be read. Say the date of these images instead.`,
  "mask-band-missing": ({
    path,
    band,
    bands,
  }: {
    readonly path: string;
    readonly band: string;
    readonly bands: readonly string[];
  }) => `“${path}” has no band “${band}”, and there is no such file. Its bands: ${bands.join(", ")}.`,
  "mask-beside-images": ({ mask }: { readonly mask: string }) =>
    `The mask “${mask}” lies over none of these images. Look at its coordinate system and its place, or choose another mask.`,
  "mask-without-clear": ({ mask }: { readonly mask: string }) =>
    `Which values of the mask “${mask}” are clear is not known. Name the clear values, or, of a bit field, the bits that say “not clear”.`,
  "mask-without-sensor": ({ path }: { readonly path: string }) =>
    `“${path}” is a mask, and its name does not say of which images. Say their sensor with --sensor, and their date with --date where the name has none.`,
  "mask-nothing-to-read": () =>
    "These images have no mask of classes or bits whose clear values could be set. Choose a mask file or a band first; the classes of Sentinel-2's own scene classification are set on the input.",
  "repair-not-needed": ({ modality }: { readonly modality: string }) =>
    `The pixels of “${modality}” fit the way they are read: there is nothing to repair.`,
  "radiometry-nothing-matches": () =>
    "No image of the project fits what was named. Look at the list of acquisitions, sensors and dates.",
  "acquisition-without-date": ({ path }: { readonly path: string }) =>
    `No date was found for “${path}”: neither its name nor its metadata has one. Put the date in the file's name, as in image_20190410.tif, or give it with --date 2019-04-10. What does not change with time (elevation, heights of trees, soil) is added with --undated.`,
  "acquisition-band-count": ({
    path,
    found,
    expected,
  }: {
    readonly path: string;
    readonly found: number;
    readonly expected: Because;
  }) =>
    `“${path}” has ${found} ${found === 1 ? "band" : "bands"}, but ${because(expected)}. Choose a file with the right bands, or name them with --bands, as in --bands B02,B03,B04,B08.`,
  "acquisition-missing-bands": ({
    path,
    date,
    missing,
    modality,
  }: {
    readonly path: string;
    readonly date: string;
    readonly missing: readonly string[];
    readonly modality: string;
  }) =>
    `The acquisition of ${date} (“${path}”) lacks ${missing.join(", ")}, which “${modality}” needs. Add the file that holds ${missing.length === 1 ? "this band" : "these bands"}, or leave the date out.`,
  "acquisition-duplicate-date": ({
    date,
    modality,
    paths,
  }: {
    readonly date: string;
    readonly modality: string;
    readonly paths: readonly string[];
  }) =>
    `“${modality}” has ${paths.length} products of ${date}: ${paths.map((path) => `“${path}”`).join(", ")}. Keep the clearest of each place with --duplicates best, join them with --duplicates merge, keep both with --duplicates keep, or leave one out.`,
  "acquisition-duplicate-band": ({
    date,
    band,
    paths,
  }: {
    readonly date: string;
    readonly band: string;
    readonly paths: readonly string[];
  }) =>
    `Band ${band} of ${date} comes from ${paths.length} files: ${paths.map((path) => `“${path}”`).join(", ")}. Leave out all but one.`,
  "raster-outside-project": ({ path, area }: { readonly path: string; readonly area: Because }) =>
    `“${path}” does not overlap the project's area (${because(area)}). Choose an image of this place, or check the image's coordinate system.`,
  "acquisition-outside-count": ({
    modality,
    date,
    begin,
    days,
  }: {
    readonly modality: string;
    readonly date: string;
    readonly begin: string;
    readonly days: number;
  }) =>
    `The model counts ${days} days from ${begin}; ${date} of “${modality}” does not lie in them. Leave this date out, or choose the year that stands for the model's first year.`,
  "acquisition-same-place": ({
    date,
    sensor,
    count,
    evidence,
  }: {
    readonly date: string;
    readonly sensor: string;
    /** places that are shown twice, on this and other dates */
    readonly count: number;
    /** one line for each image of the first place */
    readonly evidence: readonly string[];
  }) =>
    `${evidence.length} images show the same place at the same overpass (${sensor}, ${date}${count > 1 ? `, and ${count - 1} more such places` : ""}):\n${evidence.map((line) => `  ${line}`).join("\n")}\nSay what becomes of them: --duplicates keep (both, as two dates), replace (the new one instead of the old), best (the clearest), merge (each pixel from the one that sees it). Nothing was added.`,
  "acquisition-not-found": ({ name }: { readonly name: string }) =>
    `The project has no acquisition “${name}”. omnisat project list --acquisitions names those it has.`,
  "align-which-modality": ({ available }: { readonly available: readonly string[] }) =>
    `Say whose dates are to be compared: --modality ${available.length > 0 ? available.join(", ") : "NAME (the project has no images yet)"}.`,
  "align-reference-unknown": ({ name, modality }: { readonly name: string; readonly modality: string }) =>
    `“${modality}” has no image of “${name}” to compare with. Give a date of it, the id of an image, or “median”.`,
  "align-too-few-dates": ({
    modality,
    count,
    least,
  }: {
    readonly modality: string;
    readonly count: number;
    readonly least: number;
  }) =>
    `“${modality}” has ${count} ${count === 1 ? "date" : "dates"}. A median needs at least ${least}: compare with one image instead (--reference DATE).`,
  "align-not-measured": ({ job }: { readonly job: number }) =>
    `Job ${job} has measured no dates, or its result was deleted. Measure the dates again.`,
  "import-nothing-usable": ({ count, reasons }: UnusableFiles) =>
    `None of ${count} files could be used:\n${refusalLines(count, reasons, ({ message }) => message)}`,
  "import-format": ({ path, kind }: { readonly path: string; readonly kind: ForeignKind }) => {
    const { format, help } = foreignWords(kind);
    return `“${path}” is ${format}, which an import of images does not read. ${help}`;
  },
  "product-metadata-unreadable": ({ path }: { readonly path: string }) =>
    `“${path}” cannot be read as the metadata of a product: it is missing, damaged or cut off. Copy or download the whole product again.`,
  "product-without-bands": ({ path }: { readonly path: string }) =>
    `“${path}” has metadata of a product but none of its image files. Its download probably stopped: download it again.`,
  "product-folder-too-large": ({ path, most }: { readonly path: string; readonly most: number }) =>
    `“${path}” holds more than ${most} files, which is more than is looked through at once. Choose the folders of the products in it.`,
  "archive-unreadable": ({ path, reason }: { readonly path: string; readonly reason: Because }) =>
    `“${path}” cannot be read as a ZIP archive (${because(reason)}). If its download stopped, download it again.`,
  "archive-leads-out": ({ path, name }: { readonly path: string; readonly name: string }) =>
    `The archive “${path}” names a file outside of itself (“${name}”), so nothing of it is read. Get it from its producer again.`,
  "import-class-raster": ({ path }: { readonly path: string }) =>
    `“${path}” holds classes or numbers of objects, no measurements. Import it as labels with omnisat labels import; if it is an image after all, say which with --sensor.`,
  "import-elevation": ({ path }: { readonly path: string }) =>
    `“${path}” holds elevations, which belong to no date. To use them as an input that does not change with time, add --undated.`,
};
