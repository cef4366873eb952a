import type { Settings } from "../../src-shared/ipc/index.ts";
import { invoke, subscribe } from "../client/index.ts";
import { language } from "../i18n/index.ts";
import { notices } from "../ui/notices.svelte.ts";

const defaults: Settings = { language: "system", theme: "system", coordinates: "project", notifications: true };

/** The person's settings: kept by the program, applied here at once. */
class SettingsState {
  #value = $state.raw<Settings>(defaults);

  get value(): Settings {
    return this.#value;
  }

  async load(): Promise<void> {
    subscribe("settings.changed", () => void this.#ask());
    await this.#ask();
  }

  async change(some: Partial<Settings>): Promise<void> {
    const before = this.#value;
    this.#apply({ ...before, ...some });
    try {
      this.#apply(await invoke("app.saveSettings", { settings: some }));
    } catch (error) {
      this.#apply(before);
      notices.fail(error);
    }
  }

  /** Is the window dark now, by choice or by the system? */
  get dark(): boolean {
    return this.#value.theme === "system" ? this.#systemDark : this.#value.theme === "dark";
  }

  #systemDark = $state(false);

  constructor() {
    const query = matchMedia("(prefers-color-scheme: dark)");
    this.#systemDark = query.matches;
    query.addEventListener("change", () => {
      this.#systemDark = query.matches;
    });
  }

  async #ask(): Promise<void> {
    try {
      this.#apply(await invoke("app.settings", {}));
    } catch (error) {
      notices.fail(error);
    }
  }

  #apply(value: Settings): void {
    this.#value = value;
    language.choose(value.language);
    if (value.theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value.theme;
  }
}

export const settings = new SettingsState();
