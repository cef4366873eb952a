import { messages } from "./message.ts";

/** How stored numbers and masks are read, and what pixels say against it. */
export const radiometryMessages = messages({
  "radiometry.title": { en: "How the numbers are read", fr: "Comment les nombres sont lus" },
  "radiometry.quantity": { en: "They are", fr: "Ce sont" },
  "radiometry.formula": { en: "Value", fr: "Valeur" },
  "radiometry.formula.text": { en: "stored × {scale} + {offset}", fr: "nombre × {scale} + {offset}" },
  "radiometry.nodata": { en: "No data", fr: "Sans donnée" },
  "radiometry.nodata.none": { en: "none: every number is data", fr: "aucun : tout nombre est une donnée" },
  "radiometry.mask": { en: "Mask", fr: "Masque" },
  "radiometry.mask.none": { en: "none", fr: "aucun" },
  "radiometry.mask.scl": {
    en: "{file}, band {band}: scene classification; its clear classes are set on the input",
    fr: "{file}, bande {band} : classification de scène ; ses classes claires se règlent dans l’entrée",
  },
  "radiometry.mask.classes": {
    en: "{file}, band {band}: clear where it is {values}",
    fr: "{file}, bande {band} : dégagé où il vaut {values}",
  },
  "radiometry.mask.bits": {
    en: "{file}, band {band}: not clear where bit {values} is set",
    fr: "{file}, bande {band} : non dégagé où le bit {values} est mis",
  },
  "radiometry.mask.nothing": { en: "(no value)", fr: "(aucune valeur)" },
  "radiometry.mask.more": {
    en: { one: "and {count} other mask", other: "and {count} other masks" },
    fr: { one: "et {count} autre masque", other: "et {count} autres masques" },
  },
  "radiometry.decidedBy": { en: "Decided by", fr: "Décidé par" },
  "radiometry.several": { en: "differs between bands or files", fr: "diffère entre bandes ou fichiers" },
  "radiometry.edit": { en: "Edit…", fr: "Modifier…" },
  "radiometry.scale": { en: "Scale", fr: "Facteur" },
  "radiometry.offset": { en: "Offset", fr: "Décalage" },
  "radiometry.offset.hint": {
    en: "Value = stored number × scale + offset.",
    fr: "Valeur = nombre × facteur + décalage.",
  },
  "radiometry.nodata.hint": {
    en: "Pixels with this stored number have no data. Leave empty when every number is data.",
    fr: "Les pixels de cette valeur n’ont pas de données. Laissez vide si toute valeur est une donnée.",
  },
  "radiometry.keep": { en: "Leave as it is", fr: "Ne pas changer" },
  "radiometry.number": {
    en: "Enter a number, as in 0.0001 or 10000.",
    fr: "Entrez un nombre, par exemple 0,0001 ou 10000.",
  },
  "radiometry.number.zero": {
    en: "A scale of 0 makes every number the same.",
    fr: "Un facteur de 0 rend tous les nombres égaux.",
  },
  "radiometry.mask.change": { en: "Other clear values", fr: "Autres valeurs claires" },
  "radiometry.mask.file": { en: "A mask file…", fr: "Un fichier de masque…" },
  "radiometry.mask.band": { en: "A band of these images", fr: "Une bande de ces images" },
  "radiometry.mask.remove": { en: "No mask", fr: "Pas de masque" },
  "radiometry.mask.choose": { en: "Choose the mask…", fr: "Choisir le masque…" },
  "radiometry.mask.missing": { en: "Choose the file of the mask.", fr: "Choisissez le fichier du masque." },
  "radiometry.mask.bandOf": { en: "Band of the mask", fr: "Bande du masque" },
  "radiometry.mask.kind": { en: "The mask’s numbers", fr: "Les nombres du masque" },
  "radiometry.mask.kind.classes": { en: "Values, some of them clear", fr: "Des valeurs, certaines dégagées" },
  "radiometry.mask.kind.bits": { en: "Bits that say “not clear”", fr: "Des bits qui signifient « non dégagé »" },
  "radiometry.clear": { en: "Clear values", fr: "Valeurs dégagées" },
  "radiometry.bits": { en: "Bits that are not clear", fr: "Bits non dégagés" },
  "radiometry.clear.hint": { en: "As in 0 or 1, 4‑7.", fr: "Par exemple 0 ou 1, 4‑7." },
  "radiometry.bits.hint": { en: "Counted from 0, as in 1, 3, 4.", fr: "Comptés à partir de 0, par exemple 1, 3, 4." },
  "radiometry.clear.wrong": {
    en: "Enter whole numbers between commas, as in 0 or 4‑7.",
    fr: "Entrez des nombres entiers séparés par des virgules, par exemple 0 ou 4‑7.",
  },
  "radiometry.bits.wrong": {
    en: "Enter bits from 0 to 31 between commas, as in 1, 3, 4.",
    fr: "Entrez des bits de 0 à 31 séparés par des virgules, par exemple 1, 3, 4.",
  },
  "radiometry.applies": { en: "Applies to", fr: "S’applique à" },
  "radiometry.applies.this": { en: "this image only", fr: "cette image seulement" },
  "radiometry.applies.input": { en: "every image of “{name}”", fr: "toutes les images de « {name} »" },
  "radiometry.changed": {
    en: { one: "{count} image is read in the new way.", other: "{count} images are read in the new way." },
    fr: { one: "{count} image est lue de la nouvelle façon.", other: "{count} images sont lues de la nouvelle façon." },
  },
  "radiometry.repair": { en: "Repair", fr: "Réparer" },
  "radiometry.repair.done": {
    en: "The values of “{name}” are repaired.",
    fr: "Les valeurs de « {name} » sont réparées.",
  },
  "radiometry.repair.dates": {
    en: { one: "“{name}”, {count} date looked at", other: "“{name}”, {count} dates looked at" },
    fr: { one: "« {name} », {count} date examinée", other: "« {name} », {count} dates examinées" },
  },
  "radiometry.repair.others": {
    en: {
      one: "· {count} other date does not have the fault and stays",
      other: "· {count} other dates do not have the fault and stay",
    },
    fr: {
      one: "· {count} autre date n’a pas le défaut et ne change pas",
      other: "· {count} autres dates n’ont pas le défaut et ne changent pas",
    },
  },
  "radiometry.repair.pixels": { en: "Pixels", fr: "Pixels" },
  "radiometry.repair.now": { en: "Now", fr: "Maintenant" },
  "radiometry.repair.then": { en: "Repaired", fr: "Réparé" },
  "radiometry.repair.darkest": { en: "darkest", fr: "les plus sombres" },
  "radiometry.repair.middle": { en: "middle", fr: "au milieu" },
  "radiometry.repair.brightest": { en: "brightest", fr: "les plus clairs" },
  "radiometry.repair.offset-still-in": {
    en: "The +1000 offset is probably still in.",
    fr: "Le décalage de +1000 est probablement encore présent.",
  },
  "radiometry.repair.offset-taken-twice": {
    en: "An offset was probably taken off twice.",
    fr: "Un décalage a probablement été retiré deux fois.",
  },
  "radiometry.repair.not-divided": {
    en: "The numbers were probably never divided by 10,000.",
    fr: "Les nombres n’ont probablement jamais été divisés par 10 000.",
  },
  "radiometry.repair.decibels-not-linear": {
    en: "The numbers are decibels, and are read as linear power.",
    fr: "Les nombres sont des décibels, et sont lus comme une puissance linéaire.",
  },
  "radiometry.repair.does.offset-still-in": {
    en: "Repair takes the offset off when these dates are read. The files stay as they are.",
    fr: "Réparer retire le décalage à la lecture de ces dates. Les fichiers ne changent pas.",
  },
  "radiometry.repair.does.offset-taken-twice": {
    en: "Repair puts the offset back when these dates are read. The files stay as they are.",
    fr: "Réparer remet le décalage à la lecture de ces dates. Les fichiers ne changent pas.",
  },
  "radiometry.repair.does.not-divided": {
    en: "Repair divides the numbers when these dates are read. The files stay as they are.",
    fr: "Réparer divise les nombres à la lecture de ces dates. Les fichiers ne changent pas.",
  },
  "radiometry.repair.does.decibels-not-linear": {
    en: "Repair takes them for decibels. The files stay as they are.",
    fr: "Réparer les prend pour des décibels. Les fichiers ne changent pas.",
  },
  "radiometry.repair.does.linear-not-decibels": {
    en: "Repair takes them for linear power, and turns them into decibels. The files stay as they are.",
    fr: "Réparer les prend pour une puissance linéaire et les convertit en décibels. Les fichiers ne changent pas.",
  },
  "radiometry.repair.linear-not-decibels": {
    en: "The numbers are linear power, and are read as decibels.",
    fr: "Les nombres sont une puissance linéaire, et sont lus comme des décibels.",
  },
});
