import type { JobResults, JobSpec } from "../../src-shared/domain/job.ts";
import type { JobContext } from "./context.ts";

/** Runs one job to its end. Each kind is loaded when it is needed: a report needs no engine. */
export async function runJob<Spec extends JobSpec>(spec: Spec, context: JobContext): Promise<JobResults[Spec["kind"]]> {
  return (await start(spec, context)) as JobResults[Spec["kind"]];
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
    case "report":
      return (await import("./report/index.ts")).writeReport(spec, context);
  }
}
