import type { BookmarkRow } from "../../src-shared/domain/display.ts";
import { type Live, live } from "../client/index.ts";
import { session } from "../state/index.ts";

/** Places to come back to, by name. */
class Bookmarks {
  #rows!: Live<readonly BookmarkRow[]>;

  constructor() {
    $effect.root(() => {
      this.#rows = live("bookmarks.list", () => (session.project ? {} : null));
    });
  }

  get list(): readonly BookmarkRow[] {
    return this.#rows.value ?? [];
  }
}

export const bookmarks = new Bookmarks();
