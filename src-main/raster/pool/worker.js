// Where a worker thread starts: plain JavaScript, because an installed package's TypeScript needs hooks first.
import "../../strip-types.js";

await import("./worker.ts");
