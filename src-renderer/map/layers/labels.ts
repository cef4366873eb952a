import type { Extent } from "ol/extent.js";
import type { FeatureLike } from "ol/Feature.js";
import Feature from "ol/Feature.js";
import MultiPoint from "ol/geom/MultiPoint.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorImageLayer from "ol/layer/VectorImage.js";
import VectorSource from "ol/source/Vector.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { Label } from "../../../src-shared/domain/label.ts";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { cornersOfCells, isManyCells } from "../../../src-shared/domain/patch-cells.ts";
import { labels, session } from "../../state/index.ts";
import type { LabelsChanged } from "../../state/labels.svelte.ts";
import { LabelCells } from "./label-cells.ts";

export type LabelFeature = Feature<MultiPolygon>;

/** What the look of labels depends on. */
export interface LabelAppearance {
  readonly classes: ReadonlyMap<number, LegendClass>;
  /** class names are written into polygons that have room */
  readonly names: boolean;
  /** without a fill, where the colours below are read: over a map of classes */
  readonly outlines: boolean;
  /** `null`: all */
  readonly shown: ReadonlySet<number> | null;
  readonly selected: ReadonlySet<number>;
}

type Ring = [number, number][];
const mutable = (coordinates: Label["coordinates"]): Ring[][] =>
  coordinates.map((part) => part.map((ring) => ring.map(([x, y]): [number, number] => [x, y])));

/** The coordinates of a feature as the program takes them. */
export const coordinatesOf = (feature: LabelFeature): Label["coordinates"] =>
  feature.getGeometry()!.getCoordinates() as unknown as Label["coordinates"];

/**
 * The labels on the map. All of them are drawn into one picture that moves with the map and is made anew when it rests, so
 * that ten thousand polygons pan smoothly; the selected few lie above it and are drawn live.
 */
export class LabelLayer {
  readonly source = new VectorSource<LabelFeature>({ useSpatialIndex: true });
  readonly layer = new VectorImageLayer({ source: this.source, imageRatio: 1.4, declutter: true });
  /** labels of many patches, which have no outline until they are selected */
  readonly cells = new LabelCells();
  readonly selectedSource = new VectorSource<LabelFeature>();
  readonly selectedLayer = new VectorLayer({ source: this.selectedSource, updateWhileInteracting: true });
  readonly #styles = new Map<string, Style[]>();
  #look: LabelAppearance = { classes: new Map(), names: true, outlines: false, shown: null, selected: new Set() };

  constructor() {
    this.layer.setStyle((feature, resolution) => this.#styleOf(feature, resolution));
    this.selectedLayer.setStyle(selectedStyle);
  }

  /** A label as a feature with its outline. */
  feature(id: number): LabelFeature | null {
    const found = this.#known(id);
    const label = found?.get("many") as Label | undefined;
    if (found && label) {
      found.unset("many", true);
      found.setGeometry(new MultiPolygon(mutable(labels.outlineOf(label))));
    }
    return found;
  }

  #known(id: number): LabelFeature | null {
    return this.source.getFeatureById(id) as LabelFeature | null;
  }

  update(all: ReadonlyMap<number, Label>, what: LabelsChanged): void {
    if (what === null) {
      this.source.clear(true);
      this.cells.clear();
      const affine = session.project?.grid.geobox.affine;
      if (affine) this.cells.place(affine);
      this.source.addFeatures([...all.values()].map((label) => featureOf(label)));
      this.cells.put(
        [...all.values()].flatMap((label) => (isManyCells(label.cells) ? [{ ...label, cells: label.cells }] : [])),
      );
    } else {
      for (const id of what.removed) {
        this.cells.delete(id);
        const gone = this.#known(id);
        if (gone) this.source.removeFeature(gone);
      }
      for (const label of what.changed) this.restore(label);
    }
    this.#select();
  }

  /** Draws a label as it is known. */
  restore(label: Label): void {
    const known = this.#known(label.id);
    if (isManyCells(label.cells)) this.cells.put([{ ...label, cells: label.cells }]);
    else this.cells.delete(label.id);
    if (!known) {
      this.source.addFeature(featureOf(label));
      return;
    }
    fill(known, label);
  }

