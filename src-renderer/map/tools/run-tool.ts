import { untrack } from "svelte";
import type { Ground, Lendings, ToolAtWork, ToolHandlers } from "./handler.ts";
import { factsOf, type Mode } from "./modes.ts";
import { listenForKeys } from "./tool-keys.ts";

/** Begins a mode and listens for it; returns how to end it. `null`: something it needs is not lent yet. */
export function runTool(
  handlers: ToolHandlers,
  mode: Mode,
  { map, lonLat, labelling }: Ground,
  lent: { readonly [Need in keyof Lendings]: Lendings[Need] | null },
): (() => void) | null {
  const { needs, cursor } = factsOf(mode);
  const given = Object.fromEntries(needs.map((need) => [need, lent[need]]));
  if (Object.values(given).includes(null)) return null;
  const handler: (at: Ground & Lendings) => ToolAtWork = handlers[mode];
  // Whatever else a tool reads as it begins does not begin it anew.
  const { keys, click, move, leave, menu, stop } = untrack(() =>
    handler({ map, lonLat, labelling, ...given } as Ground & Lendings),
  );
  const target = map.getTargetElement();
  const viewport = map.getViewport()!;
  const onMenu = (event: Event) => {
    if (menu?.()) event.preventDefault();
  };
  const stopKeys = keys ? listenForKeys(keys) : undefined;
  if (click) map.on("click", click);
  if (move) map.on("pointermove", move);
  if (leave) viewport.addEventListener("pointerleave", leave);
  if (menu) viewport.addEventListener("contextmenu", onMenu);
  if (target) target.style.cursor = cursor;
  return () => {
    if (target) target.style.cursor = "";
    if (menu) viewport.removeEventListener("contextmenu", onMenu);
    if (leave) viewport.removeEventListener("pointerleave", leave);
    if (move) map.un("pointermove", move);
    if (click) map.un("click", click);
    stopKeys?.();
    stop();
  };
}
