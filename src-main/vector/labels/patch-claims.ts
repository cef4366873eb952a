/** Patches that have a label, from top to bottom and left to right. */
export interface LabelledPatches {
  readonly cols: Int32Array;
  readonly rows: Int32Array;
  readonly classCodes: Uint8Array;
  /** id of the polygon that owns the patch */
  readonly polygonIds: Int32Array;
}

const side = 256;
const contested = -1;

/**
 * Which polygon owns each patch while polygons are added one by one. Memory is taken in blocks where labels lie, so a few parcels
 * on a large grid cost little and a full cover costs four bytes per patch.
 */
export class PatchClaims {
  readonly #blocks = new Map<number, Int32Array>();
  readonly #classOf: (polygon: number) => number;
  readonly #blockColumns: number;
  readonly owned = new Map<number, number>();
  /** patches claimed by polygons of different classes: they get no label */
  contested = 0;
  /** polygons that lost a patch, or did not get it, because of another class */
  readonly lostToOthers = new Set<number>();

  constructor(gridWidth: number, classOf: (polygon: number) => number) {
    this.#blockColumns = Math.ceil(gridWidth / side);
    this.#classOf = classOf;
  }

  /** `polygon` (≥ 1) asks for the patches of a row from `start` up to, not including, `end`. The first of one class keeps a patch; between classes it becomes contested. */
  claim(row: number, start: number, end: number, polygon: number): void {
    const band = Math.floor(row / side) * this.#blockColumns;
    const line = (row % side) * side;
    for (let col = start; col < end; ) {
      const column = Math.floor(col / side);
      const until = Math.min(end, (column + 1) * side);
      this.#claimIn(this.#block(band + column), line + col - column * side, line + until - column * side, polygon);
      col = until;
    }
  }

  /** The final owner of a patch; 0 where it has none, also where classes contest it. */
  ownerOf(row: number, col: number): number {
    const block = this.#blocks.get(Math.floor(row / side) * this.#blockColumns + Math.floor(col / side));
    return Math.max(0, block?.[(row % side) * side + (col % side)] ?? 0);
  }

  #block(key: number): Int32Array {
    let block = this.#blocks.get(key);
    if (!block) {
      block = new Int32Array(side * side);
      this.#blocks.set(key, block);
    }
    return block;
  }

  #claimIn(block: Int32Array, start: number, end: number, polygon: number): void {
    let won = 0;
    for (let at = start; at < end; at++) {
      const owner = block[at]!;
      if (owner === 0) {
        block[at] = polygon;
        won++;
      } else if (owner === contested) {
        this.lostToOthers.add(polygon);
      } else if (owner !== polygon && this.#classOf(owner) !== this.#classOf(polygon)) {
        block[at] = contested;
        this.owned.set(owner, this.owned.get(owner)! - 1);
        this.contested++;
        this.lostToOthers.add(owner).add(polygon);
      }
    }
    if (won > 0) this.owned.set(polygon, (this.owned.get(polygon) ?? 0) + won);
  }

  patches(): LabelledPatches {
    const count = [...this.owned.values()].reduce((sum, patches) => sum + patches, 0);
    const cols = new Int32Array(count);
    const rows = new Int32Array(count);
    const classCodes = new Uint8Array(count);
    const polygonIds = new Int32Array(count);
    const keys = [...this.#blocks.keys()].sort((p, q) => p - q);
    const bands = Map.groupBy(keys, (key) => Math.floor(key / this.#blockColumns));
    let next = 0;
    for (const [band, members] of bands) {
      for (let line = 0; line < side; line++) {
        for (const key of members) {
          const block = this.#blocks.get(key)!;
          for (let offset = 0; offset < side; offset++) {
            const owner = block[line * side + offset]!;
            if (owner < 1) continue;
            cols[next] = (key % this.#blockColumns) * side + offset;
            rows[next] = band * side + line;
            classCodes[next] = this.#classOf(owner);
            polygonIds[next] = owner;
            next++;
          }
        }
      }
    }
    return { cols, rows, classCodes, polygonIds };
  }
}
