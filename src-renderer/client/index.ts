/** How the window talks to the program: ask, listen, keep a question answered, choose files. */
export { bridge, invoke, subscribe } from "./bridge.ts";
export { choosePath, choosePaths } from "./choose-paths.ts";
export { connection } from "./connection.svelte.ts";
export { type Live, live } from "./live.svelte.ts";
export { type Dropped, droppedFiles, pathsOfDropped } from "./upload.ts";
export { whenChanged } from "./when-changed.ts";
