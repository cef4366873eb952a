import { runs } from "../../state/index.ts";
import { showPanel } from "../../state/show-panel.ts";

/** Shows runs in the charts, with room enough to read them. */
export function showCharts(ids?: Iterable<number>): void {
  if (ids) runs.select(ids);
  showPanel("charts");
}
