import type { DeviceReport } from "../../src-shared/ipc/index.ts";
import { invoke } from "../client/index.ts";

/** What computes on this machine. Found once per start of the program, by running a small network on each candidate. */
class Device {
  report = $state.raw<DeviceReport | null>(null);
  error = $state.raw<unknown>();
  #asked = false;

  async load(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      this.report = await invoke("app.device", {});
      this.error = undefined;
    } catch (error) {
      this.#asked = false;
      this.error = error;
    }
  }
}

export const device = new Device();
