import type { ToReader } from "./messages.ts";
import { serveReading } from "./serve.ts";

// The reading process where Node.js forks it. It goes with its program, whatever it is doing.
process.on("disconnect", () => process.exit());
serveReading({
  say: (message) => void (process.connected && process.send?.(message)),
  hear: (listener) => void process.on("message", (message: ToReader) => listener(message)),
});
