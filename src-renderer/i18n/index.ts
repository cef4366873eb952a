/** Every word of the window: messages, error sentences, numbers and dates, in the language of the person. */
export { errorSentence, reasonWords } from "./error-sentence.ts";
export { evidenceWords, sourceWords } from "./evidence-words.ts";
export * as format from "./format.ts";
export { countedLabelsHere as countedLabels } from "./label-words.ts";
export { language } from "./language.svelte.ts";

export { remarkWords } from "./remarks.ts";
export { type PlainKey, t, translate } from "./translate.ts";
