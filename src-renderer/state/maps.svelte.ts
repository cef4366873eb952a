import { untrack } from "svelte";
import { SvelteSet } from "svelte/reactivity";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { MapComparison, MapProduct } from "../../src-shared/domain/map-product.ts";
import type { Model } from "../../src-shared/domain/model.ts";
import type { AnswerOf } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import { notices } from "../ui/notices.svelte.ts";
import type { Jobs } from "./jobs.svelte.ts";
import type { Layers } from "./layers.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";

/** As the list of models says it: the one that wins on the validation part is marked. */
type ListedModel = AnswerOf<"models.list">[number];

/** What the panel of maps shows. */
export type MapsView =
  | { readonly kind: "list" }
  | { readonly kind: "new" }
  | { readonly kind: "map"; readonly id: number }
  | { readonly kind: "comparison"; readonly id: number }
  /** the instant and the trained map of a chain */
  | { readonly kind: "beside"; readonly chain: number }
  /** a sample is planned for a map */
  | { readonly kind: "new-sample"; readonly map: number }
  | { readonly kind: "sample"; readonly id: number };

/** Result maps, their comparisons and the models that draw them. */
export class Maps {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #jobs: Jobs;
  readonly #layers: Layers;
  /** takes away what trainings and splits lay over the map */
  readonly #uncover: () => void;
  /** labels are set apart for testing */
  readonly #tests: () => boolean;
  /** maps under way whose beginning was seen */
  #begun: ReadonlySet<number> = new Set();
  #products!: Live<readonly MapProduct[]>;
  #comparisons!: Live<readonly MapComparison[]>;
  #models!: Live<readonly ListedModel[]>;
  view = $state.raw<MapsView>({ kind: "list" });
  /** the dialog that chooses two maps */
  comparing = $state(false);
  /** the model whose details are shown, by name */
  model = $state<string | null>(null);
  /** jobs of this window whose result is to be shown when it is there */
  readonly awaited = new SvelteSet<number>();

