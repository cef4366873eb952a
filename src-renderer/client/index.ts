/** How the window talks to the program: ask, listen, keep a question answered, choose files. */
export { bridge, client, invoke, live, subscribe } from "./bridge.ts";
export { choosePath, choosePaths } from "./choose-paths.ts";
export type { Client } from "./client.ts";
export { connection } from "./connection.svelte.ts";
export type { Live } from "./live.svelte.ts";
