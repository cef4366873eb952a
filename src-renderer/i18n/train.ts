import { messages } from "./message.ts";

/** Training and runs. */
export const trainMessages = messages({
  "train.title": { en: "Train", fr: "Entraîner" },
  "train.empty.title": { en: "No training yet", fr: "Pas encore d’entraînement" },
  "train.empty": {
    en: "Import imagery and labels, then train a model on them.",
    fr: "Importez des images et des étiquettes, puis entraînez un modèle.",
  },
  "runs.title": { en: "Charts", fr: "Courbes" },
});