  constructor({
    client,
    session,
    jobs,
    layers,
    uncover,
    tests,
  }: {
    client: Client;
    session: ProjectSession;
    jobs: Jobs;
    layers: Layers;
    uncover: () => void;
    tests: () => boolean;
  }) {
    this.#client = client;
    this.#session = session;
    this.#jobs = jobs;
    this.#layers = layers;
    this.#uncover = uncover;
    this.#tests = tests;
    $effect.root(() => {
      const open = () => (this.#session.project ? {} : null);
      this.#products = this.#client.live("maps.list", open);
      this.#comparisons = this.#client.live("maps.comparisons", open);
      this.#models = this.#client.live("models.list", open);
      $effect(() => {
        void this.#session.folder;
        untrack(() => this.awaited.clear());
        this.view = { kind: "list" };
        this.comparing = false;
        this.model = null;
      });
      // A map that grows is not hidden under the predictions of its training, nor under the blocks of the split.
      $effect(() => {
        const ids = this.making.map(({ id }) => id);
        if (ids.some((id) => !this.#begun.has(id))) untrack(() => this.#uncover());
        this.#begun = new Set(ids);
      });
      $effect(() => this.#client.subscribe("job.state", ({ id, state }) => void this.#ended(id, state)));
    });
  }

  get loaded(): boolean {
    return (
      this.#products.value !== undefined && this.#comparisons.value !== undefined && this.#models.value !== undefined
    );
  }

  get error(): unknown {
    return this.#products.error ?? this.#comparisons.error ?? this.#models.error;
  }

  /** The newest first. */
  readonly products = $derived.by((): readonly MapProduct[] => (this.#products?.value ?? []).toReversed());
  readonly comparisons = $derived.by((): readonly MapComparison[] => (this.#comparisons?.value ?? []).toReversed());
  readonly models = $derived.by((): readonly ListedModel[] => (this.#models?.value ?? []).toReversed());
  /** Models that can draw a map. */
  readonly drawers = $derived(
    this.models.filter(
      ({ kind, state, summary }) => kind === "finetuned" && state === "present" && summary.task !== "tiles",
    ),
  );
  /** Maps under way or waiting. */
  readonly making = $derived.by(() => this.#jobs.active.filter(({ kind }) => kind === "map" || kind === "compare"));

  product(id: number): MapProduct | undefined {
    return this.products.find((map) => map.id === id);
  }

  comparison(id: number): MapComparison | undefined {
    return this.comparisons.find((each) => each.id === id);
  }

  modelOf(map: MapProduct): Model | undefined {
    return this.models.find(({ id }) => id === map.modelId);
  }

  /** The codes of a layer's classes that are not drawn. */
  hiddenOf(layer: string): readonly number[] {
    const { hidden } = this.#layers.rows.get(layer)?.style ?? {};
    return Array.isArray(hidden) ? hidden.filter((code): code is number => typeof code === "number") : [];
  }

  toggleClass(layer: string, code: number): Promise<void> {
    const hidden = this.hiddenOf(layer);
    const next = hidden.includes(code) ? hidden.filter((each) => each !== code) : [...hidden, code];
    return this.#layers.change([{ id: layer, style: { hidden: next } }]);
  }

  /** All classes, or this one alone. */
  showOnly(layer: string, legend: readonly LegendClass[], code: number | null): Promise<void> {
    const hidden = code === null ? [] : legend.filter((each) => each.code !== code).map((each) => each.code);
    return this.#layers.change([{ id: layer, style: { hidden } }]);
  }

  /** Is the layer to be seen? */
  shown(layer: string): boolean {
    return this.#layers.slot(layer)?.visible ?? this.#layers.rows.get(layer)?.visible ?? false;
  }

  async #ended(id: number, state: string): Promise<void> {
    if (!this.awaited.has(id) || (state !== "finished" && state !== "failed" && state !== "cancelled")) return;
    this.awaited.delete(id);
    if (state !== "finished") return;
    try {
      await this.#show(id);
    } catch (error) {
      notices.fail(error);
    }
  }

  /** Shows what a job made, unless the project was left meanwhile: jobs of another one have the same numbers. */
  async #show(id: number): Promise<void> {
    const { folder } = this.#session;
    const products = await this.#client.invoke("maps.list", {});
    const comparisons = await this.#client.invoke("maps.comparisons", {});
    const map = products.find(({ jobId }) => jobId === id);
    const comparison = comparisons.find(({ jobId }) => jobId === id);
    await Promise.all([this.#products.refresh(), this.#comparisons.refresh()]);
    if (folder !== this.#session.folder) return;
    if (map || comparison) this.#uncover();
    if (map) {
      this.view = { kind: "map", id: map.id };
      await this.#layers.present([
        { id: `map:${map.id}`, visible: true },
        ...(map.files.sets ? [{ id: `uncertain:${map.id}`, visible: true }] : []),
        { id: `confidence:${map.id}`, visible: false },
        ...(map.files.sets ? [{ id: `set-size:${map.id}`, visible: false }] : []),
      ]);
      await this.#measure(map, folder);
    } else if (comparison) {
      this.view = { kind: "comparison", id: comparison.id };
      await this.#layers.present([{ id: `difference:${comparison.id}`, visible: true }]);
    }
  }

  /** Measures the model with the inputs of a new map on the test part, unless that was done since the labels were split. */
  async #measure(map: MapProduct, folder: string | null): Promise<void> {
    const model = this.modelOf(map)?.name;
    if (model === undefined || this.#session.project?.readOnly || !this.#tests()) return;
    const alike = (other: readonly string[]) =>
      other.length === map.modalities.length && other.every((name) => map.modalities.includes(name));
    try {
      const known = await this.#client.invoke("maps.expected", { model });
      if (known.some(({ part, outdated, modalities }) => part === "test" && !outdated && alike(modalities))) return;
      if (folder !== this.#session.folder) return;
      // A map with all inputs: which of them it needs is measured with it.
      const all = this.modelOf(map)?.modalities ?? [];
      await this.#client.invoke("runs.evaluate", {
        model,
        ...(alike(all) ? { eachInput: true } : { subsets: [[...map.modalities]] }),
      });
    } catch {
      // Nobody asked for it: the page of the map says that its accuracy is not measured, and measures it on demand.
    }
  }
}
