import type { Edit } from "../../src-shared/domain/edit.ts";
import { invoke, subscribe } from "../client/index.ts";
import { t, translate } from "../i18n/index.ts";
import { notices } from "../ui/notices.svelte.ts";

/** What the next undo and redo would do, and doing them. */
class History {
  undoable = $state.raw<Edit | null>(null);
  redoable = $state.raw<Edit | null>(null);
  #busy = false;

  /** Follows the history of the open project; returns how to stop. */
  follow(): () => void {
    void this.#ask();
    let soon: ReturnType<typeof setTimeout> | undefined;
    const stop = subscribe("catalog.changed", () => {
      clearTimeout(soon);
      soon = setTimeout(() => void this.#ask(), 30);
    });
    return () => {
      stop();
      clearTimeout(soon);
      this.undoable = this.redoable = null;
    };
  }

  undo = (): Promise<void> => this.#step("edits.undo");
  redo = (): Promise<void> => this.#step("edits.redo");

  nameOf(edit: Edit): string {
    return translate(edit.name.key, edit.name.params ?? {}, "edit.unknown");
  }

  async #step(command: "edits.undo" | "edits.redo"): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const edit = await invoke(command, {});
      if (edit) {
        const what = this.nameOf(edit);
        notices.say("info", command === "edits.undo" ? t("shell.undone", { what }) : t("shell.redone", { what }));
      }
      await this.#ask();
    } catch (error) {
      notices.fail(error);
    } finally {
      this.#busy = false;
    }
  }

  async #ask(): Promise<void> {
    try {
      const { undo, redo } = await invoke("edits.list", { limit: 1 });
      this.undoable = undo;
      this.redoable = redo;
    } catch {
      // The project was left meanwhile: there is no history to show.
      this.undoable = this.redoable = null;
    }
  }
}

export const history = new History();
