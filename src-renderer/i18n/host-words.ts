import { counted, quoted } from "./errors/words.ts";
import { language } from "./language.svelte.ts";
import { frenchSpaces } from "./message.ts";
import { frenchRadiometry } from "./radiometry-words.ts";

type Parts = Readonly<Record<string, string | undefined>>;

const comma = (text: string | undefined): string => (text ?? "").replace(".", ",");
const repairs: readonly (readonly [string, string])[] = [
  ["the +1000 offset is probably still in", "le décalage de +1000 y est sans doute encore"],
  ["an offset was probably taken off twice", "un décalage a sans doute été retiré deux fois"],
  ["the numbers were probably never divided by 10,000", "les nombres n’ont sans doute jamais été divisés par 10 000"],
  [
    "the numbers are decibels, and are read as linear power",
    "les nombres sont des décibels, et sont lus comme une puissance linéaire",
  ],
  [
    "the numbers are linear power, and are read as decibels",
    "les nombres sont une puissance linéaire, et sont lus comme des décibels",
  ],
];

/** What services write down in English when they import or reread images (`import-images.ts`, `radiometry.ts`), in French. */
const french: readonly (readonly [RegExp, (parts: Parts) => string])[] = [
  [
    /^(?<images>\d+) images? of (?<dates>\d+) dates? \((?<some>.+)\) lack (?<bands>.+) for “(?<name>.+)”\. They are in the project and feed “.+” when these bands are added\.$/,
    ({ images, dates, some, bands, name = "" }) =>
      `${counted(Number(images), "image")} de ${counted(Number(dates), "date")} (${some}) n’${Number(images) < 2 ? "a" : "ont"} pas ${bands} pour ${quoted(name)} : dans le projet, mais pas dans ${quoted(name)} tant que ces bandes ne sont pas ajoutées.`,
  ],
  [
    /^The mask “(?<mask>.+)” does not reach (?<images>\d+) images? \((?<some>.+)\): they are read with the mask they came with, or without one\.$/,
    ({ mask = "", images, some }) =>
      `Le masque ${quoted(mask)} n’atteint pas ${counted(Number(images), "image")} (${some}) : le masque d’origine y reste, s’il y en a un.`,
  ],
  [
    /^“(?<name>.+)”: (?<what>.+) \((?<dates>\d+) dates looked at(?:, (?<others>\d+) others do not have the fault and stay)?; darkest (?<dark>\S+), middle (?<middle>\S+); repaired (?<after>\S+) and (?<then>\S+)\)\.$/,
    ({ name = "", what, dates, others, dark, middle, after, then }) =>
      `${quoted(name)} : ${repairs.find(([english]) => english === what)?.[1] ?? what} (${counted(Number(dates), "date examinée", "dates examinées")}${others ? `, ${counted(Number(others), "autre")} sans ce défaut` : ""} ; le plus sombre ${comma(dark)}, le milieu ${comma(middle)} ; réparés ${comma(after)} et ${comma(then)}).`,
  ],
];

/** The sentence in French; `undefined` for one that is not known. */
export function frenchHostWords(sentence: string): string | undefined {
  for (const [pattern, say] of french) {
    const found = pattern.exec(sentence);
    if (found) return frenchSpaces(say(found.groups ?? {}));
  }
  return frenchRadiometry(sentence);
}

/** A warning about images, in the window's language. */
export const hostWords = (sentence: string): string =>
  language.current === "fr" ? (frenchHostWords(sentence) ?? sentence) : sentence;
