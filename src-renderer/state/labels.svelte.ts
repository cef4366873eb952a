import type { Label } from "../../src-shared/domain/label.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { cornersOfCells, outlineOfCells } from "../../src-shared/domain/patch-cells.ts";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import type { AnswerOf, LabelSet } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import type { Selection } from "./selection.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";

/** What came, changed or went; `null` stands for everything. */
export type LabelsChanged = { readonly changed: readonly Label[]; readonly removed: readonly number[] } | null;

export const partNames = ["train", "validation", "test", "unused", "random", "none"] as const;
export type PartName = (typeof partNames)[number];

/** The labels of the legend at work: read once, then only what changed; and what is done to them. */
export class Labels {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #selection: Selection;
  #legends!: Live<AnswerOf<"legends.list">>;
  #summary!: Live<AnswerOf<"labels.summary">>;
  #split!: Live<AnswerOf<"labels.splitState">>;
  #parts!: Live<AnswerOf<"labels.parts">>;
  readonly #listeners = new Set<(what: LabelsChanged) => void>();
  #turn = 0;
  #version = 0;

  #following = false;
  /** something changed while an answer was on its way */
  #behind = false;

  #byId = $state.raw<ReadonlyMap<number, Label>>(new Map());
  #total = $state(0);
  #loading = $state(false);
  #error = $state.raw<unknown>();
  #failed = $state.raw<unknown>(null);

