import type { BookmarkRow } from "../../src-shared/domain/display.ts";
import type { Client, Live } from "../client/index.ts";
import type { ProjectSession } from "../state/session.svelte.ts";

/** Places to come back to, by name. */
export class Bookmarks {
  #rows!: Live<readonly BookmarkRow[]>;

  constructor({ client, session }: { readonly client: Client; readonly session: ProjectSession }) {
    $effect.root(() => {
      this.#rows = client.live("bookmarks.list", () => (session.project ? {} : null));
    });
  }

  get list(): readonly BookmarkRow[] {
    return this.#rows.value ?? [];
  }
}
