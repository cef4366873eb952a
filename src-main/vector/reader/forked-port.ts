import { tmpdir } from "node:os";
import { basename } from "node:path";
import { removeSync } from "../../files/index.ts";
import type { ToReader } from "./messages.ts";
import { type OtherTasks, serveReading } from "./serve.ts";

/** The reading process where Node.js forks it. It ends with its program, and deletes its folder when the program was killed. */
export function serveForked(others: OtherTasks = {}): void {
  process.on("disconnect", () => {
    const folder = tmpdir();
    if (basename(folder).startsWith("omnisat-reader-")) removeSync(folder);
    process.exit();
  });
  serveReading(
    {
      say: (message) => void (process.connected && process.send?.(message)),
      hear: (listener) => void process.on("message", (message: ToReader) => listener(message)),
    },
    others,
  );
}
