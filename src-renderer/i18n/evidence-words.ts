import type { Evidence, EvidenceSource } from "../../src-shared/eo/evidence.ts";
import { evidenceMessages } from "./evidence.ts";
import { language } from "./language.svelte.ts";
import { fill, type Parameters } from "./message.ts";
import { remarkWords } from "./remarks.ts";

const say = (key: keyof typeof evidenceMessages, parameters: Parameters = {}): string =>
  fill(evidenceMessages[key][language.current], parameters, language.current);

/** The source, in the window's language. */
export function sourceWords(source: EvidenceSource): string {
  switch (source.code) {
    case "name":
      return say("evidence.name", { name: source.name });
    case "chosen-tag":
      return say("evidence.chosen-tag", { tag: source.tag });
    case "product-metadata":
      return say("evidence.product-metadata", { file: source.file });
    case "usual-order":
      return say("evidence.usual-order", { count: source.count });
    case "chosen-band":
      return say("evidence.chosen-band", { band: source.band });
    case "product-mask":
      return say(`evidence.product-mask.${source.product}`);
    case "chosen-values":
      return remarkWords({ ...source, code: "values-chosen" });
    case "written":
      return source.text;
    default:
      return say(`evidence.${source.code}`);
  }
}

/** One field and where it was taken from, in the window's language. */
export const evidenceWords = ({ field, source }: Evidence): string =>
  say("evidence.line", { field: say(`evidence.field.${field}`), source: sourceWords(source) });
