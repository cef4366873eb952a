import { messages } from "./message.ts";

/** Bringing images into the project: the dry look and its table. */
export const importMessages = messages({
  "import.title": { en: "Add images", fr: "Ajouter des images" },
  "import.lead": {
    en: "Choose GeoTIFF files or whole folders. Nothing is copied or changed; you see first what each file is taken for.",
    fr: "Choisissez des fichiers GeoTIFF ou des dossiers entiers. Rien n’est copié ni modifié ; vous voyez d’abord ce que chaque fichier est censé être.",
  },
  "import.files": { en: "Add files…", fr: "Ajouter des fichiers…" },
  "import.folder": { en: "Add folder…", fr: "Ajouter un dossier…" },
  "import.drop": { en: "Drop files and folders to add them", fr: "Déposez fichiers et dossiers pour les ajouter" },
  "import.sending": { en: "Sending the files…", fr: "Envoi des fichiers…" },
  "import.looking": { en: "Looking at the files…", fr: "Lecture des fichiers…" },
  "import.reading": { en: "Reading images…", fr: "Lecture des images…" },
  "import.stop": { en: "Stop", fr: "Arrêter" },
  "import.clear": { en: "Start over", fr: "Recommencer" },
  "import.go": {
    en: { one: "Add {count} image", other: "Add {count} images" },
    fr: { one: "Ajouter {count} image", other: "Ajouter {count} images" },
  },
  "import.done": {
    en: { one: "{count} image added.", other: "{count} images added." },
    fr: { one: "{count} image ajoutée.", other: "{count} images ajoutées." },
  },
  "import.stopped": { en: "Stopped. Nothing was added.", fr: "Arrêté. Rien n’a été ajouté." },
  "import.table": { en: "Files to add", fr: "Fichiers à ajouter" },
  "import.all": { en: "All", fr: "Tous" },
  "import.withProblems": { en: "With problems", fr: "Avec problèmes" },
  "import.filter": { en: "Filter files", fr: "Filtrer les fichiers" },
  "import.col.take": { en: "Take", fr: "Prendre" },
  "import.col.file": { en: "File", fr: "Fichier" },
  "import.col.sensor": { en: "Sensor", fr: "Capteur" },
  "import.col.date": { en: "Date", fr: "Date" },
  "import.col.bands": { en: "Bands", fr: "Bandes" },
  "import.col.crs": { en: "System", fr: "Système" },
  "import.col.pixel": { en: "Pixel", fr: "Pixel" },
  "import.col.overlap": { en: "Covers", fr: "Couvre" },
  "import.take": { en: "Take {file}", fr: "Prendre {file}" },
  "import.takeAll": { en: "Take all files", fr: "Prendre tous les fichiers" },
  "import.select": {
    en: "Choose a file to see and change what it is taken for.",
    fr: "Choisissez un fichier pour voir et changer ce pour quoi il est pris.",
  },
  "import.selected": {
    en: { one: "{count} file", other: "{count} files together" },
    fr: { one: "{count} fichier", other: "{count} fichiers ensemble" },
  },
  "import.various": { en: "various", fr: "divers" },
  "import.dates": {
    en: { one: "{count} date", other: "{count} dates" },
    fr: { one: "{count} date", other: "{count} dates" },
  },
  "import.known": { en: "in the project already; it will be read anew", fr: "déjà dans le projet ; il sera relu" },
  "import.replaces": {
    en: "The project has {bands} of this date from another file. This one would take their place.",
    fr: "Le projet a déjà {bands} à cette date dans un autre fichier. Celui-ci les remplacerait.",
  },
  "import.noCrs": {
    en: "This file does not say in which coordinate system it is. Choose it below.",
    fr: "Ce fichier ne dit pas dans quel système de coordonnées il est. Choisissez-le ci-dessous.",
  },
  "import.noDate": {
    en: "No date was found in its name or metadata. Give it below, or leave the file out if it is no acquisition.",
    fr: "Aucune date dans son nom ni ses métadonnées. Donnez-la ci-dessous, ou laissez le fichier de côté si ce n’est pas une acquisition.",
  },
  "import.useProjectCrs": { en: "Use the project’s system, {crs}", fr: "Prendre le système du projet, {crs}" },
  "import.crsPlaceholder": { en: "Code, name or country", fr: "Code, nom ou pays" },
  "import.unknown": { en: "not known", fr: "inconnu" },
  "import.bandsHint": {
    en: "Names in the order of the file, separated by commas",
    fr: "Noms dans l’ordre du fichier, séparés par des virgules",
  },
  "import.bandsCount": {
    en: "{found} names for {expected} bands",
    fr: "{found} noms pour {expected} bandes",
  },
  "import.reset": { en: "Back to what was guessed", fr: "Revenir à ce qui a été deviné" },
  "import.crsHint": {
    en: "The file names none, or you choose another.",
    fr: "Le fichier n’en nomme pas, ou vous en choisissez un autre.",
  },
  "import.evidence": { en: "From {source}", fr: "D’après {source}" },
  "import.evidence.chosen": { en: "Chosen by you", fr: "Choisi par vous" },
  "import.evidence.none": { en: "Nothing tells; please choose.", fr: "Rien ne le dit ; choisissez." },
  "import.evidence.file": { en: "The file says so", fr: "Le fichier le dit" },
  "import.source.its bands and pixel size": { en: "its bands and pixel size", fr: "ses bandes et sa taille de pixel" },
  "import.source.the bands' descriptions": { en: "the descriptions of the bands", fr: "la description des bandes" },
  "import.source.their descriptions": { en: "the descriptions of the bands", fr: "la description des bandes" },
  "import.source.the file's metadata": { en: "the file’s metadata", fr: "les métadonnées du fichier" },
  "import.source.the file's name": { en: "the file’s name", fr: "le nom du fichier" },
  "import.source.their place in the file": { en: "their place in the file", fr: "leur place dans le fichier" },
  "import.source.usual": { en: "the usual order of so many bands", fr: "l’ordre habituel pour ce nombre de bandes" },
  "import.values": { en: "Values", fr: "Valeurs" },
  "import.size": { en: "Size", fr: "Taille" },
  "import.become": { en: "What they become", fr: "Ce qu’ils deviennent" },
  "import.modality.new": { en: "new", fr: "nouvelle" },
  "import.modality.series": {
    en: { one: "series of {count} date", other: "series of {count} dates" },
    fr: { one: "série de {count} date", other: "série de {count} dates" },
  },
  "import.modality.image": { en: "image", fr: "image" },
  "import.duplicates": {
    en: {
      one: "“{modality}” has {count} day with several products ({dates}). What should become of it?",
      other: "“{modality}” has {count} days with several products ({dates}). What should become of them?",
    },
    fr: {
      one: "« {modality} » a {count} jour avec plusieurs produits ({dates}). Qu’en faire ?",
      other: "« {modality} » a {count} jours avec plusieurs produits ({dates}). Qu’en faire ?",
    },
  },
  "import.duplicates.choose": { en: "Choose…", fr: "Choisir…" },
  "import.duplicates.best": { en: "Keep the clearest of each day", fr: "Garder le plus clair de chaque jour" },
  "import.duplicates.merge": {
    en: "Join them: each pixel from the one that sees it",
    fr: "Les joindre : chaque pixel du produit qui le voit",
  },
  "import.duplicates.keep": { en: "Keep both as two dates", fr: "Garder les deux comme deux dates" },
  "import.incomplete": {
    en: {
      one: "One date lacks bands that “{modality}” has ({bands}): {dates}.",
      other: "{count} dates lack bands that “{modality}” has ({bands}): {dates}.",
    },
    fr: {
      one: "Une date n’a pas toutes les bandes de « {modality} » ({bands}) : {dates}.",
      other: "{count} dates n’ont pas toutes les bandes de « {modality} » ({bands}) : {dates}.",
    },
  },
  "import.incomplete.leave": {
    en: "Add them as layers, but leave them out of “{modality}”",
    fr: "Les ajouter comme couches, mais les laisser hors de « {modality} »",
  },
  "import.blocked": {
    en: {
      one: "{count} file cannot be added as it is. Mend it, or leave it out.",
      other: "{count} files cannot be added as they are. Mend them, or leave them out.",
    },
    fr: {
      one: "{count} fichier ne peut pas être ajouté tel quel. Corrigez-le ou laissez-le de côté.",
      other: "{count} fichiers ne peuvent pas être ajoutés tels quels. Corrigez-les ou laissez-les de côté.",
    },
  },
  "import.leaveOut": { en: "Leave them out", fr: "Les laisser de côté" },
  "import.nothing": { en: "No file is taken.", fr: "Aucun fichier n’est pris." },
  "import.vectors": {
    en: { one: "{count} vector file was added as a layer.", other: "{count} vector files were added as layers." },
    fr: {
      one: "{count} fichier vectoriel ajouté comme couche.",
      other: "{count} fichiers vectoriels ajoutés comme couches.",
    },
  },
  "import.warnings": { en: "Worth knowing", fr: "Bon à savoir" },
});
