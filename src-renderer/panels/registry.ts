import type { Component } from "svelte";
import type { PanelId } from "../state/panels.ts";

type Load = () => Promise<{ readonly default: Component }>;

/** The component of every panel of `state/panels.ts`, loaded when the panel is first shown. A panel without one does not compile. */
export const loadPanel: Readonly<Record<PanelId, Load>> = {
  layers: () => import("./layers/LayersPanel.svelte"),
  modalities: () => import("./modalities/ModalitiesPanel.svelte"),
  labels: () => import("./labels/LabelsPanel.svelte"),
  tiles: () => import("./tiles/TilesPanel.svelte"),
  inspector: () => import("./inspector/InspectorPanel.svelte"),
  similar: () => import("./similar/SimilarPanel.svelte"),
  style: () => import("./style/StylePanel.svelte"),
  alignment: () => import("./alignment/AlignmentPanel.svelte"),
  stack: () => import("./stack/StackPanel.svelte"),
  train: () => import("./train/TrainPanel.svelte"),
  maps: () => import("./maps/MapsPanel.svelte"),
  numbers: () => import("./numbers/NumbersPanel.svelte"),
  export: () => import("./export/ExportPanel.svelte"),
  time: () => import("./time/TimeBar.svelte"),
  "label-table": () => import("./labels/LabelTable.svelte"),
  jobs: () => import("./jobs/JobsPanel.svelte"),
  charts: () => import("./charts/ChartsPanel.svelte"),
};
