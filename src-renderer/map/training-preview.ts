import ImageLayer from "ol/layer/Image.js";
import { type LegendClass, rgbOf } from "../../src-shared/domain/legend.ts";
import type { TilePreview } from "../../src-shared/domain/training.ts";
import { mapView } from "./index.ts";
import { pictureSource } from "./picture-source.ts";

/** Lays the tiles that a network in training would draw over the map. Returns how to take them away. */
export function showTilePreview(preview: TilePreview, legend: readonly LegendClass[], crs: string): () => void {
  const tiles = picturesOf(preview, legend);
  const meters = preview.side * preview.patchMeters;
  const source = pictureSource(crs, (context, view) => {
    const { width, height } = context.canvas;
    for (const [index, [x, y]] of preview.corners.entries()) {
      const left = Math.round((x - view.left) * view.scale);
      const top = Math.round((view.top - y) * view.scale);
      const right = Math.round((x + meters - view.left) * view.scale);
      const bottom = Math.round((view.top - y + meters) * view.scale);
      if (right < 0 || bottom < 0 || left > width || top > height) continue;
      context.drawImage(tiles[index]!, left, top, right - left, bottom - top);
    }
  });
  const layer = new ImageLayer({ source, opacity: 0.85 });
  return mapView.overlays.add(layer, { id: "training-preview", zIndex: 150 });
}

/** A small canvas per tile: the class's colour, the paler the less sure. */
function picturesOf({ side, corners, classes, confidence }: TilePreview, legend: readonly LegendClass[]) {
  const codes = bytesOf(classes);
  const shares = bytesOf(confidence);
  const colors = new Map(legend.map(({ code, color }) => [code, rgbOf(color)]));
  return corners.map((_, tile) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d")!;
    const image = context.createImageData(side, side);
    for (let p = 0; p < side * side; p++) {
      const at = tile * side * side + p;
      const color = colors.get(codes[at]!);
      if (!color) continue;
      image.data.set([...color, 130 + Math.round(1.25 * shares[at]!)], 4 * p);
    }
    context.putImageData(image, 0, 0);
    return canvas;
  });
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
