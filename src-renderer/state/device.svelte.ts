import type { DeviceReport } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";

/** What computes on this machine. Found once per start of the program, by running a small network on each candidate. */
export class Device {
  readonly #client: Client;
  report = $state.raw<DeviceReport | null>(null);
  error = $state.raw<unknown>();
  #asked = false;

  constructor(client: Client) {
    this.#client = client;
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
