import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import RegularShape from "ol/style/RegularShape.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";

const white = new Stroke({ color: "#ffffff", width: 2 });
const wanted = new Style({
  image: new CircleStyle({ radius: 6, fill: new Fill({ color: "#0072b2" }), stroke: white }),
});
/** A cross in a ring: told apart without its colour. */
const unwanted = [
  new Style({ image: new CircleStyle({ radius: 7, fill: new Fill({ color: "#d55e00" }), stroke: white }) }),
  new Style({ image: new RegularShape({ points: 4, radius: 5, radius2: 0, angle: Math.PI / 4, stroke: white }) }),
];

/** A click that is wanted, or one that is not. */
export const clickStyle = (isWanted: boolean): Style | Style[] => (isWanted ? wanted : unwanted);

/** An outline that is no label yet, in the colour of the class that it would have. */
export const outlineStyle = (color: string): Style[] => [
  new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 5 }) }),
  new Style({ stroke: new Stroke({ color, width: 2.4, lineDash: [7, 5] }), fill: new Fill({ color: `${color}40` }) }),
];
