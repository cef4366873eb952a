import Collection from "ol/Collection.js";
import { altKeyOnly, singleClick } from "ol/events/condition.js";
import Modify from "ol/interaction/Modify.js";
import Translate from "ol/interaction/Translate.js";
import type OlMap from "ol/Map.js";
import { invoke } from "../../client/index.ts";
import { labels, selection } from "../../state/index.ts";
import { coordinatesOf, type LabelFeature, type LabelLayer } from "../layers/labels.ts";
import { handleStyle, startSnapping } from "./label-drawing.svelte.ts";
import { listenForKeys } from "./label-keys.ts";
import { startSelecting } from "./label-select.ts";

/** The selected features as a collection that follows the selection. */
function followSelection(layer: LabelLayer): { features: Collection<LabelFeature>; stop: () => void } {
  const features = new Collection<LabelFeature>();
  const follow = () => {
    features.clear();
    features.extend(layer.selectedSource.getFeatures());
  };
  follow();
  layer.selectedSource.on("change", follow);
  return { features, stop: () => layer.selectedSource.un("change", follow) };
}

/** Commits outlines; refused ones stay as they were left until they are mended or put back. */
function commit(layer: LabelLayer, ids: readonly number[]): void {
  const send = async (): Promise<void> => {
    const changed = ids.flatMap((id) => {
      const feature = layer.feature(id);
      return feature ? [{ id, coordinates: coordinatesOf(feature) }] : [];
    });
    try {
      await invoke("labels.update", { labels: changed });
      labels.rejected = null;
    } catch (error) {
      labels.rejected = { error, retry: () => void send(), discard };
    }
  };
  const discard = (): void => {
    labels.rejected = null;
    for (const id of ids) {
      const known = labels.byId.get(id);
      if (known) layer.restore(known);
    }
  };
  void send();
}

/** Corners are dragged, added on edges, taken away with Alt+click or Delete. */
export function startVertices(map: OlMap, layer: LabelLayer): () => void {
  const stopSelecting = startSelecting(map, layer);
  const { features, stop } = followSelection(layer);
  const modify = new Modify({
    features,
    style: handleStyle,
    pixelTolerance: 10,
    deleteCondition: (event) => altKeyOnly(event) && singleClick(event),
  });
  const before = new Map<number, number>();
  modify.on("modifystart", ({ features: some }) => {
    before.clear();
    some.forEach((feature) => {
      before.set(Number((feature as LabelFeature).getId()), feature.getRevision());
    });
  });
  modify.on("modifyend", ({ features: some }) => {
    const ids = some
      .getArray()
      .filter((feature) => before.get(Number((feature as LabelFeature).getId())) !== feature.getRevision())
      .map((feature) => Number((feature as LabelFeature).getId()));
    const waiting = labels.rejected ? [...selection.labels] : [];
    if (ids.length > 0) commit(layer, [...new Set([...ids, ...waiting])]);
  });
  const stopSnapping = startSnapping(map, layer, [modify]);
  const stopKeys = listenForKeys({
    Escape: () => {
      if (!labels.rejected) return false;
      labels.rejected.discard();
      return true;
    },
    Enter: () => {
      if (!labels.rejected) return false;
      labels.rejected.retry();
      return true;
    },
    Delete: () => modify.removePoint(),
    Backspace: () => modify.removePoint(),
  });
  return () => {
    labels.rejected?.discard();
    stopKeys();
    stopSnapping();
    stop();
    stopSelecting();
  };
}

/** Selected labels are dragged to another place. */
export function startMoving(map: OlMap, layer: LabelLayer): () => void {
  const stopSelecting = startSelecting(map, layer);
  const { features, stop } = followSelection(layer);
  const translate = new Translate({ features, hitTolerance: 2 });
  let from: readonly number[] = [];
  translate.on("translatestart", ({ startCoordinate }) => {
    from = startCoordinate;
  });
  translate.on("translateend", ({ coordinate }) => {
    const ids = [...selection.labels];
    const [dx, dy] = [coordinate[0]! - from[0]!, coordinate[1]! - from[1]!];
    if (dx === 0 && dy === 0) return;
    void invoke("labels.move", { ids, dx, dy }).then(
      () => {
        labels.failed = null;
      },
      (error: unknown) => {
        // A place outside of the project: everything goes back to where it was.
        labels.failed = error;
        for (const id of ids) {
          const known = labels.byId.get(id);
          if (known) layer.restore(known);
        }
      },
    );
  });
  map.addInteraction(translate);
  return () => {
    map.removeInteraction(translate);
    stop();
    stopSelecting();
  };
}
