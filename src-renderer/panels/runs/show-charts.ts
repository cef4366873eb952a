import { docks, runs } from "../../state/index.ts";
import { showPanel } from "../../state/show-panel.ts";

/** Shows runs in the charts, with room enough to read them. */
export function showCharts(ids?: Iterable<number>): void {
  if (ids) runs.select(ids);
  docks.layout.bottom.size = Math.max(docks.layout.bottom.size, 340);
  showPanel("charts");
}
