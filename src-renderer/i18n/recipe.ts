import { messages } from "./message.ts";

/** Every number of a training: its name, and in a sentence what it does. */
export const recipeMessages = messages({
  "train.group.length": { en: "How much", fr: "Combien" },
  "train.group.learning": { en: "How it learns", fr: "Comment il apprend" },
  "train.group.variety": { en: "Variety of the imagery", fr: "Variété des images" },
  "train.group.fairness": { en: "Fairness between classes", fr: "Équité entre classes" },
  "train.group.checking": { en: "Checking and saving", fr: "Contrôle et sauvegarde" },
  "train.field.reset": { en: "Back to the preset: {name}", fr: "Revenir au préréglage : {name}" },
  "train.field.other": { en: "Setting", fr: "Réglage" },

  "train.field.size": { en: "Size of the network", fr: "Taille du réseau" },
  "train.hint.size": {
    en: "A larger network can learn finer differences but needs more labels, time and memory.",
    fr: "Un réseau plus grand apprend des différences plus fines, mais demande plus d’étiquettes, de temps et de mémoire.",
  },
  "train.option.size.tiny": { en: "Tiny (32 wide)", fr: "Très petit (largeur 32)" },
  "train.option.size.small": { en: "Small (64 wide)", fr: "Petit (largeur 64)" },
  "train.option.size.base": { en: "Base (256 wide, as published)", fr: "Base (largeur 256, comme publié)" },
  "train.field.provider": { en: "Computes on", fr: "Calcule sur" },
  "train.hint.provider": {
    en: "Automatic takes the fastest that computes rightly on this machine.",
    fr: "Automatique prend le plus rapide qui calcule juste sur cette machine.",
  },
  "train.option.provider.auto": { en: "Automatic", fr: "Automatique" },
  "train.option.provider.cpu": { en: "Processor (CPU)", fr: "Processeur (CPU)" },
  "train.option.provider.webgpu": { en: "Graphics card (WebGPU)", fr: "Carte graphique (WebGPU)" },
  "train.option.provider.cuda": { en: "NVIDIA card (CUDA)", fr: "Carte NVIDIA (CUDA)" },
  "train.field.seed": { en: "Seed of chance", fr: "Graine du hasard" },
  "train.hint.seed": {
    en: "The same seed and settings give the same training again; another one shows how much is luck.",
    fr: "La même graine et les mêmes réglages redonnent le même entraînement ; une autre montre la part de chance.",
  },

  "train.field.steps": { en: "Steps", fr: "Pas" },
  "train.hint.steps": {
    en: "How often the weights are updated in all. The time grows with it.",
    fr: "Nombre total de mises à jour des poids. La durée croît avec lui.",
  },
  "train.field.batchSize": { en: "Tiles per step", fr: "Tuiles par pas" },
  "train.hint.batchSize": {
    en: "How many places are looked at together. More is steadier and needs more memory.",
    fr: "Nombre de lieux vus ensemble. Plus il y en a, plus c’est stable, et plus il faut de mémoire.",
  },
  "train.field.datesPerTile": { en: "Dates per tile", fr: "Dates par tuile" },
  "train.hint.datesPerTile": {
    en: "At most so many dates of each series are read per place, drawn anew each time.",
    fr: "Au plus autant de dates de chaque série sont lues par lieu, tirées à nouveau chaque fois.",
  },
  "train.field.learningRate": { en: "Learning rate", fr: "Taux d’apprentissage" },
  "train.hint.learningRate": {
    en: "How far each step moves the weights. Lower it when the loss jumps or is no number.",
    fr: "De combien chaque pas déplace les poids. Réduisez-le si la perte saute ou n’est plus un nombre.",
  },
  "train.field.warmupSteps": { en: "Warm-up steps", fr: "Pas de montée" },
  "train.hint.warmupSteps": {
    en: "The learning rate rises over these first steps, then falls slowly.",
    fr: "Le taux d’apprentissage monte pendant ces premiers pas, puis descend lentement.",
  },
  "train.field.weightDecay": { en: "Weight decay", fr: "Décroissance des poids" },
  "train.hint.weightDecay": {
    en: "Pulls weights towards zero, which keeps the network from learning single places by heart.",
    fr: "Tire les poids vers zéro, ce qui évite d’apprendre des lieux par cœur.",
  },
  "train.field.clipNorm": { en: "Longest stride", fr: "Foulée maximale" },
  "train.hint.clipNorm": {
    en: "A step whose gradients are together longer than this is shortened to it.",
    fr: "Un pas dont les gradients sont ensemble plus longs que cela est raccourci d’autant.",
  },
  "train.field.encoderLearningRateScale": { en: "Speed of the encoder", fr: "Vitesse de l’encodeur" },
  "train.hint.encoderLearningRateScale": {
    en: "Learning rate of the encoder relative to the head. 0 leaves a pre-trained encoder as it is.",
    fr: "Taux de l’encodeur par rapport à la tête. 0 laisse un encodeur pré-entraîné tel quel.",
  },
  "train.field.averageDecay": { en: "Memory of the average", fr: "Mémoire de la moyenne" },
  "train.hint.averageDecay": {
    en: "The weights that are kept are a running mean over about 1 / (1 − this) steps; 0 keeps the last.",
    fr: "Les poids gardés sont une moyenne glissante sur environ 1 / (1 − cette valeur) pas ; 0 garde les derniers.",
  },
  "train.field.labelSmoothing": { en: "Doubt in labels", fr: "Doute sur les étiquettes" },
  "train.hint.labelSmoothing": {
    en: "Share of every label given to the other classes: some mistakes in the labels then do less harm.",
    fr: "Part de chaque étiquette donnée aux autres classes : quelques erreurs d’étiquetage nuisent alors moins.",
  },
  "train.field.maskRatio": { en: "Share hidden", fr: "Part cachée" },
  "train.hint.maskRatio": {
    en: "How much of the imagery is hidden and has to be guessed from the rest.",
    fr: "Part des images cachée, à deviner d’après le reste.",
  },
  "train.field.modalityDropout": { en: "Missing modalities", fr: "Modalités manquantes" },
  "train.hint.modalityDropout": {
    en: "Chance that a tile loses some modalities, so that the model also maps where some are missing.",
    fr: "Chance qu’une tuile perde des modalités, pour que le modèle cartographie aussi là où il en manque.",
  },
  "train.field.orientations": { en: "Turn and mirror", fr: "Tourner et refléter" },
  "train.hint.orientations": {
    en: "Tiles are shown in eight orientations: fields have no up and down.",
    fr: "Les tuiles sont montrées dans huit orientations : un champ n’a ni haut ni bas.",
  },
  "train.field.dateDropout": { en: "Missing dates", fr: "Dates manquantes" },
  "train.hint.dateDropout": {
    en: "Chance that a date is left out, as clouds do.",
    fr: "Chance qu’une date soit omise, comme le font les nuages.",
  },
  "train.field.dateJitter": { en: "Shift of dates (days)", fr: "Décalage des dates (jours)" },
  "train.hint.dateJitter": {
    en: "Whole series are moved earlier or later by up to so many days: another year is not the same.",
    fr: "Les séries sont avancées ou retardées d’autant de jours au plus : une autre année diffère.",
  },
  "train.field.radiometricJitter": { en: "Change of brightness", fr: "Variation de luminosité" },
  "train.hint.radiometricJitter": {
    en: "Random changes of brightness per tile and band, in standard deviations of the band.",
    fr: "Variations aléatoires de luminosité par tuile et bande, en écarts-types de la bande.",
  },
  "train.field.balance": { en: "Which places are shown", fr: "Lieux montrés" },
  "train.hint.balance": {
    en: "By classes helps rare ones; by patches follows the areas as labelled.",
    fr: "Par classes aide les rares ; par patchs suit les surfaces étiquetées.",
  },
  "train.option.balance.auto": { en: "As the labels suggest", fr: "Selon les étiquettes" },
  "train.option.balance.classes": { en: "Every class equally often", fr: "Chaque classe aussi souvent" },
  "train.option.balance.polygons": { en: "Every polygon equally often", fr: "Chaque polygone aussi souvent" },
  "train.option.balance.patches": { en: "Every patch equally often", fr: "Chaque patch aussi souvent" },
  "train.field.classWeights": { en: "Weight of classes", fr: "Poids des classes" },
  "train.hint.classWeights": {
    en: "Balanced lets a class weigh the more the fewer labelled patches it has.",
    fr: "Équilibré donne d’autant plus de poids à une classe qu’elle a peu de patchs étiquetés.",
  },
  "train.option.classWeights.none": { en: "All alike", fr: "Toutes pareilles" },
  "train.option.classWeights.balanced": { en: "Balanced", fr: "Équilibré" },
  "train.field.patchWeightPower": { en: "Weight of large polygons", fr: "Poids des grands polygones" },
  "train.hint.patchWeightPower": {
    en: "1 counts patches, so large polygons decide; 0 counts polygons, however large.",
    fr: "1 compte les patchs : les grands polygones décident ; 0 compte les polygones, quelle que soit leur taille.",
  },
  "train.field.validateEverySteps": { en: "Steps between validations", fr: "Pas entre validations" },
  "train.hint.validateEverySteps": {
    en: "How often the model is measured on the validation part. Each look takes some time.",
    fr: "À quelle fréquence le modèle est mesuré sur la partie validation. Chaque mesure prend du temps.",
  },
  "train.field.patience": { en: "Patience (validations)", fr: "Patience (validations)" },
  "train.hint.patience": {
    en: "Stops after so many validations without a better F1. Empty: never before the last step.",
    fr: "S’arrête après autant de validations sans meilleur F1. Vide : jamais avant le dernier pas.",
  },
  "train.field.checkpointEverySteps": { en: "Steps between checkpoints", fr: "Pas entre points de contrôle" },
  "train.hint.checkpointEverySteps": {
    en: "After a crash the training goes on from the last checkpoint.",
    fr: "Après une panne, l’entraînement reprend au dernier point de contrôle.",
  },
});
