import { run } from "../state/commands.ts";
import { ownKeys } from "../ui/own-keys.ts";

/** A command from the host's menu. Undo belongs to the text field that a person is typing in, as everywhere. */
export async function runFromHost(id: string): Promise<void> {
  const own = { "edit.undo": "undo", "edit.redo": "redo" }[id];
  const field = document.activeElement;
  const written = ownKeys(field) === "all" && !field?.matches("[readonly]");
  if (own && written) document.execCommand(own);
  else await run(id);
}
