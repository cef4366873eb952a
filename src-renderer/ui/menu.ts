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

/**
 * Did the menu key or Shift+F10 ask for this menu? Browsers give such an event the place of the focused element, so that its
 * position says nothing; it has no button (-1, in Firefox 0). A press of 0 is also Ctrl+click on a Mac, or a long touch.
 */
export const askedByKeyboard = ({
  button,
  ctrlKey,
  pointerType,
}: Pick<MouseEvent, "button" | "ctrlKey"> & { readonly pointerType?: string }): boolean =>
  button !== 2 && !ctrlKey && pointerType !== "touch" && pointerType !== "pen";

/** Opens a menu at the pointer; when the keyboard asked, at `anchor` or else under the focused element, on its first line. */
export function openContextMenu(event: MouseEvent, items: readonly MenuItem[], anchor?: DOMRect): void {
  event.preventDefault();
  if (items.length === 0) return;
  const from = event.target instanceof Element ? event.target : document.body;
  const byKeyboard = askedByKeyboard(event);
  const at = byKeyboard ? (anchor ?? from.getBoundingClientRect()) : new DOMRect(event.clientX, event.clientY, 0, 0);
  const before = document.activeElement;
  // Inside a modal dialog everything else is inert, so the menu lives where it was asked for.
  const list = mount(MenuList, {
    target: from.closest("dialog") ?? document.body,
    props: {
      items,
      anchor: at,
      byKeyboard,
      onclose: () => {
        void unmount(list);
        if (before instanceof HTMLElement && (document.activeElement ?? document.body) === document.body)
          before.focus();
      },
    },
  });
}
