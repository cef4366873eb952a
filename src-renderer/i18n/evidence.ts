import { messages } from "./message.ts";

/** What was taken from where. */
export const evidenceMessages = messages({
  "evidence.line": { en: "{field}: {source}", fr: "{field} : {source}" },
  "evidence.field.sensor": { en: "Sensor", fr: "Capteur" },
  "evidence.field.platform": { en: "Platform", fr: "Plateforme" },
  "evidence.field.level": { en: "Processing level", fr: "Niveau de traitement" },
  "evidence.field.date": { en: "Date", fr: "Date" },
  "evidence.field.time": { en: "Time", fr: "Heure" },
  "evidence.field.bands": { en: "Bands", fr: "Bandes" },
  "evidence.field.quality": { en: "Classification of pixels", fr: "Classification des pixels" },
  "evidence.field.resolutionMeters": { en: "Pixel size", fr: "Taille de pixel" },
  "evidence.field.relativeOrbit": { en: "Relative orbit", fr: "Orbite relative" },
  "evidence.field.pass": { en: "Pass", fr: "Passage" },
  "evidence.field.tile": { en: "Tile", fr: "Tuile" },
  "evidence.field.processingBaseline": { en: "Processing baseline", fr: "Version de traitement" },
  "evidence.field.provider": { en: "Provider", fr: "Fournisseur" },
  "evidence.field.bandNames": { en: "Band names", fr: "Noms des bandes" },
  "evidence.field.mask": { en: "Mask", fr: "Masque" },
  "evidence.field.radiometry": { en: "Values", fr: "Valeurs" },
  "evidence.name": { en: "“{name}”", fr: "« {name} »" },
  "evidence.chosen": { en: "chosen", fr: "choix" },
  "evidence.bands-and-pixel-size": { en: "its bands and pixel size", fr: "ses bandes et sa taille de pixel" },
  "evidence.band-descriptions": { en: "the descriptions of the bands", fr: "la description des bandes" },
  "evidence.metadata": { en: "the file’s metadata", fr: "les métadonnées du fichier" },
  "evidence.chosen-tag": {
    en: "“{tag}” in the file’s metadata, chosen",
    fr: "« {tag} » dans les métadonnées du fichier, choisi",
  },
  "evidence.file-name": { en: "the file’s name", fr: "le nom du fichier" },
  "evidence.usual-order": { en: "the usual order of {count} bands", fr: "l’ordre habituel de {count} bandes" },
  "evidence.place-in-file": { en: "their place in the file", fr: "leur place dans le fichier" },
  "evidence.chosen-band": { en: "band {band}, chosen", fr: "bande {band}, choisie" },
  "evidence.without-heights": {
    en: "the file; its heights are not used",
    fr: "le fichier ; ses altitudes ne sont pas utilisées",
  },
});
