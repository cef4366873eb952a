/** Which of the map's dialogs is open. */
export class MapUi {
  goTo = $state(false);
  bookmarks = $state(false);
  /** the dialog of bookmarks begins with a new one */
  naming = $state(false);
}
