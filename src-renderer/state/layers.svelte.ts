import { untrack } from "svelte";
import type { LayerRow } from "../../src-shared/domain/display.ts";
import type { SensorId } from "../../src-shared/eo/sensors.ts";
import { type Bounds, union } from "../../src-shared/geo/bounds.ts";
import type { LayerFacts, RequestOf } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import { t } from "../i18n/index.ts";
import { notices } from "../ui/notices.svelte.ts";
import type { EditHistory } from "./history.svelte.ts";
import { type DrawnLayer, drawnOf, positionBetween, positionsOnTop, type Slot, slotsOf } from "./layer-order.ts";
import type { ProjectSession } from "./session.svelte.ts";

export type { DrawnLayer, Slot } from "./layer-order.ts";

type Change = RequestOf<"layers.setDisplay">["layers"][number];

/** What says nothing of a map: images and what lies under and over them. Plain rasters may be maps of others. */
const seenBlind: ReadonlySet<Slot["kind"]> = new Set(["group", "acquisition", "basemap", "grid", "graticule", "limit"]);

/** A change that is seen before the program has it. */
interface Pending {
  readonly row: LayerRow;
  /** the change is on its way */
  readonly under: { on: boolean };
}

/** The layers of the open project: what there is, how it lies, and what is to be seen now. */
export class Layers {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #history: EditHistory;
  #facts!: Live<readonly LayerFacts[]>;
  #rows!: Live<readonly LayerRow[]>;
  /** changes on their way to the program, so that a click is seen at once */
  #pending = $state.raw<ReadonlyMap<string, Pending>>(new Map());
  /** The time bar says which date of a sensor is seen; without it the latest. */
  #current = $state.raw<((sensor: SensorId) => string | null | undefined) | null>(null);
  /** The layer whose properties are shown. */
  properties = $state<string | null>(null);
  /** Results, labels and files of others are hidden: somebody answers places without seeing a map. */
  blind = $state(false);
  /** The layer whose name is being written. */
  renaming = $state<string | null>(null);

  constructor({ client, session, history }: { client: Client; session: ProjectSession; history: EditHistory }) {
    this.#client = client;
    this.#session = session;
    this.#history = history;
    $effect.root(() => {
      this.#facts = this.#client.live("layers.list", () => (this.#session.project ? {} : null));
      this.#rows = this.#client.live("layers.display", () => (this.#session.project ? {} : null));
      $effect(() => {
        void this.#rows.value;
        // What is still on its way stays: an answer from before it would put it back for a moment.
        this.#pending = new Map([...untrack(() => this.#pending)].filter(([, { under }]) => under.on));
      });
      $effect(() => {
        void this.#session.folder;
        this.#pending = new Map();
        this.properties = this.renaming = null;
      });
    });
  }

