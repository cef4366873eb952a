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
  "instant.compared": {
    en: "Hidden while two layers are compared.",
    fr: "Masquée pendant la comparaison de deux couches.",
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
  "known.title": { en: "What the map knows", fr: "Ce que la carte connaît" },
  "known.values": { en: "Monthly values", fr: "Valeurs mensuelles" },
  "known.both": { en: "Monthly values and {name}", fr: "Valeurs mensuelles et {name}" },
  "known.from": { en: "Learns from", fr: "Apprend de" },
  "known.from.labels": { en: "What the labels choose", fr: "Ce que choisissent les étiquettes" },
  "known.learned.person": { en: "Learned from: {what} (your choice).", fr: "Apprise de : {what} (votre choix)." },
  "known.learned.labels": {
    en: "Learned from: {what}, the best on labels held back.",
    fr: "Apprise de : {what}, le meilleur choix sur des étiquettes mises de côté.",
  },
  "known.learned.usual": {
    en: "Learned from: {what}. With more labels the best is chosen.",
    fr: "Apprise de : {what}. Avec plus d’étiquettes, le meilleur choix est fait.",
  },
  "known.choosing": { en: "Comparing what to learn from …", fr: "Comparaison des couches …" },
  "known.state.ready": { en: "ready", fr: "prête" },
  "known.state.stale": { en: "out of date", fr: "périmée" },
  "known.state.none": { en: "not computed", fr: "non calculée" },
  "known.of": { en: "of {inputs}", fr: "de {inputs}" },
  "known.product.alphaearth": { en: "AlphaEarth", fr: "AlphaEarth" },
  "known.product.tessera": { en: "Tessera", fr: "Tessera" },
  "known.error": { en: "error ≤ {error} spreads", fr: "erreur ≤ {error} écarts types" },
  "known.changed.values": { en: "Images of {names} changed.", fr: "Les images de {names} ont changé." },
  "known.changed.images": {
    en: "Its images changed: it is not used.",
    fr: "Ses images ont changé : elle n’est pas utilisée.",
  },
  "known.changed.model": {
    en: "Its model changed: it is not used.",
    fr: "Son modèle a changé : elle n’est pas utilisée.",
  },
  "known.changed.model-gone": {
    en: "Its model is gone: it is not used and cannot be computed again.",
    fr: "Son modèle n’est plus là : elle n’est pas utilisée et ne peut pas être recalculée.",
  },
  "known.changed.area": {
    en: "The project’s area changed: it is not used. Import it again.",
    fr: "L’emprise du projet a changé : elle n’est pas utilisée. Importez-la de nouveau.",
  },
  "known.changed.files": {
    en: "Its files changed: it is not used. Import it again.",
    fr: "Ses fichiers ont changé : elle n’est pas utilisée. Importez-la de nouveau.",
  },
  "known.taught": {
    en: "Its model was taught classes and may know your labels: only you can choose it.",
    fr: "Son modèle a appris des classes et connaît peut-être vos étiquettes : vous seul pouvez la choisir.",
  },
  "known.compute": { en: "Compute", fr: "Calculer" },
  "known.again": { en: "Compute again", fr: "Recalculer" },
  "known.computing": { en: "Computing a layer", fr: "Calcul d’une couche" },
  "known.failed": { en: "The layer was not computed: {reason}", fr: "La couche n’a pas été calculée : {reason}" },
  "known.add": { en: "Add a layer", fr: "Ajouter une couche" },
  "known.add.model": { en: "What “{name}” sees", fr: "Ce que voit « {name} »" },
  "known.add.files": { en: "Embeddings from files …", fr: "Plongements depuis des fichiers …" },
  "known.remove": { en: "Delete {name}", fr: "Supprimer {name}" },
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
