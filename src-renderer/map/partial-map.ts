import ImageLayer from "ol/layer/Image.js";
import { type LegendClass, rgbOf } from "../../src-shared/domain/legend.ts";
import type { PartialMap } from "../../src-shared/domain/map-product.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import { mapView } from "./index.ts";
import { pictureSource } from "./picture-source.ts";

/** A map that is being drawn, laid over the others; `update` shows what came since. */
export interface PartialMapLayer {
  update(making: PartialMap, legend: readonly LegendClass[]): void;
  remove(): void;
}

export function showPartialMap(crs: string): PartialMapLayer {
  let picture: HTMLCanvasElement | undefined;
  let bounds = { minX: 0, minY: 0, maxX: 0, maxY: 0 };
  const source = pictureSource(crs, (context, { left, top, scale }) => {
    if (!picture) return;
    const { minX, minY, maxX, maxY } = bounds;
    context.drawImage(
      picture,
      (minX - left) * scale,
      (top - maxY) * scale,
      (maxX - minX) * scale,
      (maxY - minY) * scale,
    );
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
  const colors = new Map(legend.map(({ code, color }) => [code, rgbOf(color)]));
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(width, height);
  for (let i = 0; i < codes.length; i++) {
    const color = colors.get(codes.charCodeAt(i));
    if (color) image.data.set([...color, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
