import type { ProjectGrid } from "../../src-shared/domain/job.ts";
import type { TilePreview } from "../../src-shared/domain/training.ts";
import { boundsOfPatches } from "../cube/index.ts";
import { argmax } from "./argmax.ts";
import { patchGrid } from "./imagery.ts";
import type { TileLogits } from "./predict.ts";

/** Enough to see how the map becomes, little enough to be sent and kept: 400 tiles of 6 × 6 patches are 29 kB. */
const mostTiles = 400;

/** Gathers tiles that were computed anyway into a picture of the map so far. */
export class TilePreviewer {
  readonly #grid: ProjectGrid;
  readonly #codes: readonly number[];
  readonly #corners: [number, number][] = [];
  readonly #classes: Uint8Array[] = [];
  readonly #confidence: Uint8Array[] = [];
  readonly #every: number;
  #side = 0;
  #count = 0;

  /** `codes`: the classes in the order of the network's outputs; `expected`: how many tiles will come */
  constructor(grid: ProjectGrid, codes: readonly number[], expected: number) {
    this.#grid = grid;
    this.#codes = codes;
    this.#every = Math.max(1, Math.ceil(expected / mostTiles));
  }

  add({ window, logits, seen }: TileLogits): void {
    if (this.#count++ % this.#every !== 0) return;
    const { minX, maxY } = boundsOfPatches(patchGrid(this.#grid), window);
    const size = this.#codes.length;
    const classes = new Uint8Array(seen.length);
    const confidence = new Uint8Array(seen.length);
    for (let p = 0; p < seen.length; p++) {
      if (!seen[p]) continue;
      const of = (k: number) => logits[p * size + k]!;
      const best = argmax(size, of);
      let sum = 0;
      for (let k = 0; k < size; k++) sum += Math.exp(of(k) - of(best));
      classes[p] = this.#codes[best]!;
      confidence[p] = Math.round(100 / sum);
    }
    this.#side = window.width;
    this.#corners.push([minX, maxY]);
    this.#classes.push(classes);
    this.#confidence.push(confidence);
  }

  result(): TilePreview | null {
    if (this.#corners.length === 0) return null;
    const text = (parts: readonly Uint8Array[]) => Buffer.concat(parts).toString("base64");
    return {
      side: this.#side,
      patchMeters: this.#grid.patchMeters,
      corners: this.#corners,
      classes: text(this.#classes),
      confidence: text(this.#confidence),
    };
  }
}
