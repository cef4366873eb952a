import type { Label } from "../../src-shared/domain/label.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { cornersOfCells, outlineOfCells } from "../../src-shared/domain/patch-cells.ts";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import type { AnswerOf, LabelProblem, LabelSet } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import type { Selection } from "./selection.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";
import type { ViewMemory } from "./view-memory.ts";

/** What came, changed or went; `null` stands for everything. */
export type LabelsChanged = { readonly changed: readonly Label[]; readonly removed: readonly number[] } | null;

/** An outline that the program refused: it stays on the map until it is mended or given up. */
export interface Rejected {
  readonly error: unknown;
  retry(): void;
  discard(): void;
}

export const partNames = ["train", "validation", "test", "unused", "random", "none"] as const;
export type PartName = (typeof partNames)[number];

/** The labels of the legend at work: read once, then only what changed; and what is being done with them. */
export class Labels {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #memory: ViewMemory;
  readonly #selection: Selection;
  #legends!: Live<AnswerOf<"legends.list">>;
  #summary!: Live<AnswerOf<"labels.summary">>;
  #split!: Live<AnswerOf<"labels.splitState">>;
  #parts!: Live<AnswerOf<"labels.parts">>;
  readonly #listeners = new Set<(what: LabelsChanged) => void>();
  #turn = 0;
  #version = 0;

  byId = $state.raw<ReadonlyMap<number, Label>>(new Map());
  total = $state(0);
  loading = $state(false);
  error = $state.raw<unknown>();
  /** The class that is drawn with. */
  code = $state<number | null>(null);
  snapping = $state(true);
  names = $state(true);
  rejected = $state.raw<Rejected | null>(null);
  /** The label under the pointer of the select tool. */
  hovered = $state.raw<number | null>(null);
  /** Something was tried with labels and refused; said where labels are worked on. */
  failed = $state.raw<unknown>(null);
  /** Labels that the table's filter lets through; `null` without a filter. */
  shown = $state.raw<ReadonlySet<number> | null>(null);
  /** Blocks and sets are drawn on the map. */
  splitShown = $state(false);
  problems = $state.raw<readonly LabelProblem[] | null>(null);
  looking = $state(false);
  #problemTurn = 0;

  constructor({
    client,
    session,
    memory,
    selection,
  }: { client: Client; session: ProjectSession; memory: ViewMemory; selection: Selection }) {
    this.#client = client;
    this.#session = session;
    this.#memory = memory;
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
        if (!this.#session.project) return;
        void this.#memory
          .recall<{ code?: number; snapping?: boolean; names?: boolean }>("labels.drawing")
          .then((kept) => {
            if (typeof kept?.snapping === "boolean") this.snapping = kept.snapping;
            if (typeof kept?.names === "boolean") this.names = kept.names;
            if (typeof kept?.code === "number" && this.code === null) this.code = kept.code;
          });
        return this.#client.whenChanged(() => void this.#follow(), "labels.changes");
      });
      // Images that come or go, and another split, change what is the matter with labels as well.
      $effect(() =>
        this.#session.project
          ? this.#client.whenChanged(() => this.problems && void this.look(), "labels.problems")
          : undefined,
      );
      $effect(() => {
        const codes = this.classes.map(({ code }) => code);
        if (codes.length > 0 && (this.code === null || !codes.includes(this.code))) this.code = codes[0]!;
      });
    });
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
    this.loading = true;
    try {
      const page = await this.#client.invoke("labels.list", { legendId });
      if (turn !== this.#turn) return;
      this.#version = page.version;
      this.total = page.total;
      this.byId = new Map(page.labels.map((label) => [label.id, label]));
      this.error = undefined;
      this.problems = null;
      this.#tell(null);
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    }
    if (turn === this.#turn) this.loading = false;
  }

  #clear(): void {
    this.#turn++;
    this.byId = new Map();
    this.total = 0;
    this.problems = null;
    this.shown = null;
    this.rejected = null;
    this.#tell(null);
  }

  async #follow(): Promise<void> {
    const legendId = this.active;
    if (legendId === null) return;
    const turn = this.#turn;
    try {
      const changes = await this.#client.invoke("labels.changes", { legendId, since: this.#version });
      if (turn !== this.#turn) return;
      if (changes === null) return await this.#load(legendId);
      if (changes.labels.length + changes.removed.length === 0) return;
      const next = new Map(this.byId);
      for (const id of changes.removed) next.delete(id);
      for (const label of changes.labels) next.set(label.id, label);
      this.#version = Math.max(this.#version, changes.version);
      this.total += next.size - this.byId.size;
      this.byId = next;
      const gone = changes.removed.filter((id) => this.#selection.labels.has(id));
      if (gone.length > 0) this.#selection.labels = new Set([...this.#selection.labels].filter((id) => next.has(id)));
      this.#tell({ changed: changes.labels, removed: changes.removed });
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    }
  }

  #tell(what: LabelsChanged): void {
    for (const listener of this.#listeners) listener(what);
  }

  /** Does something to labels; what was refused is said beside them. */
  async attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await work();
      this.failed = null;
      return result;
    } catch (error) {
      this.failed = error;
      return undefined;
    }
  }

  /** Chooses the class to draw with; what is selected gets it. */
  choose(code: number): void {
    this.code = code;
    this.keep();
    const ids = this.selected.filter((label) => label.classCode !== code).map(({ id }) => id);
    if (ids.length > 0) void this.attempt(() => this.#client.invoke("labels.setClass", { ids, classCode: code }));
  }

  activate(id: number): Promise<unknown> {
    this.shown = null;
    this.select([]);
    return this.attempt(() => this.#client.invoke("legends.activate", { id }));
  }

  keep(): void {
    this.#memory.remember("labels.drawing", { code: this.code, snapping: this.snapping, names: this.names });
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

  /** Looks for overlaps, tiny and invalid outlines; again by itself after changes. */
  async look(): Promise<void> {
    const turn = ++this.#problemTurn;
    this.looking = true;
    try {
      const problems = await this.#client.invoke("labels.problems", {});
      if (turn === this.#problemTurn) this.problems = problems;
    } catch (error) {
      if (turn === this.#problemTurn) this.failed = error;
    }
    if (turn === this.#problemTurn) this.looking = false;
  }
}
