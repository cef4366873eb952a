import { messages } from "./message.ts";

/** The check of dates: do they belong together? */
export const stackMessages = messages({
  "stack.title": { en: "Check dates", fr: "Vérifier les dates" },
  "stack.empty.title": { en: "No images yet", fr: "Pas encore d’images" },
  "stack.empty": {
    en: "Import images first. Here you can check whether their dates fit together.",
    fr: "Importez d’abord des images. Vous pourrez vérifier ici si leurs dates vont ensemble.",
  },
  "stack.lead": {
    en: "Compares every date with the others: cover, clouds, jumps of the numbers, copies, orbits, gaps. Files are never changed.",
    fr: "Compare chaque date aux autres : couverture, nuages, sauts des valeurs, copies, orbites, lacunes. Les fichiers ne changent jamais.",
  },
  "stack.run": { en: "Check now", fr: "Vérifier" },
  "stack.again": { en: "Check again", fr: "Vérifier à nouveau" },
  "stack.stop": { en: "Stop", fr: "Arrêter" },
  "stack.checking": { en: "Looking at every date", fr: "Lecture de chaque date" },
  "stack.stale": {
    en: "Images have changed since this check.",
    fr: "Les images ont changé depuis cette vérification.",
  },
  "stack.fine.title": { en: "The dates fit together", fr: "Les dates vont ensemble" },
  "stack.fine": { en: "Nothing stands out.", fr: "Rien ne se distingue." },
  "stack.few": {
    en: "Nothing stands out, but no input has the three dates that it takes to tell which one is wrong.",
    fr: "Rien ne se distingue, mais aucune entrée n’a les trois dates nécessaires pour dire laquelle est fausse.",
  },
  "stack.input": { en: "Input", fr: "Entrée" },
  "stack.dates": { en: "Dates", fr: "Dates" },
  "stack.data": { en: "Data", fr: "Données" },
  "stack.clear": { en: "Clear", fr: "Clair" },
  "stack.places": {
    en: "Whether the dates lie on each other is measured in the panel Alignment.",
    fr: "La superposition des dates se mesure dans le volet Alignement.",
  },
  "stack.measure": { en: "Measure positions", fr: "Mesurer les positions" },
  "stack.more": { en: "{count} more", fr: "{count} de plus" },
  "stack.fewer": { en: "Fewer", fr: "Moins" },
  "stack.repaired": { en: "“{name}” is mended.", fr: "« {name} » est corrigée." },
  "stack.level.offset-still-in": { en: "+1000 is still in", fr: "Le décalage +1000 est encore présent" },
  "stack.level.offset-taken-twice": { en: "+1000 was taken off twice", fr: "Le décalage +1000 a été retiré deux fois" },
  "stack.level.factor": { en: "Numbers of another scale", fr: "Valeurs d’une autre échelle" },
  "stack.level.linear-not-decibels": {
    en: "Linear power, read as decibels",
    fr: "Puissance linéaire, lue comme des décibels",
  },
  "stack.level.brighter": {
    en: "Brighter than the other dates: cloud, haze or snow without a mask, or other processing",
    fr: "Plus clair que les autres dates : nuage, brume ou neige sans masque, ou autre traitement",
  },
  "stack.level.darker": {
    en: "Darker than the other dates: cloud shadow without a mask, wet ground or other processing",
    fr: "Plus sombre que les autres dates : ombre de nuage sans masque, sol humide ou autre traitement",
  },
  "stack.level.evidence": {
    en: "On {date} the numbers differ by {middle} in the middle and {darkest} where it is darkest, in {agree} of {bands} bands.",
    fr: "Le {date}, les valeurs diffèrent de {middle} au milieu et de {darkest} là où c’est le plus sombre, dans {agree} bandes sur {bands}.",
  },
  "stack.same-pixels": { en: "The same picture under several dates", fr: "La même image sous plusieurs dates" },
  "stack.same-pixels.evidence": {
    en: "{share} of the pixels are equal. It is no second look.",
    fr: "{share} des pixels sont identiques. Ce n’est pas un second passage.",
  },
  "stack.several-products": { en: "Several products of one overpass", fr: "Plusieurs produits d’un même passage" },
  "stack.several-products.evidence": {
    en: "One look would count several times.",
    fr: "Un même passage compterait plusieurs fois.",
  },
  "stack.orbits": { en: "Radar orbits are mixed", fr: "Des orbites radar sont mélangées" },
  "stack.orbit": {
    en: { one: "{pass} orbit {orbit}: {count} date", other: "{pass} orbit {orbit}: {count} dates" },
    fr: { one: "{pass} orbite {orbit} : {count} date", other: "{pass} orbite {orbit} : {count} dates" },
  },
  "stack.pass.ascending": { en: "ascending", fr: "ascendante" },
  "stack.pass.descending": { en: "descending", fr: "descendante" },
  "stack.orbits.apart": {
    en: "The two most frequent differ by {apart} dB on the same ground.",
    fr: "Les deux plus fréquentes diffèrent de {apart} dB sur le même sol.",
  },
  "stack.nothing-there": { en: "Dates outside of the project’s area", fr: "Des dates hors de la zone du projet" },
  "stack.nothing-there.evidence": {
    en: "None of their pixels lies in it: they only cost time.",
    fr: "Aucun de leurs pixels n’y tombe : elles ne coûtent que du temps.",
  },
  "stack.nothing-clear": { en: "Dates without a clear pixel", fr: "Des dates sans pixel clair" },
  "stack.nothing-clear.evidence": {
    en: "Their masks leave nothing: they only cost time.",
    fr: "Leurs masques ne laissent rien : elles ne coûtent que du temps.",
  },
  "stack.long-gap": { en: "A long time without a clear look", fr: "Une longue période sans vue claire" },
  "stack.long-gap.evidence": {
    en: {
      one: "From {from} to {to} ({days} days) no date sees a third of the area clearly; {count} date in between sees less.",
      other:
        "From {from} to {to} ({days} days) no date sees a third of the area clearly; {count} dates in between see less.",
    },
    fr: {
      one: "Du {from} au {to} ({days} jours), aucune date ne voit clairement un tiers de la zone ; {count} date entre les deux en voit moins.",
      other:
        "Du {from} au {to} ({days} jours), aucune date ne voit clairement un tiers de la zone ; {count} dates entre les deux en voient moins.",
    },
  },
  "stack.unreadable": { en: "Dates that cannot be read", fr: "Des dates illisibles" },
  "stack.repair.add": { en: "Read without the offset", fr: "Lire sans le décalage" },
  "stack.repair.times": { en: "Read at the usual scale", fr: "Lire à l’échelle habituelle" },
  "stack.repair.linear": { en: "Read as power", fr: "Lire comme puissance" },
  "stack.repair.leave-out": { en: "Leave out of the input", fr: "Retirer de l’entrée" },
  "stack.repair.best-of-day": { en: "Take the clearest", fr: "Prendre le plus clair" },
  "stack.repair.split-orbits": { en: "One input per orbit", fr: "Une entrée par orbite" },
});
