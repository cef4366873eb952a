import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { invoke, subscribe } from "../../client/index.ts";
import type { PartialMapLayer } from "../../map/partial-map.ts";
import { maps, session } from "../../state/index.ts";

/** Between two looks at a map that grows. */
const pause = 700;

/** Shows the map that is being drawn, tile by tile, over the map on screen. */
class Growing {
  shown = $state(true);
  #users = 0;
  #stop: (() => void) | undefined;

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
        const making = await invoke("maps.partial", { job: id });
        const { project } = session;
        if (!making || !project || !maps.making.some((job) => job.id === id)) return;
        if (following !== id) {
          leave();
          legend = making.legend;
          const { showPartialMap } = await import("../../map/partial-map.ts");
          layer = showPartialMap(project.grid.geobox.crs);
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
      subscribe("job.event", ({ id, event }) => {
        if (event.type !== "phase" || !maps.making.some((job) => job.id === id && job.kind === "map")) return;
        soon ??= setTimeout(
          () => {
            soon = undefined;
            void look(id);
          },
          busy ? pause : 0,
        );
      }),
      // The finished map takes its place a moment later.
      subscribe("job.state", ({ id, state }) => {
        if (id === following && state !== "running") setTimeout(leave, state === "finished" ? 1200 : 0);
      }),
    ];
    const effects = $effect.root(() => {
      $effect(() => {
        if (!this.shown) leave();
      });
    });
    return () => {
      clearTimeout(soon);
      effects();
      for (const stop of stops) stop();
      leave();
    };
  }
}

export const growing = new Growing();
