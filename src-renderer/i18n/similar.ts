import { messages } from "./message.ts";

/** Places like those that were clicked, and outlines that grow from a click. */
export const similarMessages = messages({
  "similar.title": { en: "Similar places", fr: "Lieux semblables" },
  "similar.tool": { en: "Find places like this", fr: "Trouver des lieux semblables" },
  "similar.prepare.intro": {
    en: "Click a place, and the map shows where else it looks like that. The images are read once for it, which takes a minute or so.",
    fr: "Cliquez sur un lieu : la carte montre où cela se ressemble. Les images sont lues une fois pour cela, en une minute environ.",
  },
  "similar.prepare": { en: "Prepare the images", fr: "Préparer les images" },
  "similar.intro": {
    en: "Click a place on the map. Every place that looks like it through the year lights up.",
    fr: "Cliquez sur un lieu de la carte. Tous les lieux qui lui ressemblent au fil de l’année s’éclairent.",
  },
  "similar.take": { en: "Take the tool", fr: "Prendre l’outil" },
  "similar.next": { en: "The next click is", fr: "Le prochain clic est" },
  "similar.like": { en: "Like this", fr: "Semblable" },
  "similar.unlike": { en: "Not like this", fr: "Différent" },
  "similar.hint": {
    en: "Hold Shift to click a place that it should not be like.",
    fr: "Maintenez Maj pour cliquer sur un lieu à écarter.",
  },
  "similar.from": { en: "Compares", fr: "Compare" },
  "similar.from.instant": { en: "What the instant map learns from", fr: "Ce dont la carte instantanée apprend" },
  "similar.clicks": { en: "Clicks", fr: "Clics" },
  "similar.click.like": { en: "{number}: like this", fr: "{number} : semblable" },
  "similar.click.unlike": { en: "{number}: not like this", fr: "{number} : différent" },
  "similar.click.remove": { en: "Remove this click", fr: "Retirer ce clic" },
  "similar.clear": { en: "Start again", fr: "Recommencer" },
  "similar.threshold": { en: "Alike from", fr: "Semblable à partir de" },
  "similar.opacity": { en: "Opacity", fr: "Opacité" },
  "similar.area": { en: "{area} are alike.", fr: "{area} sont semblables." },
  "similar.coarse": {
    en: "The project is too large to compare every patch: one of {meters} m stands for its neighbours.",
    fr: "Le projet est trop grand pour comparer chaque patch : un patch de {meters} m vaut pour ses voisins.",
  },
  "similar.outside": {
    en: {
      one: "{count} click lies where no image shows anything, and counts for nothing.",
      other: "{count} clicks lie where no image shows anything, and count for nothing.",
    },
    fr: {
      one: "{count} clic se trouve là où aucune image ne montre rien, et ne compte pas.",
      other: "{count} clics se trouvent là où aucune image ne montre rien, et ne comptent pas.",
    },
  },
  "similar.places": { en: "Places like this", fr: "Lieux semblables" },
  "similar.places.none": {
    en: "No other place is this similar. Move the slider to the left.",
    fr: "Aucun autre lieu n’est aussi semblable. Déplacez le curseur vers la gauche.",
  },
  "similar.place": { en: "{score}, {area}: go to this place", fr: "{score}, {area} : aller à ce lieu" },
  "similar.covers": {
    en: "Hidden while similar places are shown.",
    fr: "Masquée tant que les lieux semblables sont affichés.",
  },
  "similar.uncover": { en: "Hide similar places", fr: "Masquer les lieux semblables" },
  "similar.keep": { en: "Keep as layer", fr: "Conserver en couche" },
  "similar.keep.hint": {
    en: "Keeps what is alike as polygons: a layer of the project.",
    fr: "Conserve ce qui est semblable sous forme de polygones : une couche du projet.",
  },
  "similar.keep.name": { en: "Similar places, {threshold}", fr: "Lieux semblables, {threshold}" },
  "similar.kept": {
    en: { one: "“{name}” was kept: {count} polygon.", other: "“{name}” was kept: {count} polygons." },
    fr: { one: "« {name} » conservé : {count} polygone.", other: "« {name} » conservé : {count} polygones." },
  },
  "similar.export": { en: "Export…", fr: "Exporter…" },
  "similar.export.title": { en: "Export similar places", fr: "Exporter les lieux semblables" },
  "similar.export.raster": { en: "How alike every place is (GeoTIFF)", fr: "Ressemblance de chaque lieu (GeoTIFF)" },
  "similar.export.polygons": { en: "What is alike (polygons)", fr: "Ce qui est semblable (polygones)" },
  "similar.exported": { en: "Wrote {path}.", fr: "{path} écrit." },
  "outline.tool": { en: "Outline from a click", fr: "Contour à partir d’un clic" },
  "outline.hint": {
    en: "Click inside a field or a stand: its outline is proposed.",
    fr: "Cliquez dans un champ ou un peuplement : son contour est proposé.",
  },
  "outline.grow": { en: "How far it grows", fr: "Étendue du contour" },
  "outline.add": { en: "Add label", fr: "Ajouter l’étiquette" },
  "outline.discard": { en: "Discard", fr: "Abandonner" },
});
