import ImageLayer from "ol/layer/Image.js";
import ImageCanvasSource from "ol/source/ImageCanvas.js";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { rgbOf } from "../../../src-shared/domain/legend.ts";
import { type Affine, apply, invert } from "../../../src-shared/geo/affine.ts";
import { type CellLabel, CellLabels, strideFor, tileSide } from "./cell-tiles.ts";

/** Pictures of 128 × 128 pixels that are kept: what some screens hold. */
const tilesKept = 600;
/** Strong enough to be read as a map, with the imagery still to be seen through it; fainter over a map of classes. */
const filled = 150;
const faint = 60;

/** Kept in memory, not on the graphics card: hundreds of small pictures that are each drawn a few times. */
const contextOf = (canvas: HTMLCanvasElement) => canvas.getContext("2d", { willReadFrequently: true });

interface Look {
  readonly classes: ReadonlyMap<number, LegendClass>;
  readonly outlines: boolean;
  readonly shown: ReadonlySet<number> | null;
}

/**
 * Labels of many patches, such as class rasters, as filled patches: pictures that are made for what is on the screen and kept, so that
 * ten million patches cost what the screen has pixels.
 */
export class LabelCells {
  readonly #labels = new CellLabels();
  readonly #tiles = new Map<string, HTMLCanvasElement | null>();
  readonly #source = new ImageCanvasSource({
    canvasFunction: (extent, resolution, pixelRatio, size) => this.#draw(extent, resolution, pixelRatio, size),
    ratio: 1.2,
  });
  readonly layer = new ImageLayer({ source: this.#source });
  #affine: Affine | undefined;
  #look: Look = { classes: new Map(), outlines: false, shown: null };

  /** of the project's patches */
  place(affine: Affine): void {
    this.#affine = affine;
    this.#renew();
  }

  put(labels: Iterable<CellLabel>): void {
    for (const label of labels) this.#labels.put(label);
    this.#renew();
  }

  delete(id: number): void {
    if (this.#labels.delete(id)) this.#renew();
  }

  clear(): void {
    if (this.#labels.size === 0) return;
    this.#labels.clear();
    this.#renew();
  }

  restyle(look: Look): void {
    const { classes, outlines, shown } = this.#look;
    if (classes === look.classes && outlines === look.outlines && shown === look.shown) return;
    this.#look = look;
    if (this.#labels.size > 0) this.#renew();
  }

  has(id: number, x: number, y: number): boolean {
    if (!this.#affine) return false;
    const [col, row] = apply(invert(this.#affine), x, y).map(Math.floor) as [number, number];
    return this.#labels.has(id, col, row);
  }

  #renew(): void {
    this.#tiles.clear();
    this.#source.changed();
  }

  #tile(stride: number, col: number, row: number): HTMLCanvasElement | null {
    const key = `${stride} ${col} ${row}`;
    const known = this.#tiles.get(key);
    if (known !== undefined) {
      this.#tiles.delete(key);
      this.#tiles.set(key, known);
      return known;
    }
    const { classes, outlines, shown } = this.#look;
    const alpha = outlines ? faint : filled;
    const pixels = this.#labels.paint({ stride, col, row }, (id, code) => {
      const found = (shown?.has(id) ?? true) ? classes.get(code) : undefined;
      return found && [...rgbOf(found.color), alpha];
    });
    let made: HTMLCanvasElement | null = null;
    if (pixels) {
      made = document.createElement("canvas");
      made.width = made.height = tileSide;
      contextOf(made)!.putImageData(new ImageData(pixels, tileSide, tileSide), 0, 0);
    }
    this.#tiles.set(key, made);
    const [oldest] = this.#tiles.keys();
    if (this.#tiles.size > tilesKept && oldest !== undefined) this.#tiles.delete(oldest);
    return made;
  }

  #draw(extent: readonly number[], resolution: number, pixelRatio: number, size: readonly number[]): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(size[0]!));
    canvas.height = Math.max(1, Math.round(size[1]!));
    const affine = this.#affine;
    const context = contextOf(canvas);
    if (!affine || !context || this.#labels.size === 0) return canvas;
    const toPatch = invert(affine);
    const [left, top] = apply(toPatch, extent[0]!, extent[3]!);
    const [right, bottom] = apply(toPatch, extent[2]!, extent[1]!);
    const scaleX = canvas.width / (right - left);
    const scaleY = canvas.height / (bottom - top);
    const stride = strideFor(Math.abs(affine.b) / (resolution / pixelRatio));
    const patches = stride * tileSide;
    // Patches have sharp edges; between two sizes of pictures their pixels are mixed.
    context.imageSmoothingEnabled = scaleX * stride < 1;
    for (let row = Math.floor(top / patches); row * patches < bottom; row++) {
      for (let col = Math.floor(left / patches); col * patches < right; col++) {
        const tile = this.#tile(stride, col, row);
        if (!tile) continue;
        // Only what is seen of a picture, and whole pixels at its borders, or fine lines would show between pictures.
        const [startX, endX] = seen(left, right, col * patches, stride);
        const [startY, endY] = seen(top, bottom, row * patches, stride);
        const at = (pixel: number, tileAt: number, origin: number, scale: number) =>
          Math.round((tileAt * patches + pixel * stride - origin) * scale);
        const [x, y] = [at(startX, col, left, scaleX), at(startY, row, top, scaleY)];
        const [x1, y1] = [at(endX, col, left, scaleX), at(endY, row, top, scaleY)];
        context.drawImage(tile, startX, startY, endX - startX, endY - startY, x, y, x1 - x, y1 - y);
      }
    }
    return canvas;
  }
}

/** Which pixels of a picture that begins at a patch lie between two patches of the screen. */
function seen(start: number, end: number, origin: number, stride: number): [first: number, behind: number] {
  const first = Math.max(0, Math.floor((start - origin) / stride));
  return [first, Math.max(first + 1, Math.min(tileSide, Math.ceil((end - origin) / stride)))];
}
