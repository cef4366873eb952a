import Collection from "ol/Collection.js";
import { altKeyOnly, singleClick } from "ol/events/condition.js";
import Modify from "ol/interaction/Modify.js";
import Translate from "ol/interaction/Translate.js";
import type { Labels } from "../../state/labels.svelte.ts";
import { coordinatesOf, type LabelFeature, type LabelLayer } from "../layers/labels.ts";
import type { Ground, Labelling, Lendings, ToolAtWork } from "./handler.ts";
import { handleStyle, ifRejected, startSnapping } from "./label-drawing.svelte.ts";
import { startSelecting } from "./label-select.ts";
import { type Keys, keysInTurn } from "./tool-keys.ts";

/** The selected features as a collection that follows the selection. */
function followSelection(layer: LabelLayer): { features: Collection<LabelFeature>; stop: () => void } {
  const features = new Collection<LabelFeature>();
  // A source also announces every step of a corner that is being dragged: a feature that left the collection then would
  // stop being dragged.
  const follow = () => {
    const wanted = new Set(layer.selectedSource.getFeatures());
    for (const feature of [...features.getArray()]) if (!wanted.delete(feature)) features.remove(feature);
    features.extend([...wanted]);
  };
  follow();
  layer.selectedSource.on("change", follow);
  return { features, stop: () => layer.selectedSource.un("change", follow) };
}

/** Draws labels as the program knows them. */
function putBack(labels: Labels, layer: LabelLayer, ids: Iterable<number>): void {
  for (const id of ids) {
    const known = labels.byId.get(id);
    if (known) layer.restore(known);
  }
}

/** Commits outlines; refused ones stay as drawn until they are corrected or reset. */
function committing(
  { client, labels, labelDrawing }: Labelling,
  layer: LabelLayer,
): { commit: (ids: readonly number[]) => Promise<void>; stop: () => void } {
  /** outlines on the map that the program has refused */
  const refused = new Set<number>();
  let over = false;
  const commit = async (some: readonly number[]): Promise<void> => {
    // What was refused before goes along: mending one outline may have mended another.
    const ids = [...new Set([...refused, ...some])];
    const changed = ids.flatMap((id) => {
      const feature = layer.feature(id);
      return feature ? [{ id, coordinates: coordinatesOf(feature) }] : [];
    });
    try {
      if (changed.length > 0) await client.invoke("labels.update", { labels: changed });
      for (const id of ids) refused.delete(id);
      if (!over && refused.size === 0) labelDrawing.settle();
    } catch (error) {
      if (over) {
        labels.fail(error);
        putBack(labels, layer, ids);
        return;
      }
      for (const id of ids) refused.add(id);
      labelDrawing.reject({ error, retry: () => void commit([]), discard });
    }
  };
  const discard = (): void => {
    labelDrawing.settle();
    putBack(labels, layer, refused);
    refused.clear();
  };
  return {
    commit,
    stop() {
      over = true;
      discard();
    },
  };
}

/** Corners are dragged, added on edges, taken away with Alt+click or Delete. */
export function startVertices(at: Ground & Pick<Lendings, "labels">): ToolAtWork {
  const { map, labels: layer, labelling } = at;
  const { labelDrawing } = labelling;
  const selecting = startSelecting(at);
  const { features, stop: stopFollowing } = followSelection(layer);
  const { commit, stop: stopCommitting } = committing(labelling, layer);
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
    if (ids.length > 0) void commit(ids);
  });
  const stopSnapping = startSnapping(map, layer, labelDrawing, [modify]);
  const keys: Keys = {
    Escape: () => ifRejected(labelDrawing, ({ discard }) => discard()),
    Enter: () => ifRejected(labelDrawing, ({ retry }) => retry()),
    Delete: () => modify.removePoint(),
    Backspace: () => modify.removePoint(),
  };
  return {
    ...selecting,
    click(event) {
      // Alt means the corner, not what lies under it; often a corner counts as beside its label.
      if (!altKeyOnly(event)) selecting.click?.(event);
    },
    keys: keysInTurn(keys, selecting.keys ?? {}),
    stop() {
      stopCommitting();
      stopSnapping();
      stopFollowing();
      selecting.stop();
    },
  };
}

/** Selected labels are dragged to another place. */
export function startMoving(at: Ground & Pick<Lendings, "labels">): ToolAtWork {
  const { map, labels: layer, labelling } = at;
  const { client, labels, selection } = labelling;
  const selecting = startSelecting(at);
  const { features, stop: stopFollowing } = followSelection(layer);
  const translate = new Translate({ features, hitTolerance: 2 });
  let from: readonly number[] = [];
  translate.on("translatestart", ({ startCoordinate }) => {
    from = startCoordinate;
  });
  translate.on("translateend", ({ coordinate }) => {
    const ids = [...selection.labels];
    const [dx, dy] = [coordinate[0]! - from[0]!, coordinate[1]! - from[1]!];
    if (dx === 0 && dy === 0) return;
    void client.invoke("labels.move", { ids, dx, dy }).then(
      () => {
        labels.forgetFailure();
      },
      (error: unknown) => {
        // A place outside of the project: everything goes back to where it was.
        labels.fail(error);
        putBack(labels, layer, ids);
      },
    );
  });
  map.addInteraction(translate);
  return {
    ...selecting,
    stop() {
      map.removeInteraction(translate);
      stopFollowing();
      selecting.stop();
    },
  };
}
