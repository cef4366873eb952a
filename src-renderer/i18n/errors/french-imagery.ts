import type { ForeignKind, ForeignWords } from "../../../src-shared/domain/foreign-files.ts";
import { type acquisitionErrors, refusalLines } from "../../../src-shared/errors/acquisitions.ts";
import type { rasterErrors } from "../../../src-shared/errors/raster.ts";
import { because } from "./reason-words.ts";
import { counted, listed, quoted, type Sentences } from "./words.ts";

const toTiff = "Convertissez d’abord : gdal_translate -of COG entrée sortie.tif.";
const notNeeded = "Rien n’y est nécessaire.";
const labels = "Si ce sont des étiquettes, importez-les dans le panneau Étiquettes ou Tuiles.";
const foreignFiles: Readonly<Record<ForeignKind, ForeignWords>> = {
  erdas: { format: "une image ERDAS ou ENVI", help: toTiff },
  enviHeader: { format: "l’en-tête d’une image ENVI", help: "L’image à côté est importée sous son propre nom." },
  rawData: { format: "un fichier de données brutes", help: toTiff },
  rawImage: { format: "une image brute", help: toTiff },
  virtualRaster: {
    format: "un raster virtuel",
    help: "Les images dont il est fait sont importées elles-mêmes. Pour l’utiliser à leur place, importez-le seul.",
  },
  textGrid: { format: "une grille en texte", help: toTiff },
  ecw: { format: "une image ECW", help: toTiff },
  mrsid: { format: "une image MrSID", help: toTiff },
  picture: { format: "une image sans place sur Terre", help: toTiff },
  netcdf: {
    format: "un cube de plusieurs variables",
    help: 'Convertissez d’abord ce qu’il faut : gdal_translate "NETCDF:fichier.nc:variable" sortie.tif.',
  },
  archive: { format: "une archive", help: "Décompressez-la et importez le dossier." },
  vectors: { format: "un fichier vectoriel", help: labels },
  table: { format: "une table", help: labels },
  json: { format: "un fichier JSON", help: labels },
  text: { format: "un texte", help: notNeeded },
  mask: {
    format: "un masque de pixels clairs",
    help: "Ce n’est pas une image en soi : importez les images, puis choisissez-le comme leur masque dans les propriétés d’une couche.",
  },
  temperature: {
    format: "une température (de la surface, ou vue par le capteur), pas une réflectance",
    help: "Ce n’est pas une entrée du réseau. Importez plutôt les bandes de réflectance : d’un produit Landsat, SR_B1 à SR_B7.",
  },
  productLayer: {
    format: "une couche qui accompagne un produit (angles, aérosols, vapeur d’eau, émissivité), pas une réflectance",
    help: "Ce n’est pas une entrée du réseau. Importez plutôt les bandes du produit.",
  },
  productPicture: {
    format: "une image en trois couleurs faite pour être regardée, pas une réflectance",
    help: "Importez plutôt les bandes du produit : pour Sentinel-2, B02, B03 et B04.",
  },
  hdf4: {
    format: "un fichier HDF4, comme les produits MODIS",
    help: "Obtenez le produit en GeoTIFF, ou convertissez la couche qu’il vous faut : gdalinfo nomme les couches, gdal_translate COUCHE sortie.tif en écrit une.",
  },
  fileGeodatabase: { format: "une géodatabase fichier d’ESRI", help: "Exportez d’abord ses couches en GeoPackage." },
  radarSlc: {
    format: "un produit Sentinel-1 de nombres complexes (SLC), avant détection et géocodage",
    help: "Obtenez la même scène corrigée du relief (RTC) en GeoTIFF, par exemple d’ASF HyP3 ou du Planetary Computer.",
  },
  radarGrd: {
    format: "un produit Sentinel-1 GRD, ni étalonné ni placé sur une carte",
    help: "Obtenez la même scène corrigée du relief (RTC) en GeoTIFF, par exemple d’ASF HyP3 ou du Planetary Computer, ou étalonnez-la et corrigez-la avec SNAP.",
  },
  remoteStac: {
    format: "un élément STAC dont les fichiers sont sur Internet",
    help: "Rien n’est téléchargé ici. Téléchargez ses fichiers dans le dossier de l’élément, puis importez ce dossier.",
  },
  document: { format: "un document", help: notNeeded },
  array: { format: "un tableau sans place sur Terre", help: "Écrivez-le d’abord en GeoTIFF." },
  unknown: { format: "un fichier d’un genre inconnu", help: "Si c’est une image, convertissez-la d’abord en GeoTIFF." },
};

