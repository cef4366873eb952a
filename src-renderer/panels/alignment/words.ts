import { sensors } from "../../../src-shared/eo/sensors.ts";
import type { AlignmentEntry, AlignmentProblem } from "../../../src-shared/ipc/index.ts";
import { format, t } from "../../i18n/index.ts";
import { passWord } from "../time/words.ts";

const meters = (value: number): string => format.number(value, { maximumFractionDigits: 2 });
const pixels = (value: number): string => format.number(value, { maximumFractionDigits: 2, signDisplay: "exceptZero" });

/** What is wrong and what it means, in a sentence. */
export function problemSentence(problem: AlignmentProblem): string {
  switch (problem.code) {
    case "missing":
      return t("alignment.problem.missing", { file: problem.path.split(/[\\/]/).at(-1) ?? problem.path });
    case "unreadable":
      if (problem.reason === "crs") return t("alignment.problem.crs");
      if (problem.reason === "transform") return t("alignment.problem.transform");
      return problem.reason;
    case "other-crs":
      return t("alignment.problem.otherCrs", { crs: problem.crs });
    case "outside":
      return t("alignment.problem.outside");
    case "partial":
      return t("alignment.problem.partial", { share: format.percent(problem.overlap, 0) });
    case "off-grid":
      return t("alignment.problem.offGrid", { x: pixels(problem.x), y: pixels(problem.y) });
    case "uneven":
      return t("alignment.problem.uneven", { resolution: meters(problem.resolution), patch: meters(problem.patch) });
    case "coarse":
      return t("alignment.problem.coarse", { resolution: meters(problem.resolution), patch: meters(problem.patch) });
    case "rotated":
      return t("alignment.problem.rotated");
    case "shifted":
      return t("alignment.problem.shifted", {
        x: format.number(problem.dx, { maximumFractionDigits: 2, signDisplay: "exceptZero" }),
        y: format.number(problem.dy, { maximumFractionDigits: 2, signDisplay: "exceptZero" }),
      });
  }
}

export const sensorWords = ({ sensor, pass }: Pick<AlignmentEntry, "sensor" | "pass">): string =>
  pass ? `${sensors[sensor].title} ${passWord(pass)}` : sensors[sensor].title;

export const entryWords = (entry: AlignmentEntry): string =>
  entry.name ?? `${format.day(entry.date)} · ${sensorWords(entry)}`;
