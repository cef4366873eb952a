import { type Because, reasonIn } from "../../../src-shared/errors/reasons/index.ts";
import { frenchReasons } from "./french-reasons.ts";

/** Nouns that stand in reasons: names of parameters, of what a file should be. Words of standards and of files are not among them. */
const nouns: Readonly<Record<string, string>> = {
  "latitude of origin": "la latitude d’origine",
  "central meridian": "le méridien central",
  "first standard parallel": "le premier parallèle standard",
  "second standard parallel": "le second parallèle standard",
  scale: "l’échelle",
  azimuth: "l’azimut",
  "rectified grid angle": "l’angle de la grille redressée",
  "false easting": "la fausse abscisse (easting)",
  "false northing": "la fausse ordonnée (northing)",
  ellipsoid: "ellipsoïde",
  datum: "datum",
  unit: "unité",
  "prime meridian": "méridien d’origine",
  "a GeoPackage": "un GeoPackage",
  "a Shapefile": "un Shapefile",
  "a comment": "un commentaire",
  "the bounds are empty": "l’étendue est vide",
  "validation or test needs a share": "il faut une part de validation ou de test",
  "a shape or a point is needed": "il faut une forme ou un point",
  "no file is named": "aucun fichier n’est nommé",
  "nothing is named": "rien n’est nommé",
  "a number": "il faut un nombre",
  "a scale of 0 makes everything the same": "une échelle de 0 rend toutes les valeurs égales",
  "fold is larger than folds": "le pli est plus grand que leur nombre",
  "folds need blocks or polygons": "des plis demandent une répartition par blocs ou par polygones",
  "folds need blocks or random": "des plis demandent une répartition par blocs ou au hasard",
};

const number = (value: number): string => String(value).replace(".", ",");

/** The reason in French. */
export const because = (given: Because): string =>
  reasonIn(frenchReasons, given, (value) => (typeof value === "number" ? number(value) : (nouns[value] ?? value)));
