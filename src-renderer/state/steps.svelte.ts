import type { AnswerOf } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import type { Jobs } from "./jobs.svelte.ts";
import type { Labels } from "./labels.svelte.ts";
import type { Layers } from "./layers.svelte.ts";
import type { Maps } from "./maps.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";
import type { Tiles } from "./tiles.svelte.ts";
import type { ViewMemory } from "./view-memory.ts";

export const stepIds = ["images", "labels", "split", "train", "map", "accuracy", "export"] as const;
export type StepId = (typeof stepIds)[number];

/** `stale`: it was done, and what it was made from has changed since. */
export type StepState = "done" | "stale" | "open";
export interface Step {
  readonly id: StepId;
  readonly state: StepState;
}

interface Needs {
  readonly client: Client;
  readonly session: ProjectSession;
  readonly memory: ViewMemory;
  readonly layers: Layers;
  readonly labels: Labels;
  readonly tiles: Tiles;
  readonly maps: Maps;
  readonly jobs: Jobs;
}

/** From the images to the exported map: what is done, what is stale, and the one step that comes next. */
export class Steps {
  readonly #needs: Needs;
  #measured!: Live<AnswerOf<"maps.expected">>;
  /** the strip was put away in this project */
  hidden = $state(false);
  /** when a file was last written that is no job: a picture, a table */
  #wrote = $state<string | null>(null);

  constructor(needs: Needs) {
    this.#needs = needs;
    const { client, session, memory } = needs;
    $effect.root(() => {
      this.#measured = client.live("maps.expected", () => {
        const model = this.#map && needs.maps.modelOf(this.#map)?.name;
        return session.project && model !== undefined ? { model } : null;
      });
      $effect(() => {
        const { folder } = session;
        this.hidden = false;
        this.#wrote = null;
        if (folder === null) return;
        void memory.recall<boolean>("steps.hidden").then((hidden) => {
          if (hidden === true && session.folder === folder) this.hidden = true;
        });
        void memory.recall<string>("steps.exported").then((moment) => {
          if (typeof moment === "string" && session.folder === folder) this.#wrote ??= moment;
        });
      });
    });
  }

  get #map() {
    return this.#needs.maps.products[0];
  }

  /** What a project of labelled tiles ends with stands in the panel of tiles. */
  readonly ofTiles = $derived.by(
    (): boolean => Boolean(this.#needs.tiles.summary) && (this.#needs.labels.summary?.labels ?? 0) === 0,
  );

  /** Everything that the steps are told from is known. */
  readonly known = $derived.by((): boolean => {
    const { layers, labels, maps, tiles } = this.#needs;
    return (
      layers.loaded && labels.summary !== null && labels.split !== null && maps.loaded && tiles.summary !== undefined
    );
  });

  readonly list = $derived.by((): readonly Step[] => {
    const states: Readonly<Record<StepId, () => StepState>> = {
      images: () => (this.#hasImages ? "done" : "open"),
      labels: () => (this.ofTiles || (this.#needs.labels.summary?.labels ?? 0) > 0 ? "done" : "open"),
      split: () => this.#split,
      train: () => this.#train,
      map: () => this.#mapped,
      accuracy: () => this.#accuracy,
      export: () => this.#exported,
    };
    const ids = this.ofTiles ? stepIds.slice(0, 4) : stepIds;
    return ids.map((id) => ({ id, state: states[id]() }));
  });

  /** The first step that is open or stale; `null` when all are done, or not all is known. */
  readonly next = $derived.by((): Step | null =>
    this.known ? (this.list.find(({ state }) => state !== "done") ?? null) : null,
  );

  /** There are labels of the test part: accuracy can be measured. */
  readonly tests = $derived.by(
    (): boolean =>
      this.#needs.labels.split?.split?.counts.some(({ part, items }) => part === "test" && items > 0) ?? false,
  );

  /** A file of the project was written for others. Pictures and tables are no jobs: the project remembers when. */
  exported(): void {
    this.#wrote = new Date().toISOString();
    this.#needs.memory.remember("steps.exported", this.#wrote);
  }

  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.#needs.memory.remember("steps.hidden", hidden);
  }

  get #hasImages(): boolean {
    return [...this.#needs.layers.byId.values()].some(({ kind }) => kind === "acquisition" || kind === "raster");
  }

  get #split(): StepState {
    if (this.ofTiles) return this.#needs.tiles.summary?.split ? "done" : "open";
    const found = this.#needs.labels.split;
    if (!found?.split) return "open";
    const changed = found.split.notes.some(({ kind }) => kind === "images-changed");
    return found.unassigned > 0 || changed ? "stale" : "done";
  }

  get #train(): StepState {
    const { maps } = this.#needs;
    const taught = this.ofTiles
      ? maps.models.filter(({ kind, summary }) => kind === "finetuned" && summary.task === "tiles")
      : maps.drawers;
    const [newest] = taught;
    return newest ? (newest.outdated ? "stale" : "done") : "open";
  }

  get #mapped(): StepState {
    const { maps } = this.#needs;
    if (!this.#map) return "open";
    const model = maps.modelOf(this.#map);
    const [newest] = maps.drawers;
    return newest && (!model || newest.id > model.id) ? "stale" : "done";
  }

  get #accuracy(): StepState {
    const map = this.#map;
    if (!map) return "open";
    const own = this.#measured?.value?.find(
      ({ part, modalities }) =>
        part === "test" &&
        modalities.length === map.modalities.length &&
        modalities.every((name) => map.modalities.includes(name)),
    );
    return own ? (own.outdated ? "stale" : "done") : "open";
  }

  get #exported(): StepState {
    const ends = this.#needs.jobs.list
      .filter(({ kind, state }) => (kind === "export" || kind === "report") && state === "finished")
      .map(({ finishedAt }) => finishedAt ?? "")
      .concat(this.#wrote ?? []);
    if (ends.length === 0 || !this.#map) return "open";
    return ends.some((end) => end >= this.#map!.createdAt) ? "done" : "stale";
  }
}
