import { run } from "./registry.ts";

/** A command from the host's menu. Undo belongs to the text field that a person is typing in, as everywhere. */
export async function runFromHost(id: string): Promise<void> {
  const own = { "edit.undo": "undo", "edit.redo": "redo" }[id];
  const field = document.activeElement;
  const typing = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
  if (own && typing && !field.readOnly) document.execCommand(own);
  else await run(id);
}
