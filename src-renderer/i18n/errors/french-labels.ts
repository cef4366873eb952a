import type { ForeignVectors, ForeignWords } from "../../../src-shared/domain/foreign-files.ts";
import type { labelErrors } from "../../../src-shared/errors/labels.ts";
import type { PlaceHint } from "../../../src-shared/errors/place-hint.ts";
import { listOf } from "../../../src-shared/errors/reasons/index.ts";
import { because } from "./reason-words.ts";
import { counted, listed, partOf, quoted, type Sentences } from "./words.ts";

const units = { polygons: "étiquette", blocks: "bloc", patches: "patch" } as const;

const toGeoPackage = "Exportez d’abord en GeoPackage, avec QGIS ou avec ogr2ogr -f GPKG sortie.gpkg entrée.";
const foreignVectors: Readonly<Record<ForeignVectors, ForeignWords>> = {
  gml: { format: "un fichier GML", help: toGeoPackage },
  fileGdb: { format: "une géodatabase fichier d’ESRI", help: toGeoPackage },
  gpx: { format: "un fichier GPX", help: toGeoPackage },
  mapInfo: { format: "un fichier MapInfo", help: toGeoPackage },
  drawing: { format: "un dessin (DXF, DWG ou DGN)", help: toGeoPackage },
  topoJson: { format: "un fichier TopoJSON", help: toGeoPackage },
  unknown: { format: "un fichier vectoriel d’un genre inconnu", help: toGeoPackage },
  parquetTable: {
    format: "un tableau Parquet sans la description qui en fait un GeoParquet",
    help: "Écrivez-le de nouveau en GeoParquet (GeoPandas, QGIS, ogr2ogr), ou en CSV avec des coordonnées.",
  },
  parquetShapes: {
    format: "un GeoParquet dont les formes ne sont pas en WKB",
    help: "Écrivez-le de nouveau avec l’encodage WKB, ou en GeoPackage.",
  },
  parquetCompression: {
    format: "un fichier Parquet d’une compression rare",
    help: "Écrivez-le de nouveau avec ZSTD, Snappy, GZIP ou Brotli.",
  },
  parquetEncrypted: { format: "un fichier Parquet chiffré", help: "Écrivez-le de nouveau sans chiffrement." },
  flatGeobufVersion: {
    format: "un FlatGeobuf d’une autre version que la 3",
    help: "Écrivez-le de nouveau avec QGIS ou avec ogr2ogr.",
  },
};

