// What a host needs to read files of others in processes of its own kind.
export { launchReadersWith } from "../../vector/reader/launcher.ts";
export type { FromReader, ReaderChild, ReaderEnd, ReaderLauncher, ToReader } from "../../vector/reader/messages.ts";
export { serveReading } from "../../vector/reader/serve.ts";
export { readingTasks } from "./tasks.ts";
