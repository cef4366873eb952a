import ImageLayer from "ol/layer/Image.js";
import { get as projectionOf } from "ol/proj.js";
import ImageCanvasSource from "ol/source/ImageCanvas.js";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { PartialMap } from "../../src-shared/domain/map-product.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import { mapView } from "./map-state.svelte.ts";

/** A map that is being drawn, laid over the others; `update` shows what came since. */
export interface PartialMapLayer {
  update(making: PartialMap, legend: readonly LegendClass[]): void;
  remove(): void;
}

export function showPartialMap(crs: string): PartialMapLayer {
  let picture: HTMLCanvasElement | undefined;
  let bounds = { minX: 0, minY: 0, maxX: 0, maxY: 0 };
  const source = new ImageCanvasSource({
    projection: projectionOf(crs) ?? undefined!,
    ratio: 1,
    interpolate: false,
    canvasFunction: (extent, resolution, pixelRatio, size) => {
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(size[0]!);
      canvas.height = Math.round(size[1]!);
      if (!picture) return canvas;
      const context = canvas.getContext("2d")!;
      context.imageSmoothingEnabled = false;
      const scale = pixelRatio / resolution;
      context.drawImage(
        picture,
        (bounds.minX - extent[0]!) * scale,
        (extent[3]! - bounds.maxY) * scale,
        (bounds.maxX - bounds.minX) * scale,
        (bounds.maxY - bounds.minY) * scale,
      );
      return canvas;
    },
  });
  const remove = mapView.overlays.add(new ImageLayer({ source }), { id: "partial-map", zIndex: 140 });
  return {
    update(making, legend) {
      picture = pictureOf(making, legend);
      const { minX, maxY, maxX, minY } = boundsOf(making.area);
      // The picture's last column and row may reach past the area by a part of a cell.
      const cell = Math.ceil(Math.max(making.area.width / making.width, making.area.height / making.height));
      const pixel = (maxX - minX) / making.area.width;
      bounds = { minX, maxY, maxX: minX + making.width * cell * pixel, minY: maxY - making.height * cell * pixel };
      if (cell === 1) bounds = { minX, minY, maxX, maxY };
      source.changed();
    },
    remove,
  };
}

function pictureOf({ width, height, classes }: PartialMap, legend: readonly LegendClass[]): HTMLCanvasElement {
  const codes = atob(classes);
  const colors = new Map(legend.map(({ code, color }) => [code, Number.parseInt(color.slice(1, 7), 16)]));
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(width, height);
  for (let i = 0; i < codes.length; i++) {
    const color = colors.get(codes.charCodeAt(i));
    if (color !== undefined) image.data.set([color >> 16, (color >> 8) & 255, color & 255, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
