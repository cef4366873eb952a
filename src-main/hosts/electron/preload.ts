import { contextBridge, ipcRenderer, webUtils } from "electron";
import type { TopicName } from "../../../src-shared/ipc/contract.ts";
import type { PreloadBridge, Reply } from "../../../src-shared/ipc/preload.ts";
import { channels, windowArgument } from "./names.ts";

// The only code between the window and the program. It runs in the sandbox, and gives the window four things and no more:
// questions, announcements, where a dropped file lies, and the address of its pixels.
const name = process.argv.find((word) => word.startsWith(windowArgument))?.slice(windowArgument.length) ?? "";
const listeners = new Map<TopicName, Set<(what: unknown) => void>>();

ipcRenderer.on(channels.tell, (_event, { topic, what }: { topic: TopicName; what: unknown }) => {
  for (const listener of listeners.get(topic) ?? []) listener(what);
});

const bridge: PreloadBridge = {
  pixels: `raster://${name}`,
  invoke: (command, request) => ipcRenderer.invoke(channels.invoke, { command, request }) as Promise<Reply>,
  subscribe(topic, listener) {
    const those = listeners.get(topic) ?? new Set();
    listeners.set(topic, those);
    those.add(listener);
    return () => void those.delete(listener);
  },
  // An empty path: the file was made in the window and lies nowhere.
  pathOf: (file) => webUtils.getPathForFile(file as File) || null,
};

contextBridge.exposeInMainWorld("omnisat", bridge);
