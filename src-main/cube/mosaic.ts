/**
 * Files → acquisitions. An acquisition is a mosaic: the files of one sensor, level, date and overpass, wherever they lie.
 * The result depends on the set of files alone: not on their order, nor on how many imports they came in.
 */
import {
  type Acquisition,
  type AcquisitionFile,
  type AcquisitionPiece,
  byFirstPath,
  type FileFacts,
  remarkSentence,
  type SensorId,
} from "../../src-shared/eo/index.ts";
import { type GeoBox, resolutionOf } from "../../src-shared/geo/geobox.ts";
import { sharedPart, shareOf } from "../imagery/index.ts";
import { isGeographic } from "../raster/index.ts";
import type { ImportedFile } from "./acquisitions.ts";

/** Two images of one place: the pieces of an acquisition and of its copies that show the same ground. */
export interface SamePlace {
  readonly sensor: SensorId;
  readonly date: string;
  /** the first is the one that stands in the first acquisition */
  readonly rivals: readonly Rival[];
}

export interface Rival {
  readonly acquisition: string;
  readonly piece: AcquisitionPiece;
  /** some of its files are new */
  readonly isNew: boolean;
  /** all that is measured in it is new: it joins nothing that was there */
  readonly isAdded: boolean;
}

/** What files make of the acquisitions of a project. */
export interface Joined {
  /** all of the project, in order of time */
  readonly acquisitions: readonly Acquisition[];
  /** those that are new or not as they were */
  readonly changed: readonly Acquisition[];
  /** what acquisitions of before are called now, where that differs; several may have become one */
  readonly renamed: ReadonlyMap<string, string>;
  /** acquisitions of before that were removed and not replaced by another */
  readonly gone: readonly string[];
  readonly samePlaces: readonly SamePlace[];
}

interface Part extends ImportedFile {
  readonly isNew: boolean;
}

/** Joins `files` to the acquisitions of a project. Nothing that is known is left out of the result. */
export function joinFiles(known: readonly Acquisition[], files: readonly ImportedFile[]): Joined {
  const days = new Set(files.map(({ sensor, date }) => `${sensor} ${date}`));
  return regrouped(
    known,
    files.map((file) => ({ ...file, isNew: true })),
    ({ sensor, date }) => days.has(`${sensor} ${date}`),
  );
}

/** The acquisitions of a project without some of its files: what they would be had these never been imported. */
export function withoutFiles(
  known: readonly Acquisition[],
  gone: (file: AcquisitionFile, of: Acquisition) => boolean,
): Joined {
  const touched = new Set(
    known
      .filter((of) => of.pieces.some(({ files }) => files.some((file) => gone(file, of))))
      .map(({ sensor, date }) => `${sensor} ${date}`),
  );
  return regrouped(known, [], ({ sensor, date }) => touched.has(`${sensor} ${date}`), gone);
}

