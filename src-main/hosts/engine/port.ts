import type { FromEngine, ToEngine } from "./messages.ts";

/** The engine's end of the wire to its app. */
export interface EnginePort {
  readonly connected: boolean;
  say(message: FromEngine): void;
  hear(listener: (message: ToEngine) => void): void;
  /** the app ended, or asks the engine to end */
  gone(listener: () => void): void;
}

/** The wire of a process that Node.js forked. */
export const forkPort: EnginePort = {
  get connected() {
    return process.connected;
  },
  say: (message) => void (process.connected && process.send?.(message)),
  hear: (listener) => void process.on("message", listener),
  gone: (listener) => void process.on("disconnect", listener),
};
