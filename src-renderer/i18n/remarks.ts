import {
  type ChosenValues,
  figureOf,
  firstOf,
  type Remark,
  type RemarkDetails,
  type RemarkSentences,
  remarkIn,
  remarkSentence,
} from "../../src-shared/eo/remarks.ts";
import { counted, quoted } from "./errors/words.ts";
import { language } from "./language.svelte.ts";
import { frenchSpaces } from "./message.ts";

const number = (value: number | null): string => String(value).replace(".", ",");
const day = (date: string): string => date.split("-").toReversed().join("/");
const withoutOffset = "nombre / 10000";
const withOffset = "(nombre − 1000) / 10000";

const units: Readonly<Record<string, string>> = {
  reflectance: "réflectance",
  db: "dB",
  linear: "puissance linéaire",
  amplitude: "amplitude",
  brightness: "luminosité",
  unknown: "inconnue",
};

function chosenWords({ scale, offset, unit, nodata }: ChosenValues): string {
  const said = [
    scale === undefined ? [] : [`facteur ${number(scale)}`],
    offset === undefined ? [] : [`décalage ${number(offset)}`],
    unit === undefined ? [] : [`unité ${units[unit] ?? unit}`],
    nodata === undefined ? [] : [nodata === null ? "aucune valeur sans donnée" : `sans donnée ${number(nodata)}`],
  ];
  return said.flat().join(", ");
}

const repairs: Readonly<Record<RemarkDetails["repair"]["kind"], string>> = {
  "offset-still-in": "le décalage de +1000 y est sans doute encore",
  "offset-taken-twice": "un décalage a sans doute été retiré deux fois",
  "not-divided": "les nombres n’ont sans doute jamais été divisés par 10 000",
  "decibels-not-linear": "les nombres sont des décibels, et sont lus comme une puissance linéaire",
  "linear-not-decibels": "les nombres sont une puissance linéaire, et sont lus comme des décibels",
};

