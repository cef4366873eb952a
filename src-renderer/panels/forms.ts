/** The forms that outlive their panels, made once over the program that this window talks to. */
import { client } from "../client/index.ts";
import { pathsOfDropped } from "../client/upload.ts";
import { history, jobs, maps, session, steps, workDialogs } from "../state/index.ts";
import { showPanel } from "../state/show-panel.ts";
import { afterImport } from "../state/step-actions.ts";
import { Exporting } from "./export/exporting.svelte.ts";
import { PictureForm } from "./export/picture/picture.svelte.ts";
import { ImportForm } from "./import/import-form.svelte.ts";
import { addVectorFiles } from "./layers/add-vectors.ts";
import { Growing } from "./maps/growing.svelte.ts";
import { NewProject } from "./new-project/new-project.svelte.ts";
import { TrainingForm } from "./train/training-form.svelte.ts";

export const newProject = new NewProject({ client, session, dialogs: workDialogs });
export const importForm = new ImportForm({
  client,
  history,
  addVectors: addVectorFiles,
  next: afterImport,
  send: pathsOfDropped,
});
export const trainingForm = new TrainingForm(session);
export const growing = new Growing({
  client,
  session,
  maps,
  load: async () => (await import("../map/partial-map.ts")).showPartialMap,
});
export const exporting = new Exporting({
  client,
  session,
  jobs,
  show: () => showPanel("export"),
  onwrote: () => steps.exported(),
});
export const pictureForm = new PictureForm(session);
