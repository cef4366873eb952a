import type { DeviceReport } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";

/** What computes on this machine. Found once per start of the program, by running a small network on each candidate. */
export class Device {
  readonly #client: Client;
  report = $state.raw<DeviceReport | null>(null);
  error = $state.raw<unknown>();
  /** memory of the device while it is watched; `null` where it is unknown */
  usage = $state.raw<{ readonly usedBytes: number; readonly totalBytes: number } | null>(null);
  #asked = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Asks for its memory again and again; returns how to stop. */
  watch(): () => void {
    let over = false;
    const ask = async () => {
      const usage = await this.#client.invoke("device.usage", {}).catch(() => null);
      if (!over) this.usage = usage;
    };
    void ask();
    const beat = setInterval(ask, 2000);
    return () => {
      over = true;
      clearInterval(beat);
    };
  }

  async load(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      this.report = await this.#client.invoke("app.device", {});
      this.error = undefined;
    } catch (error) {
      this.#asked = false;
      this.error = error;
    }
  }
}