function regrouped(
  known: readonly Acquisition[],
  added: readonly Part[],
  isTouched: (acquisition: Acquisition) => boolean,
  gone: (file: AcquisitionFile, of: Acquisition) => boolean = () => false,
): Joined {
  const touched = known.filter(isTouched);
  const parts = new Map<string, Part>();
  for (const of of touched) {
    for (const { files } of of.pieces)
      for (const file of files)
        if (!gone(file, of)) {
          const whole = byItself(file);
          parts.set(keyOfPart(of.sensor, of.date, whole), {
            sensor: of.sensor,
            date: of.date,
            file: whole,
            isNew: false,
          });
        }
  }
  for (const part of added) {
    const file = byItself(part.file);
    const key = keyOfPart(part.sensor, part.date, file);
    const other = parts.get(key);
    // For a mask the meaning that a person gave last applies.
    if (!other || (file.quality?.chosen ?? 0) > (other.file.quality?.chosen ?? 0)) parts.set(key, { ...part, file });
  }
  const homes = new Map<string, Acquisition>();
  for (const of of touched)
    for (const { files } of of.pieces)
      for (const file of files) for (const key of homeKeys(of, file)) if (!homes.has(key)) homes.set(key, of);

  const made: Acquisition[] = [];
  const renamed = new Map<string, string>();
  const kept = new Set<string>();
  const samePlaces: SamePlace[] = [];
  for (const [, day] of [...Map.groupBy(parts.values(), ({ sensor, date }) => `${sensor} ${date}`)].sort()) {
    const drafts = passesOf(day).flatMap((pass) => {
      return mosaicsOf(pass.parts).map((pieces, level): Draft => ({ pass, level, pieces }));
    });
    const named = withIds(drafts, day[0]!);
    for (const { acquisition } of named) {
      const before = homesOf(acquisition, homes);
      const first = before[0];
      for (const { id } of before) {
        if (kept.has(id)) continue;
        kept.add(id);
        if (id !== acquisition.id) renamed.set(id, acquisition.id);
      }
      made.push({
        ...acquisition,
        ...(first?.name === undefined ? {} : { name: first.name }),
        ...(first?.shift === undefined ? {} : { shift: first.shift }),
      });
    }
    samePlaces.push(...samePlacesOf(named, day[0]!));
  }
  const untouched = known.filter((acquisition) => !isTouched(acquisition));
  const before = new Map(touched.map((acquisition) => [acquisition.id, JSON.stringify(acquisition)]));
  const acquisitions = [...untouched, ...made].sort((p, q) => (momentOf(p) < momentOf(q) ? -1 : 1));
  return {
    acquisitions,
    changed: made.filter((acquisition) => before.get(acquisition.id) !== JSON.stringify(acquisition)),
    renamed,
    gone: touched.map(({ id }) => id).filter((id) => !kept.has(id) && !made.some((one) => one.id === id)),
    samePlaces,
  };
}

/** A file as described on its own: all its bands, and the meaning decided from it alone. */
function byItself(file: AcquisitionFile): AcquisitionFile {
  const { spare = [], radiometry, ...rest } = file;
  const { own } = radiometry;
  const bands = [...file.bands, ...spare].sort((p, q) => p.bandIndex - q.bandIndex);
  return {
    ...rest,
    bands: own ? bands.map((band) => ({ ...band, scale: own.scale, offset: own.offset })) : bands,
    radiometry: own ?? radiometry,
  };
}

const momentOf = ({ date, time, id }: Acquisition) => `${date}T${time ?? "00:00:00"} ${id}`;

/** What distinguishes one image of a file from another: a stack holds many, and one mask may go with the products of several tiles. */
const keyOfPart = (sensor: SensorId, date: string, { path, bands, quality, facts }: AcquisitionFile): string => {
  const { level, platform, relativeOrbit, pass, time, tile, processingBaseline } = facts;
  const product = [level, platform, relativeOrbit, pass, time, tile, processingBaseline];
  const of = quality?.chosen === undefined || bands.length > 0 ? [] : product;
  return [sensor, date, path, bands.map(({ bandIndex }) => bandIndex).join(), quality?.bandIndex ?? "", ...of].join(
    "|",
  );
};

// ---- one overpass

/**
 * Moments further apart than this, in seconds, are two overpasses: products of one name moments up to a quarter of an hour
 * apart, and two satellites of a kind come half an hour apart or more. A flight takes hours; its sheets are one picture.
 */
export const passGap = (sensor: SensorId): number => (sensor === "aerial" ? Number.POSITIVE_INFINITY : 20 * 60);

export const secondsOf = (time: string): number => time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);

interface Pass {
  readonly identity: Identity;
  readonly parts: readonly Part[];
}

type Identity = Pick<FileFacts, "level" | "platform" | "relativeOrbit" | "pass">;
const identityFields = ["level", "platform", "relativeOrbit", "pass"] as const;

interface Signature {
  readonly identity: Identity;
  readonly seconds: number | undefined;
}

/**
 * The files of one sensor and day, overpass by overpass. What a file does not say (its orbit, its level) it takes from the
 * others it may belong to when they agree; when they do not, it is an acquisition of its own.
 */
