import { englishFindings, type Finding, type FindingText, findingText } from "./finding.ts";

/**
 * What the window calls settings and parts of the loss in English. Findings name them as the command line takes them; people who
 * read a report, a model's card or a map have no command line before them.
 */
export const settingWords = {
  balance: "Which places are shown",
  "balance.classes": "Every class equally often",
  "balance.patches": "Every patch equally often",
} as const;
export const lossWords: Readonly<Record<string, string>> = { loss: "Loss", contrastive_loss: "Contrastive loss" };
export const reconstructionWord = "Reconstruction";

/** The input whose reconstruction a part of the loss measures. */
export const reconstructed = (term: string): string | undefined => /^(.+)_reconstruction_loss$/.exec(term)?.[1];

/** What happened and what to do in plain English: no setting as `balance=patches`, no part of the loss by its key. */
export function plainFinding(finding: Finding): FindingText {
  const { what, remedy } = findingText(withPlainTerm(finding), englishFindings);
  return { what, remedy: withPlainSettings(remedy) };
}

/** Both sentences behind one another. */
export function plainSentence(finding: Finding): string {
  const { what, remedy } = plainFinding(finding);
  return remedy === "" ? what : `${what} ${remedy}`;
}

const withPlainSettings = (text: string): string =>
  text
    .replace(
      /balance=(patches|classes)/g,
      (_, value: "patches" | "classes") => `“${settingWords.balance}” set to “${settingWords[`balance.${value}`]}”`,
    )
    .replace(/ \((?:shareThreshold|emptyTiles)\)/g, "");

function withPlainTerm(finding: Finding): Finding {
  if (finding.code !== "loss-zero") return finding;
  const { term } = finding.details;
  const input = reconstructed(term);
  const name = input === undefined ? (lossWords[term] ?? term) : `${reconstructionWord} ${input}`;
  return { code: "loss-zero", details: { term: name.charAt(0).toLowerCase() + name.slice(1) } };
}
