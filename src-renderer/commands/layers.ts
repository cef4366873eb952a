import { mapView } from "../map/index.ts";
import { addVectors } from "../panels/layers/add-vectors.ts";
import type { Command } from "../state/commands.ts";
import { layers, selection, session, workDialogs } from "../state/index.ts";
import { showPanel } from "../state/show-panel.ts";

const open = () => session.project !== null;
const chosen = () => open() && selection.layers.size > 0;

/** Commands of the layers area. They may import state, never OpenLayers or a panel: the palette loads them at once. */
export const layersCommands: readonly Command[] = [
  {
    id: "layers.import",
    group: "layers",
    title: "layers.add",
    icon: "image",
    shortcut: "Mod+Shift+R",
    also: ["Mod+L"],
    when: open,
    run: () => workDialogs.showImport(),
  },
  {
    id: "layers.addVector",
    group: "layers",
    title: "layers.addVector",
    icon: "polygon",
    shortcut: "Mod+Shift+V",
    when: open,
    run: addVectors,
  },
  {
    id: "layers.zoomTo",
    group: "layers",
    title: "layers.command.zoom",
    icon: "zoom-to",
    shortcut: "Mod+J",
    when: chosen,
    run: () => {
      const bounds = layers.boundsOf([...selection.layers]);
      if (bounds) mapView.zoomTo(bounds);
    },
  },
  {
    id: "layers.style",
    group: "layers",
    title: "layers.command.style",
    icon: "palette",
    shortcut: "F7",
    when: open,
    run: () => showPanel("style"),
  },
  {
    id: "layers.properties",
    group: "layers",
    title: "layers.command.properties",
    icon: "info",
    // QGIS sets a layer's CRS with these keys; here the CRS is one of its properties.
    shortcut: "Mod+Shift+C",
    when: () => open() && selection.layer !== null,
    run: () => {
      layers.properties = selection.layer;
    },
  },
  {
    id: "layers.remove",
    group: "layers",
    title: "layers.command.remove",
    icon: "trash",
    shortcut: "Mod+D",
    when: () => chosen() && layers.removable([...selection.layers]).length > 0,
    run: () => layers.remove(layers.removable([...selection.layers])),
  },
];
