import { messages } from "./message.ts";

/** The time bar. */
export const timeMessages = messages({
  "time.title": { en: "Time", fr: "Temps" },
  "time.empty.title": { en: "No dates yet", fr: "Pas encore de dates" },
  "time.empty": {
    en: "Dates appear here once the project has dated imagery.",
    fr: "Les dates apparaissent ici dès que le projet contient des images datées.",
  },
});
