// What files make of a project's acquisitions: where they join, which show a place twice, and what a person decided about it.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { type Acquisition, type AcquisitionFile, bandsOfPiece } from "../../../../src-shared/eo/index.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import type { PlaceChoice, PlaceQuestion, PlaceRival } from "../../../../src-shared/ipc/rasters.ts";
import {
  clearShareOf,
  type ImportedFile,
  type Joined,
  joinFiles,
  type SamePlace,
  withoutFiles,
} from "../../../cube/index.ts";
import { statHolder } from "../../../files/index.ts";
import type { Reader } from "../../../imagery/index.ts";

export interface JoinedImport extends Joined {
  /** places that are shown twice because of the new files, and what distinguishes the images */
  readonly questions: readonly PlaceQuestion[];
  /** new files that are byte for byte files which are there already */
  readonly copies: readonly { readonly path: string; readonly of: string }[];
}

export interface JoinRequest {
  readonly reader: Reader;
  /** of the project */
  readonly before: readonly Acquisition[];
  readonly files: readonly ImportedFile[];
  /** files of the project that are read anew: their earlier reading does not count */
  readonly anew?: ReadonlySet<string>;
  /** what becomes of a place that is shown twice; by sensor where a person decided earlier. Without it: a question. */
  readonly choice: (place: SamePlace) => PlaceChoice | undefined;
  readonly signal: AbortSignal;
}

/** Joins files to acquisitions, with the choices applied that there are; what is left open is among the `questions`. */
export async function joinImport(request: JoinRequest): Promise<JoinedImport> {
  const { reader, before, anew, choice, signal } = request;
  const base = anew?.size ? withoutFiles(before, ({ path }) => anew.has(path)) : undefined;
  const known = base?.acquisitions ?? before;
  let files = request.files;
  let joined = joinFiles(known, files);
  const copies = await copiesAmong(joined.samePlaces, signal);
  if (copies.length > 0) {
    const gone = new Set(copies.map(({ path }) => path));
    files = files.filter(({ file }) => !gone.has(file.path));
    joined = joinFiles(known, files);
  }
  const preferences = new Map<string, number>();
  for (const place of joined.samePlaces.filter(({ rivals }) => rivals.some(({ isNew }) => isNew))) {
    const decided = choice(place);
    if (decided === "best") {
      for (const { acquisition, piece } of place.rivals) {
        signal.throwIfAborted();
        const of = joined.acquisitions.find(({ id }) => id === acquisition)!;
        const share = (await clearShareOf(reader, of, piece, signal)) ?? 0;
        for (const file of piece.files) preferences.set(keyOf(file), Math.max(1e-6, Number(share.toFixed(6))));
      }
    } else if (decided === "replace" && place.rivals.some(({ isNew }) => !isNew)) {
      const most = Math.max(
        0,
        ...place.rivals.flatMap(({ piece }) => piece.files.map(({ preference = 0 }) => preference)),
      );
      for (const { piece, isNew } of place.rivals)
        if (isNew) for (const file of piece.files) preferences.set(keyOf(file), most + 1);
    }
  }
  if (preferences.size > 0) {
    const preferred = <File extends AcquisitionFile>(file: File): File => {
      const preference = preferences.get(keyOf(file));
      return preference === undefined ? file : { ...file, preference };
    };
    joined = joinFiles(
      known.map((acquisition) => ({
        ...acquisition,
        pieces: acquisition.pieces.map((piece) => ({ files: piece.files.map(preferred) })),
      })),
      files.map((imported) => ({ ...imported, file: preferred(imported.file) })),
    );
  }
  const open = joined.samePlaces.filter((place) => isFresh(place) && choice(place) === undefined);
  const questions: PlaceQuestion[] = [];
  for (const place of open) questions.push(await questionOf(reader, joined.acquisitions, place, signal));
  return { ...joined, ...composed(before, base, joined), questions, copies };
}

/** Names and losses against the project as it was, when files were taken out first. */
function composed(
  before: readonly Acquisition[],
  base: Joined | undefined,
  joined: Joined,
): Pick<Joined, "renamed" | "gone" | "changed"> {
  const texts = new Map(before.map((acquisition) => [acquisition.id, JSON.stringify(acquisition)]));
  const changed = joined.acquisitions.filter(
    (acquisition) => texts.get(acquisition.id) !== JSON.stringify(acquisition),
  );
  if (!base) return { renamed: joined.renamed, gone: joined.gone, changed };
  const ids = new Set(joined.acquisitions.map(({ id }) => id));
  const renamed = new Map<string, string>();
  const gone: string[] = [];
  for (const { id } of before) {
    const between = base.renamed.get(id) ?? id;
    const now = joined.renamed.get(between) ?? between;
    if (!ids.has(now)) gone.push(id);
    else if (now !== id) renamed.set(id, now);
  }
  return { renamed, gone, changed };
}

