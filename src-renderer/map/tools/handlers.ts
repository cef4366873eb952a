import { startChoosing } from "./choose-area.ts";
import type { ToolHandlers } from "./handler.ts";
import { startInspectingArea, startInspectingPoint } from "./inspect.ts";
import { startMoving, startVertices } from "./label-reshape.svelte.ts";
import { startSelecting } from "./label-select.ts";
import { startCutting, startDividing, startDrawingLabels } from "./label-tools.ts";
import { startMeasuring } from "./measure.ts";
import { startOutline, startSimilar } from "./similar.ts";

/** What each mode does. */
export const handlers: ToolHandlers = {
  pan: () => ({ stop() {} }),
  inspect: startInspectingPoint,
  "inspect-area": startInspectingArea,
  similar: startSimilar,
  "measure-length": (at) => startMeasuring(at, "length"),
  "measure-area": (at) => startMeasuring(at, "area"),
  "choose-rectangle": (at) => startChoosing(at, "rectangle"),
  "choose-polygon": (at) => startChoosing(at, "polygon"),
  "labels.select": startSelecting,
  "labels.point": (at) => startDrawingLabels(at, "point"),
  "labels.polygon": (at) => startDrawingLabels(at, "polygon"),
  "labels.rectangle": (at) => startDrawingLabels(at, "rectangle"),
  "labels.freehand": (at) => startDrawingLabels(at, "freehand"),
  "labels.outline": startOutline,
  "labels.vertices": startVertices,
  "labels.move": startMoving,
  "labels.divide": startDividing,
  "labels.cut": startCutting,
};
