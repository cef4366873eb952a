import { messages } from "./message.ts";

/** The user guide. */
export const helpMessages = messages({
  "help.title": { en: "Help", fr: "Aide" },
  "help.about": { en: "About OmniSat", fr: "À propos d’OmniSat" },
});
