import { messages } from "./message.ts";

/** Making and comparing maps. */
export const mapsMessages = messages({
  "maps.title": { en: "Map", fr: "Cartographier" },
  "maps.empty.title": { en: "No map yet", fr: "Pas encore de carte" },
  "maps.empty": {
    en: "Train a model, then apply it to an area.",
    fr: "Entraînez un modèle, puis appliquez-le à une zone.",
  },
});
