import { alignmentMessages } from "./alignment.ts";
import { areasMessages } from "./areas.ts";
import { chainMessages } from "./chains.ts";
import { editsMessages } from "./edits.ts";
import { evidenceMessages } from "./evidence.ts";
import { exportMessages } from "./export.ts";
import { findingMessages } from "./findings.ts";
import { helpMessages } from "./help.ts";
import { importMessages } from "./import.ts";
import { inspectorMessages } from "./inspector.ts";
import { instantMessages } from "./instant.ts";
import { jobsMessages } from "./jobs.ts";
import { labelsMessages } from "./labels.ts";
import { layersMessages } from "./layers.ts";
import { mapMessages } from "./map.ts";
import { mapsMessages } from "./maps.ts";
import { modalitiesMessages } from "./modalities.ts";
import { numbersMessages } from "./numbers.ts";
import { projectMessages } from "./project.ts";
import { radiometryMessages } from "./radiometry.ts";
import { scoresMessages } from "./scores.ts";
import { settingsMessages } from "./settings.ts";
import { shellMessages } from "./shell.ts";
import { similarMessages } from "./similar.ts";
import { stackMessages } from "./stack.ts";
import { startMessages } from "./start.ts";
import { stepsMessages } from "./steps.ts";
import { tilesMessages } from "./tiles.ts";
import { timeMessages } from "./time.ts";
import { trainMessages } from "./train.ts";
import { pickerMessages, uiMessages } from "./ui.ts";

/** Every message of the window: one file per area, both languages side by side. Add an area by adding its line twice. */
export const catalog = {
  ...projectMessages,
  ...shellMessages,
  ...startMessages,
  ...layersMessages,
  ...importMessages,
  ...modalitiesMessages,
  ...radiometryMessages,
  ...evidenceMessages,
  ...mapMessages,
  ...timeMessages,
  ...inspectorMessages,
  ...alignmentMessages,
  ...labelsMessages,
  ...instantMessages,
  ...chainMessages,
  ...similarMessages,
  ...stackMessages,
  ...numbersMessages,
  ...tilesMessages,
  ...stepsMessages,
  ...trainMessages,
  ...scoresMessages,
  ...jobsMessages,
  ...mapsMessages,
  ...areasMessages,
  ...editsMessages,
  ...exportMessages,
  ...settingsMessages,
  ...helpMessages,
  ...findingMessages,
  ...uiMessages,
  ...pickerMessages,
};

export type Catalog = typeof catalog;
