import type { LayerFacts } from "../../../src-shared/ipc/index.ts";
import { layers, timeline } from "../../state/index.ts";

/** Sets the time slider to a date of the tree; its sensor is shown if it was hidden. */
export function setDate(layer: LayerFacts): void {
  if (layer.date) timeline.go(layer.date);
  const slot = layers.slotOf(layer.id);
  if (slot && !slot.visible) void layers.setVisible([slot.id], true);
}
