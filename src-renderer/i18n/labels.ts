import { messages } from "./message.ts";

/** Legend, drawing and import of labels. */
export const labelsMessages = messages({
  "labels.title": { en: "Labels", fr: "Étiquettes" },
  "labels.empty.title": { en: "No labels yet", fr: "Pas encore d’étiquettes" },
  "labels.empty": {
    en: "Draw polygons on the map or import a file that holds some.",
    fr: "Dessinez des polygones sur la carte ou importez un fichier qui en contient.",
  },
});
