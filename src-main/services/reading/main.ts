import { serveForked } from "../../vector/reader/forked-port.ts";
import { readingTasks } from "./tasks.ts";

// A reading process of the program where Node.js forks it.
serveForked(readingTasks);
