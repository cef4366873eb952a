import { messages } from "./message.ts";

/** What each step of the history is called in “Undo: …”. Keys are those that the services give to `catalog.edit`. */
export const editsMessages = messages({
  "edit.unknown": { en: "last change", fr: "dernière modification" },
  "edit.bookmarks.add": { en: "keep a view", fr: "garder une vue" },
  "edit.bookmarks.remove": { en: "remove a kept view", fr: "retirer une vue gardée" },
  "edit.bookmarks.rename": { en: "rename a kept view", fr: "renommer une vue gardée" },
  "edit.project.rename": { en: "rename the project to “{name}”", fr: "renommer le projet en « {name} »" },
  "edit.project.setArea": { en: "change the project’s area", fr: "changer la zone du projet" },
  "edit.project.wholeArea": { en: "use the project’s whole box", fr: "reprendre tout le cadre du projet" },
  "edit.radiometry.set": {
    en: { one: "say how {count} image is read", other: "say how {count} images are read" },
    fr: { one: "indiquer la lecture de {count} image", other: "indiquer la lecture de {count} images" },
  },
  "edit.radiometry.repair": { en: "repair the values of “{name}”", fr: "réparer les valeurs de « {name} »" },
  "edit.stack.add": { en: "mend the offset of dates of “{name}”", fr: "corriger le décalage de dates de « {name} »" },
  "edit.stack.times": { en: "mend the scale of dates of “{name}”", fr: "corriger l’échelle de dates de « {name} »" },
  "edit.stack.linear": { en: "read dates of “{name}” as power", fr: "lire des dates de « {name} » comme puissance" },
  "edit.stack.leave-out": { en: "leave dates out of “{name}”", fr: "retirer des dates de « {name} »" },
  "edit.stack.best-of-day": {
    en: "take the clearest of a day in “{name}”",
    fr: "prendre le plus clair du jour dans « {name} »",
  },
  "edit.stack.split-orbits": { en: "part the orbits of “{name}”", fr: "séparer les orbites de « {name} »" },
  "edit.labels.add": {
    en: { one: "draw {count} label", other: "draw {count} labels" },
    fr: { one: "dessiner {count} étiquette", other: "dessiner {count} étiquettes" },
  },
  "edit.labels.update": {
    en: { one: "reshape {count} label", other: "reshape {count} labels" },
    fr: { one: "modifier le contour de {count} étiquette", other: "modifier le contour de {count} étiquettes" },
  },
  "edit.labels.move": {
    en: { one: "move {count} label", other: "move {count} labels" },
    fr: { one: "déplacer {count} étiquette", other: "déplacer {count} étiquettes" },
  },
  "edit.labels.setClass": {
    en: { one: "make {count} label “{name}”", other: "make {count} labels “{name}”" },
    fr: { one: "classer {count} étiquette « {name} »", other: "classer {count} étiquettes « {name} »" },
  },
  "edit.labels.setValidity": {
    en: { one: "date {count} label", other: "date {count} labels" },
    fr: { one: "dater {count} étiquette", other: "dater {count} étiquettes" },
  },
  "edit.labels.setProperties": {
    en: { one: "change attributes of {count} label", other: "change attributes of {count} labels" },
    fr: { one: "modifier les attributs de {count} étiquette", other: "modifier les attributs de {count} étiquettes" },
  },
  "edit.labels.remove": {
    en: { one: "delete {count} label", other: "delete {count} labels" },
    fr: { one: "supprimer {count} étiquette", other: "supprimer {count} étiquettes" },
  },
  "edit.labels.divide": { en: "split into {count} labels", fr: "couper en {count} étiquettes" },
  "edit.labels.merge": { en: "merge {count} labels", fr: "fusionner {count} étiquettes" },
  "edit.labels.cut": {
    en: { one: "cut a hole into {count} label", other: "cut a hole into {count} labels" },
    fr: { one: "percer {count} étiquette", other: "percer {count} étiquettes" },
  },
  "edit.labels.import": {
    en: { one: "import {count} label", other: "import {count} labels" },
    fr: { one: "importer {count} étiquette", other: "importer {count} étiquettes" },
  },
  "edit.numbers.import": { en: "import the numbers “{name}”", fr: "importer les nombres « {name} »" },
  "edit.numbers.removeTarget": { en: "remove the numbers “{name}”", fr: "retirer les nombres « {name} »" },
  "edit.labels.split": { en: "split the labels", fr: "répartir les étiquettes" },
  "edit.tiles.import": {
    en: { one: "import {count} labelled tile", other: "import {count} labelled tiles" },
    fr: { one: "importer {count} tuile étiquetée", other: "importer {count} tuiles étiquetées" },
  },
  "edit.tiles.remove": {
    en: { one: "remove {count} labelled tile", other: "remove {count} labelled tiles" },
    fr: { one: "retirer {count} tuile étiquetée", other: "retirer {count} tuiles étiquetées" },
  },
  "edit.tiles.split": { en: "split the labelled tiles", fr: "répartir les tuiles étiquetées" },
  "edit.legends.create": { en: "add the legend “{name}”", fr: "ajouter la légende « {name} »" },
  "edit.legends.rename": { en: "rename the legend to “{name}”", fr: "renommer la légende en « {name} »" },
  "edit.legends.remove": { en: "remove the legend “{name}”", fr: "supprimer la légende « {name} »" },
  "edit.legends.addClass": { en: "add the class “{name}”", fr: "ajouter la classe « {name} »" },
  "edit.legends.updateClass": { en: "change the class “{name}”", fr: "modifier la classe « {name} »" },
  "edit.legends.removeClass": { en: "remove the class “{name}”", fr: "supprimer la classe « {name} »" },
  "edit.legends.recolor": { en: "recolour “{name}”", fr: "recolorer « {name} »" },
  "edit.legends.import": { en: "add classes to “{name}”", fr: "ajouter des classes à « {name} »" },
  "edit.alignment.shift": {
    en: { one: "move {name}", other: "move {count} images" },
    fr: { one: "déplacer {name}", other: "déplacer {count} images" },
  },
  "edit.alignment.reset": {
    en: { one: "remove the correction of {name}", other: "remove the corrections of {count} images" },
    fr: { one: "retirer la correction de {name}", other: "retirer les corrections de {count} images" },
  },
  "edit.rasters.import": {
    en: { one: "add {count} image", other: "add {count} images" },
    fr: { one: "ajouter {count} image", other: "ajouter {count} images" },
  },
  "edit.rasters.remove": {
    en: { one: "remove {count} image", other: "remove {count} images" },
    fr: { one: "retirer {count} image", other: "retirer {count} images" },
  },
  "edit.rasters.relink": {
    en: { one: "re-link {count} file", other: "re-link {count} files" },
    fr: { one: "relier {count} fichier", other: "relier {count} fichiers" },
  },
  "edit.layers.display": {
    en: { one: "change the display of {count} layer", other: "change the display of {count} layers" },
    fr: { one: "modifier l’affichage de {count} couche", other: "modifier l’affichage de {count} couches" },
  },
  "edit.layers.rename": { en: "rename a layer to “{name}”", fr: "renommer une couche en « {name} »" },
  "edit.layers.remove": {
    en: { one: "remove {count} layer", other: "remove {count} layers" },
    fr: { one: "retirer {count} couche", other: "retirer {count} couches" },
  },
  "edit.similar.keep": { en: "keep “{name}”", fr: "conserver « {name} »" },
  "edit.vectors.add": { en: "add “{name}”", fr: "ajouter « {name} »" },
  "edit.modalities.change": { en: "change the modality “{name}”", fr: "modifier la modalité « {name} »" },
  "edit.modalities.remove": { en: "remove the modality “{name}”", fr: "retirer la modalité « {name} »" },
  "edit.modalities.propose": { en: "propose modalities again", fr: "proposer de nouveau les modalités" },
});
