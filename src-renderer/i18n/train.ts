import { messages } from "./message.ts";
import { recipeMessages } from "./recipe.ts";
import { runsMessages } from "./runs.ts";

/** Setting up a training. */
export const trainMessages = messages({
  ...recipeMessages,
  ...runsMessages,
  "train.title": { en: "Train", fr: "Entraîner" },
  "train.empty.title": { en: "No imagery yet", fr: "Pas encore d’images" },
  "train.empty": {
    en: "Import imagery and labels, then train a model on them.",
    fr: "Importez des images et des étiquettes, puis entraînez un modèle.",
  },
  "train.empty.layers": { en: "Go to layers", fr: "Aller aux couches" },
  "train.new": { en: "New training", fr: "Nouvel entraînement" },
  "train.kind": { en: "What to learn", fr: "Quoi apprendre" },
  "train.kind.finetune": { en: "Classes", fr: "Classes" },
  "train.kind.tiles": { en: "Tiles", fr: "Tuiles" },
  "train.kind.tiles.what": {
    en: "Learn which classes a whole tile holds, several at once, from labelled tiles.",
    fr: "Apprendre quelles classes une tuile entière contient, plusieurs à la fois, à partir de tuiles étiquetées.",
  },
  "train.kind.pretrain": { en: "Pre-train", fr: "Pré-entraîner" },
  "train.kind.finetune.what": {
    en: "Trains a model on the classes of your labels. It can then draw maps.",
    fr: "Apprend à un modèle les classes de vos étiquettes. Le résultat peut cartographier.",
  },
  "train.kind.pretrain.what": {
    en: "Learns what the imagery looks like, without labels; a training on classes can start from it. In our tests maps gained a little by it on most data.",
    fr: "Apprend l’aspect des images, sans étiquettes ; un entraînement de classes peut en partir. Dans nos essais, les cartes y ont un peu gagné sur la plupart des données.",
  },
  "train.needs.labels": {
    en: "Classes are learned from labels, and this project has none yet. Import or draw some, or pre-train on the imagery meanwhile.",
    fr: "Les classes s’apprennent sur des étiquettes, et ce projet n’en a pas encore. Importez-en ou dessinez-en, ou pré-entraînez sur les images en attendant.",
  },
  "train.needs.split": {
    en: "Split the labels into training, validation and test first: accuracy is measured on places that the model has not seen.",
    fr: "Répartissez d’abord les étiquettes en entraînement, validation et test : l’exactitude se mesure sur des lieux que le modèle n’a pas vus.",
  },
  "train.needs.trainPart": {
    en: "No label is in the training part. Change the split, or add labels to that part.",
    fr: "Aucune étiquette n’est dans la partie entraînement. Changez la répartition, ou ajoutez-y des étiquettes.",
  },
  "train.needs.validation": {
    en: "No labels are set aside for validation: there will be no F1 curve on the way, only the accuracy on the test part afterwards.",
    fr: "Aucune étiquette n’est mise de côté pour la validation : pas de courbe F1 en route, seulement l’exactitude sur la partie test ensuite.",
  },
  "train.needs.openSplit": { en: "Go to the split", fr: "Aller à la répartition" },
  "train.needs.open": { en: "Go to labels", fr: "Aller aux étiquettes" },
  "train.name": { en: "Name", fr: "Nom" },
  "train.name.finetune": { en: "classes", fr: "classes" },
  "train.name.pretrain": { en: "encoder", fr: "encodeur" },
  "train.name.tiles": { en: "tiles", fr: "tuiles" },
  "train.name.logistic-regression": { en: "regression", fr: "regression" },
  "train.name.random-forest": { en: "forest", fr: "foret" },
  "train.name.boosted-trees": { en: "boosted", fr: "boosting" },
  "train.field.method": { en: "Method", fr: "Méthode" },
  "train.option.method.network": { en: "OmniSat network", fr: "Réseau OmniSat" },
  "train.option.method.logistic-regression": { en: "Logistic regression", fr: "Régression logistique" },
  "train.option.method.random-forest": { en: "Random forest", fr: "Forêt aléatoire" },
  "train.option.method.boosted-trees": { en: "Boosted trees", fr: "Arbres boostés" },
  "train.hint.method.network": {
    en: "Learns from every date and sensor together, and works with any of the sensors later. Simple methods answer beside it.",
    fr: "Apprend de toutes les dates et de tous les capteurs, et marche ensuite avec n’importe lesquels. Des méthodes simples répondent à ses côtés.",
  },
  "train.hint.method.logistic-regression": {
    en: "Monthly values of each patch, strongly penalised. Takes seconds; often the best with few labels. Its maps need every sensor chosen here.",
    fr: "Valeurs mensuelles de chaque patch, fortement pénalisées. Quelques secondes ; souvent la meilleure avec peu d’étiquettes. Ses cartes demandent tous les capteurs choisis ici.",
  },
  "train.hint.method.random-forest": {
    en: "300 trees on monthly values of each patch. Takes seconds. Its maps need every sensor chosen here.",
    fr: "300 arbres sur les valeurs mensuelles de chaque patch. Quelques secondes. Ses cartes demandent tous les capteurs choisis ici.",
  },
  "train.hint.method.boosted-trees": {
    en: "Trees that correct each other, on monthly values of each patch. Takes seconds; better with many labels. Its maps need every sensor chosen here.",
    fr: "Des arbres qui se corrigent l’un l’autre, sur les valeurs mensuelles de chaque patch. Quelques secondes ; meilleurs avec beaucoup d’étiquettes. Ses cartes demandent tous les capteurs choisis ici.",
  },
  "train.field.features": { en: "Learns from", fr: "Apprend de" },
  "train.option.features.monthly": { en: "Monthly values", fr: "Valeurs mensuelles" },
  "train.option.features.encoder": { en: "An encoder", fr: "Un encodeur" },
  "train.option.features.both": { en: "Both, side by side", fr: "Les deux, côte à côte" },
  "train.hint.features.monthly": {
    en: "What each band shows of a patch month by month.",
    fr: "Ce que chaque bande montre d’un patch mois par mois.",
  },
  "train.hint.features.encoder": {
    en: "What a pre-trained network makes of a patch and its surroundings. The network itself learns nothing more.",
    fr: "Ce qu’un réseau pré-entraîné tire d’un patch et de ses alentours. Le réseau lui-même n’apprend plus rien.",
  },
  "train.hint.features.both": {
    en: "Monthly values, and beside them what a pre-trained network makes of the patch. The network itself learns nothing more.",
    fr: "Les valeurs mensuelles et, à côté, ce qu’un réseau pré-entraîné tire du patch. Le réseau lui-même n’apprend plus rien.",
  },
  "train.encoder": { en: "Encoder of", fr: "Encodeur de" },
  "train.encoder.choose": { en: "Choose a model", fr: "Choisir un modèle" },
  "train.encoder.none": {
    en: "Choose the model whose encoder is used.",
    fr: "Choisissez le modèle dont l’encodeur est utilisé.",
  },
  "train.encoder.taught": {
    en: "This model was taught classes. Where it has seen the training labels, the method trusts it too much; a pre-trained one is safer.",
    fr: "Ce modèle a appris des classes. S’il a vu les étiquettes d’entraînement, la méthode s’y fie trop ; un modèle pré-entraîné est plus sûr.",
  },
  "train.features.encoder": { en: "on an encoder", fr: "sur un encodeur" },
  "train.features.both": { en: "on monthly values and an encoder", fr: "sur valeurs mensuelles et encodeur" },
  "train.name.taken": {
    en: "A model called “{name}” exists in this project. Choose another name.",
    fr: "Un modèle nommé « {name} » existe dans ce projet. Choisissez un autre nom.",
  },
  "train.from": { en: "Start from", fr: "Partir de" },
  "train.from.scratch": { en: "Nothing (random weights)", fr: "Rien (poids aléatoires)" },
  "train.from.scratch.hint": {
    en: "Learns everything from your labels. In our tests a pre-trained model was sometimes better, sometimes not: try both.",
    fr: "Apprend tout de vos étiquettes. Dans nos essais, un modèle pré-entraîné était parfois meilleur, parfois non : essayez les deux.",
  },
  "train.from.size": {
    en: "Continues from that model’s weights, with its size; inputs that it has not are taught from scratch.",
    fr: "Continue à partir de ce que ce modèle sait, avec sa taille ; les entrées qu’il n’a pas sont apprises de zéro.",
  },
  "train.from.pretrained": { en: "Pre-trained on imagery", fr: "Pré-entraînés sur des images" },
  "train.from.finetuned": { en: "Trained on classes", fr: "Entraînés sur des classes" },
  "train.from.shipped": { en: "Comes with the program", fr: "Livrés avec le programme" },
  "train.from.shipped.hint": {
    en: "Saves the pre-training step: it has already learned from images elsewhere, without labels.",
    fr: "Épargne le pré-entraînement : il a déjà appris d’images d’ailleurs, sans étiquettes.",
  },
  "train.from.shipped.what": { en: "Reads {inputs} ({size}).", fr: "Lit {inputs} ({size})." },
  "train.from.shipped.licence": { en: "Licence: {licence}", fr: "Licence : {licence}" },
  "train.from.unfit": { en: "{name} (does not fit)", fr: "{name} (ne convient pas)" },
  "train.from.unfit.count": {
    en: { one: "{count} encoder does not fit here", other: "{count} encoders do not fit here" },
    fr: { one: "{count} encodeur ne convient pas ici", other: "{count} encodeurs ne conviennent pas ici" },
  },
  "train.modalities": { en: "Modalities", fr: "Modalités" },
  "train.modality.series": {
    en: { one: "{count} date, {bands} bands", other: "{count} dates, {bands} bands" },
    fr: { one: "{count} date, {bands} bandes", other: "{count} dates, {bands} bandes" },
  },
  "train.modality.image": {
    en: { one: "{count} image, {bands} bands", other: "{count} images, {bands} bands" },
    fr: { one: "{count} image, {bands} bandes", other: "{count} images, {bands} bandes" },
  },
  "train.modality.new": {
    en: "new to the chosen model, taught from scratch",
    fr: "nouvelle pour le modèle choisi, apprise de zéro",
  },
  "train.also": { en: "Also learn from other projects", fr: "Apprendre aussi d’autres projets" },
  "train.also.chosen": {
    en: { one: "Also learn from {count} other project", other: "Also learn from {count} other projects" },
    fr: { one: "Apprendre aussi de {count} autre projet", other: "Apprendre aussi de {count} autres projets" },
  },
  "train.also.what": {
    en: "One network for all these places: years, sensors and bands may differ, the patch size may not. Each place is read with its own mean and spread.",
    fr: "Un seul réseau pour tous ces lieux : années, capteurs et bandes peuvent différer, pas la taille des patchs. Chaque lieu est lu avec ses propres moyenne et écart-type.",
  },
  "train.also.images": {
    en: { one: "{count} image", other: "{count} images" },
    fr: { one: "{count} image", other: "{count} images" },
  },
  "train.also.none": {
    en: "No other project with images was opened on this computer.",
    fr: "Aucun autre projet avec des images n’a été ouvert sur cet ordinateur.",
  },
  "train.modality.notInModel": { en: "The chosen model does not read it.", fr: "Le modèle choisi ne la lit pas." },
  "train.modalities.none": { en: "Choose at least one modality.", fr: "Choisissez au moins une modalité." },
  "train.preset": { en: "Effort", fr: "Effort" },
  "train.preset.quick": { en: "Quick", fr: "Rapide" },
  "train.fromLabels.short": { en: "from the labels", fr: "d’après les étiquettes" },
  "train.fromLabels": {
    en: "Empty: chosen from the labels.",
    fr: "Vide : choisi d’après les étiquettes.",
  },
  "train.chosen": { en: "From the labels", fr: "D’après les étiquettes" },
  "train.chosen.steps": {
    en: { one: "{count} step", other: "{count} steps" },
    fr: { one: "{count} étape", other: "{count} étapes" },
  },
  "train.chosen.beside": { en: "beside the network: {methods}", fr: "à côté du réseau : {methods}" },
  "train.chosen.points": {
    en: "{labels} train, each of a patch or two ({patches} patches).",
    fr: "{labels} pour l’entraînement, d’un ou deux patchs chacun ({patches} patchs).",
  },
  "train.chosen.few-places": {
    en: "Only {labels} to train on ({patches} patches): every class is drawn equally often.",
    fr: "Seulement {labels} pour l’entraînement ({patches} patchs) : chaque classe est tirée aussi souvent.",
  },
  "train.chosen.many-places": {
    en: "{labels} to train on ({patches} patches): rare classes are drawn more often than they occur.",
    fr: "{labels} pour l’entraînement ({patches} patchs) : les classes rares sont tirées plus souvent qu’elles n’apparaissent.",
  },
  "train.preset.balanced": { en: "Balanced", fr: "Équilibré" },
  "train.preset.thorough": { en: "Thorough", fr: "Approfondi" },
  "train.preset.treesat": { en: "TreeSatAI", fr: "TreeSatAI" },
  "train.preset.quick.tiles": {
    en: "A tiny network, 100 steps: to see whether the labels can be learned.",
    fr: "Un très petit réseau, 100 étapes : pour voir si les étiquettes s’apprennent.",
  },
  "train.preset.balanced.tiles": {
    en: "A small network, 300 steps: for some hundred tiles.",
    fr: "Un petit réseau, 300 étapes : pour quelques centaines de tuiles.",
  },
  "train.preset.thorough.tiles": {
    en: "A small network, up to 1,500 steps, stopped when validation no longer gains.",
    fr: "Un petit réseau, jusqu’à 1 500 étapes, arrêté quand la validation ne progresse plus.",
  },
  "train.preset.treesat.tiles": {
    en: "The numbers of the paper for TreeSatAI-TS: the large network, 50 dates, no augmentation. Made for tens of thousands of tiles and a graphics card.",
    fr: "Les réglages de l’article pour TreeSatAI-TS : le grand réseau, 50 dates, sans augmentation. Prévu pour des dizaines de milliers de tuiles et une carte graphique.",
  },
  "train.preset.quick.finetune": {
    en: "A tiny network and 60 steps: a quick check that everything works.",
    fr: "Un très petit réseau et 60 pas : pour voir si tout s’accorde.",
  },
  "train.preset.balanced.finetune": {
    en: "A small network; how long it trains follows from the labels, by rules measured on ten sets of labels.",
    fr: "Un petit réseau ; la durée suit les étiquettes, selon des règles mesurées sur dix jeux d’étiquettes.",
  },
  "train.preset.thorough.finetune": {
    en: "A small network, up to 600 steps with more dates; stops early when validation no longer improves.",
    fr: "Un petit réseau, jusqu’à 600 pas avec plus de dates ; s’arrête tôt quand la validation ne progresse plus.",
  },
  "train.preset.quick.pretrain": {
    en: "A tiny network and 100 steps: to try it out.",
    fr: "Un très petit réseau et 100 pas : pour essayer.",
  },
  "train.preset.balanced.pretrain": {
    en: "A small network and 400 steps: enough for an area of a few square kilometres.",
    fr: "Un petit réseau et 400 pas : assez pour une zone de quelques kilomètres carrés.",
  },
  "train.preset.thorough.pretrain": {
    en: "A small network, 2,000 steps and more dates per tile: for large areas, overnight on a processor.",
    fr: "Un petit réseau, 2 000 pas et plus de dates par tuile : pour de grandes zones, une nuit sur un processeur.",
  },
  "train.advanced": { en: "Advanced", fr: "Avancé" },
  "train.advanced.changed": { en: "Advanced (changed)", fr: "Avancé (modifié)" },
  "train.advanced.reset": { en: "Back to the preset", fr: "Revenir au préréglage" },
  "train.estimate": { en: "What it will take", fr: "Ce qu’il faudra" },
  "train.estimate.measuring": { en: "Measuring…", fr: "Mesure…" },
  "train.estimate.time": { en: "Time", fr: "Durée" },
  "train.estimate.memory": { en: "Memory", fr: "Mémoire" },
  "train.estimate.network": { en: "Network", fr: "Réseau" },
  "train.estimate.unknown": { en: "not measured: it does not fit", fr: "non mesurée : trop grand" },
  "train.estimate.available": { en: "{bytes} available now", fr: "{bytes} disponibles maintenant" },
  "train.estimate.parameters": { en: "{count} parameters", fr: "{count} paramètres" },
  "train.estimate.table": { en: "Learns from", fr: "Apprend de" },
  "train.estimate.rows": { en: "{rows} rows of {columns} values", fr: "{rows} lignes de {columns} valeurs" },
  "train.estimate.table.how": {
    en: "Measured by reading a few labelled places and learning from a small table of them.",
    fr: "Mesuré en lisant quelques lieux étiquetés et en apprenant d’un petit tableau de ceux-ci.",
  },
  "train.estimate.table.tooLarge": {
    en: "This does not fit into the memory that is free. Close other programs, or use fewer inputs.",
    fr: "Cela ne tient pas dans la mémoire libre. Fermez d’autres programmes, ou utilisez moins d’entrées.",
  },
  "train.estimate.how": {
    en: {
      one: "Measured on {count} step on this machine; updated during the training.",
      other: "Measured on {count} steps on this machine; updated during the training.",
    },
    fr: {
      one: "D’après {count} pas réellement fait sur cette machine ; affiné pendant l’exécution.",
      other: "D’après {count} pas réellement faits sur cette machine ; affiné pendant l’exécution.",
    },
  },
  "train.estimate.none": {
    en: "Time and memory appear once the training is set up.",
    fr: "La durée et la mémoire s’affichent une fois l’entraînement défini.",
  },
  "train.estimate.later": {
    en: "Measured once no other job is running.",
    fr: "Mesuré quand rien d’autre ne calcule, pour ne rien ralentir.",
  },
  "train.estimate.tooLarge": {
    en: "This does not fit into the memory that is free. Fewer tiles per step need less.",
    fr: "Cela ne tient pas dans la mémoire libre. Moins de tuiles par pas en demandent moins.",
  },
  "train.estimate.useBatch": { en: "Use {count} tiles per step", fr: "Utiliser {count} tuiles par pas" },
  "train.estimate.tight": {
    en: "Memory is tight. Close other programs, or lower the tiles per step.",
    fr: "Ce sera juste. Fermez d’autres programmes, ou réduisez les tuiles par pas, pour être tranquille.",
  },
  "train.start": { en: "Start training", fr: "Lancer" },
  "train.queue": { en: "Add to the queue", fr: "Mettre en file" },
  "train.allRuns": { en: "All runs", fr: "Entraînements" },
  "train.running": { en: "Training {name}", fr: "Entraînement {name}" },
  "train.step": { en: "step {step} of {steps}", fr: "pas {step} sur {steps}" },
  "train.preview": { en: "Show its predictions on the map", fr: "Montrer ses prédictions sur la carte" },
  "train.showCharts": { en: "Charts", fr: "Courbes" },
  "train.command.new": { en: "New training…", fr: "Nouvel entraînement…" },
  "train.command.charts": { en: "Show runs and charts", fr: "Montrer les entraînements et les courbes" },
  "train.command.pause": { en: "Pause the running job", fr: "Mettre en pause la tâche en cours" },
  "train.command.resume": { en: "Resume the interrupted job", fr: "Reprendre la tâche interrompue" },
});
