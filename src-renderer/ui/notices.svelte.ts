/** What is said in the corner of the window for a while, or until it is dismissed. */
export interface Note {
  readonly id: number;
  readonly tone: "info" | "success" | "warning" | "danger";
  readonly text: string;
  readonly error?: unknown;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
  /** what comes next, as the main button */
  readonly next?: Note["action"];
  /** what it is about: the next notice about the same takes its place */
  readonly about?: string | undefined;
}

class Notices {
  list = $state.raw<readonly Note[]>([]);
  #next = 1;

  /** Says something. What succeeded leaves by itself; what failed stays until it is dismissed. */
  say(tone: Note["tone"], text: string, action?: Note["action"], about?: string, next?: Note["action"]): number {
    return this.#add(
      { tone, text, action, about, next },
      tone === "danger" || tone === "warning" ? 0 : action || next ? 10_000 : 5_000,
    );
  }

  /** For an error that has no form or panel to stand in. */
  fail(error: unknown): number {
    return this.#add({ tone: "danger", text: "", error }, 0);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((note) => note.id !== id);
  }

  /** What was said about something is true no longer. */
  settle(about: string): void {
    this.list = this.list.filter((note) => note.about !== about);
  }

  #add(note: Omit<Note, "id">, milliseconds: number): number {
    const id = this.#next++;
    if (note.about !== undefined) this.settle(note.about);
    this.list = [...this.list.slice(-3), { ...note, id }];
    if (milliseconds > 0) setTimeout(() => this.dismiss(id), milliseconds);
    return id;
  }
}

export const notices = new Notices();
