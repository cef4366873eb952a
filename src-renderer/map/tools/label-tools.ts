import type Geometry from "ol/geom/Geometry.js";
import type LineString from "ol/geom/LineString.js";
import type Point from "ol/geom/Point.js";
import type Polygon from "ol/geom/Polygon.js";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Ground, Labelling, Lendings, ToolAtWork } from "./handler.ts";
import { startDrawing } from "./label-drawing.svelte.ts";
import type { DrawnShape } from "./modes.ts";

type At = Ground & Pick<Lendings, "labels">;
type Outline = readonly (readonly (readonly (readonly [number, number])[])[])[];

const partsOf = (geometry: Geometry): Outline => [(geometry as Polygon).getCoordinates()] as unknown as Outline;

const colorNow = ({ labels, labelDrawing }: Labelling): string =>
  labels.classOf.get(labelDrawing.code ?? -1)?.color ?? "#0b7a68";
const cutColor = (): string => "#b3261e";

/** Draws labels of the class in hand. */
export function startDrawingLabels(at: At, drawn: DrawnShape): ToolAtWork {
  const { client, labels, labelDrawing } = at.labelling;
  return startDrawing(
    at,
    drawn,
    () => colorNow(at.labelling),
    async (geometry) => {
      const shape =
        drawn === "point"
          ? { point: (geometry as Point).getCoordinates() as unknown as readonly [number, number] }
          : { coordinates: partsOf(geometry), drawn };
      if (labels.active === null || labelDrawing.code === null) throw new AppError("no-legend", {});
      await client.invoke("labels.add", {
        legendId: labels.active,
        labels: [{ classCode: labelDrawing.code, ...shape }],
      });
    },
  );
}

/** The selected labels, else all that the shape touches. */
function concerned({ labels: layer, labelling: { selection } }: At, geometry: Geometry): number[] {
  const under = layer.within(geometry.getExtent()).map((feature) => Number(feature.getId()));
  const chosen = under.filter((id) => selection.labels.has(id));
  return selection.labels.size > 0 ? chosen : under;
}

/** Splits labels along a line. */
export const startDividing = (at: At): ToolAtWork =>
  startDrawing(at, "line", cutColor, async (geometry) => {
    const ids = concerned(at, geometry);
    const line = (geometry as LineString).getCoordinates() as unknown as readonly (readonly [number, number])[];
    if (ids.length === 0) throw new AppError("labels-not-divided", {});
    const divided = await at.labelling.client.invoke("labels.divide", { ids, line });
    at.labelling.labels.select(divided.ids);
  });

/** Cuts an outline out of labels. */
export const startCutting = (at: At): ToolAtWork =>
  startDrawing(at, "polygon", cutColor, async (geometry) => {
    const ids = concerned(at, geometry);
    if (ids.length === 0) throw new AppError("labels-cut-beside", {});
    await at.labelling.client.invoke("labels.cut", { ids, coordinates: partsOf(geometry) });
  });
