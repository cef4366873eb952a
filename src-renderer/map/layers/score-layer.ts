import Layer from "ol/layer/Layer.js";
import type { FrameState } from "ol/Map.js";
import { rgbOf } from "../../../src-shared/domain/legend.ts";
import { noScoreByte, type ScoresRequest, scoreByte } from "../../../src-shared/ipc/pixels.ts";
import type { SimilarFound } from "../../../src-shared/ipc/similar.ts";
import { type RampId, rampColors } from "../style/ramps.ts";

/** What is drawn: the scores of one answer. */
export type ShownScores = Pick<SimilarFound, "epoch" | "extent" | "meters">;

/** Scores of the whole project are asked for at once where there are no more; then moving the map asks for nothing. */
const wholeUpTo = 2_000_000;
/** Otherwise what the view shows is asked for, with so much of its size around it. */
const margin = 0.25;

interface ScoreLayerOptions {
  readonly className: string;
  readonly ramp: RampId;
  /** [height, width] bytes; `undefined` when the program has them no more */
  readonly fetch: (asked: ScoresRequest, signal: AbortSignal) => Promise<Uint8Array | undefined>;
  /** the view shows all of these scores */
  readonly ondrawn?: ((epoch: string) => void) | undefined;
  readonly onlost?: ((epoch: string) => void) | undefined;
  /** questions on their way changed by this many */
  readonly onloading?: ((change: number) => void) | undefined;
}

interface Held {
  readonly asked: ScoresRequest;
  readonly meters: number;
  readonly scores: Uint8Array;
  readonly picture: HTMLCanvasElement;
}

/**
 * How alike places are, on a canvas of its own: one byte per patch is coloured here, so that new scores, another threshold and a moved map draw nothing but this
 * layer. The scores before stay until the new ones are here.
 */
export class ScoreLayer extends Layer {
  readonly #options: ScoreLayerOptions;
  /** OpenLayers draws the layers above into a bare canvas, which would be cleared with the next scores. */
  readonly #container = document.createElement("div");
  readonly #canvas = document.createElement("canvas");
  #shown: ShownScores | null = null;
  #frame: FrameState | null = null;
  #held: Held | null = null;
  #least = -1;
  #opacity = 1;
  #asking: { readonly name: string; readonly stop: AbortController } | null = null;

