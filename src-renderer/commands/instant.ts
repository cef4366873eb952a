import type { Command } from "../state/commands.ts";
import { instant, labelAsks, labels, layers, session } from "../state/index.ts";
import { showPanel } from "../state/show-panel.ts";

const ready = () => !layers.blind && instant.state?.ready === true && labels.legend !== null;
const asked = () => labelAsks.ask !== null;

const classKeys: readonly Command[] = Array.from({ length: 9 }, (_, index) => ({
  id: `asks.class${index + 1}`,
  group: "labels" as const,
  title: "labels.class" as const,
  shortcut: String(index + 1),
  hidden: true,
  when: asked,
  run() {
    const order = [...Map.groupBy(labels.classes, ({ parent }) => parent ?? "").values()].flat();
    const one = order[index];
    return one ? labelAsks.choose(one.code) : undefined;
  },
}));

/** The instant map, and what it asks: while it asks, its keys come before all others. */
export const instantCommands: readonly Command[] = [
  {
    id: "instant.show",
    group: "labels",
    title: "instant.see",
    icon: "map",
    when: () => session.project !== null && instant.state?.possible === true,
    run: () => instant.see(() => showPanel("labels")),
  },
  {
    id: "asks.next",
    group: "labels",
    title: "asks.next",
    icon: "point",
    when: ready,
    run: () => labelAsks.next(),
  },
  {
    id: "asks.suspicious",
    group: "labels",
    title: "asks.suspicious",
    icon: "warning",
    when: () => ready() && instant.learned?.kind === "classes",
    run: () => labelAsks.suspicious(),
  },
  { id: "asks.accept", group: "labels", title: "asks.accept", shortcut: "Enter", hidden: true, when: asked, run: () => labelAsks.accept() }, // biome-ignore format: one line
  { id: "asks.keep", group: "labels", title: "asks.keepOne", shortcut: "K", hidden: true, when: () => asked() && labelAsks.mode === "suspicious", run: () => labelAsks.keep() }, // biome-ignore format: one line
  { id: "asks.skip", group: "labels", title: "asks.skip", shortcut: "S", hidden: true, when: asked, run: () => labelAsks.skip() }, // biome-ignore format: one line
  { id: "asks.stop", group: "labels", title: "asks.stop", shortcut: "Escape", hidden: true, when: () => labelAsks.mode !== null, run: () => labelAsks.stop() }, // biome-ignore format: one line
  ...classKeys,
];
