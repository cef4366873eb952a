/** What can be wrong with the bands, the dates or the place of an image. */
export const acquisitionErrors = {
  "acquisition-without-date": ({ path }: { readonly path: string }) =>
    `No date was found for “${path}”: neither its name nor its metadata has one. Put the date in the file's name, as in image_20190410.tif, or give it with --date 2019-04-10. If it is no acquisition at all, --skip leaves such files out.`,
  "acquisition-band-count": ({
    path,
    found,
    expected,
  }: {
    readonly path: string;
    readonly found: number;
    readonly expected: string;
  }) =>
    `“${path}” has ${found} ${found === 1 ? "band" : "bands"}, but ${expected}. Choose a file with the right bands, or name them with --bands, as in --bands B02,B03,B04,B08.`,
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
    `“${modality}” has ${paths.length} products of ${date}: ${paths.map((path) => `“${path}”`).join(", ")}. Keep the clearest with --duplicate-dates best, join them with --duplicate-dates merge, or remove one.`,
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
  "raster-outside-project": ({ path, area }: { readonly path: string; readonly area: string }) =>
    `“${path}” does not overlap the project's area (${area}). Choose an image of this place, or check the image's coordinate system.`,
  "acquisition-dates-too-long": ({
    modality,
    first,
    last,
    days,
  }: {
    readonly modality: string;
    readonly first: string;
    readonly last: string;
    readonly days: number;
  }) =>
    `The dates of “${modality}” run from ${first} to ${last}, longer than the ${days} days this model counts. Leave out the earliest or the latest dates.`,
};
