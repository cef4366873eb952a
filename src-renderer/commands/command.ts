import type { PlainKey } from "../i18n/index.ts";
import type { IconName } from "../ui/icons.ts";

/** Heads of the shortcut sheet, in its order. */
export const groups = ["project", "edit", "view", "map", "layers", "time", "labels", "train", "maps", "help"] as const;
export type Group = (typeof groups)[number];

/** Something a person can do: it feeds the palette, menus, the shortcut sheet and tooltips. */
export interface Command {
  /** `area.verb`, as in `map.zoomFull`. */
  readonly id: string;
  readonly group: Group;
  readonly title: PlainKey;
  readonly icon?: IconName;
  /** Further words that find it in the palette. */
  readonly words?: PlainKey;
  /** Keys such as `Mod+Shift+F`; Mod is Ctrl, and ⌘ on a Mac. */
  readonly shortcut?: string;
  /** Further keys for the same. */
  readonly also?: readonly string[];
  /** Is it possible now? Reads state, so that menus and the palette follow. */
  readonly when?: () => boolean;
  /** Works also while a text field has the focus. Function keys and Mod+letter with this set; others never do. */
  readonly inFields?: boolean;
  /** Keeps it out of the palette, for keys that only make sense as keys. */
  readonly hidden?: boolean;
  run(): void | Promise<void>;
}
