/** Which part of the label panel is shown, and which of its dialogs is open. */
export class LabelScreens {
  tab = $state<"classes" | "split" | "problems">("classes");
  legend = $state<"edit" | "ready" | null>(null);
  importing = $state(false);
  /** A file that the wizard begins with, such as one that was dropped. */
  file = $state<string | null>(null);

  editLegend(page: "edit" | "ready" = "edit"): void {
    this.legend = page;
  }

  import(path: string | null = null): void {
    this.file = path;
    this.importing = true;
  }
}
