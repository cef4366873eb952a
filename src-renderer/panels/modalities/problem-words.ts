import type { ModalityProblem } from "../../../src-shared/ipc/index.ts";
import { format, t } from "../../i18n/index.ts";

const few = (dates: readonly string[]) =>
  dates.slice(0, 3).map(format.day).join(", ") + (dates.length > 3 ? ", …" : "");

export interface Words {
  readonly tone: "danger" | "warning" | "info";
  readonly text: string;
}

/** A problem as a sentence; those that stop a training are in red. */
export function wordsOf(problem: ModalityProblem): Words {
  switch (problem.kind) {
    case "resolution-does-not-divide":
      return { tone: "danger", text: t("modalities.problem.resolution", problem) };
    case "duplicate-dates":
      return {
        tone: "danger",
        text: t("modalities.problem.duplicates", { count: problem.dates.length, dates: few(problem.dates) }),
      };
    case "missing-bands":
      return {
        tone: "danger",
        text: t("modalities.problem.bands", {
          count: problem.dates.length,
          dates: few(problem.dates),
          bands: problem.bands.join(", "),
        }),
      };
    case "no-members":
      return { tone: "danger", text: t("modalities.problem.members") };
    case "files-missing":
      return { tone: "danger", text: t("modalities.problem.files", { count: problem.files }) };
    case "one-date":
      return { tone: "warning", text: t("modalities.problem.oneDate") };
    case "few-dates":
      return { tone: "warning", text: t("modalities.problem.fewDates", problem) };
    case "no-cloud-mask":
      return { tone: "warning", text: t("modalities.problem.mask", { count: problem.dates }) };
    case "gap":
      return {
        tone: "info",
        text: t("modalities.problem.gap", { ...problem, from: format.day(problem.from), to: format.day(problem.to) }),
      };
    case "longer-than-a-year":
      return { tone: "info", text: t("modalities.problem.long", problem) };
    case "finer-than-files":
      return { tone: "info", text: t("modalities.problem.finer", problem) };
    case "mixed-passes":
      return { tone: "warning", text: t("modalities.problem.passes") };
    case "used-by-models":
      return {
        tone: "info",
        text: t("modalities.models", { count: problem.models.length, names: problem.models.join(", ") }),
      };
  }
}
