import type { PlaceOfProject } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import type { ProjectSession } from "../state/session.svelte.ts";

/** The separate places that the project has images of. */
export class Places {
  #rows!: Live<readonly PlaceOfProject[]>;

  constructor({ client, session }: { readonly client: Client; readonly session: ProjectSession }) {
    $effect.root(() => {
      this.#rows = client.live("project.places", () => (session.project ? {} : null));
    });
  }

  get list(): readonly PlaceOfProject[] {
    return this.#rows.value ?? [];
  }
}
