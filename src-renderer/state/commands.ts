import type { PlainKey } from "../i18n/index.ts";
import type { IconName } from "../ui/icons.ts";
import { notices } from "../ui/notices.svelte.ts";

/** Heads of the shortcut sheet, in its order. */
export const groups = ["project", "edit", "view", "map", "layers", "time", "labels", "train", "maps", "help"] as const;
export type Group = (typeof groups)[number];

/** Something a person can do: it feeds the palette, menus, the shortcut sheet and tooltips. */
export interface Command {
  /** `area.verb`, as in `map.zoomFull`. */
  readonly id: string;
  readonly group: Group;
  readonly title: PlainKey;
  readonly icon?: IconName;
  /** Further words that find it in the palette. */
  readonly words?: PlainKey;
  /** Keys such as `Mod+Shift+F`; Mod is Ctrl, and ⌘ on a Mac. */
  readonly shortcut?: string;
  /** Further keys for the same. */
  readonly also?: readonly string[];
  /** Is it possible now? Reads state, so that menus and the palette follow. */
  readonly when?: () => boolean;
  /** Works also while a text field has the focus. Function keys and Mod+letter with this set; others never do. */
  readonly inFields?: boolean;
  /** Keeps it out of the palette, for keys that only make sense as keys. */
  readonly hidden?: boolean;
  run(): void | Promise<void>;
}

const byId = new Map<string, Command>();

/**
 * Makes commands known to the window; `main.ts` adds those of `commands/index.ts` before anything is drawn. That is how menus and
 * buttons of the map and the panels run a command by its id, although the commands stand on a floor above them.
 */
export function addCommands(commands: readonly Command[]): void {
  for (const command of commands) {
    if (byId.has(command.id)) throw new Error(`Two commands are called ${command.id}`);
    byId.set(command.id, command);
  }
}

export const commandOf = (id: string): Command | undefined => byId.get(id);

export const possible = (command: Command): boolean => command.when?.() ?? true;

/** Runs a command when it is possible now; an error becomes a notice. */
export async function run(command: Command | string): Promise<void> {
  try {
    const found = typeof command === "string" ? byId.get(command) : command;
    if (!found) throw new Error(`No command is called ${command}`);
    if (possible(found)) await found.run();
  } catch (error) {
    notices.fail(error);
  }
}

/** The keys of a command, for tooltips and menus. */
export const shortcutOf = (id: string): string | undefined => byId.get(id)?.shortcut;
