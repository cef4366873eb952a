import type { PlainKey } from "../i18n/index.ts";
import { mapView } from "../map/index.ts";
import { factsOf, type LabelMode } from "../map/tools/modes.ts";
import type { Command } from "../state/commands.ts";
import { docks, labelDrawing, labelScreens, labels, session, tiles } from "../state/index.ts";
import { showPanel } from "../state/show-panel.ts";
import type { IconName } from "../ui/icons.ts";

const open = () => session.project !== null;
/** True while labels are edited: number keys and Delete then apply to them. */
const engaged = () =>
  open() &&
  labels.legend !== null &&
  (factsOf(mapView.tool).family === "labels" || (docks.layout.left.open && docks.layout.left.tab === "labels"));
const chosen = (count: number) => () => engaged() && labels.selected.length >= count;

const tool = (mode: LabelMode, title: PlainKey, icon: IconName, shortcut?: string): Command => ({
  id: mode,
  group: "labels",
  title,
  icon,
  ...(shortcut ? { shortcut } : {}),
  when: () => open() && labels.legend !== null,
  run() {
    labels.forgetFailure();
    mapView.tool = mapView.tool === mode ? "pan" : mode;
  },
});

const classKeys: readonly Command[] = Array.from({ length: 9 }, (_, index) => ({
  id: `labels.class${index + 1}`,
  group: "labels" as const,
  title: "labels.class" as const,
  shortcut: String(index + 1),
  hidden: true,
  when: engaged,
  run() {
    const order = [...Map.groupBy(labels.classes, ({ parent }) => parent ?? "").values()].flat();
    const one = order[index];
    if (one) labelDrawing.choose(one.code);
  },
}));

/** Commands of the labels area. They may import state, never OpenLayers or a panel: the palette loads them at once. */
export const labelsCommands: readonly Command[] = [
  {
    id: "labels.panel",
    group: "labels",
    title: "labels.panel.open",
    icon: "tag",
    when: open,
    run: () => showPanel("labels"),
  },
  {
    id: "labels.table",
    group: "labels",
    title: "labels.table.open",
    icon: "table",
    shortcut: "F6",
    when: open,
    run: () => showPanel("label-table"),
  },
  {
    id: "labels.import",
    group: "labels",
    title: "labels.import",
    icon: "import",
    when: open,
    run: () => labelScreens.import(),
  },
  {
    id: "tiles.panel",
    group: "labels",
    title: "tiles.panel.open",
    icon: "grid",
    when: open,
    run: () => showPanel("tiles"),
  },
  {
    id: "tiles.import",
    group: "labels",
    title: "tiles.import",
    icon: "import",
    when: open,
    run() {
      tiles.importing = true;
    },
  },
  {
    id: "labels.legend",
    group: "labels",
    title: "labels.legend.edit",
    icon: "legend",
    when: open,
    run: () => labelScreens.editLegend(),
  },
  tool("labels.select", "labels.tool.select", "cursor", "V"),
  tool("labels.point", "labels.tool.point", "point"),
  tool("labels.polygon", "labels.tool.polygon", "polygon", "Mod+."),
  tool("labels.rectangle", "labels.tool.rectangle", "rectangle"),
  tool("labels.freehand", "labels.tool.freehand", "freehand"),
  tool("labels.outline", "outline.tool", "wand"),
  tool("labels.vertices", "labels.tool.vertices", "vertex"),
  tool("labels.move", "labels.tool.move", "move"),
  tool("labels.divide", "labels.tool.divide", "split"),
  tool("labels.cut", "labels.tool.cut", "area"),
  {
    id: "labels.snap",
    group: "labels",
    title: "labels.tool.snap",
    icon: "snap",
    shortcut: "S",
    when: engaged,
    run() {
      labelDrawing.toggleSnapping();
    },
  },
  {
    id: "labels.names",
    group: "labels",
    title: "labels.tool.names",
    icon: "tag",
    when: open,
    run() {
      labelDrawing.toggleNames();
    },
  },
  {
    id: "labels.merge",
    group: "labels",
    title: "labels.tool.merge",
    icon: "merge",
    when: chosen(2),
    run: () => labels.mergeSelected(),
  },
  {
    id: "labels.remove",
    group: "labels",
    title: "labels.tool.remove",
    icon: "trash",
    shortcut: "Delete",
    when: chosen(1),
    run: async () => void (await labels.removeSelected()),
  },
  {
    id: "labels.zoom",
    group: "labels",
    title: "labels.selection.zoom",
    icon: "zoom-to",
    shortcut: "Mod+J",
    when: chosen(1),
    run() {
      const bounds = labels.boundsOf(labels.selected);
      if (bounds) mapView.zoomTo(bounds);
    },
  },
  {
    id: "labels.all",
    group: "labels",
    title: "labels.selection.all",
    icon: "list",
    shortcut: "Mod+A",
    when: engaged,
    run: () => labels.select(labels.byId.keys()),
  },
  {
    id: "labels.problems",
    group: "labels",
    title: "labels.problems.look",
    icon: "warning",
    when: open,
    run() {
      labelScreens.tab = "problems";
      showPanel("labels");
    },
  },
  {
    id: "labels.split",
    group: "labels",
    title: "labels.split.make",
    icon: "split",
    when: open,
    run() {
      labelScreens.tab = "split";
      showPanel("labels");
    },
  },
  ...classKeys,
];
