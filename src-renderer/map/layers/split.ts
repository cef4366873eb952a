import Feature from "ol/Feature.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import { fromExtent } from "ol/geom/Polygon.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style, { type Options } from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { SplitPart } from "../../../src-shared/domain/job.ts";
import type { Label } from "../../../src-shared/domain/label.ts";
import type { SplitBlock } from "../../../src-shared/ipc/index.ts";
import { patternOf, setColors } from "./patterns.ts";

/** Who trains, validates and tests, as patterned squares; where no squares were made, the polygons carry the pattern. */
export class SplitLayer {
  readonly #source = new VectorSource();
  readonly layer = new VectorLayer({ source: this.#source, updateWhileAnimating: true });
  /** The names of the sets, for above the labels, whose outlines would run through them. */
  readonly wordLayer = new VectorLayer({ source: this.#source, updateWhileAnimating: true, declutter: true });
  #words: Readonly<Record<string, string>> = {};

  constructor() {
    this.layer.setStyle((feature) => styleOf(feature.get("part") as SplitPart, devicePixelRatio));
    this.wordLayer.setStyle((feature, resolution) => {
      const part = feature.get("part") as SplitPart;
      const [minX = 0, , maxX = 0] = feature.getGeometry()!.getExtent();
      const word = this.#words[part];
      return word && (maxX - minX) / resolution > 64 ? wordOf(part, word) : undefined;
    });
  }

  show(
    blocks: readonly SplitBlock[],
    labels: Iterable<Label>,
    partOf: (id: number) => string,
    outlineOf: (label: Label) => Label["coordinates"],
    words: Readonly<Record<string, string>>,
  ): void {
    this.#words = words;
    this.#source.clear(true);
    if (blocks.length > 0) {
      this.#source.addFeatures(
        blocks.map(({ bounds: { minX, minY, maxX, maxY }, part }) => {
          const feature = new Feature(fromExtent([minX, minY, maxX, maxY]));
          feature.set("part", part, true);
          return feature;
        }),
      );
      return;
    }
    for (const label of labels) {
      const part = partOf(label.id);
      if (!(part in setColors)) continue;
      const rings = outlineOf(label).map((some) => some.map((ring) => ring.map(([x, y]): [number, number] => [x, y])));
      const feature = new Feature(new MultiPolygon(rings));
      feature.set("part", part, true);
      this.#source.addFeature(feature);
    }
  }
}

const styles = new Map<string, Style>();

function styleOf(part: SplitPart, ratio: number): Style {
  return kept(`${part} ${ratio}`, {
    fill: new Fill({ color: patternOf(part, ratio) }),
    stroke: new Stroke({ color: setColors[part], width: 1.6 }),
  });
}

function wordOf(part: SplitPart, text: string): Style {
  return kept(`${part} ${text}`, {
    text: new Text({
      text,
      font: "600 11px system-ui, sans-serif",
      fill: new Fill({ color: setColors[part] }),
      stroke: new Stroke({ color: "rgba(255, 255, 255, 0.92)", width: 4 }),
      overflow: false,
    }),
  });
}

function kept(key: string, options: Options): Style {
  const style = styles.get(key) ?? new Style(options);
  styles.set(key, style);
  return style;
}
