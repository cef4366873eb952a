import type WebGLTileLayer from "ol/layer/WebGLTile.js";
import type Projection from "ol/proj/Projection.js";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import type { LayerSource } from "../../../src-shared/ipc/index.ts";
import type { ShownInstant } from "../../state/instant.svelte.ts";
import { RasterLayer } from "../raster/raster-layer.ts";

/** How long the map before stays under the new one until that is drawn. */
const patience = 2500;

export interface InstantOverlayOptions {
  readonly projection: Projection;
  /** of the project */
  readonly bounds: Bounds;
  /** map units per patch */
  readonly resolution: number;
  /** lays a layer over the map; returns how to take it away */
  readonly place: (layer: WebGLTileLayer) => () => void;
  readonly onloading: (change: number) => void;
}

interface Drawn {
  readonly raster: RasterLayer;
  readonly remove: () => void;
}

/** The instant map over the other layers. The one before gives way when the new one is drawn, so that nothing flickers between two labels. */
export class InstantOverlay {
  readonly #options: InstantOverlayOptions;
  #drawn: Drawn | null = null;
  #key = "";
  readonly #leaving = new Map<Drawn, ReturnType<typeof setTimeout>>();

  constructor(options: InstantOverlayOptions) {
    this.#options = options;
  }

  show(what: ShownInstant | null, opacity: number): void {
    const key = what === null ? "" : `${what.layer} ${what.epoch}`;
    if (key !== this.#key) {
      this.#key = key;
      const before = this.#drawn;
      this.#drawn = what && this.#draw(what);
      if (before) this.#leave(before);
    } else if (what && this.#drawn) this.#drawn.raster.replaceSource(this.#sourceOf(what));
    this.#drawn?.raster.layer.setOpacity(opacity);
  }

  dispose(): void {
    for (const [drawn, timer] of this.#leaving) {
      clearTimeout(timer);
      this.#end(drawn);
    }
    this.#leaving.clear();
    if (this.#drawn) this.#end(this.#drawn);
    this.#drawn = null;
    this.#key = "";
  }

  #draw(what: ShownInstant): Drawn {
    const { projection, place, onloading } = this.#options;
    const raster = new RasterLayer({
      source: this.#sourceOf(what),
      projection,
      style: what.layer === "class" ? {} : { stretch: "manual", ranges: [[0, 100]] },
      fade: false,
      onloading,
      statistics: () => Promise.resolve([]),
    });
    return { raster, remove: place(raster.layer) };
  }

  #sourceOf({ layer, epoch, legend }: ShownInstant): LayerSource {
    const classes = layer === "class";
    return {
      id: `instant:${layer}`,
      kind: classes ? "classes" : "confidence",
      sensor: null,
      date: null,
      quantity: "unknown",
      bands: [{ name: "1", title: layer, classes }],
      bounds: this.#options.bounds,
      resolution: this.#options.resolution,
      version: epoch,
      legend: classes ? legend : null,
      problem: null,
    };
  }

  #leave(drawn: Drawn): void {
    const next = this.#drawn;
    const began = performance.now();
    const look = () => {
      const waited = performance.now() - began;
      const ready = !next || next !== this.#drawn || (!next.raster.loading && waited > 120);
      if (ready || waited > patience) {
        this.#leaving.delete(drawn);
        this.#end(drawn);
      } else this.#leaving.set(drawn, setTimeout(look, 40));
    };
    look();
  }

  #end({ raster, remove }: Drawn): void {
    remove();
    raster.dispose();
  }
}
