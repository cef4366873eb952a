import type { ProjectSession } from "./session.svelte.ts";

/** State of the start screen: the recent projects, or the form of a new one. */
export class StartScreen {
  creating = $state(false);

  constructor(session: Pick<ProjectSession, "folder">) {
    $effect.root(() => {
      // The form is over with the project that was made or opened: after that one is closed, the recent projects stand there.
      $effect(() => {
        if (session.folder !== null) this.creating = false;
      });
    });
  }
}
