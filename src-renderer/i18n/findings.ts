import { type Finding, type FindingSentences, type FindingText, findingText } from "../../src-shared/domain/finding.ts";
import { plainFinding, reconstructed } from "../../src-shared/domain/finding-words.ts";
import type { LabelUnit } from "../../src-shared/domain/label-unit.ts";
import { counted, listed, quoted } from "./errors/words.ts";
import { countedGroups, countedLabels, labelWord, noLabel } from "./label-words.ts";
import { language } from "./language.svelte.ts";
import { frenchSpaces, messages } from "./message.ts";
import { recipeMessages } from "./recipe.ts";
import { runsMessages } from "./runs.ts";

const percent = (share: number): string =>
  `${(100 * share).toFixed(share < 0.001 && share > 0 ? 3 : 1).replace(".", ",")} %`;
const three = (value: number): string => value.toFixed(3).replace(".", ",");
const parts = { train: "d’entraînement", validation: "de validation", test: "de test" } as const;
const withCounts = (
  classes: readonly { readonly name: string; readonly polygons: number }[],
  unit?: LabelUnit,
): string => classes.map(({ name, polygons }) => `${quoted(name)} (${countedLabels(polygons, unit)})`).join(", ");
const drawn = (unit?: LabelUnit): boolean => (unit ?? "polygons") === "polygons" || unit === "labels";
const withTiles = (classes: readonly { readonly name: string; readonly tiles: number }[]): string =>
  classes.map(({ name, tiles }) => `${quoted(name)} (${counted(tiles, "tuile")})`).join(", ");
const moreLabels = "Étiquetez d’autres endroits de ces classes.";
const better =
  "Étiquetez d’autres endroits, ou entraînez autrement : une autre méthode, ou un réseau avec plus d’étapes, avec balance=patches ou à partir d’un modèle pré-entraîné.";

const figure = (value: number, unit: string): string =>
  `${String(Number(value.toPrecision(4))).replace(".", ",")}${unit === "" ? "" : ` ${unit}`}`;

