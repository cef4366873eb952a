import GeoJSON from "ol/format/GeoJSON.js";
import VectorLayer from "ol/layer/Vector.js";
import type Projection from "ol/proj/Projection.js";
import VectorSource from "ol/source/Vector.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import type { LayerSource } from "../../../src-shared/ipc/index.ts";
import { vectorPath } from "../../../src-shared/ipc/pixels.ts";
import { bridge } from "../../client/index.ts";
import { palettes } from "../../ui/palettes.ts";
import { extentOf } from "../raster/raster-layer.ts";

/** A vector file on the map: what the view needs is asked for when it has come to rest. */
export class VectorFileLayer {
  readonly id: string;
  readonly layer: VectorLayer;
  readonly #projection: Projection;
  readonly #source = new VectorSource();
  #file: LayerSource;
  #shown = "";
  #asking: AbortController | undefined;

  constructor(file: LayerSource, projection: Projection, style: Readonly<Record<string, unknown>>) {
    this.id = file.id;
    this.#file = file;
    this.#projection = projection;
    this.layer = new VectorLayer({ source: this.#source, className: "vector-canvas" });
    this.restyle(style);
  }

  restyle(stored: Readonly<Record<string, unknown>>): void {
    const number = Number(this.id.split(":")[1]) || 0;
    const color =
      typeof stored.color === "string" && /^#[0-9a-f]{6}$/i.test(stored.color)
        ? stored.color
        : palettes.okabe[number % palettes.okabe.length]!;
    const fill = new Fill({ color: `${color}22` });
    const stroke = new Stroke({ color, width: 1.5 });
    this.layer.setStyle(
      new Style({
        fill,
        stroke,
        image: new CircleStyle({
          radius: 4,
          fill: new Fill({ color }),
          stroke: new Stroke({ color: "#ffffff", width: 1 }),
        }),
      }),
    );
  }

  replaceSource(file: LayerSource): void {
    if (file.version !== this.#file.version) this.#shown = "";
    this.#file = file;
  }

  /** A view and a half around, so that small moves ask for nothing. */
  async show(view: readonly number[], resolution: number): Promise<void> {
    const [minX, minY, maxX, maxY] = view as [number, number, number, number];
    const level = 2 ** Math.round(Math.log2(resolution));
    const side = Math.max(maxX - minX, maxY - minY);
    const snap = (value: number, up: boolean) => (up ? Math.ceil(value / side) : Math.floor(value / side)) * side;
    const bounds = { minX: snap(minX, false), minY: snap(minY, false), maxX: snap(maxX, true), maxY: snap(maxY, true) };
    const key = [...extentOf(bounds), level].join();
    if (key === this.#shown) return;
    this.#shown = key;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const path = vectorPath({ layer: this.id, bounds, resolution: level, version: this.#file.version });
      const answer = await fetch(`${bridge.pixels}${path}`, { signal: asking.signal });
      if (!answer.ok) throw new Error(`${answer.status} ${path}`);
      const features = new GeoJSON({
        dataProjection: this.#projection,
        featureProjection: this.#projection,
      }).readFeatures(await answer.json());
      if (asking.signal.aborted) return;
      this.#source.clear(true);
      this.#source.addFeatures(features);
    } catch {
      // The view moved on, or the file is gone: the layer tree shows which files are missing.
      if (this.#asking === asking) this.#shown = "";
    }
  }

  dispose(): void {
    this.#asking?.abort();
    this.layer.dispose();
  }
}
