import type { numberErrors } from "../../../src-shared/errors/numbers.ts";
import { frenchNumberDrops } from "../number-drops.ts";
import { counted, listed, quoted, type Sentences } from "./words.ts";

const figure = (value: number): string => String(value).replace(".", ",");

/** Targets of numbers, what learns them, maps of numbers and of change. */
export const frenchNumbers: Sentences<keyof typeof numberErrors> = {
  "numbers-field-needed": ({ path, fields }) =>
    fields.length > 0
      ? `Choisissez le champ de ${quoted(path)} qui contient le nombre. Il y a : ${listed(fields)}.`
      : `${quoted(path)} n’a pas de champ, donc pas de nombre. Choisissez un autre fichier.`,
  "numbers-comma-doubtful": ({ path, field, whole, decimal }) =>
    `Un nombre à virgule du champ ${quoted(field)} de ${quoted(path)} peut valoir ${whole} ou ${figure(decimal)}, et aucun autre nombre du champ ne le dit. Écrivez les nombres sans séparateur de milliers, ou avec un point décimal.`,
  "numbers-not-numeric": ({ path, field, values }) =>
    `Le champ ${quoted(field)} de ${quoted(path)} ne contient pas de nombres${values.length > 0 ? `, mais par exemple ${listed(values)}` : ""}. Choisissez un champ de nombres.`,
  "numbers-none-usable": ({ path, field, total, dropped }) =>
    `Aucune des ${total} formes de ${quoted(path)} n’a de nombre utilisable dans ${quoted(field)}${dropped.length > 0 ? ` (${dropped.map(({ reason, count }) => `${count} : ${frenchNumberDrops[reason]}`).join(" ; ")})` : ""}. Vérifiez le champ, les limites et la valeur « sans données ».`,
  "numbers-one-value": ({ name, places, value }) =>
    `Les ${places} endroits de ${quoted(name)} ont tous le nombre ${figure(value)} : il n’y a rien à apprendre. Choisissez un autre champ, ou ajoutez des endroits avec d’autres nombres.`,
  "numbers-too-few": ({ name, places, needed }) =>
    `${quoted(name)} a ${counted(places, "endroit")} où il y a des images ; il en faut ${needed} pour apprendre des uns et mesurer sur les autres. Ajoutez des endroits ou des images.`,
  "numbers-range": ({ minimum, maximum }) =>
    `Le nombre le plus bas (${figure(minimum)}) doit être inférieur au plus haut (${figure(maximum)}). Échangez-les.`,
  "number-target-not-found": ({ name, available }) =>
    available.length > 0
      ? `Il n’y a pas de cible ${quoted(name)}. Le projet a : ${listed(available)}.`
      : "Le projet n’a pas encore de nombres. Importez d’abord un fichier avec un champ de nombres.",
  "number-target-exists": ({ name }) => `Il y a déjà une cible ${quoted(name)}. Choisissez un autre nom.`,
  "number-model-not-found": ({ name, available }) =>
    available.length > 0
      ? `Il n’y a pas de modèle de nombres ${quoted(name)}. Le projet a : ${listed(available)}.`
      : "Le projet n’a pas encore de modèle de nombres. Entraînez-en un d’abord.",
  "number-model-exists": ({ name }) => `Il y a déjà un modèle de nombres ${quoted(name)}. Choisissez un autre nom.`,
  "number-model-damaged": ({ path }) =>
    `${quoted(path)} n’est pas un modèle de nombres lisible. Entraînez-le de nouveau.`,
  "surface-not-found": ({ id }) => `Il n’y a plus de carte de nombres ${id} dans ce projet. Choisissez-en une autre.`,
  "surface-exists": ({ name }) => `Il y a déjà une carte de nombres ${quoted(name)}. Choisissez un autre nom.`,
  "change-without-months": ({ from, to }) =>
    `${quoted(from)} et ${quoted(to)} n’ont aucun mois commun avec des images d’une même entrée : rien ne peut être comparé. Choisissez des périodes qui contiennent les mêmes mois de leurs années.`,
  "change-several-years": ({ name, years }) =>
    `${quoted(name)} a des images de ${years.length > 3 ? `${years[0]} à ${years.at(-1)}` : years.join(" et ")}, qui seraient mêlées. Donnez à chaque côté le premier et le dernier jour d’une période, avec les mêmes mois de son année.`,
  "change-period-reversed": ({ from, to }) =>
    `Une période ne peut pas commencer le ${from} et finir le ${to}. Échangez ses jours.`,
  "change-period-empty": ({ name, from, to }) =>
    `Aucune image du projet entre le ${from} et le ${to} (${quoted(name)}). Choisissez d’autres dates.`,
  "change-periods-overlap": ({ from, to }) =>
    `Les périodes ${quoted(from)} et ${quoted(to)} ont des dates en commun. La seconde doit commencer après la fin de la première.`,
  "change-no-place": ({ from, to }) =>
    `Aucun endroit n’est vu à la fois dans ${quoted(from)} et ${quoted(to)}. Choisissez des périodes ou des projets dont les images se recouvrent.`,
  "change-other-grid": ({ name }) =>
    `Le projet ${quoted(name)} a d’autres patchs ou un autre système de coordonnées. Comparez des projets dont les patchs sont sur une même grille.`,
};
