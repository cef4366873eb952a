/** What a person says a file's numbers mean; it wins over every guess. */
import type { AcquisitionFile, FileBand, MaskKind, Radiometry } from "../../src-shared/eo/index.ts";

/** Words of the command line and the window for what numbers are. */
export const units = {
  reflectance: "reflectance",
  db: "backscatter-db",
  linear: "backscatter-linear",
  amplitude: "backscatter-amplitude",
  brightness: "brightness",
  unknown: "unknown",
} as const satisfies Readonly<Record<string, Radiometry["quantity"]>>;
export type Unit = keyof typeof units;

/** value = stored × scale + offset; what is left out stays as it was. */
export interface GivenRadiometry {
  readonly scale?: number | undefined;
  readonly offset?: number | undefined;
  readonly unit?: Unit | undefined;
  /** this stored number is no data; `null`: none is */
  readonly nodata?: number | null | undefined;
}

/** What a mask's numbers mean. */
export interface GivenMask {
  readonly kind: MaskKind;
  readonly clear?: readonly number[] | undefined;
  readonly bits?: readonly number[] | undefined;
  /** as in `QualityBand` */
  readonly chosen?: number | undefined;
}

/** The file with what was given. Doubts about the replaced guess are removed; whether the new meaning fits is checked again. */
export function withGivenRadiometry(file: AcquisitionFile, given: GivenRadiometry): AcquisitionFile {
  const { scale, offset, unit, nodata } = given;
  if ([scale, offset, unit, nodata].every((value) => value === undefined)) return file;
  const chosen = {
    ...(scale === undefined ? {} : { scale }),
    ...(offset === undefined ? {} : { offset }),
    ...(unit === undefined ? {} : { unit }),
    ...(nodata === undefined ? {} : { nodata }),
  };
  const { basis: _, own: __, ...before } = file.radiometry;
  const meant = ({ nodata: own, ...band }: FileBand): FileBand => {
    const value = nodata === undefined ? own : (nodata ?? undefined);
    return {
      ...band,
      scale: scale ?? band.scale,
      offset: offset ?? band.offset,
      ...(value === undefined ? {} : { nodata: value }),
    };
  };
  return {
    ...file,
    bands: file.bands.map(meant),
    ...(file.spare ? { spare: file.spare.map(meant) } : {}),
    radiometry: {
      ...before,
      scale: scale ?? before.scale,
      offset: offset ?? before.offset,
      quantity: unit === undefined ? before.quantity : units[unit],
      decidedBy: { code: "values-chosen", ...chosen },
      warnings: [],
    },
    evidence: [
      ...file.evidence.filter(({ field }) => field !== "radiometry"),
      { field: "radiometry", source: { code: "chosen-values", ...chosen } },
    ],
  };
}

/** A band of the file becomes its mask and is no longer an input. */
export function withMaskBand(file: AcquisitionFile, bandIndex: number, given: GivenMask): AcquisitionFile {
  return {
    ...file,
    bands: file.bands.filter((band) => band.bandIndex !== bandIndex),
    quality: maskOf(bandIndex, given),
    evidence: [...file.evidence, { field: "mask", source: { code: "chosen-band", band: bandIndex } }],
  };
}

/** The mask of a file as it is stored: `bandIndex` (from 1) read with the meaning that was given. */
export function maskOf(
  bandIndex: number,
  { kind, clear, bits, chosen }: GivenMask,
): NonNullable<AcquisitionFile["quality"]> {
  return {
    kind,
    bandIndex,
    ...(clear === undefined ? {} : { clear: [...clear] }),
    ...(bits === undefined ? {} : { bits: [...bits] }),
    ...(chosen === undefined ? {} : { chosen }),
  };
}