/** Vector files, labels and splits. */
export const frenchLabels: Sentences<keyof typeof labelErrors> = {
  "vector-missing": ({ path }) => `${quoted(path)} n’existe pas. Vérifiez le nom et le dossier.`,
  "vector-unknown-format": ({ path }) =>
    `${quoted(path)} n’est pas un fichier vectoriel lisible ici. Choisissez un GeoPackage (.gpkg), un Shapefile (.shp ou son .zip), un GeoJSON (.geojson, .json), un KML (.kml, .kmz), un FlatGeobuf (.fgb), un GeoParquet (.parquet) ou un tableau de texte (.csv, .tsv).`,
  "vector-not-read": ({ path, kind, inside = false }) => {
    const { format, help } = foreignVectors[kind] ?? foreignVectors.unknown;
    return `${quoted(path)} ${inside ? "contient" : "est"} ${format}, qui ne se lit pas ici. ${help}`;
  },
  "vector-damaged": ({ path, problem }) =>
    `${quoted(path)} est endommagé ou incomplet : ${because(problem)}. Exportez-le de nouveau depuis le logiciel qui l’a fait.`,
  "vector-too-costly": ({ path, why, limit }) =>
    why === "crash"
      ? `${quoted(path)} a fait s’arrêter le programme qui le lit. Il est endommagé ; exportez-le de nouveau depuis le logiciel qui l’a fait.`
      : `La lecture de ${quoted(path)} a été arrêtée : elle demandait plus de ${limit} ${why === "time" ? "secondes" : "Mio de mémoire"}. Si le fichier est bien celui voulu, n’y gardez que la couche et les formes nécessaires et enregistrez les vues comme tables.`,
  "vector-without-layers": ({ path }) =>
    `${quoted(path)} est un GeoPackage sans couche vectorielle. Choisissez un fichier qui contient des polygones.`,
  "vector-layer-missing": ({ path, layer, layers }) =>
    `${quoted(path)} n’a pas de couche ${quoted(layer)}. Il contient : ${listed(layers)}.`,
  "vector-layer-needed": ({ path, layers }) =>
    `${quoted(path)} contient ${layers.length} couches. Choisissez-en une : ${listed(layers.slice(0, 40))}.`,
  "vector-unknown-encoding": ({ path, encoding }) =>
    `L’encodage de texte ${quoted(encoding)} de ${quoted(path)} n’est pas connu. Indiquez-en un autre, par exemple UTF-8 ou windows-1252.`,
  "vector-unwritable": ({ path, reason }) =>
    `${quoted(path)} ne peut pas être écrit (${because(reason)}). Choisissez un dossier où vous avez le droit d’écrire.`,
  "labels-without-crs": ({ path, hint = null }) =>
    `${quoted(path)} ne dit pas dans quel système de coordonnées sont ses formes (un Shapefile a besoin de son fichier .prj, un tableau d’une colonne « epsg »). ${placeSentence(hint, "Choisissez-en un.")}`,
  "class-raster-bands": ({ path, bands }) =>
    `${quoted(path)} a ${bands.length} bandes. Choisissez celle qui contient les classes : ${listed(bands)}.`,
  "class-raster-image": ({ path }) =>
    `${quoted(path)} est une image en rouge, vert et bleu, pas un raster de classes. Choisissez un raster dont les valeurs sont des classes.`,
  "class-raster-continuous": ({ path, count, examples }) =>
    `${quoted(path)} ne contient pas de classes : ${count} valeurs différentes, par exemple ${examples.map((value) => Number(value.toPrecision(6))).join(" ; ")}. Choisissez un raster dont les valeurs sont des nombres entiers de classes.`,
  "class-raster-empty": ({ path }) =>
    `${quoted(path)} ne contient aucune classe dans le projet : tous ses pixels y sont sans données. Choisissez un raster qui couvre le projet.`,
  "class-raster-impure": ({ path, purity }) =>
    `Aucun patch du projet n’a une seule classe de ${quoted(path)} sur ${Math.round(purity * 100)} % de sa surface. Choisissez une pureté plus basse.`,
  "labels-field-needed": ({ path, fields }) =>
    `Choisissez le champ de ${quoted(path)} qui contient la classe. Il y a : ${listed(fields)}.`,
  "table-unreadable": ({ path, problem }) =>
    `${quoted(path)} ne peut pas être lu comme un tableau de texte : ${because(problem)}.`,
  "table-spreadsheet": ({ path }) =>
    `${quoted(path)} est un classeur. Enregistrez-le en CSV avec des colonnes pour la longitude et la latitude (ou x et y), puis importez ce fichier.`,
  "table-column-missing": ({ path, column, columns }) =>
    `${quoted(path)} n’a pas de colonne ${quoted(column)}. Il y a : ${listed(columns.slice(0, 40))}.`,
  "table-one-coordinate": ({ path, columns }) =>
    `Une position demande deux colonnes : choisissez les deux. ${quoted(path)} a : ${listed(columns.slice(0, 40))}.`,
  "table-without-coordinates": ({ path, columns }) =>
    `Aucune colonne de ${quoted(path)} ne ressemble à des coordonnées (longitude et latitude, x et y, ou formes en WKT, GeoJSON ou WKB). Choisissez-les ; il y a : ${listed(columns)}.`,
  "table-ambiguous": ({ path, choices }) =>
    `Plusieurs colonnes de ${quoted(path)} pourraient être la position : ${choices.map((one) => ("wkt" in one ? quoted(one.wkt) : `${quoted(one.x)} avec ${quoted(one.y)}`)).join(", ou ")}. Choisissez lesquelles.`,
  "table-degrees-minutes": ({ path, column }) =>
    `La colonne ${quoted(column)} de ${quoted(path)} contient des degrés, minutes et secondes. Écrivez la longitude et la latitude en degrés décimaux, dans deux colonnes.`,
  "table-not-degrees": ({ path, x, y, values, exchanged }) =>
    exchanged
      ? `Dans ${quoted(path)}, ${quoted(x)} et ${quoted(y)} semblent échangées : (${values.join(", ")}) n’est pas une longitude et une latitude. Choisissez les colonnes dans l’autre sens.`
      : `Les colonnes ${quoted(x)} et ${quoted(y)} de ${quoted(path)} s’appellent longitude et latitude, mais contiennent (${values.join(", ")}). Si ce sont des mètres, choisissez leur système de coordonnées.`,
  "labels-unknown-crs": ({ path, crs }) =>
    `Le système de coordonnées ${quoted(crs)} de ${quoted(path)} n’est pas connu. Choisissez-en un par son code EPSG.`,
  "labels-not-lon-lat": ({ path, x, y }) =>
    `${quoted(path)} n’indique pas de système de coordonnées : ses coordonnées devraient être des longitudes et latitudes, mais (${x}, ${y}) n’est nulle part sur la Terre. Choisissez le système de coordonnées.`,
  "labels-without-field": ({ path, field, fields }) =>
    fields.length > 0
      ? `${quoted(path)} n’a pas de champ ${quoted(field)}. Choisissez un champ qu’il a : ${listed(fields)}.`
      : `${quoted(path)} n’a pas de champ ${quoted(field)} : il n’a aucun attribut (un Shapefile les garde dans un fichier .dbf à côté du .shp).`,
  "labels-without-class-values": ({ path, field }) =>
    `Aucune forme de ${quoted(path)} n’a de valeur dans le champ ${quoted(field)}. Choisissez un autre champ pour la classe.`,
  "labels-unmapped-values": ({ path, field, values }) =>
    `Le champ ${quoted(because(field))} de ${quoted(path)} contient des valeurs que la table des classes ne nomme pas : ${listed(values)}. Associez chacune à une classe, ou à « ignorer ».`,
  "labels-too-many-classes": ({ path, field, count }) =>
    `Le champ ${quoted(because(field))} de ${quoted(path)} contient ${counted(count, "valeur différente", "valeurs différentes")}, trop pour des classes. Choisissez le champ qui contient la classe, ou donnez une table de classes.`,
  "labels-outside": ({ path, count, hint = null }) =>
    `Aucune des ${count === 1 ? "formes" : counted(count, "forme")} de ${quoted(path)} ne touche la zone du projet. ${placeSentence(hint, "Vérifiez le fichier et son système de coordonnées.")}`,
  "labels-none-usable": ({ path, count, reasons }) =>
    `Aucune des ${count === 1 ? "formes" : counted(count, "forme")} de ${quoted(path)} n’est utilisable : ${listOf(reasons, because)}. Corrigez-les, ou choisissez un autre fichier.`,
  "tile-shares-unreadable": ({ path, problem }) =>
    `« ${path} » ne peut pas être lu comme étiquettes de tuiles (${because(problem)}). Choisissez un JSON, un dossier de fichiers JSON, un CSV (fichier, classe, part) ou un fichier vectoriel d’emprises avec des parts.`,
  "tile-shares-no-columns": ({ path, fields }) =>
    `Aucune colonne de « ${path} » ne ressemble à des parts de classes${fields.length > 0 ? ` (il y a : ${fields.join(", ")})` : ""}. Nommez les colonnes qui contiennent les parts.`,
  "tile-labels-none-usable": ({ path, count, reasons }) =>
    `Aucune des ${count} entrées de « ${path} » ne devient une tuile étiquetée : ${listOf(reasons, because)}. Vérifiez les noms, la taille des tuiles du projet et les parts.`,
  "tile-split-empty": ({ part }) =>
    `Aucune tuile étiquetée dans la partie ${partOf(part)}. Vérifiez les listes, le champ ou les parts de la répartition.`,
  "split-class-too-small": ({ className, count, needed, unit }) =>
    unit === "blocks"
      ? `Les étiquettes de la classe ${quoted(className)} sont dans ${counted(count, "bloc")} de la répartition, mais il en faut ${needed} pour qu’elle puisse être apprise et testée. Choisissez des blocs plus petits, répartissez étiquette par étiquette, ou gardez ces classes pour l’entraînement seul.`
      : `La classe ${quoted(className)} a ${counted(count, units[unit], unit === "patches" ? "patchs" : "étiquettes")}, mais la répartition en demande ${needed} pour qu’elle puisse être apprise et testée. Ajoutez des étiquettes, associez la classe à « ignorer », ou gardez ces classes pour l’entraînement seul.`,
  "split-not-possible": ({ className, unit }) =>
    `Aucune répartition des ${unit === "blocks" ? "blocs" : "étiquettes"} ne met la classe ${quoted(className)} dans chaque ensemble. Choisissez des blocs plus petits, ou répartissez étiquette par étiquette.`,
  "split-without-field": ({ field, fields }) =>
    `Les étiquettes n’ont pas de champ ${quoted(field)} selon lequel répartir. Il y a : ${listed(fields)}.`,
  "split-without-images": ({ labels }) =>
    `Aucune image du projet ne montre ses étiquettes (${labels}) : rien ne peut être appris ni testé. Importez des images de ces endroits, ou étiquetez des endroits que les images montrent.`,
  "split-words-unknown": ({ field, words }) =>
    `Le champ ${quoted(field)} contient des mots inconnus ici : ${listed(words)}. Choisissez ce que chacun veut dire : entraînement, validation, test ou inutilisé.`,
  "split-buffer-too-wide": ({ buffer, block }) =>
    `Une marge de ${buffer} m ne laisse rien de blocs de ${block} m. Choisissez une marge plus petite, ou des blocs d'au moins ${4 * buffer} m.`,
  "split-set-empty": ({ set, values }) =>
    `Aucune étiquette ne tombe dans l’ensemble ${quoted(set)}. Le champ contient : ${listed(values)}. Choisissez quelle valeur désigne quel ensemble.`,
  "vector-without-shapes": ({ path }) =>
    `${quoted(path)} ne contient aucune forme avec des coordonnées. Choisissez un fichier qui contient des points, des lignes ou des polygones.`,
  "label-invalid": ({ problem }) =>
    `Ce contour ne peut pas être utilisé : ${because(problem)}. Déplacez ou retirez ce sommet, ou redessinez-le ; il reste sur la carte d’ici là.`,
  "shapes-not-computed": ({ operation }) =>
    `Impossible ${{ unite: "de réunir", clean: "de nettoyer", cut: "de découper", compare: "de comparer" }[operation]} ces contours : leurs sommets sont trop proches ou se croisent trop souvent. Simplifiez-les, ou écartez les sommets qui se touchent presque ; rien n’a été modifié.`,
  "label-outside": () => "Cette forme est hors de la zone du projet. Dessinez-la à l’intérieur du cadre de la carte.",
  "label-missing": () =>
    "Ces étiquettes ne sont plus là : elles ont été retirées entre-temps. Sélectionnez de nouveau.",
  "labels-not-divided": () =>
    "La ligne ne traverse aucun des polygones sélectionnés. Commencez-la et terminez-la en dehors, sans qu’elle se croise.",
  "labels-merge-few": () =>
    "Un polygone seul ne peut pas être fusionné. Sélectionnez-en au moins deux de la même classe.",
  "labels-merge-classes": ({ classes }) =>
    `Les polygones sélectionnés ont des classes différentes : ${listed(classes)}. Donnez-leur d’abord une seule classe, puis fusionnez-les.`,
  "labels-cut-apart": () =>
    "Il ne resterait rien d’un polygone. Dessinez un trou plus petit, ou supprimez plutôt le polygone.",
  "labels-cut-beside": () => "Le trou ne touche aucun des polygones sélectionnés. Dessinez-le sur l’un d’eux.",
  "label-validity": ({ from, to }) =>
    `La validité finirait (${to}) avant de commencer (${from}). Échangez les deux dates.`,
  "no-legend": () => "Il n’y a pas encore de légende. Créez-en une, ou prenez-en une toute prête, avant de dessiner.",
  "legend-missing": () => "Cette légende n’est plus là : elle a été retirée entre-temps.",
  "legend-name-taken": ({ name }) => `Une légende s’appelle déjà ${quoted(name)}. Choisissez un autre nom.`,
  "legend-full": () => "Une légende peut contenir 254 classes, et celle-ci les a. Retirez-en une qui ne sert pas.",
  "class-missing": ({ code }) => `La légende n’a pas de classe ${code}. Choisissez l’une de ses classes.`,
  "class-name-taken": ({ name }) => `Une classe s’appelle déjà ${quoted(name)}. Choisissez un autre nom.`,
  "class-code-taken": ({ code, name }) =>
    `Le code ${code} appartient à ${quoted(name)}. Choisissez-en un libre, de 1 à 254.`,
  "class-in-use": ({ name, count }) =>
    `${counted(count, "étiquette a", "étiquettes ont")} la classe ${quoted(name)}. Choisissez la classe qu’elles auront à la place.`,
  "legend-unreadable": ({ path, problem }) =>
    `${quoted(path)} n’est pas une légende lisible ici : ${because(problem)}. Choisissez un CSV (code,name,color), un JSON, un style QGIS (.qml), un SLD, une table de couleurs (.clr, .txt) ou un GeoTIFF avec des classes.`,
  "legend-format": ({ path, writing = false }) =>
    `${quoted(path)} ne se termine pas comme un fichier de légende. Utilisez .csv, .json, .qml${writing ? " ou .sld" : ", .sld, .clr, .txt ou un GeoTIFF avec des classes"}.`,
};

