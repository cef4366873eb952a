import { messages } from "./message.ts";

/** Bringing images into the project: the dry look and its table. */
export const importMessages = messages({
  "import.title": { en: "Add images", fr: "Ajouter des images" },
  "import.lead": {
    en: "Choose GeoTIFF files or whole folders. Nothing is copied or changed; you see first what each file is taken for.",
    fr: "Choisissez des fichiers GeoTIFF ou des dossiers entiers. Rien n’est copié ni modifié ; vous voyez d’abord ce que chaque fichier est censé être.",
  },
  "import.files": { en: "Add files…", fr: "Ajouter des fichiers…" },
  "import.formats": { en: "Images and products", fr: "Images et produits" },
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
  "import.known": {
    en: "already in the project; unchanged unless you change a setting",
    fr: "déjà dans le projet ; rien ne change sauf si vous décidez autrement",
  },
  "import.copyOf": {
    en: "a copy of {file}, byte for byte; it adds nothing",
    fr: "une copie de {file}, octet pour octet ; il n’apporte rien",
  },
  "import.places": {
    en: {
      one: "One place is shown by several images of one overpass. What should happen to them?",
      other: "{count} places are shown by several images of one overpass. What should happen to them?",
    },
    fr: {
      one: "Un endroit est montré par plusieurs images d’un même passage. Qu’en faire ?",
      other: "{count} endroits sont montrés par plusieurs images d’un même passage. Qu’en faire ?",
    },
  },
  "import.places.evidence": { en: "What tells them apart", fr: "Ce qui les distingue" },
  "import.places.there": { en: "in the project", fr: "dans le projet" },
  "import.places.more": {
    en: { one: "and {count} more place", other: "and {count} more places" },
    fr: { one: "et {count} autre endroit", other: "et {count} autres endroits" },
  },
  "import.col.time": { en: "Time", fr: "Heure" },
  "import.col.baseline": { en: "Baseline", fr: "Version" },
  "import.col.clear": { en: "Clear", fr: "Clair" },
  "import.products": {
    en: { one: "{count} product", other: "{count} products" },
    fr: { one: "{count} produit", other: "{count} produits" },
  },
  "import.products.take": { en: "Take {name}", fr: "Prendre {name}" },
  "import.products.refused": { en: "Cannot be read", fr: "Ne peuvent pas être lus" },
  "import.products.baseline": { en: "baseline {baseline}", fr: "version {baseline}" },
  "import.products.files": {
    en: { one: "{count} file", other: "{count} files" },
    fr: { one: "{count} fichier", other: "{count} fichiers" },
  },
  "import.products.tiles": {
    en: { one: "{count} tile", other: "{count} tiles" },
    fr: { one: "{count} tuile", other: "{count} tuiles" },
  },
  "import.products.missing": { en: "Not there: {bands}", fr: "Absents : {bands}" },
  "import.products.leftOut": { en: "Not used: {layers}", fr: "Non utilisés : {layers}" },
  "import.product.sentinel-2-safe": { en: "Sentinel-2", fr: "Sentinel-2" },
  "import.product.sentinel-2-tile": { en: "Sentinel-2", fr: "Sentinel-2" },
  "import.product.sentinel-2-maja": { en: "Sentinel-2", fr: "Sentinel-2" },
  "import.product.sentinel-1-rtc": { en: "Sentinel-1", fr: "Sentinel-1" },
  "import.product.sentinel-1-safe": { en: "Sentinel-1", fr: "Sentinel-1" },
  "import.product.landsat": { en: "Landsat", fr: "Landsat" },
  "import.product.hls": { en: "HLS", fr: "HLS" },
  "import.product.planetscope": { en: "PlanetScope", fr: "PlanetScope" },
  "import.product.dimap": { en: "SPOT, Pléiades (DIMAP)", fr: "SPOT, Pléiades (DIMAP)" },
  "import.product.modis": { en: "MODIS", fr: "MODIS" },
  "import.product.stac": { en: "STAC item", fr: "Élément STAC" },
  "import.others": {
    en: {
      one: "{count} other file there cannot be read as an image",
      other: "{count} other files there cannot be read as images",
    },
    fr: {
      one: "{count} autre fichier s’y trouve, qui n’est pas une image lisible",
      other: "{count} autres fichiers s’y trouvent, qui ne sont pas des images lisibles",
    },
  },
  "import.unused": {
    en: { one: "{count} file was not used.", other: "{count} files were not used." },
    fr: { one: "{count} fichier n’a pas été utilisé.", other: "{count} fichiers n’ont pas été utilisés." },
  },
  "import.unused.same": {
    en: { one: "{count} more file for the same reason", other: "{count} more files for the same reason" },
    fr: { one: "{count} autre fichier pour la même raison", other: "{count} autres fichiers pour la même raison" },
  },
  "import.unused.show": { en: "Why, and what would help", fr: "Pourquoi, et que faire" },
  "import.pieces": {
    en: { one: "{count} piece", other: "{count} pieces" },
    fr: { one: "{count} pièce", other: "{count} pièces" },
  },
  "import.noCrs": {
    en: "This file names no coordinate system. Choose it below.",
    fr: "Ce fichier ne nomme aucun système de coordonnées. Choisissez-le ci-dessous.",
  },
  "import.noDate": {
    en: "No date was found in the name or metadata. Enter it below, or choose “Does not change with time” for elevation, tree heights or soil.",
    fr: "Aucune date dans le nom ni les métadonnées. Saisissez-la ci-dessous, ou choisissez « Ne change pas avec le temps » pour l’altitude, la hauteur des arbres ou le sol.",
  },
  "import.use": { en: "Use as", fr: "Utiliser comme" },
  "import.use.image": { en: "Image of a date", fr: "Image d’une date" },
  "import.use.undated": { en: "Does not change with time", fr: "Ne change pas avec le temps" },
  "import.use.mask": { en: "Mask of clear pixels", fr: "Masque des pixels dégagés" },
  "import.use.image.hint": { en: "A satellite or aerial image.", fr: "Une image satellite ou aérienne." },
  "import.use.undated.hint": {
    en: "Elevation, heights of trees, soil. The file becomes an input of its own, without a date.",
    fr: "Altitude, hauteur des arbres, sol. Le fichier devient une entrée à part, sans date.",
  },
  "import.use.mask.hint": {
    en: "Says which pixels of the images of this sensor and date are clear. It is no input.",
    fr: "Dit quels pixels des images de ce capteur et de cette date sont dégagés. Ce n’est pas une entrée.",
  },
  "import.mask": { en: "Mask: {meaning}.", fr: "Masque : {meaning}." },
  "import.nir": { en: "Near infrared", fr: "Proche infrarouge" },
  "import.nir.first": { en: "First band", fr: "Première bande" },
  "import.nir.last": { en: "Last band", fr: "Dernière bande" },
  "import.undated": { en: "No date", fr: "Sans date" },
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
  "import.evidence.name": { en: "From “{file}”", fr: "D’après « {file} »" },
  "import.evidence.chosen": { en: "Chosen by you", fr: "Choisi par vous" },
  "import.evidence.none": { en: "Not found in the file. Choose one.", fr: "Absent du fichier. Choisissez." },
  "import.evidence.file": { en: "From the file’s metadata", fr: "D’après les métadonnées du fichier" },
  "import.evidence.heights": {
    en: "From the file’s metadata. Heights are not used",
    fr: "D’après les métadonnées du fichier. Les altitudes ne sont pas utilisées",
  },
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
      one: "“{modality}” has {count} day with several products ({dates}). What should happen to it?",
      other: "“{modality}” has {count} days with several products ({dates}). What should happen to them?",
    },
    fr: {
      one: "« {modality} » a {count} jour avec plusieurs produits ({dates}). Qu’en faire ?",
      other: "« {modality} » a {count} jours avec plusieurs produits ({dates}). Qu’en faire ?",
    },
  },
  "import.duplicates.choose": { en: "Choose…", fr: "Choisir…" },
  "import.duplicates.best": { en: "Use the clearest of each place", fr: "Prendre la plus claire de chaque endroit" },
  "import.duplicates.replace": {
    en: "Use the new ones instead of those in the project",
    fr: "Prendre les nouvelles à la place de celles du projet",
  },
  "import.duplicates.merge": {
    en: "Join them: each pixel from the one that sees it",
    fr: "Les joindre : chaque pixel du produit qui le voit",
  },
  "import.duplicates.keep": { en: "Keep both as two dates", fr: "Garder les deux comme deux dates" },
  "import.incomplete": {
    en: {
      one: "One date lacks bands that “{modality}” has ({bands}): {dates}. It is added as a layer and joins “{modality}” when these bands come.",
      other:
        "{count} dates lack bands that “{modality}” has ({bands}): {dates}. They are added as layers and join “{modality}” when these bands come.",
    },
    fr: {
      one: "Une date n’a pas toutes les bandes de « {modality} » ({bands}) : {dates}. Elle est ajoutée comme couche et rejoint « {modality} » quand ces bandes arrivent.",
      other:
        "{count} dates n’ont pas toutes les bandes de « {modality} » ({bands}) : {dates}. Elles sont ajoutées comme couches et rejoignent « {modality} » quand ces bandes arrivent.",
    },
  },
  "import.blocked": {
    en: {
      one: "{count} file cannot be added as it is. It is left out unless you fix it.",
      other: "{count} files cannot be added as they are. They are left out unless you fix them.",
    },
    fr: {
      one: "{count} fichier ne peut pas être ajouté tel quel. Il est laissé de côté sauf si vous le corrigez.",
      other:
        "{count} fichiers ne peuvent pas être ajoutés tels quels. Ils sont laissés de côté sauf si vous les corrigez.",
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