function passesOf(parts: readonly Part[]): Pass[] {
  const { sensor } = parts[0]!;
  const gap = passGap(sensor);
  const bySignature = Map.groupBy(parts, ({ file }) => JSON.stringify(signatureOf(file.facts)));
  const signatures = [...bySignature].map(([key, own]) => ({ key, own, ...signatureOf(own[0]!.file.facts) }));
  const resolved = signatures.map((signature) => ({ ...signature, identity: completed(signature, signatures, gap) }));
  const passes: Pass[] = [];
  const byIdentity = Map.groupBy(resolved, ({ identity }) =>
    JSON.stringify(identityFields.map((name) => identity[name] ?? null)),
  );
  for (const [, members] of [...byIdentity].sort(([p], [q]) => (p < q ? -1 : 1))) {
    const { identity } = members[0]!;
    const timed = members.filter(({ seconds }) => seconds !== undefined).sort((p, q) => p.seconds! - q.seconds!);
    const untimed = members.filter(({ seconds }) => seconds === undefined).flatMap(({ own }) => own);
    const clusters: Part[][] = [];
    timed.forEach(({ own, seconds }, i) => {
      if (i > 0 && seconds! - timed[i - 1]!.seconds! <= gap) clusters.at(-1)!.push(...own);
      else clusters.push([...own]);
    });
    // Files without a time belong to the only overpass there is.
    if (clusters.length === 1) clusters[0]!.push(...untimed);
    else if (untimed.length > 0) clusters.push(untimed);
    passes.push(...clusters.map((own) => ({ identity, parts: own })));
  }
  return passes;
}

function signatureOf({ level, platform, relativeOrbit, pass, time }: FileFacts): Signature {
  return {
    identity: known({ level, platform, relativeOrbit, pass }),
    seconds: time && /^\d\d:\d\d:\d\d/.test(time) ? secondsOf(time.slice(0, 8)) : undefined,
  };
}

function completed(own: Signature, all: readonly Signature[], gap: number): Identity {
  const near = all.filter(
    (other) =>
      (own.seconds === undefined || other.seconds === undefined || Math.abs(own.seconds - other.seconds) <= gap) &&
      identityFields.every((name) => agree(name, own.identity[name], other.identity[name])),
  );
  const found: Record<string, unknown> = { ...own.identity };
  for (const name of identityFields) {
    if (own.identity[name] !== undefined) continue;
    const values = new Set(near.map(({ identity }) => identity[name]).filter((value) => value !== undefined));
    if (values.size === 1) found[name] = [...values][0];
  }
  return found as Identity;
}

function agree(name: (typeof identityFields)[number], p: unknown, q: unknown): boolean {
  if (p === q) return true;
  // Top-of-atmosphere is never taken for surface reflectance.
  if (name === "level" && (p === "L1C" || q === "L1C")) return false;
  return p === undefined || q === undefined;
}

const known = (fields: { [K in keyof Identity]: Identity[K] | undefined }): Identity =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Identity;

// ---- one mosaic, and what covers the same places again

interface DraftPiece {
  readonly parts: Part[];
  readonly names: Set<string>;
}

/** Files of one footprint are a piece; a piece whose place is taken goes to the next mosaic, so that the first holds each place once. */
function mosaicsOf(parts: readonly Part[]): AcquisitionPiece[][] {
  const pieces: DraftPiece[] = [];
  const ordered = [...parts].sort(byMerit);
  for (const part of ordered.filter(({ file }) => file.bands.length > 0)) {
    const names = part.file.bands.map(({ name }) => name);
    const here = pieces.filter((piece) => onePlace(piece, part));
    const free = ({ names: taken }: DraftPiece) => names.every((name) => !taken.has(name));
    const home =
      here.find((piece) => free(piece) && sameProduct(piece.parts[0]!.file.facts, part.file.facts, true)) ??
      here.find((piece) => free(piece) && sameProduct(piece.parts[0]!.file.facts, part.file.facts, false));
    if (home) {
      add(home, part);
      continue;
    }
    const sharper = here.find((piece) => piece.parts.some((other) => otherSize(other.file, part.file)));
    if (sharper) {
      const rest = part.file.bands.filter(({ name }) => !sharper.names.has(name));
      const spare = part.file.bands.filter(({ name }) => sharper.names.has(name));
      add(sharper, { ...part, file: { ...part.file, bands: rest, spare } });
      continue;
    }
    pieces.push({ parts: [part], names: new Set(names) });
  }
  const levels: DraftPiece[][] = [];
  for (const piece of pieces.sort(byWholeness)) {
    const level = levels.find((own) => !own.some((other) => piece.parts.some((part) => onePlace(other, part))));
    if (level) level.push(piece);
    else levels.push([piece]);
  }
  for (const mask of ordered.filter(({ file }) => file.bands.length === 0)) placeMask(levels, mask);
  return levels.map((own) => own.map(pieceOf));
}

