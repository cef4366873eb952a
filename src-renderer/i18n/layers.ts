import { messages } from "./message.ts";

/** The layer tree. */
export const layersMessages = messages({
  "layers.title": { en: "Layers", fr: "Couches" },
  "layers.empty.title": { en: "No imagery yet", fr: "Pas encore d’images" },
  "layers.empty": {
    en: "Add aerial images or satellite dates to see them on the map.",
    fr: "Ajoutez des images aériennes ou des dates satellite pour les voir sur la carte.",
  },
});
