import type BaseLayer from "ol/layer/Base.js";
import Graticule from "ol/layer/Graticule.js";
import type WebGLTileLayer from "ol/layer/WebGLTile.js";
import type OlMap from "ol/Map.js";
import type Projection from "ol/proj/Projection.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Text from "ol/style/Text.js";
import type { LayerSource, OpenedProject } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";
import type { DrawnLayer, Layers } from "../state/layers.svelte.ts";
import type { MapActivity } from "../state/map-activity.svelte.ts";
import type { MapColors } from "./colors.ts";
import { Basemap } from "./layers/basemap.ts";
import { ProjectGridLayer } from "./layers/project-grid.ts";
import { VectorFileLayer } from "./layers/vector-file.ts";
import { lonLatTransform } from "./projection.ts";
import { RasterLayer } from "./raster/raster-layer.ts";

/** Layers that went out of sight keep their tiles for a while: a slider moves back and forth. */
const restingKept = 6;
/** How long a date waits for the next one to begin: what has no picture at all does not keep the old one. */
const patience = 1500;
/** After so long it is seen that the picture is not yet the date's. */
const soon = 400;
/** How much is left of a picture that waits for the next one. */
const waning = 0.35;

/** What the map draws from. */
export interface DrawingDeps {
  readonly client: Pick<Client, "invoke" | "whenChanged">;
  readonly layers: Pick<Layers, "slotOf" | "rows">;
  readonly activity: MapActivity;
}

type Drawn = RasterLayer | VectorFileLayer;

/** Draws on the map what the layer tree and the time slider say, and nothing else. State flows in only. */
export class MapSync {
  readonly #deps: DrawingDeps;
  readonly #map: OlMap;
  readonly #project: OpenedProject;
  readonly #projection: Projection;
  readonly #sources = new Map<string, LayerSource>();
  readonly #asking = new Map<string, Promise<LayerSource | null>>();
  readonly #live = new Map<string, Drawn>();
  readonly #resting = new Map<string, RasterLayer>();
  readonly #leaving = new Map<string, ReturnType<typeof setTimeout>>();
  /** shown by other parts of the window, whatever the tree says */
  readonly #held = new Map<string, number>();
  readonly #overlays = new Map<string, BaseLayer>();
  readonly #stopListening: () => void;
  readonly #picture: { readonly pixelRatio?: number; readonly fade?: boolean };
  #colors: MapColors;
  #basemap: Basemap | null = null;
  #graticule: Graticule | null = null;
  #grid: ProjectGridLayer | null = null;
  #wanted: readonly DrawnLayer[] = [];

  constructor(
    deps: DrawingDeps,
    map: OlMap,
    project: OpenedProject,
    projection: Projection,
    colors: MapColors,
    /** a picture has its own density, and no layer fades in */
    picture: { readonly pixelRatio?: number; readonly fade?: boolean } = {},
  ) {
    this.#deps = deps;
    this.#picture = picture;
    this.#map = map;
    this.#project = project;
    this.#projection = projection;
    this.#colors = colors;
    this.#stopListening = deps.client.whenChanged(() => void this.refresh(), "layers.sources", "vectors.list");
  }

