import type { ToJobProcess } from "../job-process/messages.ts";
import type { JobProcessPort } from "../job-process/port.ts";

/** The job process's end of the connection in a utility process. */
export function utilityPort(port: NonNullable<typeof process.parentPort>): JobProcessPort {
  let connected = true;
  return {
    get connected() {
      return connected;
    },
    say: (message) => port.postMessage(message),
    hear: (listener) =>
      void port.on("message", ({ data }: { data: ToJobProcess | { readonly type: "leave" } }) => {
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
