/** Headers of files that were read lately: the one cache of them, whoever reads. */

import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { AppError } from "../../src-shared/errors/index.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { LoadingCache } from "../files/index.ts";
import { contentKey, fileState, openRaster, type Raster, type Work } from "../raster/index.ts";

/** A header is a few kilobytes; open files have a limit of their own, in the raster room. */
const most = 1024;

/** Which state of each file a reading means, by path: see `Headers.open`. */
export type FileStates = Map<string, string>;

export interface HeaderOptions extends Pick<Work, "urgent"> {
  readonly states?: FileStates | undefined;
}

export class Headers {
  readonly #open: LoadingCache<Raster>;

  constructor(limit = most) {
    this.#open = LoadingCache.ofCount(limit);
  }

  /** Headers that are kept. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * The raster at `path`, in the coordinate system a person chose for it, if they did. A file that was replaced since is read
   * anew; given `states`, the first opening of a file notes its state there and any other state is refused.
   * @throws AppError "raster-changed" and those of `openRaster`
   */
  async open(path: string, crs?: Crs, { states, urgent }: HeaderOptions = {}): Promise<Raster> {
    const now = await stat(path, { bigint: true }).catch(() => undefined);
    if (states) hold(states, path, now);
    const key = `${path}\n${crs ?? ""}\n${now ? contentKey(now) : "missing"}`;
    // A warp under way keeps its raster: the cache forgets the header only.
    return this.#open.get(key, () => openRaster(path, { crs, urgent }));
  }
}

function hold(states: FileStates, path: string, now: BigIntStats | undefined): void {
  const state = now ? fileState(now) : "missing";
  const held = states.get(path);
  if (held === undefined) states.set(path, state);
  else if (held !== state && now) throw new AppError("raster-changed", { path });
}

/** Of this process. */
export const headers = new Headers();
