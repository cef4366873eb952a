import type { ProviderChoice } from "../../../src-shared/domain/job.ts";
import { finetunePresets, type PresetName, pretrainPresets } from "../../../src-shared/domain/presets.ts";
import type { FinetuneRecipe, PretrainRecipe } from "../../../src-shared/domain/recipe.ts";
import type { RequestOf } from "../../../src-shared/ipc/index.ts";

export type TrainingKind = "finetune" | "pretrain";
type Recipe = Partial<Record<keyof FinetuneRecipe | keyof PretrainRecipe, number | boolean | string | null>>;

/** A training as it is being set up. It stays when the panel is left, also after an error. */
class TrainingForm {
  kind = $state<TrainingKind>("finetune");
  name = $state("");
  /** name of the model to go on from; empty: from nothing */
  from = $state("");
  /** `null`: all there are */
  modalities = $state.raw<readonly string[] | null>(null);
  preset = $state<PresetName>("balanced");
  size = $state<"tiny" | "small" | "base">("small");
  /** what differs from the preset */
  changes = $state<Recipe>({});
  provider = $state<ProviderChoice>("auto");
  seed = $state<number | null>(0);

  readonly recipe = $derived<Recipe>({ ...this.#preset.recipe, ...this.changes });
  readonly changed = $derived(Object.keys(this.changes).length > 0 || this.size !== this.#preset.size);

  get #preset(): { readonly size: "tiny" | "small" | "base"; readonly recipe: Recipe } {
    const presets = this.kind === "finetune" ? finetunePresets : pretrainPresets;
    const { size, recipe } = presets[this.preset];
    return { size, recipe: { ...recipe } };
  }

  get presetSize(): "tiny" | "small" | "base" {
    return this.#preset.size;
  }

  presetValue(key: keyof Recipe): Recipe[keyof Recipe] {
    return this.#preset.recipe[key];
  }

  choose(preset: PresetName): void {
    this.preset = preset;
    this.back();
  }

  chooseKind(kind: TrainingKind): void {
    this.kind = kind;
    this.back();
  }

  /** All numbers as the preset has them. */
  back(): void {
    this.changes = {};
    this.size = this.#preset.size;
  }

  set(key: keyof Recipe, value: Recipe[keyof Recipe]): void {
    const next = { ...this.changes, [key]: value };
    if (value === this.#preset.recipe[key]) delete next[key];
    this.changes = next;
  }

  /** What the program is asked, under this name. */
  request(name: string): RequestOf<"runs.estimate"> {
    const common = {
      name,
      provider: this.provider,
      seed: this.seed ?? 0,
      size: this.size,
      ...(this.modalities === null ? {} : { modalities: [...this.modalities] }),
    };
    if (this.kind === "pretrain") return { kind: "pretrain", ...common, recipe: this.recipe as PretrainRecipe };
    const from = this.from === "" ? {} : { from: this.from };
    return { kind: "finetune", ...common, ...from, recipe: this.recipe as FinetuneRecipe };
  }
}

export const form = new TrainingForm();
