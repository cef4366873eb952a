import type { Bridge } from "../../src-shared/ipc/index.ts";
import type { Connection } from "./connection.svelte.ts";
import { type Ask, liveOver } from "./live.svelte.ts";
import { type WhenChanged, whenChangedOver } from "./when-changed.ts";

/** The program as the window's state sees it: ask, listen, keep a question answered. */
export interface Client extends Pick<Bridge, "host" | "invoke" | "subscribe"> {
  /** how the window stands with the program */
  readonly connection: Connection;
  /** Keeps a question answered. Call it while a component is being made, or inside `$effect.root`. */
  readonly live: Ask;
  /** Hears when the answer to a question may be another; returns how to stop. */
  readonly whenChanged: WhenChanged;
}

/** A client over any bridge: the window's own, or one in memory for tests. */
export function makeClient(bridge: Pick<Bridge, "host" | "invoke" | "subscribe">, connection: Connection): Client {
  const invoke: Client["invoke"] = (command, request) => bridge.invoke(command, request);
  const subscribe: Client["subscribe"] = (topic, listener) => bridge.subscribe(topic, listener);
  const whenChanged = whenChangedOver(subscribe);
  const live = liveOver({ invoke, connection, whenChanged });
  return { host: bridge.host, invoke, subscribe, connection, live, whenChanged };
}
