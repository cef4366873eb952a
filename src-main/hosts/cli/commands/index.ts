import type { Command } from "../command.ts";
import { labelCommands } from "./labels.ts";
import { projectCommands } from "./project.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [...projectCommands, ...labelCommands];
