import { type NumberDrop, numberDropWords } from "../../src-shared/domain/numbers.ts";
import { language } from "./language.svelte.ts";

/** Why a shape with a number is not used, in French; `numberDropWords` has the English. */
export const frenchNumberDrops: Readonly<Record<NumberDrop, string>> = {
  "no-number": "pas de nombre",
  text: "un texte à la place du nombre",
  "not-finite": "un nombre qui n’est pas fini",
  "no-data": "le nombre qui veut dire « sans données »",
  absurd: "un nombre plus grand que tout ce qui se mesure",
  "below-minimum": "sous le nombre le plus bas permis",
  "above-maximum": "au-dessus du nombre le plus haut permis",
  "empty-geometry": "géométrie vide",
  "not-a-polygon": "ni un polygone ni un point",
  "invalid-geometry": "géométrie invalide",
  outside: "hors de la zone du projet",
  small: "plus petit qu’un patch",
  overlap: "un autre endroit a tous ses patchs",
};

/** Why a shape is not used, in the window's language. */
export const dropWords = (reason: NumberDrop): string =>
  (language.current === "fr" ? frenchNumberDrops : numberDropWords)[reason];
