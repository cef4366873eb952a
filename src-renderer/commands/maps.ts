import { exporting } from "../panels/forms.ts";
import { importModel } from "../panels/models/import-model.ts";
import type { Command } from "../state/commands.ts";
import { maps, session } from "../state/index.ts";
import { showPanel } from "../state/show-panel.ts";

const open = (): boolean => session.project !== null;

/** Commands of the maps area. They may import state, never OpenLayers or a panel: the palette loads them at once. */
export const mapsCommands: readonly Command[] = [
  {
    id: "maps.new",
    group: "maps",
    title: "maps.command.new",
    icon: "map",
    when: () => open() && maps.drawers.length > 0,
    run() {
      showPanel("maps");
      maps.view = { kind: "new" };
    },
  },
  {
    id: "maps.compare",
    group: "maps",
    title: "maps.command.compare",
    icon: "side-by-side",
    when: () => open() && maps.products.length > 1,
    run() {
      showPanel("maps");
      maps.comparing = true;
    },
  },
  {
    id: "models.import",
    group: "maps",
    title: "maps.command.import",
    icon: "import",
    when: () => open() && session.project?.readOnly === false,
    run: () => importModel("file"),
  },
  {
    id: "export.results",
    group: "maps",
    title: "export.command.map",
    icon: "export",
    shortcut: "Mod+Shift+E",
    when: open,
    run: () => showPanel("export"),
  },
  {
    id: "export.picture",
    group: "maps",
    title: "export.command.picture",
    icon: "image",
    when: () => open() && maps.products.length > 0,
    run() {
      exporting.open("picture");
      exporting.picture = true;
    },
  },
];
