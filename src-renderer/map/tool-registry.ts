import type { MapTool } from "./map-state.svelte.ts";

const tools = new Map<string, MapTool>();
const listeners = new Set<() => void>();

/** The tools of the map, by id. Parts of the window register theirs; the island starts the active one. */
export const registry = {
  /** Returns how to take the tool away. */
  register(tool: MapTool): () => void {
    tools.set(tool.id, tool);
    for (const listener of listeners) listener();
    return () => {
      if (tools.get(tool.id) !== tool) return;
      tools.delete(tool.id);
      for (const listener of listeners) listener();
    };
  },

  get: (id: string): MapTool | undefined => tools.get(id),

  /** Called whenever a tool comes or goes; returns how to stop listening. */
  watch(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
