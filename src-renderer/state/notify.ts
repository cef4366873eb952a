import type { SettingsState } from "./settings.svelte.ts";

/** Tells the person through the system when they look elsewhere, if they and the system allow it. */
export class Notifier {
  readonly #settings: SettingsState;

  constructor(settings: SettingsState) {
    this.#settings = settings;
  }

  notify(text: string): void {
    if (!this.#settings.value.notifications || !document.hidden) return;
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const note = new Notification("OmniSat Desktop", { body: text, tag: "omnisat-job" });
    note.onclick = () => window.focus();
  }

  /** Asks for permission once, when the user has just started a long job. */
  async ask(): Promise<void> {
    if (!this.#settings.value.notifications || !("Notification" in window)) return;
    if (Notification.permission === "default") await Notification.requestPermission().catch(() => undefined);
  }
}
