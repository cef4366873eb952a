import type { LabelInput, LabelPolygon, ProjectGrid, SplitPart } from "../../src-shared/domain/job.ts";
import type { LabelledTable } from "../classifiers/index.ts";
import { type PatchWindow, planBlend, type TileRows } from "../cube/index.ts";
import { type FeatureBlock, type FeatureLayer, mostInstantRows } from "../features/index.ts";
import { patchGrid, projectArea } from "./imagery.ts";
import { type LabelledPolygon, LabelPatches, type PatchLabels } from "./label-patches.ts";
import { placeDraw, sharesOfPolygons } from "./method-table.ts";

/** The parts that never teach the instant map: patches that their labels hold are left out even where another label lies on them. */
const heldBack = ["validation", "test"] as const;

/** The labels that hold patches of the parts held back. */
export const heldBackLabels = (labels: LabelInput, grid: ProjectGrid): LabelPatches[] => {
  const codes = labels.legend.map(({ code }) => code);
  return heldBack.flatMap((part) =>
    labels.polygons.some((polygon) => polygon.part === part)
      ? [new LabelPatches(labels, part, codes, patchGrid(grid), projectArea(grid))]
      : [],
  );
};

/** How many rows of these labels teach the instant map at most. */
export const mostRowsTaught = (usable: readonly LabelledPolygon[], columns: number): number =>
  mostInstantRows({ classes: new Set(usable.map(({ classCode }) => classCode)).size, columns });

/** What the instant map learns from. */
export interface InstantLesson {
  /** standardised values of the layer; classes as positions in `codes` */
  readonly table: LabelledTable;
  /** [rows] the label of each row */
  readonly groups: Int32Array;
  /** the legend's codes */
  readonly codes: readonly number[];
  /** labels of the training part that hold a patch which an input sees, and the other ones */
  readonly labels: number;
  readonly outside: number;
  /** by class code: patches that are learned from */
  readonly patches: Readonly<Record<number, number>>;
}

/** What is known of the patches of one block between two edits. */
interface ToldBlock {
  readonly window: PatchWindow;
  readonly told: PatchLabels;
  /** [patches] 1 where a label of a part held back lies; `undefined`: nowhere */
  readonly held: Uint8Array | undefined;
  /** [patches] the numbers that decide which patches of labels that are too large are taken */
  draws: Float64Array | undefined;
}

/**
 * The rows of a feature layer that labels teach: the same patches that a model made of them learns from (`finetuneMethod`), read from the layer.
 * Between two edits it keeps what blocks of patches are labelled as, so that an edit costs what it changes, however many labels there are.
 */
export class InstantLessons {
  readonly #layer: FeatureLayer;
  readonly #grid: ProjectGrid;
  readonly #seed: number;
  readonly #blocks: TileRows;
  #codes: readonly number[] = [];
  #polygons = new Set<LabelPolygon>();
  #train: LabelPatches | undefined;
  #held: readonly LabelPatches[] = [];
  #unused: LabelPatches | undefined;
  #told = new Map<number, ToldBlock>();

  /** @param seed chooses patches of labels that are too large */
  constructor(layer: FeatureLayer, grid: ProjectGrid, seed: number) {
    this.#layer = layer;
    this.#grid = grid;
    this.#seed = seed;
    this.#blocks = planBlend(projectArea(grid), layer.side, 0).tiles;
  }

  /** Labels that are the same objects as before cost nothing. */
  learn(labels: LabelInput): InstantLesson {
    const train = this.#update(labels);
    const { columns, factors } = this.#layer;
    const usable = train.usable();
    const shares = sharesOfPolygons(usable, mostRowsTaught(usable, columns));
    const found: { readonly block: FeatureBlock; readonly p: number }[] = [];
    const classes: number[] = [];
    const groups: number[] = [];
    for (const index of [...this.#told.keys()].sort((p, q) => p - q)) {
      const { window, told, held } = this.#told.get(index)!;
      const block = this.#layer.blockAt(window.col, window.row);
      if (!block) continue;
      for (let p = 0; p < told.classes.length; p++) {
        if (told.classes[p]! < 0 || held?.[p] === 1 || block.seen[p] !== 1) continue;
        const share = shares.get(told.polygons[p]!) ?? 1;
        if (share < 1 && this.#drawsOf(index)[p]! >= share) continue;
        found.push({ block, p });
        classes.push(told.classes[p]!);
        groups.push(told.polygons[p]!);
      }
    }
    const values = new Float32Array(found.length * columns);
    let to = 0;
    for (const { block, p } of found)
      for (let j = 0, from = p * columns; j < columns; j++) values[to++] = block.values[from++]! * factors[j]!;
    const patches: Record<number, number> = {};
    for (const position of classes) patches[this.#codes[position]!] = (patches[this.#codes[position]!] ?? 0) + 1;
    const teaching = new Set(labels.polygons.flatMap(({ id, part }) => (part === "train" ? [id] : [])));
    const reached = new Set(groups).size;
    const classCount = this.#codes.length;
    return {
      table: { values, rows: found.length, columns, classes: Int32Array.from(classes), classCount },
      groups: Int32Array.from(groups),
      codes: this.#codes,
      labels: reached,
      outside: teaching.size - reached,
      patches,
    };
  }

  /** Whether a label lies on a patch, also one that is used for nothing, as of the labels that were learned last. */
  isLabelled(col: number, row: number): boolean {
    return [this.#train, ...this.#held, this.#unused].some((one) => one?.has(col, row));
  }

  #update(labels: LabelInput): LabelPatches {
    const codes = labels.legend.map(({ code }) => code);
    const polygons = new Set(labels.polygons);
    const anew = !this.#train || String(codes) !== String(this.#codes);
    if (anew) {
      const of = (part: SplitPart) => new LabelPatches({ ...labels, polygons: [] }, part, codes, patchGrid(this.#grid), projectArea(this.#grid)); // biome-ignore format: one call
      this.#train = of("train");
      this.#held = heldBack.map(of);
      this.#unused = of("unused");
      this.#polygons = new Set();
      this.#told = new Map();
      this.#codes = codes;
    }
    const removed = [...this.#polygons].filter((one) => !polygons.has(one));
    const added = labels.polygons.filter((one) => !this.#polygons.has(one));
    this.#polygons = polygons;
    const train = this.#train!;
    const changed = new Set<number>();
    this.#unused!.change(removed, added);
    for (const one of [train, ...this.#held])
      for (const span of one.change(removed, added))
        for (const index of this.#blocks.touching(span)) changed.add(index);
    for (const index of changed) {
      const window = this.#blocks.at(index)!;
      const told = train.labels(window);
      if (!told.polygons.some((id) => id >= 0)) {
        this.#told.delete(index);
        continue;
      }
      const others = this.#held.map((other) => other.labels(window).polygons);
      const held = Uint8Array.from(told.polygons, (_, p) => (others.some((own) => own[p]! >= 0) ? 1 : 0));
      this.#told.set(index, {
        window,
        told,
        held: held.includes(1) ? held : undefined,
        draws: this.#told.get(index)?.draws,
      });
    }
    return train;
  }

  #drawsOf(index: number): Float64Array {
    const block = this.#told.get(index)!;
    block.draws ??= Float64Array.from(block.told.polygons, (_, p) => placeDraw(this.#seed, block.window, p));
    return block.draws;
  }
}
