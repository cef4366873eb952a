import { untrack } from "svelte";
import { labelDrawing, labels, selection } from "../state/index.ts";
import { mapView } from "./index.ts";
import { LabelLayer } from "./layers/labels.ts";
import type { MapUnderTest } from "./map.fixture.ts";
import { handlers } from "./tools/handlers.ts";
import { runTool } from "./tools/run-tool.ts";

/** The layer of labels, fed as `LabelsOnMap` feeds it. */
export function labelsOnMap(): { readonly layer: LabelLayer; readonly stop: () => void } {
  const layer = new LabelLayer();
  const stop = $effect.root(() => {
    $effect(() => labels.listen((what) => untrack(() => layer.update(labels.byId, what))));
    $effect(() =>
      layer.restyle({
        classes: labels.classOf,
        names: true,
        outlines: false,
        shown: labelDrawing.shown,
        selected: selection.labels,
      }),
    );
  });
  return { layer, stop };
}

/** The tool in hand follows `mapView.tool`, as in `MapCanvas`. */
export const followTool = (map: MapUnderTest): (() => void) =>
  $effect.root(() => {
    $effect(() => runTool(handlers, mapView.tool, map, mapView.lent) ?? undefined);
  });

/** Runs `follow` as an effect of a component; returns how the component goes. */
export const inEffect = (follow: () => undefined | (() => void)): (() => void) =>
  $effect.root(() => {
    $effect(follow);
  });