  restyle(look: LabelAppearance): void {
    if (look.classes !== this.#look.classes) this.#styles.clear();
    this.#look = look;
    this.cells.restyle(look);
    this.#select();
    this.layer.changed();
  }

  at(x: number, y: number): LabelFeature[] {
    const found = this.source
      .getFeaturesAtCoordinate([x, y])
      .filter(
        (feature) => this.#isShown(feature) && (!feature.get("cells") || this.cells.has(Number(feature.getId()), x, y)),
      );
    // A small polygon on a large one is the one that was meant.
    return found.sort((p, q) => p.getGeometry()!.getArea() - q.getGeometry()!.getArea());
  }

  within(extent: Extent): LabelFeature[] {
    const found: LabelFeature[] = [];
    this.source.forEachFeatureIntersectingExtent(extent, (feature) => {
      if (this.#isShown(feature)) found.push(feature);
    });
    return found;
  }

  #isShown(feature: LabelFeature): boolean {
    return this.#look.shown?.has(Number(feature.getId())) ?? true;
  }

  #select(): void {
    const wanted = [...this.#look.selected].flatMap((id) => this.feature(id) ?? []);
    const there = new Set(this.selectedSource.getFeatures());
    if (wanted.length === there.size && wanted.every((feature) => there.has(feature))) return;
    this.selectedSource.clear(true);
    this.selectedSource.addFeatures(wanted);
  }

  #styleOf(feature: FeatureLike, resolution: number): Style[] | undefined {
    const { shown, classes, names, outlines } = this.#look;
    // What is drawn as patches has no line around it.
    if (feature.get("cells") || (shown && !shown.has(Number(feature.getId())))) return undefined;
    const found = classes.get(Number(feature.get("code")));
    if (!found) return undefined;
    const [minX = 0, minY = 0, maxX = 0, maxY = 0] = feature.getGeometry()!.getExtent();
    const [width, height] = [(maxX - minX) / resolution, (maxY - minY) / resolution];
    const written = names && width > found.name.length * 5.5 + 10 && height > 18;
    // Below a few pixels an outline would be all one sees.
    const small = width < 4 && height < 4;
    const key = `${found.code} ${written} ${small} ${outlines}`;
    let style = this.#styles.get(key);
    if (!style) {
      // Light, so that the imagery is what one sees; the outline carries the class.
      const fill = new Fill({ color: `${found.color}${small ? "cc" : outlines ? "00" : "21"}` });
      style = [
        ...(small
          ? [new Style({ fill })]
          : [
              new Style({ fill, stroke: new Stroke({ color: "rgba(0, 0, 0, 0.45)", width: 3.4 }) }),
              new Style({ stroke: new Stroke({ color: found.color, width: 2 }) }),
            ]),
        ...(written ? [new Style({ text: nameText(found.name) })] : []),
      ];
      this.#styles.set(key, style);
    }
    return style;
  }
}

function featureOf(label: Label): LabelFeature {
  const feature: LabelFeature = new Feature<MultiPolygon>();
  feature.setId(label.id);
  fill(feature, label);
  return feature;
}

/** Of many patches the box stands for the outline until the outline is needed. */
function fill(feature: LabelFeature, label: Label): void {
  const affine = session.project?.grid.geobox.affine;
  const many = isManyCells(label.cells) && affine ? label.cells : undefined;
  feature.set("code", label.classCode, true);
  feature.set("cells", many !== undefined, true);
  feature.set("many", many && label, true);
  feature.setGeometry(new MultiPolygon(many ? [[cornersOfCells(many, affine!)]] : mutable(label.coordinates)));
}

const nameText = (text: string): Text =>
  new Text({
    text,
    font: "500 11px system-ui, sans-serif",
    fill: new Fill({ color: "#101614" }),
    stroke: new Stroke({ color: "rgba(255, 255, 255, 0.85)", width: 3 }),
    overflow: false,
  });

const corners = new Style({
  image: new CircleStyle({
    radius: 3,
    fill: new Fill({ color: "#ffffff" }),
    stroke: new Stroke({ color: "#0b3d91", width: 1.2 }),
  }),
  geometry: (feature) => {
    const geometry = feature.getGeometry();
    if (!(geometry instanceof MultiPolygon)) return geometry ?? undefined;
    const points = geometry.getCoordinates().flat(2);
    return points.length > 600 ? undefined : new MultiPoint(points);
  },
});

const selectedStyle: Style[] = [
  new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.95)", width: 5 }) }),
  new Style({
    stroke: new Stroke({ color: "#1558d6", width: 2.4 }),
    fill: new Fill({ color: "rgba(21, 88, 214, 0.14)" }),
  }),
  corners,
];
