import type { PlaceOfProject } from "../../src-shared/ipc/index.ts";
import { type Live, live } from "../client/index.ts";
import { session } from "../state/index.ts";

/** The separate places that the project has images of. */
class Places {
  #rows!: Live<readonly PlaceOfProject[]>;

  constructor() {
    $effect.root(() => {
      this.#rows = live("project.places", () => (session.project ? {} : null));
    });
  }

  get list(): readonly PlaceOfProject[] {
    return this.#rows.value ?? [];
  }
}

export const places = new Places();
