import type BaseLayer from "ol/layer/Base.js";
import type WebGLTileLayer from "ol/layer/WebGLTile.js";
import type OlMap from "ol/Map.js";
import { untrack } from "svelte";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import type { LonLatTransform } from "./projection.ts";
import type { RasterLayer } from "./raster/raster-layer.ts";
import type { Lendings } from "./tools/handler.ts";
import type { Mode } from "./tools/modes.ts";

export interface Camera {
  /** in the project's CRS */
  readonly center: readonly [x: number, y: number];
  /** map units per pixel */
  readonly resolution: number;
  /** radians, clockwise */
  readonly rotation: number;
}

/** A vector layer that another part of the window draws over the map. */
export interface Overlay {
  readonly id: string;
  readonly layer: BaseLayer;
  /** rasters lie below 100, vector files and labels from 200, drawings and marks from 500 */
  readonly zIndex: number;
}

/** What the drawn map answers to; set by the island while it is on screen. */
interface Island {
  flash(bounds: Bounds): void;
  raster(id: string): RasterLayer | null;
  refresh(): Promise<void>;
  hold(id: string): Promise<{ readonly layer: WebGLTileLayer; readonly release: () => void } | null>;
}

/** Layers drawn over the map by other parts of the window. They may be added before the map is there. */
class Overlays {
  list = $state.raw<readonly Overlay[]>([]);

  /** Returns how to take it away. Another layer of the same id is replaced. */
  add(layer: BaseLayer, { id, zIndex }: { readonly id: string; readonly zIndex: number }): () => void {
    layer.setZIndex(zIndex);
    const overlay = { id, layer, zIndex };
    // An effect that adds a layer must not follow the list it changes.
    untrack(() => {
      this.list = [...this.list.filter((other) => other.id !== id), overlay];
    });
    return () => {
      untrack(() => {
        this.list = this.list.filter((other) => other !== overlay);
      });
    };
  }
}

class Lent {
  labels = $state.raw<Lendings["labels"] | null>(null);
  area = $state.raw<Lendings["area"] | null>(null);
}

/** The map as the rest of the window sees it. It imports OpenLayers' types only, so that nothing waits for the library. */
export class MapView {
  /** The OpenLayers map, in the project's CRS; `null` while it is not on screen. */
  ol = $state.raw<OlMap | null>(null);
  view = $state.raw<Camera>({ center: [0, 0], resolution: 10, rotation: 0 });
  /** What can be seen, in the project's CRS. */
  bounds = $state.raw<Bounds | null>(null);
  /** Where the pointer is, in the project's CRS; `null` outside of the map. */
  pointer = $state.raw<readonly [x: number, y: number] | null>(null);
  /** The tool in hand. */
  tool = $state<Mode>("pan");
  /** What tools work with beside the map; `null` while the part of the window that provides it is not there. */
  readonly lent = new Lent();
  /** The project's CRS is in degrees. */
  geographic = $state(false);
  metersPerUnit = $state(1);
  /** Between the project's CRS and longitude, latitude; `null` while there is no map. */
  lonLat = $state.raw<LonLatTransform | null>(null);
  readonly overlays = new Overlays();
  readonly #still: () => boolean;
  readonly #inspectors = new Set<(place: readonly [x: number, y: number]) => void>();
  #island: Island | null = null;
  #waiting: Bounds | null = null;

  /** @param still does the person want nothing to move by itself? */
  constructor(still: () => boolean) {
    this.#still = still;
  }

  get ready(): boolean {
    return this.ol !== null;
  }

  /** The island calls this when it is on screen, and with `null` when it goes. */
  attach(map: OlMap | null, island: Island | null): void {
    this.#island = island;
    this.ol = map;
    if (map && this.#waiting) {
      this.zoomTo(this.#waiting, { duration: 0 });
      this.#waiting = null;
    }
  }

  /** Shows all of `bounds` (project CRS) with a margin. A point is shown at the scale that is set. */
  zoomTo(
    bounds: Bounds,
    { duration = 250, air = 32 }: { readonly duration?: number; readonly air?: number } = {},
  ): void {
    const map = this.ol;
    if (!map) {
      this.#waiting = bounds;
      return;
    }
    const view = map.getView();
    const { minX, minY, maxX, maxY } = bounds;
    // Cancels an animation that would otherwise end after this one and override it.
    view.cancelAnimations();
    if (maxX - minX <= 0 && maxY - minY <= 0) {
      view.animate({ center: [minX, minY], duration: this.#still() ? 0 : duration });
      return;
    }
    view.fit([minX, minY, maxX, maxY], { padding: [air, air, air, air], duration: this.#still() ? 0 : duration });
  }

  /** Shows a place at the scale that is set, or at `resolution`. */
  panTo(center: readonly [number, number], resolution?: number): void {
    this.ol?.getView().cancelAnimations();
    this.ol?.getView().animate({
      center: [...center],
      ...(resolution === undefined ? {} : { resolution }),
      duration: this.#still() ? 0 : 200,
    });
  }

  /** The OpenLayers layer that draws a raster layer now; `null` when it is not drawn. */
  rasterLayer(id: string): WebGLTileLayer | null {
    return this.#island?.raster(id)?.layer ?? null;
  }

  /** How a raster layer is drawn: its composition, its ranges, the values on screen. */
  drawing(id: string): RasterLayer | null {
    return this.#island?.raster(id) ?? null;
  }

  /** Draws a layer that the tree hides until `release` is called: for comparing two layers or dates. */
  async show(id: string): Promise<{ readonly layer: WebGLTileLayer; readonly release: () => void } | null> {
    return (await this.#island?.hold(id)) ?? null;
  }

  /** Brings back a view as it was. */
  restore({ center, resolution, rotation }: Camera): void {
    this.ol?.getView().cancelAnimations();
    this.ol?.getView().animate({ center: [...center], resolution, rotation, duration: this.#still() ? 0 : 200 });
  }

  /** Turns the map to an angle in radians. */
  rotate(rotation: number): void {
    this.ol?.getView().animate({ rotation, duration: this.#still() ? 0 : 200 });
  }

  /** Gives tools what they need; returns how to remove it. */
  lend<Need extends keyof Lendings>(need: Need, what: Lendings[Need]): () => void {
    this.lent[need] = what as Lent[Need];
    return () => {
      untrack(() => {
        if (this.lent[need] === what) this.lent[need] = null as Lent[Need];
      });
    };
  }

  /** The place that the person wants inspected; the inspector listens. */
  inspectAt(place: readonly [x: number, y: number]): void {
    for (const listener of this.#inspectors) listener(place);
  }

  /** Called with every place that is to be inspected; returns how to stop. */
  onInspect(listener: (place: readonly [x: number, y: number]) => void): () => void {
    this.#inspectors.add(listener);
    return () => this.#inspectors.delete(listener);
  }

  /** Reads what is drawn from the files again. */
  async refresh(): Promise<void> {
    await this.#island?.refresh();
  }

  /** Highlights a place for a moment. */
  flash(bounds: Bounds): void {
    this.#island?.flash(bounds);
  }
}
