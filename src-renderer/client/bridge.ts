import type { Bridge } from "../../src-shared/ipc/index.ts";
import type { PreloadBridge } from "../../src-shared/ipc/preload.ts";
import { type Client, makeClient } from "./client.ts";
import { connection } from "./connection.svelte.ts";
import { electronBridge } from "./electron-bridge.ts";
import { WebBridge } from "./web-bridge.ts";

declare global {
  interface Window {
    /** Put there by Electron's preload. */
    readonly omnisat?: PreloadBridge;
  }
}

function makeBridge(): Bridge {
  if (window.omnisat) {
    connection.state = "open";
    return electronBridge(window.omnisat);
  }
  return new WebBridge({
    address: new URL(document.baseURI),
    onstanding: (standing) => {
      connection.state = standing;
    },
    onforgotten: () => {
      connection.epoch++;
    },
  });
}

/** The window's only connection: to Electron's main process or to the web host. */
export const bridge: Bridge = makeBridge();

/** What the window's state is made with. */
export const client: Client = makeClient(bridge, connection);

/** Asks the program: one request object in, one value out; refuses with an AppError that has a sentence. */
export const { invoke, subscribe, live } = client;
