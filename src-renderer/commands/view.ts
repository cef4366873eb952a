import type { Command } from "../state/commands.ts";
import { docks, session, settings, steps } from "../state/index.ts";
import { panels } from "../state/panels.ts";
import { showPanel } from "../state/show-panel.ts";

const inWorkspace = (): boolean => session.view === "workspace";

/** Ten panels have a digit; panels that are opened from another one have none, so that the digits never change. */
const keyed: readonly string[] = panels
  .map(({ id }) => id)
  .filter((id) => id !== "alignment" && id !== "stack" && id !== "numbers" && id !== "label-table");

/** Docks, panels, full screen, theme. */
export const viewCommands: readonly Command[] = [
  ...panels.map(
    (panel): Command => ({
      id: `view.panel.${panel.id}`,
      group: "view",
      title: panel.title,
      icon: panel.icon,
      words: "shell.panel",
      ...(keyed.includes(panel.id) ? { shortcut: `Alt+${(keyed.indexOf(panel.id) + 1) % 10}` } : {}),
      when: inWorkspace,
      run: () => showPanel(panel.id),
    }),
  ),
  {
    id: "view.steps",
    group: "view",
    title: "steps.toggle",
    icon: "tasks",
    when: inWorkspace,
    run: () => steps.hide(!steps.hidden),
  },
  {
    id: "view.dock.left",
    group: "view",
    title: "shell.dock.toggleLeft",
    icon: "panel-left",
    shortcut: "Mod+Alt+1",
    when: inWorkspace,
    run: () => docks.toggle("left"),
  },
  {
    id: "view.dock.bottom",
    group: "view",
    title: "shell.dock.toggleBottom",
    icon: "panel-bottom",
    shortcut: "Mod+Alt+2",
    when: inWorkspace,
    run: () => docks.toggle("bottom"),
  },
  {
    id: "view.dock.right",
    group: "view",
    title: "shell.dock.toggleRight",
    icon: "panel-right",
    shortcut: "Mod+Alt+3",
    when: inWorkspace,
    run: () => docks.toggle("right"),
  },
  // QGIS hides its panels with Ctrl+Tab, which browsers reserve; F9 works everywhere.
  {
    id: "view.docks",
    group: "view",
    title: "shell.dock.toggleAll",
    icon: "full-screen",
    shortcut: "F9",
    also: ["Mod+Tab"],
    when: inWorkspace,
    run: () => docks.toggleAll(),
  },
  {
    id: "view.fullScreen",
    group: "view",
    title: "shell.fullScreen",
    icon: "full-screen",
    shortcut: "F11",
    run: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  },
  {
    id: "view.theme",
    group: "view",
    title: "shell.theme.toggle",
    icon: "moon",
    run: () => settings.change({ theme: settings.dark ? "light" : "dark" }),
  },
];