  /** Called whenever the wanted layers change; the lowest first. */
  draw(wanted: readonly DrawnLayer[]): void {
    this.#wanted = wanted;
    const ids = new Set(wanted.map(({ id }) => id));
    for (const [id, layer] of this.#live) if (!ids.has(id) && !this.#held.has(id)) this.#leave(id, layer);
    this.#drawGround(wanted);
    wanted.forEach(({ id, opacity, style }, position) => {
      if (isRaster(id) || id.startsWith("vector:")) void this.#enter(id, position, opacity, style);
    });
  }

  /** The same for a picture: resolves when every layer is on the map and what lies below them is read. */
  async drawWhole(wanted: readonly DrawnLayer[]): Promise<void> {
    this.#wanted = wanted;
    this.#drawGround(wanted);
    await Promise.all(
      wanted.map(({ id, opacity, style }, position) =>
        isRaster(id) || id.startsWith("vector:") ? this.#enter(id, position, opacity, style) : undefined,
      ),
    );
    await this.moved();
  }

  /** Where the view is: what depends on it asks for what it needs. */
  async moved(): Promise<void> {
    const view = this.#map.getView();
    const resolution = view.getResolution();
    if (resolution === undefined) return;
    const extent = view.calculateExtent(this.#map.getSize());
    this.#grid?.show(extent, resolution);
    const vectors = [...this.#live.values()].filter((layer) => layer instanceof VectorFileLayer);
    await Promise.all([this.#basemap?.need(resolution), ...vectors.map((layer) => layer.show(extent, resolution))]);
  }

  recolor(colors: MapColors): void {
    this.#colors = colors;
    this.#basemap?.recolor(colors);
    this.#grid?.recolor(colors);
    if (this.#graticule) {
      this.#map.removeLayer(this.#graticule);
      this.#graticule = null;
    }
    this.#drawGround(this.#wanted);
  }

  /** Overlays of other parts of the window. */
  drawOverlays(overlays: readonly { readonly id: string; readonly layer: BaseLayer }[]): void {
    const ids = new Set(overlays.map(({ layer }) => layer));
    for (const [key, layer] of this.#overlays) {
      if (ids.has(layer)) continue;
      this.#map.removeLayer(layer);
      this.#overlays.delete(key);
    }
    for (const { id, layer } of overlays) {
      if (this.#overlays.get(id) === layer) continue;
      this.#overlays.set(id, layer);
      this.#map.addLayer(layer);
    }
  }

  /** The drawn raster layer of an id. */
  raster(id: string): RasterLayer | null {
    const layer = this.#live.get(id);
    return layer instanceof RasterLayer ? layer : null;
  }

  /** Draws a layer that the tree hides, until it is released: for comparing two dates. */
  async hold(id: string): Promise<{ readonly layer: WebGLTileLayer; readonly release: () => void } | null> {
    this.#held.set(id, (this.#held.get(id) ?? 0) + 1);
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      const count = (this.#held.get(id) ?? 1) - 1;
      if (count > 0) this.#held.set(id, count);
      else this.#held.delete(id);
      const layer = this.#live.get(id);
      if (layer && !this.#held.has(id) && !this.#wanted.some((one) => one.id === id)) this.#leave(id, layer, true);
    };
    const known = this.#wanted.find((one) => one.id === id);
    if (!known) await this.#enter(id, this.#wanted.length, 1, this.#styleOf(id));
    const drawn = this.raster(id);
    if (!drawn) {
      release();
      return null;
    }
    return { layer: drawn.layer, release };
  }

  /** Files or corrections changed: what is drawn is looked at again; tiles are asked for only where the version changed. */
  async refresh(): Promise<void> {
    const ids = [...this.#sources.keys()];
    this.#asking.clear();
    this.#sources.clear();
    for (const layer of this.#resting.values()) layer.dispose();
    this.#resting.clear();
    const drawn = ids.filter((id) => this.#live.has(id));
    if (drawn.length === 0) return;
    const sources = await this.#deps.client.invoke("layers.sources", { ids: drawn }).catch(() => []);
    for (const source of sources) {
      if (source.problem) continue;
      this.#sources.set(source.id, source);
      this.#live.get(source.id)?.replaceSource(source);
    }
    void this.moved();
  }

  dispose(): void {
    this.#stopListening();
    // What is still on its way is wanted no longer.
    this.#wanted = [];
    this.#held.clear();
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    for (const layer of [...this.#live.values(), ...this.#resting.values()]) layer.dispose();
    this.#live.clear();
    this.#resting.clear();
    this.#basemap?.dispose();
    for (const layer of this.#overlays.values()) this.#map.removeLayer(layer);
  }

  #styleOf(id: string): Readonly<Record<string, unknown>> {
    const { layers } = this.#deps;
    const slot = layers.slotOf(id);
    return { ...(slot ? layers.rows.get(slot.id)?.style : {}), ...layers.rows.get(id)?.style };
  }

  async #enter(id: string, position: number, opacity: number, style: Readonly<Record<string, unknown>>): Promise<void> {
    const source = await this.#sourceOf(id);
    const still = this.#wanted.find((one) => one.id === id);
    if (!source || !(still || this.#held.has(id))) return;
    clearTimeout(this.#leaving.get(id));
    this.#leaving.delete(id);
    let layer = this.#live.get(id) ?? this.#rested(id);
    if (layer instanceof RasterLayer && !layer.restyle(still?.style ?? style)) {
      this.#map.removeLayer(layer.layer);
      layer.dispose();
      this.#live.delete(id);
      layer = undefined;
    }
    if (layer instanceof VectorFileLayer) layer.restyle(style);
    if (!layer) layer = this.#make(source, still?.style ?? style);
    layer.layer.setOpacity(still?.opacity ?? opacity);
    layer.layer.setVisible(true);
    layer.layer.setZIndex(source.kind === "vector" ? 200 + position : 1 + position / 10);
    if (!this.#live.has(id)) {
      this.#live.set(id, layer);
      this.#map.addLayer(layer.layer);
      if (layer instanceof VectorFileLayer) void this.moved();
    }
  }

  #rested(id: string): RasterLayer | undefined {
    const layer = this.#resting.get(id);
    this.#resting.delete(id);
    return layer;
  }

  #make(source: LayerSource, style: Readonly<Record<string, unknown>>): Drawn {
    if (source.kind === "vector") return new VectorFileLayer(source, this.#projection, style);
    return new RasterLayer({
      source,
      projection: this.#projection,
      style,
      pixelRatio: this.#picture.pixelRatio,
      fade: this.#picture.fade,
      onloading: (change) => this.#deps.activity.count(change),
      statistics: (bands) => this.#deps.client.invoke("layers.statistics", { id: source.id, bands: [...bands] }),
    });
  }

  /** A date gives way when the one that takes its place is drawn, so that the ground does not flash through. */
  #leave(id: string, layer: Drawn, now = false): void {
    if (this.#leaving.has(id)) return;
    const go = () => {
      this.#leaving.delete(id);
      if (this.#wanted.some((one) => one.id === id) || this.#held.has(id)) return;
      this.#live.delete(id);
      this.#map.removeLayer(layer.layer);
      if (!(layer instanceof RasterLayer)) {
        layer.dispose();
        return;
      }
      this.#resting.set(id, layer);
      for (const [oldest, old] of this.#resting) {
        if (this.#resting.size <= restingKept) break;
        this.#resting.delete(oldest);
        old.dispose();
      }
    };
    const sensor = this.#sources.get(id)?.sensor;
    const successor = sensor ? this.#wanted.find((one) => one.sensor === sensor) : undefined;
    if (now || !successor) {
      go();
      return;
    }
    layer.layer.setZIndex(0.5);
    const began = performance.now();
    const look = () => {
      const wanted = this.#wanted.find((one) => one.sensor === sensor);
      const next = wanted && this.raster(wanted.id);
      const waited = performance.now() - began;
      if (!wanted || next?.drawn || (!next?.loading && waited > patience)) go();
      else {
        if (waited > soon) layer.layer.setOpacity(Math.min(layer.layer.getOpacity(), waning));
        this.#leaving.set(id, setTimeout(look, 60));
      }
    };
    this.#leaving.set(id, setTimeout(look, 60));
  }

  #sourceOf(id: string): Promise<LayerSource | null> {
    const known = this.#sources.get(id);
    if (known) return Promise.resolve(known);
    const asking: Promise<LayerSource | null> =
      this.#asking.get(id) ??
      this.#deps.client.invoke("layers.sources", { ids: [id] }).then(
        ([source]) => {
          if (!source || source.problem) return null;
          this.#sources.set(id, source);
          return source;
        },
        () => {
          // The program was not there: the next view asks again.
          if (this.#asking.get(id) === asking) this.#asking.delete(id);
          return null;
        },
      );
    this.#asking.set(id, asking);
    return asking;
  }

  #drawGround(wanted: readonly DrawnLayer[]): void {
    const find = (id: string) => wanted.find((one) => one.id === id);
    const basemap = find("basemap");
    if (basemap && !this.#basemap && this.#project.lonLat) {
      this.#basemap = new Basemap({
        transform: lonLatTransform(this.#project.proj),
        area: this.#project.lonLat,
        metersPerUnit: this.#projection.getMetersPerUnit() ?? 1,
        colors: this.#colors,
      });
      this.#map.addLayer(this.#basemap.group);
      void this.moved();
    }
    this.#basemap?.group.setVisible(Boolean(basemap));
    if (basemap) this.#basemap?.group.setOpacity(basemap.opacity);
    const grid = find("grid");
    if (grid && !this.#grid) {
      this.#grid = new ProjectGridLayer(this.#project.grid, this.#colors);
      this.#map.addLayer(this.#grid.layer);
      void this.moved();
    }
    this.#grid?.layer.setVisible(Boolean(grid));
    if (grid) this.#grid?.layer.setOpacity(grid.opacity);
    this.#grid?.layer.setZIndex(180);
    const graticule = find("graticule");
    if (graticule && !this.#graticule) {
      this.#graticule = graticuleLayer(this.#colors);
      this.#map.addLayer(this.#graticule);
    }
    this.#graticule?.setVisible(Boolean(graticule));
    if (graticule) this.#graticule?.setOpacity(graticule.opacity);
  }
}

const isRaster = (id: string): boolean =>
  /^(acquisition|raster|map|confidence|set-size|uncertain|difference|surface):/.test(id);

function graticuleLayer(colors: MapColors): Graticule {
  const label = () =>
    new Text({
      font: '11px system-ui, "Segoe UI", "Noto Sans", sans-serif',
      fill: new Fill({ color: colors.place }),
      stroke: new Stroke({ color: colors.halo, width: 3 }),
      textBaseline: "bottom",
    });
  const upright = label();
  upright.setTextBaseline("top");
  const aside = label();
  aside.setTextAlign("right");
  return new Graticule({
    strokeStyle: new Stroke({ color: colors.graticule, width: 0.8, lineDash: [4, 3] }),
    showLabels: true,
    lonLabelStyle: upright,
    latLabelStyle: aside,
    lonLabelPosition: 1,
    latLabelPosition: 1,
    wrapX: false,
    zIndex: 190,
    className: "graticule-canvas",
    intervals: [30, 20, 10, 5, 2, 1, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005],
  });
}
