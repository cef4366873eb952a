import type { Command } from "./command.ts";

/** Commands of the labels area. They may import state, never OpenLayers or a panel: the palette loads them at once. */
export const labelsCommands: readonly Command[] = [];
