import { docks } from "./index.ts";
import { type PanelId, panelOf } from "./panels.ts";

/** Brings a panel to the front: its dock opens, its tab is chosen. */
export function showPanel(id: PanelId): void {
  docks.show(panelOf(id).dock, id);
}
