import type Geometry from "ol/geom/Geometry.js";
import type LineString from "ol/geom/LineString.js";
import type Point from "ol/geom/Point.js";
import type Polygon from "ol/geom/Polygon.js";
import { invoke } from "../../client/index.ts";
import { labels, selection } from "../../state/index.ts";
import type { LabelLayer } from "../layers/labels.ts";
import { registerTool } from "../map-state.svelte.ts";
import { type Drawn, startDrawing } from "./label-drawing.svelte.ts";
import { startMoving, startVertices } from "./label-reshape.svelte.ts";
import { startSelecting } from "./label-select.ts";

type Outline = readonly (readonly (readonly (readonly [number, number])[])[])[];

const partsOf = (geometry: Geometry): Outline => [(geometry as Polygon).getCoordinates()] as unknown as Outline;

const colorNow = (): string => labels.classOf.get(labels.code ?? -1)?.color ?? "#0b7a68";

/** Registers every tool of labels; returns how to take them away. */
export function registerLabelTools(layer: LabelLayer): () => void {
  const add = async (geometry: Geometry, drawn: Exclude<Drawn, "line">): Promise<void> => {
    const shape =
      drawn === "point"
        ? { point: (geometry as Point).getCoordinates() as unknown as readonly [number, number] }
        : { coordinates: partsOf(geometry), drawn };
    if (labels.active === null || labels.code === null) throw new Error("no class to draw with");
    await invoke("labels.add", { legendId: labels.active, labels: [{ classCode: labels.code, ...shape }] });
  };
  /** The selected labels, else all that the shape touches. */
  const concerned = (geometry: Geometry): number[] => {
    const under = layer.within(geometry.getExtent()).map((feature) => Number(feature.getId()));
    const chosen = under.filter((id) => selection.labels.has(id));
    return selection.labels.size > 0 ? chosen : under;
  };
  const divide = async (geometry: Geometry): Promise<void> => {
    const ids = concerned(geometry);
    const line = (geometry as LineString).getCoordinates() as unknown as readonly (readonly [number, number])[];
    if (ids.length === 0) return;
    const divided = await invoke("labels.divide", { ids, line });
    labels.select(divided.ids);
  };
  const cut = async (geometry: Geometry): Promise<void> => {
    const ids = concerned(geometry);
    if (ids.length > 0) await invoke("labels.cut", { ids, coordinates: partsOf(geometry) });
  };
  const drawing = (kind: Exclude<Drawn, "line">) =>
    registerTool({
      id: `labels.${kind}`,
      cursor: "crosshair",
      start: (map) => startDrawing(map, layer, kind, colorNow, (geometry) => add(geometry, kind)),
    });
  const stops = [
    registerTool({ id: "labels.select", cursor: "default", start: (map) => startSelecting(map, layer) }),
    drawing("point"),
    drawing("polygon"),
    drawing("rectangle"),
    drawing("freehand"),
    registerTool({ id: "labels.vertices", cursor: "default", start: (map) => startVertices(map, layer) }),
    registerTool({ id: "labels.move", cursor: "move", start: (map) => startMoving(map, layer) }),
    registerTool({
      id: "labels.divide",
      cursor: "crosshair",
      start: (map) => startDrawing(map, layer, "line", () => "#b3261e", divide),
    }),
    registerTool({
      id: "labels.cut",
      cursor: "crosshair",
      start: (map) => startDrawing(map, layer, "polygon", () => "#b3261e", cut),
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
