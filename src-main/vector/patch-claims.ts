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
 * Who owns which patch while polygons come in one by one. Memory is taken in blocks where labels lie, so a few parcels
 * on a large grid cost little and a full cover costs four bytes per patch.
 */
export class PatchClaims {
  readonly #blocks = new Map<number, Int32Array>();
  readonly #classOf: (polygon: number) => number;
  readonly #blockColumns: number;
  readonly owned = new Map<number, number>();
  /** patches claimed by polygons of different classes: nobody gets them */
  contested = 0;
  /** polygons that lost a patch, or did not get it, because of another class */
  readonly lostToOthers = new Set<number>();

  constructor(gridWidth: number, classOf: (polygon: number) => number) {
    this.#blockColumns = Math.ceil(gridWidth / side);
    this.#classOf = classOf;
  }

  /** `polygon` (≥ 1) asks for a patch. The first of one class keeps it; between classes it becomes contested. */
  claim(col: number, row: number, polygon: number): void {
    const key = Math.floor(row / side) * this.#blockColumns + Math.floor(col / side);
    let block = this.#blocks.get(key);
    if (!block) {
      block = new Int32Array(side * side);
      this.#blocks.set(key, block);
    }
    const at = (row % side) * side + (col % side);
    const owner = block[at]!;
    if (owner === 0) {
      block[at] = polygon;
      this.owned.set(polygon, (this.owned.get(polygon) ?? 0) + 1);
    } else if (owner === contested) {
      this.lostToOthers.add(polygon);
    } else if (owner !== polygon && this.#classOf(owner) !== this.#classOf(polygon)) {
      block[at] = contested;
      this.owned.set(owner, this.owned.get(owner)! - 1);
      this.contested++;
      this.lostToOthers.add(owner).add(polygon);
    }
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
