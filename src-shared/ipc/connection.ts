import type { ToHost } from "./wire.ts";

/*
 * What goes over the WebSocket of the web host, `/rpc?session=ID&arrived=SEQ` (both only when a broken connection is
 * taken up again). The numbers on both sides only grow, so messages lost in between are sent again and processed once:
 * the host repeats every message after `arrived`, the window every request after the `lastRequest` of the hello.
 * A numbered message of the host is a `FromHost` with its `seq`.
 */

/** The first message of every connection. Another `session` than before: the host could not go on, everything is new. */
export interface Hello {
  readonly hello: { readonly session: string; readonly lastRequest: number };
}

/** The window has everything up to this number; sent now and then, so that the host may forget. */
export interface Arrived {
  readonly arrived: number;
}

export type ToWebHost = ToHost | Arrived;
