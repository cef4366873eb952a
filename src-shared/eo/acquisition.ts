import type { Bend } from "../geo/bend.ts";
import type { Crs } from "../geo/crs.ts";
import type { GeoBox } from "../geo/geobox.ts";
import type { Evidence, EvidenceField } from "./evidence.ts";
import { currentEvidence, currentRemark } from "./older-words.ts";
import { distinctRemarks, type Remark } from "./remarks.ts";
import { type SensorId, sensors } from "./sensors.ts";

/** One band of a file, and how its numbers become physical values: value = stored × scale + offset. */
export interface FileBand {
  readonly name: string;
  /** 1-based, as in GDAL */
  readonly bandIndex: number;
  readonly scale: number;
  readonly offset: number;
  readonly nodata?: number;
}

/** A band of a piece and the file it lies in. */
export interface AcquisitionBand extends FileBand {
  readonly path: string;
  /** the file's coordinate system as a person chose it; without it the file's own */
  readonly crs?: Crs;
}

/** How stored numbers become reflectance or backscatter, and who said so. */
export interface Radiometry {
  readonly quantity:
    | "reflectance"
    | "backscatter-db"
    | "backscatter-linear"
    | "backscatter-amplitude"
    | "brightness"
    | "unknown";
  readonly scale: number;
  readonly offset: number;
  /** The evidence the decision rests on. */
  readonly decidedBy: Remark;
  /** Doubts found in the data afterwards. */
  readonly warnings: readonly Remark[];
  /** what it rests on where neither tags nor the product say: a file of the same product with better evidence decides instead */
  readonly basis?: "pixels" | "date" | "guess";
  /** what the file alone would say, where another file's evidence decided */
  readonly own?: Omit<Radiometry, "own">;
}

/**
 * What a mask's numbers are: Sentinel-2's scene classes, classes of another kind (cloud or no cloud, Fmask), or a field of bits
 * (Landsat's QA_PIXEL, QA60).
 */
export type MaskKind = "scl" | "classes" | "bits";

/** A mask of each pixel that comes with a piece. See `clearTest`. */
export interface QualityBand {
  readonly kind: MaskKind;
  /** values that are clear; without them those of the modality, which are classes of the SCL */
  readonly clear?: readonly number[];
  /** of a bit field: a pixel is clear when none of these is set, counted from 0 */
  readonly bits?: readonly number[];
  /** a person named this mask: it is read instead of those that came with the images, and the largest instead of all others */
  readonly chosen?: number;
  readonly path: string;
  /** as in `AcquisitionBand` */
  readonly crs?: Crs;
  readonly bandIndex: number;
}

/** What a file's own name and tags say of it. A field that they do not name is unknown, and takes nothing from others. */
export interface FileFacts {
  readonly platform?: string;
  readonly level?: string;
  readonly relativeOrbit?: number;
  readonly pass?: "ascending" | "descending";
  /** `10:50:32` (UTC) */
  readonly time?: string;
  /** the MGRS tile of a Sentinel-2 product: `31UFS` */
  readonly tile?: string;
  readonly processingBaseline?: string;
  /** pixel size as the name states it: a product writes one band in several sizes */
  readonly resolutionMeters?: number;
}

/** One file's share of one acquisition: of a stack of dates only the bands of that date. */
export interface AcquisitionFile {
  readonly path: string;
  /** as in `AcquisitionBand` */
  readonly crs?: Crs;
  /** the file's pixels on Earth, from its header: its footprint. Unknown in jobs of older releases. */
  readonly grid?: GeoBox;
  readonly bands: readonly FileBand[];
  /** bands that a sharper file of the same product gives: kept in case that one is removed */
  readonly spare?: readonly FileBand[];
  readonly quality?: Omit<QualityBand, "path" | "crs">;
  readonly radiometry: Radiometry;
  readonly facts: FileFacts;
  /** What was taken from where. */
  readonly evidence: readonly Evidence[];
  /** of several images of one place the largest stands first; given by a person's choice, 0 without one */
  readonly preference?: number;
}

/** The files of one footprint: the bands and the mask of one tile, one sheet, one half of a scene. */
export interface AcquisitionPiece {
  /** sharpest first */
  readonly files: readonly AcquisitionFile[];
}

/**
 * One overpass of one sensor: a mosaic of pieces that lie side by side. Identity: sensor, level, date, and where they are
 * known platform, orbit, pass and the time of the overpass.
 */