const decimals = (value: number | string): string => String(value).replace(".", ",");

/** The hint as a sentence that ends with what to do. */
function placeSentence(hint: PlaceHint | null, otherwise: string): string {
  switch (hint?.kind) {
    case "fits": {
      const { crs, swap, inside, of } = hint;
      const reading = crs === null ? "Avec x et y échangés" : `Lues en ${crs}${swap ? ", x et y échangés" : ""}`;
      return `${reading}, ${inside} des ${of} positions sont dans le projet : si c’est juste, choisissez « Lire ainsi ».`;
    }
    case "unit":
      return `Son système de coordonnées (${hint.crs}) compte en ${hint.looksLike === "degrees" ? "mètres" : "degrés"}, mais ses coordonnées ressemblent à des ${hint.looksLike === "degrees" ? "degrés" : "mètres"} : (${hint.at.map(decimals).join(" ; ")}). Choisissez le bon système à la page « Fichier ».`;
    case "elsewhere":
      return `Elles sont vers ${decimals(hint.shapes[0].toFixed(3))} de longitude et ${decimals(hint.shapes[1].toFixed(3))} de latitude ; le projet vers ${decimals(hint.project[0].toFixed(3))} et ${decimals(hint.project[1].toFixed(3))}. ${otherwise}`;
    default:
      return otherwise;
  }
}
