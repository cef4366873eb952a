import { boundsOf } from "../../src-shared/geo/geobox.ts";
import { mapUi, mapView, places, viewHistory } from "../map/index.ts";
import { placeFrom } from "../map/opening-view.ts";
import type { Mode } from "../map/tools/modes.ts";
import type { Command } from "../state/commands.ts";
import { layers, selection, session } from "../state/index.ts";
import { showPanel } from "../state/show-panel.ts";

const ready = (): boolean => mapView.ready;
/** Who answers a sample must not see what the map says. */
const seeing = (): boolean => ready() && !layers.blind;

function tool(mode: Mode): void {
  mapView.tool = mapView.tool === mode ? "pan" : mode;
}

function zoom(factor: number): void {
  mapView.panTo(mapView.view.center, mapView.view.resolution / factor);
}

function step(by: -1 | 1): void {
  const camera = viewHistory.step(by);
  if (camera) mapView.restore(camera);
}

const severalPlaces = (): boolean => ready() && places.list.length > 1;

function flyOn(by: 1 | -1): void {
  const place = mapView.bounds && placeFrom(mapView.bounds, places.list, by);
  if (place) mapView.zoomTo(place.bounds);
}

function toggle(id: string): Promise<void> {
  return layers.setVisible([id], !layers.drawn.some((layer) => layer.id === id));
}

const selected = () => layers.boundsOf([...selection.layers]);

/** Commands of the map area. They may import state, never OpenLayers or a panel: the palette loads them at once. */
export const mapCommands: readonly Command[] = [
  {
    id: "map.pan",
    group: "map",
    title: "map.pan",
    icon: "pan",
    when: ready,
    run: () => {
      mapView.tool = "pan";
    },
  },
  {
    id: "map.inspect",
    group: "map",
    title: "map.inspect",
    icon: "target",
    when: seeing,
    run: () => {
      mapView.tool = "inspect";
    },
  },
  {
    id: "map.similar",
    group: "map",
    title: "similar.tool",
    icon: "search",
    when: seeing,
    run: () => {
      tool("similar");
      if (mapView.tool === "similar") showPanel("similar");
    },
  },
  {
    id: "map.measureLength",
    group: "map",
    title: "map.measureLength",
    icon: "measure",
    shortcut: "Mod+Shift+M",
    also: ["M"],
    when: ready,
    run: () => tool("measure-length"),
  },
  {
    id: "map.measureArea",
    group: "map",
    title: "map.measureArea",
    icon: "area",
    shortcut: "Mod+Shift+J",
    also: ["Shift+M"],
    when: ready,
    run: () => tool("measure-area"),
  },
  {
    id: "map.zoomIn",
    group: "map",
    title: "map.zoomIn",
    icon: "zoom-in",
    shortcut: "Mod+Alt++",
    when: ready,
    run: () => zoom(2),
  },
  {
    id: "map.zoomOut",
    group: "map",
    title: "map.zoomOut",
    icon: "zoom-out",
    shortcut: "Mod+Alt+-",
    when: ready,
    run: () => zoom(0.5),
  },
  {
    id: "map.zoomFull",
    group: "map",
    title: "map.zoomFull",
    icon: "zoom-to",
    shortcut: "Mod+Shift+F",
    also: ["Home"],
    when: ready,
    run: () => {
      if (session.project) mapView.zoomTo(boundsOf(session.project.grid.geobox));
    },
  },
  {
    id: "map.nextPlace",
    group: "map",
    title: "map.nextPlace",
    icon: "chevron-right",
    shortcut: "Alt+PageDown",
    when: severalPlaces,
    run: () => flyOn(1),
  },
  {
    id: "map.previousPlace",
    group: "map",
    title: "map.previousPlace",
    icon: "chevron-left",
    shortcut: "Alt+PageUp",
    when: severalPlaces,
    run: () => flyOn(-1),
  },
  {
    id: "map.zoomSelection",
    group: "map",
    title: "map.zoomSelection",
    icon: "zoom-to",
    shortcut: "Mod+J",
    when: () => ready() && selected() !== null,
    run: () => {
      const bounds = selected();
      if (bounds) mapView.zoomTo(bounds);
    },
  },
  {
    id: "map.zoomNative",
    group: "map",
    title: "map.zoomNative",
    icon: "search",
    when: () => ready() && nativeResolution() !== null,
    run: () => {
      const resolution = nativeResolution();
      if (resolution !== null) mapView.panTo(mapView.view.center, resolution);
    },
  },
  {
    id: "map.back",
    group: "map",
    title: "map.back",
    icon: "arrow-left",
    shortcut: "Alt+ArrowLeft",
    when: () => ready() && viewHistory.canGoBack,
    run: () => step(-1),
  },
  {
    id: "map.forward",
    group: "map",
    title: "map.forward",
    icon: "arrow-right",
    shortcut: "Alt+ArrowRight",
    when: () => ready() && viewHistory.canGoForward,
    run: () => step(1),
  },
  {
    id: "map.goTo",
    group: "map",
    title: "map.goTo",
    icon: "compass",
    shortcut: "Mod+G",
    when: ready,
    run: () => {
      mapUi.goTo = true;
    },
  },
  {
    id: "map.bookmarkAdd",
    group: "map",
    title: "map.bookmarks.add",
    icon: "bookmark",
    shortcut: "Mod+B",
    when: ready,
    run: () => {
      mapUi.naming = true;
      mapUi.bookmarks = true;
    },
  },
  {
    id: "map.bookmarks",
    group: "map",
    title: "map.bookmarks.manage",
    icon: "bookmark",
    shortcut: "Mod+Shift+B",
    when: ready,
    run: () => {
      mapUi.naming = false;
      mapUi.bookmarks = true;
    },
  },
  { id: "map.north", group: "map", title: "map.north", icon: "north", when: ready, run: () => mapView.rotate(0) },
  {
    id: "map.rotateLeft",
    group: "map",
    title: "map.rotateLeft",
    icon: "undo",
    when: ready,
    run: () => mapView.rotate(mapView.view.rotation - Math.PI / 12),
  },
  {
    id: "map.rotateRight",
    group: "map",
    title: "map.rotateRight",
    icon: "redo",
    when: ready,
    run: () => mapView.rotate(mapView.view.rotation + Math.PI / 12),
  },
  {
    id: "map.refresh",
    group: "map",
    title: "map.refresh",
    icon: "refresh",
    shortcut: "F5",
    when: ready,
    run: () => mapView.refresh(),
  },
  {
    id: "map.toggleBasemap",
    group: "map",
    title: "map.toggleBasemap",
    icon: "globe",
    when: ready,
    run: () => toggle("basemap"),
  },
  {
    id: "map.toggleGraticule",
    group: "map",
    title: "map.toggleGraticule",
    icon: "grid",
    when: ready,
    run: () => toggle("graticule"),
  },
  { id: "map.toggleGrid", group: "map", title: "map.toggleGrid", icon: "grid", when: ready, run: () => toggle("grid") },
];

/** Of the selected layer, else of the uppermost one that is drawn. */
function nativeResolution(): number | null {
  const wanted = [...selection.layers, ...layers.drawn.map(({ id }) => id).toReversed()];
  for (const id of wanted) {
    const resolution = mapView.drawing(id)?.source.resolution;
    if (resolution) return resolution;
  }
  return null;
}