/** What `englishFindings` says, in French. A code without a sentence does not compile. */
export const frenchFindings: FindingSentences = {
  "loss-near-chance": ({ loss, chance, classes }) => ({
    what: `La perte finit à ${three(loss)} ; répondre toujours selon les parts des ${classes} classes donne ${three(chance)}. Le modèle n’a presque rien appris des étiquettes.`,
    remedy:
      "Entraînez avec plus d’étapes ou un autre pas d’apprentissage, partez d’un modèle pré-entraîné, et vérifiez que les étiquettes et les images montrent le même endroit et la même année.",
  }),
  "contrast-near-chance": ({ loss, chance }) => ({
    what: `La perte contrastive finit à ${three(loss)} ; choisir au hasard donne ${three(chance)}. Les modalités n’ont pas appris à reconnaître les patchs les unes des autres.`,
    remedy: "Pré-entraînez avec plus d’étapes, et vérifiez que les modalités montrent les mêmes endroits.",
  }),
  "reconstruction-no-better": ({ modality, loss }) => ({
    what: `Ce qui est caché de ${modality} est reconstruit avec une erreur de ${three(loss)} ; la moyenne seule donne 1.`,
    remedy: "Pré-entraînez avec plus d’étapes.",
  }),
  "loss-zero": ({ term }) => ({
    what: `La perte ${quoted(term)} finit exactement à 0 : elle n’avait rien à apprendre.`,
    remedy: "Vérifiez que les images couvrent le projet et que les masques de nuages en laissent quelque chose.",
  }),
  "loss-rising": ({ first, last }) => ({
    what: `La perte est montée de ${three(first)} à ${three(last)} : l’entraînement a divergé.`,
    remedy: "Recommencez avec un pas d’apprentissage plus petit.",
  }),
  "one-class-taught": ({ name }) => ({
    what: `Une seule classe a été enseignée, ${quoted(name)} : le modèle la voit partout.`,
    remedy: "Étiquetez au moins une autre classe, ou mettez-en une dans la partie d’entraînement.",
  }),
  "modality-without-pixels": ({ modality }) => ({
    what: `Le réseau n’a rien vu de ${modality} : pas un pixel clair là où il a regardé.`,
    remedy: "Vérifiez où se trouvent ses images et ce que leurs masques disent clair, ou ne l’utilisez pas.",
  }),
  "modality-rarely-seen": ({ modality, share }) => ({
    what: `Seuls ${percent(share)} des patchs regardés ont une observation claire de ${modality}.`,
    remedy: "Vérifiez où se trouvent ses images et ce que leurs masques disent clair.",
  }),
  "modality-constant": ({ modality }) => ({
    what: `Toutes les bandes de ${modality} ont partout la même valeur : elle n’apprend rien au réseau.`,
    remedy: "Vérifiez ses images et leur échelle, ou ne l’utilisez pas.",
  }),
  "modality-covers-part": ({ modality, seen, places, share }) => ({
    what: `${modality} a des images dans ${seen} lieux sur ${places}, sur ${percent(share)} de la surface que les entrées voient ensemble.`,
    remedy:
      "Ailleurs, le modèle n’utilise que les autres entrées. Importez des images là aussi, ou retirez cette entrée.",
  }),
  "no-shared-place": ({ modalities }) => ({
    what: `Aucun lieu n’est vu par deux des entrées ${modalities.join(", ")} : rien ne peut être appris de leur comparaison.`,
    remedy: "Importez des images des mêmes lieux.",
  }),
  "bands-constant": ({ modality, bands }) => ({
    what: `${modality} : ${bands.join(", ")} ${bands.length < 2 ? "a" : "ont"} partout la même valeur.`,
    remedy: "Vérifiez ces bandes ; laissez-les de côté si elles sont vides.",
  }),
  "values-clipped": ({ modality, bands, share }) => ({
    what: `${percent(share)} des valeurs de ${modality} (${bands.join(", ")}) sont hors de ce que le modèle a appris et ont été coupées.`,
    remedy: "Vérifiez l’unité et l’échelle des images : elles diffèrent de celles de l’entraînement.",
  }),
  "bands-stand-in": ({ modality, bands }) => ({
    what: `${modality} : ${bands.map(({ wanted, band, nanometers }) => `${band} est lue comme ${wanted} (centres distants de ${Math.round(nanometers)} nm)`).join(", ")}.`,
    remedy:
      "Mesurez le modèle sur des étiquettes de ce lieu ; les statistiques du lieu retirent ce que l’autre capteur ajoute.",
  }),
  "bands-masked": ({ modality, bands }) => ({
    what: `Les images de ${modality} ne montrent pas ${bands.join(", ")} : le modèle reçoit à la place la moyenne de son entraînement.`,
    remedy: "Mesurez le modèle sur des étiquettes de ce lieu, ou affinez-le ici.",
  }),
  "dates-left-out": ({ dates, of, first, last }) => ({
    what: `${dates} dates sur ${of} ne sont pas lues (${first} à ${last}) : elles sont avant ou après la saison que le modèle compte.`,
    remedy: "Choisissez l’année qui tient lieu de première année du modèle pour cartographier une autre saison.",
  }),
  "statistics-of-place": ({ places }) => ({
    what: `L’encodeur a appris de ${places > 1 ? `${places} lieux` : "plusieurs lieux"}, chacun avec ses propres moyenne et écart-type : les valeurs sont centrées et réduites par ceux de ces images.`,
    remedy: "Choisissez les statistiques du modèle là où vous n’utilisez qu’un coin de ses propres images.",
  }),
  "inputs-of-start": ({ model, fresh, unused }) => ({
    what: [
      ...(fresh.length > 0 ? [`${fresh.join(", ")} : ${fresh.length === 1 ? "entrée nouvelle" : "entrées nouvelles"} pour ${quoted(model)}, ${fresh.length === 1 ? "apprise" : "apprises"} de zéro`] : []), // biome-ignore format: one line
      ...(unused.length > 0 ? [`${unused.join(", ")} de ${quoted(model)} : sans usage ici, faute de telles images`] : []), // biome-ignore format: one line
    ]
      .join(" ; ")
      .concat("."),
    remedy: "Pré-entraînez aussi sur les images de ce projet quand les nouvelles entrées comptent le plus.",
  }),
  "years-mixed": ({ years }) => ({
    what: `Le modèle a appris d’une seule année, et les images de ${years.join(", ")} sont comptées comme si elles n’en étaient qu’une.`,
    remedy: "Choisissez l’année à cartographier.",
  }),
  "season-untaught": ({ dates, of, first, last }) => ({
    what: `${dates} dates sur ${of} tombent dans une partie de l’année que le modèle n’a jamais vue : il a appris du ${first} au ${last}.`,
    remedy:
      "Utilisez des images de la même partie de l’année, ou mesurez le modèle sur des étiquettes de ce lieu et de cette année.",
  }),
  "other-years": ({ years, first, last }) => ({
    what: `Le modèle a appris du ${first} au ${last} ; ces images sont comptées ${Math.abs(years)} ${Math.abs(years) === 1 ? "an" : "ans"} plus ${years > 0 ? "tard" : "tôt"}.`,
    remedy: "Mesurez le modèle sur des étiquettes de cette année avant d’utiliser sa carte.",
  }),
  "classes-renamed": ({ classes }) => ({
    what: `Prises pour une seule classe bien que les noms diffèrent : ${classes.map(({ label, model }) => `${quoted(label)} des étiquettes et ${quoted(model)} du modèle`).join(", ")}.`,
    remedy:
      "Donnez à la classe de l’étiquette le nom de celle du modèle si elles sont identiques, ou un autre numéro sinon.",
  }),
  "seasons-opposite": ({ trained, here }) => ({
    what: `Le modèle a été entraîné à la latitude ${trained}°, ce lieu est à ${here}° : l’été là-bas est l’hiver ici.`,
    remedy: "Décalez les jours de 183 pour que les saisons se rejoignent, ou entraînez un modèle pour cet hémisphère.",
  }),
  "validation-below-commonest": ({ accuracy, commonest, share, samples }) => ({
    what: `Sur ${counted(samples, "patch de validation", "patchs de validation")}, le modèle a raison dans ${percent(accuracy)} des cas ; répondre toujours ${quoted(commonest)} donne ${percent(share)}.`,
    remedy: better,
  }),
  "method-wins": ({ model, theirs, ours }) => ({
    what: `Sur la part de validation, ${quoted(model)}, une méthode simple, a un F1 macro de ${theirs.toLocaleString("fr", { maximumFractionDigits: 2 })}, ce réseau ${ours.toLocaleString("fr", { maximumFractionDigits: 2 })}.`,
    remedy: `Dessinez les cartes avec ${quoted(model)}, ou donnez au réseau plus d’étiquettes, plus d’étapes ou un départ pré-entraîné.`,
  }),
  "encoder-taught": ({ model }) => ({
    what: `L’encodeur est celui de « ${model} », qui a lui-même appris des classes. Les étiquettes qu’il a vues semblent plus faciles que d’autres : les chiffres mesurés sur elles promettent trop.`,
    remedy:
      "Prenez l’encodeur d’un modèle pré-entraîné sans étiquettes, ou mesurez sur des étiquettes qu’aucun des deux n’a vues.",
  }),
  "no-validation": () => ({
    what: "Rien n’a été mis de côté pour la validation : les poids de la dernière étape ont été gardés, sans savoir s’ils sont bons.",
    remedy: "Donnez une part à la validation dans la répartition.",
  }),
  "classes-without-patch": ({ classes, unit }) => ({
    what: drawn(unit)
      ? `Non enseignées, car elles n’ont ${noLabel(unit)} qui contienne le centre d’un patch : ${withCounts(classes, unit)}.`
      : `Non enseignées, car elles n’ont ${noLabel(unit)} dans le projet : ${withCounts(classes, unit)}.`,
    remedy: drawn(unit)
      ? `Choisissez des patchs plus petits, ou dessinez des ${labelWord(unit)} plus ${unit === "labels" ? "grandes" : "grands"}.`
      : "Étiquetez des endroits du projet.",
  }),
  "classes-not-in-training": ({ classes, unit }) => ({
    what: `Non enseignées, car elles n’ont ${noLabel(unit)} dans la partie d’entraînement : ${withCounts(classes, unit)}.`,
    remedy: "Refaites la répartition pour que chaque classe s’entraîne ; une carte ne montre jamais ces classes.",
  }),
  "polygons-without-patch": ({ without, polygons, unit }) => ({
    what: `Partie d’entraînement : sur ${countedLabels(polygons, unit)}, ${without} ${drawn(unit) ? "sans centre de patch" : "sans patch"} dans le projet, qui n’${without < 2 ? "enseigne" : "enseignent"} rien.`,
    remedy: drawn(unit) ? "Des patchs plus petits les utiliseraient." : "Étiquetez des endroits du projet.",
  }),
  "patches-contested": ({ contested, labelled, unit }) => ({
    what: `Des ${labelWord(unit)} de plusieurs classes se rencontrent sur ${counted(contested, "patch", "patchs")}, qui n’enseignent rien (${labelled} autres le font).`,
    remedy: drawn(unit)
      ? `Coupez les ${labelWord(unit)} où il y a recouvrement.`
      : "Des patchs plus petits les sépareraient.",
  }),
  "few-polygons": ({ classes, unit }) => ({
    what: `Moins de trois ${labelWord(unit)} d’entraînement : ${withCounts(classes, unit)}. Le modèle connaît ces endroits, pas ces classes.`,
    remedy: moreLabels,
  }),
  "score-below-commonest": ({ modalities, accuracy, commonest, share }) => ({
    what: `Avec ${modalities.join(" + ")}, ${percent(accuracy)} des patchs sont justes ; répondre toujours ${quoted(commonest)} donne ${percent(share)}. Cette carte est pire que pas de carte.`,
    remedy: better,
  }),
  "score-not-above-commonest": ({ modalities, accuracy, low, share }) => ({
    what: `Avec ${modalities.join(" + ")}, ${percent(accuracy)} des patchs sont justes, au moins ${percent(low)} selon l’intervalle à 95 % : ce n’est peut-être pas mieux que de répondre toujours la classe la plus fréquente (${percent(share)}).`,
    remedy: "Mesurez sur plus d’endroits, ou entraînez autrement.",
  }),
  "nothing-scored": ({ modalities }) => ({
    what: `Avec ${modalities.join(" + ")}, aucun patch étiqueté n’est vu : il n’y a pas de score.`,
    remedy: "Importez des images qui couvrent ces étiquettes.",
  }),
  "one-class-measured": ({ part, name }) => ({
    what: `La partie ${parts[part]} n’a qu’une classe, ${quoted(name)} : un modèle qui n’en connaît pas d’autre aurait raison partout.`,
    remedy: "Refaites la répartition pour mesurer plusieurs classes.",
  }),
  "classes-untested": ({ part, names }) => ({
    what: `Aucun patch ${parts[part]} de ${listed(names)} : on ne sait rien de leur justesse, et elles ne comptent pas dans le F1 macro.`,
    remedy: "Refaites la répartition, ou étiquetez d’autres endroits de ces classes.",
  }),
  "classes-never-found": ({ part, modalities, classes }) => ({
    what: `Avec ${modalities.join(" + ")}, aucun patch ${parts[part]} de ces classes n’est retrouvé : ${classes
      .map(({ name, patches }) => `${quoted(name)} (${counted(patches, "patch", "patchs")})`)
      .join(", ")}.`,
    remedy: "Étiquetez-en d’autres endroits, ou entraînez avec balance=classes.",
  }),
  "classes-untaught": ({ part, classes, unit }) => ({
    what: `Dans la partie ${parts[part]} et non comptées, car le modèle ne les a jamais apprises : ${withCounts(classes, unit)}. La carte donne un autre nom à ces endroits.`,
    remedy: "Enseignez ces classes, ou comptez leurs endroits comme faux.",
  }),
  "patches-not-seen": ({ modalities, unseen, labelled }) => ({
    what: `${counted(unseen, "patch étiqueté", "patchs étiquetés")} sur ${labelled} ne sont vus à aucune date de ${modalities.join(" + ")} et ne sont pas comptés.`,
    remedy: "Importez d’autres dates, ou vérifiez les masques de nuages.",
  }),
  "few-polygons-measured": ({ part, polygons, unit }) => ({
    what: `La partie ${parts[part]} a ${countedLabels(polygons, unit)} : le score dépend de ces quelques endroits.`,
    remedy: "Étiquetez d’autres endroits, ou laissez de côté l’un après l’autre.",
  }),
  "scored-on-training": () => ({
    what: "Mesuré sur les étiquettes d’entraînement : cela ne dit rien des autres endroits.",
    remedy: "Mesurez sur la partie de test.",
  }),
  "split-optimistic": () => ({
    what: "Les patchs ont été répartis au hasard : des patchs de test touchent des patchs d’entraînement du même champ, et le score est trop élevé.",
    remedy: "Répartissez par blocs pour un score réaliste.",
  }),
  "split-one-polygon": ({ names, unit }) => ({
    what: `Mesuré sur ${unit === "labels" ? "une seule" : "un seul"} ${labelWord(unit, 1)} : ${listed(names)}.`,
    remedy: moreLabels,
  }),
  "split-class-missing": ({ part, names }) => ({
    what: `Étiquetées, mais absentes de la partie ${parts[part]} : ${listed(names)}.`,
    remedy: "Refaites la répartition, ou étiquetez d’autres endroits de ces classes.",
  }),
  "tiles-near-chance": ({ loss, chance, classes }) => ({
    what: `La perte finit à ${three(loss)} ; répondre toujours selon la fréquence des ${classes} classes donne ${three(chance)}. Le modèle n’a presque rien appris des tuiles.`,
    remedy:
      "Entraînez avec plus d’étapes ou un autre pas d’apprentissage, partez d’un modèle pré-entraîné, et vérifiez que les étiquettes et les images montrent le même endroit et la même année.",
  }),
  "tiles-below-commonest": ({ part, microF1, baseline, classes }) => ({
    what: `Sur les tuiles ${parts[part]}, le modèle a un F1 micro de ${three(microF1)} ; répondre toujours ${listed(classes)} donne ${three(baseline)}. Ses réponses sont pires que rien.`,
    remedy: "Entraînez avec plus d’étapes, partez d’un modèle pré-entraîné, ou étiquetez d’autres tuiles.",
  }),
  "tiles-not-above-commonest": ({ part, microF1, low, baseline, places }) => ({
    what: `Sur les tuiles ${parts[part]}, le modèle a un F1 micro de ${three(microF1)}, au moins ${three(low)} selon l’intervalle à 95 % sur ${counted(places, "lieu", "lieux")} : ce n’est peut-être pas mieux que de répondre toujours les classes les plus fréquentes (${three(baseline)}).`,
    remedy: "Mesurez sur des tuiles d’autres lieux, ou entraînez autrement.",
  }),
  "tiles-empty": ({ part, tiles, share }) => ({
    what: `${counted(tiles, "tuile")} ${parts[part]} sans classe au-dessus de la part ${String(share).replace(".", ",")} : écartées.`,
    remedy: "Une part plus basse, ou garder les tuiles vides, les utiliserait.",
  }),
  "tiles-unseen": ({ part, unseen, tiles }) => ({
    what: `${counted(unseen, "tuile")} sur ${tiles} ${parts[part]} sans aucune image : non comptées.`,
    remedy: "Importez des images de ces lieux.",
  }),
  "tiles-few": ({ part, classes }) => ({
    what: `Moins de cinq tuiles ${parts[part]} contiennent : ${withTiles(classes)}.`,
    remedy: "Étiquetez d’autres tuiles de ces classes.",
  }),
  "tiles-untaught": ({ part, classes }) => ({
    what: `Présentes dans les tuiles ${parts[part]} mais sans score, car le modèle ne les a jamais apprises : ${withTiles(classes)}.`,
    remedy: "Répartissez à nouveau pour que des tuiles d’entraînement contiennent ces classes.",
  }),
  "tiles-optimistic": () => ({
    what: "Les tuiles ont été réparties une par une : des tuiles de test côtoient des tuiles d’entraînement, le score est trop élevé.",
    remedy: "Répartissez par blocs pour un score réaliste.",
  }),
  "not-calibrated": ({ modalities, calibrated }) => ({
    what: calibrated
      ? `Le modèle a été calibré avec ${calibrated.join(" + ")} et sert ici avec ${modalities.join(" + ")} : on ne sait pas quelles classes sont possibles ni quels endroits sont incertains.`
      : "Le modèle n’a pas été calibré sur des étiquettes de validation : on ne sait pas quelles classes sont possibles ni quels endroits sont incertains.",
    remedy: `Réservez des étiquettes à la validation, mesurez le modèle avec ${modalities.join(" + ")}, puis redessinez la carte.`,
  }),
  "calibrated-elsewhere": () => ({
    what: "Le modèle a été calibré sur des étiquettes d’un autre endroit ou d’un autre temps, ou avec d’autres bandes, statistiques ou jours : on ne sait pas à quelle fréquence la classe est ici parmi les possibles.",
    remedy:
      "Réservez des étiquettes de cet endroit à la validation, mesurez le modèle comme il sert ici, puis redessinez la carte.",
  }),
  "sets-all-classes": ({ level, calibrated, needed, groups, unit }) => ({
    what: `Aucune classe ne peut être exclue : pour une promesse de ${percent(level)}, il faut au moins ${countedGroups(needed, groups, unit)} dans la part de validation, et il y en a ${calibrated}.`,
    remedy: "Donnez-en davantage à la part de validation, ou promettez moins.",
  }),
  "sets-rule-out-nothing": ({ level, calibrated, groups, unit }) => ({
    what: `Aucune classe ne peut être exclue : pour promettre ${percent(level)}, la vraie classe devrait être possible presque partout parmi ${countedGroups(calibrated, groups, unit)} de la part de validation, et trop souvent le modèle ne lui donne aucune probabilité.`,
    remedy: "Promettez moins, ou entraînez sur davantage d’endroits de ces classes.",
  }),
  "sets-cover-less": ({ modalities, level, covered, high, count, groups, unit }) => ({
    what: `Avec ${modalities.join(" + ")}, la classe est parmi les possibles pour ${percent(covered)} de ${countedGroups(count, groups, unit)} (95 % : au plus ${percent(high)}) ; ${percent(level)} étaient promis.`,
    remedy:
      "Les endroits mesurés diffèrent de ceux de la part de validation : répartissez à nouveau, ou promettez plus.",
  }),
  "map-one-class": ({ name, classes }) => ({
    what: `Toute la carte est ${quoted(name)}, une de ${classes} classes.`,
    remedy: "Mesurez le modèle avant d’utiliser la carte.",
  }),
  "map-empty": ({ modalities }) => ({
    what: `La carte est vide : rien de la zone n’est vu dans ${modalities.join(" + ")}.`,
    remedy: "Importez des images de cette zone.",
  }),
  "numbers-no-better": ({ rmse, baseline, unit }) => ({
    what: `Sur les endroits mis de côté, l’erreur (RMSE) est de ${figure(rmse, unit)} ; répondre toujours par la moyenne des endroits d’entraînement donne ${figure(baseline, unit)}. Le modèle ne fait pas mieux que la moyenne.`,
    remedy: "Ajoutez des endroits, d’autres images ou dates, ou utilisez la moyenne.",
  }),
  "numbers-few-blocks": ({ blocks, needed }) => ({
    what: `Les endroits se trouvent dans ${counted(blocks, "bloc")} de terrain ; il en faut ${needed} pour mettre des blocs de côté. Ils ont été mis de côté un par un : des endroits voisins font paraître les chiffres meilleurs qu’ils ne le sont ailleurs.`,
    remedy: "Réduisez les blocs, ou ajoutez des endroits plus éloignés.",
  }),
  "numbers-few-places": ({ places }) => ({
    what: `Mesuré sur ${counted(places, "endroit")} : les chiffres dépendent de ces quelques-uns.`,
    remedy: "Ajoutez des endroits.",
  }),
  "numbers-no-interval": ({ level, places, needed }) => ({
    what: `Il n’y a pas d’intervalle : pour contenir ${percent(level)} des endroits, il faut ${needed} endroits mis de côté, et il y en a ${places}.`,
    remedy: "Ajoutez des endroits, ou promettez moins.",
  }),
  "numbers-far-off": ({ values, unit }) => ({
    what: `Très loin de tous les autres : ${values.map((value) => figure(value, unit)).join(" ; ")}.`,
    remedy:
      "Vérifiez si ces endroits ont une autre unité, une faute de frappe ou un nombre qui veut dire « sans données ».",
  }),
  "numbers-unseen": ({ unseen, places }) => ({
    what: `${unseen} sur ${counted(places, "endroit")} n’apprennent rien : aucune image ne les montre, ou d’autres endroits ont leurs patchs.`,
    remedy: "Importez des images qui les couvrent.",
  }),
  "numbers-beyond-taught": ({ below, above, low, high, unit }) => ({
    what: `${percent(below + above)} de la carte dépasse les nombres appris (de ${figure(low, unit)} à ${figure(high, unit)}) : ${percent(below)} en dessous, ${percent(above)} au-dessus. C’est affiché au bout de l’échelle.`,
    remedy: "Ajoutez des endroits aux nombres plus bas ou plus hauts s’il en existe.",
  }),
  "change-inputs-differ": ({ left }) => ({
    what: `Non comparé, car une seule des périodes le montre : ${left.join(", ")}.`,
    remedy: "Importez des images des mêmes capteurs pour les deux périodes.",
  }),
  "change-months-left": ({ modality, months }) => ({
    what: `${modality} : ${months.length < 2 ? "le mois" : "les mois"} ${months.join(", ")} ${months.length < 2 ? "n’est vu" : "ne sont vus"} que dans une période et ${months.length < 2 ? "n’est pas comparé" : "ne sont pas comparés"}.`,
    remedy: "Importez des images de ces mois pour comparer plus de la saison.",
  }),
  "change-dates-differ": ({ modality, before, after }) => ({
    what: `${modality} a ${counted(before, "date")} avant et ${after} après dans les mois comparés : le côté qui en a moins est plus bruité, ce qui ressemble à un changement.`,
    remedy: "Importez plus de dates de ce côté, ou lisez le score avec prudence.",
  }),
  "change-sensors-differ": ({ modality, before, after }) => ({
    what: `${modality} vient de ${before.join(", ")} avant et de ${after.join(", ")} après : le score contient leur différence et n’est pas comparable à celui d’une même source.`,
    remedy: "Comparez des périodes des mêmes satellites, orbites et traitements.",
  }),
  "change-everywhere": ({ share }) => ({
    what: `${percent(share)} des endroits dépassent le seuil. Ce ne sont donc pas quelques endroits qui ont changé : la météo, la saison ou le traitement des deux périodes diffèrent.`,
    remedy: "Comparez d’autres années, ou moins de mois.",
  }),
  "compared-unlike": ({ from, to, first, second }) => ({
    what: `${quoted(from)} (${first.join(", ")}) et ${quoted(to)} (${second.join(", ")}) n’ont pas été dessinées de la même façon : une partie de ce qui ressemble à un changement est leur différence.`,
    remedy: "Dessinez les deux cartes avec un même modèle et les mêmes entrées.",
  }),
};

