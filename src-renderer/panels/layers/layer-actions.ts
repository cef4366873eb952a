// What can be done with layers from the tree, its menu and the keyboard.
import { pathsOfMapFiles } from "../../../src-shared/domain/map-files.ts";
import { intersection } from "../../../src-shared/geo/bounds.ts";
import { choosePath, invoke } from "../../client/index.ts";
import { t } from "../../i18n/index.ts";
import { mapView, places } from "../../map/index.ts";
import { openingView } from "../../map/opening-view.ts";
import { shortcutOf } from "../../state/commands.ts";
import { layers, mapDialogs, selection, workDialogs } from "../../state/index.ts";
import { showPanel } from "../../state/show-panel.ts";
import { type MenuItem, notices } from "../../ui/index.ts";

function zoomToLayers(ids: readonly string[]): void {
  const bounds = layers.boundsOf(ids);
  if (!bounds) return;
  // For images far apart the whole box would show mostly empty ground: zoom to the first place instead.
  const inside = places.list.filter((place) => intersection(place.bounds, bounds));
  const view = openingView(bounds, inside) ?? bounds;
  mapView.zoomTo(view);
  mapView.flash(view);
}

/** Slots are shown and hidden; a date of a series is pinned or follows the slider. */
export function toggleLayers(ids: readonly string[]): void {
  const slots = ids.filter((id) => layers.slot(id));
  if (slots.length > 0) void layers.setVisible(slots, !slots.every((id) => layers.slot(id)?.visible));
  const dates = ids.filter((id) => !layers.slot(id));
  if (dates.length > 0) void layers.setPinned(dates, !dates.every((id) => layers.pinned(id)));
}

/** Classes of a map that are not drawn. */
export function hiddenClasses(id: string): readonly number[] {
  const hidden = layers.rows.get(id)?.style.hidden;
  return Array.isArray(hidden) ? hidden.filter((code): code is number => typeof code === "number") : [];
}

export function toggleClass(id: string, code: number): void {
  const hidden = hiddenClasses(id);
  const next = hidden.includes(code) ? hidden.filter((other) => other !== code) : [...hidden, code];
  void layers.change([{ id, style: { hidden: next } }]);
}

export async function relinkMissing(): Promise<void> {
  const folder = await choosePath({ kind: "open-folder", title: t("layers.relinkFolder") });
  if (folder === null) return;
  try {
    const { relinked, problems } = await invoke("rasters.relinkAll", { folder });
    if (relinked.length > 0) notices.say("success", t("layers.relinked", { count: relinked.length }));
    else notices.say("warning", problems[0] ?? t("layers.relinkNone"));
  } catch (error) {
    notices.fail(error);
  }
}

export function layerMenu(ids: readonly string[]): readonly MenuItem[] {
  const first = ids[0];
  if (first === undefined) return [{ label: t("layers.add"), icon: "plus", run: () => workDialogs.showImport() }];
  const one = ids.length === 1;
  const slots = ids.filter((id) => layers.slot(id));
  const dates = ids.filter((id) => !layers.slot(id));
  const visible = slots.length > 0 && slots.every((id) => layers.slot(id)?.visible);
  const pinned = dates.length > 0 && dates.every((id) => layers.pinned(id));
  const members = ids.flatMap((id) => layers.slot(id)?.members ?? layers.byId.get(id) ?? []);
  const removable = layers.removable(ids);
  return [
    ...(slots.length > 0
      ? [
          {
            label: visible ? t("layers.hide") : t("layers.show"),
            icon: visible ? ("eye-off" as const) : ("eye" as const),
            shortcut: "Space",
            run: () => toggleLayers(slots),
          },
        ]
      : []),
    ...(dates.length > 0
      ? [
          {
            label: pinned ? t("layers.unpin") : t("layers.pin"),
            icon: "pin" as const,
            shortcut: "Space",
            run: () => toggleLayers(dates),
          },
        ]
      : []),
    {
      label: t("layers.zoomTo"),
      icon: "zoom-to" as const,
      shortcut: shortcutOf("layers.zoomTo"),
      disabled: layers.boundsOf(ids) === null,
      run: () => zoomToLayers(ids),
    },
    "separator" as const,
    {
      label: t("layers.rename"),
      icon: "pencil" as const,
      shortcut: "F2",
      disabled: !(one && layers.canRename(first)),
      run: () => {
        layers.renaming = first;
      },
    },
    {
      label: t("layers.style"),
      icon: "palette" as const,
      disabled: !ids.some(
        (id) => layers.slot(id)?.kind === "group" || /^(acquisition|raster|map|confidence|difference|vector):/.test(id),
      ),
      run: () => {
        selection.layers = new Set(ids);
        showPanel("style");
      },
    },
    {
      label: t("layers.properties"),
      icon: "info" as const,
      shortcut: "Enter",
      disabled: !one,
      run: () => {
        layers.properties = first;
      },
    },
    ...(members.some(({ state }) => state === "missing")
      ? [{ label: t("layers.relink"), icon: "link" as const, run: () => void relinkMissing() }]
      : []),
    ...(removable.length > 0
      ? ([
          "separator",
          {
            label: t("layers.remove"),
            icon: "trash" as const,
            shortcut: "Delete",
            danger: true,
            run: () => void layers.remove(removable),
          },
        ] as const)
      : []),
    ...(one && layers.byId.get(first)?.kind === "map"
      ? ([
          "separator",
          { label: t("layers.delete"), icon: "trash" as const, danger: true, run: () => void askToDelete(first) },
        ] as const)
      : []),
  ];
}

/** Files of a map are deleted for good: its panel names them and asks. */
async function askToDelete(layer: string): Promise<void> {
  const id = Number(layer.slice("map:".length));
  const map = (await invoke("maps.list", {})).find((candidate) => candidate.id === id);
  if (!map) return;
  const files = pathsOfMapFiles(map.files);
  showPanel("maps");
  mapDialogs.removing = { kind: "map", id, name: map.name, files };
}
