import { messages } from "./message.ts";

/** Which layers feed which modality. */
export const modalitiesMessages = messages({
  "modalities.title": { en: "Modalities", fr: "Modalités" },
  "modalities.empty.title": { en: "Nothing to learn from yet", fr: "Rien à apprendre pour l’instant" },
  "modalities.empty": {
    en: "Modalities appear here once the project has imagery.",
    fr: "Les modalités apparaissent ici dès que le projet contient des images.",
  },
});
