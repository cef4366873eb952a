import type WebGLTileLayer from "ol/layer/WebGLTile.js";
import type Projection from "ol/proj/Projection.js";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import type { LayerSource } from "../../../src-shared/ipc/index.ts";
import { RasterLayer } from "../raster/raster-layer.ts";

/** How long the map before stays under the new one until that is drawn. */
const patience = 2500;

/** Tiles that the program draws anew after every label or click. */
export interface ShownTiles {
  /** of the layer, in the address of its tiles */
  readonly id: string;
  /** another after every change */
  readonly epoch: string;
  readonly kind: "classes" | "confidence";
  /** of classes */
  readonly legend: readonly LegendClass[] | null;
}

interface TilesOverlayOptions {
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

/** Such tiles over the other layers. Those before give way when the new ones are drawn, so that nothing flickers between two labels. */
export class TilesOverlay {
  readonly #options: TilesOverlayOptions;
  #drawn: Drawn | null = null;
  #key = "";
  readonly #leaving = new Map<Drawn, ReturnType<typeof setTimeout>>();

  constructor(options: TilesOverlayOptions) {
    this.#options = options;
  }

  show(what: ShownTiles | null, opacity: number): void {
    const key = what === null ? "" : `${what.id} ${what.epoch}`;
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

  #draw(what: ShownTiles): Drawn {
    const { projection, place, onloading } = this.#options;
    const raster = new RasterLayer({
      source: this.#sourceOf(what),
      projection,
      style: what.kind === "classes" ? {} : { stretch: "manual", ranges: [[0, 100]] },
      fade: false,
      onloading,
      statistics: () => Promise.resolve([]),
    });
    return { raster, remove: place(raster.layer) };
  }

  #sourceOf({ id, epoch, kind, legend }: ShownTiles): LayerSource {
    const classes = kind === "classes";
    return {
      id,
      kind,
      sensor: null,
      date: null,
      quantity: "unknown",
      bands: [{ name: "1", title: id, classes }],
      bounds: this.#options.bounds,
      resolution: this.#options.resolution,
      version: epoch,
      legend,
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
