import type { Appearance } from "./settings.svelte.ts";

/** The look of this page, and what its system prefers. */
export function appearanceOfPage(): Appearance {
  return {
    followSystem(told) {
      const query = matchMedia("(prefers-color-scheme: dark)");
      told(query.matches);
      query.addEventListener("change", () => told(query.matches));
    },
    wear(theme) {
      if (theme === "system") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = theme;
    },
  };
}
