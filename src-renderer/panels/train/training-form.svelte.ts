import { settingsOfLabels } from "../../../src-shared/domain/chosen-settings.ts";
import type { ProviderChoice } from "../../../src-shared/domain/job.ts";
import { type Method, type MethodFeatures, usesEncoder } from "../../../src-shared/domain/method.ts";
import { finetunePresets, type PresetName, pretrainPresets, tilesPresets } from "../../../src-shared/domain/presets.ts";
import type { FinetuneRecipe, PretrainRecipe, TilesRecipe } from "../../../src-shared/domain/recipe.ts";
import type { RequestOf } from "../../../src-shared/ipc/index.ts";
import type { ProjectSession } from "../../state/session.svelte.ts";

export type TrainingKind = "finetune" | "pretrain" | "tiles";
export type TrainingPreset = PresetName | "treesat";
type Recipe = Partial<
  Record<keyof FinetuneRecipe | keyof PretrainRecipe | keyof TilesRecipe, number | boolean | string | null>
>;

/** Numbers of a fine-tuning that may be left to the labels. */
const ofLabels = new Set<string>(Object.keys(settingsOfLabels({ polygons: 0, patches: 0, classes: 0 }).values));

/** A training as it is being set up. It stays when the panel is left, also after an error. */
export class TrainingForm {
  kind = $state<TrainingKind>("finetune");
  name = $state("");
  /** what is taught the classes of patches: the network, or a method that takes seconds */
  method = $state<"network" | Method>("network");
  /** what the method learns from, where the project has an encoder */
  features = $state<MethodFeatures>("monthly");
  /** name of the model to go on from, or whose encoder is used; empty: from nothing; `null`: nobody chose */
  from = $state<string | null>(null);
  /** `null`: all there are */
  modalities = $state.raw<readonly string[] | null>(null);
  /** folders of other projects that a pre-training learns from as well */
  also = $state.raw<readonly string[]>([]);
  preset = $state<TrainingPreset>("balanced");
  size = $state<"tiny" | "small" | "base">("small");
  /** what differs from the preset */
  changes = $state<Recipe>({});
  provider = $state<ProviderChoice>("auto");
  seed = $state<number | null>(0);

  constructor(session: ProjectSession) {
    // Models and modalities are those of one project; the numbers are the person's.
    $effect.root(() => {
      $effect(() => {
        void session.folder;
        this.name = "";
        this.from = null;
        this.modalities = null;
        this.also = [];
      });
    });
  }

  /** Is a network taught? The others have no steps, no size and no model to go on from. */
  readonly ofNetwork = $derived(this.kind !== "finetune" || this.method === "network");
  /** Does a method learn from what an encoder makes of the images? */
  readonly ofEncoder = $derived(!this.ofNetwork && usesEncoder(this.features));

  readonly recipe = $derived<Recipe>({ ...this.#preset.recipe, ...this.changes });
  readonly changed = $derived(Object.keys(this.changes).length > 0 || this.size !== this.#preset.size);

  get #preset(): { readonly size: "tiny" | "small" | "base"; readonly recipe: Recipe } {
    // The numbers of the paper are those of tiles.
    const usual = this.preset === "treesat" ? "balanced" : this.preset;
    const { size, recipe } =
      this.kind === "tiles"
        ? tilesPresets[this.preset]
        : this.kind === "finetune"
          ? finetunePresets[usual]
          : pretrainPresets[usual];
    if (this.kind !== "finetune") return { size, recipe: { ...recipe } };
    // What follows from the labels is empty here; the usual preset leaves the length to them too.
    const ofLabels = { patchWeightPower: null, regressionWeight: null, forestWeight: null, boostedWeight: null };
    const open = this.preset === "balanced" ? { steps: null, learningRate: null } : {};
    return { size, recipe: { ...recipe, balance: "auto", ...ofLabels, ...open } };
  }

  get presetSize(): "tiny" | "small" | "base" {
    return this.#preset.size;
  }

  presetValue(key: keyof Recipe): Recipe[keyof Recipe] {
    return this.#preset.recipe[key];
  }

  /** Another project is learned from as well, or no longer. */
  learnFrom(folder: string, on: boolean): void {
    const others = this.also.filter((other) => other !== folder);
    this.also = on ? [...others, folder] : others;
  }

  choose(preset: TrainingPreset): void {
    this.preset = preset;
    this.back();
  }

  chooseKind(kind: TrainingKind): void {
    this.kind = kind;
    if (kind !== "tiles" && this.preset === "treesat") this.preset = "balanced";
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

  /** What the program is asked for a method that is no network; `null` for a network. */
  methodRequest(name: string): RequestOf<"runs.finetune"> | null {
    if (this.kind !== "finetune" || this.method === "network") return null;
    const modalities = this.modalities === null ? {} : { modalities: [...this.modalities] };
    const encoder = this.ofEncoder
      ? { features: this.features, from: this.from === "" ? null : this.from, provider: this.provider }
      : {};
    return { name, method: this.method, seed: this.seed ?? 0, ...modalities, ...encoder };
  }

  /** What an estimate is asked for, under this name. */
  estimated(name: string): RequestOf<"runs.estimate"> {
    const taught = this.methodRequest(name);
    return taught ? { kind: "finetune", ...taught } : this.request(name);
  }

  /** What the program is asked for a network, under this name. */
  request(name: string): RequestOf<"runs.estimate"> {
    const common = {
      name,
      provider: this.provider,
      seed: this.seed ?? 0,
      size: this.size,
      ...(this.modalities === null ? {} : { modalities: [...this.modalities] }),
    };
    if (this.kind === "pretrain") {
      const also = this.also.length > 0 ? { also: [...this.also] } : {};
      return { kind: "pretrain", ...common, ...also, recipe: this.recipe as PretrainRecipe };
    }
    const from = this.from === null ? {} : { from: this.from === "" ? null : this.from };
    if (this.kind === "tiles") return { kind: "tiles", ...common, ...from, recipe: this.recipe as TilesRecipe };
    // An empty field of these is chosen from the labels; of others it means something (patience: never stop early).
    const given = Object.entries(this.recipe).filter(([key, value]) => value !== null || !ofLabels.has(key));
    return { kind: "finetune", ...common, ...from, recipe: Object.fromEntries(given) as Partial<FinetuneRecipe> };
  }
}
