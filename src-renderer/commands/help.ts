import type { Command } from "../state/commands.ts";
import { overlays } from "../state/index.ts";

/** Palette, shortcuts, guide, settings. */
export const helpCommands: readonly Command[] = [
  {
    id: "help.palette",
    group: "help",
    title: "shell.palette",
    icon: "command",
    shortcut: "Mod+K",
    inFields: true,
    hidden: true,
    run: () => overlays.show("palette"),
  },
  {
    id: "help.shortcuts",
    group: "help",
    title: "shell.shortcuts",
    icon: "keyboard",
    shortcut: "?",
    run: () => overlays.show("shortcuts"),
  },
  {
    id: "help.guide",
    group: "help",
    title: "help.title",
    icon: "book",
    shortcut: "F1",
    inFields: true,
    run: () => overlays.help(),
  },
  {
    id: "help.settings",
    group: "help",
    title: "settings.title",
    icon: "settings",
    shortcut: "Mod+,",
    inFields: true,
    run: () => overlays.show("settings"),
  },
  { id: "help.about", group: "help", title: "help.about", icon: "info", run: () => overlays.show("about") },
];