  constructor({ client, session, selection }: { client: Client; session: ProjectSession; selection: Selection }) {
    this.#client = client;
    this.#session = session;
    this.#selection = selection;
    $effect.root(() => {
      const request = () => (this.#session.project ? {} : null);
      this.#legends = this.#client.live("legends.list", request);
      this.#summary = this.#client.live("labels.summary", request);
      this.#split = this.#client.live("labels.splitState", request);
      this.#parts = this.#client.live("labels.parts", request);
      $effect(() => {
        void this.#client.connection.epoch;
        const project = this.#session.project;
        const legend = this.active;
        if (project && legend !== null) void this.#load(legend);
        else this.#clear();
      });
      $effect(() => {
        void this.#session.folder;
        this.#failed = null;
      });
      $effect(() =>
        this.#session.project ? this.#client.whenChanged(() => void this.#follow(), "labels.changes") : undefined,
      );
    });
  }

  get byId(): ReadonlyMap<number, Label> {
    return this.#byId;
  }
  /** of the legend, also those that were not read because there are too many */
  get total(): number {
    return this.#total;
  }
  get loading(): boolean {
    return this.#loading;
  }
  /** Why the labels could not be read. */
  get error(): unknown {
    return this.#error;
  }
  /** Something was tried with labels and refused; said where labels are worked on. `null`: nothing was. */
  get failed(): unknown {
    return this.#failed;
  }

  readonly active = $derived.by((): number | null => this.#legends?.value?.active ?? null);
  readonly legends = $derived.by(() => this.#legends?.value?.legends ?? []);
  readonly legend = $derived.by(() => this.legends.find(({ id }) => id === this.active) ?? null);
  readonly classes = $derived.by((): readonly LegendClass[] => this.legend?.classes ?? []);
  readonly classOf = $derived.by(
    (): ReadonlyMap<number, LegendClass> => new Map(this.classes.map((one) => [one.code, one])),
  );
  readonly summary = $derived.by(() => this.#summary?.value ?? null);
  readonly split = $derived.by(() => this.#split?.value ?? null);
  readonly parts = $derived.by((): ReadonlyMap<number, LabelSet> => {
    const sets = Object.entries(this.#parts?.value ?? {}) as [LabelSet, readonly number[]][];
    return new Map(sets.flatMap(([part, ids]) => ids.map((id): [number, LabelSet] => [id, part])));
  });
  readonly selected = $derived.by((): readonly Label[] =>
    [...this.#selection.labels].flatMap((id) => this.byId.get(id) ?? []),
  );

  get ready(): boolean {
    return this.#legends.value !== undefined;
  }

  partOf(id: number): PartName {
    return this.parts.get(id) ?? "none";
  }

  /** Hears what changed of the labels; returns how to stop. */
  listen(listener: (what: LabelsChanged) => void): () => void {
    this.#listeners.add(listener);
    listener(null);
    return () => this.#listeners.delete(listener);
  }

  async #load(legendId: number): Promise<void> {
    const turn = ++this.#turn;
    this.#loading = true;
    this.#behind = false;
    try {
      const page = await this.#client.invoke("labels.list", { legendId });
      if (turn !== this.#turn) return;
      this.#version = page.version;
      this.#total = page.total;
      this.#byId = new Map(page.labels.map((label) => [label.id, label]));
      this.#error = undefined;
      this.#tell(null);
    } catch (error) {
      if (turn === this.#turn) this.#error = error;
    }
    if (turn !== this.#turn) return;
    this.#loading = false;
    if (this.#behind) void this.#follow();
  }

  #clear(): void {
    this.#turn++;
    this.#loading = false;
    this.#byId = new Map();
    this.#total = 0;
    this.#error = undefined;
    this.#tell(null);
  }

  /** One question at a time, so that an older answer never comes after a newer one. */
  async #follow(): Promise<void> {
    this.#behind = true;
    if (this.#following || this.#loading) return;
    this.#following = true;
    while (this.#behind && !this.#loading) {
      this.#behind = false;
      await this.#followOnce();
    }
    this.#following = false;
  }

  async #followOnce(): Promise<void> {
    const legendId = this.active;
    if (legendId === null) return;
    const turn = this.#turn;
    try {
      const changes = await this.#client.invoke("labels.changes", { legendId, since: this.#version });
      if (turn !== this.#turn) return;
      if (changes === null) return void this.#load(legendId);
      if (changes.labels.length + changes.removed.length === 0) return;
      const next = new Map(this.#byId);
      for (const id of changes.removed) next.delete(id);
      for (const label of changes.labels) next.set(label.id, label);
      this.#version = Math.max(this.#version, changes.version);
      this.#total += next.size - this.#byId.size;
      this.#byId = next;
      const gone = changes.removed.filter((id) => this.#selection.labels.has(id));
      if (gone.length > 0) this.#selection.labels = new Set([...this.#selection.labels].filter((id) => next.has(id)));
      this.#tell({ changed: changes.labels, removed: changes.removed });
    } catch (error) {
      if (turn === this.#turn) this.#error = error;
    }
  }

  #tell(what: LabelsChanged): void {
    for (const listener of this.#listeners) listener(what);
  }

  /** Does something to labels; what was refused is said beside them. */
  async attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await work();
      this.#failed = null;
      return result;
    } catch (error) {
      this.#failed = error;
      return undefined;
    }
  }

  /** Keeps a refusal whose tool or panel is gone, so that it is shown as a notice. */
  fail(error: unknown): void {
    this.#failed = error;
  }

  /** What was refused is not said any longer. */
  forgetFailure(): void {
    this.#failed = null;
  }

  activate(id: number): Promise<unknown> {
    this.select([]);
    return this.attempt(() => this.#client.invoke("legends.activate", { id }));
  }

  /** Gives the selected labels a class. */
  async setClassOfSelected(classCode: number): Promise<void> {
    const ids = this.selected.filter((label) => label.classCode !== classCode).map(({ id }) => id);
    if (ids.length > 0) await this.attempt(() => this.#client.invoke("labels.setClass", { ids, classCode }));
  }

  select(ids: Iterable<number>, mode: "only" | "toggle" | "add" = "only"): void {
    const next = new Set(mode === "only" ? [] : this.#selection.labels);
    for (const id of ids) {
      if (mode === "toggle" && next.has(id)) next.delete(id);
      else next.add(id);
    }
    this.#selection.labels = next;
  }

  removeSelected(): Promise<unknown> {
    const ids = this.selected.map(({ id }) => id);
    return ids.length === 0 ? Promise.resolve() : this.attempt(() => this.#client.invoke("labels.remove", { ids }));
  }

  async mergeSelected(): Promise<void> {
    const ids = this.selected.map(({ id }) => id);
    const merged = await this.attempt(() => this.#client.invoke("labels.merge", { ids }));
    if (merged) this.select([merged.id]);
  }

  /** The outline of a label; of one of many patches it is made here. */
  outlineOf({ cells, coordinates }: Pick<Label, "cells" | "coordinates">): Label["coordinates"] {
    const grid = this.#session.project?.grid.geobox;
    return coordinates.length === 0 && cells && grid ? outlineOfCells(cells, grid.affine) : coordinates;
  }

  boundsOf(labels: Iterable<Pick<Label, "cells" | "coordinates">>): Bounds | null {
    const bounds = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
    const grid = this.#session.project?.grid.geobox;
    for (const { coordinates, cells } of labels) {
      const box = coordinates.length === 0 && cells && grid ? [[cornersOfCells(cells, grid.affine)]] : coordinates;
      for (const [outside = []] of box) {
        for (const [x, y] of outside) {
          bounds.minX = Math.min(bounds.minX, x);
          bounds.maxX = Math.max(bounds.maxX, x);
          bounds.minY = Math.min(bounds.minY, y);
          bounds.maxY = Math.max(bounds.maxY, y);
        }
      }
    }
    return bounds.minX <= bounds.maxX ? bounds : null;
  }
}
