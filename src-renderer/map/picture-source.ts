import { get as projectionOf } from "ol/proj.js";
import ImageCanvasSource from "ol/source/ImageCanvas.js";

/** Where a view begins, in the project's system, and its canvas pixels per unit. */
export interface ViewOnCanvas {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/** A layer's source that draws pictures in the project's system, whose pixels keep sharp edges. */
export function pictureSource(
  crs: string,
  draw: (context: CanvasRenderingContext2D, view: ViewOnCanvas) => void,
): ImageCanvasSource {
  return new ImageCanvasSource({
    projection: projectionOf(crs) ?? undefined!,
    ratio: 1,
    interpolate: false,
    canvasFunction: (extent, resolution, pixelRatio, size) => {
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(size[0]!);
      canvas.height = Math.round(size[1]!);
      const context = canvas.getContext("2d")!;
      context.imageSmoothingEnabled = false;
      draw(context, { left: extent[0]!, top: extent[3]!, scale: pixelRatio / resolution });
      return canvas;
    },
  });
}
