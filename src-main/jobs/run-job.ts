import type { JobResults, JobSpec } from "../../src-shared/domain/job.ts";
import type { JobContext } from "./context.ts";
import { withJournal } from "./journal.ts";

/** Runs one job to its end. Each kind is loaded when it is needed: a report needs no engine. */
export async function runJob<Spec extends JobSpec>(spec: Spec, context: JobContext): Promise<JobResults[Spec["kind"]]> {
  const trains = spec.kind === "pretrain" || spec.kind === "finetune" || spec.kind === "finetune-tiles";
  const told = trains ? withJournal(spec.folder, spec.resume, context) : context;
  return (await start(spec, told)) as JobResults[Spec["kind"]];
}

async function start(spec: JobSpec, context: JobContext): Promise<JobResults[JobSpec["kind"]]> {
  switch (spec.kind) {
    case "pretrain":
      return (await import("./pretrain.ts")).pretrain(spec, context);
    case "finetune":
      return (await import("./finetune.ts")).finetune(spec, context);
    case "evaluate":
      return (await import("./evaluate.ts")).evaluate(spec, context);
    case "map":
      return (await import("./map.ts")).map(spec, context);
    case "finetune-tiles":
      return (await import("./finetune-tiles.ts")).finetuneTiles(spec, context);
    case "evaluate-tiles":
      return (await import("./evaluate-tiles.ts")).evaluateTiles(spec, context);
    case "map-tiles":
      return (await import("./map-tiles.ts")).mapTiles(spec, context);
    case "estimate":
      return (await import("./estimate.ts")).estimate(spec, context);
    case "inspect":
      return (await import("./inspect.ts")).inspect(spec, context);
    case "golden":
      return (await import("./golden.ts")).goldenJob(spec);
    case "export":
      return (await import("./export/index.ts")).exportMap(spec, context);
    case "compare":
      return (await import("./compare.ts")).compareMaps(spec, context);
    case "features":
      return (await import("./features.ts")).features(spec, context);
    case "embed":
      return (await import("./embed.ts")).embed(spec, context);
    case "embed-files":
      return (await import("./embed-files.ts")).embedFiles(spec, context);
    case "numbers":
      return (await import("./numbers.ts")).numbers(spec, context);
    case "number-map":
      return (await import("./number-map.ts")).numberMap(spec, context);
    case "change":
      return (await import("./change.ts")).change(spec, context);
    case "align":
      return (await import("./align.ts")).align(spec, context);
    case "report":
      return (await import("../report/index.ts")).writeReport(spec, context);
  }
}
