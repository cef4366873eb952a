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
  "evidence.product-metadata": { en: "“{file}” of the product", fr: "« {file} » du produit" },
  "evidence.chosen-tag": {
    en: "“{tag}” in the file’s metadata, chosen",
    fr: "« {tag} » dans les métadonnées du fichier, choisi",
  },
  "evidence.file-name": { en: "the file’s name", fr: "le nom du fichier" },
  "evidence.usual-order": { en: "the usual order of {count} bands", fr: "l’ordre habituel de {count} bandes" },
  "evidence.near-infrared-first": {
    en: "the values: the first band looks like near infrared",
    fr: "les valeurs : la première bande ressemble au proche infrarouge",
  },
  "evidence.place-in-file": { en: "their place in the file", fr: "leur place dans le fichier" },
  "evidence.chosen-band": { en: "band {band}, chosen", fr: "bande {band}, choisie" },
  "evidence.product-mask.landsat-qa-pixel": {
    en: "QA_PIXEL of Landsat Collection 2: clear without clouds, cirrus, shadow and snow",
    fr: "QA_PIXEL de Landsat Collection 2 : dégagé sans nuages, cirrus, ombre ni neige",
  },
  "evidence.product-mask.landsat-pixel-qa": {
    en: "pixel_qa of Landsat Collection 1: clear without clouds, shadow and snow",
    fr: "pixel_qa de Landsat Collection 1 : dégagé sans nuages, ombre ni neige",
  },
  "evidence.product-mask.hls-fmask": {
    en: "Fmask of HLS: clear without clouds, their edges, shadow and snow",
    fr: "Fmask de HLS : dégagé sans nuages, leurs bords, ombre ni neige",
  },
  "evidence.product-mask.fmask4": {
    en: "Fmask 4: clear land (0) and clear water (1)",
    fr: "Fmask 4 : sol dégagé (0) et eau dégagée (1)",
  },
  "evidence.product-mask.maja-clm": {
    en: "CLM of Theia (MAJA): clear where no kind of cloud or shadow is set (0)",
    fr: "CLM de Theia (MAJA) : dégagé où aucun nuage ni ombre n’est marqué (0)",
  },
  "evidence.product-mask.s2cloudless-clm": {
    en: "CLM of s2cloudless: 0 is clear",
    fr: "CLM de s2cloudless : 0 est dégagé",
  },
  "evidence.product-mask.planet-udm2": {
    en: "band “clear” of Planet’s UDM2: 1 is clear",
    fr: "bande « clear » d’UDM2 de Planet : 1 est dégagé",
  },
  "evidence.product-mask.planet-udm": {
    en: "UDM of Planet: clear where no bit is set (0)",
    fr: "UDM de Planet : dégagé où aucun bit n’est mis (0)",
  },
  "evidence.product-mask.sentinel-2-qa60": {
    en: "QA60 of Sentinel-2: clear without opaque clouds and cirrus",
    fr: "QA60 de Sentinel-2 : dégagé sans nuages opaques ni cirrus",
  },
  "evidence.product-mask.own-cloud": {
    en: "the name says “clouds”: 0 is clear",
    fr: "le nom dit « nuages » : 0 est dégagé",
  },
  "evidence.product-mask.own-clear": {
    en: "the name says “clear”: 1 is clear",
    fr: "le nom dit « dégagé » : 1 est dégagé",
  },
  "evidence.without-heights": {
    en: "the file; its heights are not used",
    fr: "le fichier ; ses altitudes ne sont pas utilisées",
  },
});
