import type { Language } from "./message.ts";

/** The language of the window: the person's choice, else the system's. Reading `current` in a component follows changes. */
class CurrentLanguage {
  #chosen = $state<Language | "system">("system");

  get chosen(): Language | "system" {
    return this.#chosen;
  }

  get current(): Language {
    return this.#chosen === "system" ? systemLanguage() : this.#chosen;
  }

  choose(language: Language | "system"): void {
    this.#chosen = language;
    if (typeof document !== "undefined") document.documentElement.lang = this.current;
  }
}

/** The first of the system's languages that we speak; English otherwise. */
export function systemLanguage(preferred: readonly string[] = globalThis.navigator?.languages ?? []): Language {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split("-")[0];
    if (language === "fr" || language === "en") return language;
  }
  return "en";
}

export const language = new CurrentLanguage();
