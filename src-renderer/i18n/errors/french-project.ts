import type { catalogErrors } from "../../../src-shared/errors/catalog.ts";
import type { sessionErrors } from "../../../src-shared/errors/session.ts";
import { because } from "./reason-words.ts";
import { counted, listed, onClock, orNone, quoted, type Sentences } from "./words.ts";

const kinds: Readonly<Record<string, string>> = {
  pretrain: "de pré-entraînement",
  finetune: "d’entraînement",
  evaluate: "d’évaluation",
  map: "de cartographie",
  report: "de rapport",
  export: "d’export",
  compare: "de comparaison",
  estimate: "d’estimation",
};
const states: Readonly<Record<string, string>> = {
  queued: "en attente",
  running: "en cours",
  paused: "en pause",
  finished: "terminée",
  done: "terminée",
  cancelled: "annulée",
  failed: "en échec",
  interrupted: "interrompue",
};
const kindOf = (kind: string): string => kinds[kind] ?? quoted(kind);

/** The project, what it holds, its jobs, and what is done in windows. */
export const frenchProject: Sentences<keyof typeof catalogErrors | keyof typeof sessionErrors> = {
  "project-not-found": ({ folder }) =>
    `${quoted(folder)} n’est pas un projet : il n’y a pas de fichier project.omniproj dedans. Choisissez un autre dossier, ou créez un projet.`,
  "project-exists": ({ folder }) =>
    `${quoted(folder)} contient déjà un projet. Ouvrez-le, ou choisissez un autre dossier pour le nouveau.`,
  "project-places-apart": ({ degrees }) =>
    `Ces lieux sont éloignés de ${degrees}° de longitude : aucune zone UTM ne les contient tous. Créez un projet pour chacun, ou choisissez un système de coordonnées en mètres pour tous.`,
  "project-crs-geographic": ({ crs }) =>
    `${quoted(crs)} compte en degrés, et un projet a besoin de mètres. Choisissez un système projeté, par exemple la zone UTM de l’endroit (EPSG:32631 pour la Belgique).`,
  "project-in-use": ({ folder, purpose, pid, host, since, lockPath, elsewhere }) =>
    `Le projet ${quoted(folder)} est ouvert en écriture dans ${quoted(because(purpose))} (processus ${pid} sur ${because(host)}, depuis le ${onClock(since)}). ${
      elsewhere
        ? `Fermez-le là-bas, ou ouvrez-le en lecture seule ; si cet ordinateur ne l’a plus ouvert, supprimez ${quoted(lockPath)}.`
        : "Fermez-le là-bas, attendez que ce soit fini, ou ouvrez-le en lecture seule."
    }`,
  "project-damaged": ({ path, detail }) =>
    `La base de données du projet ${quoted(path)} est endommagée (${because(detail)}). Rien n’a été modifié ; restaurez ce fichier depuis une sauvegarde, les images et les modèles à côté ne sont pas touchés.`,
  "project-newer": ({ path, format, writtenBy, supported, appVersion }) =>
    `${quoted(path)} a été écrit par ${writtenBy === null ? "une version plus récente d’OmniSat Desktop" : `OmniSat Desktop ${writtenBy}`} (format de projet ${format}) ; cette version ${appVersion} lit les formats jusqu’à ${supported}. Installez ${writtenBy === null ? "la version la plus récente" : `la version ${writtenBy} ou une plus récente`}.`,
  "project-older-read-only": ({ path, format, supported }) =>
    `${quoted(path)} a l’ancien format de projet ${format} (maintenant ${supported}) et ne peut pas être mis à jour en lecture seule. Ouvrez-le une fois en écriture, dans un dossier où vous avez le droit d’écrire.`,
  "project-read-only": ({ folder }) =>
    `Le projet ${quoted(folder)} ne peut pas être modifié : il est ouvert en lecture, ou vous n’avez pas le droit d’y écrire. Vérifiez vos droits sur le dossier.`,
  "project-unreadable": ({ path, detail }) =>
    `${quoted(path)} ne peut pas être ouvert (${because(detail)}). Vérifiez que le fichier existe et que vous avez le droit de le lire et de l’écrire.`,
  "project-busy": ({ path }) =>
    `Un autre programme tient la base de données du projet ${quoted(path)}. Fermez-le et réessayez.`,
  "project-rasters-missing": ({ paths }) =>
    `${paths.length === 1 ? "Une image du projet n’est plus là" : `${paths.length} images du projet ne sont plus là`} où le projet l’attend : ${listed(paths.slice(0, 3))}${paths.length > 3 ? ", …" : ""}. Remettez-la en place, ou indiquez son nouvel emplacement dans l’arbre des couches.`,
  "raster-relink-differs": ({ path, expected, differences }) =>
    `${quoted(path)} n’est pas l’image qui était ${quoted(expected)} : ${differences.map(because).join(" ; ")}. Choisissez le même fichier, ou importez celui-ci comme nouvelle image.`,
  "raster-not-in-project": ({ path }) => `${quoted(path)} n’est pas une image de ce projet. Importez-la d’abord.`,
  "model-not-found": ({ name, available }) =>
    `Il n’y a pas de modèle ${quoted(name)} dans ce projet. Modèles présents : ${orNone(available)}.`,
  "model-name-reserved": ({ name }) =>
    `${quoted(name)} ne peut pas être le nom d’un modèle : les noms qui commencent par « shipped: » sont ceux des modèles livrés avec le programme. Choisissez un autre nom.`,
  "shipped-model-unknown": ({ name, available }) =>
    `Aucun modèle ${quoted(name)} n’est livré avec ce programme. ${available.length === 0 ? "Cette installation n’en a aucun : réinstallez le programme s’il doit en avoir, ou" : `Il y a : ${available.join(", ")}. Choisissez-en un, ou`} partez de rien ou d’un modèle du projet.`,
  "shipped-model-incomplete": ({ name, path }) =>
    `${quoted(name)} est livré avec le programme, et ses fichiers sont incomplets : ${quoted(path)} manque ou est tronqué. Réinstallez le programme, ou partez de rien ou d’un modèle du projet.`,
  "model-cadence-differs": ({ name, inputs }) =>
    `${quoted(name)} lit comment les lieux changent au fil du temps, et il y en a trop peu ici : ${inputs.map((own) => `${quoted(own.name)} a ${counted(own.dates, "date")}, et il a appris sur ${own.learned}`).join(" ; ")}. Importez au moins trois dates de l’une d’elles, ou partez de rien.`,
  "model-reads-nothing-here": ({ name, inputs, available }) =>
    `${quoted(name)} lit ${orNone(inputs)}, et ce projet n’en a aucune, ni d’images d’un autre capteur montrant la même lumière. Entrées présentes : ${orNone(available)}. Partez de rien, ou pré-entraînez sur les images de ce projet.`,
  "model-exists": ({ name }) => `Un modèle nommé ${quoted(name)} existe dans ce projet. Choisissez un autre nom.`,
  "model-files-missing": ({ name, path }) =>
    `Les fichiers du modèle ${quoted(name)} ont disparu (${quoted(path)}). Restaurez le dossier des modèles du projet, ou entraînez de nouveau le modèle.`,
  "model-lacks-modality": ({ model, name, available }) =>
    `Le modèle ${quoted(model)} ne lit pas ${quoted(name)}. Il lit : ${orNone(available)}.`,
  "area-outside-project": ({ area, crs }) =>
    `La zone à cartographier ne touche pas le projet, qui couvre ${because(area)} en ${crs}. Choisissez une zone à l’intérieur.`,
  "class-not-found": ({ name, available }) =>
    `Il n’y a pas de classe ${quoted(name)} parmi les étiquettes. Classes présentes : ${orNone(available)}.`,
  "modality-not-found": ({ name, available }) =>
    `Il n’y a pas de modalité ${quoted(name)} dans ce projet. Modalités présentes : ${orNone(available)}.`,
  "no-imagery": ({ folder }) => `Le projet ${quoted(folder)} n’a pas encore d’images. Importez-en d’abord.`,
  "no-labels": ({ folder, tiles = false }) =>
    tiles
      ? `Les étiquettes de ${quoted(folder)} portent sur des tuiles entières, pas sur des polygones ou des points. Utilisez le volet des tuiles et l’apprentissage pour tuiles.`
      : `Le projet ${quoted(folder)} n’a pas encore d’étiquettes. Dessinez-en ou importez-en d’abord.`,
  "no-split": ({ folder }) =>
    `Les étiquettes de ${quoted(folder)} ne sont pas encore réparties. Répartissez-les d’abord dans le volet des étiquettes, pour que l’exactitude soit mesurée là où le modèle n’a rien vu.`,
  "job-not-found": ({ id }) =>
    `Il n’y a pas de tâche ${id} dans ce projet. Le volet des tâches montre celles qui existent.`,
  "job-not-resumable": ({ id, state }) => `La tâche ${id} est ${states[state] ?? state} : il n’y a rien à reprendre.`,
  "job-not-retryable": ({ id, state }) =>
    `La tâche ${id} est ${states[state] ?? state} : elle ne peut pas être relancée telle quelle. Lancez-en une nouvelle avec les réglages voulus.`,
  "run-not-found": ({ id }) =>
    `Il n’y a plus d’entraînement ${id} dans ce projet. Il a peut-être été supprimé dans une autre fenêtre.`,
  "job-nothing-to-resume": ({ kind }) =>
    `Ce projet n’a pas de tâche ${kindOf(kind)} interrompue à reprendre. Lancez-en une nouvelle.`,
  "job-process-ended": ({ kind, detail }) =>
    `Le processus de calcul de la tâche ${kindOf(kind)} s’est arrêté de façon inattendue (${because(detail)}). Reprenez la tâche pour continuer depuis son dernier point de contrôle.`,
  internal: ({ problem }) =>
    `Une erreur s’est produite dans le programme : ${problem} Réessayez ; si cela persiste, signalez-la avec ces mots.`,
  "command-unknown": ({ command }) =>
    `Cette version du programme n’a pas de commande ${quoted(command)}. Rechargez la fenêtre ; si cela persiste, la fenêtre et le programme sont de versions différentes.`,
  "no-project-open": () => "Aucun projet n’est ouvert. Ouvrez un projet ou créez-en un.",
  "path-withheld": ({ path, folder }) =>
    `Le projet nomme ${quoted(path)}, hors de son dossier, et vous ne l’avez pas encore autorisé : rien n’y a été lu. Si vous faites confiance à ce projet, autorisez ${quoted(folder)} sous « Fichiers hors du projet ».`,
  "project-link-outside": ({ path, leadsTo }) =>
    `${quoted(path)} est un lien vers ${quoted(leadsTo)} ; dans les dossiers propres d’un projet, le programme ne lit ni n’écrit à travers un lien. Remplacez le lien par un vrai dossier ou fichier.`,
  "job-input-changed": ({ path, when, missing }) =>
    `${
      when === "running"
        ? `${quoted(path)} a été ${missing ? "supprimé" : "remplacé ou modifié"} pendant que la tâche l’utilisait : elle s’est arrêtée, car la suite aurait porté sur un autre fichier.`
        : `La tâche ne peut pas reprendre : ${quoted(path)} ${missing ? "est introuvable" : "n’est plus le fichier avec lequel elle a commencé"}.`
    } Remettez le fichier d’origine et reprenez la tâche, ou abandonnez-la et lancez-en une nouvelle avec les fichiers actuels.`,
  "job-spec-damaged": ({ path }) =>
    `La description de la tâche dans ${quoted(path)} est endommagée ou a été modifiée à la main : elle ne peut pas être relancée. Lancez-en une nouvelle avec les réglages voulus.`,
  "text-too-long": ({ what, length, most }) =>
    `${quoted(`${what}…`)} compte ${length} caractères ; un nom en compte au plus ${most}. Choisissez un autre champ, ou raccourcissez-le dans le fichier.`,
  "file-not-regular": ({ path }) =>
    `${quoted(path)} est un tube, une socket ou un périphérique, pas un fichier. Choisissez un fichier ou un dossier.`,
  "file-too-large": ({ path, bytes, most }) =>
    `${quoted(path)} fait ${Math.round(bytes / 1e6)} Mo ; un fichier de ce genre en fait au plus ${Math.round(most / 1e6)}. Vérifiez que c’est le bon fichier.`,
  "path-not-allowed": ({ path, roots }) =>
    `${quoted(path)} est hors des dossiers que ce programme peut utiliser (${roots.join(", ")}). Choisissez un autre endroit, ou relancez-le avec ce dossier parmi ceux qu’il peut utiliser.`,
  "connection-lost": () =>
    "La connexion au programme a été perdue : on ne sait pas si cela a été fait. Elle se rétablit d’elle-même ; vérifiez, puis réessayez.",
  "edit-not-possible": ({ direction, detail }) =>
    `Cette étape ne peut pas être ${direction === "undo" ? "annulée" : "rétablie"} : ce qu’elle touchait a été modifié en dehors de l’historique (${because(detail)}). Rien n’a été changé.`,
  "edit-not-newest": ({ undone }) =>
    undone
      ? "Cette étape est déjà annulée. Rien n’a été changé."
      : "D’autres étapes ont été faites depuis. Annulez d’abord celles-ci, en commençant par la dernière. Rien n’a été changé.",
  "layer-not-found": ({ id }) =>
    `Le projet n’a plus de couche ${quoted(id)}. Elle a peut-être été retirée dans une autre fenêtre.`,
  "folder-unreadable": ({ path, detail }) =>
    `Le contenu de ${quoted(path)} ne peut pas être affiché : ${because(detail)}. Choisissez un autre dossier.`,
  "folder-not-empty": ({ path }) =>
    `${quoted(path)} contient déjà des fichiers. Choisissez un dossier vide ou un nouveau dossier.`,
  "feature-needs-host": ({ command }) => `${quoted(command)} n’est pas disponible dans ce type de fenêtre.`,
  "port-in-use": ({ port }) =>
    `Le port ${port} est utilisé par un autre programme. Relancez celui-ci avec un autre port, ou sans port pour en obtenir un libre.`,
  "port-not-permitted": ({ port }) =>
    `Le port ${port} n’est pas permis pour ce compte. Relancez le programme avec un port au-dessus de 1023.`,
  "window-not-built": ({ folder }) =>
    `La fenêtre n’est pas construite (${quoted(folder)} manque). Lancez \`npm run build\` dans le dossier du programme.`,
  "file-name-unusable": ({ name }) =>
    `Un fichier ne peut pas s’appeler ${quoted(name)} sur tous les systèmes. Renommez-le (lettres, chiffres, espaces, points, tirets) et déposez-le de nouveau.`,
  "browser-not-opened": ({ address }) =>
    `Aucun navigateur n’a pu être ouvert sur cette machine. Ouvrez vous-même ${address}.`,
  "modality-exists": ({ name }) =>
    `Une modalité s’appelle déjà ${quoted(name)} dans ce projet. Choisissez un autre nom.`,
  "modality-without-members": ({ name }) =>
    `${quoted(name)} n’aurait plus d’image. Gardez-en au moins une, ou retirez la modalité.`,
  "project-area-empty": ({ paths }) =>
    `${paths.length > 0 ? `Rien de ${paths.map(quoted).join(", ")}` : "Rien du polygone dessiné"} ne se trouve dans la zone. Choisissez une zone autour des polygones, ou d’autres polygones.`,
  "project-area-too-large": ({ squareKilometers, patch, patches, most }) =>
    `Une zone de ${squareKilometers} km² en patchs de ${patch} m compte ${patches} patchs ; un projet en contient au plus ${most}. Choisissez une zone plus petite ou des patchs plus grands.`,
  "modality-resolution": ({ name, resolution, patch }) =>
    `${quoted(name)} ne peut pas être lue à ${resolution} m : un patch de ${patch} m doit contenir des pixels entiers. Choisissez une taille qui divise ${patch}.`,
};
