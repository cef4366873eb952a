import { type Finding, severeOnes, severityOf } from "../../src-shared/domain/finding.ts";
import { plainSentence } from "../../src-shared/domain/finding-words.ts";

/** What a map's file says of itself, under the names that its metadata has for it; notes are not worth a word there. */
export function mapWords(findings: readonly Finding[]): { readonly WARNING?: string; readonly REMARKS?: string } {
  const severe = severeOnes(findings).map((finding) => plainSentence(finding));
  const others = findings
    .filter((finding) => severityOf(finding) === "caution")
    .map((finding) => plainSentence(finding));
  return {
    ...(severe.length === 0 ? {} : { WARNING: `Do not rely on this map. ${severe.join(" ")}` }),
    ...(others.length === 0 ? {} : { REMARKS: others.join(" ") }),
  };
}
