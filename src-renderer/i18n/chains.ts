import { messages } from "./message.ts";

/** From clicks to a trained map, and both maps side by side. */
export const chainMessages = messages({
  "chain.start": { en: "Train on these labels", fr: "Entraîner sur celles-ci" },
  "chain.start.hint": {
    en: "Keeps this map, trains a network on the same labels, and shows both maps with their figures.",
    fr: "Conserve cette carte, entraîne un réseau sur les mêmes étiquettes et montre les deux cartes avec leurs chiffres.",
  },
  "chain.title": { en: "Train on these labels", fr: "Entraîner sur ces étiquettes" },
  "chain.what": {
    en: "One job after the other. It goes on when the window is closed, and can be paused and resumed.",
    fr: "Une tâche après l’autre. Cela continue quand la fenêtre est fermée ; on peut suspendre et reprendre.",
  },
  "chain.name": { en: "Name of the trained map", fr: "Nom de la carte entraînée" },
  "chain.name.usual": { en: "Trained map", fr: "Carte entraînée" },
  "chain.encoder.name": { en: "Encoder", fr: "Encodeur" },
  "chain.from": { en: "Start from", fr: "Partir de" },
  "chain.from.pretrain": {
    en: "Images first, without labels (pre-training)",
    fr: "Les images d’abord, sans étiquettes (pré-entraînement)",
  },
  "chain.from.scratch": { en: "Nothing", fr: "Rien" },
  "chain.from.pretrain.why": {
    en: "This project has no encoder yet. One that has seen its images makes maps a little better.",
    fr: "Ce projet n’a pas encore d’encodeur. Un encodeur qui a vu ses images améliore un peu les cartes.",
  },
  "chain.from.own.why": {
    en: "This encoder has seen the images of this project: no pre-training is needed.",
    fr: "Cet encodeur a vu les images de ce projet : pas besoin de pré-entraînement.",
  },
  "chain.from.shipped.why": {
    en: "Comes with the program and saves the pre-training.",
    fr: "Vient avec le programme et évite le pré-entraînement.",
  },
  "chain.from.scratch.why": {
    en: "The fastest, and usually a little worse.",
    fr: "Le plus rapide, et souvent un peu moins bon.",
  },
  "chain.split.there": {
    en: {
      one: "Both maps are measured on the {count} label of the test part.",
      other: "Both maps are measured on the {count} labels of the test part.",
    },
    fr: {
      one: "Les deux cartes sont mesurées sur l’étiquette de la partie test ({count}).",
      other: "Les deux cartes sont mesurées sur les {count} étiquettes de la partie test.",
    },
  },
  "chain.split.made": {
    en: "No label is set apart for testing. The labels are split by blocks first: some test both maps and teach neither. Undo takes the split back.",
    fr: "Aucune étiquette n’est réservée au test. Les étiquettes sont d’abord réparties par blocs : certaines testent les deux cartes et n’enseignent à aucune. L’annulation retire cette répartition.",
  },
  "chain.measures": {
    en: "The trained map is also measured with each input alone ({inputs}), with a small map of at most {tiles} tiles for each.",
    fr: "La carte entraînée est aussi mesurée avec chaque entrée seule ({inputs}), avec une petite carte d’au plus {tiles} tuiles pour chacune.",
  },
  "chain.steps": { en: "Steps", fr: "Étapes" },
  "chain.step.instant": { en: "Keep the instant map", fr: "Conserver la carte instantanée" },
  "chain.step.instant-map": { en: "Draw the kept map", fr: "Dessiner la carte conservée" },
  "chain.step.encoder": { en: "Pre-train on the images", fr: "Pré-entraîner sur les images" },
  "chain.step.training": { en: "Train on the labels", fr: "Entraîner sur les étiquettes" },
  "chain.step.map": { en: "Draw the trained map", fr: "Dessiner la carte entraînée" },
  "chain.step.score-instant": { en: "Measure the instant map", fr: "Mesurer la carte instantanée" },
  "chain.step.score": { en: "Measure the trained map", fr: "Mesurer la carte entraînée" },
  "chain.begin": { en: "Start", fr: "Démarrer" },
  "chain.under": { en: "“{name}” is being made", fr: "« {name} » est en préparation" },
  "chain.stopped": { en: "“{name}” is paused", fr: "« {name} » est suspendue" },
  "chain.failed": { en: "“{name}” could not go on: {reason}", fr: "« {name} » n’a pas pu continuer : {reason}" },
  "chain.again": { en: "Try again", fr: "Réessayer" },
  "chain.cancel": { en: "Cancel", fr: "Annuler" },
  "chain.cancel.kept": {
    en: "“{name}” was cancelled. What its finished steps made stays.",
    fr: "« {name} » a été annulée. Ce que ses étapes terminées ont fait reste.",
  },
  "chain.done": {
    en: "“{name}” is done: compare it with the instant map.",
    fr: "« {name} » est prête : comparez-la à la carte instantanée.",
  },
  "chain.see": { en: "Compare both maps", fr: "Comparer les deux cartes" },
  "chain.time": {
    en: "About {time} of training on this machine.",
    fr: "Environ {time} d’entraînement sur cette machine.",
  },
  "chain.time.measuring": { en: "Measuring how long training takes…", fr: "Mesure de la durée de l’entraînement…" },

  "beside.title": { en: "Instant and trained map", fr: "Carte instantanée et carte entraînée" },
  "beside.figures": { en: "On the same test labels", fr: "Sur les mêmes étiquettes de test" },
  "beside.figure": { en: "Figure", fr: "Chiffre" },
  "beside.ahead": { en: "Ahead", fr: "Avance" },
  "beside.winner": {
    en: "{name} is better: macro F1 {value} ahead, 95% interval {low} to {high}.",
    fr: "{name} est meilleure : F1 macro {value} devant, intervalle à 95 % de {low} à {high}.",
  },
  "beside.level": {
    en: "These labels do not tell them apart: macro F1 differs by {value}, 95% interval {low} to {high}.",
    fr: "Ces étiquettes ne les départagent pas : F1 macro diffère de {value}, intervalle à 95 % de {low} à {high}.",
  },
  "beside.none": {
    en: "They were not measured on the same labels yet.",
    fr: "Elles n’ont pas encore été mesurées sur les mêmes étiquettes.",
  },
  "beside.outdated": {
    en: "Labels have changed since. The figures are of the labels as they were, the same for both.",
    fr: "Des étiquettes ont changé depuis. Les chiffres sont ceux des étiquettes d’alors, les mêmes pour les deux.",
  },
  "beside.how": {
    en: "Intervals count labels ({labels}), not patches. The difference has one of its own: both maps find the same labels hard.",
    fr: "Les intervalles comptent les étiquettes ({labels}), pas les patchs. L’écart a le sien : les deux cartes trouvent difficiles les mêmes étiquettes.",
  },
  "beside.swipe": { en: "Swipe", fr: "Balayer" },
  "beside.side": { en: "Side by side", fr: "Côte à côte" },
  "beside.gone": { en: "One of the two maps was deleted.", fr: "L’une des deux cartes a été supprimée." },

  "inputs.title": { en: "With each input", fr: "Avec chaque entrée" },
  "inputs.inputs": { en: "Inputs", fr: "Entrées" },
  "inputs.map": { en: "Map", fr: "Carte" },
  "inputs.what": {
    en: "The same model and test labels. Maps of one place, {width} × {height} patches.",
    fr: "Le même modèle, les mêmes étiquettes de test. Cartes d’un même lieu, {width} × {height} patchs.",
  },
  "inputs.alt": { en: "Map with {inputs}", fr: "Carte avec {inputs}" },
  "inputs.level": { en: "not told apart from all", fr: "pas départagée de l’ensemble" },
});
