import { messages } from "./message.ts";

/** Legend, drawing and import of labels, and who trains and tests. */
export const labelsMessages = messages({
  "labels.title": { en: "Labels", fr: "Étiquettes" },
  "labels.empty.title": { en: "No labels yet", fr: "Pas encore d’étiquettes" },
  "labels.empty": {
    en: "Labels tell the network what is where. Import polygons, points or a class raster, or choose classes and draw some on the map.",
    fr: "Les étiquettes disent au réseau ce qui se trouve où. Importez des polygones, des points ou un raster de classes, ou choisissez des classes et dessinez sur la carte.",
  },
  "labels.import": { en: "Import labels", fr: "Importer des étiquettes" },
  "labels.legend.make": { en: "Choose classes", fr: "Choisir des classes" },
  "labels.tab.classes": { en: "Classes", fr: "Classes" },
  "labels.tab.split": { en: "Split", fr: "Répartition" },
  "labels.tab.problems": { en: "Problems", fr: "Problèmes" },
  "labels.table": { en: "Label table", fr: "Table des étiquettes" },
  "labels.table.open": { en: "Open the label table", fr: "Ouvrir la table des étiquettes" },
  "labels.panel.open": { en: "Label panel", fr: "Panneau des étiquettes" },

  "labels.legend": { en: "Legend", fr: "Légende" },
  "labels.legend.choose": { en: "Legend to work with", fr: "Légende de travail" },
  "labels.legend.edit": { en: "Edit the legend", fr: "Modifier la légende" },
  "labels.legends": { en: "Legends", fr: "Légendes" },
  "labels.legend.new": { en: "New legend", fr: "Nouvelle légende" },
  "labels.legend.newName": { en: "My classes", fr: "Mes classes" },
  "labels.legend.ready": { en: "Ready legends", fr: "Légendes prêtes" },
  "labels.legend.readyHint": {
    en: "A ready legend is copied into the project; change it as you like.",
    fr: "Une légende prête est copiée dans le projet ; modifiez-la à votre guise.",
  },
  "labels.legend.use": { en: "Use these classes", fr: "Prendre ces classes" },
  "labels.legend.rename": { en: "Name of the legend", fr: "Nom de la légende" },
  "labels.legend.remove": { en: "Remove the legend", fr: "Supprimer la légende" },
  "labels.legend.removeAsk": {
    en: "Removes the legend with its {count} labels. Ctrl+Z brings both back.",
    fr: "Supprime la légende avec ses {count} étiquettes. Ctrl+Z rétablit les deux.",
  },
  "labels.legend.import": { en: "Import a legend file", fr: "Importer un fichier de légende" },
  "labels.legend.importInto": { en: "Add classes from a file", fr: "Ajouter les classes d’un fichier" },
  "labels.legend.export": { en: "Export the legend", fr: "Exporter la légende" },
  "labels.legend.exported": { en: "The legend was written to {path}.", fr: "La légende a été écrite dans {path}." },
  "labels.legend.files": { en: "Legends (CSV, JSON, QML, SLD)", fr: "Légendes (CSV, JSON, QML, SLD)" },
  "labels.legend.active": { en: "In use", fr: "Utilisée" },
  "labels.legend.activate": { en: "Work with this legend", fr: "Travailler avec cette légende" },
  "labels.legend.classes": {
    en: { one: "{count} class", other: "{count} classes" },
    fr: { one: "{count} classe", other: "{count} classes" },
  },
  "labels.legend.recolor": { en: "Recolour all", fr: "Tout recolorer" },
  "labels.palette.tableau": { en: "Tableau: ten calm colours", fr: "Tableau : dix couleurs calmes" },
  "labels.palette.okabe": {
    en: "Okabe–Ito: safest for colour-blind eyes",
    fr: "Okabe-Ito : la plus sûre pour les daltoniens",
  },
  "labels.palette.land": { en: "Land cover", fr: "Occupation du sol" },

  "labels.class": { en: "Class", fr: "Classe" },
  "labels.class.name": { en: "Name", fr: "Nom" },
  "labels.class.code": { en: "Code", fr: "Code" },
  "labels.class.color": { en: "Colour", fr: "Couleur" },
  "labels.class.colorOf": { en: "Colour of {name}", fr: "Couleur de {name}" },
  "labels.class.nameOf": { en: "Name of {name}", fr: "Nom de {name}" },
  "labels.class.codeOf": { en: "Code of {name}", fr: "Code de {name}" },
  "labels.class.source": { en: "Source code", fr: "Code source" },
  "labels.class.sourceOf": { en: "Source code of {name}", fr: "Code source de {name}" },
  "labels.class.groupOf": { en: "Group of {name}", fr: "Groupe de {name}" },
  "labels.class.group": { en: "Group", fr: "Groupe" },
  "labels.class.noGroup": { en: "Other", fr: "Autres" },
  "labels.class.labels": { en: "Labels", fr: "Étiquettes" },
  "labels.class.add": { en: "Add class", fr: "Ajouter une classe" },
  "labels.class.newName": { en: "Name of the new class", fr: "Nom de la nouvelle classe" },
  "labels.class.remove": { en: "Remove the class {name}", fr: "Supprimer la classe {name}" },
  "labels.class.inUse": {
    en: { one: "{count} label has this class. It becomes:", other: "{count} labels have this class. They become:" },
    fr: {
      one: "{count} étiquette a cette classe. Elle devient :",
      other: "{count} étiquettes ont cette classe. Elles deviennent :",
    },
  },
  "labels.class.moveAndRemove": { en: "Move and remove", fr: "Déplacer et supprimer" },
  "labels.class.none": {
    en: "This legend has no classes yet. Add the first one.",
    fr: "Cette légende n’a pas encore de classes. Ajoutez la première.",
  },
  "labels.class.selectAll": { en: "Select all of this class", fr: "Sélectionner toute cette classe" },

  "labels.tool.select": { en: "Select labels", fr: "Sélectionner des étiquettes" },
  "labels.tool.point": { en: "Draw a point", fr: "Dessiner un point" },
  "labels.tool.polygon": { en: "Draw a polygon", fr: "Dessiner un polygone" },
  "labels.tool.rectangle": { en: "Draw a rectangle", fr: "Dessiner un rectangle" },
  "labels.tool.freehand": { en: "Draw freehand", fr: "Dessiner à main levée" },
  "labels.tool.vertices": { en: "Edit corners", fr: "Modifier les sommets" },
  "labels.tool.move": { en: "Move labels", fr: "Déplacer des étiquettes" },
  "labels.tool.divide": { en: "Split along a line", fr: "Couper suivant une ligne" },
  "labels.tool.cut": { en: "Cut a hole", fr: "Percer un trou" },
  "labels.tool.merge": { en: "Merge the selected labels", fr: "Fusionner les étiquettes sélectionnées" },
  "labels.tool.remove": { en: "Delete the selected labels", fr: "Supprimer les étiquettes sélectionnées" },
  "labels.tool.snap": { en: "Snap to corners and edges", fr: "Accrocher aux sommets et aux bords" },
  "labels.tool.names": { en: "Class names on the map", fr: "Noms des classes sur la carte" },
  "labels.tools": { en: "Drawing tools", fr: "Outils de dessin" },
  "labels.hint.select": {
    en: "Click a label; Shift adds, Shift+drag selects a box. Delete removes, 1–9 change the class.",
    fr: "Cliquez une étiquette ; Maj ajoute, Maj+glisser sélectionne un cadre. Suppr supprime, 1–9 changent la classe.",
  },
  "labels.hint.point": {
    en: "Click: the whole patch under the point gets the class.",
    fr: "Cliquez : tout le patch sous le point reçoit la classe.",
  },
  "labels.hint.polygon": {
    en: "Click corner by corner. Enter or right click ends, Backspace takes back, Esc cancels.",
    fr: "Cliquez sommet par sommet. Entrée ou clic droit termine, Retour arrière reprend, Échap annule.",
  },
  "labels.hint.rectangle": {
    en: "Click two opposite corners. Esc cancels.",
    fr: "Cliquez deux coins opposés. Échap annule.",
  },
  "labels.hint.freehand": {
    en: "Hold the button and draw around the area. The outline is smoothed a little.",
    fr: "Maintenez le bouton et entourez la surface. Le contour est un peu simplifié.",
  },
  "labels.hint.vertices": {
    en: "Select a label, then drag corners or edges. Delete or Alt+click takes a corner away.",
    fr: "Sélectionnez une étiquette, puis tirez sommets ou bords. Suppr ou Alt+clic enlève un sommet.",
  },
  "labels.hint.move": {
    en: "Select labels, then drag them.",
    fr: "Sélectionnez des étiquettes, puis faites-les glisser.",
  },
  "labels.hint.divide": {
    en: "Draw a line across a label, beginning and ending outside of it. Enter ends.",
    fr: "Tracez une ligne à travers une étiquette, en partant et finissant hors d’elle. Entrée termine.",
  },
  "labels.hint.cut": {
    en: "Draw the hole inside of a label. Enter ends.",
    fr: "Dessinez le trou dans une étiquette. Entrée termine.",
  },
  "labels.bar": { en: "Active tool", fr: "Outil actif" },
  "labels.bar.done": { en: "Done", fr: "Terminé" },
  "labels.bar.retry": { en: "Try again", fr: "Réessayer" },
  "labels.bar.discard": { en: "Discard", fr: "Abandonner" },
  "labels.bar.rejected": {
    en: "Not saved yet: correct the dashed outline.",
    fr: "Pas encore enregistré : corrigez le contour en tirets.",
  },

  "labels.count": {
    en: { one: "{count} label", other: "{count} labels" },
    fr: { one: "{count} étiquette", other: "{count} étiquettes" },
  },
  "labels.patches": {
    en: { one: "{count} patch", other: "{count} patches" },
    fr: { one: "{count} patch", other: "{count} patchs" },
  },
  "labels.selected": {
    en: { one: "{count} selected", other: "{count} selected" },
    fr: { one: "{count} sélectionnée", other: "{count} sélectionnées" },
  },
  "labels.tooMany": {
    en: "The first {shown} of {total} labels are shown.",
    fr: "Les {shown} premières étiquettes sur {total} sont affichées.",
  },
  "labels.several": { en: "several", fr: "plusieurs" },
  "labels.selection": { en: "Selection", fr: "Sélection" },
  "labels.selection.clear": { en: "Clear the selection", fr: "Effacer la sélection" },
  "labels.selection.zoom": { en: "Zoom to the selection", fr: "Zoomer sur la sélection" },
  "labels.selection.all": { en: "Select all labels", fr: "Sélectionner toutes les étiquettes" },
  "labels.valid": { en: "Valid", fr: "Validité" },
  "labels.valid.from": { en: "Valid from", fr: "Valide du" },
  "labels.valid.to": { en: "Valid to", fr: "Valide au" },
  "labels.valid.always": { en: "always", fr: "toujours" },
  "labels.valid.hint": {
    en: "Empty means always. A label trains only if it is valid on a date of the imagery.",
    fr: "Vide signifie toujours. Une étiquette n’entraîne que si sa période rencontre les dates des images.",
  },
  "labels.valid.range": { en: "{from} – {to}", fr: "{from} – {to}" },
  "labels.valid.since": { en: "from {from}", fr: "depuis le {from}" },
  "labels.valid.until": { en: "until {to}", fr: "jusqu’au {to}" },
  "labels.outside": {
    en: {
      one: "{count} label lies where the project has no images and does not train.",
      other: "{count} labels lie where the project has no images and do not train.",
    },
    fr: {
      one: "{count} étiquette se trouve là où le projet n’a pas d’images : elle n’entraîne pas.",
      other: "{count} étiquettes se trouvent là où le projet n’a pas d’images : elles n’entraînent pas.",
    },
  },
  "labels.outOfSeason": {
    en: {
      one: "{count} label is valid at no date of the imagery ({from} – {to}) and does not train.",
      other: "{count} labels are valid at no date of the imagery ({from} – {to}) and do not train.",
    },
    fr: {
      one: "{count} étiquette n’est valide à aucune date des images ({from} – {to}) et n’entraîne pas.",
      other: "{count} étiquettes ne sont valides à aucune date des images ({from} – {to}) et n’entraînent pas.",
    },
  },
  "labels.attributes": { en: "Attributes", fr: "Attributs" },
  "labels.attribute.add": { en: "Add attribute", fr: "Ajouter un attribut" },
  "labels.attribute.name": { en: "Attribute", fr: "Attribut" },
  "labels.attribute.value": { en: "Value", fr: "Valeur" },
  "labels.attribute.remove": { en: "Remove the attribute {name}", fr: "Supprimer l’attribut {name}" },

  "labels.column.id": { en: "No.", fr: "N°" },
  "labels.column.area": { en: "Area", fr: "Surface" },
  "labels.column.patches": { en: "Patches", fr: "Patchs" },
  "labels.column.part": { en: "Set", fr: "Jeu" },
  "labels.column.source": { en: "Source", fr: "Origine" },
  "labels.column.problem": { en: "Problem", fr: "Problème" },
  "labels.source.drawn": { en: "drawn", fr: "dessinée" },
  "labels.source.file": { en: "file, no. {feature}", fr: "fichier, n° {feature}" },
  "labels.filter.text": { en: "Search class, number or attribute", fr: "Chercher classe, numéro ou attribut" },
  "labels.filter.class": { en: "All classes", fr: "Toutes les classes" },
  "labels.filter.part": { en: "All sets", fr: "Tous les jeux" },
  "labels.filter.valid": { en: "Any validity", fr: "Toute validité" },
  "labels.filter.inSeason": { en: "Valid in the imagery’s time", fr: "Valides pendant les images" },
  "labels.filter.outOfSeason": { en: "Not valid in the imagery’s time", fr: "Non valides pendant les images" },
  "labels.filter.problems": { en: "With problems", fr: "Avec problème" },
  "labels.filter.onMap": { en: "Filter the map too", fr: "Filtrer aussi la carte" },
  "labels.filter.clear": { en: "Clear the filter", fr: "Effacer le filtre" },
  "labels.filter.none": { en: "No label fits the filter.", fr: "Aucune étiquette ne correspond au filtre." },
  "labels.filter.shown": { en: "{shown} of {total}", fr: "{shown} sur {total}" },
  "labels.zoomTo": { en: "Zoom to", fr: "Zoomer dessus" },

  "labels.problem.overlap": { en: "Overlaps another class", fr: "Chevauche une autre classe" },
  "labels.problem.double": { en: "Overlaps its own class", fr: "Chevauche sa propre classe" },
  "labels.problem.tiny": { en: "Smaller than a patch", fr: "Plus petite qu’un patch" },
  "labels.problem.invalid": { en: "Invalid outline", fr: "Contour invalide" },
  "labels.problem.outside": { en: "Outside of the project", fr: "Hors du projet" },
  "labels.problem.partly-outside": { en: "Partly outside of the project", fr: "En partie hors du projet" },
  "labels.problem.no-images": { en: "Where there are no images", fr: "Là où il n’y a pas d’images" },
  "labels.problem.no-part": { en: "In no set of the split", fr: "Dans aucun jeu de la répartition" },
  "labels.problem.out-of-season": { en: "Not valid in the imagery’s time", fr: "Non valide pendant les images" },
  "labels.why.overlap": {
    en: "Patches in both get no label. Cut or move one of the two.",
    fr: "Les patchs communs n’ont pas d’étiquette. Coupez ou déplacez l’une des deux.",
  },
  "labels.why.double": {
    en: "Harmless for training; areas are counted twice. Merge or delete one.",
    fr: "Sans gravité pour l’entraînement ; les surfaces comptent double. Fusionnez ou supprimez-en une.",
  },
  "labels.why.tiny": {
    en: "It holds no patch centre, so it teaches nothing. Draw it larger or delete it.",
    fr: "Elle ne contient aucun centre de patch et n’apprend rien. Agrandissez-la ou supprimez-la.",
  },
  "labels.why.invalid": {
    en: "It cannot be used until its outline is corrected.",
    fr: "Inutilisable tant qu’il n’est pas corrigé.",
  },
  "labels.why.outside": { en: "It does not train.", fr: "Elle n’entraîne pas." },
  "labels.why.partly-outside": { en: "Only the part inside trains.", fr: "Seule la partie intérieure entraîne." },
  "labels.why.no-images": {
    en: "No image shows a patch of it: it neither trains nor tests. Import images there, or delete it.",
    fr: "Aucune image n’en montre un patch : elle n’entraîne pas et ne teste pas. Importez-y des images, ou supprimez-la.",
  },
  "labels.why.no-part": {
    en: "It is in no set. Split the labels again to train with it.",
    fr: "Elle n’est dans aucun jeu. Répartissez de nouveau les étiquettes pour l’utiliser.",
  },
  "labels.why.out-of-season": {
    en: "It does not train. Check its dates.",
    fr: "Elle n’entraîne pas. Vérifiez ses dates.",
  },
  "labels.problems.look": { en: "Look for problems", fr: "Chercher les problèmes" },
  "labels.problems.looking": {
    en: "Looking for overlaps, tiny and invalid outlines …",
    fr: "Recherche de chevauchements, de contours minuscules ou invalides…",
  },
  "labels.problems.none.title": { en: "No problems found", fr: "Aucun problème trouvé" },
  "labels.problems.none": {
    en: "No overlaps, nothing tiny, invalid or outside.",
    fr: "Ni chevauchement, ni contour minuscule, invalide ou extérieur.",
  },
  "labels.problems.count": {
    en: { one: "{count} problem", other: "{count} problems" },
    fr: { one: "{count} problème", other: "{count} problèmes" },
  },
  "labels.problems.with": { en: "{first} and {second}", fr: "{first} et {second}" },

  "labels.part.train": { en: "Training", fr: "Entraînement" },
  "labels.part.validation": { en: "Validation", fr: "Validation" },
  "labels.part.test": { en: "Test", fr: "Test" },
  "labels.part.train-only": { en: "Training only, not in the balance", fr: "Entraînement seul, hors équilibre" },
  "labels.part.unused": { en: "Not used", fr: "Inutilisée" },
  "labels.part.random": { en: "Several, by patch", fr: "Plusieurs, par patch" },
  "labels.part.none": { en: "No set", fr: "Aucun jeu" },
  "labels.split.why": {
    en: "The network learns from training labels, stops by validation labels, and is judged by test labels that it never saw.",
    fr: "Le réseau apprend des étiquettes d’entraînement, s’arrête selon celles de validation et est jugé sur celles de test, jamais vues.",
  },
  "labels.split.method": { en: "How to divide", fr: "Comment répartir" },
  "labels.split.blocks": { en: "By squares of the ground", fr: "Par carrés du terrain" },
  "labels.split.polygons": { en: "Label by label", fr: "Étiquette par étiquette" },
  "labels.split.field": { en: "By a field of the labels", fr: "Par un champ des étiquettes" },
  "labels.split.random": { en: "Patch by patch, at random", fr: "Patch par patch, au hasard" },
  "labels.split.blocks.hint": {
    en: "Whole squares go to one set, so the score is measured away from training places. Best choice.",
    fr: "Des carrés entiers vont dans un jeu : le score se mesure loin des lieux d’entraînement. Le meilleur choix.",
  },
  "labels.split.polygons.hint": {
    en: "Neighbouring fields may land in different sets; scores look a little better than they are.",
    fr: "Des parcelles voisines peuvent tomber dans des jeux différents ; les scores paraissent un peu meilleurs.",
  },
  "labels.split.field.hint": {
    en: "A field holds train, validation or test for every label.",
    fr: "Un champ contient train, validation ou test pour chaque étiquette.",
  },
  "labels.split.random.hint": {
    en: "Optimistic: test patches lie beside training patches of the same field, so the score says how well known fields are recognised, not how good the map is elsewhere.",
    fr: "Optimiste : les patchs de test touchent ceux d’entraînement de la même parcelle ; le score dit comment les parcelles connues sont reconnues, pas ce que vaut la carte ailleurs.",
  },
  "labels.split.blockChosen": {
    en: "Chosen so that every class trains and tests",
    fr: "Choisi pour que chaque classe apprenne et soit testée",
  },
  "labels.split.buffer": { en: "Left out beside borders", fr: "Laissé de côté près des limites" },
  "labels.split.buffer.hint": {
    en: "Patches this close to a square of another set belong to no set.",
    fr: "Les patchs si proches d’un carré d’un autre jeu n’appartiennent à aucun jeu.",
  },
  "labels.split.words": { en: "What the words mean", fr: "Ce que veulent dire les mots" },
  "labels.split.folds": {
    en: "Numbers of folds: the last one tests",
    fr: "Numéros de plis : le dernier sert au test",
  },
  "labels.split.foldCount": { en: "Folds", fr: "Plis" },
  "labels.split.foldCount.hint": {
    en: "Empty: the shares below. Cross-validation: every label tests once; train and evaluate with each fold in turn.",
    fr: "Vide : les parts ci-dessous. Validation croisée : chaque étiquette sert une fois au test ; entraînez et évaluez avec chaque pli à son tour.",
  },
  "labels.split.fold": { en: "Fold that tests", fr: "Pli de test" },
  "labels.split.wordsOpen": {
    en: {
      one: "{count} word is not known. Choose what it means.",
      other: "{count} words are not known. Choose what they mean.",
    },
    fr: {
      one: "{count} mot est inconnu. Choisissez son sens.",
      other: "{count} mots sont inconnus. Choisissez leur sens.",
    },
  },
  "labels.split.proposed": {
    en: "The field “{field}” of the labels says which train and which test.",
    fr: "Le champ « {field} » des étiquettes dit lesquelles entraînent et lesquelles testent.",
  },
  "labels.split.useField": { en: "Split by this field", fr: "Répartir par ce champ" },
  "labels.split.note.trainOnly": {
    en: {
      one: "{count} label trains only, as the field says.",
      other: "{count} labels train only, as the field says.",
    },
    fr: {
      one: "{count} étiquette n’est que pour l’entraînement, selon le champ.",
      other: "{count} étiquettes ne sont que pour l’entraînement, selon le champ.",
    },
  },
  "labels.split.note.trainOnlyClasses": {
    en: {
      one: "{count} label trains only, as the field says. Not tested: {names}.",
      other: "{count} labels train only, as the field says. Not tested: {names}.",
    },
    fr: {
      one: "{count} étiquette n’est que pour l’entraînement, selon le champ. Classes non testées : {names}.",
      other: "{count} étiquettes ne sont que pour l’entraînement, selon le champ. Classes non testées : {names}.",
    },
  },
  "labels.split.noWord": { en: "(empty)", fr: "(vide)" },
  "labels.split.wordMeans": { en: "What {word} means", fr: "Sens de {word}" },
  "labels.split.choose": { en: "Choose …", fr: "Choisir…" },
  "labels.split.note.oneBlock": {
    en: "All patches of {names} lie in one square: they train and are not tested.",
    fr: "Tous les patchs de {names} sont dans un seul carré : ils servent à l’apprentissage et ne sont pas testés.",
  },
  "labels.split.note.uneven": {
    en: "{names}: less than half of the wanted share in training or in test. Split again, or choose smaller squares.",
    fr: "{names} : moins de la moitié de la part voulue en apprentissage ou en test. Redistribuez, ou prenez des carrés plus petits.",
  },
  "labels.split.note.smaller": {
    en: "Squares of {meters} m instead of {usual} m, so that classes both train and test.",
    fr: "Carrés de {meters} m au lieu de {usual} m, pour que les classes apprennent et soient testées.",
  },
  "labels.split.note.narrow": {
    en: "Squares of {meters} m are smaller than a tile ({tile} m): scores are somewhat optimistic.",
    fr: "Des carrés de {meters} m sont plus petits qu’une tuile ({tile} m) : les scores sont un peu optimistes.",
  },
  "labels.split.note.buffer": {
    en: "{patches} patches within {meters} m of another set are left out.",
    fr: "{patches} patchs à moins de {meters} m d’un autre jeu sont laissés de côté.",
  },
  "labels.split.note.lost": {
    en: "Without training or without test patches: {names}.",
    fr: "Sans patchs d’apprentissage ou de test : {names}.",
  },
  "labels.split.note.unseen": {
    en: {
      one: "{count} label lies where the project has no images. It is in no count: it neither trains nor tests.",
      other: "{count} labels lie where the project has no images. They are in no count: they neither train nor test.",
    },
    fr: {
      one: "{count} étiquette se trouve là où le projet n’a pas d’images. Elle n’est pas comptée : elle n’entraîne pas et ne teste pas.",
      other:
        "{count} étiquettes se trouvent là où le projet n’a pas d’images. Elles ne sont pas comptées : elles n’entraînent pas et ne testent pas.",
    },
  },
  "labels.split.note.unseenClasses": {
    en: "No image shows a label of {names}.",
    fr: "Aucune image ne montre d’étiquette de {names}.",
  },
  "labels.split.note.imagesChanged": {
    en: "Images or the area of the project have changed since this split was made. The counts are current. Split again to balance the sets.",
    fr: "Les images ou la zone du projet ont changé depuis cette répartition. Les nombres sont ceux de maintenant. Répartissez de nouveau pour équilibrer les jeux.",
  },
  "labels.split.blockSize": { en: "Side of a square", fr: "Côté d’un carré" },
  "labels.split.shares": { en: "Shares of patches", fr: "Parts des patchs" },
  "labels.split.seed": { en: "Seed", fr: "Graine" },
  "labels.split.seed.hint": {
    en: "Another number gives another random split.",
    fr: "Un autre nombre redistribue les jeux.",
  },
  "labels.split.again": { en: "Split again", fr: "Redistribuer" },
  "labels.split.fieldName": { en: "Field", fr: "Champ" },
  "labels.split.tooFew": {
    en: "Classes too rare for all sets only train",
    fr: "Les classes trop rares n’entraînent que",
  },
  "labels.split.make": { en: "Split the labels", fr: "Répartir les étiquettes" },
  "labels.split.onMap": { en: "Show on the map", fr: "Afficher sur la carte" },
  "labels.split.noFields": {
    en: "These labels have no fields: only labels imported from a file have some. Choose another way to split.",
    fr: "Ces étiquettes n’ont pas de champs : seules celles importées d’un fichier en ont. Choisissez une autre répartition.",
  },
  "labels.split.none": {
    en: "The labels are not split yet. Training needs a split.",
    fr: "Les étiquettes ne sont pas encore réparties. L’entraînement en a besoin.",
  },
  "labels.split.missing": { en: "{name} has no label for {part}.", fr: "{name} n’a aucune étiquette pour : {part}." },
  "labels.split.unassigned": {
    en: {
      one: "{count} label belongs to no set yet. Split again to use it.",
      other: "{count} labels belong to no set yet. Split again to use them.",
    },
    fr: {
      one: "{count} étiquette n’est dans aucun jeu. Répartissez de nouveau pour l’utiliser.",
      other: "{count} étiquettes ne sont dans aucun jeu. Répartissez de nouveau pour les utiliser.",
    },
  },
  "labels.split.optimistic": { en: "Optimistic split", fr: "Répartition optimiste" },
  "labels.split.counts": { en: "Labels and patches per set", fr: "Étiquettes et patchs par jeu" },
  "labels.split.cell": { en: "{labels} labels, {patches} patches", fr: "{labels} étiquettes, {patches} patchs" },
  "labels.split.total": { en: "All", fr: "Toutes" },

  "labels.wizard.title": { en: "Import labels", fr: "Importer des étiquettes" },
  "labels.wizard.choose": { en: "Choose a file", fr: "Choisir un fichier" },
  "labels.wizard.change": { en: "Another file", fr: "Autre fichier" },
  "labels.wizard.formats": {
    en: "Polygons or points (GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf, GeoParquet, CSV), or a class raster (GeoTIFF)",
    fr: "Polygones ou points (GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf, GeoParquet, CSV), ou un raster de classes (GeoTIFF)",
  },
  "labels.wizard.raster": {
    en: "A raster whose values are classes",
    fr: "Un raster dont les valeurs sont des classes",
  },
  "labels.wizard.band": { en: "Band that holds the classes", fr: "Bande qui contient les classes" },
  "labels.wizard.purity": { en: "One class covers at least", fr: "Une classe couvre au moins" },
  "labels.wizard.purity.hint": {
    en: "A patch where no class has this share of the area gets no label.",
    fr: "Un patch où aucune classe n’a cette part de la surface ne reçoit pas d’étiquette.",
  },
  "labels.wizard.radius": { en: "A point labels patches within", fr: "Un point étiquette les patchs à moins de" },
  "labels.wizard.radius.hint": {
    en: "0: only the patch that it lies in.",
    fr: "0 : seulement le patch où il se trouve.",
  },
  "labels.wizard.points": {
    en: { one: "{count} point", other: "{count} points" },
    fr: { one: "{count} point", other: "{count} points" },
  },
  "labels.wizard.table": {
    en: "Columns separated by {delimiter}, decimal sign “{decimal}”, text in {encoding}.",
    fr: "Colonnes séparées par {delimiter}, signe décimal « {decimal} », texte en {encoding}.",
  },
  "labels.wizard.table.sign": { en: "“{sign}”", fr: "« {sign} »" },
  "labels.wizard.table.tab": { en: "tabs", fr: "des tabulations" },
  "labels.wizard.table.x": { en: "Longitude or x", fr: "Longitude ou x" },
  "labels.wizard.table.y": { en: "Latitude or y", fr: "Latitude ou y" },
  "labels.wizard.table.position": { en: "Columns of the position", fr: "Colonnes de la position" },
  "labels.wizard.table.choose": { en: "Choose…", fr: "Choisir…" },
  "labels.wizard.readSo": { en: "Read it this way", fr: "Lire ainsi" },
  "labels.wizard.swap": { en: "x and y are exchanged", fr: "x et y sont échangés" },
  "labels.wizard.table.wkt": {
    en: "Shapes from the column {column}.",
    fr: "Formes de la colonne {column}.",
  },
  "labels.wizard.table.crs.given": {
    en: "The coordinate system is the one chosen.",
    fr: "Le système de coordonnées est celui choisi.",
  },
  "labels.wizard.table.crs.names": {
    en: "The columns’ names say longitude and latitude.",
    fr: "Les noms des colonnes disent longitude et latitude.",
  },
  "labels.wizard.table.crs.column": {
    en: "A column says the coordinate system.",
    fr: "Une colonne dit le système de coordonnées.",
  },
  "labels.wizard.table.crs.values": {
    en: "The values fit longitude and latitude, but the file names no system. Check it.",
    fr: "Les valeurs conviennent à longitude et latitude, mais le fichier ne nomme aucun système. Vérifiez.",
  },
  "labels.wizard.table.crs.unknown": {
    en: "Nothing says the coordinate system.",
    fr: "Rien ne dit le système de coordonnées.",
  },
  "labels.wizard.rasterResult": {
    en: "Patches that get no label: {mixed} too mixed, {ignored} ignored or without data.",
    fr: "Patchs sans étiquette : {mixed} trop mélangés, {ignored} ignorés ou sans données.",
  },
  "labels.wizard.noImages": {
    en: {
      one: "{count} labelled patch lies where the project has no images and will not train.",
      other: "{count} labelled patches lie where the project has no images and will not train.",
    },
    fr: {
      one: "{count} patch étiqueté se trouve là où le projet n’a pas d’images : il n’entraînera pas.",
      other: "{count} patchs étiquetés se trouvent là où le projet n’a pas d’images : ils n’entraîneront pas.",
    },
  },
  "labels.wizard.unnamedZero": {
    en: "The value 0 has no name in the file and becomes a class. Go back and ignore it where it stands for nothing.",
    fr: "La valeur 0 n’a pas de nom dans le fichier et devient une classe. Revenez et ignorez-la si elle ne veut rien dire.",
  },
  "labels.wizard.page.file": { en: "File", fr: "Fichier" },
  "labels.wizard.page.classes": { en: "Classes", fr: "Classes" },
  "labels.wizard.page.check": { en: "Check", fr: "Contrôle" },
  "labels.wizard.page.done": { en: "Done", fr: "Terminé" },
  "labels.wizard.next": { en: "Next", fr: "Suivant" },
  "labels.wizard.back": { en: "Back", fr: "Retour" },
  "labels.wizard.layer": { en: "Layer", fr: "Couche" },
  "labels.wizard.crs": { en: "Coordinate system", fr: "Système de coordonnées" },
  "labels.wizard.crs.change": { en: "Change", fr: "Changer" },
  "labels.wizard.crs.missing": {
    en: "The file names no coordinate system. Choose it.",
    fr: "Le fichier ne nomme aucun système de coordonnées. Choisissez-le.",
  },
  "labels.wizard.crs.unshifted": {
    en: "The shift from this system’s datum to WGS 84 is not known. Shapes may be off by some hundred metres: compare them with the image on the map.",
    fr: "Le décalage entre le datum de ce système et WGS 84 n’est pas connu. Les formes peuvent être décalées de quelques centaines de mètres : comparez-les avec l’image sur la carte.",
  },
  "labels.wizard.crs.varying": {
    en: "The shift from this system’s datum to WGS 84 changes from place to place. Shapes may be off by up to {meters} m: compare them with the image on the map.",
    fr: "Le décalage entre le datum de ce système et WGS 84 change d’un lieu à l’autre. Les formes peuvent être décalées de {meters} m au plus : comparez-les avec l’image sur la carte.",
  },
  "labels.wizard.crs.search": { en: "Name, code or place", fr: "Nom, code ou lieu" },
  "labels.wizard.shapes": {
    en: { one: "{count} shape", other: "{count} shapes" },
    fr: { one: "{count} forme", other: "{count} formes" },
  },
  "labels.wizard.polygons": {
    en: { one: "{count} polygon", other: "{count} polygons" },
    fr: { one: "{count} polygone", other: "{count} polygones" },
  },
  "labels.wizard.others": {
    en: { one: "{count} other shape", other: "{count} other shapes" },
    fr: { one: "{count} autre forme", other: "{count} autres formes" },
  },
  "labels.wizard.field": { en: "Field that holds the class", fr: "Champ qui contient la classe" },
  "labels.wizard.field.option": {
    en: { one: "{name} ({count} value: {examples})", other: "{name} ({count} values: {examples})" },
    fr: { one: "{name} ({count} valeur : {examples})", other: "{name} ({count} valeurs : {examples})" },
  },
  "labels.wizard.field.manyValues": { en: "{name} (more than {count} values)", fr: "{name} (plus de {count} valeurs)" },
  "labels.wizard.legend": { en: "Into the legend", fr: "Dans la légende" },
  "labels.wizard.value": { en: "Value in the file", fr: "Valeur du fichier" },
  "labels.wizard.column.shapes": { en: "Shapes", fr: "Formes" },
  "labels.wizard.column.polygons": { en: "Polygons", fr: "Polygones" },
  "labels.wizard.column.points": { en: "Points", fr: "Points" },
  "labels.wizard.column.pixels": { en: "Pixels", fr: "Pixels" },
  "labels.wizard.becomes": { en: "Becomes", fr: "Devient" },
  "labels.wizard.ignore": { en: "ignored", fr: "ignorée" },
  "labels.wizard.newClass": { en: "New class", fr: "Nouvelle classe" },
  "labels.wizard.newClassFor": {
    en: "Name of the new class for {value}",
    fr: "Nom de la nouvelle classe pour {value}",
  },
  "labels.wizard.classFor": { en: "Class for {value}", fr: "Classe pour {value}" },
  "labels.wizard.validity": { en: "Validity", fr: "Validité" },
  "labels.wizard.validity.none": { en: "Always", fr: "Toujours" },
  "labels.wizard.validity.dates": { en: "From one day to another", fr: "D’un jour à un autre" },
  "labels.wizard.validity.fields": { en: "As fields of the file say", fr: "Selon des champs du fichier" },
  "labels.wizard.checking": { en: "Looking at every shape …", fr: "Examen de chaque forme…" },
  "labels.wizard.importing": { en: "Importing …", fr: "Importation…" },
  "labels.wizard.result.polygons": {
    en: { one: "{count} polygon in, {used} used", other: "{count} polygons in, {used} used" },
    fr: { one: "{count} polygone lu, {used} utilisés", other: "{count} polygones lus, {used} utilisés" },
  },
  "labels.wizard.result.points": {
    en: { one: "{count} point in, {used} used", other: "{count} points in, {used} used" },
    fr: { one: "{count} point lu, {used} utilisés", other: "{count} points lus, {used} utilisés" },
  },
  "labels.wizard.result.shapes": {
    en: { one: "{count} shape in, {used} used", other: "{count} shapes in, {used} used" },
    fr: { one: "{count} forme lue, {used} utilisées", other: "{count} formes lues, {used} utilisées" },
  },
  "labels.wizard.result.patches": {
    en: { one: "{count} patch covered, {used} labelled", other: "{count} patches covered, {used} labelled" },
    fr: { one: "{count} patch couvert, {used} étiquetés", other: "{count} patchs couverts, {used} étiquetés" },
  },
  "labels.wizard.dropped": { en: "Not used", fr: "Non utilisés" },
  "labels.wizard.partly": {
    en: {
      one: "{count} reaches past the project’s area; the part inside is used.",
      other: "{count} reach past the project’s area; the part inside is used.",
    },
    fr: {
      one: "{count} dépasse la zone du projet ; la partie intérieure est utilisée.",
      other: "{count} dépassent la zone du projet ; la partie intérieure est utilisée.",
    },
  },
  "labels.wizard.contested": {
    en: {
      one: "{count} patch lies in labels of different classes and gets none.",
      other: "{count} patches lie in labels of different classes and get none.",
    },
    fr: {
      one: "{count} patch est dans des étiquettes de classes différentes et n’en reçoit aucune.",
      other: "{count} patchs sont dans des étiquettes de classes différentes et n’en reçoivent aucune.",
    },
  },
  "labels.wizard.replace": {
    en: "Delete the labels that were imported before",
    fr: "Oublier les étiquettes importées auparavant",
  },
  "labels.wizard.replace.hint": {
    en: "Drawn labels stay. The same file always replaces its own earlier labels.",
    fr: "Les étiquettes dessinées restent. Le même fichier remplace toujours ses anciennes étiquettes.",
  },
  "labels.wizard.import": {
    en: { one: "Import {count} label", other: "Import {count} labels" },
    fr: { one: "Importer {count} étiquette", other: "Importer {count} étiquettes" },
  },
  "labels.wizard.import.patches": {
    en: { one: "Import {count} patch", other: "Import {count} patches" },
    fr: { one: "Importer {count} patch", other: "Importer {count} patchs" },
  },
  "labels.wizard.finished": {
    en: { one: "{count} label imported", other: "{count} labels imported" },
    fr: { one: "{count} étiquette importée", other: "{count} étiquettes importées" },
  },
  "labels.wizard.finished.patches": {
    en: { one: "{count} patch labelled", other: "{count} patches labelled" },
    fr: { one: "{count} patch étiqueté", other: "{count} patchs étiquetés" },
  },
  "labels.wizard.zoom": { en: "Show on the map", fr: "Voir sur la carte" },
  "labels.wizard.undo": { en: "Ctrl+Z takes the whole import back.", fr: "Ctrl+Z annule toute l’importation." },
  "labels.wizard.examples": { en: "for example {examples}", fr: "par exemple {examples}" },
  "labels.drop.no-class": { en: "no value in the class field", fr: "aucune valeur dans le champ de classe" },
  "labels.drop.ignored": { en: "their value is ignored", fr: "leur valeur est ignorée" },
  "labels.drop.empty-geometry": { en: "they have no shape", fr: "elles n’ont pas de forme" },
  "labels.drop.not-a-polygon": {
    en: "they are neither polygons nor points",
    fr: "ce ne sont ni des polygones ni des points",
  },
  "labels.drop.invalid-geometry": { en: "their outline is invalid", fr: "leur contour est invalide" },
  "labels.drop.outside": { en: "outside of the project’s area", fr: "hors de la zone du projet" },
  "labels.drop.small": { en: "smaller than a patch", fr: "plus petites qu’un patch" },
  "labels.drop.overlap": {
    en: "covered by labels of another class",
    fr: "couvertes par des étiquettes d’une autre classe",
  },
  "labels.drop.duplicate": {
    en: "covered by labels of the same class",
    fr: "couvertes par des étiquettes de la même classe",
  },
});
