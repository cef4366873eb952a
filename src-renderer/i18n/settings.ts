import { messages } from "./message.ts";

/** The settings dialog. */
export const settingsMessages = messages({
  "settings.title": { en: "Settings", fr: "Réglages" },
  "settings.language": { en: "Language", fr: "Langue" },
  "settings.theme": { en: "Theme", fr: "Thème" },
  "settings.theme.light": { en: "Light", fr: "Clair" },
  "settings.theme.dark": { en: "Dark", fr: "Sombre" },
  "settings.system": { en: "As the system", fr: "Comme le système" },
  "settings.coordinates": { en: "Coordinates", fr: "Coordonnées" },
  "settings.coordinates.project": { en: "In the project’s system", fr: "Dans le système du projet" },
  "settings.coordinates.dd": { en: "Decimal degrees", fr: "Degrés décimaux" },
  "settings.coordinates.dms": { en: "Degrees, minutes, seconds", fr: "Degrés, minutes, secondes" },
  "settings.notifications": { en: "Tell me when a long job ends", fr: "M’avertir à la fin d’une tâche longue" },
});
