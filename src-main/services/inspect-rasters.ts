import type { Crs } from "../../src-shared/geo/crs.ts";
import { openRaster, type Raster } from "../raster/index.ts";

/** Headers of many files, kept: a second click reads no header again. A file that changed is opened anew by the raster room's cache. */
export class OpenRasters {
  readonly #limit: number;
  readonly #open = new Map<string, Promise<Raster>>();

  constructor(limit = 1024) {
    this.#limit = limit;
  }

  /** `crs` is what a person chose for the file, if they did. */
  get(path: string, crs?: Crs): Promise<Raster> {
    const key = `${path}\n${crs ?? ""}`;
    const known = this.#open.get(key);
    const raster = known ?? openRaster(path, crs === undefined ? {} : { crs });
    this.#open.delete(key);
    this.#open.set(key, raster);
    if (!known) {
      raster.catch(() => this.#open.delete(key));
      const [oldest] = this.#open.keys();
      if (this.#open.size > this.#limit && oldest !== undefined) this.#open.delete(oldest);
    }
    return raster;
  }

  /** After files were re-linked or changed on disk. */
  forget(): void {
    this.#open.clear();
  }
}
