import { type Command, possible, run } from "../state/commands.ts";
import { ownKeys } from "../ui/own-keys.ts";
import { commands } from "./index.ts";

/** What a pressed key is, written as in `Command.shortcut`. */
export function written(
  event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
  mac: boolean,
): string {
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  // With Alt, some layouts write other characters: use the physical key.
  const letter = event.altKey ? /^Key([A-Z])$/.exec(event.code)?.[1] : undefined;
  const name = digit && (event.altKey || event.ctrlKey || event.metaKey) ? digit : (letter ?? event.key);
  const key = name === " " ? "Space" : name.length === 1 ? name.toUpperCase() : name;
  const mod = mac ? event.metaKey : event.ctrlKey;
  // "?" needs Shift on most keyboards, so Shift is not named for signs.
  const sign = key.length === 1 && !/[A-Z0-9]/.test(key);
  return [mod && "Mod", event.altKey && "Alt", event.shiftKey && !sign && "Shift", key].filter(Boolean).join("+");
}

/** Listens for the shortcuts of all commands; returns how to stop. */
export function listenForShortcuts(mac: boolean): () => void {
  /** what runs: a key that is held down does not ask for it again meanwhile, so that nothing goes on after it was released */
  const running = new Set<Command>();
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed = written(event, mac);
    const own = ownKeys(event.target);
    const typing = own === "all" || (own === "alone" && !(event.ctrlKey || event.metaKey));
    const inDialog = document.querySelector("dialog:modal") !== null;
    const fits = (command: Command) =>
      (command.shortcut === pressed || command.also?.includes(pressed)) &&
      (!(typing || inDialog) || command.inFields === true) &&
      possible(command);
    const command = commands.find(fits);
    if (!command) {
      // Outside of a text field the browser would mark the words of the whole window.
      if (pressed === "Mod+A" && !typing) event.preventDefault();
      return;
    }
    event.preventDefault();
    if (event.repeat && running.has(command)) return;
    running.add(command);
    void run(command).finally(() => running.delete(command));
  };
  addEventListener("keydown", listen);
  return () => removeEventListener("keydown", listen);
}
