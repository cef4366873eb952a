import { type Because, because } from "./reasons/index.ts";
export interface FolderDetails {
  readonly folder: string;
}
export interface PathDetails {
  readonly path: string;
}
export interface HolderDetails extends FolderDetails {
  readonly purpose: Because;
  readonly pid: number;
  readonly host: Because;
  readonly since: string;
  readonly lockPath: string;
  /** the holder runs on another computer, so nobody here can tell whether it still lives */
  readonly elsewhere: boolean;
}
export interface NamedDetails {
  readonly name: string;
  readonly available: readonly string[];
}

const list = (names: readonly string[]): string => (names.length ? names.join(", ") : "none");

export const catalogErrors = {
  "project-not-found": ({ folder }: FolderDetails) =>
    `“${folder}” is not a project: there is no project.omniproj in it. Choose another folder, or make one with \`omnisat project create\`.`,
  "project-exists": ({ folder }: FolderDetails) =>
    `“${folder}” already holds a project. Open it, or choose another folder for the new one.`,
  "project-places-apart": ({ degrees }: { readonly degrees: number }) =>
    `These places lie ${degrees}° of longitude apart, and no UTM zone holds them all. Make a project for each, or choose a coordinate system in metres for all of them.`,
  "project-crs-geographic": ({ crs }: { readonly crs: string }) =>
    `“${crs}” counts in degrees, and a project needs metres. Choose a projected coordinate system, for instance the UTM zone of the place (EPSG:32631 for Belgium).`,
  "project-area-empty": ({ paths }: { readonly paths: readonly string[] }) =>
    `${paths.length > 0 ? `Nothing of ${paths.map((path) => `“${path}”`).join(", ")}` : "Nothing of the drawn polygon"} lies inside of the area. Choose an area around the polygons, or other polygons.`,
  "project-area-too-large": ({
    squareKilometers,
    patch,
    patches,
    most,
  }: {
    readonly squareKilometers: number;
    readonly patch: number;
    readonly patches: number;
    readonly most: number;
  }) =>
    `An area of ${squareKilometers} km² in patches of ${patch} m has ${patches} patches; a project holds at most ${most}. Choose a smaller area or larger patches.`,
  "project-in-use": ({ folder, purpose, pid, host, since, lockPath, elsewhere }: HolderDetails) =>
    `The project “${folder}” is open for writing in “${because(purpose)}” (process ${pid} on ${because(host)}, since ${since}). ` +
    (elsewhere
      ? `Close it there; if that computer no longer has it open, delete “${lockPath}”.`
      : "Close it there, or wait until it has finished."),
  "project-damaged": ({ path, detail }: PathDetails & { readonly detail: Because }) =>
    `The project database “${path}” is damaged (${because(detail)}). Nothing was changed; restore this file from a backup, the rasters and models beside it are not affected.`,
  "project-newer": ({
    path,
    format,
    writtenBy,
    supported,
    appVersion,
  }: PathDetails & {
    readonly format: number;
    /** `null` when the project does not say it */
    readonly writtenBy: string | null;
    readonly supported: number;
    readonly appVersion: string;
  }) =>
    `“${path}” was written by ${writtenBy === null ? "a later release of OmniSat Desktop" : `OmniSat Desktop ${writtenBy}`} (project format ${format}); this is version ${appVersion}, which reads formats up to ${supported}. Install ${writtenBy === null ? "the newest version" : `version ${writtenBy} or newer`}.`,
  "project-older-read-only": ({
    path,
    format,
    supported,
  }: PathDetails & { readonly format: number; readonly supported: number }) =>
    `“${path}” has the older project format ${format} (now ${supported}), and cannot be brought up to date while it is open for reading only. Open it for writing once, in a folder you may write to.`,
  "project-read-only": ({ folder }: FolderDetails) =>
    `The project “${folder}” cannot be changed: it is open for reading, or you may not write there. Check your rights to the folder.`,
  "project-unreadable": ({ path, detail }: PathDetails & { readonly detail: Because }) =>
    `“${path}” cannot be opened (${because(detail)}). Check that the file exists and that you may read and write it.`,
  "project-link-outside": ({ path, leadsTo }: PathDetails & { readonly leadsTo: string }) =>
    `“${path}” is a link to “${leadsTo}”, and the program neither reads nor writes through links in a project's own folders. Replace the link by a folder or file of its own.`,
  "path-withheld": ({ path, folder }: PathDetails & FolderDetails) =>
    `The project names “${path}”, which lies outside of its folder, and you have not allowed that yet: nothing there was read. If you trust this project, allow “${folder}” (in the window: Project ▸ Files outside; on the command line: --allow "${folder}").`,
  "job-input-changed": ({
    path,
    when,
    missing,
  }: PathDetails & { readonly when: "running" | "resume"; readonly missing: boolean }) =>
    `${
      when === "running"
        ? `“${path}” was ${missing ? "removed" : "replaced or written to"} while the job worked with it, so the job has stopped: its result would have mixed two files.`
        : `The job cannot go on: “${path}” ${missing ? "is missing" : "is no longer the file that it began with"}.`
    } Put the original file back and resume the job, or give the job up and start a new one with the files as they are now.`,
  "job-spec-damaged": ({ path }: PathDetails) =>
    `The description of the job in “${path}” is damaged or was changed by hand, so it cannot be run again. Start a new one with the settings you want.`,
  "text-too-long": ({
    what,
    length,
    most,
  }: {
    readonly what: string;
    readonly length: number;
    readonly most: number;
  }) =>
    `“${what}…” has ${length} characters, and a name has at most ${most}. Choose another field, or shorten it in the file.`,
  "file-not-regular": ({ path }: PathDetails) =>
    `“${path}” is a pipe, a socket or a device, not a file. Choose a file or a folder.`,
  "file-too-large": ({ path, bytes, most }: PathDetails & { readonly bytes: number; readonly most: number }) =>
    `“${path}” has ${Math.round(bytes / 1e6)} MB; a file of this kind has at most ${Math.round(most / 1e6)} MB. Check that it is the right file.`,
  "project-busy": ({ path }: PathDetails) =>
    `Another program holds the project database “${path}”. Close it there and try again.`,
  "project-rasters-missing": ({ paths }: { readonly paths: readonly string[] }) =>
    `${paths.length === 1 ? "A raster of the project is" : `${paths.length} rasters of the project are`} no longer where the project expects: ${paths
      .slice(0, 3)
      .map((path) => `“${path}”`)
      .join(
        ", ",
      )}${paths.length > 3 ? ", …" : ""}. Put it back, or name its new place with \`omnisat project relink\`.`,
  "raster-relink-differs": ({
    path,
    expected,
    differences,
  }: PathDetails & { readonly expected: string; readonly differences: readonly Because[] }) =>
    `“${path}” is not the raster that was “${expected}”: ${differences.map(because).join("; ")}. Choose the same file, or import this one as a new raster.`,
  "raster-not-in-project": ({ path }: PathDetails) => `“${path}” is not a raster of this project. Import it first.`,
  "model-not-found": ({ name, available }: NamedDetails) =>
    `There is no model “${name}” in this project. Models here: ${list(available)}.`,
  "model-exists": ({ name }: { readonly name: string }) =>
    `A model called “${name}” exists in this project. Choose another name.`,
  "model-name-reserved": ({ name }: { readonly name: string }) =>
    `“${name}” cannot be the name of a model: names that begin with “shipped:” are those of models that come with the program. Choose another name.`,
  "shipped-model-unknown": ({ name, available }: NamedDetails) =>
    `No model “${name}” comes with this program. There ${available.length === 0 ? "are none in this installation: install the program again if it should have some, or" : `are: ${available.join(", ")}. Choose one of these, or`} start from nothing or from a model of the project.`,
  "shipped-model-incomplete": ({ name, path }: PathDetails & { readonly name: string }) =>
    `“${name}” comes with the program, and its files are not whole: “${path}” is missing or cut off. Install the program again, or start from nothing or from a model of the project.`,
  "model-cadence-differs": ({
    name,
    inputs,
  }: {
    readonly name: string;
    /** what the model's series have here, and what they were where it learned */
    readonly inputs: readonly { readonly name: string; readonly dates: number; readonly learned: number }[];
  }) =>
    `“${name}” reads how places change over time, and there is too little of it here: ${inputs.map((own) => `“${own.name}” has ${own.dates} ${own.dates === 1 ? "date" : "dates"}, and it learned from ${own.learned}`).join("; ")}. Import at least three dates of one of them, or start from nothing.`,
  "model-reads-nothing-here": ({
    name,
    inputs,
    available,
  }: {
    readonly name: string;
    readonly inputs: readonly string[];
    readonly available: readonly string[];
  }) =>
    `“${name}” reads ${list(inputs)}, and this project has none of them, nor images of another sensor that show the same light. Inputs here: ${list(available)}. Start from nothing, or pre-train on the images of this project.`,
  "model-files-missing": ({ name, path }: PathDetails & { readonly name: string }) =>
    `The files of model “${name}” are missing (“${path}”). Restore the project's models folder, or train the model again.`,
  "model-lacks-modality": ({ model, name, available }: NamedDetails & { readonly model: string }) =>
    `The model “${model}” does not read “${name}”. It reads: ${list(available)}.`,
  "area-outside-project": ({ area, crs }: { readonly area: Because; readonly crs: string }) =>
    `The area to map does not touch the project, which covers ${because(area)} in ${crs}. Choose an area inside of it.`,
  "class-not-found": ({ name, available }: NamedDetails) =>
    `There is no class “${name}” among the labels. Classes here: ${list(available)}.`,
  "modality-exists": ({ name }: { readonly name: string }) =>
    `A modality called “${name}” exists in this project. Choose another name.`,
  "modality-without-members": ({ name }: { readonly name: string }) =>
    `“${name}” would have no image left. Keep at least one, or remove the modality.`,
  "modality-resolution": ({
    name,
    resolution,
    patch,
  }: {
    readonly name: string;
    readonly resolution: number;
    readonly patch: number;
  }) =>
    `“${name}” cannot be read at ${resolution} m: a patch of ${patch} m must hold whole pixels. Choose a size that divides ${patch}.`,
  "modality-not-found": ({ name, available }: NamedDetails) =>
    `There is no modality “${name}” in this project. Modalities here: ${list(available)}.`,
  "no-imagery": ({ folder }: FolderDetails) =>
    `The project “${folder}” has no imagery yet. Import some with \`omnisat project import\`.`,
  "no-labels": ({ folder, tiles = false }: FolderDetails & { readonly tiles?: boolean }) =>
    tiles
      ? `The labels of “${folder}” are of whole tiles, not of polygons or points. Divide them with \`omnisat split --tiles\` and teach them with \`omnisat finetune --task tiles\`.`
      : `The project “${folder}” has no labels yet. Import some with \`omnisat labels import\`.`,
  "no-split": ({ folder }: FolderDetails) =>
    `The labels of “${folder}” are not split yet. Make a split with \`omnisat split\` first, so that accuracy is measured on places the model has not seen.`,
  "job-not-found": ({ id }: { readonly id: number }) =>
    `There is no job ${id} in this project. \`omnisat project list\` shows the jobs.`,
  "job-not-resumable": ({ id, state }: { readonly id: number; readonly state: string }) =>
    `Job ${id} is ${state}, so there is nothing to resume.`,
  "job-not-retryable": ({ id, state }: { readonly id: number; readonly state: string }) =>
    `Job ${id} is ${state}, so it cannot be started again as it was. Start a new one with the settings you want.`,
  "run-not-found": ({ id }: { readonly id: number }) =>
    `There is no run ${id} in this project any more. It may have been deleted in another window.`,
  "job-nothing-to-resume": ({ kind }: { readonly kind: string }) =>
    `This project has no interrupted ${kind} job to resume. Start a new one without --resume.`,
  "job-process-ended": ({ kind, detail }: { readonly kind: string; readonly detail: Because }) =>
    `The process of the ${kind} job ended unexpectedly (${because(detail)}). Resume the job to continue from its last checkpoint.`,
};
