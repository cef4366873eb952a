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
  "instant.steady": {
    en: "The last labels changed almost nothing. Label elsewhere, or measure and keep the map.",
    fr: "Les dernières étiquettes n’ont presque rien changé. Étiquetez ailleurs, ou mesurez et conservez la carte.",
  },
  "instant.changed": {
    en: "The last label changed {share} of the map.",
    fr: "La dernière étiquette a changé {share} de la carte.",
  },
  "instant.changed.little": {
    en: "The last label changed less than 1% of the map.",
    fr: "La dernière étiquette a changé moins de 1 % de la carte.",
  },
  "asks.covers": {
    en: "Hidden while places are asked about, so that you see the image.",
    fr: "Masquée pendant les questions, pour que vous voyiez l’image.",
  },
  "asks.next": { en: "Label here next", fr: "Étiqueter ici ensuite" },
  "asks.accept": { en: "Take the proposed class", fr: "Prendre la classe proposée" },
  "asks.keepOne": { en: "Keep the label", fr: "Garder l’étiquette" },
  "instant.see": { en: "See an instant map", fr: "Voir une carte instantanée" },
  "asks.next.hint": {
    en: "Flies to the place where a label helps most. One key labels it: Enter for the proposed class, 1–9 for another, S to skip.",
    fr: "Va au lieu où une étiquette aide le plus. Une touche l’étiquette : Entrée pour la classe proposée, 1–9 pour une autre, S pour passer.",
  },
  "asks.suspicious": { en: "Suspicious labels", fr: "Étiquettes douteuses" },
  "asks.suspicious.hint": {
    en: "Shows labels that look like another class, one after the other: Enter changes the class, K keeps it, S skips.",
    fr: "Montre l’une après l’autre les étiquettes qui ressemblent à une autre classe : Entrée change la classe, K la conserve, S passe.",
  },
  "asks.doubted": {
    en: "Labelled “{own}”, but it looks like “{proposed}” ({share}).",
    fr: "Étiquetée « {own} », mais ressemble à « {proposed} » ({share}).",
  },
  "asks.proposed": { en: "Is this “{name}”? ({share} likely)", fr: "Est-ce « {name} » ? (probable à {share})" },
  "asks.which": { en: "Which class is this?", fr: "Quelle est cette classe ?" },
  "asks.looking": { en: "Looking for a place …", fr: "Recherche d’un lieu …" },
  "asks.next.none": {
    en: "Every patch with an image is labelled, kept for the test or skipped: no place is left to label.",
    fr: "Chaque patch couvert par une image est étiqueté, réservé au test ou passé : il ne reste aucun lieu à étiqueter.",
  },
  "asks.suspicious.none": {
    en: "No label looks like another class.",
    fr: "Aucune étiquette ne ressemble à une autre classe.",
  },
  "asks.left": {
    en: { one: "{count} more", other: "{count} more" },
    fr: { one: "encore {count}", other: "encore {count}" },
  },
  "asks.relabel": { en: "Change to {name}", fr: "Changer en {name}" },
  "asks.keep": { en: "Keep {name}", fr: "Garder {name}" },
  "asks.skip": { en: "Skip", fr: "Passer" },
  "asks.stop": { en: "End", fr: "Terminer" },
  "instant.kept": {
    en: "“{name}” is being kept: its model, then its map.",
    fr: "« {name} » est en cours de conservation : le modèle, puis la carte.",
  },
});