/** Images, their bands, dates and places. */
export const frenchImagery: Sentences<keyof typeof acquisitionErrors | keyof typeof rasterErrors> = {
  "acquisition-without-date": ({ path }) =>
    `Aucune date n’a été trouvée pour ${quoted(path)}, ni dans son nom ni dans ses métadonnées. Indiquez la date, ou mettez-la dans le nom du fichier, comme image_20190410.tif. Pour l’altitude, la hauteur des arbres ou le sol, choisissez « Ne change pas avec le temps ».`,
  "acquisition-band-count": ({ path, found, expected }) =>
    `${quoted(path)} a ${counted(found, "bande")}, alors que : ${because(expected)}. Choisissez un fichier avec les bonnes bandes, ou nommez-les dans l’ordre, par exemple B02, B03, B04, B08.`,
  "acquisition-missing-bands": ({ path, date, missing, modality }) =>
    `L’acquisition du ${date} (${quoted(path)}) n’a pas ${missing.join(", ")}, dont ${quoted(modality)} a besoin. Ajoutez le fichier qui ${missing.length === 1 ? "contient cette bande" : "contient ces bandes"}, ou laissez cette date de côté.`,
  "acquisition-duplicate-date": ({ date, modality, paths }) =>
    `${quoted(modality)} a ${counted(paths.length, "produit")} du ${date} : ${listed(paths)}. Gardez le plus clair, fusionnez-les ou retirez-en un.`,
  "acquisition-same-place": ({ date, count, evidence }) =>
    `${evidence.length} images montrent le même endroit lors du même passage (${date}${count > 1 ? `, et ${count - 1} autres endroits de même` : ""}) :\n${evidence.map((line) => `  ${line}`).join("\n")}\nDites quoi en faire : garder les deux, remplacer l’ancienne, garder la plus claire ou les fusionner. Rien n’a été ajouté.`,
  "acquisition-not-found": ({ name }) => `Le projet n’a pas d’acquisition ${quoted(name)}.`,
  "align-which-modality": ({ available }) =>
    available.length > 0
      ? `Choisissez l’entrée dont les dates sont à comparer : ${listed(available)}.`
      : "Il n’y a pas encore de dates à comparer. Importez d’abord des images.",
  "align-reference-unknown": ({ name, modality }) =>
    `${quoted(modality)} n’a pas d’image du ${quoted(name)} à laquelle comparer. Choisissez une autre référence.`,
  "align-too-few-dates": ({ modality, count, least }) =>
    `${quoted(modality)} a ${counted(count, "date")}. Une médiane en demande au moins ${least} : choisissez une image comme référence.`,
  "align-not-measured": ({ job }) =>
    `La tâche ${job} n’a mesuré aucune date, ou son résultat a été supprimé. Mesurez de nouveau les dates.`,
  "import-nothing-usable": ({ count, reasons }) =>
    `Aucun des ${count} fichiers n’a pu être utilisé :\n${refusalLines(
      count,
      reasons,
      ({ message }) => message,
      (rest) => `… et ${rest} de plus`,
    )}`,
  "import-format": ({ path, kind }) => {
    // A list that an earlier version wrote has no kind.
    const { format, help } = foreignFiles[kind] ?? foreignFiles.unknown;
    return `${quoted(path)} est ${format}, qui ne se lit pas ici. ${help}`;
  },
  "product-metadata-unreadable": ({ path }) =>
    `${quoted(path)} ne peut pas être lu comme métadonnées d’un produit : le fichier manque, est abîmé ou coupé. Copiez ou téléchargez de nouveau tout le produit.`,
  "product-without-bands": ({ path }) =>
    `${quoted(path)} a les métadonnées d’un produit, mais aucune de ses images. Le téléchargement s’est sans doute arrêté : téléchargez-le de nouveau.`,
  "product-folder-too-large": ({ path, most }) =>
    `${quoted(path)} contient plus de ${most} fichiers, plus qu’il n’en est parcouru à la fois. Choisissez les dossiers des produits qui s’y trouvent.`,
  "archive-unreadable": ({ path, reason }) =>
    `${quoted(path)} ne peut pas être lu comme archive ZIP (${because(reason)}). Si le téléchargement s’est arrêté, recommencez-le.`,
  "archive-leads-out": ({ path, name }) =>
    `L’archive ${quoted(path)} nomme un fichier en dehors d’elle-même (${quoted(name)}) : rien n’en est lu. Demandez-la de nouveau à son producteur.`,
  "import-class-raster": ({ path }) =>
    `${quoted(path)} contient des classes ou des numéros d’objets, pas des mesures. Importez-le comme étiquettes ; si c’est tout de même une image, choisissez son capteur.`,
  "import-elevation": ({ path }) =>
    `${quoted(path)} contient des altitudes, qui n’appartiennent à aucune date. Pour en faire une entrée, choisissez « Ne change pas avec le temps ».`,
  "mask-without-sensor": ({ path }) =>
    `${quoted(path)} est un masque, et son nom ne dit pas de quelles images. Choisissez leur capteur, et leur date si le nom n’en a pas.`,
  "acquisition-duplicate-band": ({ date, band, paths }) =>
    `La bande ${band} du ${date} vient de ${counted(paths.length, "fichier")} : ${listed(paths)}. N’en gardez qu’un.`,
  "raster-outside-project": ({ path, area }) =>
    `${quoted(path)} ne recouvre pas la zone du projet (${because(area)}). Choisissez une image de cet endroit, ou vérifiez le système de coordonnées de l’image.`,
  "acquisition-outside-count": ({ modality, date, begin, days }) =>
    `Le modèle compte ${days} jours à partir du ${begin} ; le ${date} de ${quoted(modality)} n’en fait pas partie. Retirez cette date, ou choisissez l’année qui tient lieu de première année du modèle.`,
  "raster-unknown-format": ({ path }) =>
    `${quoted(path)} n’est pas une image lisible ici. Choisissez un GeoTIFF (.tif) ou un fichier JPEG 2000 (.jp2), ou convertissez d’abord l’image en GeoTIFF.`,
  "info-unknown-folder": ({ path }) =>
    `${quoted(path)} est un dossier où aucun projet, modèle ni produit n’est reconnu. Indiquez un de ses fichiers.`,
  "raster-source": ({ path, beside, reason }) =>
    `${quoted(path)} est composé d’autres fichiers, et ${quoted(beside)} ne peut pas être utilisé : ${because(reason)}. Placez-le là où il est nommé, sous le dossier de ${quoted(path)}, ou refaites ce fichier.`,
  "raster-missing": ({ path }) =>
    `${quoted(path)} ne peut pas être ouvert : ce fichier n’existe pas. Vérifiez son nom, ou indiquez son nouvel emplacement.`,
  "raster-not-a-file": ({ path, what }) =>
    `${quoted(path)} est ${{ folder: "un dossier", pipe: "un tube nommé", socket: "une socket", device: "un périphérique" }[what]}, pas un fichier. Choisissez un fichier image (.tif).`,
  "raster-side-file": ({ path, beside, reason }) =>
    `${quoted(beside)}, qui accompagne ${quoted(path)}, est inutilisable (${because(reason)}). Remplacez ce fichier, ou déplacez-le s’il n’est pas nécessaire.`,
  "acquisition-date-tag": ({ path, tag, found, tags }) =>
    found === null
      ? `${quoted(path)} n’a pas de métadonnée ${quoted(tag)}. Il a : ${tags.join(", ") || "aucune"}.`
      : `${quoted(found)}, la métadonnée ${quoted(tag)} de ${quoted(path)}, n’est pas une date lisible. Indiquez plutôt la date de ces images.`,
  "mask-band-missing": ({ path, band, bands }) =>
    `${quoted(path)} n’a pas de bande ${quoted(band)}, et ce fichier n’existe pas. Ses bandes : ${bands.join(", ")}.`,
  "mask-beside-images": ({ mask }) =>
    `Le masque ${quoted(mask)} ne recouvre aucune de ces images. Vérifiez son système de coordonnées et son emplacement, ou choisissez un autre masque.`,
  "mask-without-clear": ({ mask }) =>
    `On ne sait pas quelles valeurs du masque ${quoted(mask)} sont claires. Indiquez les valeurs claires ou, pour un champ de bits, les bits qui signifient « pas clair ».`,
  "mask-nothing-to-read": () =>
    "Ces images n’ont pas de masque de classes ou de bits dont on puisse indiquer les valeurs claires. Choisissez d’abord un fichier ou une bande ; les classes de la classification de scène de Sentinel-2 se règlent dans l’entrée.",
  "repair-not-needed": ({ modality }) =>
    `Les pixels de ${quoted(modality)} correspondent à leur lecture : il n’y a rien à réparer.`,
  "radiometry-nothing-matches": () =>
    "Aucune image du projet ne correspond. Consultez la liste des acquisitions, des capteurs et des dates.",
  "raster-changed": ({ path }) =>
    `${quoted(path)} a été remplacé ou modifié pendant sa lecture. Le travail en cours s’est arrêté ; quand le fichier est comme il doit être, reprenez-le ou recommencez.`,
  "raster-unreadable": ({ path, reason }) =>
    `${quoted(path)} ne peut pas être lu (${because(reason)}). Vérifiez que le disque est branché et que vous avez le droit de lire ce fichier.`,
  "raster-result-too-large": ({ path, width, height, most }) =>
    `${quoted(path)} aurait ${width.toLocaleString("fr")} × ${height.toLocaleString("fr")} pixels, ${(width * height).toLocaleString("fr")} en tout ; on en écrit au plus ${most.toLocaleString("fr")}. Choisissez des pixels plus grands ou une zone plus petite, et vérifiez que la résolution est dans l’unité du système de coordonnées.`,
  "raster-truncated": ({ path }) =>
    `${quoted(path)} est coupé : le fichier se termine avant ses pixels. Copiez-le ou téléchargez-le de nouveau.`,
  "raster-damaged": ({ path, reason }) =>
    `${quoted(path)} est endommagé (${because(reason)}). Copiez-le ou téléchargez-le de nouveau.`,
  "raster-unsupported-compression": ({ path, compression }) =>
    `${quoted(path)} est compressé en ${because(compression)}, qui ne peut pas être lu ici. Convertissez-le d’abord : gdal_translate -co COMPRESS=DEFLATE entree.tif sortie.tif.`,
  "raster-unsupported-layout": ({ path, reason }) =>
    `${quoted(path)} ne peut pas être lu : ${because(reason)}. Convertissez-le d’abord : gdal_translate -of COG entree.tif sortie.tif.`,
  "raster-without-crs": ({ path }) =>
    `${quoted(path)} n’a pas de système de coordonnées. Choisissez-en un dans ses détails sous « Ajouter des images ».`,
  "raster-without-transform": ({ path }) =>
    `${quoted(path)} ne dit pas où il se trouve sur la Terre : il n’a pas de géotransformation. Géoréférencez-le d’abord, ou ajoutez un fichier de calage (.tfw).`,
  "raster-without-band": ({ path, band, count }) =>
    `${quoted(path)} a ${counted(count, "bande")} ; la bande ${band} a été demandée. Choisissez une bande de 1 à ${count}.`,
  "crs-unknown": ({ crs }) =>
    `Le système de coordonnées ${quoted(crs)} n’est pas connu ici. Donnez un code EPSG comme EPSG:32631, une chaîne PROJ ou un WKT.`,
  "crs-unusable": ({ crs, reason }) =>
    `Le système de coordonnées ${quoted(crs)} ne peut pas être respecté en entier ici : ${because(reason)}. Donnez-en un autre, comme EPSG:32631.`,
  "raster-crs-unusable": ({ path, reason }) =>
    `Le système de coordonnées de ${quoted(path)} ne peut pas être respecté en entier ici, et rien n’est deviné : ${because(reason)}. Choisissez le bon dans ses détails sous « Ajouter des images », ou convertissez d’abord le fichier (gdalwarp -t_srs EPSG:code entree.tif sortie.tif).`,
  "raster-needs-overviews": ({ path }) =>
    `${quoted(path)} est bien plus fin que ce que la carte demande et n’a pas d’aperçus à lire à la place. Faites-en d’abord une copie avec aperçus : gdal_translate -of COG entree.tif sortie.tif.`,
  "raster-outside-crs": ({ crs }) =>
    `L’image se trouve hors de la zone que ${quoted(crs)} peut représenter. Choisissez un système fait pour cette zone, par exemple sa zone UTM.`,
  "crs-unwritable": ({ crs }) =>
    `Le fichier ne peut pas contenir le système de coordonnées ${quoted(crs)}. Choisissez-en un avec un code EPSG pour la sortie.`,
  "no-disk-space": ({ path }) =>
    `Il n’y a plus de place sur le disque${path === null ? "" : ` pour écrire ${quoted(path)}`}. Libérez de la place ou choisissez un autre disque ; rien n’a été écrit à moitié.`,
  "raster-unwritable": ({ path, reason }) =>
    `${quoted(path)} ne peut pas être écrit (${because(reason)}). Choisissez un dossier où vous avez le droit d’écrire.`,
};
