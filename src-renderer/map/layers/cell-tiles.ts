// Labels of many patches as pictures: one pixel per patch, fewer when the map is far away.
import type { Label } from "../../../src-shared/domain/label.ts";
import { cellBytes, type PatchCells } from "../../../src-shared/domain/patch-cells.ts";

/** The pixels of a picture across and down. */
export const tileSide = 128;

/** A picture of `tileSide`² pixels, each of which shows the patch at the middle of `stride` × `stride` of them. */
export interface CellTile {
  readonly stride: number;
  /** its first patch is (col · stride · tileSide, row · stride · tileSide) */
  readonly col: number;
  readonly row: number;
}

interface Packed {
  readonly id: number;
  readonly code: number;
  readonly cells: PatchCells;
  /** unpacked from text when they are first drawn */
  bytes: Uint8Array | undefined;
}

export type CellLabel = Pick<Label, "id" | "classCode"> & { readonly cells: PatchCells };

/** Labels that name patches, found by tile. Columns and rows count from the corner of the project's area. */
export class CellLabels {
  readonly #labels = new Map<number, Packed>();
  /** by stride and tile: ids in their order */
  readonly #tiles = new Map<number, Map<string, number[]>>();

  get size(): number {
    return this.#labels.size;
  }

  put({ id, classCode, cells }: CellLabel): void {
    this.#labels.set(id, { id, code: classCode, cells, bytes: undefined });
    this.#tiles.clear();
  }

  delete(id: number): boolean {
    if (this.#labels.delete(id)) this.#tiles.clear();
    else return false;
    return true;
  }

  clear(): void {
    this.#labels.clear();
    this.#tiles.clear();
  }

  /** Does the label name that patch? */
  has(id: number, col: number, row: number): boolean {
    const label = this.#labels.get(id);
    return label !== undefined && bitAt(label, col - label.cells.col, row - label.cells.row);
  }

  /**
   * The colours of a tile, [side, side, 4] from 0 to 255; `undefined` where no label lies.
   * @param colorOf red, green, blue, alpha of a label; `undefined`: it is not drawn
   */
  paint(
    tile: CellTile,
    colorOf: (id: number, code: number) => readonly [number, number, number, number] | undefined,
  ): Uint8ClampedArray<ArrayBuffer> | undefined {
    const { stride, col, row } = tile;
    const found = this.#at(stride).get(`${col} ${row}`);
    if (!found) return undefined;
    const pixels = new Uint8ClampedArray(tileSide * tileSide * 4);
    const middle = stride >> 1;
    for (const id of found) {
      const label = this.#labels.get(id)!;
      const color = colorOf(id, label.code);
      if (!color) continue;
      const { cells } = label;
      const [left, top] = [col * tileSide * stride, row * tileSide * stride];
      const from = (start: number, edge: number) => Math.max(0, Math.ceil((start - edge - middle) / stride));
      const end = (start: number, size: number, edge: number) =>
        Math.min(tileSide, Math.ceil((start + size - edge - middle) / stride));
      const lastX = end(cells.col, cells.width, left);
      const lastY = end(cells.row, cells.height, top);
      for (let y = from(cells.row, top); y < lastY; y++) {
        for (let x = from(cells.col, left); x < lastX; x++) {
          if (!bitAt(label, left + x * stride + middle - cells.col, top + y * stride + middle - cells.row)) continue;
          pixels.set(color, (y * tileSide + x) * 4);
        }
      }
    }
    return pixels;
  }

  #at(stride: number): ReadonlyMap<string, readonly number[]> {
    const known = this.#tiles.get(stride);
    if (known) return known;
    const made = new Map<string, number[]>();
    const size = tileSide * stride;
    for (const { id, cells } of this.#labels.values()) {
      const [right, bottom] = [cells.col + cells.width - 1, cells.row + cells.height - 1];
      for (let row = Math.floor(cells.row / size); row <= Math.floor(bottom / size); row++) {
        for (let col = Math.floor(cells.col / size); col <= Math.floor(right / size); col++) {
          const key = `${col} ${row}`;
          const ids = made.get(key);
          if (ids) ids.push(id);
          else made.set(key, [id]);
        }
      }
    }
    this.#tiles.set(stride, made);
    return made;
  }
}

function bitAt(label: Packed, x: number, y: number): boolean {
  const { width, height } = label.cells;
  if (x < 0 || y < 0 || x >= width || y >= height) return false;
  label.bytes ??= cellBytes(label.cells);
  const bit = y * width + x;
  return ((label.bytes[bit >> 3] ?? 0) & (128 >> (bit & 7))) !== 0;
}

/** How many patches one pixel of a tile stands for, so that it is about a pixel of the screen: a power of two. */
export function strideFor(pixelsPerPatch: number): number {
  return pixelsPerPatch >= 1 ? 1 : 2 ** Math.min(16, Math.floor(Math.log2(1 / pixelsPerPatch)));
}
