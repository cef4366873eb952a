import { messages } from "./message.ts";

/** Probability samples of maps: plan, answer without seeing the map, accuracy and areas. */
export const areasMessages = messages({
  "areas.section": { en: "Accuracy from a sample", fr: "Exactitude par échantillon" },
  "areas.why": {
    en: "Places drawn at random, answered without seeing the map, give areas with reliable intervals.",
    fr: "Des lieux tirés au hasard et interprétés sans voir la carte donnent des surfaces avec des intervalles fiables.",
  },
  "areas.new": { en: "Draw a sample…", fr: "Tirer un échantillon…" },
  "areas.new.title": { en: "New sample of “{map}”", fr: "Nouvel échantillon de « {map} »" },
  "areas.answered": { en: "{answered} of {places} answered", fr: "{answered} sur {places} interprétés" },
  "areas.method": { en: "Places", fr: "Lieux" },
  "areas.method.stratified": { en: "Class by class", fr: "Classe par classe" },
  "areas.method.simple": { en: "All alike", fr: "Tous pareils" },
  "areas.method.systematic": { en: "On a grid", fr: "Sur une grille" },
  "areas.method.stratified.hint": {
    en: "Random places in each class of the map, so that rare classes have enough.",
    fr: "Des lieux au hasard dans chaque classe de la carte : les classes rares en ont assez.",
  },
  "areas.method.simple.hint": {
    en: "Random places anywhere on the map. Rare classes get few.",
    fr: "Des lieux au hasard partout sur la carte. Les classes rares en ont peu.",
  },
  "areas.method.systematic.hint": {
    en: "Evenly spaced places from a random start. Rare classes get few.",
    fr: "Des lieux régulièrement espacés, départ au hasard. Les classes rares en ont peu.",
  },
  "areas.allocation": { en: "Divide places", fr: "Répartir les lieux" },
  "areas.allocation.proportional": { en: "by area", fr: "selon la surface" },
  "areas.allocation.equal": { en: "the same for each class", fr: "autant par classe" },
  "areas.allocation.optimal": { en: "by area and expected errors", fr: "selon la surface et les erreurs attendues" },
  "areas.minimum": { en: "At least, per class", fr: "Au moins, par classe" },
  "areas.aim": { en: "How many", fr: "Combien" },
  "areas.aim.error": { en: "By interval", fr: "Intervalle" },
  "areas.aim.units": { en: "By number", fr: "Nombre" },
  "areas.error": { en: "Wanted ±, 95 %", fr: "± voulu, 95 %" },
  "areas.error.of": { en: "of", fr: "pour" },
  "areas.error.overall": { en: "overall accuracy", fr: "l’exactitude globale" },
  "areas.error.class": { en: "area of {name}", fr: "la surface de {name}" },
  "areas.error.unit": { en: "% of the map", fr: "% de la carte" },
  "areas.units": { en: "Places in all", fr: "Lieux en tout" },
  "areas.seed": { en: "Seed", fr: "Graine" },
  "areas.seed.hint": {
    en: "The same seed draws the same places again.",
    fr: "La même graine tire de nouveau les mêmes lieux.",
  },
  "areas.name": { en: "Name", fr: "Nom" },
  "areas.advanced": { en: "More options", fr: "Autres options" },
  "areas.plan": {
    en: { one: "{count} place: expect ± {error}", other: "{count} places: expect ± {error}" },
    fr: { one: "{count} lieu : attendez ± {error}", other: "{count} lieux : attendez ± {error}" },
  },
  "areas.plan.class": { en: "Class", fr: "Classe" },
  "areas.plan.hectares": { en: "mapped ha", fr: "ha cartogr." },
  "areas.plan.expected": { en: "right", fr: "juste" },
  "areas.plan.expected.long": {
    en: "How much of what is mapped as this class is expected to be right. Measured on the test part where there is one, else 75 %. Type another share if you know better.",
    fr: "La part attendue comme juste de ce qui est cartographié ainsi. Mesurée sur la partie test s’il y en a une, sinon 75 %. Saisissez mieux si vous savez.",
  },
  "areas.plan.expected.of": {
    en: "Expected share that is right, {name}, in %",
    fr: "Part juste attendue, {name}, en %",
  },
  "areas.plan.units": { en: "places", fr: "lieux" },
  "areas.plan.error": { en: "± ha", fr: "± ha" },
  "areas.draw": { en: "Draw the places", fr: "Tirer les lieux" },
  "areas.drawing": { en: "Drawing places", fr: "Tirage des lieux" },
  "areas.stop": { en: "Stop", fr: "Arrêter" },

  "areas.begin": { en: "Answer places", fr: "Interpréter" },
  "areas.again": { en: "Look at answers again", fr: "Revoir les réponses" },
  "areas.of": { en: "drawn from “{map}”", fr: "tiré de « {map} »" },
  "areas.of.gone": { en: "drawn from “{map}”, which was deleted", fr: "tiré de « {map} », supprimée depuis" },
  "areas.more": { en: "More for this sample", fr: "Plus pour cet échantillon" },
  "areas.export": { en: "Answer elsewhere: export points…", fr: "Interpréter ailleurs : exporter les points…" },
  "areas.import": { en: "Import answers…", fr: "Importer des réponses…" },
  "areas.rename": { en: "Rename…", fr: "Renommer…" },
  "areas.remove": { en: "Delete the sample…", fr: "Supprimer l’échantillon…" },
  "areas.remove.title": { en: "Delete the sample “{name}”?", fr: "Supprimer l’échantillon « {name} » ?" },
  "areas.remove.text": {
    en: {
      one: "{count} answer is deleted with it. This cannot be undone.",
      other: "{count} answers are deleted with it. This cannot be undone.",
    },
    fr: {
      one: "{count} réponse est supprimée avec lui. C’est définitif.",
      other: "{count} réponses sont supprimées avec lui. C’est définitif.",
    },
  },
  "areas.remove.confirm": { en: "Delete", fr: "Supprimer" },
  "areas.cancel": { en: "Cancel", fr: "Annuler" },
  "areas.exported": {
    en: { one: "Wrote {count} place to {file}", other: "Wrote {count} places to {file}" },
    fr: { one: "{count} lieu écrit dans {file}", other: "{count} lieux écrits dans {file}" },
  },
  "areas.imported": {
    en: {
      one: "Read {count} new answer; {open} places are open",
      other: "Read {count} new answers; {open} places are open",
    },
    fr: {
      one: "{count} nouvelle réponse ; {open} lieux ouverts",
      other: "{count} nouvelles réponses ; {open} lieux ouverts",
    },
  },
  "areas.imported.kept": {
    en: {
      one: "{count} place is answered otherwise here, and was kept.",
      other: "{count} places are answered otherwise here, and were kept.",
    },
    fr: {
      one: "{count} lieu a ici une autre réponse, gardée.",
      other: "{count} lieux ont ici une autre réponse, gardée.",
    },
  },
  "areas.imported.replace": { en: "Use the file’s answers", fr: "Prendre celles du fichier" },

  "areas.blind": { en: "What is here?", fr: "Qu’y a-t-il ici ?" },
  "areas.blind.place": { en: "Place {position} of {places}", fr: "Lieu {position} sur {places}" },
  "areas.blind.hidden": {
    en: "Maps, labels and other results are hidden until you stop, so that they do not influence the answer.",
    fr: "Cartes, étiquettes et autres résultats sont masqués jusqu’à l’arrêt, pour ne pas influencer la réponse.",
  },
  "areas.blind.locked.title": { en: "Locked while you answer", fr: "Verrouillé pendant l’interprétation" },
  "areas.blind.locked": {
    en: "Results are hidden until you stop, so that they do not influence the answer.",
    fr: "Les résultats sont masqués jusqu’à l’arrêt, pour ne pas influencer la réponse.",
  },
  "areas.blind.other": { en: "Another class", fr: "Une autre classe" },
  "areas.blind.cannotTell": { en: "Cannot tell", fr: "Impossible à dire" },
  "areas.blind.back": { en: "Back", fr: "Retour" },
  "areas.blind.forward": { en: "Next", fr: "Suivant" },
  "areas.blind.stop": { en: "Stop and show maps", fr: "Arrêter et montrer les cartes" },
  "areas.blind.done": { en: "All places are answered.", fr: "Tous les lieux sont interprétés." },
  "areas.blind.result": { en: "Show the result", fr: "Voir le résultat" },
  "areas.blind.reading": { en: "Reading all dates", fr: "Lecture de toutes les dates" },
  "areas.blind.curves": { en: "All dates at this place", fr: "Toutes les dates en ce lieu" },
  "areas.blind.keys": { en: "Answers and their keys", fr: "Réponses et leurs touches" },

  "areas.assess": { en: "Accuracy of", fr: "Exactitude de" },
  "areas.result": { en: "Accuracy and areas", fr: "Exactitude et surfaces" },
  "areas.overall": { en: "Overall accuracy", fr: "Exactitude globale" },
  "areas.class": { en: "Class", fr: "Classe" },
  "areas.area": { en: "ha", fr: "ha" },
  "areas.mapped": { en: "mapped", fr: "cartogr." },
  "areas.users": { en: "UA %", fr: "EU %" },
  "areas.producers": { en: "PA %", fr: "EP %" },
  "areas.other": { en: "Another class", fr: "Autre classe" },
  "areas.used": {
    en: { one: "From {count} answered place.", other: "From {count} answered places." },
    fr: { one: "D’après {count} lieu interprété.", other: "D’après {count} lieux interprétés." },
  },
  "areas.note.open": {
    en: {
      one: "{count} place is open. Places come in random order, so the figures hold already, with wider intervals.",
      other: "{count} places are open. Places come in random order, so the figures hold already, with wider intervals.",
    },
    fr: {
      one: "{count} lieu est ouvert. L’ordre est aléatoire : les chiffres valent déjà, avec des intervalles plus larges.",
      other:
        "{count} lieux sont ouverts. L’ordre est aléatoire : les chiffres valent déjà, avec des intervalles plus larges.",
    },
  },
  "areas.note.cannotTell": {
    en: {
      one: "{count} place could not be told and is left out; if such places are harder than others, the accuracy looks too high.",
      other:
        "{count} places could not be told and are left out; if such places are harder than others, the accuracy looks too high.",
    },
    fr: {
      one: "{count} lieu impossible à dire est écarté ; si de tels lieux sont plus difficiles, l’exactitude paraît trop haute.",
      other:
        "{count} lieux impossibles à dire sont écartés ; si de tels lieux sont plus difficiles, l’exactitude paraît trop haute.",
    },
  },
  "areas.note.unmapped": {
    en: {
      one: "At {count} place the map has no class: it counts for areas alone.",
      other: "At {count} places the map has no class: they count for areas alone.",
    },
    fr: {
      one: "En {count} lieu la carte n’a pas de classe : il ne compte que pour les surfaces.",
      other: "En {count} lieux la carte n’a pas de classe : ils ne comptent que pour les surfaces.",
    },
  },
  "areas.note.another": {
    en: "The places were drawn from another map; its classes stay the strata (Stehman 2014). Where all answers agree no ± is shown; errors may still exist.",
    fr: "Les lieux ont été tirés d’une autre carte ; ses classes restent les strates (Stehman 2014). Si toutes les réponses concordent, aucun ± n’est affiché ; des erreurs restent possibles.",
  },
  "areas.note.same": {
    en: "± is half of the 95 % interval (Olofsson et al. 2014). Where all answers agree no ± is shown; errors may still exist.",
    fr: "± est la moitié de l’intervalle à 95 % (Olofsson et al. 2014). Si toutes les réponses concordent, aucun ± n’est affiché ; des erreurs restent possibles.",
  },
  "areas.noError": {
    en: "No error was found in some classes, which is not ± 0. Of each may still be wrong (95%): {classes}. {count} places of a class without an error would leave {share}.",
    fr: "Aucune erreur trouvée dans certaines classes, ce qui n’est pas ± 0. De chacune peut encore être faux (95 %) : {classes}. {count} lieux d’une classe sans erreur ne laisseraient que {share}.",
  },
  "areas.noError.class": {
    en: { one: "{name} {share} ({count} place)", other: "{name} {share} ({count} places)" },
    fr: { one: "{name} {share} ({count} lieu)", other: "{name} {share} ({count} lieux)" },
  },
  "areas.missing": {
    en: "Answer at least two places of each class of the map. Still missing: {classes}.",
    fr: "Interprétez au moins deux lieux de chaque classe de la carte. Il manque : {classes}.",
  },
  "areas.untold": {
    en: "Nobody could tell the places of {classes}: the figures are of the rest of the map.",
    fr: "Personne n’a pu dire ce qu’il y a aux lieux de {classes} : les chiffres valent pour le reste de la carte.",
  },
  "areas.none": {
    en: "No place is answered yet.",
    fr: "Aucun lieu n’est encore interprété.",
  },
  "areas.design": {
    en: "{method}, seed {seed}, drawn {day}",
    fr: "{method}, graine {seed}, tiré {day}",
  },
  "areas.corrected.note": {
    en: "From {samples} places of the sample “{name}”, drawn at random and answered without seeing the map (Olofsson et al. 2014).",
    fr: "D’après {samples} lieux de l’échantillon « {name} », tirés au hasard et interprétés sans voir la carte (Olofsson et al. 2014).",
  },
});
