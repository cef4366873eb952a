import type { ProjectSession } from "./session.svelte.ts";

/** What is about to be deleted or renamed; the dialogs of the maps panel ask for it. */
export interface Subject {
  readonly kind: "map" | "comparison" | "model" | "sample" | "surface" | "number-model";
  readonly id: number;
  readonly name: string;
}

/** Which of those dialogs is open. */
export class MapDialogs {
  removing = $state.raw<(Subject & { readonly files: readonly string[] }) | null>(null);
  renaming = $state.raw<Subject | null>(null);

  constructor(session: ProjectSession) {
    // Numbers of maps come again in other projects.
    $effect.root(() => {
      $effect(() => {
        void session.folder;
        this.removing = this.renaming = null;
      });
    });
  }
}
