import type { ToEngine } from "../engine/messages.ts";
import type { EnginePort } from "../engine/port.ts";

/** The engine's end of the wire in a utility process. */
export function utilityPort(port: NonNullable<typeof process.parentPort>): EnginePort {
  let connected = true;
  return {
    get connected() {
      return connected;
    },
    say: (message) => port.postMessage(message),
    hear: (listener) =>
      void port.on("message", ({ data }: { data: ToEngine | { readonly type: "leave" } }) => {
        if (data.type !== "leave") listener(data);
      }),
    gone: (listener) =>
      void port.on("message", ({ data }: { data: { readonly type: string } }) => {
        if (data.type !== "leave") return;
        connected = false;
        listener();
      }),
  };
}
