import type { Command } from "../state/commands.ts";
import { history, session } from "../state/index.ts";

/** Undo and redo of everything. */
export const editCommands: readonly Command[] = [
  {
    id: "edit.undo",
    group: "edit",
    title: "shell.undo",
    icon: "undo",
    shortcut: "Mod+Z",
    when: () => session.project !== null && history.undoable !== null && !history.undoable.stale,
    run: history.undo,
  },
  {
    id: "edit.redo",
    group: "edit",
    title: "shell.redo",
    icon: "redo",
    shortcut: "Mod+Shift+Z",
    also: ["Mod+Y"],
    when: () => session.project !== null && history.redoable !== null && !history.redoable.stale,
    run: history.redo,
  },
];
