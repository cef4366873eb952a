import { messages } from "./message.ts";

/** The strip of steps from the images to the exported map. */
export const stepsMessages = messages({
  "steps.title": { en: "From images to export", fr: "Des images à l’export" },
  "steps.toggle": { en: "Show or hide the steps", fr: "Afficher ou masquer les étapes" },
  "steps.hide": { en: "Put the steps away", fr: "Ranger les étapes" },
  "steps.images": { en: "Images", fr: "Images" },
  "steps.labels": { en: "Labels", fr: "Étiquettes" },
  "steps.split": { en: "Split", fr: "Répartition" },
  "steps.train": { en: "Train", fr: "Entraînement" },
  "steps.map": { en: "Map", fr: "Carte" },
  "steps.accuracy": { en: "Accuracy", fr: "Exactitude" },
  "steps.export": { en: "Export", fr: "Export" },
  "steps.done": { en: "done", fr: "faite" },
  "steps.stale": { en: "outdated", fr: "dépassée" },
  "steps.open": { en: "not done", fr: "à faire" },
  "steps.name": { en: "{step}: {state}", fr: "{step} : {state}" },
  "steps.stale.split": {
    en: "Labels, images or the area have changed since the labels were split.",
    fr: "Étiquettes, images ou zone ont changé depuis la répartition.",
  },
  "steps.stale.train": {
    en: "The labels were split again since the newest model was trained.",
    fr: "Les étiquettes ont été réparties de nouveau depuis le dernier entraînement.",
  },
  "steps.stale.map": {
    en: "A newer model was trained since the newest map was drawn.",
    fr: "Un modèle plus récent a été entraîné depuis la dernière carte.",
  },
  "steps.stale.accuracy": {
    en: "The labels were split again since the accuracy was measured.",
    fr: "Les étiquettes ont été réparties de nouveau depuis la mesure de l’exactitude.",
  },
  "steps.stale.export": {
    en: "A newer map was drawn since the last export.",
    fr: "Une carte plus récente a été dessinée depuis le dernier export.",
  },
  "steps.next.images": { en: "Add images", fr: "Ajouter des images" },
  "steps.next.labels": { en: "Add labels", fr: "Ajouter des étiquettes" },
  "steps.next.split": { en: "Split the labels", fr: "Répartir les étiquettes" },
  "steps.next.train": { en: "Train a model", fr: "Entraîner un modèle" },
  "steps.next.map": { en: "Make a map", fr: "Faire une carte" },
  "steps.next.accuracy": { en: "Check the accuracy", fr: "Vérifier l’exactitude" },
  "steps.next.export": { en: "Export the map", fr: "Exporter la carte" },
});
