import { readingTasks, serveReading, type ToReader } from "../../services/reading/reading.ts";

// Reads files of others in a utility process of Electron; it ends with its app.
const { parentPort } = process;
serveReading(
  {
    say: (message) => parentPort.postMessage(message),
    hear: (listener) => void parentPort.on("message", ({ data }: { data: ToReader }) => listener(data)),
  },
  readingTasks,
);
