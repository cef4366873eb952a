import type { Command } from "./command.ts";

/** Commands of the map area. They may import state, never OpenLayers or a panel: the palette loads them at once. */
export const mapCommands: readonly Command[] = [];