/** Every remark about images in French. */
export const frenchRemarks: RemarkSentences = {
  "scale-tags": ({ scale, offset }) =>
    `Les balises d’échelle et de décalage du fichier disent : nombre × ${number(scale)} + ${number(offset)}.`,
  "as-stored": () => "Les nombres sont pris tels quels.",
  "scale-stated": ({ quantification, add }) =>
    `Les métadonnées du produit donnent une quantification de ${number(quantification)} et un décalage ajouté de ${number(add)}.`,
  "float-digital-numbers": ({ largest }) =>
    `Des valeurs à virgule jusqu’à ${number(largest)} sont des comptes numériques : divisées par 10000.`,
  "float-reflectance": () => "Des valeurs à virgule sans échelle sont prises pour des réflectances.",
  "theia-no-offset": () => `Les produits Theia (MAJA) n’ont pas de décalage ajouté : ${withoutOffset}.`,
  "hls-no-offset": () => `Les produits HLS n’ont pas de décalage ajouté : ${withoutOffset}.`,
  "sentinel-hub-no-offset": () => `Sentinel Hub retire d’office le décalage ajouté : ${withoutOffset}.`,
  "baseline-adds": ({ baseline }) => `La version de traitement ${baseline} ajoute 1000 : ${withOffset}.`,
  "baseline-adds-nothing": ({ baseline }) => `La version de traitement ${baseline} n’ajoute rien : ${withoutOffset}.`,
  "dark-pixels": ({ darkest }) =>
    `Les pixels les plus sombres valent ${number(darkest)} : rien n’a été ajouté : ${withoutOffset}.`,
  "sensed-after-and-bright": ({ date, darkest }) =>
    `Acquis après le ${day(date)}, et aucun pixel n’est plus sombre que ${number(darkest)} : ${withOffset}.`,
  "sensed-before": ({ date }) =>
    `Acquis avant le ${day(date)}, quand aucun décalage n’était ajouté : ${withoutOffset}.`,
  "guessed-from-kind": ({ offset }) =>
    `Le produit ne dit pas si 1000 a été ajouté ; c’est supposé d’après son genre : ${offset ? withOffset : withoutOffset}.`,
  "unit-decibels": () => "Le fichier dit que son unité est le dB.",
  "unit-formula": ({ unit }) => `Le fichier donne pour unité ${quoted(unit)} : les nombres sont lus par cette formule.`,
  "unit-amplitude": () =>
    "Le fichier donne pour unité l’amplitude : mise au carré et convertie en décibels à la lecture.",
  "unit-power": () => "Le fichier donne pour unité la puissance linéaire, convertie en décibels à la lecture.",
  "decibels-times": ({ median, times }) =>
    `La moitié des valeurs est sous ${number(median)} : aucun radar ne voit si peu, ce sont des décibels fois ${times}.`,
  "median-negative": ({ median }) => `La moitié des valeurs est sous ${number(median)} : ce sont des décibels.`,
  "linear-power": ({ median }) =>
    `Aucune valeur n’est négative et la moitié est sous ${number(median)} : puissance linéaire, convertie en décibels à la lecture.`,
  "neither-decibels-nor-power": ({ median }) =>
    `Des valeurs autour de ${number(median)} ne sont ni des décibels ni une puissance étalonnée.`,
  "terrain-corrected-linear": () => "Les produits corrigés du relief (RTC) contiennent une puissance linéaire.",
  "taken-as-decibels": () => "Rien ne dit le contraire : les valeurs sont prises pour des décibels.",
  "hls-scale": () => `Produits HLS : ${withoutOffset}.`,
  "landsat-level-2": () => "Landsat Collection 2, niveau 2 : nombre × 0,0000275 − 0,2.",
  "metadata-scale": ({ file, scale, offset }) =>
    `${quoted(file)} du produit dit : nombre × ${number(Number(figureOf(scale)))} ${offset < 0 ? "−" : "+"} ${number(Number(figureOf(Math.abs(offset))))}.`,
  "amplitude-said": ({ file }) =>
    `${quoted(file)} dit amplitude : mise au carré et convertie en décibels à la lecture.`,
  "power-said": ({ file }) => `${quoted(file)} dit puissance linéaire, convertie en décibels à la lecture.`,
  "decibels-said": ({ file }) => `${quoted(file)} dit décibels.`,
  "values-chosen": (chosen) => `Choisi : ${chosenWords(chosen)}.`,
  "baseline-against-tags": ({ baseline }) =>
    `Le nom dit la version de traitement ${baseline}, qui ajoute 1000, mais le décalage propre du fichier est 0.`,
  "offset-unsure": () => "Vérifiez le décalage : un faux déplace chaque réflectance de 0,1.",
  uncalibrated: () =>
    "Cela ressemble à des données Sentinel-1 non étalonnées. Étalonnez-les et corrigez le relief d’abord.",
  "offset-probably-in": ({ dates, darkest }) =>
    `Sur ${dates} dates, aucun pixel clair n’est plus sombre que ${number(Number(darkest.toFixed(3)))} : le décalage de +1000 y est sans doute encore.`,
  "offset-probably-twice": ({ dates, darkest }) =>
    `Sur la moitié des ${dates} dates, le pixel clair le plus sombre est sous ${number(Number(darkest.toFixed(3)))} : un décalage a sans doute été retiré deux fois.`,
  "mask-beside": ({ mask, images, some }) =>
    `Le masque ${quoted(mask)} n’atteint pas ${counted(images, "image")} (${firstOf(some, images)}) : le masque d’origine y reste, s’il y en a un.`,
  "mask-alone": ({ masks, some }) =>
    `${counted(masks, "masque")} sans image du même capteur, de la même date et du même lieu (${firstOf(some, masks)}) : ${masks < 2 ? "il sert" : "ils servent"} quand ces images sont ajoutées.`,
  "bands-awaited": ({ images, dates, some, bands, modality }) =>
    `${counted(images, "image")} de ${counted(dates, "date")} (${firstOf(some, dates)}) n’${images < 2 ? "a" : "ont"} pas ${bands.join(", ")} pour ${quoted(modality)} : dans le projet, mais pas dans ${quoted(modality)} tant que ces bandes ne sont pas ajoutées.`,
  "product-incomplete": ({ products, some, bands }) =>
    `${counted(products, "produit")} ${products === 1 ? "n’a" : "n’ont"} pas des bandes que ${products === 1 ? "ses" : "leurs"} métadonnées nomment (${firstOf(some, products)}) : ${bands.join(", ")}. Les autres ont été lues. Téléchargez de nouveau s’il vous faut ces bandes.`,
  repair: ({ kind, modality, dates, others, before, after }) =>
    `${quoted(modality)} : ${repairs[kind]} (${counted(dates, "date examinée", "dates examinées")}${others > 0 ? `, ${counted(others, "autre")} sans ce défaut` : ""} ; le plus sombre ${number(before.darkest)}, le milieu ${number(before.middle)} ; réparés ${number(after.darkest)} et ${number(after.middle)}).`,
  written: ({ text }) => text,
};

/** What the program says of images, in the window's language. */
export const remarkWords = (remark: Remark): string =>
  language.current === "fr" ? frenchSpaces(remarkIn(frenchRemarks, remark)) : remarkSentence(remark);
