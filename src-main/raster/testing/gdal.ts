import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Affine } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { type SampleType, sampleTypes, type TypedArray } from "../sample-type.ts";
import { askGdal } from "./gdal-server.ts";

/** What a program does before it calls the function of its name: the function would ignore it. */
const ofProgramsAlone = /^(?:--.*|-oo|-if|-sds|-overwrite)$/;

/** GDAL's command-line tools as the oracle of this room's tests. */
export function run(tool: string, args: readonly string[]): string {
  // gdalwarp as a function always makes a new file.
  const asFunction =
    ["gdalinfo", "gdal_translate"].includes(tool) || (tool === "gdalwarp" && !existsSync(args.at(-1)!));
  if (asFunction && !args.some((word) => ofProgramsAlone.test(word))) return askGdal("tool", tool, args);
  return execFileSync(tool, args, { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["pipe", "pipe", "pipe"] });
}

/** A folder that vanishes when the tests of the file are done. */
export function temporaryFolder(): { readonly path: string; file(name: string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "raster-test-"));
  return { path, file: (name) => join(path, name), remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs Python with GDAL's bindings; `script` gets `args` as sys.argv[1:]. */
export function python(script: string, args: readonly string[] = []): string {
  return askGdal("script", script, args);
}

export interface GdalInfo {
  readonly size: readonly [number, number];
  readonly geoTransform?: readonly [number, number, number, number, number, number];
  readonly bands: readonly {
    readonly type: string;
    readonly checksum?: number;
    readonly noDataValue?: number | string;
    readonly description?: string;
    readonly scale?: number;
    readonly offset?: number;
    readonly colorInterpretation?: string;
    readonly overviews?: readonly { readonly size: readonly [number, number]; readonly checksum?: number }[];
    readonly categories?: readonly string[];
    readonly colorTable?: { readonly entries: readonly (readonly number[])[] };
    readonly mean?: number;
    readonly stdDev?: number;
    readonly minimum?: number;
    readonly maximum?: number;
  }[];
  readonly coordinateSystem?: { readonly wkt: string };
  /** the corners, in longitude and latitude */
  readonly wgs84Extent?: { readonly coordinates: readonly (readonly (readonly [number, number])[])[] };
  readonly metadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function gdalInfo(path: string, ...flags: string[]): GdalInfo {
  return JSON.parse(run("gdalinfo", ["-json", ...flags, path]).replace(/\bnan\b/g, "null")) as GdalInfo;
}

function gdalAffine(path: string): Affine {
  const [a, b, c, d, e, f] = gdalInfo(path).geoTransform!;
  return { a, b, c, d, e, f };
}

export function gdalGrid(path: string, crs: string): GeoBox {
  const { size } = gdalInfo(path);
  return { crs, affine: gdalAffine(path), width: size[0], height: size[1] };
}

/** All pixels of a file as GDAL reads them, band after band. */
export function gdalPixels(path: string, scratch: string, type: SampleType): TypedArray[] {
  run("gdal_translate", ["-q", "-of", "ENVI", "-co", "INTERLEAVE=BSQ", path, scratch]);
  const { size, bands } = gdalInfo(scratch);
  return rawPixels(scratch, type, size[0] * size[1], bands.length);
}

/** The bands of a raw file (GDAL's ENVI format), which holds nothing but pixels. */
export function rawPixels(path: string, type: SampleType, length: number, bands: number): TypedArray[] {
  const own = new Uint8Array(readFileSync(path)).buffer;
  return Array.from({ length: bands }, (_, i) =>
    sampleTypes[type].view(own, i * length * sampleTypes[type].bytes, length),
  );
}

/** GDAL's COG validator: its complaints, or "" when the file is valid. */
export function cogComplaints(path: string): string {
  return askGdal("complaints", path);
}
