/** Which of the map's dialogs is open. */
class MapUi {
  goTo = $state(false);
  bookmarks = $state(false);
  /** the dialog of bookmarks begins with a new one */
  naming = $state(false);
}

export const mapUi = new MapUi();
