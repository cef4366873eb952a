import { messages } from "./message.ts";

/** Exports. */
export const exportMessages = messages({
  "export.title": { en: "Export", fr: "Exporter" },
  "export.empty.title": { en: "Nothing to export yet", fr: "Rien à exporter pour l’instant" },
  "export.empty": {
    en: "Maps, labels and models can be exported once they exist.",
    fr: "Les cartes, étiquettes et modèles peuvent être exportés dès qu’ils existent.",
  },
});
