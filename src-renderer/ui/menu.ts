import { mount, unmount } from "svelte";
import type { IconName } from "./icons.ts";
import MenuList from "./MenuList.svelte";

/** One line of a menu. A "separator" draws a line between groups. */
export type MenuItem =
  | "separator"
  | {
      readonly label: string;
      readonly icon?: IconName | undefined;
      readonly shortcut?: string | undefined;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      /** Shows a tick; the item is then a choice that is on or off. */
      readonly checked?: boolean;
      readonly run?: () => void;
      /** A menu behind this line. */
      readonly items?: readonly MenuItem[];
    };

/** Opens a menu at the pointer, or under the focused element when the keyboard asked. */
export function openContextMenu(event: MouseEvent, items: readonly MenuItem[]): void {
  event.preventDefault();
  if (items.length === 0) return;
  const from = event.target instanceof Element ? event.target : document.body;
  const byKeyboard = event.clientX === 0 && event.clientY === 0;
  const anchor = byKeyboard ? from.getBoundingClientRect() : new DOMRect(event.clientX, event.clientY, 0, 0);
  const before = document.activeElement;
  // Inside a modal dialog everything else is inert, so the menu lives where it was asked for.
  const list = mount(MenuList, {
    target: from.closest("dialog") ?? document.body,
    props: {
      items,
      anchor,
      byKeyboard,
      onclose: () => {
        void unmount(list);
        if (before instanceof HTMLElement && (document.activeElement ?? document.body) === document.body)
          before.focus();
      },
    },
  });
}