const onePlace = ({ parts }: DraftPiece, part: Part): boolean => parts.some(({ file }) => samePlace(file, part.file));

/** What is preferred stands first, then what has more bands: an image of four bands takes no date from one of ten. */
function byWholeness(p: DraftPiece, q: DraftPiece): number {
  const preference = ({ parts }: DraftPiece) => Math.max(...parts.map(({ file }) => file.preference ?? 0));
  return preference(q) - preference(p) || q.names.size - p.names.size || byMerit(p.parts[0]!, q.parts[0]!);
}

function add(piece: DraftPiece, part: Part): void {
  piece.parts.push(part);
  for (const { name } of part.file.bands) piece.names.add(name);
}

/**
 * A mask belongs to every image below it that has none: one mask may cover several tiles. One that a person chose belongs to
 * every image that it touches, beside the image's own mask. One without an image stays alone until its image is imported.
 */
function placeMask(levels: DraftPiece[][], mask: Part): void {
  const chosen = mask.file.quality?.chosen !== undefined;
  const covers = ({ parts }: DraftPiece) =>
    parts.some(({ file }) => {
      const [own, other] = [mask.file.grid, file.grid];
      if (!own || !other) return true;
      if (differentTiles(file.facts, mask.file.facts)) return false;
      return chosen ? maskTouches(own, other) : shareOf(other, own) > 0.5 || samePlace(file, mask.file);
    });
  const isRival = ({ quality, path }: AcquisitionFile) =>
    quality !== undefined &&
    (chosen
      ? path === mask.file.path && quality.bandIndex === mask.file.quality?.bandIndex
      : quality.chosen === undefined);
  const below = levels.flat().filter(covers);
  const without = below.filter(({ parts }) => !parts.some(({ file }) => isRival(file)));
  const exact = without.filter(({ parts }) => sameProduct(parts[0]!.file.facts, mask.file.facts, true));
  const homes =
    exact.length > 0 ? exact : without.filter(({ parts }) => sameProduct(parts[0]!.file.facts, mask.file.facts, false));
  for (const home of homes) home.parts.push(mask);
  if (homes.length > 0) return;
  // A coarser mask of a product that has one: it goes with the sharper one, which is read (MAJA writes each for 10 and for 20 m).
  const again = below.filter(({ parts }) =>
    parts.some(
      ({ file }) =>
        file.bands.length === 0 &&
        isRival(file) &&
        metersOf(file) < metersOf(mask.file) &&
        sameProduct(file.facts, mask.file.facts, true),
    ),
  );
  for (const home of chosen ? [] : again) home.parts.push(mask);
  if (!chosen && again.length > 0) return;
  const level = levels.find(
    (pieces) => !pieces.some(({ parts }) => parts.some(({ file }) => samePlace(file, mask.file))),
  );
  const piece = { parts: [mask], names: new Set<string>() };
  if (level) level.push(piece);
  else levels.push([piece]);
}

/** What is preferred stands first, then the later processing, then the earlier moment; of one product the sharper file. */
function byMerit({ file: p }: Part, { file: q }: Part): number {
  const difference =
    (q.preference ?? 0) - (p.preference ?? 0) ||
    Number.parseFloat(q.facts.processingBaseline ?? "0") - Number.parseFloat(p.facts.processingBaseline ?? "0") ||
    compare(p.facts.time ?? "", q.facts.time ?? "") ||
    metersOf(p) - metersOf(q) ||
    compare(p.path, q.path);
  return difference || (p.bands[0]?.bandIndex ?? 0) - (q.bands[0]?.bandIndex ?? 0);
}

const compare = (p: string, q: string): number => (p < q ? -1 : p > q ? 1 : 0);

/** Near enough to put files of one place in order of sharpness. */
function metersOf({ grid }: AcquisitionFile): number {
  if (!grid) return 0;
  const { x } = resolutionOf(grid);
  return isGeographic(grid.crs) ? x * 111_320 : x;
}

/** Shares are cached, since grids repeat from date to date. */
const shares = new Map<string, boolean>();

