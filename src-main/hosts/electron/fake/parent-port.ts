import { EventEmitter } from "node:events";

// Loaded before the program of a fake utility process: gives it the `parentPort` that Electron gives.
const port = new EventEmitter();
process.on("message", (data) => port.emit("message", { data, ports: [] }));
process.on("disconnect", () => process.exit(1));
Object.assign(process, { parentPort: Object.assign(port, { postMessage: (what: object) => process.send?.(what) }) });
