/** How the keys of a shortcut are written here: "Mod" is ⌘ on a Mac and Ctrl elsewhere. */
export const onMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

const words: Readonly<Record<string, string>> = {
  Mod: onMac ? "⌘" : "Ctrl",
  Shift: onMac ? "⇧" : "Shift",
  Alt: onMac ? "⌥" : "Alt",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: onMac ? "⌦" : "Del",
  Backspace: "⌫",
  Enter: "⏎",
  PageUp: "PgUp",
  PageDown: "PgDn",
};

/** The keys of "Mod+Shift+Z", each as people read it. A "+" at the end is the key itself. */
export function shortcutKeys(shortcut: string): readonly string[] {
  return shortcut.split(/\+(?!$)/).map((key) => words[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/** A shortcut for `aria-keyshortcuts`, whose names are fixed by the standard. */
export const ariaShortcut = (shortcut: string | undefined): string | undefined =>
  shortcut?.replace("Mod", onMac ? "Meta" : "Control");
