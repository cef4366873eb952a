import { existsSync } from "node:fs";
import { join } from "node:path";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { writeWhole } from "../files/index.ts";
import { createCog, type WriteOptions } from "../raster/index.ts";
import { numberRamp, rampQml, rampSld } from "../vector/styles/index.ts";

// Rasters of numbers and the styles that go with them.

/** Figures of the numbers of a raster, counted as they come: percentiles from at most so many of them, drawn evenly. */
export class SurfaceFigures {
  count = 0;
  low = Number.POSITIVE_INFINITY;
  high = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #kept: number[] = [];
  #every = 1;

  add(value: number): void {
    this.low = Math.min(this.low, value);
    this.high = Math.max(this.high, value);
    this.#sum += value;
    if (this.count++ % this.#every !== 0) return;
    this.#kept.push(value);
    if (this.#kept.length < mostKept) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  get mean(): number {
    return this.#sum / this.count;
  }

  /** The numbers that were kept, ascending. */
  sorted(): number[] {
    return this.#kept.sort((p, q) => p - q);
  }

  /** Where colours begin and end: the 2nd and 98th percentile, never one number. */
  stretch(): readonly [number, number] {
    const all = this.sorted();
    const at = (share: number) => all[Math.round(share * (all.length - 1))]!;
    const [low, high] = [at(0.02), at(0.98)];
    return high > low ? [low, high] : [low - 0.5, low + 0.5];
  }
}
const mostKept = 1 << 16;

interface SurfaceToWrite {
  readonly folder: string;
  readonly name: string;
  readonly geobox: GeoBox;
  readonly bands: readonly string[];
  readonly unit: string;
  readonly stretch: readonly [number, number];
  readonly note: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly read: (window: PixelWindow) => Promise<readonly Float32Array[] | undefined>;
  readonly options: WriteOptions;
}

/** A float32 COG, NaN where nothing is known, with styles that blend colours and name the unit. */
export async function writeSurface(given: SurfaceToWrite) {
  const { folder, name, geobox, bands, unit, stretch, note, metadata, read, options } = given;
  const path = join(folder, `${name}.tif`);
  await createCog(
    path,
    {
      geobox,
      bandCount: bands.length,
      dataType: "float32",
      nodata: Number.NaN,
      bandNames: bands,
      overviewMethod: "average",
      metadata,
    },
    read,
    options,
  );
  const ramp = numberRamp(...stretch, unit);
  const qmlPath = join(folder, `${name}.qml`);
  const sldPath = join(folder, `${name}.sld`);
  await writeWhole(qmlPath, rampQml(ramp, 1, note));
  await writeWhole(sldPath, rampSld(name, ramp, 1, note));
  return { path, qmlPath, sldPath, sidecarPaths: [`${path}.aux.xml`].filter((file) => existsSync(file)) };
}