  constructor(options: ScoreLayerOptions) {
    super({ className: options.className });
    this.#options = options;
    this.#container.className = options.className;
    Object.assign(this.#container.style, { position: "absolute", width: "100%", height: "100%" });
    this.#container.append(this.#canvas);
  }

  /** What is drawn from now on; nothing of `null`. */
  show(shown: ShownScores | null): void {
    this.#shown = shown;
    if (shown) this.#ask();
    else {
      this.#stop();
      this.#held = null;
      this.#paint();
    }
  }

  /** Scores below are not drawn. */
  drawFrom(least: number): void {
    if (least === this.#least) return;
    this.#least = least;
    if (!this.#held) return;
    this.#color(this.#held);
    this.#paint();
  }

  /** The same scores, for a picture of the map. */
  copy(className: string): ScoreLayer {
    const { ramp, fetch } = this.#options;
    const copy = new ScoreLayer({ className, ramp, fetch });
    copy.#shown = this.#shown;
    copy.#held = this.#held;
    copy.#least = this.#least;
    return copy;
  }

  override render(frame: FrameState | null): HTMLElement {
    this.#frame = frame;
    this.#opacity = this.getOpacity();
    this.#paint();
    const moving = frame?.viewHints.some((hint) => hint > 0);
    if (this.#shown && !moving) this.#ask();
    return this.#container;
  }

  override disposeInternal(): void {
    this.#stop();
    super.disposeInternal();
  }

  #stop(): void {
    this.#asking?.stop.abort();
    this.#asking = null;
  }

  /** Asks for the scores of the view, unless they are here or on their way. */
  #ask(): void {
    const shown = this.#shown!;
    const needed = this.#frame && windowOf(shown, this.#frame, 0);
    if (!needed || (this.#held && covers(this.#held.asked, needed))) return;
    const asked = windowOf(shown, this.#frame!, margin)!;
    const name = JSON.stringify(asked);
    if (this.#asking?.name === name) return;
    this.#stop();
    const asking = { name, stop: new AbortController() };
    this.#asking = asking;
    const { fetch, onlost, onloading } = this.#options;
    onloading?.(1);
    void fetch(asked, asking.stop.signal)
      .catch(() => undefined)
      .then((scores) => {
        onloading?.(-1);
        if (this.#asking !== asking) return;
        this.#asking = null;
        if (scores) this.#take(asked, shown, scores);
        else onlost?.(asked.epoch);
      });
  }

  #take(asked: ScoresRequest, { epoch, meters }: ShownScores, scores: Uint8Array): void {
    const picture = this.#held?.picture ?? document.createElement("canvas");
    this.#held = { asked, meters, scores, picture };
    this.#color(this.#held);
    this.#paint();
    const { ondrawn } = this.#options;
    // After the frame that shows it.
    if (ondrawn) requestAnimationFrame(() => setTimeout(() => ondrawn(epoch)));
  }

  #color({ asked: { width, height }, scores, picture }: Held): void {
    if (picture.width !== width || picture.height !== height) Object.assign(picture, { width, height });
    const context = picture.getContext("2d")!;
    const image = context.createImageData(width, height);
    const colors = colorsOf(this.#options.ramp, this.#least);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < pixels.length; i++) pixels[i] = colors[scores[i]!]!;
    context.putImageData(image, 0, 0);
  }

  #paint(): void {
    const frame = this.#frame;
    const canvas = this.#canvas;
    if (!frame) return;
    const { size, pixelRatio, coordinateToPixelTransform: to } = frame;
    const [width, height] = [Math.round(size[0]! * pixelRatio), Math.round(size[1]! * pixelRatio)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    Object.assign(canvas.style, { width: `${size[0]}px`, height: `${size[1]}px`, opacity: String(this.#opacity) });
    const context = canvas.getContext("2d")!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    if (!this.#held) return;
    const { asked, meters, picture } = this.#held;
    const [x, y, cell] = [asked.col * meters, -asked.row * meters, asked.step * meters];
    const [a, b, c, d, e, f] = to.map((one) => one * pixelRatio) as [number, number, number, number, number, number];
    context.setTransform(a * cell, b * cell, -c * cell, -d * cell, a * x + c * y + e, b * x + d * y + f);
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, 0, 0);
  }
}

/** The scores that a view needs; `undefined` where it shows none. */
function windowOf({ epoch, extent, meters }: ShownScores, frame: FrameState, air: number): ScoresRequest | undefined {
  const { extent: view, pixelRatio, viewState } = frame;
  if (!view) return undefined;
  const [left, top, width, height] = extent;
  const step = Math.max(1, Math.floor(viewState.resolution / pixelRatio / meters));
  const whole = Math.ceil(width / step) * Math.ceil(height / step) <= wholeUpTo;
  const [minX, minY, maxX, maxY] = view as [number, number, number, number];
  const around = air * Math.max(maxX - minX, maxY - minY);
  /** whole steps within the extent: [first patch, answered scores] */
  const along = (from: number, to: number, first: number, count: number) => {
    const start = whole ? 0 : Math.max(0, Math.floor(((from - around) / meters - first) / step));
    const end = Math.min(
      Math.ceil(count / step),
      whole ? Infinity : Math.ceil(((to + around) / meters - first) / step),
    );
    return [first + start * step, end - start] as const;
  };
  const [col, across] = along(minX, maxX, left, width);
  const [row, down] = along(-maxY, -minY, top, height);
  return across > 0 && down > 0 ? { epoch, col, row, width: across, height: down, step } : undefined;
}

/** Whether scores that are here are as fine as wanted ones, and reach as far. */
function covers(held: ScoresRequest, wanted: ScoresRequest): boolean {
  const end = (one: ScoresRequest) => [one.col + one.width * one.step, one.row + one.height * one.step] as const;
  const [[right, bottom], [wantedRight, wantedBottom]] = [end(held), end(wanted)];
  return (
    held.epoch === wanted.epoch &&
    held.step === wanted.step &&
    held.col <= wanted.col &&
    held.row <= wanted.row &&
    right >= wantedRight &&
    bottom >= wantedBottom
  );
}

/** The colour of every byte, red in the lowest of its four: 0 to 1 along the ramp, nothing below `least`. */
function colorsOf(ramp: RampId, least: number): Uint32Array {
  const stops = rampColors(ramp, false).map(rgbOf);
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    if (byte === noScoreByte || byte < scoreByte(least)) return 0;
    const at = Math.min(1, Math.max(0, (byte - scoreByte(0)) / (scoreByte(1) - scoreByte(0)))) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    const channel = (i: 0 | 1 | 2) => Math.round(stops[low]![i] + (at - low) * (stops[low + 1]![i] - stops[low]![i]));
    return ((255 << 24) | (channel(2) << 16) | (channel(1) << 8) | channel(0)) >>> 0;
  });
}