/** Two footprints are one place when they share most of the smaller one; tiles of a grid overlap by design, even by half. */
function samePlace(p: AcquisitionFile, q: AcquisitionFile): boolean {
  if (!p.grid || !q.grid) return true;
  if (p.grid.crs === q.grid.crs && far(p.grid, q.grid)) return false;
  const least = differentTiles(p.facts, q.facts) ? 0.95 : 0.5;
  const key = `${JSON.stringify(p.grid)} ${JSON.stringify(q.grid)} ${least}`;
  let same = shares.get(key);
  if (same === undefined) {
    same = sharedPart(p.grid, q.grid) > least;
    if (shares.size > 100_000) shares.clear();
    shares.set(key, same);
  }
  return same;
}

/** Does a mask that a person chose say something about an image? Where it does not reach, the image is not clear. */
export const maskTouches = (mask: GeoBox, image: GeoBox): boolean =>
  !(mask.crs === image.crs && far(mask, image)) && sharedPart(mask, image) > 0;

/** A quick test by the corners, since there are hundreds of tiles. */
function far({ affine: p, ...a }: GeoBox, { affine: q, ...b }: GeoBox): boolean {
  const reach = (affine: GeoBox["affine"], { width, height }: { width: number; height: number }) =>
    Math.max(Math.abs(affine.b), Math.abs(affine.c), Math.abs(affine.e), Math.abs(affine.f)) * (width + height);
  const limit = reach(p, a) + reach(q, b);
  return Math.abs(p.a - q.a) > limit || Math.abs(p.d - q.d) > limit;
}

const differentTiles = (p: FileFacts, q: FileFacts): boolean =>
  p.tile !== undefined && q.tile !== undefined && p.tile !== q.tile;

/** Nothing that both files say differs; `exact`: the moment too, to the second. */
function sameProduct(p: FileFacts, q: FileFacts, exact: boolean): boolean {
  const fits = (a: unknown, b: unknown) => a === b || a === undefined || b === undefined;
  return !differentTiles(p, q) && fits(p.processingBaseline, q.processingBaseline) && (!exact || fits(p.time, q.time));
}

/** One product writes a band in several sizes and says so in the names (SAFE: B02 at 10, 20 and 60 m). */
function otherSize({ facts: p }: AcquisitionFile, { facts: q }: AcquisitionFile): boolean {
  const both = p.resolutionMeters !== undefined && q.resolutionMeters !== undefined;
  return both && p.resolutionMeters !== q.resolutionMeters && p.time === q.time && sameProduct(p, q, true);
}

function pieceOf({ parts }: DraftPiece): AcquisitionPiece {
  const files = parts.map(({ file }) => file);
  return { files: oneMeaning(files) };
}

/**
 * Where neither tags nor the product say what the numbers mean, each file was decided by its own pixels; the best evidence
 * among the files of one product decides for all: a dark pixel in one band says that nothing was added to any.
 */
function oneMeaning(files: readonly AcquisitionFile[]): readonly AcquisitionFile[] {
  const open = files.filter(({ bands, radiometry }) => bands.length > 0 && radiometry.basis !== undefined);
  if (open.length < 2) return files;
  const order = ["pixels", "date", "guess"] as const;
  const [best] = open
    .map(({ radiometry }) => radiometry)
    .sort(
      (p, q) =>
        order.indexOf(p.basis!) - order.indexOf(q.basis!) ||
        q.offset - p.offset ||
        compare(remarkSentence(p.decidedBy), remarkSentence(q.decidedBy)),
    );
  return files.map((file) =>
    open.includes(file) && file.radiometry !== best && file.radiometry.scale === best!.scale
      ? {
          ...file,
          radiometry: { ...best!, own: file.radiometry },
          bands: file.bands.map((band) => ({ ...band, scale: best!.scale, offset: best!.offset })),
        }
      : file,
  );
}

// ---- ids, and what was before

interface Draft {
  readonly pass: Pass;
  /** 0 for the first mosaic of its places */
  readonly level: number;
  readonly pieces: readonly AcquisitionPiece[];
}

