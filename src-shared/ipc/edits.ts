import type { Edit } from "../domain/edit.ts";

type Nothing = Readonly<Record<string, never>>;

/** Undo and redo of everything that was changed by hand. */
export interface EditCommands {
  /** Newest first; `undo` and `redo` are what the next press would do. */
  "edits.list"(request: { readonly limit?: number | undefined }): Promise<{
    readonly edits: readonly Edit[];
    readonly undo: Edit | null;
    readonly redo: Edit | null;
  }>;
  /** What was undone, or `null` when there is nothing left. `edit`: that step or, when others came after it, none. */
  "edits.undo"(request: { readonly edit?: number | undefined }): Promise<Edit | null>;
  "edits.redo"(request: Nothing): Promise<Edit | null>;
}
