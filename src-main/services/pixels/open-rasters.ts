import { stat } from "node:fs/promises";
import { contentKey, openRaster, type Raster } from "../../raster/index.ts";

const most = 256;

/** Headers of rasters that were drawn lately. A header is a few kilobytes; file handles have a limit of their own. */
class OpenRasters {
  readonly #open = new Map<string, Promise<Raster>>();

  /** A file that was replaced since is read anew. */
  async open(path: string, crs?: string): Promise<Raster> {
    const identity = await stat(path, { bigint: true }).then(contentKey, () => "missing");
    const key = `${path}\n${crs ?? ""}\n${identity}`;
    const known = this.#open.get(key);
    const raster = known ?? openRaster(path, { crs });
    this.#open.delete(key);
    this.#open.set(key, raster);
    if (!known) {
      raster.catch(() => this.#open.delete(key));
      const [oldest] = this.#open.keys();
      // A warp under way keeps its raster; this forgets the header only.
      if (this.#open.size > most && oldest !== undefined) this.#open.delete(oldest);
    }
    return raster;
  }
}

export const openRasters = new OpenRasters();
