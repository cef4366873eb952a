import { messages } from "./message.ts";

/** The map that answers while one labels. */
export const instantMessages = messages({
  "instant.title": { en: "Instant map", fr: "Carte instantanée" },
  "instant.intro": {
    en: "A map that is drawn again after every label. It needs a minute or so of preparation, once.",
    fr: "Une carte redessinée après chaque étiquette. Elle demande environ une minute de préparation, une seule fois.",
  },
  "instant.prepare": { en: "Prepare the instant map", fr: "Préparer la carte instantanée" },
  "instant.stale": {
    en: "Images of {names} changed. The instant map is hidden until it is prepared again; only what changed is computed.",
    fr: "Les images de {names} ont changé. La carte instantanée est masquée jusqu’à une nouvelle préparation ; seul ce qui a changé est calculé.",
  },
  "instant.update": { en: "Prepare again", fr: "Préparer de nouveau" },
  "instant.preparing": { en: "Preparing the instant map", fr: "Préparation de la carte instantanée" },
  "instant.waiting": { en: "Waits until another job has ended", fr: "Attend la fin d’une autre tâche" },
  "instant.stopped": { en: "The preparation was interrupted.", fr: "La préparation a été interrompue." },
  "instant.failed": { en: "The preparation failed: {reason}", fr: "La préparation a échoué : {reason}" },
  "instant.nothing": {
    en: "Label a place of one class, then of another: the map appears by itself.",
    fr: "Étiquetez un lieu d’une classe, puis d’une autre : la carte apparaît d’elle-même.",
  },
  "instant.similarity": {
    en: "Bright places are like the ones labelled “{name}”. Label another class to see a map.",
    fr: "Les lieux clairs ressemblent à ceux étiquetés « {name} ». Étiquetez une autre classe pour voir une carte.",
  },
  "instant.learned": {
    en: "Learned {classes} classes from {labels}, {patches} patches.",
    fr: "{classes} classes apprises de {labels}, {patches} patchs.",
  },
  "instant.labels": {
    en: { one: "{count} label", other: "{count} labels" },
    fr: { one: "{count} étiquette", other: "{count} étiquettes" },
  },
  "instant.heldBack": {
    en: {
      one: "{count} label for validation or test does not teach it.",
      other: "{count} labels for validation or test do not teach it.",
    },
    fr: {
      one: "{count} étiquette de validation ou de test ne lui apprend rien.",
      other: "{count} étiquettes de validation ou de test ne lui apprennent rien.",
    },
  },
  "instant.outside": {
    en: {
      one: "{count} label does not teach it: no image there, or another label on the same patch.",
      other: "{count} labels do not teach it: no image there, or another label on the same patch.",
    },
    fr: {
      one: "{count} étiquette ne lui apprend rien : pas d’image à cet endroit, ou une autre étiquette sur le même patch.",
      other:
        "{count} étiquettes ne lui apprennent rien : pas d’image à cet endroit, ou une autre étiquette sur le même patch.",
    },
  },
  "instant.show": { en: "Show", fr: "Afficher" },
  "instant.layer.class": { en: "Class", fr: "Classe" },
  "instant.layer.confidence": { en: "Confidence", fr: "Confiance" },
  "instant.layer.margin": { en: "Margin", fr: "Marge" },
  "instant.layer.confidence.hint": {
    en: "Bright: the class is likely.",
    fr: "Clair : la classe est probable.",
  },
  "instant.layer.margin.hint": {
    en: "Dark: the second class is nearly as likely. Label there.",
    fr: "Sombre : la deuxième classe est presque aussi probable. Étiquetez là.",
  },
  "instant.opacity": { en: "Opacity", fr: "Opacité" },
  "instant.keep": { en: "Keep this map", fr: "Conserver cette carte" },
  "instant.keep.hint": {
    en: "Makes a model and a map of it, to be exported and measured.",
    fr: "En fait un modèle et une carte, à exporter et à mesurer.",
  },
  "instant.kept": {
    en: "“{name}” is being kept: its model, then its map.",
    fr: "« {name} » est en cours de conservation : le modèle, puis la carte.",
  },
});
