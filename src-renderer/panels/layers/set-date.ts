import type { LayerFacts } from "../../../src-shared/ipc/index.ts";
import { layers } from "../../state/layers.svelte.ts";
import { timeline } from "../../state/timeline.svelte.ts";

/** Sets the time slider to a date of the tree; its sensor is shown if it was hidden. */
export function setDate(layer: LayerFacts): void {
  if (layer.date) timeline.go(layer.date);
  const slot = layers.slotOf(layer.id);
  if (slot && !slot.visible) void layers.setVisible([slot.id], true);
}
