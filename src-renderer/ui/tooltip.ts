import type { Attachment } from "svelte/attachments";
import { place, type Side } from "./place.ts";
import { shortcutKeys } from "./shortcut-keys.ts";

// One element serves every tooltip. It is a popover, so that it stands above dialogs.
let bubble: HTMLElement | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let warmUntil = 0;

function show(anchor: Element, text: string, shortcut: string | undefined, side: Side): void {
  if (!bubble?.isConnected) {
    bubble = document.createElement("div");
    bubble.className = "tooltip";
    bubble.popover = "manual";
    bubble.setAttribute("aria-hidden", "true");
    document.body.append(bubble);
  }
  bubble.replaceChildren(document.createTextNode(text));
  if (shortcut) {
    const keys = document.createElement("span");
    keys.className = "tooltip-keys";
    for (const key of shortcutKeys(shortcut)) {
      const kbd = document.createElement("kbd");
      kbd.textContent = key;
      keys.append(kbd);
    }
    bubble.append(keys);
  }
  bubble.showPopover();
  place(bubble, anchor.getBoundingClientRect(), side, 6);
}

function hide(): void {
  clearTimeout(timer);
  if (bubble?.matches(":popover-open")) {
    bubble.hidePopover();
    warmUntil = Date.now() + 400;
  }
}

/** Shows `text`, and the keys of `shortcut`, when the pointer rests on or the keyboard reaches the element. */
export function tooltip(text: string | undefined, shortcut?: string, side: Side = "bottom"): Attachment {
  return (element) => {
    if (!text) return;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(() => show(element, text, shortcut, side), Date.now() < warmUntil ? 60 : 450);
    };
    const focused = () => {
      if (element.matches(":focus-visible")) soon();
    };
    const events: [string, () => void][] = [
      ["pointerenter", soon],
      ["pointerleave", hide],
      ["pointerdown", hide],
      ["focus", focused],
      ["blur", hide],
      ["keydown", hide],
    ];
    for (const [name, listener] of events) element.addEventListener(name, listener);
    return () => {
      hide();
      for (const [name, listener] of events) element.removeEventListener(name, listener);
    };
  };
}