/** Ids are made of what the pieces say, so that they are the same whatever came first. */
function withIds(
  drafts: readonly Draft[],
  { sensor, date }: Part,
): { readonly draft: Draft; readonly acquisition: Acquisition }[] {
  const used = new Map<string, number>();
  const bases = drafts.map((draft) => {
    const times = draft.pieces.flatMap(({ files }) => files.flatMap(({ facts }) => facts.time ?? [])).sort();
    const time = times[0];
    const { level } = draft.pass.identity;
    const base = [
      sensor.replace("sentinel-", "s"),
      date.replaceAll("-", "") + (time ? `T${time.slice(0, 8).replaceAll(":", "")}` : ""),
      ...(sensor === "sentinel-2" && level === "L1C" ? ["l1c"] : []),
    ].join("-");
    return { draft, time, base };
  });
  return bases.map(({ draft, time, base }) => {
    const count = (used.get(base) ?? 0) + 1;
    used.set(base, count);
    const pieces = [...draft.pieces].sort(byFirstPath);
    return {
      draft: { ...draft, pieces },
      acquisition: {
        id: count === 1 ? base : `${base}-${count}`,
        sensor,
        date,
        ...(time ? { time } : {}),
        ...draft.pass.identity,
        ...(draft.level > 0 ? { copy: draft.level + 1 } : {}),
        pieces,
      },
    };
  });
}

/** The acquisitions of before whose files are here, most files first. */
function homesOf(made: Acquisition, homes: ReadonlyMap<string, Acquisition>): Acquisition[] {
  const counts = new Map<Acquisition, number>();
  for (const { files } of made.pieces) {
    for (const file of files) {
      const of = homeKeys(made, file)
        .map((key) => homes.get(key))
        .find((found) => found !== undefined);
      if (of) counts.set(of, (counts.get(of) ?? 0) + 1);
    }
  }
  return [...counts].sort(([p, a], [q, b]) => b - a || compare(p.id, q.id)).map(([of]) => of);
}

/** A stack may hold a day twice; else the path is enough. */
const homeKeys = ({ sensor, date }: Acquisition, { path, bands, spare }: AcquisitionFile): string[] => [
  `${sensor} ${date} ${path} ${(bands[0] ?? spare?.[0])?.bandIndex ?? 0}`,
  `${sensor} ${date} ${path}`,
];

/** Places that more than one piece of an overpass shows. */
function samePlacesOf(
  named: readonly { readonly draft: Draft; readonly acquisition: Acquisition }[],
  { sensor, date }: Part,
): SamePlace[] {
  const found: SamePlace[] = [];
  for (const own of Map.groupBy(named, ({ draft }) => draft.pass).values()) {
    const [first, ...copies] = own;
    if (!first || copies.length === 0) continue;
    const added = new Set(
      first.draft.pass.parts
        .filter(({ isNew }) => isNew)
        .flatMap(({ file }) => [
          `${file.path} ${file.bands[0]?.bandIndex ?? 0}`,
          ...(isStack(file, first.draft.pass.parts) ? [] : [file.path]),
        ]),
    );
    const rival = (acquisition: string, piece: AcquisitionPiece): Rival => {
      const fresh = (file: AcquisitionFile) =>
        added.has(`${file.path} ${file.bands[0]?.bandIndex ?? 0}`) || added.has(file.path);
      const measured = piece.files.filter(({ bands }) => bands.length > 0);
      return {
        acquisition,
        piece,
        isNew: piece.files.some(fresh),
        isAdded: measured.length > 0 && measured.every(fresh),
      };
    };
    const groups = first.acquisition.pieces.map((piece) => [rival(first.acquisition.id, piece)]);
    for (const { acquisition } of copies)
      for (const piece of acquisition.pieces) {
        const other = rival(acquisition.id, piece);
        for (const group of groups) if (touchesPlace(group[0]!.piece, piece)) group.push(other);
      }
    for (const rivals of groups) if (rivals.length > 1) found.push({ sensor, date, rivals });
  }
  return found;
}

/** A file with several images of one day: its path alone does not say which. */
const isStack = ({ path }: AcquisitionFile, parts: readonly Part[]): boolean =>
  parts.filter(({ file }) => file.path === path).length > 1;

const touchesPlace = (p: AcquisitionPiece, q: AcquisitionPiece): boolean =>
  p.files.some((a) => a.bands.length > 0 && q.files.some((b) => b.bands.length > 0 && samePlace(a, b)));
