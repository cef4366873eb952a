import { messages } from "./message.ts";

/** The time bar. */
export const timeMessages = messages({
  "time.title": { en: "Time", fr: "Temps" },
  "time.empty.title": { en: "No dates yet", fr: "Pas encore de dates" },
  "time.empty": {
    en: "Dates appear here once the project has dated imagery.",
    fr: "Les dates apparaissent ici dès que le projet contient des images datées.",
  },
  "time.slider": { en: "Date", fr: "Date" },
  "time.play": { en: "Play", fr: "Lire" },
  "time.pause": { en: "Pause", fr: "Pause" },
  "time.back": { en: "Previous date", fr: "Date précédente" },
  "time.forward": { en: "Next date", fr: "Date suivante" },
  "time.first": { en: "First date", fr: "Première date" },
  "time.last": { en: "Last date", fr: "Dernière date" },
  "time.along": { en: "Step along", fr: "Avancer le long de" },
  "time.along.all": { en: "Sensors shown", fr: "Capteurs affichés" },
  "time.loading": { en: "This date is being drawn", fr: "Cette date est en cours de dessin" },
  "time.speed": { en: "Speed", fr: "Vitesse" },
  "time.speed.value": { en: "{speed} per s", fr: "{speed} par s" },
  "time.zoomIn": { en: "Show a shorter time", fr: "Montrer une période plus courte" },
  "time.zoomOut": { en: "Show a longer time", fr: "Montrer une période plus longue" },
  "time.zoomFull": { en: "Show all dates", fr: "Montrer toutes les dates" },
  "time.cloud": { en: "{share} cloud", fr: "{share} de nuages" },
  "time.covers": { en: "covers {share}", fr: "couvre {share}" },
  "time.ascending": { en: "ascending", fr: "ascendant" },
  "time.asc": { en: "asc.", fr: "asc." },
  "time.desc": { en: "desc.", fr: "desc." },
  "time.descending": { en: "descending", fr: "descendant" },
});
