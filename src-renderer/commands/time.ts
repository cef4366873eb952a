import { mapView } from "../map/index.ts";
import type { Command } from "../state/commands.ts";
import { compare, layers, pins, session, timeline } from "../state/index.ts";
import { showPanel } from "../state/show-panel.ts";

const withDates = (): boolean => session.project !== null && timeline.dates.length > 0;
/** Who answers a sample must not see what the map says. */
const canInspect = (): boolean => withDates() && !layers.blind;

/** Commands of the time area. They may import state, never OpenLayers or a panel: the palette loads them at once. */
export const timeCommands: readonly Command[] = [
  {
    id: "time.play",
    group: "time",
    title: "time.play",
    icon: "play",
    shortcut: "K",
    when: withDates,
    run: () => timeline.play(),
  },
  {
    id: "time.forward",
    group: "time",
    title: "time.forward",
    icon: "step-forward",
    shortcut: ".",
    when: withDates,
    run: () => timeline.step(1),
  },
  {
    id: "time.back",
    group: "time",
    title: "time.back",
    icon: "step-back",
    shortcut: ",",
    when: withDates,
    run: () => timeline.step(-1),
  },
  { id: "time.first", group: "time", title: "time.first", when: withDates, run: () => timeline.first() },
  { id: "time.last", group: "time", title: "time.last", when: withDates, run: () => timeline.last() },
  {
    id: "inspect.point",
    group: "time",
    title: "inspector.tool.point",
    icon: "target",
    shortcut: "Mod+Shift+I",
    when: canInspect,
    run: () => {
      mapView.tool = "inspect";
      showPanel("inspector");
    },
  },
  {
    id: "inspect.area",
    group: "time",
    title: "inspector.tool.area",
    icon: "polygon",
    when: canInspect,
    run: () => {
      mapView.tool = "inspect-area";
      showPanel("inspector");
    },
  },
  {
    id: "inspect.clear",
    group: "time",
    title: "inspector.clear",
    icon: "trash",
    when: () => pins.list.length > 0,
    run: () => pins.clear(),
  },
  {
    id: "compare.swipe",
    group: "time",
    title: "compare.swipe",
    icon: "swipe",
    when: withDates,
    run: () => compare.toggle("swipe"),
  },
  {
    id: "compare.spyglass",
    group: "time",
    title: "compare.spyglass",
    icon: "spyglass",
    when: withDates,
    run: () => compare.toggle("spyglass"),
  },
  {
    id: "compare.blink",
    group: "time",
    title: "compare.blink",
    icon: "blink",
    when: withDates,
    run: () => compare.toggle("blink"),
  },
  {
    id: "compare.side",
    group: "time",
    title: "compare.side",
    icon: "side-by-side",
    when: withDates,
    run: () => compare.toggle("side"),
  },
  {
    id: "compare.showA",
    group: "time",
    title: "compare.showA",
    shortcut: "Z",
    hidden: true,
    when: () => compare.mode !== "off",
    run: () => compare.show("a"),
  },
  {
    id: "compare.showB",
    group: "time",
    title: "compare.showB",
    shortcut: "X",
    hidden: true,
    when: () => compare.mode !== "off",
    run: () => compare.show("b"),
  },
];
