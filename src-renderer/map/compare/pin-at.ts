import { pins } from "../../state/index.ts";
import { showPanel } from "../../state/show-panel.ts";

/** Inspects the pixel at a position of the map, in the project's CRS, and shows the inspector. */
export function pinAt(x: number, y: number, options: { readonly add?: boolean } = {}): void {
  showPanel("inspector");
  pins.put({ kind: "point", x, y }, options);
}
