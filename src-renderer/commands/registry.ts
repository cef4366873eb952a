import { notices } from "../ui/notices.svelte.ts";
import type { Command } from "./command.ts";
import { editCommands } from "./edit.ts";
import { helpCommands } from "./help.ts";
import { labelsCommands } from "./labels.ts";
import { layersCommands } from "./layers.ts";
import { mapCommands } from "./map.ts";
import { mapsCommands } from "./maps.ts";
import { projectCommands } from "./project.ts";
import { timeCommands } from "./time.ts";
import { trainCommands } from "./train.ts";
import { viewCommands } from "./view.ts";

/** Everything a person can do, area by area. An area's file adds its commands by itself. */
export const commands: readonly Command[] = [
  ...projectCommands,
  ...editCommands,
  ...viewCommands,
  ...mapCommands,
  ...layersCommands,
  ...timeCommands,
  ...labelsCommands,
  ...trainCommands,
  ...mapsCommands,
  ...helpCommands,
];

const byId = new Map(commands.map((command) => [command.id, command]));

export const commandOf = (id: string): Command | undefined => byId.get(id);

export const possible = (command: Command): boolean => command.when?.() ?? true;

/** Runs a command when it is possible now; what it could not do is said in the corner. */
export async function run(command: Command | string): Promise<void> {
  const found = typeof command === "string" ? byId.get(command) : command;
  if (!found || !possible(found)) return;
  try {
    await found.run();
  } catch (error) {
    notices.fail(error);
  }
}

/** The keys of a command, for tooltips and menus. */
export const shortcutOf = (id: string): string | undefined => byId.get(id)?.shortcut;
