import { AppError } from "../../../src-shared/errors/index.ts";
import { type Affine, isInvertible } from "../../../src-shared/geo/affine.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { datumNote } from "../crs.ts";
import { SideFileProblem } from "../damage.ts";
import { CrsProblem } from "../projection.ts";
import { readSidecar, type Sidecar } from "../sidecars.ts";
import { XmlProblem } from "../xml.ts";

/** Where an image lies, and in which system: the same rules for every format. */

/** What a file says of its system: a code or a text, and what it also says and is not used. */
export interface NamedCrs {
  readonly crs: Crs | undefined;
  readonly note?: string;
}

/**
 * GDAL's `.aux.xml` beside an image. One in a local system says nothing of a place on Earth: the image's own place is taken.
 * @throws SideFileProblem when it is there and cannot be used
 */
export async function sidecarOf(path: string): Promise<Sidecar | undefined> {
  const sidecar = await readSidecar(path).catch((error) => {
    throw error instanceof XmlProblem ? new SideFileProblem(`${path}.aux.xml`, error.reason) : error;
  });
  if (!sidecar?.crs || !/^(LOCAL_CS|ENGCRS|ENGINEERINGCRS)/i.test(sidecar.crs)) return sidecar;
  const { crs: _local, affine: _localPlace, ...rest } = sidecar;
  return rest;
}

/** A transform that places pixels: it has an inverse, and its numbers are ones that coordinates can have. */
export function usableAffine(affine: Affine | undefined): Affine | undefined {
  if (!affine || !isInvertible(affine)) return undefined;
  const { a, b, c, d, e, f } = affine;
  const least = Math.min(Math.hypot(b, e), Math.hypot(c, f));
  return least > 1e-12 && [a, b, c, d, e, f].every((number) => Math.abs(number) < 1e15) ? affine : undefined;
}

/**
 * The system that was given, else that of the sidecar, else the file's own.
 * @throws AppError "raster-crs-unusable" when the file names one that cannot be honoured in full
 */
export function systemOf(
  path: string,
  given: Crs | undefined,
  beside: Crs | undefined,
  own: () => NamedCrs | undefined,
): NamedCrs {
  if (given !== undefined) return { crs: given };
  try {
    const named = beside ? { crs: beside } : (own() ?? { crs: undefined });
    if (!named.crs) return named;
    const notes = ["note" in named ? named.note : undefined, datumNote(named.crs)].filter((note) => note !== undefined);
    return notes.length > 0 ? { crs: named.crs, note: notes.join("; ") } : { crs: named.crs };
  } catch (cause) {
    const unusable = cause instanceof AppError && (cause.code === "crs-unusable" || cause.code === "crs-unknown");
    if (!(cause instanceof CrsProblem) && !unusable) throw cause;
    const why =
      cause instanceof CrsProblem
        ? cause.reason
        : cause instanceof AppError && cause.cause instanceof CrsProblem
          ? cause.cause.reason
          : (cause as Error).message;
    throw new AppError("raster-crs-unusable", { path, reason: why }, { cause });
  }
}

/** The part of `RasterInfo` that says where the image lies. */
export function placed(
  { crs, note }: NamedCrs,
  affine: Affine | undefined,
  size: { readonly width: number; readonly height: number },
): { readonly geobox: GeoBox | undefined; readonly crs?: Crs; readonly crsNote?: string } {
  const { width, height } = size;
  return {
    geobox: affine ? { crs: crs ?? "", affine, width, height } : undefined,
    ...(crs ? { crs } : {}),
    ...(note ? { crsNote: note } : {}),
  };
}
