import type BaseLayer from "ol/layer/Base.js";
import type WebGLTileLayer from "ol/layer/WebGLTile.js";
import type OlMap from "ol/Map.js";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import type { RasterLayer } from "./raster/raster-layer.ts";
import { registry } from "./tool-registry.ts";

export interface Camera {
  /** in the project's CRS */
  readonly center: readonly [x: number, y: number];
  /** map units per pixel */
  readonly resolution: number;
  /** radians, clockwise */
  readonly rotation: number;
}

/** An interaction with the map: one tool is active at a time. */
export interface MapTool {
  readonly id: string;
  /** a CSS cursor */
  readonly cursor?: string;
  /** Begins; returns how to stop. */
  start(map: OlMap): () => void;
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
  hold(id: string): Promise<{ readonly layer: WebGLTileLayer; readonly release: () => void } | null>;
}

/** Layers drawn over the map by other parts of the window. They may be added before the map is there. */
class Overlays {
  list = $state.raw<readonly Overlay[]>([]);

  /** Returns how to take it away. Another layer of the same id is replaced. */
  add(layer: BaseLayer, { id, zIndex }: { readonly id: string; readonly zIndex: number }): () => void {
    layer.setZIndex(zIndex);
    const overlay = { id, layer, zIndex };
    this.list = [...this.list.filter((other) => other.id !== id), overlay];
    return () => {
      this.list = this.list.filter((other) => other !== overlay);
    };
  }
}

/** The map as the rest of the window sees it. It imports OpenLayers' types only, so that nothing waits for the library. */
class MapView {
  /** The OpenLayers map, in the project's CRS; `null` while it is not on screen. */
  ol = $state.raw<OlMap | null>(null);
  view = $state.raw<Camera>({ center: [0, 0], resolution: 10, rotation: 0 });
  /** What can be seen, in the project's CRS. */
  bounds = $state.raw<Bounds | null>(null);
  /** Where the pointer is, in the project's CRS; `null` outside of the map. */
  pointer = $state.raw<readonly [x: number, y: number] | null>(null);
  /** The active tool. */
  tool = $state("pan");
  /** The project's CRS is in degrees. */
  geographic = $state(false);
  /** Tiles on their way. */
  loading = $state(0);
  readonly overlays = new Overlays();
  readonly tools = registry;
  #island: Island | null = null;
  #waiting: Bounds | null = null;

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

  /** Shows all of `bounds` (project CRS) with some air around. A point is shown at the scale that is set. */
  zoomTo(bounds: Bounds, { duration = 250 }: { readonly duration?: number } = {}): void {
    const map = this.ol;
    if (!map) {
      this.#waiting = bounds;
      return;
    }
    const view = map.getView();
    const { minX, minY, maxX, maxY } = bounds;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (maxX - minX <= 0 && maxY - minY <= 0) {
      view.animate({ center: [minX, minY], duration: still ? 0 : duration });
      return;
    }
    view.fit([minX, minY, maxX, maxY], { padding: [32, 32, 32, 32], duration: still ? 0 : duration });
  }

  /** Shows a place at the scale that is set, or at `resolution`. */
  panTo(center: readonly [number, number], resolution?: number): void {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.ol?.getView().animate({
      center: [...center],
      ...(resolution === undefined ? {} : { resolution }),
      duration: still ? 0 : 200,
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

  /** Draws the eye to a place for a moment. */
  flash(bounds: Bounds): void {
    this.#island?.flash(bounds);
  }
}

export const mapView = new MapView();
export const registerTool = registry.register;