/** What happened and what to do, in the language of the window. */
export function findingWords(finding: Finding): FindingText {
  if (language.current !== "fr") {
    // Figures of the window are written “34.4%” in English.
    const { what, remedy } = plainFinding(finding);
    const say = (text: string) => text.replace(/(\d) %/g, "$1%");
    return { what: say(what), remedy: say(remedy) };
  }
  const { what, remedy } = findingText(withTermName(finding), frenchFindings);
  return { what: frenchSpaces(withFields(what)), remedy: frenchSpaces(withFields(remedy)) };
}

/** Settings by the name of their field, where the command line takes `balance=patches`. */
const withFields = (text: string): string =>
  text.replace(/balance=(patches|classes)/g, (_, value: "patches" | "classes") => {
    const field = recipeMessages["train.field.balance"].fr;
    return `${quoted(field)} réglé sur ${quoted(recipeMessages[`train.option.balance.${value}`].fr)}`;
  });

/** A part of the loss is called as the charts call it. */
function withTermName(finding: Finding): Finding {
  if (finding.code !== "loss-zero") return finding;
  const { term } = finding.details;
  const key = `runs.metric.${term}`;
  const input = reconstructed(term);
  const name =
    input !== undefined
      ? `${runsMessages["runs.chart.reconstruction"].fr} ${input}`
      : key in runsMessages
        ? runsMessages[key as "runs.metric.loss"].fr
        : term;
  return { code: "loss-zero", details: { term: name.charAt(0).toLowerCase() + name.slice(1) } };
}

export const findingMessages = messages({
  "findings.severe": { en: "Do not rely on this", fr: "Ne vous y fiez pas" },
  "findings.caution": { en: "Before you rely on this", fr: "Avant de vous y fier" },
  "findings.notes": {
    en: { one: "{count} remark", other: "{count} remarks" },
    fr: { one: "{count} remarque", other: "{count} remarques" },
  },
  "findings.helps": { en: "What helps", fr: "Ce qui aide" },
  "findings.more": {
    en: { one: "{count} more to know", other: "{count} more to know" },
    fr: { one: "{count} autre point à savoir", other: "{count} autres points à savoir" },
  },
  "findings.mark": { en: "Do not rely on it: {sentence}", fr: "Ne vous y fiez pas : {sentence}" },
});