export interface Acquisition {
  readonly id: string;
  /** as the person calls it; without it: sensor and date */
  readonly name?: string;
  readonly sensor: SensorId;
  readonly platform?: string;
  readonly level?: string;
  /** ISO date of the sensing time (UTC): `2019-04-10` */
  readonly date: string;
  /** of the earliest piece: `10:50:32` (UTC), when known */
  readonly time?: string;
  readonly relativeOrbit?: number;
  readonly pass?: "ascending" | "descending";
  /** another product of the places of this acquisition: the second (2), the third … Absent for the first. */
  readonly copy?: number;
  readonly pieces: readonly AcquisitionPiece[];
  readonly shift?: Shift;
}

/**
 * A correction of position found by co-registration, in units of the project's CRS; added to where the pixels lie. `bend` is what is
 * added besides, from place to place: it is asked at the corrected place.
 */
export interface Shift {
  readonly dx: number;
  readonly dy: number;
  readonly bend?: Bend | undefined;
}

/** Pieces have one order, whatever the order they came in: by their first file, then by its first band. */
export function byFirstPath(p: AcquisitionPiece, q: AcquisitionPiece): number {
  const [a, b] = [p.files[0]?.path ?? "", q.files[0]?.path ?? ""];
  if (a !== b) return a < b ? -1 : 1;
  const first = ({ files }: AcquisitionPiece) => files[0]?.bands[0]?.bandIndex ?? 0;
  return first(p) - first(q);
}

/** Bands of a piece in the sensor's own order; a name once, from the first file that has it. */
export function bandsOfPiece(piece: AcquisitionPiece, sensor?: SensorId): AcquisitionBand[] {
  const found = new Map<string, AcquisitionBand>();
  for (const { path, crs, bands } of piece.files)
    for (const band of bands)
      if (!found.has(band.name)) found.set(band.name, { ...band, path, ...(crs ? { crs } : {}) });
  const bands = [...found.values()];
  return sensor ? bands.sort((p, q) => rankOf(sensor, p.name) - rankOf(sensor, q.name)) : bands;
}

/** The file with the mask of a piece: the one a person chose last, else the first. */
export function maskFileOf({
  files,
}: AcquisitionPiece): (AcquisitionFile & Required<Pick<AcquisitionFile, "quality">>) | undefined {
  let best: AcquisitionFile | undefined;
  for (const file of files)
    if (file.quality && (!best || (file.quality.chosen ?? 0) > (best.quality?.chosen ?? 0))) best = file;
  return best as ReturnType<typeof maskFileOf>;
}

/** The mask of a piece, when it has one. */
export function qualityOfPiece(piece: AcquisitionPiece): QualityBand | undefined {
  const file = maskFileOf(piece);
  return file && { ...file.quality, path: file.path, ...(file.crs ? { crs: file.crs } : {}) };
}

/** Names of the bands that some piece has, in the sensor's own order. */
export function bandNamesOf({ sensor, pieces }: Pick<Acquisition, "sensor" | "pieces">): string[] {
  const names = new Set(pieces.flatMap(({ files }) => files.flatMap(({ bands }) => bands.map(({ name }) => name))));
  return [...names].sort((p, q) => rankOf(sensor, p) - rankOf(sensor, q));
}

/** Every file of an acquisition once, those of the quality bands among them. */
export function pathsOf({ pieces }: Pick<Acquisition, "pieces">): string[] {
  return [...new Set(pieces.flatMap(({ files }) => files.map(({ path }) => path)))];
}

/** The files of all pieces, those that hold only a mask among them. */
export function filesOf({ pieces }: Pick<Acquisition, "pieces">): AcquisitionFile[] {
  return pieces.flatMap(({ files }) => files);
}

/** The files with something measured in them, whichever piece they belong to. */
export function measuredFiles(acquisition: Pick<Acquisition, "pieces">): AcquisitionFile[] {
  return filesOf(acquisition).filter(({ bands }) => bands.length > 0);
}

/** Pieces with something measured in them: a mask alone is none. */
export function measuredPieces({ pieces }: Pick<Acquisition, "pieces">): AcquisitionPiece[] {
  return pieces.filter(({ files }) => files.some(({ bands }) => bands.length > 0));
}

/** True when every measured piece has its classification. */
export function hasQuality(acquisition: Pick<Acquisition, "pieces">): boolean {
  const pieces = measuredPieces(acquisition);
  const asked = pieces.length > 0 ? pieces : acquisition.pieces;
  return asked.length > 0 && asked.every((piece) => qualityOfPiece(piece) !== undefined);
}

/** How the numbers of the first measured file are read. */
export function radiometryOf(acquisition: Pick<Acquisition, "pieces">): Radiometry {
  const first = measuredFiles(acquisition)[0] ?? filesOf(acquisition)[0];
  return (
    first?.radiometry ?? {
      quantity: "unknown",
      scale: 1,
      offset: 0,
      decidedBy: { code: "written", text: "" },
      warnings: [],
    }
  );
}

