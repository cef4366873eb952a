import type { ProjectSession } from "../../../state/session.svelte.ts";
import type { PageName } from "./page.ts";

/** How the picture is laid out; it stays while the dialog is closed. */
export class PictureForm {
  /** `map:3`, `confidence:3`, `difference:1`, or `view` */
  content = $state<string | null>(null);
  extent = $state<"map" | "view">("map");
  page = $state<PageName>("a4-landscape");
  /** one to so many, as it was typed; `null`: as large as the page has room for */
  fixedScale = $state<number | null>(null);
  dpi = $state(200);
  format = $state<"png" | "pdf">("pdf");
  /** `null`: proposed */
  title = $state<string | null>(null);
  subtitle = $state<string | null>(null);
  sources = $state<string | null>(null);
  legend = $state(true);
  scale = $state(true);
  north = $state(true);
  frame = $state(true);
  footer = $state(true);

  constructor(session: ProjectSession) {
    // What is written on the picture is of one project.
    $effect.root(() => {
      $effect(() => {
        void session.folder;
        this.content = this.title = this.subtitle = this.sources = this.fixedScale = null;
      });
    });
  }
}
