/** What is about to be deleted or renamed; the panel's dialogs ask for it. */
export interface Subject {
  readonly kind: "map" | "comparison" | "model";
  readonly id: number;
  readonly name: string;
}

class Dialogs {
  removing = $state.raw<(Subject & { readonly files: readonly string[] }) | null>(null);
  renaming = $state.raw<Subject | null>(null);
}

export const dialogs = new Dialogs();
