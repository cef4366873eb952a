import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import type { Client } from "../../client/index.ts";
import type { PartialMapLayer, showPartialMap } from "../../map/partial-map.ts";
import type { Maps } from "../../state/maps.svelte.ts";
import type { ProjectSession } from "../../state/session.svelte.ts";

/** Between two looks at a map that grows. */
const pause = 700;

interface Needs {
  readonly client: Client;
  readonly session: ProjectSession;
  readonly maps: Maps;
  /** The part of the map that draws it, loaded when there is something to draw. */
  readonly load: () => Promise<typeof showPartialMap>;
}

/** Shows the map that is being drawn, tile by tile, over the map on screen. */
export class Growing {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #maps: Maps;
  readonly #load: () => Promise<typeof showPartialMap>;
  shown = $state(true);
  #users = 0;
  #stop: (() => void) | undefined;

  constructor({ client, session, maps, load }: Needs) {
    this.#client = client;
    this.#session = session;
    this.#maps = maps;
    this.#load = load;
  }

  /** While at least one part of the window follows, what runs is shown. */
  follow(): () => void {
    if (this.#users++ === 0) this.#stop = this.#begin();
    return () => {
      if (--this.#users === 0) this.#stop?.();
    };
  }

  #begin(): () => void {
    let layer: PartialMapLayer | undefined;
    let legend: readonly LegendClass[] = [];
    let following: number | undefined;
    let busy = false;
    /** jobs that ended: one may while its picture is on its way, and would then stay over the finished map */
    const ended = new Set<number>();
    /** nobody follows any longer */
    let over = false;
    let soon: ReturnType<typeof setTimeout> | undefined;

    const leave = () => {
      layer?.remove();
      layer = undefined;
      following = undefined;
    };
    const look = async (id: number) => {
      if (busy || !this.shown) return;
      busy = true;
      try {
        const making = await this.#client.invoke("maps.partial", { job: id });
        const { project } = this.#session;
        if (over || !this.shown || !making || !project || !this.#maps.making.some((job) => job.id === id)) return;
        if (following !== id) {
          leave();
          legend = making.legend;
          const show = await this.#load();
          if (over || !this.shown || ended.has(id)) return;
          layer = show(project.grid.geobox.crs);
          following = id;
        }
        layer?.update(making, legend);
      } catch {
        // The job ended between the question and the answer.
      } finally {
        setTimeout(() => {
          busy = false;
        }, pause);
      }
    };

    const stops = [
      this.#client.subscribe("job.event", ({ id, event }) => {
        if (event.type !== "phase" || !this.#maps.making.some((job) => job.id === id && job.kind === "map")) return;
        soon ??= setTimeout(
          () => {
            soon = undefined;
            void look(id);
          },
          busy ? pause : 0,
        );
      }),
      // The finished map takes its place a moment later.
      this.#client.subscribe("job.state", ({ id, state }) => {
        if (state === "finished" || state === "failed" || state === "cancelled") ended.add(id);
        if (id !== following || state === "running") return;
        setTimeout(() => id === following && leave(), state === "finished" ? 1200 : 0);
      }),
    ];
    const effects = $effect.root(() => {
      $effect(() => {
        if (!this.shown) leave();
      });
    });
    return () => {
      over = true;
      clearTimeout(soon);
      effects();
      for (const stop of stops) stop();
      leave();
    };
  }
}
