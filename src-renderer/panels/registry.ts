import type { Component } from "svelte";
import type { PlainKey } from "../i18n/index.ts";
import type { IconName } from "../ui/icons.ts";

export type DockId = "left" | "right" | "bottom";

interface Entry {
  readonly id: string;
  readonly dock: DockId;
  readonly title: PlainKey;
  readonly icon: IconName;
  /** Loaded when the panel is first shown. */
  readonly load: () => Promise<{ readonly default: Component }>;
}

/** Every panel of the workspace in the order of its tabs. A new panel is one line here. */
export const panels = [
  {
    id: "layers",
    dock: "left",
    title: "layers.title",
    icon: "layers",
    load: () => import("./layers/LayersPanel.svelte"),
  },
  {
    id: "modalities",
    dock: "left",
    title: "modalities.title",
    icon: "satellite",
    load: () => import("./modalities/ModalitiesPanel.svelte"),
  },
  { id: "labels", dock: "left", title: "labels.title", icon: "tag", load: () => import("./labels/LabelsPanel.svelte") },
  { id: "tiles", dock: "left", title: "tiles.title", icon: "grid", load: () => import("./tiles/TilesPanel.svelte") },
  {
    id: "inspector",
    dock: "right",
    title: "inspector.title",
    icon: "target",
    load: () => import("./inspector/InspectorPanel.svelte"),
  },
  {
    id: "alignment",
    dock: "right",
    title: "alignment.title",
    icon: "side-by-side",
    load: () => import("./alignment/AlignmentPanel.svelte"),
  },
  { id: "train", dock: "right", title: "train.title", icon: "train", load: () => import("./train/TrainPanel.svelte") },
  { id: "maps", dock: "right", title: "maps.title", icon: "map", load: () => import("./maps/MapsPanel.svelte") },
  {
    id: "export",
    dock: "right",
    title: "export.title",
    icon: "export",
    load: () => import("./export/ExportPanel.svelte"),
  },
  { id: "time", dock: "bottom", title: "time.title", icon: "calendar", load: () => import("./time/TimeBar.svelte") },
  {
    id: "label-table",
    dock: "bottom",
    title: "labels.table",
    icon: "table",
    load: () => import("./labels/LabelTable.svelte"),
  },
  { id: "jobs", dock: "bottom", title: "jobs.title", icon: "tasks", load: () => import("./jobs/JobsPanel.svelte") },
  {
    id: "charts",
    dock: "bottom",
    title: "runs.title",
    icon: "chart",
    load: () => import("./charts/ChartsPanel.svelte"),
  },
] as const satisfies readonly Entry[];

export type PanelId = (typeof panels)[number]["id"];

export const panelsOf = (dock: DockId): readonly (Entry & { readonly id: PanelId })[] =>
  panels.filter((panel) => panel.dock === dock);

export const panelOf = (id: PanelId): Entry & { readonly id: PanelId } => panels.find((panel) => panel.id === id)!;
