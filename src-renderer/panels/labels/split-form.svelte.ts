import { untrack } from "svelte";
import type { SplitMeaning } from "../../../src-shared/domain/split.ts";
import type { SplitReport } from "../../../src-shared/ipc/index.ts";
import type { Labels } from "../../state/labels.svelte.ts";

export const splitMethods = ["blocks", "polygons", "field", "random"] as const;
export type SplitMethodName = (typeof splitMethods)[number];

interface SplitSettings {
  method: SplitMethodName;
  seed: number;
  /** `null`: chosen so that every class trains and tests */
  blockMeters: number | null;
  bufferMeters: number;
  field: string | null;
  parts: Record<string, SplitMeaning>;
  shares: { train: number; validation: number; test: number };
  /** `null`: shares; else cross-validation with so many folds, of which `fold` tests */
  folds: number | null;
  fold: number;
  tooFew: "error" | "train";
}
const usual: SplitSettings = {
  method: "blocks",
  seed: 0,
  blockMeters: null,
  bufferMeters: 0,
  field: null,
  parts: {},
  shares: { train: 0.6, validation: 0.1, test: 0.3 },
  folds: null,
  fold: 1,
  tooFew: "train",
};

/** Folds are dealt to squares and to whole polygons. */
export const foldable = (method: SplitMethodName): boolean => method === "blocks" || method === "polygons";

/** How the labels of the active legend are to be split: as they are, or, before they are, as usual until something is chosen. */
export class SplitForm {
  readonly #labels: Pick<Labels, "active" | "split">;
  settings = $state<SplitSettings>({ ...usual });

  constructor(labels: Pick<Labels, "active" | "split">) {
    this.#labels = labels;
  }

  readonly split = $derived.by((): SplitReport | null => this.#labels.split?.split ?? null);
  /** Fields of the labels: none has to fit, since those that are drawn have none. */
  readonly fields = $derived.by((): readonly string[] => this.#labels.split?.fields ?? []);
  /** Nothing is left to choose before a split can be made. */
  readonly complete = $derived.by(
    (): boolean =>
      this.settings.method !== "field" || (this.settings.field !== null && this.fields.includes(this.settings.field)),
  );

  /** What is in force stands in the form, also after undo and after another window changed it. Call it while a component is being made. */
  follow(): void {
    let legend = untrack(() => this.#labels.active);
    $effect(() => {
      // What was chosen for the labels of one legend means nothing for those of another.
      if (this.#labels.active !== legend) this.settings = { ...usual };
      legend = this.#labels.active;
    });
    $effect(() => {
      if (this.split) this.settings = settingsOf(this.split);
    });
  }

  change(some: Partial<SplitSettings>): void {
    this.settings = { ...this.settings, ...some };
  }

  /** The field that says the split, when one does. */
  readonly proposed = $derived.by((): string | null => this.#labels.split?.splitField ?? null);

  /** The field that says the split is proposed, or the only one there is, unless one was chosen: an unfit one would have to be undone. */
  choose(method: SplitMethodName): void {
    const { field } = this.settings;
    const known =
      field !== null && this.fields.includes(field)
        ? field
        : (this.proposed ?? (this.fields.length === 1 ? this.fields[0]! : null));
    this.change({ method, ...(method === "field" ? { field: known } : {}) });
  }
}

function settingsOf({ method, parameters: given }: SplitReport): SplitSettings {
  return {
    method: method as SplitMethodName,
    seed: given.seed ?? 0,
    blockMeters: given.chosen ? null : (given.blockMeters ?? null),
    bufferMeters: given.bufferMeters ?? 0,
    parts: given.parts ?? {},
    field: given.field ?? null,
    // Folds have shares of their own: they are no wish for a split without folds.
    shares: given.folds === undefined ? { ...usual.shares, ...given.shares } : usual.shares,
    folds: given.folds ?? null,
    fold: given.fold ?? 1,
    // A field decides by itself: its setting for rare classes does not carry over to other methods.
    tooFew: method === "field" ? "train" : (given.tooFew ?? "train"),
  };
}
