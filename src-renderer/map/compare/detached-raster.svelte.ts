import type WebGLTileLayer from "ol/layer/WebGLTile.js";
import type Projection from "ol/proj/Projection.js";
import { RasterLayer } from "../raster/raster-layer.ts";
import type { DrawingDeps } from "../sync.svelte.ts";

export interface DetachedOptions {
  readonly id: string;
  /** one word: the layer's canvas is found by it */
  readonly className: string;
  readonly projection: Projection;
  /** called with each new layer: first, and when a blend mode asks for another canvas */
  readonly place: (layer: WebGLTileLayer) => () => void;
}

/** A raster of the project with a canvas of its own, beside what the layer tree draws. Returns how to take it away. */
export function detachedRaster(
  { client, layers, activity }: DrawingDeps,
  { id, className, projection, place }: DetachedOptions,
): () => void {
  let raster: RasterLayer | null = null;
  let displace: (() => void) | undefined;
  let gone = false;

  const styleOf = (): Readonly<Record<string, unknown>> => {
    const slot = layers.slotOf(id);
    const style = { ...(slot ? layers.rows.get(slot.id)?.style : {}), ...layers.rows.get(id)?.style };
    // Two pictures are compared as they are: blending with what lies below would show a third.
    return { ...style, blend: "normal" };
  };

  const ask = async () => {
    const [source] = await client.invoke("layers.sources", { ids: [id] }).catch(() => []);
    if (gone || !source || source.problem) return;
    if (raster) {
      raster.replaceSource(source);
      return;
    }
    raster = new RasterLayer({
      source,
      projection,
      className,
      style: styleOf(),
      onloading: (change) => activity.count(change),
      statistics: (bands) => client.invoke("layers.statistics", { id, bands: [...bands] }),
    });
    displace = place(raster.layer);
  };

  void ask();
  const stopListening = client.whenChanged(() => void ask(), "layers.sources");
  const stopStyling = $effect.root(() => {
    $effect(() => {
      const style = styleOf();
      raster?.restyle(style);
    });
  });

  return () => {
    gone = true;
    stopListening();
    stopStyling();
    displace?.();
    raster?.dispose();
  };
}
