import { type Bridge, errorFrom } from "../../src-shared/ipc/index.ts";
import type { PreloadBridge } from "../../src-shared/ipc/preload.ts";

/** The bridge of the desktop application: errors come over as data, and are errors with a sentence again here. */
export function electronBridge(preload: PreloadBridge): Bridge {
  return {
    host: "electron",
    pixels: preload.pixels,
    async invoke(command, request) {
      const reply = await preload.invoke(command, request);
      if ("error" in reply) throw errorFrom(reply.error);
      return reply.answer as never;
    },
    subscribe: (topic, listener) => preload.subscribe(topic, listener as (what: unknown) => void),
    pathOf: (file) => preload.pathOf(file),
  };
}
