import { messages } from "./message.ts";

/** Words of the kit itself: what every area shares. */
export const uiMessages = messages({
  "ui.ok": { en: "OK", fr: "OK" },
  "ui.cancel": { en: "Cancel", fr: "Annuler" },
  "ui.close": { en: "Close", fr: "Fermer" },
  "ui.save": { en: "Save", fr: "Enregistrer" },
  "ui.remove": { en: "Remove", fr: "Retirer" },
  "ui.delete": { en: "Delete", fr: "Supprimer" },
  "ui.rename": { en: "Rename", fr: "Renommer" },
  "ui.retry": { en: "Try again", fr: "Réessayer" },
  "ui.copy": { en: "Copy", fr: "Copier" },
  "ui.copied": { en: "Copied", fr: "Copié" },
  "ui.details": { en: "Details", fr: "Détails" },
  "ui.advanced": { en: "Advanced", fr: "Avancé" },
  "ui.choose": { en: "Choose…", fr: "Choisir…" },
  "ui.search": { en: "Search", fr: "Rechercher" },
  "ui.clear": { en: "Clear", fr: "Effacer" },
  "ui.loading": { en: "Loading…", fr: "Chargement…" },
  "ui.more": { en: "More actions", fr: "Plus d’actions" },
  "ui.none": { en: "None", fr: "Aucun" },
  "ui.all": { en: "All", fr: "Tous" },
  "ui.menu.more": {
    en: { one: "and {count} more: type to find it", other: "and {count} more: type to find one" },
    fr: { one: "et {count} autre : tapez pour le trouver", other: "et {count} autres : tapez pour en trouver un" },
  },
  "ui.noMatch": { en: "Nothing matches “{query}”.", fr: "Aucun résultat pour « {query} »." },
  "ui.dismiss": { en: "Dismiss", fr: "Fermer la notification" },
  "ui.notifications": { en: "Notifications", fr: "Notifications" },
  "ui.expand": { en: "Expand", fr: "Déplier" },
  "ui.collapse": { en: "Collapse", fr: "Replier" },
  "ui.resize": { en: "Resize", fr: "Redimensionner" },
  "ui.selected": {
    en: { one: "{count} selected", other: "{count} selected" },
    fr: { one: "{count} sélectionné", other: "{count} sélectionnés" },
  },
  "ui.colour.choose": { en: "Choose a colour", fr: "Choisir une couleur" },
  "ui.colour.hex": { en: "Hex code", fr: "Code hexadécimal" },
  "ui.sort.by": { en: "Sort by {column}", fr: "Trier par {column}" },
  "ui.optional": { en: "optional", fr: "facultatif" },
  "ui.error.panel": {
    en: "This panel could not be loaded. Reload the window; your work is saved.",
    fr: "Ce volet n’a pas pu être chargé. Rechargez la fenêtre ; votre travail est enregistré.",
  },
  "ui.error.unexpected": {
    en: "An unexpected error occurred. Your work is saved. Try again; if it happens again, report it with the details below.",
    fr: "Une erreur inattendue s’est produite. Votre travail est enregistré. Réessayez ; si elle se répète, signalez-la avec les détails ci-dessous.",
  },
});

/** The picker of files in the web host. */
export const pickerMessages = messages({
  "picker.places": { en: "Places", fr: "Emplacements" },
  "picker.name": { en: "Name", fr: "Nom" },
  "picker.size": { en: "Size", fr: "Taille" },
  "picker.changed": { en: "Changed", fr: "Modifié" },
  "picker.kind": { en: "Kind of file", fr: "Type de fichier" },
  "picker.up": { en: "Up one folder", fr: "Dossier parent" },
  "picker.newFolder": { en: "New folder", fr: "Nouveau dossier" },
  "picker.make": { en: "Create", fr: "Créer" },
  "picker.open": { en: "Open", fr: "Ouvrir" },
  "picker.openCount": {
    en: { one: "Open {count} file", other: "Open {count} files" },
    fr: { one: "Ouvrir {count} fichier", other: "Ouvrir {count} fichiers" },
  },
  "picker.useFolder": { en: "Use this folder", fr: "Utiliser ce dossier" },
  "picker.emptyFolders": {
    en: "No folders inside. Press “Use this folder” to choose it.",
    fr: "Aucun sous-dossier. « Utiliser ce dossier » le choisit.",
  },
  "picker.empty": { en: "No files of this kind in this folder.", fr: "Aucun fichier de ce type dans ce dossier." },
});
