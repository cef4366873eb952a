import type { Method } from "../../../src-shared/domain/method.ts";
import type { learningErrors } from "../../../src-shared/errors/learning.ts";
import type { mapErrors } from "../../../src-shared/errors/maps.ts";
import type { parityErrors } from "../../../src-shared/errors/parity.ts";
import type { reportErrors } from "../../../src-shared/errors/report.ts";
import type { usageErrors } from "../../../src-shared/errors/usage.ts";
import { because } from "./reason-words.ts";
import { listed, partOf, quoted, type Sentences } from "./words.ts";

/** Models, training, result maps, reports and how things were asked. */
const decimals = (value: number): string => String(value).replace(".", ",");

const methodsInFrench: Readonly<Record<Method, string>> = {
  "logistic-regression": "régression logistique",
  "random-forest": "forêt aléatoire",
  "boosted-trees": "arbres boostés",
};

export const frenchLearning: Sentences<
  | keyof typeof learningErrors
  | keyof typeof mapErrors
  | keyof typeof parityErrors
  | keyof typeof reportErrors
  | keyof typeof usageErrors
> = {
  "modality-without-pixels": ({ modality, reason, pixels }) => {
    const name = quoted(modality);
    const why: Readonly<Record<typeof reason, string>> = {
      outside: `aucune image de ${name} ne se trouve dans l’emprise du projet. Importez des images de ce lieu`,
      "no-data": `les images de ${name} atteignent l’emprise du projet, mais aucun pixel n’y contient de données. Vérifiez ces images et leur valeur d’absence de données, ou importez-en d’autres`,
      impossible: `aucun nombre des images de ${name} ne peut être ce qu’il est censé être (réflectance de −0,25 à 3, rétrodiffusion de −80 à 60 dB) : tous sont pris pour une absence de données. Changez la lecture de ses nombres (échelle, décalage, unité)`,
      unclear: `tous les pixels examinés de ${name} sont nuageux ou masqués. Changez les classes du masque qui comptent comme claires, ou importez des dates plus claires`,
      few: `${name} n’a que ${pixels} pixels clairs dans l’emprise du projet. Importez d’autres images, ou changez les classes du masque qui comptent comme claires`,
      constant: `les ${pixels} pixels clairs de ${name} ont tous la même valeur. Vérifiez comment ses nombres sont lus (échelle, décalage, bandes)`,
    };
    return `Il n’y a rien à apprendre : ${why[reason]}, ou retirez ${name} des entrées.`;
  },
  "training-saw-nothing": ({ steps }) =>
    `La perte est restée exactement à 0 pendant les ${steps} pas : aucune tuile n’a rien montré au réseau, et aucun modèle n’a été gardé. Regardez la couverture des entrées et retirez celles qui n’ont aucun pixel clair.`,
  "map-without-imagery": ({ modalities }) =>
    `Aucune image de ${modalities.join(", ")} ne se trouve dans cette emprise : il n’y a rien à cartographier. Choisissez une autre emprise ou d’autres entrées, ou importez des images de ce lieu.`,
  "model-missing": ({ path }) =>
    `Pas de modèle ici : ${quoted(path)} n’existe pas. Choisissez un dossier de modèle qui contient model.json et weights.safetensors.`,
  "model-unreadable": ({ path, reason }) =>
    `${quoted(path)} n’est pas une description de modèle lisible par cette version (${because(reason)}). Exportez de nouveau le modèle, ou mettez OmniSat Desktop à jour.`,
  "model-damaged": ({ path }) =>
    `Les poids dans ${quoted(path)} ne sont pas ceux que décrit model.json : le fichier est endommagé ou a été remplacé. Copiez de nouveau le modèle depuis sa source.`,
  "model-modalities-missing": ({ missing, available }) =>
    `Le modèle lit ${missing.join(", ")}, que ce projet n’a pas (il a ${available.join(", ") || "aucune image"}). Importez ces images, ou choisissez un sous-ensemble de modalités communes.`,
  "model-bands-differ": ({ modality, model, project, missing }) =>
    `Le modèle a été entraîné sur ${modality} avec les bandes ${model.join(", ")} ; les images du projet ont ${project.join(", ")}.${missing === undefined ? "" : ` Aucune ne montre la lumière de ${missing.join(", ")} : les centres peuvent différer de 20 nm ou de la moitié de la bande la plus large.`} Utilisez des images avec au moins trois de ces bandes, ou un autre modèle.`,
  "model-season-differs": ({ modality, first, last, season }) =>
    `Aucune date de ${quoted(modality)} ne peut être comptée comme une de celles du modèle, qui a appris du ${first} au ${last}${season === null ? "" : `, quand ${season} tient lieu de sa première année`}. ${season === null ? "Utilisez des images de la même partie de l’année" : "Choisissez une autre année, ou aucune pour qu’elle suive les dates"}.`,
  "model-has-no-head": ({ name }) =>
    `${quoted(name)} est un modèle pré-entraîné sans classes. Entraînez-le d’abord sur vos étiquettes, puis cartographiez avec le résultat.`,
  "model-of-tiles": ({ name }) =>
    `« ${name} » dit quelles classes une tuile entière contient, pas la classe d’un patch. Utilisez-le sur des tuiles, ou affinez un modèle avec des polygones étiquetés.`,
  "model-without-network": ({ name }) =>
    `« ${name} » n’est pas un réseau : il ne peut être ni entraîné davantage ni écrit en ONNX. Choisissez un modèle pré-entraîné ou affiné comme réseau.`,
  "encoder-missing": ({ name }) =>
    `${quoted(name)} doit apprendre de ce qu’un encodeur tire des images, et aucun encodeur n’est indiqué. Nommez un modèle pré-entraîné ou affiné dont le prendre, ou apprenez des valeurs mensuelles.`,
  "method-needs-inputs": ({ name, missing }) =>
    `« ${name} » a besoin de toutes les entrées avec lesquelles il a appris ; il manque ${missing.join(", ")}. Utilisez-les toutes, ou entraînez-en un autre avec les entrées disponibles.`,
  "model-not-of-tiles": ({ name }) =>
    `« ${name} » donne la classe de chaque patch, pas ce qu’une tuile entière contient. Affinez un modèle avec des étiquettes de tuiles.`,
  "model-tile-differs": ({ model, project }) =>
    `Le modèle regarde des tuiles de ${model} × ${model} patchs, celles du projet en ont ${project} × ${project}. Créez un projet avec des tuiles de ${model} patchs, ou entraînez un modèle pour celui-ci.`,
  "model-golden-damaged": ({ path, reason }) =>
    `${quoted(path)} ne dit pas ce que son modèle répond (${because(reason)}). Copiez à nouveau le paquet du modèle depuis sa source ; sans ce fichier le modèle s’utilise sans contrôle.`,
  "model-golden-differs": ({ name, path, what, inputs, method, by, allowed, provider }) =>
    `${quoted(name)} ne répond pas comme son paquet le dit, et n’est donc pas utilisé : avec ${inputs} les ${what === "shares" ? "parts des classes" : "représentations"} ${method === null ? "de son réseau" : `de sa méthode (${methodsInFrench[method]})`} ${by === null ? "ne se comparent pas à" : `sont à ${decimals(Number(by.toPrecision(2)))} de`} celles de golden.json${by === null ? "" : ` (au plus ${decimals(allowed)})`}, calculées sur ${provider === "cpu" ? "le processeur" : provider}. ${
      provider === "cpu"
        ? `Ses fichiers ont été modifiés, ou cette version du programme calcule autre chose : copiez à nouveau ${quoted(path)} depuis sa source, ou prenez la version qui l’a fait.`
        : "Sur le processeur il répond juste : calculez-y (moyen de calcul : processeur), ou mettez à jour le pilote graphique."
    }`,
  "no-tile-labels": () => "Ce projet n’a pas d’étiquettes de tuiles entières. Importez-en d’abord.",
  "no-tile-split": () =>
    "Les tuiles étiquetées ne sont pas encore réparties entre entraînement et test. Répartissez-les d’abord.",
  "no-tiles-to-train": ({ part, tiles, share }) =>
    tiles === 0
      ? `Aucune tuile étiquetée dans la partie ${partOf(part)}. Importez des étiquettes de tuiles, ou changez leur répartition.`
      : `Aucune des ${tiles} tuiles de la partie ${partOf(part)} ne contient de classe au-dessus de la part ${share} que des images montrent. Baissez la part, ou changez la répartition.`,
  "tiles-too-many": ({ most }) =>
    `Les images de ce projet couvrent plus de ${most} tuiles. N’interrogez que les tuiles étiquetées, ou créez un projet plus petit.`,
  "tiles-without-data": ({ modality }) =>
    `« ${modality} » ne montre aucune des tuiles d’entraînement : il n’y a pas de pixel clair pour en apprendre les valeurs. Laissez-la de côté, ou importez des images de ces lieux.`,
  "model-grid-differs": ({ model, project }) =>
    `Le modèle travaille sur des patchs de ${model} m, le projet sur des patchs de ${project} m. Créez un projet avec des patchs de ${model} m, ou entraînez un modèle pour celui-ci.`,
  "no-labels-to-train": ({ part }) =>
    `Aucun patch étiqueté dans la partie ${partOf(part)}. Importez des étiquettes, ou changez la répartition pour qu’elle en contienne.`,
  "no-labelled-patch": ({ part }) =>
    `Aucun patch de la partie ${partOf(part)} n’a une classe que le modèle connaît. Choisissez une autre partie, ou changez la répartition.`,
  "overlap-too-large": ({ overlap, tile }) =>
    `Des tuiles de ${tile} patchs ne peuvent pas en partager ${overlap} avec la suivante. Choisissez un recouvrement d’au plus ${tile - 1} patchs ; une demi-tuile est l’usage.`,
  "series-too-short": ({ modality, dates }) =>
    `Le pré-entraînement sur ${quoted(modality)} seule demande au moins trois dates par tuile ; il y en a ${dates}. Importez d’autres dates ou un autre capteur, ou entraînez sans pré-entraînement.`,
  "checkpoint-of-another-run": ({ path }) =>
    `Le point de contrôle ${quoted(path)} appartient à un entraînement avec d’autres réglages ou données. Lancez un nouvel entraînement.`,
  "places-differ-in-patch": ({ place, theirs, ours }) =>
    `Le projet ${quoted(place)} a des patchs de ${theirs} m, celui-ci de ${ours} m : un réseau apprend des patchs d’une seule taille. Laissez-le de côté, ou refaites-le avec des patchs de ${ours} m.`,
  "place-without-common-input": ({ place, theirs, ours }) =>
    `Le projet ${quoted(place)} n’a aucune entrée en commun avec les autres : il a ${theirs.join(", ")}, ils ont ${ours.join(", ")}. Laissez-le de côté, ou choisissez des entrées qu’il a aussi.`,
  "place-bands-differ": ({ place, modality, theirs, ours }) =>
    `Aucune bande de ${quoted(modality)} dans le projet ${quoted(place)} (${theirs.join(", ")}) ne montre la lumière de celles du premier projet (${ours.join(", ")}). Laissez de côté le projet ou l’entrée.`,
  "place-without-pixels": ({ place, modality }) =>
    `${quoted(modality)} du projet ${quoted(place)} n’a aucun pixel clair à apprendre. Laissez de côté le projet ou l’entrée, ou regardez ses images dans ce projet.`,
  "project-chosen-twice": ({ folder }) =>
    `Le projet ${quoted(folder)} est nommé deux fois, ou c’est celui qui apprend. Nommez chaque autre projet une seule fois.`,
  "training-diverged": ({ step, first, loss }) =>
    `${first === undefined || loss === undefined ? `La perte n’est plus un nombre au pas ${step}` : `La perte est passée de ${first.toPrecision(3)} à ${loss.toPrecision(3)} au pas ${step}`} : l’entraînement a divergé et aucun modèle n’a été gardé. Réduisez le taux d’apprentissage, d’abord au dixième, et relancez l’entraînement.`,
  "weights-missing": ({ path }) =>
    `Pas de poids ici : ${quoted(path)} n’existe pas. Choisissez un fichier .safetensors.`,
  "weights-damaged": ({ path, reason }) =>
    `${quoted(path)} n’est pas un fichier safetensors entier : ${because(reason)}. Copiez-le de nouveau depuis sa source, ou revenez à un point de contrôle antérieur.`,
  "archive-too-large": ({ path }) =>
    `${quoted(path)} dépasserait les 4 Go qu’une archive ZIP peut contenir. Choisissez un nom sans « .zip » pour écrire un dossier.`,
  "map-not-found": ({ id }) =>
    `Il n’y a plus de carte ${id} dans ce projet. Elle a sans doute été supprimée dans une autre fenêtre ; choisissez une autre carte.`,
  "map-exists": ({ name }) => `Une carte s’appelle déjà ${quoted(name)}. Choisissez un autre nom.`,
  "map-files-missing": ({ name, path }) =>
    `Les fichiers de la carte ${quoted(name)} ont disparu (${quoted(path)}). Remettez-les en place, ou supprimez la carte et refaites-la.`,
  "vector-without-polygons": ({ path }) =>
    `${quoted(path)} ne contient aucun polygone. Choisissez un fichier ou une couche de polygones.`,
  "fields-apart-from-map": ({ path, map }) =>
    `Aucun polygone de ${quoted(path)} ne se trouve là où la carte ${quoted(map)} a une classe. Choisissez des polygones du même lieu, ou une autre carte.`,
  "sample-not-found": ({ id }) =>
    `L’échantillon ${id} n’est plus dans ce projet. Il a sans doute été supprimé dans une autre fenêtre ; choisissez-en un autre.`,
  "sample-exists": ({ name }) => `Un échantillon s’appelle déjà ${quoted(name)}. Choisissez un autre nom.`,
  "sample-place-not-found": ({ name, position, places }) =>
    `L’échantillon ${quoted(name)} a les lieux 1 à ${places} ; il n’y a pas de lieu ${position}.`,
  "sample-of-empty-map": ({ name }) =>
    `Aucun pixel de la carte ${quoted(name)} n’a de classe : aucun lieu ne peut être tiré. Choisissez une autre carte.`,
  "sample-missed-map": ({ name, places }) =>
    `La grille pour ${places} ${places === 1 ? "lieu" : "lieux"} n’a rencontré aucun pixel de la carte ${quoted(name)}. Demandez plus de lieux, ou choisissez une autre graine.`,
  "sample-too-large": ({ places, most }) =>
    `L’échantillon aurait ${places} lieux ; ${most} sont le maximum. Choisissez un intervalle plus large, ou moins de lieux par classe.`,
  "sample-answer-unknown": ({ name, answer, classes }) =>
    `${quoted(answer)} n’est pas une réponse de l’échantillon ${quoted(name)}. Répondez par : ${classes.join(", ")}, other (autre) ou cannot tell (impossible à dire).`,
  "sample-apart-from-map": ({ sample, map }) =>
    `La carte ${quoted(map)} n’a de classe en aucun lieu de l’échantillon ${quoted(sample)}. Choisissez une carte de la même zone.`,
  "answers-without-columns": ({ path, columns }) =>
    `${quoted(path)} n’a pas de colonne ${columns.map(quoted).join(" ni ")} : ses réponses ne peuvent pas être lues. Répondez dans un fichier exporté depuis l’échantillon.`,
  "answers-of-another-sample": ({ path, sample, row }) =>
    `La ligne ${row} de ${quoted(path)} n’appartient pas à l’échantillon ${quoted(sample)}. Importez le fichier exporté depuis cet échantillon ; rien n’a été modifié.`,
  "answers-unknown": ({ path, values, classes }) =>
    `${quoted(path)} contient des réponses qui ne sont pas des classes de l’échantillon : ${values.join(", ")}. Utilisez ${classes.join(", ")} ; rien n’a été modifié.`,
  "comparison-not-found": ({ id }) =>
    `Il n’y a plus de comparaison ${id} dans ce projet. Comparez de nouveau les cartes.`,
  "instant-not-prepared": () =>
    "La carte instantanée a d'abord besoin de ses valeurs, calculées une seule fois à partir des images. Cliquez sur « Préparer la carte instantanée » ou lancez omnisat features.",
  "instant-stale": ({ modalities }) =>
    `Les images de ${modalities.join(", ")} ou l'emprise du projet ont changé depuis la préparation de la carte instantanée. Préparez-la de nouveau : seul ce qui a changé est calculé.`,
  "chain-not-found": ({ id }) =>
    `Ce projet n'a pas d'apprentissage depuis les étiquettes de numéro ${id}. Voyez ceux qu'il y a dans le panneau Étiquettes.`,
  "chain-under-way": ({ name }) =>
    `L'apprentissage « ${name} » depuis les étiquettes n'est pas terminé. Reprenez-le ou annulez-le d'abord.`,
  "similar-nothing-there": () =>
    "Aucune image ne montre quoi que ce soit en ce lieu. Choisissez-en un que les images couvrent.",
  "similar-none-above": ({ threshold }) =>
    `Aucun lieu ne ressemble à au moins ${Math.round(100 * threshold)} % à ceux que vous avez cliqués. Baissez le seuil.`,
  "similar-format": ({ path }) =>
    `« ${path} » n'a pas d'extension connue. Utilisez .tif pour les scores, ou .gpkg, .geojson ou .shp pour les polygones.`,
  "embeddings-format": ({ path }) =>
    `${quoted(path)} ne contient pas de plongements connus : choisissez des tuiles AlphaEarth (GeoTIFF de 64 bandes int8) ou Tessera (fichiers .npy), ou un dossier de l’un des deux.`,
  "embeddings-mixed": ({ found }) =>
    `Les fichiers sont de ${found.join(" et ")}. Importez un seul produit et une seule année à la fois.`,
  "embeddings-shape": ({ path, found, expected }) =>
    `${quoted(path)} contient ${found}, alors qu’il faut ${expected}. Téléchargez-le de nouveau, ou choisissez un autre fichier.`,
  "embeddings-without-scales": ({ path }) =>
    `Les échelles de ${quoted(path)} manquent. Placez à côté le fichier du même nom qui finit par _scales.npy.`,
  "embeddings-without-place": ({ path }) =>
    `L’emplacement de ${quoted(path)} est inconnu. Placez à côté le GeoTIFF du même nom, ou dans global_0.1_degree_tiff_all comme le fait geotessera.`,
  "embeddings-outside": ({ paths }) =>
    `${paths.length === 1 ? `${quoted(paths[0]!)} est` : `Les ${paths.length} fichiers sont`} hors du projet. Choisissez des tuiles de l’emprise du projet.`,
  "embeddings-empty": ({ paths }) =>
    `${paths.length === 1 ? `${quoted(paths[0]!)} n’a` : `Les ${paths.length} fichiers n’ont`} aucune donnée dans l’emprise du projet. Choisissez d’autres tuiles ou une autre année.`,
  "npy-unreadable": ({ path }) =>
    `${quoted(path)} n’est pas un tableau int8 ou float32 écrit par NumPy, ou il est tronqué. Téléchargez-le de nouveau.`,
  "embedding-not-ready": ({ name }) =>
    `Le plongement ${quoted(name)} n’est pas là, ou ses images ou son modèle ont changé depuis. Calculez-le de nouveau dans « Ce que la carte connaît », ou choisissez-en un autre.`,
  "embedding-not-found": ({ name }) =>
    `Il n’y a pas de plongement ${quoted(name)} dans ce projet. Choisissez-en un autre dans « Ce que la carte connaît ».`,
  "instant-keeps-no-files": ({ name }) =>
    `La carte instantanée apprend de ${quoted(name)}, calculé ailleurs : un modèle ne peut pas le contenir. Faites-la apprendre des valeurs ou d’un de vos modèles, puis conservez-la.`,
  "instant-inputs-differ": ({ name, inputs }) =>
    `${quoted(name)} ne lit que ${inputs.join(", ")}, et la carte instantanée lit aussi les valeurs d’autres entrées : un seul modèle ne peut pas contenir les deux. Faites-la apprendre des valeurs ou du plongement seul, puis conservez-la.`,
  "instant-needs-classes": ({ classes }) =>
    `Une carte demande des étiquettes d'au moins deux classes là où il y a des images ; il y en a ${classes === 1 ? "une" : "zéro"}. Étiquetez un lieu d'une autre classe.`,
  "maps-apart": ({ from, to }) =>
    `${quoted(from)} et ${quoted(to)} n’ont aucun endroit en commun : rien à comparer. Choisissez des cartes qui se recouvrent.`,
  "maps-on-other-grids": ({ from, to }) =>
    `Les pixels de ${quoted(from)} et de ${quoted(to)} ne sont pas sur la même grille. Refaites l’une des deux dans ce projet, puis comparez.`,
  "same-map-twice": ({ name }) => `${quoted(name)} a été choisie deux fois. Choisissez deux cartes différentes.`,
  "layer-not-exportable": ({ layer }) =>
    `${quoted(layer)} ne peut pas être exportée d’ici. Choisissez une carte, sa confiance, ses probabilités ou une différence de deux cartes.`,
  "nothing-to-export": ({ name }) =>
    `Il ne reste rien de ${quoted(name)} avec ces classes dans cette zone. Choisissez plus de classes ou une zone plus grande.`,
  "export-unwritable": ({ path, reason }) =>
    `${quoted(path)} ne peut pas être écrit (${because(reason)}). Choisissez un dossier qui existe et où vous avez le droit d’écrire.`,
  "export-over-input": ({ path }) =>
    `${quoted(path)} est un fichier qui est lu ici, et serait perdu. Choisissez un autre nom.`,
  "export-too-large": ({ path, limit }) =>
    `${quoted(path)} dépasserait la taille d’un Shapefile (${limit}). Exportez plutôt un GeoPackage.`,
  "run-without-table": ({ id, table }) =>
    `L’entraînement ${id} n’a pas de tableau ${quoted(table)}. Choisissez une évaluation terminée.`,
  "model-package-not-found": ({ path }) =>
    `${quoted(path)} ne contient pas de modèle : un paquet de modèle est un dossier ou un .zip avec model.json et weights.safetensors. Choisissez-en un autre.`,
  "model-package-damaged": ({ path, reason }) =>
    `Le paquet ${quoted(path)} ne peut pas être lu (${because(reason)}). Copiez-le de nouveau depuis sa source.`,
  "parity-folder": ({ path, problem }) =>
    `${quoted(path)} : ${because(problem)}. Indiquez un dossier avec un manifest.json au format de la référence OmniSat.`,
  "parity-file": ({ path, problem }) =>
    `${quoted(path)} ne peut pas servir à la comparaison : ${because(problem)}. Copiez de nouveau le dossier, ou laissez ce fichier de côté.`,
  "report-unwritable": ({ path, reason }) =>
    `Le rapport ${quoted(path)} ne peut pas être écrit (${because(reason)}). Choisissez un dossier qui existe et où vous avez le droit d’écrire.`,
  "demo-folder-taken": ({ folder }) =>
    `${quoted(folder)} existe et n’a pas été fait par la démonstration : il est laissé tel quel. Retirez-le, ou choisissez un autre dossier.`,
  usage: ({ problem, help }) => `${problem} Voir \`${help}\`.`,
  "request-invalid": ({ command, problems }) =>
    `${quoted(command)} ne peut pas être fait ainsi : ${problems.map(because).join(" ; ")}.`,
  "file-missing": ({ path }) => `${quoted(path)} n’existe pas. Vérifiez le nom et le dossier.`,
  "file-exists": ({ path }) => `${quoted(path)} existe déjà. Choisissez un autre nom.`,
  "no-images-found": ({ paths }) =>
    `Aucune image (.tif, .tiff) n’a été trouvée dans ${listed(paths)}. Choisissez des fichiers image, ou un dossier qui en contient.`,
  "provider-unavailable": ({ provider, why }) =>
    `Le moteur de calcul ${quoted(provider)} ne fonctionne pas sur cette machine (${because(why)}). Choisissez-en un autre, ou laissez le choix au programme.`,
};
