import type { Command } from "../state/commands.ts";
import { editCommands } from "./edit.ts";
import { helpCommands } from "./help.ts";
import { instantCommands } from "./instant.ts";
import { labelsCommands } from "./labels.ts";
import { layersCommands } from "./layers.ts";
import { mapCommands } from "./map.ts";
import { mapsCommands } from "./maps.ts";
import { projectCommands } from "./project.ts";
import { timeCommands } from "./time.ts";
import { trainCommands } from "./train.ts";
import { viewCommands } from "./view.ts";

/** Everything a person can do, area by area. `main.ts` adds them to `state/commands.ts`, where menus and buttons find them. */
export const commands: readonly Command[] = [
  // First, because its keys hold while it asks.
  ...instantCommands,
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
