import { language } from "./language.svelte.ts";
import { frenchSpaces } from "./message.ts";

const number = (text: string | undefined): string => (text ?? "").replace(".", ",");
const day = (text: string | undefined): string => (text ?? "").split("-").toReversed().join("/");
const given: Readonly<Record<string, string>> = {
  scale: "facteur",
  offset: "décalage",
  unit: "unité",
  nodata: "sans donnée",
  "no nodata value": "aucune valeur sans donnée",
};

/**
 * How a file's numbers were understood is decided and written down by the reader, in English; these are its sentences
 * (`src-main/cube/radiometry.ts`, `given.ts`) in French, with their numbers.
 */
const french: readonly (readonly [RegExp, (...values: (string | undefined)[]) => string])[] = [
  [
    /^The file's own scale and offset tags say value × (\S+) \+ (\S+)$/,
    (scale, offset) =>
      `Les balises d’échelle et de décalage du fichier disent : nombre × ${number(scale)} + ${number(offset)}`,
  ],
  [/^Values are used as they are stored$/, () => "Les nombres sont pris tels quels"],
  [
    /^The product's metadata state a quantification of (\S+) and an added offset of (\S+)$/,
    (scale, add) =>
      `Les métadonnées du produit donnent une quantification de ${number(scale)} et un décalage ajouté de ${number(add)}`,
  ],
  [
    /^Floating-point values up to (\S+) are digital numbers: divided by 10000$/,
    (top) => `Des valeurs à virgule jusqu’à ${number(top)} sont des comptes numériques : divisées par 10000`,
  ],
  [
    /^Floating-point values without a scale are taken as reflectance$/,
    () => "Des valeurs à virgule sans échelle sont prises pour des réflectances",
  ],
  [/^Theia \(MAJA\) products have no added offset$/, () => "Les produits Theia (MAJA) n’ont pas de décalage ajouté"],
  [/^HLS products have no added offset$/, () => "Les produits HLS n’ont pas de décalage ajouté"],
  [/^HLS products$/, () => "Produits HLS"],
  [/^Sentinel Hub takes the added offset out by default$/, () => "Sentinel Hub retire d’office le décalage ajouté"],
  [/^Processing baseline (\S+) adds 1000$/, (baseline) => `La version de traitement ${baseline} ajoute 1000`],
  [/^Processing baseline (\S+) adds nothing$/, (baseline) => `La version de traitement ${baseline} n’ajoute rien`],
  [
    /^The darkest pixels have (\S+), so nothing was added$/,
    (value) => `Les pixels les plus sombres valent ${number(value)} : rien n’a été ajouté`,
  ],
  [
    /^Sensed after (\S+), and no pixel is darker than (\S+)$/,
    (date, value) => `Acquis après le ${day(date)}, et aucun pixel n’est plus sombre que ${number(value)}`,
  ],
  [
    /^Sensed before (\S+), when no offset was added$/,
    (date) => `Acquis avant le ${day(date)}, quand aucun décalage n’était ajouté`,
  ],
  [
    /^The product does not say whether 1000 was added; this is a guess from its kind$/,
    () => "Le produit ne dit pas si 1000 a été ajouté ; c’est supposé d’après son genre",
  ],
  [/^The file gives its unit as dB$/, () => "Le fichier dit que son unité est le dB"],
  [
    /^Half of the values are below (\S+): they are decibels$/,
    (value) => `La moitié des valeurs est sous ${number(value)} : ce sont des décibels`,
  ],
  [
    /^No value is negative and half are below (\S+): linear power, turned into decibels when read$/,
    (value) =>
      `Aucune valeur n’est négative et la moitié est sous ${number(value)} : puissance linéaire, convertie en décibels à la lecture`,
  ],
  [
    /^Values around (\S+) are neither decibels nor calibrated power$/,
    (value) => `Des valeurs autour de ${number(value)} ne sont ni des décibels ni une puissance étalonnée`,
  ],
  [
    /^Terrain-corrected \(RTC\) products store linear power$/,
    () => "Les produits corrigés du relief (RTC) contiennent une puissance linéaire",
  ],
  [
    /^Nothing says otherwise: values are taken as decibels$/,
    () => "Rien ne dit le contraire : les valeurs sont prises pour des décibels",
  ],
  [
    /^Landsat Collection 2 level 2: value × 0\.0000275 − 0\.2$/,
    () => "Landsat Collection 2, niveau 2 : nombre × 0,0000275 − 0,2",
  ],
  [
    /^Chosen: (.+)$/,
    (what) =>
      `Choisi : ${(what ?? "")
        .split(", ")
        .map((one) => given[one] ?? one.replace(/^\w+/, (word) => given[word] ?? word))
        .join(", ")}`,
  ],
  [
    /^The name says processing baseline (\S+), which adds 1000, but the file's own offset is 0$/,
    (baseline) =>
      `Le nom dit la version de traitement ${baseline}, qui ajoute 1000, mais le décalage propre du fichier est 0`,
  ],
  [
    /^Check the offset: a wrong one moves every reflectance by 0\.1$/,
    () => "Vérifiez le décalage : un faux déplace chaque réflectance de 0,1",
  ],
  [
    /^This looks like uncalibrated Sentinel-1 data\. Calibrate and terrain-correct it first$/,
    () => "Cela ressemble à des données Sentinel-1 non étalonnées. Étalonnez-les et corrigez le relief d’abord",
  ],
  [
    /^In (\d+) dates no clear pixel is darker than (\S+): the \+1000 offset is probably still in$/,
    (dates, value) =>
      `Sur ${dates} dates, aucun pixel clair n’est plus sombre que ${number(value)} : le décalage de +1000 y est sans doute encore`,
  ],
  [
    /^In half of (\d+) dates the darkest clear pixel is below (\S+): an offset was probably taken off twice$/,
    (dates, value) =>
      `Sur la moitié des ${dates} dates, le pixel clair le plus sombre est sous ${number(value)} : un décalage a sans doute été retiré deux fois`,
  ],
];
/** Some sentences end with the formula that follows from them. */
const formulas = [
  [": (value − 1000) / 10000", " : (nombre − 1000) / 10000"],
  [": value / 10000", " : nombre / 10000"],
] as const;

/** The sentence in French; `undefined` for one that is not known. */
export function frenchRadiometry(sentence: string): string | undefined {
  const whole = sentence.replace(/\.$/, "");
  const [formula, words] = formulas.find(([own]) => whole.endsWith(own)) ?? ["", ""];
  const reason = whole.slice(0, whole.length - formula.length);
  for (const [pattern, say] of french) {
    const found = pattern.exec(reason);
    if (found) return frenchSpaces(`${say(...found.slice(1))}${words}.`);
  }
  return undefined;
}

/** On whose word a file's numbers are read, in the window's language. */
export const radiometryWords = (sentence: string): string =>
  language.current === "fr" ? (frenchRadiometry(sentence) ?? sentence) : sentence;
