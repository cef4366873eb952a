import Feature from "ol/Feature.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import type ImageStyle from "ol/style/Image.js";
import RegularShape from "ol/style/RegularShape.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { PatchClasses } from "../../../src-shared/ipc/index.ts";
import { colorOf, type Pin, type PinSign, signOf } from "../../state/pins.svelte.ts";

export interface ShownPin {
  readonly pin: Pick<Pin, "slot" | "place">;
  readonly name: string;
  readonly selected: boolean;
  readonly patch: PatchClasses["bounds"] | null;
}

/** The pins as the map shows them: the same colours and signs as in the charts. */
export class PinsLayer {
  readonly #source = new VectorSource();
  readonly layer = new VectorLayer({ source: this.#source, className: "pins-canvas" });

  show(pins: readonly ShownPin[]): void {
    this.#source.clear(true);
    this.#source.addFeatures(pins.flatMap(featuresOf));
  }
}

function featuresOf({ pin, name, selected, patch }: ShownPin): Feature[] {
  const color = colorOf(pin);
  const text = new Text({
    text: name,
    font: '600 12px system-ui, "Segoe UI", "Noto Sans", sans-serif',
    offsetX: 15,
    textAlign: "left",
    fill: new Fill({ color: "#16201d" }),
    backgroundFill: new Fill({ color: "rgba(255, 255, 255, 0.88)" }),
    padding: [2, 5, 1, 5],
    overflow: true,
  });
  if (pin.place.kind === "polygon") {
    const coordinates = pin.place.coordinates.map((part) => part.map((ring) => ring.map(([x, y]) => [x, y])));
    const feature = new Feature(new MultiPolygon(coordinates));
    text.setOffsetX(0);
    text.setTextAlign("center");
    feature.setStyle([
      new Style({ stroke: new Stroke({ color: "#ffffff", width: selected ? 5 : 4 }) }),
      new Style({
        stroke: new Stroke({ color, width: selected ? 2.6 : 1.8 }),
        fill: new Fill({ color: `${color}22` }),
        text,
      }),
    ]);
    return [feature];
  }
  const { x, y } = pin.place;
  const feature = new Feature(new Point([x, y]));
  feature.setStyle(
    new Style({ image: imageOf(signOf(pin), color, selected ? 8 : 6.5), text, zIndex: selected ? 2 : 1 }),
  );
  if (!patch) return [feature];
  const { minX, minY, maxX, maxY } = patch;
  const square = new Feature(
    new MultiPolygon([
      [
        [
          [minX, minY],
          [maxX, minY],
          [maxX, maxY],
          [minX, maxY],
          [minX, minY],
        ],
      ],
    ]),
  );
  square.setStyle(new Style({ stroke: new Stroke({ color, width: 1.5, lineDash: [4, 3] }) }));
  return [square, feature];
}

function imageOf(sign: PinSign, color: string, radius: number): ImageStyle {
  const fill = new Fill({ color });
  const stroke = new Stroke({ color: "#ffffff", width: 2 });
  const shape = (points: number, angle = 0, radius2?: number) =>
    new RegularShape({
      fill,
      stroke,
      points,
      radius: radius * 1.15,
      angle,
      ...(radius2 === undefined ? {} : { radius2 }),
    });
  switch (sign) {
    case "circle":
      return new CircleStyle({ radius, fill, stroke });
    case "square":
      return shape(4, Math.PI / 4);
    case "triangle":
      return shape(3);
    case "diamond":
      return shape(4);
    case "cross":
      return shape(4, 0, radius * 0.45);
    case "star":
      return shape(5, 0, radius * 0.55);
    case "hexagon":
      return shape(6);
    case "down":
      return shape(3, Math.PI);
  }
}
