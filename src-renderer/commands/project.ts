import { session } from "../state/session.svelte.ts";
import type { Command } from "./command.ts";

/** Commands on the project as a whole. */
export const projectCommands: readonly Command[] = [
  {
    id: "project.close",
    group: "project",
    title: "shell.project.close",
    icon: "home",
    shortcut: "Mod+Shift+W",
    when: () => session.project !== null,
    run: () => session.close(),
  },
];
