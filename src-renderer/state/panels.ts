import type { PlainKey } from "../i18n/index.ts";
import type { IconName } from "../ui/icons.ts";

export type DockId = "left" | "right" | "bottom";

interface Entry {
  readonly id: string;
  readonly dock: DockId;
  readonly title: PlainKey;
  readonly icon: IconName;
}

/** Every panel of the workspace in the order of its tabs; `panels/registry.ts` names the component of each. */
export const panels = [
  { id: "layers", dock: "left", title: "layers.title", icon: "layers" },
  { id: "modalities", dock: "left", title: "modalities.title", icon: "satellite" },
  { id: "labels", dock: "left", title: "labels.title", icon: "tag" },
  { id: "tiles", dock: "left", title: "tiles.title", icon: "grid" },
  { id: "inspector", dock: "right", title: "inspector.title", icon: "target" },
  { id: "similar", dock: "right", title: "similar.title", icon: "search" },
  { id: "style", dock: "right", title: "layers.tab.style", icon: "palette" },
  { id: "alignment", dock: "right", title: "alignment.title", icon: "side-by-side" },
  { id: "stack", dock: "right", title: "stack.title", icon: "success" },
  { id: "train", dock: "right", title: "train.title", icon: "train" },
  { id: "maps", dock: "right", title: "maps.title", icon: "map" },
  { id: "numbers", dock: "right", title: "numbers.title", icon: "bars" },
  { id: "export", dock: "right", title: "export.title", icon: "export" },
  { id: "time", dock: "bottom", title: "time.title", icon: "calendar" },
  { id: "label-table", dock: "bottom", title: "labels.table", icon: "table" },
  { id: "jobs", dock: "bottom", title: "jobs.title", icon: "tasks" },
  { id: "charts", dock: "bottom", title: "runs.title", icon: "chart" },
] as const satisfies readonly Entry[];

export type PanelId = (typeof panels)[number]["id"];
type Panel = Entry & { readonly id: PanelId };

export const panelsOf = (dock: DockId): readonly Panel[] => panels.filter((panel) => panel.dock === dock);

export const panelOf = (id: PanelId): Panel => panels.find((panel) => panel.id === id)!;
