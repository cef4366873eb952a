import { choosePath } from "../client/index.ts";
import { t } from "../i18n/index.ts";
import type { Command } from "../state/commands.ts";
import { session, startScreen, workDialogs } from "../state/index.ts";
import { notices } from "../ui/notices.svelte.ts";

/** Commands on the project as a whole. */
export const projectCommands: readonly Command[] = [
  {
    id: "project.new",
    group: "project",
    title: "start.new",
    icon: "plus",
    shortcut: "Mod+N",
    run: async () => {
      if (session.project) await session.close();
      startScreen.creating = true;
    },
  },
  {
    id: "project.open",
    group: "project",
    title: "start.open",
    icon: "folder-open",
    shortcut: "Mod+O",
    run: async () => {
      const folder = await choosePath({ kind: "open-folder", title: t("start.open.title") });
      if (folder !== null) await session.open(folder);
    },
  },
  {
    id: "project.close",
    group: "project",
    title: "shell.project.close",
    icon: "home",
    shortcut: "Mod+Shift+W",
    when: () => session.project !== null,
    run: () => session.close(),
  },
  {
    id: "project.properties",
    group: "project",
    title: "project.properties",
    words: "project.properties.words",
    icon: "info",
    when: () => session.project !== null,
    run: () => {
      workDialogs.propertiesOpen = true;
    },
  },
  {
    id: "project.outside",
    group: "project",
    title: "outside.command",
    icon: "folder-open",
    when: () => session.project !== null,
    run: () => {
      workDialogs.outsideOpen = true;
    },
  },
  {
    // Ctrl+S is a habit from other programs: say that everything is saved already.
    id: "project.saved",
    group: "project",
    title: "shell.saved",
    icon: "check",
    shortcut: "Mod+S",
    also: ["Mod+Shift+S"],
    inFields: true,
    hidden: true,
    when: () => session.project !== null,
    run: () => {
      notices.say("success", t("shell.saved.text"));
    },
  },
];