/** Doubts about any file of the acquisition, each once. */
export function warningsOf({ pieces }: Pick<Acquisition, "pieces">): Remark[] {
  return distinctRemarks(pieces.flatMap(({ files }) => files.flatMap(({ radiometry }) => radiometry.warnings)));
}

/** What was taken from where, once per field: the first file stands for the others, which agree with it or would not be here. */
export function evidenceOf({ pieces }: Pick<Acquisition, "pieces">): Evidence[] {
  const byField = new Map<EvidenceField, Evidence>();
  for (const { files } of pieces)
    for (const { evidence } of files)
      for (const one of evidence)
        if (one.field !== "bands" && one.field !== "quality" && !byField.has(one.field)) byField.set(one.field, one);
  return [...byField.values()];
}

/** MGRS tiles of the pieces: `31UDS`, `31UES`. */
export function tilesOf({ pieces }: Pick<Acquisition, "pieces">): string[] {
  return [...new Set(pieces.flatMap(({ files }) => files.flatMap(({ facts }) => facts.tile ?? [])))].sort();
}

/** The distinct grids of a piece's files; together they are its footprint. `undefined`: not known. */
export function gridsOfPiece({ files }: AcquisitionPiece): GeoBox[] | undefined {
  const grids = new Map<string, GeoBox>();
  for (const { grid } of files) {
    if (!grid) return undefined;
    grids.set(JSON.stringify(grid), grid);
  }
  return [...grids.values()];
}

/** What acquisitions were before they had pieces: the flat form in the jobs of older releases. */
export interface FlatAcquisition extends Omit<Acquisition, "pieces"> {
  readonly tile?: string;
  readonly processingBaseline?: string;
  readonly bands: readonly AcquisitionBand[];
  readonly quality?: QualityBand;
  readonly radiometry: Radiometry;
  readonly evidence: readonly Evidence[];
}

/** How numbers are read, as any release stored it: sentences of older ones become codes. */
export function currentRadiometry(stored: Radiometry): Radiometry {
  const { decidedBy, warnings, own } = stored;
  return {
    ...stored,
    decidedBy: currentRemark(decidedBy),
    warnings: warnings.map(currentRemark),
    ...(own ? { own: currentRadiometry(own) } : {}),
  };
}

/** Evidence as any release stored it. */
export const currentEvidences = (stored: readonly (string | Evidence)[]): Evidence[] =>
  stored.flatMap((one) => currentEvidence(one) ?? []);

const currentFile = (file: AcquisitionFile): AcquisitionFile => ({
  ...file,
  radiometry: currentRadiometry(file.radiometry),
  evidence: currentEvidences(file.evidence),
});

/** An acquisition as the jobs of any release hold it, in the form of this one: in pieces, with codes for sentences. */
export function currentAcquisition(given: FlatAcquisition | Acquisition): Acquisition {
  const acquisition = withPieces(given);
  return { ...acquisition, pieces: acquisition.pieces.map(({ files }) => ({ files: files.map(currentFile) })) };
}

/** An acquisition of one piece, from the flat form. What has pieces already is given back. */
export function withPieces(given: FlatAcquisition | Acquisition): Acquisition {
  if ("pieces" in given) return given;
  const { tile, processingBaseline, bands, quality, radiometry, evidence, ...rest } = given;
  const { platform, level, relativeOrbit, pass, time } = rest;
  const facts: FileFacts = {
    ...(platform === undefined ? {} : { platform }),
    ...(level === undefined ? {} : { level }),
    ...(relativeOrbit === undefined ? {} : { relativeOrbit }),
    ...(pass === undefined ? {} : { pass }),
    ...(time === undefined ? {} : { time }),
    ...(tile === undefined ? {} : { tile }),
    ...(processingBaseline === undefined ? {} : { processingBaseline }),
  };
  const files = [...Map.groupBy(bands, ({ path, crs }) => `${path}\n${crs ?? ""}`).values()].map(
    (own): AcquisitionFile => {
      const { path, crs } = own[0]!;
      return {
        path,
        ...(crs ? { crs } : {}),
        bands: own.map(({ path: _, crs: __, ...band }) => band),
        ...(quality?.path === path ? { quality: { kind: quality.kind, bandIndex: quality.bandIndex } } : {}),
        radiometry,
        facts,
        evidence,
      };
    },
  );
  if (quality && !files.some(({ path }) => path === quality.path)) {
    const { path, crs, kind, bandIndex } = quality;
    files.push({ path, ...(crs ? { crs } : {}), bands: [], quality: { kind, bandIndex }, radiometry, facts, evidence });
  }
  return { ...rest, pieces: [{ files }] };
}

function rankOf(sensor: SensorId, name: string): number {
  const order = sensors[sensor].bands.findIndex((band) => band.name === name);
  return order < 0 ? sensors[sensor].bands.length : order;
}
