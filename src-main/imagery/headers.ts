/** Headers of files that were read lately: the one cache of them, shared by all readers. */

import { AppError } from "../../src-shared/errors/index.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { holderState, LoadingCache } from "../files/index.ts";
import { contentKey, fileState, openRaster, type Raster, type Work } from "../raster/index.ts";

/** A header is a few kilobytes; open files have a limit of their own, in the raster room. */
const most = 1024;

/** Milliseconds for which a state counts as looked at; the raster room looks as often while it reads. */
const lookEvery = 200;

interface FileState {
  readonly state: string;
  readonly content: string;
  /** when it was looked at */
  readonly at: number;
}

/** Which state of each file a reading means, by path: see `Headers.open`. */
export type FileStates = Map<string, FileState>;

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
    const content = await contentOf(path, states);
    const key = `${path}\n${crs ?? ""}\n${content}`;
    // A warp under way keeps its raster: the cache forgets the header only.
    return this.#open.get(key, () => openRaster(path, { crs, urgent }));
  }
}

async function contentOf(path: string, states: FileStates | undefined): Promise<string> {
  const held = states?.get(path);
  if (held && performance.now() - held.at < lookEvery) return held.content;
  const now = await holderState(path).catch(() => undefined);
  if (!now) return "missing";
  const [state, content] = [fileState(now), contentKey(now)];
  if (held && held.state !== state) throw new AppError("raster-changed", { path });
  states?.set(path, { state, content, at: performance.now() });
  return content;
}

/** Of this process. */
export const headers = new Headers();
