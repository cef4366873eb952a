import type { Client } from "../../client/index.ts";
import type { showTilePreview } from "../../map/training-preview.ts";
import type { Runs } from "../../state/runs.svelte.ts";
import type { ProjectSession } from "../../state/session.svelte.ts";

interface Needs {
  readonly client: Client;
  readonly runs: Pick<Runs, "shown" | "list">;
  readonly session: Pick<ProjectSession, "project">;
  /** The part of the map that draws it, loaded when there is something to draw. */
  readonly load: () => Promise<typeof showTilePreview>;
}

/** Shows the predictions of the selected run on the map, and newer ones as they come. Call it while a component is being made. */
export function followReviews({ client, runs, session, load }: Needs): void {
  const shown = $derived(runs.shown);
  let newest = $state(0);

  // A new review replaces the one shown before.
  $effect(() => {
    const run = runs.list.find(({ id }) => id === shown?.runId);
    if (!run) return;
    return client.subscribe("job.event", ({ id, event }) => {
      if (id === run.jobId && event.type === "review" && event.review.preview) newest = event.step;
    });
  });

  $effect(() => {
    const project = session.project;
    if (!shown || !project) return;
    void newest;
    const { runId, step } = shown;
    const { crs } = project.grid.geobox;
    let stop: (() => void) | undefined;
    let gone = false;
    void draw();
    return () => {
      gone = true;
      stop?.();
    };

    async function draw(): Promise<void> {
      try {
        const looks = step === null ? await client.invoke("runs.reviews", { id: runId }) : [];
        const at = step ?? looks.findLast(({ hasPreview }) => hasPreview)?.step;
        if (at === undefined || gone) return;
        const [preview, { legends }, show] = await Promise.all([
          client.invoke("runs.preview", { id: runId, step: at }),
          client.invoke("project.describe", {}),
          load(),
        ]);
        if (!preview || gone) return;
        stop = show(
          preview,
          legends.flatMap(({ classes }) => classes),
          crs,
        );
      } catch {
        // The project was left meanwhile: there is nothing to draw on.
      }
    }
  });
}
