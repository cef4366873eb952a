import { docks } from "../state/index.ts";
import { type PanelId, panelOf } from "./registry.ts";

/** Brings a panel to the front: its dock opens, its tab is chosen. */
export function showPanel(id: PanelId): void {
  docks.show(panelOf(id).dock, id);
}
