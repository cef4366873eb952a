import type { LegendClass } from "../../../../src-shared/domain/legend.ts";
import type { Bounds } from "../../../../src-shared/geo/bounds.ts";
import { invoke } from "../../../client/index.ts";

/** Cells of one question; larger pictures are put together from several. */
const cellsAtOnce = 1024;

export const rampColors = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"] as const;

/** Draws a result layer over `bounds`, class by class in the legend's colours, or as a ramp from 0 to 100. */
export async function drawResult(
  layer: string,
  bounds: Bounds,
  width: number,
  height: number,
  legend: readonly LegendClass[] | null,
  signal: AbortSignal,
): Promise<HTMLCanvasElement> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  const colors = colorTable(legend);
  const cell = { x: (bounds.maxX - bounds.minX) / width, y: (bounds.maxY - bounds.minY) / height };
  for (let top = 0; top < height; top += cellsAtOnce) {
    for (let left = 0; left < width; left += cellsAtOnce) {
      signal.throwIfAborted();
      const [w, h] = [Math.min(cellsAtOnce, width - left), Math.min(cellsAtOnce, height - top)];
      const part = {
        minX: bounds.minX + left * cell.x,
        maxX: bounds.minX + (left + w) * cell.x,
        minY: bounds.maxY - (top + h) * cell.y,
        maxY: bounds.maxY - top * cell.y,
      };
      const { values } = await invoke("maps.window", { layer, bounds: part, width: w, height: h });
      context.putImageData(paint(values, w, h, colors), left, top);
    }
  }
  return canvas;
}

/** Draws what the map shows, with all of its layers, over `bounds`; lines and letters as thick as on screen. */
export async function drawView(
  bounds: Bounds,
  width: number,
  height: number,
  perMillimeter: number,
  signal: AbortSignal,
  onunfinished?: () => void,
): Promise<HTMLCanvasElement> {
  const { snapshot } = await import("../../../map/snapshot.ts");
  return snapshot({
    center: [(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2],
    resolution: (bounds.maxX - bounds.minX) / width,
    rotation: 0,
    width,
    height,
    dpiScale: (perMillimeter * 25.4) / 96,
    signal,
    onunfinished,
  });
}

/** By value: red, green, blue; white where there is nothing. */
function colorTable(legend: readonly LegendClass[] | null): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 3).fill(255);
  const put = (value: number, color: string) => {
    for (let k = 0; k < 3; k++) table[3 * value + k] = Number.parseInt(color.slice(1 + 2 * k, 3 + 2 * k), 16);
  };
  for (const { code, color } of legend ?? []) put(code, color);
  if (legend) return table;
  for (let value = 0; value <= 100; value++) {
    const at = (value / 100) * (rampColors.length - 1);
    const low = Math.min(rampColors.length - 2, Math.floor(at));
    for (let k = 0; k < 3; k++) {
      const [p, q] = [low, low + 1].map((i) => Number.parseInt(rampColors[i]!.slice(1 + 2 * k, 3 + 2 * k), 16));
      table[3 * value + k] = p! + (q! - p!) * (at - low);
    }
  }
  return table;
}

function paint(values: string, width: number, height: number, colors: Uint8ClampedArray): ImageData {
  const codes = atob(values);
  const image = new ImageData(width, height);
  for (let i = 0; i < codes.length; i++) {
    const code = 3 * codes.charCodeAt(i);
    image.data[4 * i] = colors[code]!;
    image.data[4 * i + 1] = colors[code + 1]!;
    image.data[4 * i + 2] = colors[code + 2]!;
    image.data[4 * i + 3] = 255;
  }
  return image;
}

/** Red, green and blue of a canvas. */
export function pixelsOf(canvas: HTMLCanvasElement): { width: number; height: number; rgb: Uint8Array } {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0, k = 0; i < data.length; i += 4) {
    rgb[k++] = data[i]!;
    rgb[k++] = data[i + 1]!;
    rgb[k++] = data[i + 2]!;
  }
  return { width, height, rgb };
}
