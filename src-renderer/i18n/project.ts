import { messages } from "./message.ts";

/** The properties of the open project, with the area that it ends at. */
export const projectMessages = messages({
  "project.properties": { en: "Project properties…", fr: "Propriétés du projet…" },
  "project.properties.title": { en: "Project properties", fr: "Propriétés du projet" },
  "project.properties.words": {
    en: "name, rename, folder, area, limit, boundary, mask, polygon",
    fr: "nom, renommer, dossier, zone, limite, emprise, masque, polygone",
  },
  "project.area.title": { en: "Area", fr: "Zone" },
  "project.area.patches": {
    en: { one: "{count} patch", other: "{count} patches" },
    fr: { one: "{count} patch", other: "{count} patchs" },
  },
  "project.area.box": {
    en: "The project fills its box. It can end at polygons instead: statistics, labels, coverage and maps then keep to the patches that they touch.",
    fr: "Le projet remplit son cadre. Il peut s’arrêter à des polygones : statistiques, étiquettes, couverture et cartes se limitent alors aux patchs qu’ils touchent.",
  },
  "project.area.limited": {
    en: "{share} of the box of {box}: the project ends at polygons. Statistics, labels, coverage and maps keep to it.",
    fr: "{share} du cadre de {box} : le projet s’arrête à des polygones. Statistiques, étiquettes, couverture et cartes s’y limitent.",
  },
  "project.area.beyond": {
    en: "Some of the polygons reach beyond the project’s box. What lies there does not belong to the project; a larger area needs a new project.",
    fr: "Certains polygones dépassent le cadre du projet. Ce qui s’y trouve n’en fait pas partie ; une zone plus grande demande un nouveau projet.",
  },
  "project.area.file": { en: "Polygons of a file…", fr: "Polygones d’un fichier…" },
  "project.area.choose": { en: "Polygons that the project ends at", fr: "Polygones où le projet s’arrête" },
  "project.area.draw": { en: "Draw a polygon", fr: "Dessiner un polygone" },
  "project.area.drawHint": {
    en: "Click the corners of the project’s area on the map; double-click ends. Esc cancels.",
    fr: "Cliquez les sommets de la zone du projet sur la carte ; un double clic termine. Échap abandonne.",
  },
  "project.area.remove": { en: "Use the whole box", fr: "Reprendre tout le cadre" },
  "project.area.set": { en: "The project’s area is {area} now.", fr: "La zone du projet est maintenant de {area}." },
  "project.area.whole": {
    en: "The project fills its box again: {area}.",
    fr: "Le projet remplit de nouveau son cadre : {area}.",
  },
});
