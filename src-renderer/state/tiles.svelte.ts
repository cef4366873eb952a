import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { TileMap } from "../../src-shared/domain/tile-label.ts";
import type { ListedTile, TileAnswer, TileSummary } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import type { ProjectSession } from "./session.svelte.ts";

/** One tile as the map draws it and the table lists it. */
export interface ShownTile {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  /** by class code: share of the label, or probability */
  readonly values: Readonly<Record<string, number>>;
  readonly present: readonly number[];
  readonly reference: readonly number[] | null;
}

/** Labelled tiles, what models say of tiles, and which of it is on the map. */
export class Tiles {
  readonly #client: Client;
  readonly #session: ProjectSession;
  #summary!: Live<TileSummary | null>;
  #list!: Live<readonly ListedTile[]>;
  #maps!: Live<readonly TileMap[]>;
  #answers!: Live<readonly TileAnswer[]>;
  /** the import dialog */
  importing = $state(false);
  shareThreshold = $state(0.07);
  /** tiles are drawn */
  visible = $state(true);
  /** the answers shown on the map; `null`: the labels */
  shown = $state<number | null>(null);
  /** the class that colours the tiles; `null`: the one with the largest number */
  colorBy = $state<number | null>(null);
  /** the tile chosen in the table, by name */
  chosen = $state<string | null>(null);

  constructor({ client, session }: { client: Client; session: ProjectSession }) {
    this.#client = client;
    this.#session = session;
    $effect.root(() => {
      const open = () => (this.#session.project ? {} : null);
      this.#summary = this.#client.live("tiles.summary", () =>
        this.#session.project ? { shareThreshold: this.shareThreshold } : null,
      );
      this.#list = this.#client.live("tiles.list", open);
      this.#maps = this.#client.live("tiles.maps", open);
      this.#answers = this.#client.live("tiles.answers", () => {
        const id = this.shownMap?.id;
        return this.#session.project && id !== undefined ? { id } : null;
      });
      $effect(() => {
        void this.#session.folder;
        this.shown = null;
        this.colorBy = null;
        this.chosen = null;
      });
    });
  }

  /** `undefined` until the program has answered, `null` without labelled tiles */
  get summary(): TileSummary | null | undefined {
    return this.#summary.value;
  }

  get error(): unknown {
    return this.#summary.error ?? this.#maps.error ?? this.#answers.error;
  }

  /** The newest first. */
  readonly maps = $derived.by((): readonly TileMap[] => (this.#maps?.value ?? []).toReversed());
  readonly shownMap = $derived(this.maps.find(({ id }) => id === this.shown));

  readonly legend = $derived.by((): readonly LegendClass[] =>
    this.shownMap ? this.shownMap.files.legend : (this.summary?.classes ?? []),
  );

  get sideMeters(): number {
    return this.shownMap?.files.sideMeters ?? this.summary?.sideMeters ?? 0;
  }

  /** Tiles of the labels, or of the answers that are shown. */
  readonly tiles = $derived.by((): readonly ShownTile[] => {
    const map = this.shownMap;
    if (!map)
      return (this.#list?.value ?? []).map(({ key, x, y, shares }) => ({
        key,
        x,
        y,
        values: shares,
        present: Object.keys(shares)
          .map(Number)
          .filter((code) => shares[code]! > this.shareThreshold),
        reference: null,
      }));
    return (this.#answers?.value ?? []).map(({ key, x, y, probabilities, present, reference }) => ({
      key,
      x,
      y,
      values: Object.fromEntries(map.files.legend.map(({ code }, k) => [code, probabilities[k] ?? 0])),
      present,
      reference,
    }));
  });

  async refresh(): Promise<void> {
    await Promise.all([this.#summary.refresh(), this.#list.refresh(), this.#maps.refresh()]);
  }
}
