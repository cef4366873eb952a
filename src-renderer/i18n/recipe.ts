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
    en: "Automatic takes the fastest that gives correct results on this machine.",
    fr: "Automatique prend le plus rapide qui calcule juste sur cette machine.",
  },
  "train.option.provider.auto": { en: "Automatic", fr: "Automatique" },
  "train.option.provider.cpu": { en: "Processor (CPU)", fr: "Processeur (CPU)" },
  "train.option.provider.webgpu": { en: "Graphics card (WebGPU)", fr: "Carte graphique (WebGPU)" },
  "train.option.provider.cuda": { en: "NVIDIA card (CUDA)", fr: "Carte NVIDIA (CUDA)" },
  "train.field.seed": { en: "Seed of chance", fr: "Graine du hasard" },
  "train.hint.seed": {
    en: "The same seed and settings repeat a training exactly. Try another seed to see how much the results vary.",
    fr: "La même graine et les mêmes réglages redonnent le même entraînement ; une autre montre la part de chance.",
  },

  "train.field.steps": { en: "Steps", fr: "Pas" },
  "train.hint.steps": {
    en: "How often the weights are updated in all. The time grows with it.",
    fr: "Nombre total de mises à jour des poids. La durée croît avec lui.",
  },
  "train.field.batchSize": { en: "Tiles per step", fr: "Tuiles par pas" },
  "train.hint.batchSize": {
    en: "Tiles per training step. More makes training steadier and needs more memory.",
    fr: "Nombre de lieux vus ensemble. Plus il y en a, plus c’est stable, et plus il faut de mémoire.",
  },
  "train.field.datesPerTile": { en: "Dates per tile", fr: "Dates par tuile" },
  "train.hint.datesPerTile": {
    en: "At most so many dates of each series are read per place, drawn anew each time.",
    fr: "Au plus autant de dates de chaque série sont lues par lieu, tirées à nouveau chaque fois.",
  },
  "train.field.learningRate": { en: "Learning rate", fr: "Taux d’apprentissage" },
  "train.hint.learningRate": {
    en: "How far each step moves the weights. Lower it when the loss jumps or is not a number.",
    fr: "De combien chaque pas déplace les poids. Réduisez-le si la perte saute ou n’est plus un nombre.",
  },
  "train.field.warmupSteps": { en: "Warm-up steps", fr: "Pas de montée" },
  "train.hint.warmupSteps": {
    en: "The learning rate rises over these first steps, then falls slowly.",
    fr: "Le taux d’apprentissage monte pendant ces premiers pas, puis descend lentement.",
  },
  "train.field.weightDecay": { en: "Weight decay", fr: "Décroissance des poids" },
  "train.hint.weightDecay": {
    en: "Pulls weights towards zero, which keeps the network from memorising single places.",
    fr: "Tire les poids vers zéro, ce qui évite d’apprendre des lieux par cœur.",
  },
  "train.field.clipNorm": { en: "Longest stride", fr: "Foulée maximale" },
  "train.hint.clipNorm": {
    en: "Gradients whose common norm is larger are scaled down to this value.",
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
    en: "Tiles are turned and flipped at random (eight orientations).",
    fr: "Les tuiles sont montrées dans huit orientations : un champ n’a ni haut ni bas.",
  },
  "train.field.dateDropout": { en: "Missing dates", fr: "Dates manquantes" },
  "train.hint.dateDropout": {
    en: "Chance that a date is left out, as clouds do.",
    fr: "Chance qu’une date soit omise, comme le font les nuages.",
  },
  "train.field.dateJitter": { en: "Shift of dates (days)", fr: "Décalage des dates (jours)" },
  "train.hint.dateJitter": {
    en: "Whole series are shifted by up to this many days, since seasons differ from year to year.",
    fr: "Les séries sont avancées ou retardées d’autant de jours au plus : une autre année diffère.",
  },
  "train.field.radiometricJitter": { en: "Change of brightness", fr: "Variation de luminosité" },
  "train.hint.radiometricJitter": {
    en: "Random changes of brightness per tile and band, in standard deviations of the band.",
    fr: "Variations aléatoires de luminosité par tuile et bande, en écarts-types de la bande.",
  },
  "train.field.shareThreshold": { en: "Present above a share of", fr: "Présente au-dessus d’une part de" },
  "train.hint.shareThreshold": {
    en: "A class counts as present in a tile when its share is above this. TreeSatAI uses 0.07.",
    fr: "Une classe compte comme présente dans une tuile si sa part dépasse ce seuil. TreeSatAI utilise 0,07.",
  },
  "train.field.target": { en: "What is learned", fr: "Ce qui est appris" },
  "train.hint.target": {
    en: "Whether a class is present, or its share of the tile.",
    fr: "La présence d’une classe, ou sa part dans la tuile.",
  },
  "train.option.target.presence": { en: "Presence", fr: "Présence" },
  "train.option.target.share": { en: "Share", fr: "Part" },
  "train.field.head": { en: "Last layer", fr: "Dernière couche" },
  "train.hint.head": {
    en: "Automatic: linear after pre-training, with a normalisation from scratch, as in the paper.",
    fr: "Automatique : linéaire après pré-entraînement, avec une normalisation sinon, comme dans l’article.",
  },
  "train.option.head.auto": { en: "Automatic", fr: "Automatique" },
  "train.option.head.linear": { en: "Linear", fr: "Linéaire" },
  "train.option.head.normalised": { en: "Normalisation and linear", fr: "Normalisation et linéaire" },
  "train.field.days": { en: "How dates are counted", fr: "Compte des dates" },
  "train.hint.days": {
    en: "Tiles of several years each show one season: their days are counted within the year.",
    fr: "Des tuiles de plusieurs années montrent chacune une saison : leurs jours sont comptés dans l’année.",
  },
  "train.option.days.auto": { en: "As fits the imagery", fr: "Selon les images" },
  "train.option.days.of-year": { en: "Day of the year", fr: "Jour de l’année" },
  "train.option.days.running": { en: "Running on over years", fr: "En continu sur les années" },
  "train.field.emptyTiles": { en: "Tiles without any class", fr: "Tuiles sans aucune classe" },
  "train.hint.emptyTiles": {
    en: "Tiles in which no class is above the share: left out as in the paper, or taught as empty.",
    fr: "Tuiles où aucune classe ne dépasse la part : écartées comme dans l’article, ou apprises comme vides.",
  },
  "train.option.emptyTiles.drop": { en: "Leave out", fr: "Écarter" },
  "train.option.emptyTiles.keep": { en: "Teach as empty", fr: "Apprendre comme vides" },
  "train.field.select": { en: "Score that decides", fr: "Score qui décide" },
  "train.hint.select": {
    en: "The validation score by which the best weights are kept and training stops early.",
    fr: "Le score de validation selon lequel les meilleurs poids sont gardés et l’entraînement s’arrête.",
  },
  "train.option.select.micro": { en: "Micro F1", fr: "F1 micro" },
  "train.option.select.macro": { en: "Macro F1", fr: "F1 macro" },
  "train.option.select.weighted": { en: "Weighted F1", fr: "F1 pondéré" },
  "train.field.balance": { en: "Which places are shown", fr: "Lieux montrés" },
  "train.hint.balance": {
    en: "By classes helps rare ones; by patches follows the areas as labelled.",
    fr: "Par classes aide les rares ; par patchs suit les surfaces étiquetées.",
  },
  "train.option.balance.auto": { en: "As the labels suggest", fr: "Selon les étiquettes" },
  "train.option.balance.classes": { en: "Every class equally often", fr: "Chaque classe aussi souvent" },
  "train.option.balance.polygons": { en: "Every label equally often", fr: "Chaque étiquette aussi souvent" },
  "train.option.balance.patches": { en: "Every patch equally often", fr: "Chaque patch aussi souvent" },
  "train.option.balance.square-root": {
    en: "Rare classes more often, common ones less",
    fr: "Les classes rares plus souvent, les courantes moins",
  },
  "train.field.classWeights": { en: "Weight of classes", fr: "Poids des classes" },
  "train.hint.classWeights": {
    en: "Balanced gives classes with few labelled patches more weight.",
    fr: "Équilibré donne d’autant plus de poids à une classe qu’elle a peu de patchs étiquetés.",
  },
  "train.option.classWeights.none": { en: "All alike", fr: "Toutes pareilles" },
  "train.option.classWeights.balanced": { en: "Balanced", fr: "Équilibré" },
  "train.field.patchWeightPower": { en: "Weight of large labels", fr: "Poids des grandes étiquettes" },
  "train.hint.patchWeightPower": {
    en: "1 counts patches, so large labels decide; 0 counts labels, however large.",
    fr: "1 compte les patchs : les grandes étiquettes décident ; 0 compte les étiquettes, quelle que soit leur taille.",
  },
  "train.field.regressionWeight": { en: "Weight of the regression", fr: "Poids de la régression" },
  "train.hint.regressionWeight": {
    en: "A logistic regression on monthly values answers beside the network, whose weight is 1. 0: not taught.",
    fr: "Une régression logistique sur des valeurs mensuelles répond à côté du réseau, dont le poids est 1. 0 : pas apprise.",
  },
  "train.field.forestWeight": { en: "Weight of the forest", fr: "Poids de la forêt" },
  "train.hint.forestWeight": {
    en: "A random forest on monthly values answers beside the network, whose weight is 1. 0: not taught.",
    fr: "Une forêt aléatoire sur des valeurs mensuelles répond à côté du réseau, dont le poids est 1. 0 : pas apprise.",
  },
  "train.field.encoderWeight": { en: "Weight of the pre-trained encoder", fr: "Poids de l’encodeur pré-entraîné" },
  "train.hint.encoderWeight": {
    en: "A logistic regression on what the pre-trained encoder makes of a patch answers beside the network, whose weight is 1. Only where training starts from a model. 0: not taught.",
    fr: "Une régression logistique sur ce que l’encodeur pré-entraîné tire d’un patch répond à côté du réseau, dont le poids est 1. Seulement si l’entraînement part d’un modèle. 0 : pas apprise.",
  },
  "train.field.boostedWeight": { en: "Weight of the boosted trees", fr: "Poids des arbres boostés" },
  "train.hint.boostedWeight": {
    en: "Boosted trees on monthly values answer beside the network, whose weight is 1. 0: not taught.",
    fr: "Des arbres boostés sur des valeurs mensuelles répondent à côté du réseau, dont le poids est 1. 0 : pas appris.",
  },
  "train.field.validateEverySteps": { en: "Steps between validations", fr: "Pas entre validations" },
  "train.hint.validateEverySteps": {
    en: "How often the model is measured on the validation part. Each validation takes some time.",
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
