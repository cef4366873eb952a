/** Dialogs of the open project that may be asked for from anywhere: the menu, the palette, a drop on the window. */
export class WorkDialogs {
  importOpen = $state(false);
  /** Files to begin the import with; taken by the dialog. */
  importPaths = $state.raw<readonly string[]>([]);

  /** what the project is, and the area that it ends at */
  propertiesOpen = $state(false);

  /** which folders outside of the project it may use */
  outsideOpen = $state(false);
  /** files that the project names outside of its folder, and that nobody has allowed */
  withheld = $state(0);

  showImport(paths: readonly string[] = []): void {
    this.importPaths = paths;
    this.importOpen = true;
  }
}
