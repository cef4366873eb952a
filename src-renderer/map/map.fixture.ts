import BaseVectorLayer from "ol/layer/BaseVector.js";
import type OlMap from "ol/Map.js";
import { get as projectionOf } from "ol/proj.js";
import type VectorSource from "ol/source/Vector.js";
import { client } from "../client/index.ts";
import { labelDrawing, labels, selection } from "../state/index.ts";
import { FakeElement, FakeEvent } from "./dom.fixture.ts";
import { makeMap } from "./make-map.ts";
import { lonLatTransform } from "./projection.ts";
import type { Lendings } from "./tools/handler.ts";
import { handlers } from "./tools/handlers.ts";
import type { Mode } from "./tools/modes.ts";
import { runTool } from "./tools/run-tool.ts";

const proj = "+proj=utm +zone=31 +datum=WGS84 +units=m +no_defs";

export interface Modifiers {
  readonly shiftKey?: boolean;
  readonly ctrlKey?: boolean;
  readonly altKey?: boolean;
  readonly metaKey?: boolean;
}
const buttons = { left: 0, middle: 1, right: 2 } as const;
export type Button = keyof typeof buttons;

/** A map of 800 × 600 pixels with the window's own interactions. A pixel is a metre; x and y are counted from its lower left corner. */
export class MapUnderTest {
  readonly target = new FakeElement();
  readonly map: OlMap;
  readonly lent: { labels: Lendings["labels"] | null; area: Lendings["area"] | null } = { labels: null, area: null };
  readonly lonLat = lonLatTransform(proj);
  readonly labelling = { client, labels, labelDrawing, selection };
  readonly #taken = new Set<() => void>();

  constructor() {
    document.body.append(this.target as unknown as Node);
    this.map = makeMap(this.target as unknown as HTMLElement, projectionOf("EPSG:3857")!, {
      minX: 0,
      minY: 0,
      maxX: 800,
      maxY: 600,
    });
    // Nothing is drawn, so what lies under a pixel is found by its shape.
    this.map.forEachFeatureAtPixel = (pixel, callback) => {
      const layers = [...this.map.getLayers().getArray(), this.lent.labels?.layer, this.lent.labels?.selectedLayer];
      for (const layer of layers) {
        if (!(layer instanceof BaseVectorLayer)) continue;
        const found = (layer.getSource() as VectorSource).getFeaturesAtCoordinate(
          this.map.getCoordinateFromPixel(pixel)!,
        );
        for (const feature of found) {
          const answer = callback(feature, layer as never, feature.getGeometry() as never);
          if (answer) return answer;
        }
      }
      return undefined;
    };
    this.map.getView().setCenter([400, 300]);
    this.map.getView().setResolution(1);
    this.draw();
  }

  /** Takes a mode in hand; returns how to put it away. */
  take(mode: Mode): () => void {
    const stop = runTool(handlers, mode, this, this.lent);
    if (!stop) throw new Error(`${mode} lacks what it needs`);
    const putAway = () => {
      if (this.#taken.delete(putAway)) stop();
    };
    this.#taken.add(putAway);
    this.draw();
    return putAway;
  }

  draw(): void {
    this.map.renderSync();
  }

  get #viewport(): FakeElement {
    return this.map.getViewport() as unknown as FakeElement;
  }

  #pointer(type: string, x: number, y: number, init: object): FakeEvent {
    const event = new FakeEvent(type, { clientX: x, clientY: 600 - y, ...init });
    this.#viewport.dispatchEvent(event);
    return event;
  }

  /** A pointer that rests somewhere has sent more than one event there. */
  move(x: number, y: number, init: { readonly buttons?: number } & Modifiers = {}): void {
    if (!init.buttons) this.#pointer("pointermove", x, y, init);
    this.#pointer("pointermove", x, y, init);
  }

  press(x: number, y: number, button: Button = "left", modifiers: Modifiers = {}): void {
    this.move(x, y, modifiers);
    const held = { left: 1, middle: 4, right: 2 }[button];
    this.#pointer("pointerdown", x, y, { button: buttons[button], buttons: held, ...modifiers });
  }

  release(x: number, y: number, button: Button = "left", modifiers: Modifiers = {}): void {
    this.#pointer("pointerup", x, y, { button: buttons[button], ...modifiers });
    this.draw();
  }

  /** With the right button also asks for a menu; true when nothing prevented it. */
  click(x: number, y: number, button: Button = "left", modifiers: Modifiers = {}): boolean {
    this.press(x, y, button, modifiers);
    const asked =
      button === "right" ? this.#pointer("contextmenu", x, y, { button: buttons.right, ...modifiers }) : undefined;
    this.release(x, y, button, modifiers);
    return asked !== undefined && !asked.defaultPrevented;
  }

  drag(
    from: readonly [number, number],
    to: readonly [number, number],
    button: Button = "left",
    modifiers: Modifiers = {},
  ): void {
    this.press(...from, button, modifiers);
    const held = { left: 1, middle: 4, right: 2 }[button];
    for (let step = 1; step <= 8; step++) {
      const [x, y] = [0, 1].map((axis) => from[axis]! + ((to[axis]! - from[axis]!) * step) / 8) as [number, number];
      this.move(x, y, { buttons: held, ...modifiers });
    }
    this.release(...to, button, modifiers);
  }

  leave(): void {
    this.#viewport.dispatchEvent(new FakeEvent("pointerleave"));
  }

  dispose(): void {
    for (const putAway of this.#taken) putAway();
    this.map.setTarget(undefined);
    this.target.remove();
  }
}

/** Presses a key where the focus is; true when a tool took it. */
export function key(name: string, modifiers: Modifiers = {}, at?: FakeElement): boolean {
  const event = new FakeEvent("keydown", { key: name, ...modifiers });
  (at ?? (document.body as unknown as FakeElement)).dispatchEvent(event);
  return event.defaultPrevented;
}
