import type { OpenProjectCommands } from "../../src-shared/ipc/contract.ts";
import { alignmentService } from "./alignment/alignment.ts";
import { deviceService } from "./app/device.ts";
import { areaService } from "./areas/areas.ts";
import { chainService } from "./chains/chains.ts";
import type { Deps } from "./deps.ts";
import { editService } from "./edits.ts";
import { exportService } from "./exports/exports.ts";
import { reportService } from "./exports/reports.ts";
import { inspectService } from "./inspect/inspect.ts";
import { instantService } from "./instant/instant.ts";
import { JobQueue, jobService } from "./jobs/jobs.ts";
import { resultHandlers } from "./jobs/result-handlers.ts";
import { labelService } from "./labels/labels.ts";
import { displayService } from "./layers/display.ts";
import { layerService } from "./layers/layers.ts";
import { legendService } from "./legends/legends.ts";
import { mapService } from "./maps/maps.ts";
import { modalityService } from "./modalities/modalities.ts";
import { modelService } from "./models/models.ts";
import { numberService } from "./numbers/numbers.ts";
import { mapLayerService } from "./pixels/pixels.ts";
import { projectService } from "./projects/projects.ts";
import { radiometryService } from "./rasters/radiometry.ts";
import { rasterService } from "./rasters/rasters.ts";
import { stackService } from "./rasters/stack.ts";
import { runHistoryService } from "./runs/history.ts";
import { runService } from "./runs/runs.ts";
import { similarService } from "./similar/similar.ts";
import { tileLabelService } from "./tiles/tiles.ts";

/** Every command on an open project. A missing one is a compile error. */
export function services(given: Deps) {
  const deps = withMachineFolder(given);
  const queue = new JobQueue(deps, resultHandlers(deps));
  const maps = mapService(deps, queue);
  const runs = runService(deps, queue);
  const labels = labelService(deps);
  return {
    ...projectService(deps),
    ...rasterService(deps),
    ...radiometryService(deps),
    ...stackService(deps),
    ...layerService(deps),
    ...modalityService(deps),
    ...labels,
    ...tileLabelService(deps, queue),
    ...legendService(deps),
    ...modelService(deps),
    ...runs,
    ...runHistoryService(deps, queue),
    ...maps,
    ...instantService(deps, queue, maps),
    ...chainService(deps, queue, { ...maps, ...runs, ...labels }),
    ...areaService(deps),
    ...similarService(deps),
    ...numberService(deps, queue),
    ...reportService(deps, queue),
    ...exportService(deps, queue),
    ...jobService(deps, queue),
    ...inspectService(deps),
    ...alignmentService(deps, queue),
    ...editService(deps),
    ...deviceService(),
    ...displayService(deps),
    ...mapLayerService(deps),
  } satisfies OpenProjectCommands;
}

export type Services = ReturnType<typeof services>;

/** Jobs learn where this machine keeps in mind what it has tried; a job's stored spec does not say it. */
function withMachineFolder(deps: Deps): Deps {
  const { runJob, settingsFolder } = deps;
  if (settingsFolder === undefined) return deps;
  return { ...deps, runJob: (spec, on, signal) => runJob({ ...spec, machineFolder: settingsFolder }, on, signal) };
}
