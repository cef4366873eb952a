/** Which window-wide dialog is open. */
export type Overlay = "palette" | "shortcuts" | "settings" | "help" | "about";

export class WindowOverlays {
  open = $state<Overlay | null>(null);
  /** Where Help opens, as the guide's heading. */
  helpTopic = $state<string | null>(null);

  show(overlay: Overlay): void {
    this.open = overlay;
  }

  help(topic: string | null = null): void {
    this.helpTopic = topic;
    this.open = "help";
  }

  close(overlay?: Overlay): void {
    if (overlay === undefined || this.open === overlay) this.open = null;
  }
}