  readonly rows = $derived.by(
    (): ReadonlyMap<string, LayerRow> =>
      new Map([
        ...(this.#rows?.value ?? []).map((row) => [row.id, row] as const),
        ...[...this.#pending].map(([id, { row }]) => [id, row] as const),
      ]),
  );
  readonly slots = $derived.by((): readonly Slot[] => slotsOf(this.#facts?.value ?? [], this.rows));
  readonly byId = $derived.by(
    (): ReadonlyMap<string, LayerFacts> => new Map((this.#facts?.value ?? []).map((layer) => [layer.id, layer])),
  );
  /** What may be seen now: all, or nothing that says what a map has. */
  readonly listed = $derived.by((): readonly Slot[] =>
    this.blind ? this.slots.filter(({ kind }) => seenBlind.has(kind)) : this.slots,
  );
  /** The lowest first; only what is to be seen now. */
  readonly drawn = $derived.by((): readonly DrawnLayer[] =>
    drawnOf(this.listed, this.rows, (sensor, members) => this.shownOf(sensor, members)),
  );

  get loaded(): boolean {
    return this.#facts.value !== undefined;
  }

  get error(): unknown {
    return this.#facts.error ?? this.#rows.error;
  }

  /** The time bar gives the acquisition (its id without `acquisition:`) of a sensor that its date shows; `null`: none yet. */
  followTime(current: ((sensor: SensorId) => string | null | undefined) | null): void {
    this.#current = current;
  }

  /** The layer of a sensor that the time slider shows. */
  shownOf(sensor: SensorId, members: readonly LayerFacts[]): string | null {
    const id = this.#current?.(sensor);
    // The date is not known yet: another one would be requested for nothing.
    if (id === null) return null;
    const layer = id ? (id.startsWith("acquisition:") ? id : `acquisition:${id}`) : null;
    if (layer && members.some((member) => member.id === layer)) return layer;
    return members.find(({ state }) => state !== "missing")?.id ?? null;
  }

  slot(id: string): Slot | undefined {
    return this.slots.find((slot) => slot.id === id);
  }

  /** The slot that a layer stands in: its own, or its sensor's. */
  slotOf(id: string): Slot | undefined {
    return this.slots.find((slot) => slot.id === id || slot.members.some((member) => member.id === id));
  }

  pinned(id: string): boolean {
    return this.rows.get(id)?.style.pinned === true;
  }

  /** One step of the history, seen at once. */
  async change(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const layers = changes.map((change) => {
      const style = change.style ? { ...this.rows.get(change.id)?.style, ...change.style } : undefined;
      // What was not set is not sent: a layer that is only hidden keeps the place of its kind.
      return { ...change, ...(style ? { style } : {}) };
    });
    const under = { on: true };
    this.#pending = new Map([
      ...this.#pending,
      ...layers.map((layer) => {
        const before = this.rows.get(layer.id);
        const row: LayerRow = {
          id: layer.id,
          position: layer.position ?? before?.position ?? null,
          visible: layer.visible ?? before?.visible ?? null,
          opacity: layer.opacity ?? before?.opacity ?? null,
          style: layer.style ?? before?.style ?? {},
        };
        return [layer.id, { row, under }] as const;
      }),
    ]);
    try {
      await this.#client.invoke("layers.setDisplay", { layers });
      under.on = false;
    } catch (error) {
      this.#pending = new Map([...this.#pending].filter(([, one]) => one.under !== under));
      notices.fail(error);
    }
  }

  setVisible(ids: readonly string[], visible: boolean): Promise<void> {
    return this.change(ids.map((id) => ({ id, visible })));
  }

  setPinned(ids: readonly string[], pinned: boolean): Promise<void> {
    return this.change(ids.map((id) => ({ id, style: { pinned } })));
  }

  move(id: string, target: string, place: "before" | "after"): Promise<void> {
    return this.change([{ id, position: positionBetween(this.slots, id, target, place) }]);
  }

  /** Shows a new result above all other pictures: its layers, the lowest first, and which of them are seen. */
  async present(layers: readonly { readonly id: string; readonly visible: boolean }[]): Promise<void> {
    await Promise.all([this.#facts.refresh(), this.#rows.refresh()]);
    const positions = positionsOnTop(
      this.slots,
      layers.map(({ id }) => id),
    );
    await this.change(
      layers.map((layer) => {
        const position = positions.get(layer.id);
        return { ...layer, ...(position === undefined ? {} : { position }) };
      }),
    );
  }

  boundsOf(ids: readonly string[]): Bounds | null {
    const all = ids.flatMap((id) => this.slot(id)?.members ?? this.byId.get(id) ?? []);
    let bounds: Bounds | null = null;
    for (const layer of all) if (layer.bounds) bounds = bounds ? union(bounds, layer.bounds) : layer.bounds;
    return bounds;
  }

  /** Ids that can be taken out of the project by themselves. */
  removable(ids: readonly string[]): readonly string[] {
    const layers = ids.flatMap((id) => this.slot(id)?.members ?? this.byId.get(id) ?? []);
    return [
      ...new Set(layers.filter(({ kind }) => ["acquisition", "raster", "vector"].includes(kind)).map(({ id }) => id)),
    ];
  }

  /** Nothing is asked, since it can be undone; files stay. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    try {
      const { value, button } = await this.#history.recorded(() =>
        this.#client.invoke("layers.remove", { ids: [...ids] }),
      );
      notices.say("success", t("layers.removed", { count: value.removed }), button);
    } catch (error) {
      notices.fail(error);
    }
  }

  async rename(id: string, name: string): Promise<void> {
    const layer = this.byId.get(id);
    const wanted = name.trim();
    if (!layer || wanted === (layer.name ?? "")) return;
    try {
      if (layer.kind === "map") await this.#client.invoke("maps.rename", { id: Number(id.slice(4)), name: wanted });
      else if (layer.kind === "surface")
        await this.#client.invoke("surfaces.rename", { id: Number(id.slice("surface:".length)), name: wanted });
      else if (layer.kind === "difference")
        await this.#client.invoke("maps.renameComparison", {
          id: Number(id.slice("difference:".length)),
          name: wanted,
        });
      else await this.#client.invoke("layers.rename", { id, name: wanted === "" ? null : wanted });
    } catch (error) {
      notices.fail(error);
    }
  }

  canRename(id: string): boolean {
    const kind = this.byId.get(id)?.kind;
    return (
      kind === "acquisition" ||
      kind === "raster" ||
      kind === "vector" ||
      kind === "map" ||
      kind === "difference" ||
      kind === "surface"
    );
  }
}
