import type { StackFinding, StackRepair } from "../../../src-shared/ipc/index.ts";
import { format, t } from "../../i18n/index.ts";

const figure = (value: number, unit: string): string =>
  format.number(value, { maximumSignificantDigits: 2, signDisplay: "exceptZero" }) + (unit === "dB" ? " dB" : "");

/** What was found, as a heading. */
export function findingTitle(finding: StackFinding): string {
  if (finding.kind === "level") return t(`stack.level.${finding.level}`);
  return t(`stack.${finding.kind}`);
}

/** What was measured. */
export function findingEvidence(finding: StackFinding): string {
  switch (finding.kind) {
    case "level": {
      const [first] = finding.figures;
      if (!first) return "";
      return t("stack.level.evidence", {
        date: format.day(first.date),
        middle: figure(first.middle, finding.unit),
        darkest: figure(first.darkest, finding.unit),
        agree: first.agree,
        bands: first.bands,
      });
    }
    case "same-pixels":
      return t("stack.same-pixels.evidence", { share: format.percent(Math.floor(finding.same * 100) / 100) });
    case "orbits": {
      const parts = finding.orbits.map(({ pass, orbit, dates }) =>
        t("stack.orbit", {
          pass: pass ? t(`stack.pass.${pass}`) : "",
          orbit: orbit ?? "?",
          count: dates,
        }).trim(),
      );
      const apart = finding.apart === null ? "" : ` ${t("stack.orbits.apart", { apart: format.number(finding.apart, { maximumFractionDigits: 1 }) })}`; // biome-ignore format: one line
      return `${parts.join(" · ")}.${apart}`;
    }
    case "long-gap":
      return t("stack.long-gap.evidence", {
        from: format.day(finding.from),
        to: format.day(finding.to),
        days: finding.days,
        count: finding.between,
      });
    case "unreadable":
      return finding.reason;
    default:
      return t(`stack.${finding.kind}.evidence`);
  }
}

/** What its button says. */
export const repairWords = (repair: StackRepair): string => t(`stack.repair.${repair.kind}`);
