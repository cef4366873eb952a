import { messages } from "./message.ts";

/** Which layers feed which modality. */
export const modalitiesMessages = messages({
  "modalities.title": { en: "Modalities", fr: "Modalités" },
  "modalities.empty.title": { en: "Nothing to learn from yet", fr: "Rien à apprendre pour l’instant" },
  "modalities.empty": {
    en: "Modalities appear here once the project has imagery.",
    fr: "Les modalités apparaissent ici dès que le projet contient des images.",
  },
  "modalities.lead": {
    en: "The inputs of the network, guessed from names, bands, pixel sizes and dates. Change what is wrong.",
    fr: "Les entrées du réseau, devinées d’après les noms, bandes, tailles de pixel et dates. Changez ce qui est faux.",
  },
  "modalities.propose": { en: "Propose all again", fr: "Tout proposer de nouveau" },
  "modalities.proposeOne": { en: "Back to the proposal", fr: "Revenir à la proposition" },
  "modalities.remove": { en: "Remove", fr: "Retirer" },
  "modalities.removed": { en: "“{name}” was removed.", fr: "« {name} » a été retirée." },
  "modalities.series": {
    en: { one: "series of {count} date", other: "series of {count} dates" },
    fr: { one: "série de {count} date", other: "série de {count} dates" },
  },
  "modalities.image": {
    en: { one: "image", other: "image of {count} files" },
    fr: { one: "image", other: "image de {count} fichiers" },
  },
  "modalities.coverage": { en: "covers {share} of the area", fr: "couvre {share} de la zone" },
  "modalities.coverage.places": {
    en: "images in {seen} of {places} places, on {share} of their area",
    fr: "images dans {seen} lieux sur {places}, sur {share} de leur surface",
  },
  "modalities.coverage.clear": { en: "clear at least once on {share}", fr: "dégagé au moins une fois sur {share}" },
  "modalities.coverage.looking": { en: "Looking how much is covered…", fr: "Mesure de la couverture…" },
  "modalities.timeline": {
    en: "{name}: {count} dates from {first} to {last}",
    fr: "{name} : {count} dates du {first} au {last}",
  },
  "modalities.date": { en: "{date}: {clear} clear", fr: "{date} : {clear} dégagé" },
  "modalities.name": { en: "Name", fr: "Nom" },
  "modalities.name.hint": {
    en: "Small letters, digits and dashes: it becomes part of the model.",
    fr: "Minuscules, chiffres et tirets : il devient une partie du modèle.",
  },
  "modalities.kind": { en: "Read as", fr: "Lu comme" },
  "modalities.kind.series": { en: "Series of dates", fr: "Série de dates" },
  "modalities.kind.image": { en: "One image", fr: "Une image" },
  "modalities.bands": { en: "Bands", fr: "Bandes" },
  "modalities.resolution": { en: "Pixel size", fr: "Taille de pixel" },
  "modalities.resolution.option": {
    en: "{meters} m · {count} × {count} in a patch",
    fr: "{meters} m · {count} × {count} dans un patch",
  },
  "modalities.resolution.native": { en: "the files have {meters} m", fr: "les fichiers ont {meters} m" },
  "modalities.resampling": { en: "Resampling", fr: "Rééchantillonnage" },
  "modalities.resampling.nearest": { en: "Nearest", fr: "Plus proche" },
  "modalities.resampling.bilinear": { en: "Bilinear", fr: "Bilinéaire" },
  "modalities.resampling.cubic": { en: "Cubic", fr: "Cubique" },
  "modalities.resampling.average": { en: "Average", fr: "Moyenne" },
  "modalities.resampling.mode": { en: "Most frequent", fr: "Le plus fréquent" },
  "modalities.duplicates": { en: "Several products of one day", fr: "Plusieurs produits d’un jour" },
  "modalities.duplicates.error": { en: "Ask (training stops)", fr: "Demander (bloque l’apprentissage)" },
  "modalities.duplicates.best": { en: "Keep the clearest", fr: "Garder le plus clair" },
  "modalities.duplicates.merge": { en: "Join them", fr: "Les joindre" },
  "modalities.duplicates.keep": { en: "Keep each as a date", fr: "Garder chacun comme une date" },
  "modalities.clear": { en: "Counts as a clear view", fr: "Compte comme vue dégagée" },
  "modalities.clear.none": {
    en: "No cloud mask comes with these images.",
    fr: "Aucun masque de nuages n’accompagne ces images.",
  },
  "modalities.scl.0": { en: "no data", fr: "sans donnée" },
  "modalities.scl.1": { en: "defective", fr: "défectueux" },
  "modalities.scl.2": { en: "dark area", fr: "zone sombre" },
  "modalities.scl.3": { en: "cloud shadow", fr: "ombre de nuage" },
  "modalities.scl.4": { en: "vegetation", fr: "végétation" },
  "modalities.scl.5": { en: "bare ground", fr: "sol nu" },
  "modalities.scl.6": { en: "water", fr: "eau" },
  "modalities.scl.7": { en: "unclassified", fr: "non classé" },
  "modalities.scl.8": { en: "cloud, likely", fr: "nuage, probable" },
  "modalities.scl.9": { en: "cloud, certain", fr: "nuage, certain" },
  "modalities.scl.10": { en: "thin cirrus", fr: "cirrus fin" },
  "modalities.scl.11": { en: "snow or ice", fr: "neige ou glace" },
  "modalities.members": { en: "Dates", fr: "Dates" },
  "modalities.members.count": { en: "{count} of {all}", fr: "{count} sur {all}" },
  "modalities.members.all": { en: "All dates", fr: "Toutes les dates" },
  "modalities.members.mask": { en: "cloud mask", fr: "masque de nuages" },
  "modalities.proposed": { en: "as proposed", fr: "comme proposé" },
  "modalities.changed": { en: "changed by you", fr: "changé par vous" },
  "modalities.evidence": { en: "What was taken from where", fr: "D’où vient chaque information" },
  "modalities.models": {
    en: {
      one: "{names} reads this input by its name. It will not find it under another.",
      other: "{names} read this input by its name. They will not find it under another.",
    },
    fr: {
      one: "{names} lit cette entrée par son nom et ne la trouvera pas sous un autre.",
      other: "{names} lisent cette entrée par son nom et ne la trouveront pas sous un autre.",
    },
  },
  "modalities.preset": { en: "What {preset} needs", fr: "Ce que demande {preset}" },
  "modalities.preset.choose": { en: "Compared with", fr: "Comparé à" },
  "modalities.preset.have": { en: "there", fr: "présent" },
  "modalities.preset.lack": { en: "missing", fr: "manquant" },
  "modalities.preset.better": { en: "would help", fr: "aiderait" },
  "modalities.preset.series": { en: "{sensor} series, {meters} m", fr: "Série {sensor}, {meters} m" },
  "modalities.preset.image": { en: "{sensor}, about {meters} m", fr: "{sensor}, environ {meters} m" },
  "modalities.preset.patch": {
    en: "The project has patches of {patch} m in tiles of {tile}; this was made with {wanted} m in tiles of {wantedTile}.",
    fr: "Le projet a des patchs de {patch} m en tuiles de {tile} ; ceci a été conçu avec {wanted} m en tuiles de {wantedTile}.",
  },
  "modalities.problem.resolution": {
    en: "A patch of {patch} m cannot be cut into pixels of {resolution} m. Choose a pixel size that divides it.",
    fr: "Un patch de {patch} m ne peut pas être découpé en pixels de {resolution} m. Choisissez une taille qui le divise.",
  },
  "modalities.problem.duplicates": {
    en: {
      one: "One day has several products: {dates}. Decide what should happen to them.",
      other: "{count} days have several products: {dates}. Decide what should happen to them.",
    },
    fr: {
      one: "Un jour a plusieurs produits : {dates}. Décidez qu’en faire.",
      other: "{count} jours ont plusieurs produits : {dates}. Décidez qu’en faire.",
    },
  },
  "modalities.problem.bands": {
    en: {
      one: "One date lacks {bands}: {dates}. Add its file, leave the date out, or take fewer bands.",
      other: "{count} dates lack {bands}: {dates}. Add their files, leave the dates out, or take fewer bands.",
    },
    fr: {
      one: "Une date n’a pas {bands} : {dates}. Ajoutez son fichier, écartez la date, ou prenez moins de bandes.",
      other:
        "{count} dates n’ont pas {bands} : {dates}. Ajoutez leurs fichiers, écartez les dates, ou prenez moins de bandes.",
    },
  },
  "modalities.problem.members": {
    en: "It has no images. Choose dates, or remove it.",
    fr: "Elle n’a pas d’images. Choisissez des dates, ou retirez-la.",
  },
  "modalities.problem.oneDate": {
    en: "Only one date: a series needs several. Add more dates of this sensor.",
    fr: "Une seule date : une série vit du changement. Ajoutez d’autres dates de ce capteur.",
  },
  "modalities.problem.fewDates": {
    en: "Only {dates} dates: pre-training on this input alone needs three.",
    fr: "Seulement {dates} dates : le pré-entraînement sur cette seule entrée en demande trois.",
  },
  "modalities.problem.mask": {
    en: {
      one: "One date has no cloud mask: clouds are taken for ground there.",
      other: "{count} dates have no cloud mask: clouds are taken for ground there.",
    },
    fr: {
      one: "Une date n’a pas de masque de nuages : les nuages y passent pour le sol.",
      other: "{count} dates n’ont pas de masque de nuages : les nuages y passent pour le sol.",
    },
  },
  "modalities.problem.gap": {
    en: "No date for {days} days, from {from} to {to}.",
    fr: "Aucune date pendant {days} jours, du {from} au {to}.",
  },
  "modalities.problem.long": {
    en: "The dates reach over {days} days. A model counts the days of a year; dates of different years share a calendar.",
    fr: "Les dates s’étendent sur {days} jours. Un modèle compte les jours d’une année ; des dates d’années différentes partagent un calendrier.",
  },
  "modalities.problem.files": {
    en: {
      one: "{count} file is missing or not allowed. Training needs all of them: the Layers panel says how to bring it back.",
      other:
        "{count} files are missing or not allowed. Training needs all of them: the Layers panel says how to bring them back.",
    },
    fr: {
      one: "{count} fichier manque ou n’est pas autorisé. L’apprentissage les demande tous : le volet Couches dit comment le retrouver.",
      other:
        "{count} fichiers manquent ou ne sont pas autorisés. L’apprentissage les demande tous : le volet Couches dit comment les retrouver.",
    },
  },
  "modalities.problem.finer": {
    en: "Read at {resolution} m, the files have only {native} m: this takes longer and adds no detail.",
    fr: "Lu à {resolution} m alors que les fichiers n’ont que {native} m : cela coûte du temps sans rien montrer de plus.",
  },
  "modalities.problem.passes": {
    en: "Ascending and descending passes are mixed: radar sees the same field from two sides. Two modalities are better.",
    fr: "Passages ascendants et descendants sont mélangés : le radar voit la même parcelle de deux côtés. Deux modalités valent mieux.",
  },
});
