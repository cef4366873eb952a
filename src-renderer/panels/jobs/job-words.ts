import type { Job } from "../../../src-shared/domain/job-row.ts";
import { AppError, type ErrorCode } from "../../../src-shared/errors/index.ts";
import { errorSentence, reasonWords, t } from "../../i18n/index.ts";
import type { IconName } from "../../ui/icons.ts";

export const iconOf: Readonly<Record<Job["kind"], IconName>> = {
  pretrain: "train",
  finetune: "train",
  evaluate: "matrix",
  map: "map",
  "finetune-tiles": "train",
  "evaluate-tiles": "matrix",
  "map-tiles": "map",
  report: "file",
  export: "export",
  compare: "side-by-side",
  inspect: "target",
  golden: "check",
  estimate: "clock",
  features: "layers",
  embed: "layers",
  "embed-files": "import",
  numbers: "train",
  "number-map": "map",
  change: "side-by-side",
  align: "target",
};

export const kindOf = (job: Job): string => t(`jobs.kind.${job.kind}`);

const smallMaps = "Drawing small maps with ";

/** Jobs report their phases in English; the known ones are shown in the person's language. */
export function phaseWords(phase: string): string {
  if (phase.startsWith("Evaluating ")) return t("jobs.phase.evaluating", { what: phase.slice("Evaluating ".length) });
  if (phase.startsWith(smallMaps)) return t("jobs.phase.smallMaps", { what: phase.slice(smallMaps.length) });
  switch (phase) {
    case "":
      return t("jobs.phase.starting");
    case "Reading the reference":
      return t("jobs.phase.reference");
    case "Comparing dates":
      return t("jobs.phase.comparing");
    case "Statistics":
      return t("jobs.phase.statistics");
    case "Fine-tuning":
      return t("jobs.phase.finetuning");
    case "Pre-training":
      return t("jobs.phase.pretraining");
    case "Mapping":
      return t("jobs.phase.mapping");
    case "Preparing":
      return t("jobs.phase.preparing");
    case "Embedding":
      return t("jobs.phase.embedding");
    case "Writing":
      return t("jobs.phase.writing");
    default:
      return phase;
  }
}

/** Why a job does not run, as a sentence. */
export function reasonOf({ cause, reason }: Job): string {
  switch (cause?.kind) {
    case "paused":
      return t("jobs.cause.paused");
    case "closed":
      return t("jobs.cause.closed");
    case "crashed":
      return t("jobs.cause.crashed");
    case "engine":
      return t("jobs.cause.processEnded", { detail: reasonWords(cause.detail) });
    case "discarded":
      return t("jobs.cause.discarded");
    case "error":
      return cause.code === null
        ? t("jobs.cause.mistake", { detail: reason ?? "" })
        : errorSentence(new AppError(cause.code as ErrorCode, cause.details as never));
    default:
      return reason ?? "";
  }
}

/** Only work whose states are written to disk can be taken up again. */
export const canPause = ({ kind }: Job): boolean => pausable.has(kind);

const pausable: ReadonlySet<Job["kind"]> = new Set([
  "pretrain",
  "finetune",
  "finetune-tiles",
  "map",
  "map-tiles",
  "features",
  "embed",
  "embed-files",
  "number-map",
]);
