import type { OpenProjectCommands } from "../../src-shared/ipc/contract.ts";
import { alignmentService } from "./alignment.ts";
import type { Deps } from "./deps.ts";
import { deviceService } from "./device.ts";
import { displayService } from "./display.ts";
import { editService } from "./edits.ts";
import { exportService } from "./exports.ts";
import { inspectService } from "./inspect.ts";
import { JobQueue, jobService } from "./jobs.ts";
import { labelService } from "./labels.ts";
import { layerService } from "./layers.ts";
import { legendService } from "./legends.ts";
import { mapService } from "./maps.ts";
import { modalityService } from "./modalities.ts";
import { modelService } from "./models.ts";
import { mapLayerService } from "./pixels.ts";
import { projectService } from "./projects.ts";
import { radiometryService } from "./radiometry.ts";
import { rasterService } from "./rasters.ts";
import { reportService } from "./reports.ts";
import { resultHandlers } from "./result-handlers.ts";
import { runHistoryService } from "./run-history.ts";
import { runService } from "./runs.ts";
import { tileLabelService } from "./tile-labels.ts";

/** Every command on an open project, from one place. A missing one is a compile error where it is called. */
export function services(deps: Deps) {
  const queue = new JobQueue(deps, resultHandlers(deps));
  return {
    ...projectService(deps),
    ...rasterService(deps),
    ...radiometryService(deps),
    ...layerService(deps),
    ...modalityService(deps),
    ...labelService(deps),
    ...tileLabelService(deps, queue),
    ...legendService(deps),
    ...modelService(deps),
    ...runService(deps, queue),
    ...runHistoryService(deps, queue),
    ...mapService(deps, queue),
    ...reportService(deps, queue),
    ...exportService(deps, queue),
    ...jobService(deps, queue),
    ...inspectService(deps),
    ...alignmentService(deps),
    ...editService(deps),
    ...deviceService(),
    ...displayService(deps),
    ...mapLayerService(deps),
  } satisfies OpenProjectCommands;
}

export type Services = ReturnType<typeof services>;