const keyOf = ({ path, bands, quality }: AcquisitionFile): string =>
  `${path} ${bands.map(({ bandIndex }) => bandIndex).join()} ${quality?.bandIndex ?? ""}`;

/** A place is asked about once: when an image of it comes that joins no image of before. */
const isFresh = ({ rivals }: SamePlace): boolean => rivals.some(({ isAdded }) => isAdded);

/** New files with the bytes of a file that is there already, or of an earlier one in the order of names. */
async function copiesAmong(
  places: readonly SamePlace[],
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly of: string }[]> {
  const hashes = new Map<string, Promise<string>>();
  const hashOf = (path: string) => {
    const known = hashes.get(path) ?? hashFile(path, signal);
    hashes.set(path, known);
    return known;
  };
  const found = new Map<string, string>();
  for (const { rivals } of places) {
    const all = rivals.flatMap(({ piece, isNew }) =>
      piece.files.map(({ path }) => ({ path, isNew, bytes: sizeOf(path) })),
    );
    const order = all.sort((p, q) => Number(p.isNew) - Number(q.isNew) || (p.path < q.path ? -1 : 1));
    for (const [i, { path, isNew, bytes }] of order.entries()) {
      if (!isNew || found.has(path)) continue;
      for (const earlier of order.slice(0, i)) {
        if (earlier.path === path || earlier.bytes !== bytes || found.has(earlier.path)) continue;
        if ((await hashOf(earlier.path)) !== (await hashOf(path))) continue;
        found.set(path, earlier.path);
        break;
      }
    }
  }
  return [...found].map(([path, of]) => ({ path, of }));
}

const sizeOf = (path: string): number => statHolder(path)?.size ?? -1;

async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Uint8Array);
  } catch (error) {
    signal.throwIfAborted();
    // A missing file cannot be compared.
    return `unreadable ${path} ${String(error)}`;
  }
  return hash.digest("hex");
}

async function questionOf(
  reader: Reader,
  acquisitions: readonly Acquisition[],
  { sensor, date, rivals }: SamePlace,
  signal: AbortSignal,
): Promise<PlaceQuestion> {
  const told: PlaceRival[] = [];
  for (const { acquisition, piece, isNew } of rivals) {
    const of = acquisitions.find(({ id }) => id === acquisition)!;
    let share: number | undefined;
    try {
      share = await clearShareOf(reader, of, piece, signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    const facts = piece.files.map((file) => file.facts);
    const paths = [...new Set(piece.files.map(({ path }) => path))];
    const sizes = await Promise.all(
      paths.map((path) =>
        stat(path).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    told.push({
      paths,
      isNew,
      time: facts.find(({ time }) => time)?.time ?? null,
      baseline: facts.find(({ processingBaseline }) => processingBaseline)?.processingBaseline ?? null,
      clearShare: share ?? null,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      bands: bandsOfPiece(piece, sensor).map(({ name }) => name),
      bandIndexes: bandsOfPiece(piece, sensor).map(({ bandIndex }) => bandIndex),
    });
  }
  return { sensor, date, rivals: told };
}

/** The question as an error of the command line: nothing is decided silently. */
export function samePlaceError(questions: readonly PlaceQuestion[]): AppError {
  const [{ date, sensor, rivals }] = questions as [PlaceQuestion];
  // Two images of one stack are distinguished by their bands.
  const stack = new Set(rivals.map(({ paths }) => paths[0])).size < rivals.length;
  const evidence = rivals.map((rival) => sentenceOf(rival, stack));
  return new AppError("acquisition-same-place", { date, sensor, count: questions.length, evidence });
}

function sentenceOf(rival: PlaceRival, stack: boolean): string {
  const { paths, isNew, time, baseline, clearShare, bytes, bands, bandIndexes } = rival;
  const [first] = paths;
  const words = [
    `${isNew ? "new" : "in the project"}: ${first === undefined ? "" : basename(first)}${paths.length > 1 ? ` and ${paths.length - 1} more files` : ""}`,
    bands.join(" ") + (stack ? ` (bands ${bandIndexes.join(", ")} of the file)` : ""),
    time === null ? "no time" : time,
    baseline === null ? "" : `baseline ${baseline}`,
    clearShare === null ? "" : `${Math.round(clearShare * 100)} % clear`,
    bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`,
  ];
  return words.filter((word) => word !== "").join(", ");
}
