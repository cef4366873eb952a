import type { Settings } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";
import { language } from "../i18n/index.ts";
import { notices } from "../ui/notices.svelte.ts";

const defaults: Settings = { language: "system", theme: "system", coordinates: "project", notifications: true };

/** How the window looks: what the system wants, and what the page shows. */
export interface Appearance {
  /** Tells at once and at every change whether the system is dark. */
  followSystem(told: (dark: boolean) => void): void;
  wear(theme: Settings["theme"]): void;
}

/** The person's settings: kept by the program, applied here at once. */
export class SettingsState {
  readonly #client: Client;
  readonly #appearance: Appearance;
  /** an answer that something newer has overtaken is not taken */
  #turn = 0;
  #value = $state.raw<Settings>(defaults);

  get value(): Settings {
    return this.#value;
  }

  async load(): Promise<void> {
    this.#client.subscribe("settings.changed", () => void this.#ask());
    await this.#ask();
  }

  async change(some: Partial<Settings>): Promise<void> {
    const before = this.#value;
    const turn = ++this.#turn;
    this.#apply({ ...before, ...some });
    try {
      const saved = await this.#client.invoke("app.saveSettings", { settings: some });
      if (turn === this.#turn) this.#apply(saved);
    } catch (error) {
      notices.fail(error);
      // What was set since stays; the program knows what of all that it has.
      if (turn === this.#turn) this.#apply(before);
      else await this.#ask();
    }
  }

  /** Is the window dark now, by choice or by the system? */
  get dark(): boolean {
    return this.#value.theme === "system" ? this.#systemDark : this.#value.theme === "dark";
  }

  #systemDark = $state(false);

  constructor({ client, appearance }: { client: Client; appearance: Appearance }) {
    this.#client = client;
    this.#appearance = appearance;
    appearance.followSystem((dark) => {
      this.#systemDark = dark;
    });
  }

  async #ask(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const value = await this.#client.invoke("app.settings", {});
      if (turn === this.#turn) this.#apply(value);
    } catch (error) {
      notices.fail(error);
    }
  }

  #apply(value: Settings): void {
    this.#value = value;
    language.choose(value.language);
    this.#appearance.wear(value.theme);
  }
}
