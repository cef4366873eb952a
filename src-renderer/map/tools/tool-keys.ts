import { ownKeys } from "../../ui/own-keys.ts";

// Keys of the active tool go before the window's shortcuts: Esc, Enter and Backspace mean the sketch while there is one.

/** What a key does; `false` leaves it to others. */
export type Keys = Readonly<Record<string, () => boolean>>;

/** Keys of two parts of a tool: what the first leaves goes to the second. */
export function keysInTurn(first: Keys, second: Keys): Keys {
  const both: Record<string, () => boolean> = { ...second };
  for (const [name, act] of Object.entries(first)) both[name] = () => act() || (second[name]?.() ?? false);
  return both;
}

/** Returns how to stop. */
export function listenForKeys(keys: Keys): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.isComposing || document.querySelector("dialog:modal, [popover]:popover-open[role=menu]")) return;
    const mod = event.ctrlKey || event.metaKey;
    const own = ownKeys(event.target);
    if (own === "all" || (own === "alone" && !mod) || (event.target as Element).closest?.("dialog")) return;
    const name = `${mod ? "Mod+" : ""}${event.key.length === 1 ? event.key.toUpperCase() : event.key}`;
    // Enter on a focused button presses the button.
    if (name === "Enter" && event.target instanceof HTMLButtonElement) return;
    if (event.shiftKey || event.altKey || !keys[name]?.()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener("keydown", listen, { capture: true });
  return () => removeEventListener("keydown", listen, { capture: true });
}
